package propose

import (
	"container/heap"
	"math"
	"slices"
)

// task is a weighted maximum coverage under capacity. A subject is worth its
// first level once, its second level when it is told of twice, and so on;
// levels never rise, so the worth of a set is submodular. A piece tells of
// some subjects, belongs to one group (which has levels too), and is worth a
// little by itself. Slots hold so many pieces each, and a piece fits some.
type task struct {
	subjects [][]int64 // levels, longest first
	groups   [][]int64
	pieces   []element
	slots    []int // pieces each may still hold
	fits     [][]bool
	limit    int // pieces at most in all, 0: as many as the slots hold
}

type element struct {
	on    []int // subjects, each once
	group int
	own   int64
	class int // row of task.fits: which slots it fits
}

// answer is a set of pieces that the slots can hold.
type answer struct {
	chosen []int // in the order in which they are worth most
	value  int64
	bound  int64 // no set is worth more
	exact  bool  // value is the optimum
	half   bool  // the greedy part guarantees a half of the optimum, else 1 - 1/e
}

// state is a set being built: how often each subject and group is told of, and
// which slot each piece of the set takes.
type state struct {
	t     *task
	told  []int
	group []int
	at    map[int]int // piece → slot
	used  []int
	value int64
}

func newState(t *task) *state {
	return &state{t: t, told: make([]int, len(t.subjects)), group: make([]int, len(t.groups)), at: map[int]int{}, used: make([]int, len(t.slots))}
}

func level(levels []int64, n int) int64 {
	if n >= len(levels) {
		return 0
	}
	return levels[n]
}

// gain is what a piece outside the set would add.
func (s *state) gain(i int) int64 {
	p := &s.t.pieces[i]
	g := p.own + level(s.t.groups[p.group], s.group[p.group])
	for _, x := range p.on {
		g += level(s.t.subjects[x], s.told[x])
	}
	return g
}

func (s *state) count(i, by int) {
	p := &s.t.pieces[i]
	s.group[p.group] += by
	for _, x := range p.on {
		s.told[x] += by
	}
}

// add takes a piece in if the slots can hold it, moving others between slots
// where that makes room (an augmenting path: the sets that can be held are the
// independent sets of a transversal matroid).
func (s *state) add(i int) bool {
	g := s.gain(i)
	if !s.place(i, make([]bool, len(s.t.slots))) {
		return false
	}
	s.count(i, 1)
	s.value += g
	return true
}

func (s *state) place(i int, seen []bool) bool {
	fits := s.t.fits[s.t.pieces[i].class]
	for slot := range s.t.slots {
		if fits[slot] && !seen[slot] && s.used[slot] < s.t.slots[slot] {
			s.at[i] = slot
			s.used[slot]++
			return true
		}
	}
	for slot := range s.t.slots {
		if !fits[slot] || seen[slot] || s.t.slots[slot] == 0 {
			continue
		}
		seen[slot] = true
		for _, other := range s.in(slot) {
			s.used[slot]--
			delete(s.at, other)
			if s.place(other, seen) {
				s.at[i] = slot
				s.used[slot]++
				return true
			}
			s.at[other] = slot
			s.used[slot]++
		}
	}
	return false
}

