package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
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
	rows := map[slotKey]*ClosedRow{}
	var order []slotKey
	for _, s := range e.Standings {
		if told, whole := Where(p, cal, s, period); !told || !whole || s.State == Open {
			continue
		}
		k := slotKey{s.Quota, s.Owner, s.Period}
		s.Reasons = bare(s.Reasons)
		rows[k] = &ClosedRow{Standing: s}
		order = append(order, k)
	}
	for _, c := range e.Matching.Credits {
		if r := rows[slotKey{c.Quota, c.Owner, c.Period}]; r != nil {
			r.Credits = append(r.Credits, c)
		}
	}
	for _, x := range e.Matching.Rejections {
		if r := rows[slotKey{x.Quota, x.Owner, x.Period}]; r != nil {
			r.Rejections = append(r.Rejections, x)
		}
	}
	c := Closing{Plan: p.ID, Period: period.ID, Start: period.Start, End: period.End, Revision: 1, At: at, Actor: by, Reason: reason,
		PlanVersion: p.Version, Classifier: e.Classifier}
	if last != nil {
		c.Revision = last.Revision + 1
	}
	for _, k := range order {
		c.Rows = append(c.Rows, *rows[k])
	}
	return c.sealed(), nil
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
	next.Rows = slices.Clone(c.Rows)
	next.PlanVersion, next.Classifier = now.Version, now.Classifier
	for i, r := range next.Rows {
		k := slotKey{r.Standing.Quota, r.Standing.Owner, r.Standing.Period}
		if !anew[k] {
			continue
		}
		row := ClosedRow{Standing: r.Standing}
		for _, s := range now.Standings {
			if (slotKey{s.Quota, s.Owner, s.Period}) == k {
				row.Standing = s
			}
		}
		for _, x := range now.Matching.Credits {
			if (slotKey{x.Quota, x.Owner, x.Period}) == k {
				row.Credits = append(row.Credits, x)
			}
		}
		for _, x := range now.Matching.Rejections {
			if (slotKey{x.Quota, x.Owner, x.Period}) == k {
				row.Rejections = append(row.Rejections, x)
			}
		}
		next.Rows[i] = row
	}
	return next.sealed()
}

// Dataset names a set of closed rows by the canonical list of their evidence
// (mã bộ dữ liệu): every row's state and numbers, and for every piece its id,
// kept copy, date, grade and whether it counted or why not, sorted. 128 bits.
func Dataset(rows []ClosedRow) string {
	var lines []string
	for _, r := range rows {
		s := r.Standing
		head := s.Quota + "\x1f" + s.Owner + "\x1f" + s.Period + "\x1f"
		line := head + string(s.State) + fmt.Sprint("\x1f", s.Confirmed)
		for _, m := range s.Measures {
			line += fmt.Sprintf("\x1f%s %s %g %g", m.Name, m.Bound, m.Wanted, m.Delivered)
		}
		lines = append(lines, line)
		piece := func(e media.Evidence, how string) {
			lines = append(lines, head+e.ID+"\x1f"+e.Kept+"\x1f"+stamp(when(e))+"\x1f"+string(e.Grade)+"\x1f"+how)
		}
		for _, c := range r.Credits {
			piece(c.Evidence, "credited")
		}
		for _, x := range r.Rejections {
			piece(x.Evidence, "rejected "+x.Reason.Code)
		}
	}
	slices.Sort(lines)
	return media.Hash(append([]string{"dataset"}, lines...)...)
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
// a restatement where the two differ. Of several closings that hold a row the
// latest act rules.
func (e Evaluation) Frozen(cs []Closing) Evaluation {
	type held struct {
		by  *Closing
		row ClosedRow
	}
	closed := map[slotKey]held{}
	for _, c := range InForce(cs) {
		for _, r := range c.Rows {
			closed[slotKey{r.Standing.Quota, r.Standing.Owner, r.Standing.Period}] = held{&c, r}
		}
	}
	if len(closed) == 0 {
		return e
	}
	out := e
	out.Standings, out.Matching, out.Proposals = nil, Matching{}, nil
	credits := map[slotKey][]Credit{}
	for _, c := range e.Matching.Credits {
		if k := (slotKey{c.Quota, c.Owner, c.Period}); closed[k].by != nil {
			credits[k] = append(credits[k], c)
		}
	}
	for _, s := range e.Standings {
		k := slotKey{s.Quota, s.Owner, s.Period}
		h := closed[k]
		if h.by == nil {
			out.Standings = append(out.Standings, s)
			continue
		}
		was := h.row.Standing
		was.Reasons = append(slices.Clone(bare(was.Reasons)), because("closed", args{"period": h.by.Period, "revision": h.by.Revision, "dataset": h.by.Dataset, "at": stamp(h.by.At)}))
		if p, differs := h.row.compare(s, credits[k]); differs {
			p.Closing = h.by.ID
			out.Proposals = append(out.Proposals, p)
			was.Reasons = append(was.Reasons, because("restate_proposed", args{"state": string(s.State), "added": len(p.Added), "removed": len(p.Removed)}))
		}
		out.Standings = append(out.Standings, was)
	}
	for _, c := range e.Matching.Credits {
		if closed[slotKey{c.Quota, c.Owner, c.Period}].by == nil {
			out.Matching.Credits = append(out.Matching.Credits, c)
		}
	}
	for _, r := range e.Matching.Rejections {
		if closed[slotKey{r.Quota, r.Owner, r.Period}].by == nil {
			out.Matching.Rejections = append(out.Matching.Rejections, r)
		}
	}
	place := map[slotKey]int{}
	for i, s := range out.Standings {
		k := slotKey{s.Quota, s.Owner, s.Period}
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
		return at(slotKey{a.Quota, a.Owner, a.Period}) - at(slotKey{b.Quota, b.Owner, b.Period})
	})
	slices.SortStableFunc(out.Matching.Rejections, func(a, b Rejection) int {
		return at(slotKey{a.Quota, a.Owner, a.Period}) - at(slotKey{b.Quota, b.Owner, b.Period})
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
	return p, was.State != now.State || was.Confirmed != now.Confirmed || len(p.Added)+len(p.Removed) > 0 || !slices.Equal(was.Measures, now.Measures)
}
