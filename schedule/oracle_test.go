// The oracle derives by hand, from the words of Match's contract, what Match
// has to answer, and compares everything: it may use the types of the packages
// it watches, but none of their logic.
package schedule_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// piece is a candidate: one piece of evidence before one quota of one owner.
type piece struct {
	e      media.Evidence
	at     time.Time // what places it and puts it in order
	home   int       // index of its own term
	act    *schedule.Decision
	passes bool
	met    []schedule.Reason // one per condition met
	lag    *int
	no     schedule.Rejection // if it does not pass by itself

	taken *schedule.Decision // the word by which this same piece was accepted as declared
}

func (c piece) added() bool  { return c.act != nil && c.act.Kind == schedule.Add }
func (c piece) kept() bool   { return c.added() || c.taken != nil }
func (c piece) struck() bool { return c.act != nil && c.act.Kind == schedule.Strike }

// judge is one quota of one owner.
type judge struct {
	s     scene
	quota string
	owner media.Agency
	terms []term
	kind  string
}

// ours lists the decisions of one kind or two on this quota and owner, oldest first.
func (j judge) ours(kinds ...schedule.DecisionKind) []schedule.Decision {
	var out []schedule.Decision
	for _, d := range j.s.ds {
		if slices.Contains(kinds, d.Kind) && d.Quota == j.quota && d.Owner == j.owner.ID && (d.Plan == "" || d.Plan == j.s.p.ID) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b schedule.Decision) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// once: one period, whatever it is called.
func (j judge) once() bool { return j.terms[0].q.Cadence == calendar.Once }

func (j judge) term(id string) int {
	if j.once() {
		return 0
	}
	return slices.IndexFunc(j.terms, func(t term) bool { return t.id == id })
}

// belongs names whose piece it is.
func (j judge) belongs(e media.Evidence) string {
	switch {
	case e.Kind == media.EvAttestation && e.Owner != "":
		return e.Owner
	case e.Agency == "" && e.Airing != nil:
		return "mau/dai" // both drawn channels are the station's
	}
	return e.Agency
}

// pieces lists the candidates in order of date.
func (j judge) pieces() []piece {
	all := map[string]media.Evidence{}
	for _, e := range j.s.ev {
		all[e.ID] = e
	}
	attestable := slices.ContainsFunc(j.terms, func(t term) bool { return sees(t.q, media.EvAttestation) })
	for _, d := range j.ours(schedule.Attest) {
		e := media.Evidence{ID: d.ID, Kind: media.EvAttestation, Agency: d.Owner, Owner: d.Owner, Quota: d.Quota, Period: d.Period, At: d.Date, Seen: d.At, Verified: d.At,
			Title: d.Reason, Grade: media.GradeB, Decided: d.Actor, Document: d.Document, Kept: d.File, None: d.None, Form: d.Form}
		if d.Grade != "" {
			e.Grade = d.Grade
		}
		if !d.Date.IsZero() {
			e.Precision = media.ToDay
		}
		if attestable {
			all[d.ID] = e
		}
	}
	signed := map[string]time.Time{}
	for _, e := range all {
		if ds := documents(e.Document); e.Kind == media.EvProcedure && e.Agency == j.owner.ID && len(ds) > 0 {
			signed[ds[0].number] = e.At
		}
	}
	var out []piece
	for _, e := range all {
		if c, ok := j.candidate(e, signed); ok {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b piece) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.e.ID, b.e.ID)) })
	return out
}

