package classify

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Term is a run of one to three syllables that stands more often in what was
// accepted than in the rest, and in no phrase of the lexicon; one syllable by
// itself only if the model does not know it either.
type Term struct {
	Term     string
	Accepted int      // documents that have it
	Others   int      // likewise of the rest
	Lift     float64  // how many times as often in the accepted
	Examples []string // ids of a few accepted documents that have it, in order
}

const (
	termLength   = 3
	leastTerm    = 5 // accepted documents: fewer may be one event, or somebody's name
	leastLift    = 3
	termExamples = 3
	// partOf: a term that nearly always stands inside a longer one is not told beside it.
	partOf = 0.8
)

// Suggester counts terms of headline and lead: of all that is accepted first
// (Accept), then of the rest (Other), so that it holds no more than the former's.
type Suggester struct {
	c                *Classifier
	terms            map[string]*Term
	pruned           bool
	accepted, others int
}

// Suggester begins to count.
func (c *Classifier) Suggester() *Suggester { return &Suggester{c: c, terms: map[string]*Term{}} }

// Accept counts a document about reform.
func (s *Suggester) Accept(d Doc) {
	s.accepted++
	for _, term := range s.c.unheard(d) {
		t := s.terms[term]
		if t == nil {
			t = &Term{Term: term}
			s.terms[term] = t
		}
		t.Accepted++
		if len(t.Examples) < termExamples {
			t.Examples = append(t.Examples, d.ID)
		}
	}
}

// Other counts a document that is not. No Accept may follow.
func (s *Suggester) Other(d Doc) {
	if !s.pruned {
		s.pruned = true
		for term, t := range s.terms {
			if t.Accepted < leastTerm {
				delete(s.terms, term)
			}
		}
	}
	s.others++
	for _, term := range s.c.unheard(d) {
		if t := s.terms[term]; t != nil {
			t.Others++
		}
	}
}

// Terms lists at most n of them, those that say most first: by how often they are
// accepted and by the logarithm of how much more often than in the rest, each half
// a document being added to both so that nothing is divided by 0.
func (s *Suggester) Terms(n int) []Term {
	var all []*Term
	for _, t := range s.terms {
		if t.Accepted < leastTerm {
			continue
		}
		t.Lift = (float64(t.Accepted) + 0.5) / (float64(s.accepted) + 1) / ((float64(t.Others) + 0.5) / (float64(s.others) + 1))
		if t.Lift >= leastLift {
			all = append(all, t)
		}
	}
	worth := func(t *Term) float64 { return float64(t.Accepted) * math.Log(t.Lift) }
	slices.SortFunc(all, func(a, b *Term) int { return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(a.Term, b.Term)) })
	longer := map[string]bool{} // terms that a longer one stands for
	for _, t := range all {
		words := strings.Fields(t.Term)
		for size := 1; size < len(words); size++ {
			for i := 0; i+size <= len(words); i++ {
				part := strings.Join(words[i:i+size], " ")
				if p := s.terms[part]; p != nil && float64(t.Accepted) >= partOf*float64(p.Accepted) {
					longer[part] = true
				}
			}
		}
	}
	var out []Term
	for _, t := range all {
		if !longer[t.Term] && len(out) < n && !slices.ContainsFunc(out, func(o Term) bool { return runsOn(o, *t) }) {
			out = append(out, *t)
		}
	}
	return out
}

// runsOn reports whether two terms are pieces of one longer run: one ends as the
// other begins, and about as many documents have them.
func runsOn(a, b Term) bool {
	x, y := strings.Fields(a.Term), strings.Fields(b.Term)
	if few := min(a.Accepted, b.Accepted); float64(few) < partOf*float64(max(a.Accepted, b.Accepted)) {
		return false
	}
	for n := 1; n < min(len(x), len(y)); n++ {
		if slices.Equal(x[len(x)-n:], y[:n]) || slices.Equal(y[len(y)-n:], x[:n]) {
			return true
		}
	}
	return false
}

// binding are syllables with which no term begins or ends.
var binding = [...]string{"và", "của", "các", "những", "là", "trong", "cho", "từ", "khi", "vào", "với", "tại", "đến", "để", "ở", "có", "được", "đã", "sẽ", "này", "một", "theo", "về", "do", "bị", "thì", "mà"}

// unheard lists the terms of headline and lead, each once and in order, that no
// phrase of the lexicon touches.
func (c *Classifier) unheard(d Doc) []string {
	w := c.pool.Get().(*work)
	defer c.pool.Put(w)
	c.look(w, Doc{ID: d.ID, Title: d.Title, Lead: d.Lead})
	var out []string
	seen := map[string]bool{}
	for i := range w.parts[:2] {
		p := &w.parts[i]
		if p.bare { // without marks a syllable is many words
			continue
		}
		words := syllables(p.text, p.tokens, p.hidden, false, c.lex.vocab)
		for _, s := range p.spans {
			for k := s.from; k < s.to; k++ {
				words[k] = ""
			}
		}
		for from := range words {
			for to := from; to < min(from+termLength, len(words)); to++ {
				if words[to] == "" || words[to][0] >= '0' && words[to][0] <= '9' {
					break
				}
				if t := p.tokens[from]; from == to && (t.id != unknown || t.abbr != unknown) ||
					slices.Contains(binding[:], words[from]) || slices.Contains(binding[:], words[to]) {
					continue
				}
				if term := strings.Join(words[from:to+1], " "); !seen[term] {
					seen[term] = true
					out = append(out, term)
				}
			}
		}
	}
	return out
}

// unknown is the share of syllables of title and lead that are in no phrase and
// no gram, as far as anybody could have learnt them: numbers are left out.
func (w *work) unknown() float64 {
	n, all := 0, 0
	for i := range w.parts[:2] {
		p := &w.parts[i]
		for _, t := range p.tokens {
			if c := p.text[t.start]; t.id > unknown && t.id < firstWord || c >= '0' && c <= '9' {
				continue
			}
			all++
			if t.id == unknown && t.abbr == unknown {
				n++
			}
		}
	}
	if all == 0 {
		return -1
	}
	return math.Round(float64(n)/float64(all)*1e4) / 1e4
}
