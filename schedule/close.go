package schedule

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Closing is one closed reporting period: what was derived, frozen with its
// evidence, and the certificate of it (chốt số liệu). A change after it is a
// new revision beside the old one.
type Closing struct {
	ID          string // hash of plan, period and revision
	Plan        string
	Period      string // of the report, such as "2023-03@14", or a span of days
	Start, End  time.Time
	Revision    int // from 1
	At          time.Time
	Actor       string
	Reason      string // why it was restated; "" for revision 1
	Dataset     string // Dataset of Rows
	PlanVersion string
	Classifier  string
	Open        []OpenQuestion // what was not settled when it was closed
	Rows        []ClosedRow    // by quota in plan order, owner, period
}

// ClosedRow is one standing as it was closed, with what counted for it and what did not.
type ClosedRow struct {
	At         time.Time // when this row was closed, or restated last
	Standing   Standing
	Credits    []Credit
	Rejections []Rejection
}

// OpenQuestion is one row that was closed without an answer: a miss nobody
// confirmed, data that never came, pieces that wait for a person.
type OpenQuestion struct {
	Quota, Owner, Period string
	State                State
	Reasons              []Reason
}

// Proposal is a closed row that would come out otherwise today: a question to
// a person, who may restate the period. Nothing changes by itself.
type Proposal struct {
	Closing              string // id of the closing in force
	Quota, Owner, Period string
	Was, Now             Standing
	Added, Removed       []Credit // since it was closed
}

// Where says in which reporting window a standing is told: whole is true for
// the window that holds the last day on which it could still be judged (so that
// a week belongs to the window of its Sunday), and false for one it has begun
// in and goes beyond. Weeks wait for their own window; what is owed once is told
// in every window from its beginning on.
func Where(p *Plan, cal *calendar.Calendar, s Standing, window calendar.Period) (told, whole bool) {
	end := s.End
	weekly, once := false, false
	if i := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == s.Quota }); i >= 0 {
		period := calendar.Period{ID: s.Period, Start: s.Start, End: s.End}
		q, _ := p.Quotas[i].in(period)
		k, _ := kind(q.Kind)
		var c calendar.Calendar
		if cal != nil {
			c = *cal
		}
		end, weekly, once = k.end(q, period, c), q.Cadence == calendar.Week, q.Cadence == calendar.Once
	}
	switch last := end.Add(-time.Nanosecond); {
	case window.Contains(last):
		return true, true
	case weekly:
		return false, false
	case once: // told until it is settled, and after: who is done, late, not yet due
		return s.Start.Before(window.End), false
	default:
		return s.Start.Before(window.End) && last.After(window.End), false
	}
}

// YearEnd is what remains of a plan's year after its last reporting window, from
// 15 December to the last day on which anything of it is judged: the last weeks,
// December's months, what is due some days after.
func YearEnd(p *Plan, cal *calendar.Calendar) calendar.Period {
	from := time.Date(p.Year, 12, 15, 0, 0, 0, 0, calendar.Zone)
	to := time.Date(p.Year+1, 1, 1, 0, 0, 0, 0, calendar.Zone)
	var c calendar.Calendar
	if cal != nil {
		c = *cal
	}
	for _, q := range p.Quotas {
		k, _ := kind(q.Kind)
		for _, period := range Periods(p, q) {
			to = later(to, k.end(q, period, c))
		}
	}
	return calendar.Span(from, to)
}

// ErrNotOver refuses to close a period that has not ended.
var ErrNotOver = errors.New("the period is not over")

// Close freezes the rows of a reporting period: what is over and told in it,
// with the evidence behind it. last is the closing in force of that period, nil
// if there is none; the new one is then its next revision. Rows that are
// closed already, in this period or another, come as the evaluation gives them.
func Close(p *Plan, cal *calendar.Calendar, e Evaluation, period calendar.Period, last *Closing, by, reason string, at time.Time) (Closing, error) {
	if at.Before(period.End) {
		return Closing{}, fmt.Errorf("close %s at %s: %w", period.ID, stamp(at), ErrNotOver)
	}
	c := Closing{Plan: p.ID, Period: period.ID, Start: period.Start, End: period.End, Revision: 1, At: at, Actor: by, Reason: reason,
		PlanVersion: p.Version, Classifier: e.Classifier}
	if last != nil {
		c.Revision = last.Revision + 1
	}
	c.Rows = e.rows(func(s Standing) bool {
		told, whole := Where(p, cal, s, period)
		return told && whole && s.State != Open
	})
	for i := range c.Rows {
		r := &c.Rows[i]
		r.At, r.Standing.Reasons = closedAt(r.Standing, at), bare(r.Standing.Reasons)
	}
	return c.sealed(), nil
}