// candidate places a piece and judges it; false if it is none.
func (j judge) candidate(e media.Evidence, signed map[string]time.Time) (piece, bool) {
	c := piece{e: e, at: e.At, home: -1}
	if e.Precision == media.NoDate {
		c.at = e.Seen
	}
	var acts []schedule.Decision
	wanted := false // a person says that it counts
	for _, d := range j.ours(schedule.Strike, schedule.Add) {
		if d.Evidence == e.ID {
			acts = append(acts, d)
			wanted = wanted || d.Kind == schedule.Add
		}
	}
	day, known := j.signed(c, signed)
	switch latest := len(acts) - 1; {
	case latest >= 0 && acts[latest].Kind == schedule.Add && acts[latest].Period != "" && j.term(acts[latest].Period) >= 0:
		c.home = j.term(acts[latest].Period)
	case e.Kind == media.EvAttestation && (e.Period != "" || j.once()):
		c.home = j.term(e.Period)
	case j.kind == "deadline" && !c.at.Before(j.terms[0].start): // late is late, not of another period
		c.home = 0
	default:
		at := c.at
		if known {
			at = day
		}
		if e.Kind == media.EvQuestion && e.Answered.IsZero() && !e.Asked.IsZero() { // where its time is up
			at = e.Asked
			for n := j.terms[0].q.MaxLag.Value; n > 0; {
				if at = at.AddDate(0, 0, 1); workingDays(j.s.cal, at.AddDate(0, 0, -1), at) == 1 {
					n--
				}
			}
		}
		c.home = slices.IndexFunc(j.terms, func(t term) bool { return holds(t.start, t.end, at) })
	}
	if c.home < 0 {
		return c, false
	}
	t := j.terms[c.home]
	for _, d := range acts {
		if d.Period == "" || d.Period == t.id || j.once() {
			c.act = &d
		}
	}
	own := j.belongs(e) == j.owner.ID && (e.Kind != media.EvAttestation || e.Quota == j.quota) && sees(t.q, e.Kind)
	if !own && !(wanted && c.act != nil) {
		return c, false
	}
	j.examine(&c, t.q, day, known)
	return c, true
}

// signed is the day a posted decision was signed: by the register, else by its
// title, where that day is not after the posting.
func (j judge) signed(c piece, register map[string]time.Time) (time.Time, bool) {
	if j.kind != "lag" {
		return time.Time{}, false
	}
	if c.e.Kind == media.EvProcedure {
		return c.e.At, true
	}
	for _, d := range posts(c.e.Title) {
		if t, ok := register[d.number]; ok {
			return t, true
		}
	}
	for _, d := range posts(c.e.Title) {
		if !d.signed.IsZero() && !d.signed.After(c.at) {
			return d.signed, true
		}
	}
	return time.Time{}, false
}

// refuse says why a piece does not count.
func (j judge) refuse(c piece, name string, basis schedule.Basis, r schedule.Reason) schedule.Rejection {
	return schedule.Rejection{Quota: j.quota, Owner: j.owner.ID, Period: j.terms[c.home].id, Evidence: c.e, Condition: name, Basis: plain(basis), Reason: r}
}

// examine finds what is met and, if the piece does not pass, what is told.
func (j judge) examine(c *piece, q *schedule.Quota, signed time.Time, known bool) {
	e, t := c.e, j.terms[c.home]
	no := func(name string, basis schedule.Basis, r schedule.Reason) { c.no = j.refuse(*c, name, basis, r) }
	switch e.Kind {
	case media.EvAttestation:
		early, late := e.At.Before(t.start), !e.At.Before(t.end)
		mayBeLate := j.kind == "deadline" || j.kind == "attested" && q.DueDays > 0
		switch {
		case e.None:
			no("none", schedule.ByPlan, why("none_arose", "by", e.Decided, "document", e.Document, "reason", c.e.Title))
		case e.Precision == media.NoDate:
			no("dated", schedule.ByPlan, why("no_date"))
		case early && j.kind != "deadline" && !(e.Period != "" && t.q.Cadence == calendar.Year && !e.At.Before(t.start.AddDate(0, -3, 0))) || late && !mayBeLate:
			no("period", schedule.ByPlan, why("outside_period", "at", stamp(e.At)))
		default:
			c.passes, c.met = true, []schedule.Reason{why("attested", "by", e.Decided, "document", e.Document)}
			if e.Form == "integrated" {
				c.met = append(c.met, why("integrated"))
			}
		}
	case media.EvProcedure:
		number := e.Document
		if ds := documents(number); len(ds) > 0 {
			number = ds[0].number
		}
		no("posted", q.MaxLag.Basis, why("not_posted", "number", number, "signed", stamp(e.At)))
	case media.EvQuestion:
		switch {
		case e.Answered.IsZero() && e.Asked.IsZero():
			no("answered", q.MaxLag.Basis, why("not_answered"))
		case e.Answered.IsZero():
			no("answered", q.MaxLag.Basis, why("not_answered", "asked", stamp(e.Asked)))
		case e.Asked.IsZero(), e.Asked.After(e.Answered):
			c.passes, c.met = true, []schedule.Reason{why("asked_unknown")}
		default:
			n := workingDays(j.s.cal, e.Asked, e.Answered)
			c.passes, c.lag = true, &n
			c.met = []schedule.Reason{why("answered_in", "days", n, "asked", stamp(e.Asked), "answered", stamp(e.Answered))}
		}
	default:
		j.conditions(c, q)
		if c.passes && j.kind == "lag" {
			number := ""
			if ds := posts(e.Title); len(ds) > 0 {
				number = ds[0].number
			}
			if !known || signed.After(c.at) {
				c.met = append(c.met, why("signed_unknown", "number", number))
			} else {
				n := workingDays(j.s.cal, signed, c.at)
				c.lag = &n
				c.met = append(c.met, why("posted_in", "number", number, "days", n, "signed", stamp(signed), "posted", stamp(c.at)))
			}
		}
		if c.passes && len(c.met) == 0 {
			c.met = []schedule.Reason{why("in_period", "at", stamp(c.at))}
		}
	}
}

