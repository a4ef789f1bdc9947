package propose

import (
	"slices"
	"strings"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// What telling of something is worth. A topic or a content that was told of
// nowhere in the quarter goes before any agency, an agency not told of lately
// before any second piece, and between equals the newer piece: whole numbers,
// so that the answer and its bound are exact.
const (
	newTopic   = 1_000_000
	newContent = 400_000
	newAgency  = 100_000
	moreTopic  = 8_000 // shared by how many there are already
	moreOf     = 4_000 // likewise, of a content or an agency
	perDay     = 10    // for each day that a piece is newer than the oldest proposed
)

// Choice is one piece for one opening, and why.
type Choice struct {
	Piece
	Opening Opening
	Reasons []schedule.Reason
}

// Answer is what to fill the openings with.
type Answer struct {
	Choices   []Choice // by opening, in it what is worth most first
	Value     int64    // what the choice is worth by our own weights
	Bound     int64    // no choice is worth more
	Exact     bool     // Value is the most there is
	Guarantee float64  // share of the optimum that greedy alone guarantees, whatever the pieces: 1-1/e or 1/2
	Missing   Missing
}

// Gap is how far the choice may be from the best one, 0..1.
func (a Answer) Gap() float64 {
	if a.Exact || a.Bound == 0 {
		return 0
	}
	return float64(a.Bound-a.Value) / float64(a.Bound)
}

// Missing is what no proposed piece tells of.
type Missing struct {
	Topics   []string // not told of in the quarter, and by no piece chosen
	Contents []int    // of Plan.Contents, likewise
	Agencies []string // that owe pieces, not told of lately, and without a piece to take up
}

// effort bounds the branch and bound of a choice, in looks at pieces.
const effort = 400_000

// Choose fills the openings, with n pieces at most (0: as many as they hold). For
// one opening it gives the best few.
func (pool *Pool) Choose(openings []Opening, n int) Answer {
	t, contents, agencies := pool.task(openings, n)
	got := t.solve(effort)
	a := Answer{Value: got.value, Bound: got.bound, Exact: got.exact, Guarantee: 1 - 1/2.718281828459045}
	if got.half {
		a.Guarantee = 0.5
	}
	s := newState(&t)
	for _, i := range got.chosen {
		s.add(i)
	}
	where := s.earliest(got.chosen)
	why := newState(&t)
	for _, i := range got.chosen {
		x := pool.Pieces[i]
		a.Choices = append(a.Choices, Choice{Piece: x, Opening: openings[where[i]], Reasons: pool.reasons(i, why, contents)})
		why.count(i, 1)
	}
	place := map[string]int{}
	for i, o := range openings {
		place[o.Quota+" "+o.Period] = i
	}
	slices.SortStableFunc(a.Choices, func(x, y Choice) int {
		return place[x.Opening.Quota+" "+x.Opening.Period] - place[y.Opening.Quota+" "+y.Opening.Period]
	})
	a.Missing = pool.missing(why, contents, agencies)
	return a
}

// task puts the pool into numbers: subjects are the topics in their order, then
// contents; groups are agencies.
func (pool *Pool) task(openings []Opening, n int) (t task, contents map[int]int, agencies map[string]int) {
	room := 0
	for _, o := range openings {
		room += o.Room
		t.slots = append(t.slots, o.Room)
	}
	if n > 0 && n < room {
		room = n
		t.limit = n
	}
	levels := func(had int, first, more int64) []int64 {
		out := make([]int64, room)
		for j := range out {
			if out[j] = more / int64(had+j+1); had+j == 0 {
				out[j] = first
			}
		}
		return out
	}
	for _, topic := range media.Topics() {
		t.subjects = append(t.subjects, levels(pool.topics[topic], newTopic, moreTopic))
	}
	contents, agencies = map[int]int{}, map[string]int{}
	for i, c := range pool.plan.Contents {
		if len(c.Topics) == 0 {
			contents[i] = len(t.subjects)
			t.subjects = append(t.subjects, levels(pool.content[i], newContent, moreOf))
		}
	}
	classes := map[string]int{}
	for _, x := range pool.Pieces {
		g, had := agencies[x.Agency]
		if !had {
			g = len(t.groups)
			agencies[x.Agency] = g
			t.groups = append(t.groups, levels(pool.agency[x.Agency], newAgency, moreOf))
		}
		e := element{group: g, own: perDay * int64(1+max(0, pool.opt.Fresh-calendar.DaysBetween(x.At, pool.opt.Now)))}
		for i, topic := range media.Topics() {
			if slices.Contains(x.Topics, topic) {
				e.on = append(e.on, i)
			}
		}
		for _, c := range x.Contents {
			e.on = append(e.on, contents[c])
		}
		var key strings.Builder
		fits := make([]bool, len(openings))
		for i, o := range openings {
			if fits[i] = pool.suits(x, o); fits[i] {
				key.WriteByte('1')
			} else {
				key.WriteByte('0')
			}
		}
		class, known := classes[key.String()]
		if !known {
			class = len(t.fits)
			classes[key.String()] = class
			t.fits = append(t.fits, fits)
		}
		e.class = class
		t.pieces = append(t.pieces, e)
	}
	return t, contents, agencies
}

// suits reports whether a piece is still new when an opening begins, and of its topics.
func (pool *Pool) suits(x Piece, o Opening) bool {
	if calendar.DaysBetween(x.At, o.From) > pool.opt.Fresh {
		return false
	}
	return o.Topics == nil || slices.ContainsFunc(x.Topics, func(t string) bool { return slices.Contains(o.Topics, t) })
}

// earliest gives each piece of a set a slot: those that are worth most the
// earliest one that leaves room for all the others.
func (s *state) earliest(order []int) map[int]int {
	fixed := map[int]int{}
	for _, i := range order {
		for slot := range s.t.slots {
			if !s.t.fits[s.t.pieces[i].class][slot] {
				continue
			}
			fixed[i] = slot
			if s.t.holds(order, fixed) {
				break
			}
			delete(fixed, i)
		}
	}
	return fixed
}

// holds reports whether the slots can hold a set of which some are fixed.
func (t *task) holds(set []int, fixed map[int]int) bool {
	try := newState(t)
	left := *t
	left.slots = slices.Clone(t.slots)
	for _, slot := range fixed {
		if left.slots[slot]--; left.slots[slot] < 0 {
			return false
		}
	}
	try.t = &left
	for _, i := range set {
		if _, is := fixed[i]; !is && !try.place(i, make([]bool, len(t.slots))) {
			return false
		}
	}
	return true
}

// reasons say why a piece is proposed after those that were counted before it.
func (pool *Pool) reasons(i int, before *state, contents map[int]int) []schedule.Reason {
	x := pool.Pieces[i]
	var out []schedule.Reason
	because := func(code string, args map[string]any) { out = append(out, schedule.Reason{Code: code, Args: args}) }
	fewest, fewTopic := -1, ""
	for at, topic := range media.Topics() {
		if !slices.Contains(x.Topics, topic) {
			continue
		}
		n := pool.topics[topic] + before.told[at]
		if n == 0 {
			because("topic_untold", map[string]any{"topics": topic, "quarter": pool.quarter.Name()})
		}
		if fewest < 0 || n < fewest {
			fewest, fewTopic = n, topic
		}
	}
	for k, c := range x.Contents {
		if pool.content[c]+before.told[contents[c]] == 0 {
			because("content_untold", map[string]any{"content": pool.plan.Contents[c].Words(), "words": x.Words[k], "quarter": pool.quarter.Name()})
		}
	}
	told := pool.agency[x.Agency]
	switch g := before.group[before.t.pieces[i].group]; {
	case told+g == 0:
		because("agency_untold", map[string]any{"owner": x.Agency, "days": pool.opt.Silent})
	case len(out) == 0:
		because("agency_few", map[string]any{"owner": x.Agency, "n": told + g, "days": pool.opt.Silent})
	}
	if fewest > 0 && len(out) < 2 {
		because("topic_few", map[string]any{"topics": fewTopic, "n": fewest, "quarter": pool.quarter.Name()})
	}
	because("piece_age", map[string]any{"days": calendar.DaysBetween(x.At, pool.opt.Now)})
	return out
}

// Untold is what the outlet told of nowhere: topics and contents in the quarter,
// agencies lately, whether they have a piece to take up or not.
func (pool *Pool) Untold() Missing {
	t, contents, _ := pool.task(nil, 0)
	return pool.missing(newState(&t), contents, nil)
}

// missing lists what is told of by nothing, chosen pieces included.
func (pool *Pool) missing(chosen *state, contents map[int]int, agencies map[string]int) Missing {
	var m Missing
	for i, topic := range media.Topics() {
		if pool.topics[topic]+chosen.told[i] == 0 {
			m.Topics = append(m.Topics, topic)
		}
	}
	for i := range pool.plan.Contents {
		if at, is := contents[i]; is && pool.content[i]+chosen.told[at] == 0 {
			m.Contents = append(m.Contents, i)
		}
	}
	for _, a := range pool.plan.Agencies {
		_, has := agencies[a.ID]
		if !has && pool.agency[a.ID] == 0 && a.Binding && a.ValidAt(pool.opt.Now) && (a.Level == media.Department || a.Level == media.District) {
			m.Agencies = append(m.Agencies, a.ID)
		}
	}
	return m
}