// rows are those standings that are wanted, each with what counts for it and
// what does not, and not closed yet.
func (e Evaluation) rows(want func(Standing) bool) []ClosedRow {
	var out []ClosedRow
	wanted := map[slotKey]bool{}
	for _, s := range e.Standings {
		if want(s) {
			out, wanted[s.slot()] = append(out, ClosedRow{Standing: s}), true
		}
	}
	credits := e.counted(func(k slotKey) bool { return wanted[k] })
	rejections := bySlot(e.Matching.Rejections, func(x Rejection) bool { return wanted[x.slot()] })
	for i, r := range out {
		k := r.Standing.slot()
		out[i].Credits, out[i].Rejections = credits[k], rejections[k]
	}
	return out
}

// counted are the credits of those slots that are wanted, as far as they count
// at the evaluation's moment: what is dated later does not yet.
func (e Evaluation) counted(want func(slotKey) bool) map[slotKey][]Credit {
	return bySlot(e.Matching.Credits, func(c Credit) bool { return want(c.slot()) && !when(c.Evidence).After(e.Now) })
}

// sealed fills in what follows from the rows.
func (c Closing) sealed() Closing {
	c.ID = media.Hash("closing", c.Plan, c.Period, fmt.Sprint(c.Revision))
	c.Dataset, c.Open = Dataset(c.Rows), nil
	for _, r := range c.Rows {
		s := r.Standing
		if s.State == Insufficient || s.State == Missed && !s.Confirmed && s.Basis == ByPlan {
			c.Open = append(c.Open, OpenQuestion{Quota: s.Quota, Owner: s.Owner, Period: s.Period, State: s.State, Reasons: s.Reasons})
		}
	}
	return c
}

// Restated is the next revision of a closing with some rows as the evaluation
// derives them now, and the others as they were.
func (c Closing) Restated(now Evaluation, rows []Proposal, by, reason string, at time.Time) Closing {
	anew := map[slotKey]bool{}
	for _, r := range rows {
		anew[slotKey{r.Quota, r.Owner, r.Period}] = true
	}
	next := c
	next.Revision, next.At, next.Actor, next.Reason = c.Revision+1, at, by, reason
	next.PlanVersion, next.Classifier = now.Version, now.Classifier
	today := map[slotKey]ClosedRow{}
	for _, r := range now.rows(func(s Standing) bool { return anew[s.slot()] }) {
		r.At = at
		today[r.Standing.slot()] = r
	}
	var kept []ClosedRow
	for _, r := range c.Rows {
		k := r.Standing.slot()
		row, owed := today[k]
		switch {
		case !anew[k]:
			kept = append(kept, r)
		case owed: // else the plan of today does not ask it any more
			kept = append(kept, row)
		}
	}
	next.Rows = kept
	return next.sealed()
}

// Dataset names a set of closed rows by the canonical list of their evidence
// (mã bộ dữ liệu): every row's state, numbers and reasons, and for every piece
// its id, kept copy, date and grade, and whether it counted, by whom and how
// late, or which condition on what basis it failed, and why; sorted. 128 bits.
func Dataset(rows []ClosedRow) string {
	return media.Hash(append([]string{"dataset"}, DatasetLines(rows)...)...)
}

// DatasetLines are the lines of which Dataset is the hash, so that somebody without this program can count it again: fields
// apart by U+001F, quota, owner and period first.
func DatasetLines(rows []ClosedRow) []string {
	var lines []string
	for _, r := range rows {
		s := r.Standing
		head := s.Quota + "\x1f" + s.Owner + "\x1f" + s.Period + "\x1f"
		line := head + string(s.State) + fmt.Sprint("\x1f", s.Confirmed)
		for _, m := range s.Measures {
			line += fmt.Sprintf("\x1f%s %s %s %g %g", m.Name, m.Bound, m.Basis, m.Wanted, m.Delivered)
		}
		lines = append(lines, line+"\x1f"+words(bare(s.Reasons)...))
		piece := func(e media.Evidence, how ...string) {
			lines = append(lines, head+strings.Join(append([]string{e.ID, e.Kept, stamp(when(e)), string(e.Grade)}, how...), "\x1f"))
		}
		for _, c := range r.Credits {
			lag := ""
			if c.Lag != nil {
				lag = fmt.Sprint(*c.Lag)
			}
			piece(c.Evidence, "credited", c.By, lag, words(c.Reasons...))
		}
		for _, x := range r.Rejections {
			piece(x.Evidence, "rejected", x.Condition, string(x.Basis), words(x.Reason))
		}
	}
	slices.Sort(lines)
	return lines
}