// conditions puts every condition to a published piece, the plan's first.
func (j judge) conditions(c *piece, q *schedule.Quota) {
	type failure struct {
		schedule.Condition
		found
	}
	var failed []failure
	for _, plans := range []bool{true, false} {
		for _, cond := range q.Conditions {
			can := c.e.Kind == media.EvItem && slices.Contains(ofItems, cond.Name) || c.e.Kind == media.EvAiring && slices.Contains(ofAirings, cond.Name) ||
				c.e.Kind == media.EvPrint && cond.Name == "column"
			if byPlan(cond.Basis) != plans || !can || j.kind == "instalments" && q.Reading == "R2" && cond.Name == "column" {
				continue
			}
			f := ask(j.s.p, q, cond, c.e)
			switch {
			case !f.ok:
				failed = append(failed, failure{cond, f})
			case cond.Name != "no_repost" && cond.Name != "decision":
				c.met = append(c.met, f.why)
			}
		}
	}
	if c.e.Kind == media.EvPrint && len(failed) == 0 && !labelled(q, c.e) {
		failed = append(failed, failure{schedule.Condition{Name: "reform", Basis: schedule.ByPlan}, found{open: true, why: why("not_judged")}})
	}
	if c.e.Kind == media.EvPrint {
		c.met = append(c.met, why("printed", "number", c.e.Document, "page", c.e.Page))
	}
	switch {
	case c.e.Precision == media.NoDate:
		c.no = j.refuse(*c, "dated", schedule.ByReference, why("no_date"))
	case len(failed) > 0:
		c.no = j.refuse(*c, failed[0].Name, failed[0].Basis, failed[0].why)
	case q.Repeats == "never" && c.e.Airing != nil && !c.e.Airing.FirstRun:
		c.no = j.refuse(*c, "first_run", schedule.ByReference, why("is_repeat", "at", stamp(c.e.Airing.Start)))
	default:
		c.passes = true
		return
	}
	faults := 0
	for _, f := range failed {
		if failed[0].Name != "min_minutes" || f.why.Code != "not_enough_inside" {
			faults++
		}
	}
	c.no.Alone = faults == 1 && c.no.Condition == failed[0].Name
	any := func(of func(f failure) bool) bool { return slices.ContainsFunc(failed, of) }
	refused := any(func(f failure) bool { return f.Name == "reform" && !f.open }) // a clear no is an answer
	c.no.OnlyReference = !refused && !any(func(f failure) bool { return byPlan(f.Basis) })
	c.no.Awaiting = !refused && any(func(f failure) bool { return f.open }) && !any(func(f failure) bool { return byPlan(f.Basis) && !f.open })
	c.no.Near = any(func(f failure) bool { return byPlan(f.Basis) && f.near }) && !any(func(f failure) bool { return byPlan(f.Basis) && !f.near })
}

// labelled: a printed piece bears a column's label, or reform is not asked of it.
func labelled(q *schedule.Quota, e media.Evidence) bool {
	for _, c := range q.Conditions {
		if c.Name == "column" {
			return slices.Contains(c.List, e.Column)
		}
	}
	return !has(q, "reform") && !has(q, "topics")
}

