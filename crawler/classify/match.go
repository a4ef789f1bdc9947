package classify

// trie holds phrases by token ids. Edges live in one map: the lexicon has some
// thousands of them, and a miss at the first syllable, the usual case, costs
// one look into first.
type trie struct {
	nodes []node
	edges map[edge]int32
	first []int32 // token id → node after it, 0 if no phrase begins so
}

type edge struct{ node, token int32 }

type node struct {
	rules  []int32
	sets   uint64
	facets []facetTerm
	marks  uint64 // sets of the facets' file
	block  bool
	leaf   bool
}

// node returns the node of a phrase, made if need be. The pointer is good
// until the next call.
func (t *trie) node(ids []int32) *node {
	if t.edges == nil {
		t.edges, t.nodes = map[edge]int32{}, make([]node, 1)
	}
	at := int32(0)
	for _, id := range ids {
		next, ok := t.edges[edge{at, id}]
		if !ok {
			next = int32(len(t.nodes))
			t.nodes = append(t.nodes, node{})
			t.edges[edge{at, id}] = next
			if at == 0 {
				for int(id) >= len(t.first) {
					t.first = append(t.first, make([]int32, int(id)+64)...)
				}
				t.first[id] = next
			}
		}
		at = next
	}
	t.nodes[at].leaf = true
	return &t.nodes[at]
}

// span is one phrase found: tokens from ≤ i < to.
type span struct {
	from, to int32
	node     int32
}

// find appends every phrase in tokens, by beginning, shorter before longer.
func (t *trie) find(out []span, tokens []token) []span {
	for i := range tokens {
		if id := tokens[i].id; int(id) < len(t.first) && t.first[id] != 0 {
			out = t.walk(out, tokens, i, i+1, t.first[id])
		}
		if id := tokens[i].abbr; id != unknown && int(id) < len(t.first) && t.first[id] != 0 {
			out = t.walk(out, tokens, i, i+1, t.first[id])
		}
	}
	return out
}

func (t *trie) walk(out []span, tokens []token, from, to int, at int32) []span {
	for {
		if t.nodes[at].leaf {
			out = append(out, span{int32(from), int32(to), at})
		}
		if to == len(tokens) {
			return out
		}
		var byWord, byAbbr int32
		if id := tokens[to].id; id != unknown {
			byWord = t.edges[edge{at, id}]
		}
		if id := tokens[to].abbr; id != unknown {
			byAbbr = t.edges[edge{at, id}]
		}
		switch {
		case byWord == 0 && byAbbr == 0:
			return out
		case byWord == 0:
			at = byAbbr
		case byAbbr == 0:
			at = byWord
		default:
			out = t.walk(out, tokens, from, to+1, byAbbr)
			at = byWord
		}
		to++
	}
}

// unblock removes what a block hides: «một cửa» in «một cửa hàng», «công chức»
// in «thành công chức vô địch». Blocks themselves go too. A phrase survives a
// block that begins later than it, or that lies wholly inside it. hidden marks
// the tokens of the blocks in force.
func (t *trie) unblock(spans []span, hidden []bool) []span {
	blocks := 0
	for _, s := range spans {
		if t.nodes[s.node].block {
			blocks++
		}
	}
	if blocks == 0 {
		return spans
	}
	// Blocks in force, leftmost and longest first, none overlapping another.
	var force [16]span
	n, limit := 0, int32(0)
	for i, s := range spans {
		if !t.nodes[s.node].block || s.from < limit || n == len(force) {
			continue
		}
		longest := s
		for _, o := range spans[i:] {
			if o.from != s.from {
				break
			}
			if t.nodes[o.node].block && o.to > longest.to {
				longest = o
			}
		}
		if t.preceded(spans[:i], longest) {
			continue
		}
		force[n] = longest
		n++
		for i := longest.from; i < longest.to; i++ {
			hidden[i] = true
		}
		limit = longest.to
	}
	kept := spans[:0]
	for _, s := range spans {
		if n := &t.nodes[s.node]; n.block && len(n.rules) == 0 && n.sets == 0 && n.marks == 0 {
			continue
		}
		gone := false
		for _, b := range force[:n] {
			if s.from < b.to && (s.from > b.from || s.from == b.from && s.to <= b.to) {
				gone = true
				break
			}
		}
		if !gone {
			kept = append(kept, s)
		}
	}
	return kept
}

// preceded reports whether a phrase of a rule begins before b and runs into
// it: then b is not a word here («công chức năng động» is no «chức năng»).
func (t *trie) preceded(before []span, b span) bool {
	for i := len(before) - 1; i >= 0 && before[i].from > b.from-14; i-- {
		s := before[i]
		if s.from < b.from && s.to > b.from && s.to < b.to && len(t.nodes[s.node].rules) > 0 {
			return true
		}
	}
	return false
}
