package schedule

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// unit is what counts once: one piece, or several that share a key.
type unit struct {
	members []candidate // earliest first
	slot    int         // the period they belong to
	fixed   bool        // a person counted it there, or handed it in for that period
	to      int         // the period it counts in
	good    *Decision   // the make-good it was agreed to be, nil if none
	spare   bool        // its own period does without it
	aside   bool        // it stays where it is and no period is served by it: it is spoken for
}

// settle turns the candidates of one quota and owner into credits and
// rejections: struck pieces out, of pieces with one key the earliest in, each
// unit into one period, shares kept.
func (j matchJob) settle(cs []candidate, m *Matching) {
	cs = j.merge(cs)
	credits, rejections := make([][]Credit, len(j.slots)), make([][]Rejection, len(j.slots))
	var units []*unit
	byKey := map[string]*unit{}
	runs := map[string]int{}    // runs of a production on a channel so far, by period
	posted := map[string]bool{} // numbers of decisions that a piece shows (kind lag)
	listed := map[string]bool{} // of them those that a list of documents shows
	for i := range cs {
		c := &cs[i]
		if j.slots[c.slot].kind.Name == "lag" && c.e.Kind == media.EvItem && (c.passes && !c.struck() || c.added()) {
			posted[shows(*c.e)] = true
			listed[shows(*c.e)] = listed[shows(*c.e)] || c.e.Listed
		}
	}
	for _, c := range cs {
		s := &j.slots[c.slot]
		switch {
		case c.struck():
			c.reject(j, because("struck", args{"by": c.act.Actor, "reason": c.act.Reason}), "struck", ByPlan)
			rejections[c.slot] = append(rejections[c.slot], *c.fail)
			continue
		case c.instead != nil:
			c.merged(j)
			rejections[c.slot] = append(rejections[c.slot], *c.fail)
			continue
		case c.e.Kind == media.EvProcedure && !c.added():
			if n, ok := viet.DocumentNumber(c.e.Document); !ok || !posted[n] { // a posted one stands in the credit of its posting
				rejections[c.slot] = append(rejections[c.slot], *c.fail)
			}
			continue
		case !c.passes && !c.added():
			rejections[c.slot] = append(rejections[c.slot], *c.fail)
			continue
		}
		key := s.period.ID + " " + s.key(*c.e, runs)
		if s.kind.Name == "lag" && listed[shows(*c.e)] && shows(*c.e) != "" { // in the list, and among the news
			key = "decision " + shows(*c.e)
		}
		u := byKey[key]
		switch {
		// An added piece that passes every test of its own was rejected as the second of its key: the person counts it all the same.
		case u == nil, c.spoken() && c.passes:
			u = &unit{slot: c.slot, to: c.slot}
			units = append(units, u)
			if byKey[key] == nil {
				byKey[key] = u
			}
		}
		u.fixed = u.fixed || c.added() || c.e.Kind == media.EvAttestation && c.e.Period != ""
		u.members = append(u.members, c)
	}
	j.honour(units)
	j.assign(units)
	units, over := j.share(units)
	for _, r := range over {
		i := j.named(r.Period)
		rejections[i] = append(rejections[i], r)
	}
	for _, u := range units {
		for i, c := range u.members {
			if i == 0 {
				credits[u.to] = append(credits[u.to], j.credit(c, u))
				continue
			}
			rejections[u.slot] = append(rejections[u.slot], j.second(c, *u.members[0].e))
		}
	}
	for i := range j.slots {
		slices.SortFunc(credits[i], func(a, b Credit) int { return byWhen(a.Evidence, b.Evidence) })
		slices.SortFunc(rejections[i], func(a, b Rejection) int { return byWhen(a.Evidence, b.Evidence) })
		m.Credits, m.Rejections = append(m.Credits, credits[i]...), append(m.Rejections, rejections[i]...)
	}
}

func byWhen(a, b media.Evidence) int {
	return cmp.Or(when(a).Compare(when(b)), cmp.Compare(a.ID, b.ID))
}