// unit is what counts once: its first member is credited.
type unit struct {
	members []piece
	home    int
	fixed   bool // a person put it there
}

// groups names what each piece counts once with, in its own term.
func (j judge) groups(cs []piece) []string {
	keys := make([]string, len(cs))
	for i, c := range cs {
		q, a := j.terms[c.home].q, c.e.Airing
		key := "itself " + c.e.ID
		switch {
		case j.kind == "instalments" && q.Reading == "R2":
		case j.kind == "instalments" && q.Reading == "R3":
			key = "column " + c.e.Column
		case j.kind == "instalments", has(q, "distinct_days"):
			key = "day " + midnight(c.at).Format("2006-01-02")
		case a == nil || a.EpisodeID == "":
		case q.Repeats == "all" && q.EachOn:
		case q.Repeats == "all": // the second run here and the second run there are one
			n := 0
			for _, o := range cs[:i] {
				if o.home == c.home && o.e.Airing != nil && o.e.Airing.EpisodeID == a.EpisodeID && o.e.Airing.Channel == a.Channel {
					n++
				}
			}
			key = fmt.Sprintf("run %d of %s", n, a.EpisodeID)
		case q.EachOn:
			key = "on " + a.Channel + " " + a.EpisodeID
		default:
			key = "production " + a.EpisodeID
		}
		keys[i] = fmt.Sprintf("%d %s", c.home, key)
	}
	return keys
}

// outcome is what has to become of every candidate; units tell which of them
// are credited.
func (j judge) outcome() (units []*unit, no []schedule.Rejection) {
	var counted []piece
	shown := map[string]bool{} // decisions that a credited posting shows
	cs, no := j.onlyOnce(j.pieces())
	for _, c := range cs {
		if j.kind == "lag" && c.e.Kind == media.EvItem && (c.passes || c.added()) && !c.struck() {
			for _, d := range posts(c.e.Title) {
				shown[d.number] = true
			}
		}
	}
	for _, c := range cs {
		ds := documents(c.e.Document)
		switch {
		case c.struck():
			no = append(no, j.refuse(c, "struck", schedule.ByPlan, why("struck", "by", c.act.Actor, "reason", c.act.Reason)))
		case c.passes || c.added():
			counted = append(counted, c)
		case c.e.Kind != media.EvProcedure || len(ds) == 0 || !shown[ds[0].number]:
			no = append(no, c.no)
		}
	}
	first := map[string]*unit{}
	for i, key := range j.groups(counted) {
		c := counted[i]
		u := first[key]
		if u == nil || c.kept() && c.passes { // what a person adds although it passes was the second of something: it counts all the same
			u = &unit{home: c.home}
			units = append(units, u)
			if first[key] == nil {
				first[key] = u
			}
		}
		u.members = append(u.members, c)
		u.fixed = u.fixed || c.added() || c.e.Kind == media.EvAttestation && c.e.Period != ""
	}
	no = append(no, j.share(&units)...)
	for _, u := range units {
		for _, c := range u.members[1:] {
			no = append(no, j.second(c, u.members[0].e))
		}
	}
	return units, no
}

// second is told of a piece whose like was there before it.
func (j judge) second(c piece, other media.Evidence) schedule.Rejection {
	q := j.terms[c.home].q
	title := other.Title
	if title == "" {
		title = other.ID
	}
	a, b := c.e.Airing, other.Airing
	var r schedule.Rejection
	switch {
	case j.kind == "instalments" && q.Reading == "R3":
		r = j.refuse(c, "column", schedule.ByReference, why("same_column", "other", title))
	case j.kind == "instalments", has(q, "distinct_days"):
		r = j.refuse(c, "distinct_days", schedule.ByReference, why("same_day", "date", stamp(midnight(c.at)), "other", title))
	case a.Channel != b.Channel && (a.FirstRun || q.Repeats == "all"):
		r = j.refuse(c, "each_on", schedule.ByReference, why("same_production", "other", stamp(b.Start)))
	case a.FirstRun:
		r = j.refuse(c, "first_run", schedule.ByReference, why("same_production", "other", stamp(b.Start)))
	default:
		r = j.refuse(c, "first_run", schedule.ByReference, why("is_repeat", "at", stamp(a.Start)))
	}
	for _, cond := range q.Conditions { // the plan itself may want it so
		if cond.Name == r.Condition && cond.Name != "column" {
			r.Basis = plain(cond.Basis)
		}
	}
	r.OnlyReference = r.Basis == schedule.ByReference
	return r
}

