package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Gain is what a person's word on a piece that waits for one would change: with
// «yes» one piece more counts for the quota in the period than with «no», and
// without it the period is short.
type Gain struct {
	Item    string    `json:"item"`
	Quota   string    `json:"quota"`
	Owner   string    `json:"owner"`
	Period  string    `json:"period"`
	Missing int       `json:"missing"` // pieces that the period lacks if the word is «no», at least 1
	Counted bool      `json:"counted"` // it counts for the present: «no» takes it away, «yes» adds nothing
	Over    bool      `json:"over"`    // the period has ended, and nobody has closed it or confirmed the miss
	Due     time.Time `json:"due"`     // the last moment at which the period can still be met; of one that is over, its end (exclusive)
}

// Waits reports whether a person is asked about the piece and none has answered.
func Waits(e media.Evidence) bool { return e.Kind == media.EvItem && e.Verdict != nil && pending(e) }

// Gains tells, for every piece that waits for a person, in which periods its
// answer matters, by quota in plan order, owner, piece, period. It asks the same
// conditions and the same assignment as Match, once with each answer, for each
// piece by itself: per quota, for some credit pieces that are not about reform,
// whose answer then changes nothing there. A «yes» is taken to keep the topics
// that the classifier named.
//
// standings are those of the same evidence and decisions. A period matters while
// it is not closed, exempt or confirmed as missed, and is told to somebody. Only
// counts are looked at: by how much a piece would shorten a gap is not asked.
func Gains(p *Plan, ev []media.Evidence, ds []Decision, cal *calendar.Calendar, standings []Standing, now time.Time) []Gain {
	if !slices.ContainsFunc(ev, Waits) {
		return nil
	}
	matters := map[slotKey]Standing{}
	owes := map[actKey]bool{}
	for _, s := range standings {
		if s.unsettled() {
			matters[s.slot()] = s
			owes[actKey{s.Quota, s.Owner}] = true
		}
	}
	byAgency, byID := index(p, joinQuestions(ev))
	var out []Gain
	for job := range jobs(p, actsOf(p, ds), cal) {
		own := byAgency[job.owner.ID]
		if owes[actKey{job.quota, job.owner.ID}] && slices.ContainsFunc(own, func(e *media.Evidence) bool { return Waits(*e) }) {
			out = append(out, job.gains(job.candidates(own, byID), matters, now)...)
		}
	}
	return out
}

// unsettled reports whether a piece more or less could still change the standing.
func (s Standing) unsettled() bool {
	if s.Shadow() || slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == "closed" }) {
		return false
	}
	return s.State != Exempt && !(s.State == Missed && s.Confirmed)
}

// gains tries both answers on each of the candidates that waits.
func (j matchJob) gains(cs []candidate, matters map[slotKey]Standing, now time.Time) []Gain {
	flexible := j.flexible()
	counting := make([][]int, len(j.slots)) // candidates that may count, by the period they belong to; all in the first where pieces may move
	for i, c := range cs {
		if (c.passes || c.added()) && !c.struck() {
			at := c.slot
			if flexible {
				at = 0
			}
			counting[at] = append(counting[at], i)
		}
	}
	var out []Gain
	for i, c := range cs {
		if !Waits(*c.e) || c.act != nil {
			continue
		}
		others := counting[0]
		if !flexible {
			if st, ok := matters[j.key(c.slot)]; !ok || st.lacks(1) <= 0 {
				continue // it has all it wants without the piece
			}
			others = counting[c.slot]
		}
		no, yes := j.answered(c, false), j.answered(c, true)
		if yes.passes == no.passes {
			continue // this quota does not ask, or asks what else it lacks
		}
		with, without := j.counted(cs, others, i, yes), j.counted(cs, others, i, no)
		is := without
		if c.passes == yes.passes {
			is = with
		}
		for at, s := range j.slots {
			st, ok := matters[j.key(at)]
			of := s.period.ID
			if !ok || with[of] <= without[of] {
				continue
			}
			g := Gain{Item: c.e.ID, Quota: j.quota, Owner: j.owner.ID, Period: of, Counted: is[of] > without[of], Over: !st.End.After(now), Due: st.End}
			if g.Missing = st.lacks(is[of] - without[of]); g.Missing <= 0 {
				continue
			}
			if st.LastSave != nil {
				g.Due = *st.LastSave
			}
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b Gain) int { return cmp.Or(cmp.Compare(a.Item, b.Item), a.Due.Compare(b.Due)) })
	return out
}

func (j matchJob) key(slot int) slotKey {
	return slotKey{j.quota, j.owner.ID, j.slots[slot].period.ID}
}

// flexible reports whether a piece may change another period than its own.
func (j matchJob) flexible() bool {
	for i := range j.slots {
		if s := &j.slots[i]; s.q.MakeGood > 0 || s.q.Carry > 0 || s.kind.Name == "lag" {
			return true
		}
	}
	return false
}

// answered is a candidate as it would be judged once a person has answered.
func (j matchJob) answered(c candidate, reform bool) candidate {
	e, v := *c.e, *c.e.Verdict
	v.Reform, v.Review = reform, false
	if !reform {
		v.Topics = nil
	}
	e.Verdict, e.Decided = &v, "?"
	return j.judge(&e, c.slot)
}

// counted is how many pieces count by period if one candidate were another:
// of the others in order only those given, by their places.
func (j matchJob) counted(cs []candidate, others []int, at int, instead candidate) map[string]int {
	some := make([]candidate, 0, len(others)+1)
	before, _ := slices.BinarySearch(others, at)
	for _, i := range others[:before] {
		some = append(some, cs[i])
	}
	some = append(some, instead)
	for _, i := range others[before:] {
		if i != at {
			some = append(some, cs[i])
		}
	}
	var m Matching
	j.settle(some, &m)
	out := map[string]int{}
	for _, c := range m.Credits {
		out[c.Period]++
	}
	return out
}

// lacks is how many pieces are missing once so many are taken away.
func (s Standing) lacks(fewer int) int {
	for _, m := range s.Measures {
		if m.Name == "count" && m.Bound == "at_least" {
			return int(m.Wanted - m.Delivered + float64(fewer))
		}
	}
	return 0
}
