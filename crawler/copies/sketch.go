package copies

import (
	"cmp"
	"math"
	"slices"
)

const (
	buckets = 24 // marks of one text: by them texts that may be copies find each other
	// enough is how many marks of two texts must be equal before they are
	// compared: of texts that share a third of their words in order, one pair in
	// some hundred is missed; of unrelated ones, one in some thousand is compared.
	enough = 2
	// crowd is how many texts may have a mark before it stops telling anything:
	// it stands in a phrase that everybody writes.
	crowd = 64
)

// Sketch is a MinHash of the body: the runs of three words are dealt into
// buckets by their hash, and the least of each is its mark. Equal marks stand
// for equal runs; a share of them about as large as the share of runs that two
// texts have in common is equal. Nil where there is no body to compare.
func (t *Text) Sketch() []int64 {
	if !t.full() {
		return nil
	}
	var least [buckets]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	for i := range len(t.body) - shingle + 1 {
		h := run(t.body[i : i+shingle])
		b := (h >> 32) * buckets >> 32
		least[b] = min(least[b], h)
	}
	out := make([]int64, 0, buckets)
	for _, h := range least {
		if h != math.MaxUint64 {
			out = append(out, int64(h))
		}
	}
	return out
}

// index finds texts by their marks.
type index struct{ marks []mark }

type mark struct {
	value int64
	text  int32
}

func newIndex(texts []Text) *index {
	x := &index{marks: make([]mark, 0, len(texts)*buckets)}
	for i := range texts {
		for _, v := range texts[i].Sketch() {
			x.marks = append(x.marks, mark{v, int32(i)})
		}
	}
	slices.SortFunc(x.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.text, b.text))
	})
	return x
}

// like lists the texts before the given one that share enough marks with it, ascending.
func (x *index) like(text int32, marks []int64) []int32 {
	count := map[int32]int{}
	for _, v := range marks {
		from, _ := slices.BinarySearchFunc(x.marks, v, func(m mark, v int64) int { return cmp.Compare(m.value, v) })
		to := from
		for to < len(x.marks) && x.marks[to].value == v && to-from <= crowd {
			to++
		}
		if to-from > crowd {
			continue
		}
		for _, m := range x.marks[from:to] {
			if m.text < text {
				count[m.text]++
			}
		}
	}
	var out []int32
	for t, n := range count {
		if n >= enough {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}