// Told are the rows told in a reporting window as they stand, over or not, with the pieces behind them: what is packed of a
// period that nobody closed.
func Told(p *Plan, cal *calendar.Calendar, e Evaluation, window calendar.Period) []ClosedRow {
	rows := e.rows(func(s Standing) bool {
		told, _ := Where(p, cal, s, window)
		return told
	})
	for i := range rows {
		rows[i].At = e.Now
	}
	return rows
}

// words are reasons in one spelling: the keys of their arguments are sorted, and
// numbers are spelt alike before and after they were stored.
func words(rs ...Reason) string {
	raw, err := json.Marshal(rs)
	if err != nil { // arguments are strings, numbers and lists of strings
		return err.Error()
	}
	return string(raw)
}

// closedAt is when a standing that is closed already was, else now.
func closedAt(s Standing, now time.Time) time.Time {
	for _, r := range s.Reasons {
		if text, ok := r.Args["at"].(string); ok && r.Code == "closed" {
			if t, err := time.Parse(time.RFC3339, text); err == nil {
				return t
			}
		}
	}
	return now
}

// Held tells Match what closed periods hold, for quotas in which a piece may
// count in another period than its own: what counts there stays there, and
// nothing more comes.
func Held(p *Plan, cs []Closing, now time.Time) []Decision {
	moves := map[string]bool{}
	for _, q := range p.Quotas {
		moves[q.ID] = q.MakeGood > 0 || q.Carry > 0 || slices.ContainsFunc(q.Was, func(w Was) bool { return w.Quota.MakeGood > 0 || w.Quota.Carry > 0 })
	}
	var out []Decision
	for _, h := range held(cs, now) {
		s := h.row.Standing
		if !moves[s.Quota] {
			continue
		}
		d := Decision{Kind: Closed, Plan: p.ID, Quota: s.Quota, Owner: s.Owner, Period: s.Period, At: h.row.At, Actor: h.by.Actor, Reason: h.by.Dataset}
		out = append(out, d)
		for _, c := range h.row.Credits {
			d.Kind, d.Evidence = Add, c.Evidence.ID
			out = append(out, d)
		}
	}
	return out
}

// heldRow is a row that is closed, and by what.
type heldRow struct {
	by  *Closing
	row ClosedRow
}

// standing is the row as it was closed, and by what.
func (h heldRow) standing() Standing {
	s := h.row.Standing
	s.Reasons = append(bare(s.Reasons), because("closed", args{"period": h.by.Period, "revision": h.by.Revision, "dataset": h.by.Dataset, "at": stamp(h.row.At)}))
	return s
}

// held gives the rows that are closed at a moment: of several acts on a row the
// latest rules.
func held(cs []Closing, now time.Time) map[slotKey]heldRow {
	out := map[slotKey]heldRow{}
	for _, c := range InForce(slices.DeleteFunc(slices.Clone(cs), func(c Closing) bool { return c.At.After(now) })) {
		for _, r := range c.Rows {
			k := r.Standing.slot()
			if had, ok := out[k]; !ok || !r.At.Before(had.row.At) {
				out[k] = heldRow{&c, r}
			}
		}
	}
	return out
}

// InForce gives, of several closings, the last revision of each period, oldest
// closing first.
func InForce(cs []Closing) []Closing {
	var out []Closing
	for _, c := range cs {
		i := slices.IndexFunc(out, func(o Closing) bool { return o.Period == c.Period })
		switch {
		case i < 0:
			out = append(out, c)
		case c.Revision > out[i].Revision:
			out[i] = c
		}
	}
	slices.SortStableFunc(out, func(a, b Closing) int { return a.At.Compare(b.At) })
	return out
}

