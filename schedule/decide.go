package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"loa/schedule/calendar"
)

// attestable reports whether a person may hand in evidence for the quota: its
// class is PROC, or the plan file says so.
func attestable(q Quota) bool { return q.Attestable || q.Class == Proc }

type actKey struct{ quota, owner string }

// acts are the decisions on a plan, by quota and owner, oldest first.
type acts map[actKey][]Decision

func actsOf(p *Plan, ds []Decision) acts {
	out := acts{}
	for _, d := range ds {
		if d.Plan == p.ID || d.Plan == "" {
			k := actKey{d.Quota, d.Owner}
			out[k] = append(out[k], d)
		}
	}
	for k := range out {
		slices.SortFunc(out[k], func(a, b Decision) int {
			return cmp.Or(a.At.Compare(b.At), takesBack(a)-takesBack(b), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Period, b.Period),
				cmp.Compare(a.Evidence, b.Evidence), cmp.Compare(a.Actor, b.Actor), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Document, b.Document), a.Date.Compare(b.Date),
				cmp.Compare(a.File, b.File), cmp.Compare(a.Issuer, b.Issuer), cmp.Compare(a.Form, b.Form))
		})
	}
	return out
}

// takesBack is 1 of what takes a make-good back: at one moment it comes last.
func takesBack(d Decision) int {
	if d.Kind == MakeGood && d.None {
		return 1
	}
	return 0
}

// ruling is the latest strike or add on a piece that concerns the period; an
// empty period asks for any.
func (a acts) ruling(j matchJob, evidence, period string) *Decision {
	var out *Decision
	all := a[actKey{j.quota, j.owner.ID}]
	for i, d := range all {
		if (d.Kind == Strike || d.Kind == Add) && d.Evidence == evidence && (period == "" || concerns(*j.slots[0].q, d, period)) {
			out = &all[i]
		}
	}
	return out
}

// concerns reports whether a decision is about a period of the quota. A Once
// quota has but one, whatever it was called when the decision was taken.
func concerns(q Quota, d Decision, period string) bool {
	return d.Period == period || q.Cadence == calendar.Once || (d.Period == "" && (d.Kind == Strike || d.Kind == Add))
}

// last is the latest decision of a kind on a slot, nil if none.
func (a acts) last(q Quota, s slot, kind DecisionKind) *Decision {
	all := a[actKey{q.ID, s.owner.ID}]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Kind == kind && concerns(q, all[i], s.period.ID) {
			return &all[i]
		}
	}
	return nil
}

// exemption is the latest exemption of a slot that is complete, else the latest
// note of one.
func (a acts) exemption(q Quota, s slot) *Decision {
	all := a[actKey{q.ID, s.owner.ID}]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Kind == ExemptKind && concerns(q, all[i], s.period.ID) && len(all[i].MissingForExemption()) == 0 {
			return &all[i]
		}
	}
	return a.last(q, s, ExemptKind)
}

// MissingForExemption names, in Vietnamese, what an exemption still lacks: the
// body that issued it, its number, its day and its file. Without them it is a note.
func (d Decision) MissingForExemption() []string {
	var out []string
	for _, part := range []struct {
		there bool
		name  string
	}{
		{d.Issuer != "", "cơ quan ban hành (--issuer)"}, {d.Document != "", "số văn bản (--document)"},
		{!d.Issued.IsZero(), "ngày ban hành (--issued)"}, {d.File != "", "tệp văn bản (--file)"},
	} {
		if !part.there {
			out = append(out, part.name)
		}
	}
	return out
}

// A Refusal is one thing wrong with a decision: a code from a closed list and
// its arguments, for viet.Refusal; Error is for the log and names fields.
type Refusal struct {
	Code string
	Args map[string]any
	msg  string
}

func (r Refusal) Error() string { return r.msg }