// share takes out what goes over the bounds, the latest first and never what a
// person counted; the next of a day or a production steps in where it may. Each
// bound is kept in its turn, until all are.
func (j judge) share(units *[]*unit) (no []schedule.Rejection) {
	for i, t := range j.terms {
		for again := true; again; {
			again = false
			for _, rule := range t.q.Shares {
				for u := tooMany(*units, i, rule); u != nil; u = tooMany(*units, i, rule) {
					again = true
					for len(u.members) > 0 && bounded(rule, u.members[0].e) && !u.members[0].kept() {
						r := j.refuse(u.members[0], "share", rule.Basis, why("over_share", "of", rule.Of, "bound", rule.Bound, "percent", rule.Percent))
						r.OnlyReference = r.Basis == schedule.ByReference
						no, u.members = append(no, r), u.members[1:]
					}
					*units = slices.DeleteFunc(*units, func(u *unit) bool { return len(u.members) == 0 })
				}
			}
		}
	}
	return no
}

// bounded: of these there may be no more than so much.
func bounded(rule schedule.ShareRule, e media.Evidence) bool {
	of := rule.Of == "repost" && e.Repost || rule.Of == "repeat" && e.Airing != nil && !e.Airing.FirstRun
	if rule.Bound == "at_least" {
		return !of
	}
	return of
}

// tooMany is the latest unit that may go while a term holds more than the bound, nil once it does not.
func tooMany(units []*unit, i int, rule schedule.ShareRule) (latest *unit) {
	most, n, all := float64(rule.Percent), 0.0, 0.0
	if rule.Bound == "at_least" {
		most = 100 - most
	}
	for _, u := range units {
		if u.home != i {
			continue
		}
		head := u.members[0]
		if all++; bounded(rule, head.e) {
			n++
			if !head.kept() && (latest == nil || cmp.Or(head.at.Compare(latest.members[0].at), cmp.Compare(head.e.ID, latest.members[0].e.ID)) > 0) {
				latest = u
			}
		}
	}
	if all == 0 || n/all*100 <= most+1e-9 {
		return nil
	}
	return latest
}

// reaches reports whether a unit may count in a term.
func (j judge) reaches(u *unit, i int) bool {
	t, d := j.terms[i], midnight(u.members[0].at)
	switch {
	case i == u.home:
		return true
	case u.fixed:
		return false
	case i < u.home:
		return t.q.MakeGood > 0 && d.Before(t.end.AddDate(0, 0, t.q.MakeGood))
	}
	return t.q.Carry > 0 && !d.Before(t.start.AddDate(0, 0, -t.q.Carry))
}

// best tries every way to put the units into terms and returns how many of the
// wanted pieces each term gets in the way that serves the earliest terms first;
// most is the greatest total of any way. Ways that fill the terms alike are one.
func (j judge) best(units []*unit) (filled []int, most int) {
	used := make([]bool, len(j.terms)) // no unit reaches the others
	for _, u := range units {
		for i := range j.terms {
			used[i] = used[i] || j.reaches(u, i)
		}
	}
	ways := map[string]bool{string(make([]byte, len(j.terms))): true} // one byte a term
	for _, u := range units {
		next := map[string]bool{}
		for way := range ways {
			for i, t := range j.terms {
				if used[i] && j.reaches(u, i) {
					w := []byte(way)
					w[i] = min(w[i]+1, byte(t.q.Wanted))
					next[string(w)] = true
				}
			}
		}
		ways = next
	}
	first := ""
	for w := range ways {
		n := 0
		for _, x := range []byte(w) {
			n += int(x)
		}
		first, most = max(first, w), max(most, n)
	}
	for _, x := range []byte(first) {
		filled = append(filled, int(x))
	}
	return filled, most
}