// Frozen puts closed rows in the place of what is derived today, and proposes
// a restatement where the two differ, or where nothing asks the row any more.
// Of several acts on a row the latest rules; what was closed after the
// evaluation's moment was not closed yet.
func (e Evaluation) Frozen(cs []Closing) Evaluation {
	closed := held(cs, e.Now)
	if len(closed) == 0 {
		return e
	}
	out := e
	out.Standings, out.Matching, out.Proposals = nil, Matching{}, nil
	done := map[slotKey]bool{}
	isClosed := func(k slotKey) bool { return closed[k].by != nil }
	credits := e.counted(isClosed)
	for _, s := range e.Standings {
		k := s.slot()
		if !isClosed(k) {
			out.Standings = append(out.Standings, s)
			continue
		}
		h := closed[k]
		was := h.standing()
		if p, differs := h.row.compare(s, credits[k]); differs {
			p.Closing = h.by.ID
			out.Proposals = append(out.Proposals, p)
			was.Reasons = append(was.Reasons, because("restate_proposed", args{"state": string(s.State), "added": len(p.Added), "removed": len(p.Removed)}))
		}
		out.Standings = append(out.Standings, was)
		done[k] = true
	}
	// What was closed and is not asked any more stays as it was closed; that it would go is proposed.
	var gone []slotKey
	for k := range closed {
		if !done[k] {
			gone = append(gone, k)
		}
	}
	slices.SortFunc(gone, func(a, b slotKey) int {
		return cmp.Or(cmp.Compare(a.quota, b.quota), cmp.Compare(a.owner, b.owner), closed[a].row.Standing.Start.Compare(closed[b].row.Standing.Start))
	})
	for _, k := range gone {
		h := closed[k]
		was := h.standing()
		was.Reasons = append(was.Reasons, because("restate_proposed", args{"state": "", "added": 0, "removed": len(h.row.Credits)}))
		out.Proposals = append(out.Proposals, Proposal{Closing: h.by.ID, Quota: k.quota, Owner: k.owner, Period: k.period, Was: h.row.Standing, Removed: h.row.Credits})
		out.Standings = append(out.Standings, was)
	}
	for _, c := range e.Matching.Credits {
		if !isClosed(c.slot()) {
			out.Matching.Credits = append(out.Matching.Credits, c)
		}
	}
	for _, r := range e.Matching.Rejections {
		if !isClosed(r.slot()) {
			out.Matching.Rejections = append(out.Matching.Rejections, r)
		}
	}
	place := map[slotKey]int{}
	for i, s := range out.Standings {
		k := s.slot()
		place[k] = i + 1
		if h := closed[k]; h.by != nil {
			out.Matching.Credits = append(out.Matching.Credits, h.row.Credits...)
			out.Matching.Rejections = append(out.Matching.Rejections, h.row.Rejections...)
		}
	}
	at := func(k slotKey) int { // what has no standing yet comes last
		return cmp.Or(place[k], len(place)+1)
	}
	slices.SortStableFunc(out.Matching.Credits, func(a, b Credit) int {
		return at(a.slot()) - at(b.slot())
	})
	slices.SortStableFunc(out.Matching.Rejections, func(a, b Rejection) int {
		return at(a.slot()) - at(b.slot())
	})
	return out
}

// bare are the reasons without what freezing added.
func bare(rs []Reason) []Reason {
	return slices.DeleteFunc(slices.Clone(rs), func(r Reason) bool { return r.Code == "closed" || r.Code == "restate_proposed" })
}

// compare holds a closed row against what is derived now.
func (r ClosedRow) compare(now Standing, credits []Credit) (Proposal, bool) {
	was := r.Standing
	p := Proposal{Quota: was.Quota, Owner: was.Owner, Period: was.Period, Was: was, Now: now}
	has := func(cs []Credit, id string) bool {
		return slices.ContainsFunc(cs, func(c Credit) bool { return c.Evidence.ID == id })
	}
	for _, c := range credits {
		if !has(r.Credits, c.Evidence.ID) {
			p.Added = append(p.Added, c)
		}
	}
	for _, c := range r.Credits {
		if !has(credits, c.Evidence.ID) {
			p.Removed = append(p.Removed, c)
		}
	}
	return p, was.State != now.State || was.Confirmed != now.Confirmed || len(p.Added)+len(p.Removed) > 0 || !slices.Equal(was.Measures, now.Measures) ||
		!slices.Equal(goodWords(was), goodWords(now))
}