// CheckDecision says everything that is wrong with a decision before it is
// recorded: an unknown quota, owner or period, an attestation where none is
// allowed (only class PROC by a statement; a quota marked attestable by a paper
// with its number, or its kept file), a miss confirmed, or evidence stated not
// to exist, before the period is over. Errors are for the
// log; they name fields. Each of the joined errors is a Refusal.
func CheckDecision(p *Plan, d Decision) error {
	var errs []error
	of := args{"plan": p.ID, "quota": d.Quota, "owner": d.Owner, "period": d.Period, "kind": string(d.Kind)}
	bad := func(code, format string, a ...any) {
		errs = append(errs, Refusal{Code: code, Args: of, msg: fmt.Sprintf(format, a...)})
	}
	if d.Plan != "" && d.Plan != p.ID {
		bad("other_plan", "plan %q: want %q", d.Plan, p.ID)
	}
	if d.Actor == "" {
		bad("no_actor", "actor is missing: who decides")
	}
	i := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == d.Quota })
	if i < 0 {
		bad("no_quota", "quota %q is not in plan %s", d.Quota, p.ID)
		return errors.Join(errs...)
	}
	q := p.Quotas[i]
	k, ok := kind(q.Kind)
	if !ok {
		bad("no_kind", "quota %s has the unknown kind %q", q.ID, q.Kind)
		return errors.Join(errs...)
	}
	all := slots(p, i)
	if !slices.ContainsFunc(all, func(s slot) bool { return s.owner.ID == d.Owner }) {
		bad("no_owner", "owner %q does not owe quota %s", d.Owner, q.ID)
		return errors.Join(errs...)
	}
	at := slices.IndexFunc(all, func(s slot) bool {
		return s.owner.ID == d.Owner && (s.period.ID == d.Period || q.Cadence == calendar.Once)
	})
	if at < 0 && (d.Period != "" || needsPeriod(d.Kind)) {
		bad("no_period", "period %q is none of quota %s for %s", d.Period, q.ID, d.Owner)
	}
	switch d.Kind {
	case ConfirmMissed, Absent:
		if at < 0 {
			break
		}
		if end := k.end(q, all[at].period, calendar.Calendar{}); d.At.Before(end) {
			of["end"] = end
			bad("not_over", "period %s is not over: a miss cannot be confirmed before %s", all[at].period.ID, stamp(end))
		}
		if d.Kind == Absent && d.Reason == "" {
			bad("no_reason", "reason is missing: which body states it, and where")
		}
	case ExemptKind:
		if d.Reason == "" && d.Document == "" {
			bad("no_reason", "reason is missing")
		}
	case Attest:
		if d.None {
			if !attestable(q) {
				bad("not_attestable", "quota %s of class %s cannot be attested", q.ID, q.Class)
			}
			if at < 0 && d.Period == "" {
				bad("no_period", "period is missing: in which period nothing arose")
			}
			if d.Document == "" && d.Reason == "" {
				bad("no_reason", "reason is missing: who states that nothing arose")
			}
			break
		}
		if !attestable(q) {
			bad("not_attestable", "quota %s of class %s cannot be attested: only class PROC or one marked attestable", q.ID, q.Class)
		}
		switch {
		case d.Date.IsZero():
			bad("no_date", "date is missing: what day is attested")
		case d.Date.After(d.At):
			bad("future", "date %s is in the future", stamp(d.Date))
		}
		if d.Form == Several && handedOnce(q) {
			bad("not_several", "quota %s takes one paper a period", q.ID)
		}
		if k.late(q) && !k.tracksLate && d.Period == "" {
			bad("no_period", "period is missing: what period the paper is for")
		}
		if d.Document == "" && d.File == "" && (k.tracksLate || q.Class != Proc || d.Reason == "") {
			bad("no_paper", "document is missing: what is handed in")
		}
	case Strike, Add:
		if d.Evidence == "" {
			bad("no_evidence", "evidence is missing: what is to be counted or not")
		}
		if d.Reason == "" {
			bad("no_reason", "reason is missing")
		}
	case Restate:
	case MakeGood: // by the act of a case, which says more (MayAir, PreEmpt)
		if d.Evidence == "" && !d.None {
			bad("no_evidence", "evidence is missing: what was broadcast")
		}
		if d.None && d.Evidence == "" && d.Document == "" {
			bad("no_paper", "document is missing: who says that it will not be made good")
		}
	default:
		bad("no_act", "kind %q is unknown", d.Kind)
	}
	return errors.Join(errs...)
}

// needsPeriod: strikes, adds and attestations find their period by the date of the evidence.
func needsPeriod(k DecisionKind) bool { return k != Strike && k != Add && k != Attest }
