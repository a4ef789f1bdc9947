package copies

import "slices"

// Relation is how a piece stands to another.
type Relation string

const (
	None     Relation = ""
	Original Relation = "original" // the first of its group
	Exact    Relation = "exact"    // word for word
	Near     Relation = "near"     // the same report, shortened, updated or under another headline
)

// What keeps two texts apart whatever they share.
const (
	sameForm = 0.90 // headlines that share so much look like two issues of one form
	ofForm   = 0.80 // and the texts of two issues share less than this
	manyFigs = 8    // numbers in a text from which on they are compared
	sameFigs = 0.50 // of them are in the other
)

// limits is what makes two texts one.
type limits struct {
	whole     float64 // of the shorter text is in the other: a copy under whatever headline
	together  float64 // else the share of the shorter text that is in the other and the share of headline that both have must add up to this
	headlines float64 // of what both headlines say is told by the other piece: under it only boilerplate is shared
}

// chosen are the limits in force. They do not hang on single pairs of the
// labelled ones: chosen anew on one half of those, they do nearly as well on the
// other (docs/decisions/0013-copies.md).
func chosen() limits { return limits{whole: 0.90, together: 1.05, headlines: 0.33} }

// Compare tells how two texts stand to each other: Exact, Near or None.
func Compare(a, b *Text) Relation {
	if a.id == b.id && a.ID() != 0 {
		return Exact
	}
	if m, ok := measured(a, b); ok && m.near(chosen()) {
		return Near
	}
	return None
}

// measure is what two texts have in common, each between 0 and 1.
type measure struct {
	part  float64 // of the runs of words of the shorter text, those that are in the other
	title float64 // of the words of the shorter headline, those that are in the other
	told  float64 // of both headlines, in pairs of words, what the other piece tells
}

func (m measure) near(l limits) bool {
	return m.told >= l.headlines && (m.part >= l.whole || m.part+m.title >= l.together)
}

// measured compares two texts that say not the same; ok is false when there is
// too little to compare, or numbers tell them apart.
func measured(a, b *Text) (m measure, ok bool) {
	if !a.full() || !b.full() || Apart(a, b) {
		return m, false
	}
	if n := min(len(a.figures), len(b.figures)); n >= manyFigs && float64(common(a.figures, b.figures)) < sameFigs*float64(n) {
		return m, false
	}
	m = measure{
		part:  contained(shingles(a.body, shingle), shingles(b.body, shingle)),
		title: contained(shingles(a.title, 1), shingles(b.title, 1)),
		told:  (a.toldBy(b) + b.toldBy(a)) / 2,
	}
	return m, m.title < sameForm || m.part >= ofForm || !a.untold(b) && !b.untold(a)
}

// Apart reports whether the headlines tell the pieces apart however alike the
// texts are: each has a number or date that the other has not, and one of these
// is nowhere in the other piece; or each names somebody or some place whom the
// other piece does not name anywhere, as the districts' forms of one report do.
func Apart(a, b *Text) bool {
	if a.id == b.id {
		return false
	}
	return only(a.marks, b.marks) && only(b.marks, a.marks) && (a.untold(b) || b.untold(a)) || a.strange(b) && b.strange(a)
}

// strange reports whether a name of a's headline is nowhere in b.
func (a *Text) strange(b *Text) bool {
	return slices.ContainsFunc(a.names, func(n uint32) bool { return !slices.Contains(b.title, n) && !slices.Contains(b.body, n) })
}

// untold reports whether a number of a's headline is nowhere in b.
func (a *Text) untold(b *Text) bool {
	for _, m := range a.marks {
		if _, ok := slices.BinarySearch(b.told, hash(m)); !ok {
			return true
		}
	}
	return false
}

func only(a, b []string) bool {
	return slices.ContainsFunc(a, func(m string) bool { return !slices.Contains(b, m) })
}

// toldBy is the share of a's headline, in pairs of words, that stands in b's
// headline or text.
func (a *Text) toldBy(b *Text) float64 {
	pairs := shingles(a.title, 2)
	if len(pairs) == 0 {
		return 1
	}
	there := shingles(b.body, 2)
	head := shingles(b.title, 2)
	n := 0
	for _, p := range pairs {
		_, in := slices.BinarySearch(there, p)
		if !in {
			_, in = slices.BinarySearch(head, p)
		}
		if in {
			n++
		}
	}
	return float64(n) / float64(len(pairs))
}

// contained is the share of the smaller set that is in the other, 0 of none.
func contained(a, b []uint64) float64 {
	if n := min(len(a), len(b)); n > 0 {
		return float64(common(a, b)) / float64(n)
	}
	return 0
}

// common counts what two ascending lists share, each as often as in both.
func common[T uint32 | uint64](a, b []T) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}