func (j matchJob) credit(c candidate, u *unit) Credit {
	out := Credit{Quota: j.quota, Owner: j.owner.ID, Period: j.slots[u.to].period.ID, Evidence: *c.e, Reasons: c.reasons, By: c.e.Decided, Lag: c.lag}
	if c.added() {
		out.By = c.act.Actor
		out.Reasons = append(slices.Clone(c.reasons), because("added", args{"by": c.act.Actor, "reason": c.act.Reason}))
	}
	if c.accepted != nil {
		out.Reasons = append(slices.Clone(out.Reasons), because("declared_too", args{"by": c.accepted.Actor, "at": stamp(c.accepted.At)}))
	}
	switch from := (args{"from": j.slots[u.slot].period.ID}); {
	case u.good != nil && (u.spare || u.to == u.slot || u.to == j.named(u.good.Period)):
		out.Reasons = append(slices.Clone(out.Reasons), j.agreed(u))
	case u.to < u.slot:
		out.Reasons = append(slices.Clone(out.Reasons), because("makes_good", from))
	case u.to > u.slot:
		out.Reasons = append(slices.Clone(out.Reasons), because("carried", from))
	}
	return out
}

// second rejects a piece whose key was taken by another.
func (j matchJob) second(c candidate, other media.Evidence) Rejection {
	s := &j.slots[c.slot]
	r := Rejection{Quota: j.quota, Owner: j.owner.ID, Period: s.period.ID, Evidence: *c.e}
	r.Reason, r.Condition = s.twice(*c.e, other)
	// How pieces are told apart is our reading unless the plan file says otherwise;
	// its condition column says whose instalments they are, not that a column counts once.
	r.Basis = ByReference
	if rule, ok := s.q.find(r.Condition); ok && r.Condition != "column" {
		r.Basis = basisOf(rule.Basis)
	}
	r.OnlyReference = r.Basis == ByReference
	return r
}

// assign gives units that may count in another period the one in which they
// are needed: a maximum matching between the wanted pieces of the periods, in
// the order of their ends, and the units that may take them (Kuhn's augmenting
// paths). A period once served stays served, so that the earliest deadlines
// are met first.
func (j matchJob) assign(units []*unit) {
	flexible := false
	for i := range j.slots {
		s := &j.slots[i]
		flexible = flexible || s.q.MakeGood > 0 || s.q.Carry > 0
	}
	if !flexible {
		return
	}
	need := make([]int, len(j.slots))
	for i, s := range j.slots {
		need[i] = s.q.Wanted
	}
	may := make([][]int, len(j.slots)) // units that may count in a slot: its own first
	shut := make([]bool, len(j.slots)) // closed: what counted was fixed, nothing more comes
	for _, d := range j.acts[actKey{j.quota, j.owner.ID}] {
		if i := j.named(d.Period); d.Kind == Closed && i >= 0 {
			shut[i], need[i] = true, 0
		}
	}
	for n, u := range units {
		switch {
		case u.aside:
			continue
		case u.fixed:
			need[u.to]--
			continue
		}
		may[u.slot] = append(may[u.slot], n)
	}
	for n, u := range units {
		for i := range j.slots {
			if !u.fixed && !u.aside && i != u.slot && !shut[i] && j.reaches(i, u) {
				may[i] = append(may[i], n)
			}
		}
	}
	taken := make([]int, len(units)) // slot by unit, -1 if free
	for n := range taken {
		taken[n] = -1
	}
	var try func(slot int, seen []bool) bool
	try = func(slot int, seen []bool) bool {
		for _, n := range may[slot] {
			if seen[n] || taken[n] == slot {
				continue
			}
			seen[n] = true
			if taken[n] < 0 || try(taken[n], seen) {
				taken[n] = slot
				return true
			}
		}
		return false
	}
	for i := range j.slots {
		for range need[i] {
			if !try(i, make([]bool, len(units))) {
				break
			}
		}
	}
	for n, u := range units {
		if taken[n] >= 0 { // never of what is fixed
			u.to = taken[n]
		}
	}
}

// reaches reports whether a unit may count in another slot than its own: it
// came within make_good days after the slot's end, or within carry days before
// its start.
func (j matchJob) reaches(slot int, u *unit) bool {
	s, day := j.slots[slot], calendar.Day(when(*u.members[0].e))
	if slot < u.slot {
		return s.q.MakeGood > 0 && day.Before(s.period.End.AddDate(0, 0, s.q.MakeGood))
	}
	return s.q.Carry > 0 && !day.Before(s.period.Start.AddDate(0, 0, -s.q.Carry))
}

