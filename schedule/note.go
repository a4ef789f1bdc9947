package schedule

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// NoteKind is what a note is of.
type NoteKind string

const (
	NoteCall      NoteKind = "call"      // somebody was called («đã gọi ai, trả lời gì»)
	NoteObjection NoteKind = "objection" // an agency does not agree with what was counted («phản hồi»)
	NoteSettled   NoteKind = "settled"   // what a person answered to an objection
)

// Note is one thing said between whoever watches and an agency about what it
// owes. It counts for nothing: what it leads to is a decision. Append-only.
type Note struct {
	ID, Plan string
	Kind     NoteKind
	Owner    string // agency id
	Quota    string // "" of a call about everything the agency owes
	Period   string // likewise
	At       time.Time
	Actor    string
	Whom     string    // of a call: who was reached, with the telephone number
	Words    string    // what was answered; why one does not agree; what is answered to that
	By       time.Time // of a call: the day by which something was promised, local midnight; zero if nothing was
	Of       string    // of a settlement: the objection's id
	Upheld   bool      // of a settlement: the agency is right
	File     string    // of an objection: hash of a kept file, "" if none
	FileName string
}

// CheckNote says everything that is wrong with a note before it is recorded; each of
// the joined errors is a Refusal. earlier are the plan's notes so far.
func CheckNote(p *Plan, earlier []Note, n Note) error {
	var errs []error
	of := args{"plan": p.ID, "quota": n.Quota, "owner": n.Owner, "period": n.Period, "kind": string(n.Kind)}
	bad := func(code, format string, a ...any) {
		errs = append(errs, Refusal{Code: code, Args: of, msg: fmt.Sprintf(format, a...)})
	}
	if n.Plan != p.ID {
		bad("other_plan", "plan %q: want %q", n.Plan, p.ID)
	}
	if n.Actor == "" {
		bad("no_actor", "actor is missing: who notes it")
	}
	if n.Words == "" {
		bad("note_no_words", "words are missing: what was said")
	}
	if !slices.ContainsFunc(p.Agencies, func(a media.Agency) bool { return a.ID == n.Owner }) {
		bad("note_no_owner", "agency %q is not in plan %s", n.Owner, p.ID)
	}
	if i := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == n.Quota }); i < 0 && (n.Quota != "" || n.Kind != NoteCall) {
		bad("no_quota", "quota %q is not in plan %s", n.Quota, p.ID)
	} else if i >= 0 && !slices.ContainsFunc(Periods(p, p.Quotas[i]), func(c calendar.Period) bool { return c.ID == n.Period }) {
		bad("no_period", "period %q is none of quota %s", n.Period, n.Quota)
	}
	switch n.Kind {
	case NoteCall:
		if n.Whom == "" {
			bad("note_no_whom", "whom is missing: who was called")
		}
		if !n.By.IsZero() && n.By.Before(calendar.Day(n.At)) {
			bad("note_past", "promised by %s, before the call", stamp(n.By))
		}
	case NoteObjection:
	case NoteSettled:
		switch i := slices.IndexFunc(earlier, func(e Note) bool { return e.ID == n.Of && e.Kind == NoteObjection }); {
		case i < 0:
			bad("note_no_objection", "objection %q is not there", n.Of)
		case slices.ContainsFunc(earlier, func(e Note) bool { return e.Kind == NoteSettled && e.Of == n.Of }):
			bad("note_settled", "objection %q is settled", n.Of)
		}
	default:
		bad("no_act", "kind %q is unknown", n.Kind)
	}
	return errors.Join(errs...)
}

// Unsettled are the objections that nobody has answered, oldest first.
func Unsettled(notes []Note) []Note {
	var out []Note
	for _, n := range notes {
		if n.Kind == NoteObjection && !slices.ContainsFunc(notes, func(e Note) bool { return e.Kind == NoteSettled && e.Of == n.ID }) {
			out = append(out, n)
		}
	}
	return out
}

// LastCall is the latest call about a standing: one that names it, or one about
// everything its owner owes, in its period or after.
func LastCall(notes []Note, s Standing) (Note, bool) {
	var last Note
	for _, n := range notes {
		about := n.Quota == s.Quota && n.Period == s.Period || n.Quota == "" && !n.At.Before(s.Start)
		if n.Kind == NoteCall && n.Owner == s.Owner && about && !n.At.Before(last.At) {
			last = n
		}
	}
	return last, !last.At.IsZero()
}

// PromiseDue reports whether the day by which a call's answer promised something has come.
func (n Note) PromiseDue(now time.Time) bool {
	return n.Kind == NoteCall && !n.By.IsZero() && !calendar.Day(now).Before(n.By)
}