// in lists the pieces of a slot, in a fixed order.
func (s *state) in(slot int) []int {
	var out []int
	for i, at := range s.at {
		if at == slot {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

func (s *state) remove(i int) {
	s.used[s.at[i]]--
	delete(s.at, i)
	s.count(i, -1)
	s.value -= s.gain(i)
}

func (s *state) chosen() []int {
	out := make([]int, 0, len(s.at))
	for i := range s.at {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// room is how many pieces all slots hold.
func (t *task) room() int {
	n := 0
	for _, c := range t.slots {
		n += c
	}
	if t.limit > 0 {
		n = min(n, t.limit)
	}
	return n
}

// lazy is the queue of lazy greedy: gains only fall, so a piece whose old gain
// is under another's fresh one need not be looked at.
type lazy struct {
	gain []int64
	id   []int
}

func (q *lazy) Len() int { return len(q.id) }
func (q *lazy) Less(a, b int) bool {
	return q.gain[a] > q.gain[b] || q.gain[a] == q.gain[b] && q.id[a] < q.id[b]
}
func (q *lazy) Swap(a, b int) {
	q.gain[a], q.gain[b] = q.gain[b], q.gain[a]
	q.id[a], q.id[b] = q.id[b], q.id[a]
}
func (q *lazy) Push(any) {}
func (q *lazy) Pop() any {
	n := len(q.id) - 1
	q.gain, q.id = q.gain[:n], q.id[:n]
	return nil
}

// greedy takes the piece that adds most, again and again. On a uniform matroid
// (every piece fits every slot) the result is worth at least 1 - 1/e of the
// optimum (Nemhauser, Wolsey, Fisher 1978), on any other a half (Fisher,
// Nemhauser, Wolsey 1978).
func (t *task) greedy() *state {
	s := newState(t)
	q := &lazy{}
	for i := range t.pieces {
		q.gain, q.id = append(q.gain, s.gain(i)), append(q.id, i)
	}
	heap.Init(q)
	room := t.room()
	for q.Len() > 0 && len(s.at) < room {
		i := q.id[0]
		if g := s.gain(i); g < q.gain[0] {
			q.gain[0] = g
			heap.Fix(q, 0)
			continue
		}
		heap.Pop(q)
		s.add(i) // what does not fit now never will: matchable sets only grow
	}
	return s
}

// swaps bounds the improvements that are tried, so that the time is bounded too.
const swaps = 30

// improve exchanges one piece for another as long as that is worth more.
func (t *task) improve(s *state) {
	for range swaps {
		bestOut, bestIn, best := -1, -1, s.value
		for _, out := range s.chosen() {
			slot := s.at[out]
			s.remove(out)
			for in := range t.pieces {
				if _, have := s.at[in]; have || in == out || s.value+s.gain(in) <= best {
					continue
				}
				if t.fits[t.pieces[in].class][slot] || s.couldAdd(in) {
					bestOut, bestIn, best = out, in, s.value+s.gain(in)
				}
			}
			s.at[out] = slot
			s.used[slot]++
			s.value += s.gain(out)
			s.count(out, 1)
		}
		if bestIn < 0 {
			return
		}
		s.remove(bestOut)
		s.add(bestIn)
	}
}

// couldAdd reports whether the slots could hold one more piece, and leaves all as it was.
func (s *state) couldAdd(i int) bool {
	try := newState(s.t)
	for j, slot := range s.at {
		try.at[j] = slot
		try.used[slot]++
	}
	return try.place(i, make([]bool, len(s.t.slots)))
}

// thinned drops pieces that another of the same subjects, group and slots
// outdoes, where the slots could not hold as many: no set is worth more with them.
func (t *task) thinned() (kept []int) {
	type kind struct {
		on           string
		group, class int
	}
	byKind := map[kind][]int{}
	var order []kind
	for i, p := range t.pieces {
		b := make([]byte, 0, 2*len(p.on))
		for _, x := range p.on {
			b = append(b, byte(x), byte(x>>8))
		}
		k := kind{string(b), p.group, p.class}
		if byKind[k] == nil {
			order = append(order, k)
		}
		byKind[k] = append(byKind[k], i)
	}
	room := t.room()
	for _, k := range order {
		all := byKind[k]
		slices.SortStableFunc(all, func(a, b int) int { return int(t.pieces[b].own - t.pieces[a].own) })
		kept = append(kept, all[:min(len(all), room)]...)
	}
	slices.Sort(kept)
	return kept
}

// solve chooses: greedy, improved by exchanges, then proven or bettered by
// branch and bound as far as work allows; what is left is told by the bound.
func (t *task) solve(work int) answer {
	kept := t.thinned()
	small := *t
	small.pieces = make([]element, len(kept))
	for i, k := range kept {
		small.pieces[i] = t.pieces[k]
	}
	s := small.greedy()
	small.limit = len(s.at) // greedy ends with a basis: no set that the slots can hold is larger
	small.improve(s)
	a := answer{chosen: s.chosen(), value: s.value, half: !small.uniform()}
	a.bound = max(a.value, small.bound(s))
	if a.bound > a.value && work > 0 {
		x := search{t: &small, best: a.value, set: a.chosen, work: work, room: small.room()}
		order := make([]int, len(small.pieces))
		for i := range order {
			order[i] = i
		}
		if x.branch(newState(&small), order); x.work > 0 {
			a.bound = x.best
		}
		a.chosen, a.value = x.set, x.best
	}
	a.exact = a.value == a.bound
	a.chosen = small.ranked(a.chosen)
	for i, c := range a.chosen {
		a.chosen[i] = kept[c]
	}
	return a
}

// uniform reports whether every piece fits every slot.
func (t *task) uniform() bool {
	for _, p := range t.pieces {
		for slot, n := range t.slots {
			if n > 0 && !t.fits[p.class][slot] {
				return false
			}
		}
	}
	return true
}

// ranked orders a set by what each adds to those before it.
func (t *task) ranked(set []int) []int {
	s, left := newState(t), slices.Clone(set)
	slices.Sort(left)
	var out []int
	for len(left) > 0 {
		best := 0
		for i := range left {
			if s.gain(left[i]) > s.gain(left[best]) {
				best = i
			}
		}
		s.count(left[best], 1)
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}

// rounds is how often the prices of the bound are moved.
const rounds = 60

// bound is what no set can be worth more than: the Lagrangian dual of the
// subjects. At prices u, a subject is worth at most Σ max(0, level − u), and a
// piece its own, its group's next level and the prices of its subjects; the best
// pieces of that are found exactly, for levels of a group never rise. Any prices
// give a bound; a few steps of the subgradient make it close.
func (t *task) bound(s *state) int64 {
	u := make([]float64, len(t.subjects))
	for x, n := range s.told {
		u[x] = float64(level(t.subjects[x], n))
	}
	least := math.Inf(1)
	for range rounds {
		value, slope := t.relaxed(u)
		least = min(least, value)
		norm := 0.0
		for _, g := range slope {
			norm += g * g
		}
		if norm == 0 || least-float64(s.value) < 1 {
			break
		}
		step := (value - float64(s.value)) / norm
		for x := range u {
			u[x] = max(0, u[x]-step*slope[x])
		}
	}
	return int64(math.Floor(least + 1e-3))
}

// relaxed is the bound at prices u, and its subgradient.
func (t *task) relaxed(u []float64) (value float64, slope []float64) {
	slope = make([]float64, len(u))
	for x, levels := range t.subjects {
		for _, l := range levels {
			if float64(l) > u[x] {
				value += float64(l) - u[x]
				slope[x]--
			}
		}
	}
	type worth struct {
		piece int
		v     float64
	}
	byGroup := make([][]worth, len(t.groups))
	for i, p := range t.pieces {
		v := float64(p.own)
		for _, x := range p.on {
			v += u[x]
		}
		byGroup[p.group] = append(byGroup[p.group], worth{i, v})
	}
	all := make([]worth, 0, len(t.pieces))
	for g, of := range byGroup {
		slices.SortFunc(of, func(a, b worth) int { return compare(b.v, a.v, a.piece, b.piece) })
		for n, w := range of {
			all = append(all, worth{w.piece, w.v + float64(level(t.groups[g], n))})
		}
	}
	slices.SortFunc(all, func(a, b worth) int { return compare(b.v, a.v, a.piece, b.piece) })
	for _, w := range all[:min(len(all), t.room())] {
		if w.v <= 0 {
			break
		}
		value += w.v
		for _, x := range t.pieces[w.piece].on {
			slope[x]++
		}
	}
	return value, slope
}

func compare(a, b float64, i, j int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return i - j
}

// search is branch and bound with a budget of looks at pieces.
type search struct {
	t    *task
	best int64
	set  []int
	work int
	room int
}

// branch completes a set from the pieces left: the one that adds most is taken,
// or left out for good.
func (x *search) branch(s *state, left []int) {
	for {
		if s.value > x.best {
			x.best, x.set = s.value, s.chosen()
		}
		more := x.room - len(s.at)
		if x.work -= len(left); x.work <= 0 || more == 0 {
			return
		}
		gains := make([]int64, len(s.t.pieces))
		for _, i := range left {
			gains[i] = s.gain(i)
		}
		left = slices.Clone(left)
		slices.SortFunc(left, func(a, b int) int {
			return compare(float64(gains[b]), float64(gains[a]), a, b)
		})
		most := s.value
		for _, i := range left[:min(len(left), more)] {
			most += gains[i]
		}
		if most <= x.best || len(left) == 0 {
			return
		}
		first := left[0]
		left = left[1:]
		with := s.clone()
		if with.add(first) {
			x.branch(with, left)
		}
	}
}

func (s *state) clone() *state {
	out := &state{t: s.t, told: slices.Clone(s.told), group: slices.Clone(s.group), at: make(map[int]int, len(s.at)), used: slices.Clone(s.used), value: s.value}
	for i, slot := range s.at {
		out.at[i] = slot
	}
	return out
}