// share takes out what goes over the bounds on one sort of pieces: the latest
// first, and never what a person counted. Of pieces with one key the next steps
// in, if it is not of that sort. One bound may break another's: they are kept in
// turn until all hold.
func (j matchJob) share(units []*unit) (left []*unit, out []Rejection) {
	for i := range j.slots {
		s := &j.slots[i]
		for again := len(s.q.Shares) > 0; again; {
			again = false
			for _, rule := range s.q.Shares {
				for u := rule.over(units, i); u != nil; u = rule.over(units, i) {
					again = true
					for len(u.members) > 0 && !u.members[0].spoken() && rule.bounds(*u.members[0].e) {
						c := u.members[0]
						c.slot = u.to
						c.reject(j, because("over_share", args{"of": rule.Of, "bound": rule.Bound, "percent": rule.Percent}), "share", basisOf(rule.Basis))
						c.fail.OnlyReference = c.fail.Basis == ByReference
						out, u.members = append(out, *c.fail), u.members[1:]
					}
					units = slices.DeleteFunc(units, func(u *unit) bool { return len(u.members) == 0 })
				}
			}
		}
	}
	return units, out
}

// bounds reports whether the rule bounds pieces like this one from above: at
// least so much of a sort is at most the rest of the others.
func (r ShareRule) bounds(e media.Evidence) bool {
	of := e.Repost
	if r.Of == "repeat" {
		of = e.Airing != nil && !e.Airing.FirstRun
	}
	return of == (r.Bound != "at_least")
}

// over is the latest unit to take out of a slot that goes over the bound, nil if none.
func (r ShareRule) over(units []*unit, slot int) *unit {
	percent, n, all := r.Percent, 0, 0
	if r.Bound == "at_least" {
		percent = 100 - percent
	}
	var latest *unit
	for _, u := range units {
		if u.to != slot {
			continue
		}
		all++
		if head := u.members[0]; r.bounds(*head.e) {
			n++
			if !head.spoken() && (latest == nil || byWhen(*head.e, *latest.members[0].e) > 0) {
				latest = u
			}
		}
	}
	if n*100 <= percent*all {
		return nil
	}
	return latest
}

// key tells what counts once: a day of a column, a column, a production, else the piece itself.
func (s *slot) key(e media.Evidence, runs map[string]int) string {
	day := "day " + calendar.Day(when(e)).Format(time.DateOnly)
	if s.kind.Name == "instalments" {
		switch s.q.Reading {
		case "R2":
			return "piece " + e.ID
		case "R3":
			return "column " + e.Column
		}
		return day
	}
	if _, ok := s.q.find("distinct_days"); ok {
		return day
	}
	if e.Segment != nil && e.Segment.Of != "" {
		return s.segmentKey(e, runs)
	}
	if e.Airing == nil || e.Airing.EpisodeID == "" {
		return "piece " + e.ID
	}
	key := "episode " + e.Airing.EpisodeID
	channel := key + " on " + e.Airing.Channel
	switch {
	case s.q.Repeats == "all" && s.q.EachOn:
		return "piece " + e.ID
	case s.q.Repeats == "all": // the nth run on one channel and the nth on another are one
		runs[s.period.ID+channel]++
		return key + " run " + strconv.Itoa(runs[s.period.ID+channel])
	case s.q.EachOn:
		return channel
	}
	return key
}

// twice is the reason for a piece whose key was taken by other, and the name of the rule.
func (s *slot) twice(e, other media.Evidence) (Reason, string) {
	if e.Airing != nil && other.Airing != nil && e.Airing.EpisodeID != "" && e.Airing.EpisodeID == other.Airing.EpisodeID {
		if _, days := s.q.find("distinct_days"); !days {
			if e.Airing.Channel != other.Airing.Channel && (e.Airing.FirstRun || s.q.Repeats == "all") {
				return because("same_production", args{"other": stamp(other.Airing.Start)}), "each_on"
			}
			if e.Airing.FirstRun { // logged as new: the second half of one production, or the same told again
				return because("same_production", args{"other": stamp(other.Airing.Start)}), "first_run"
			}
			return because("is_repeat", args{"at": stamp(e.Airing.Start)}), "first_run"
		}
	}
	if _, days := s.q.find("distinct_days"); e.Segment != nil && other.Segment != nil && !days {
		if firstRun(e) {
			return because("same_production", args{"other": stamp(other.At)}), "each_on"
		}
		return because("is_repeat", args{"at": stamp(e.At)}), "first_run"
	}
	if s.kind.Name == "lag" {
		return because("same_decision", args{"other": cmp.Or(other.Title, other.ID)}), "decision"
	}
	if s.kind.Name == "instalments" && s.q.Reading == "R3" {
		return because("same_column", args{"other": cmp.Or(other.Title, other.ID)}), "column"
	}
	return because("same_day", args{"date": stamp(calendar.Day(when(e))), "other": cmp.Or(other.Title, other.ID)}), "distinct_days"
}
