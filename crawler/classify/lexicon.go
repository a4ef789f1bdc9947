package classify

import (
	_ "embed" // the lexicon
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/viet"
)

//go:embed lexicon.yaml
var builtin string

// Problem is one mistake in a lexicon file.
type Problem struct {
	Line int // 1-based; 0 when the file as a whole is meant
	Msg  string
}

func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Msg) }

// The zones of a document; tail is the body beyond its first tailFrom tokens.
const (
	zoneTitle = iota
	zoneLead
	zoneBody
	zoneTail
	zoneSection
	zones
)

var fieldNames = [zones]string{"title", "lead", "body", "tail", "section"}

// rule is one group of phrases that mean the same for the decision.
type rule struct {
	id      string
	topic   int // index in media.Topics, -1 for none
	weight  float64
	near    []uint64 // each: one of these sets within the window; all must hold
	within  int
	with    []uint64 // each: one of these sets in title, lead or section; all must hold
	without uint64   // none of these sets there
	fields  [zones]bool
}

// lexicon is the file as compiled.
type lexicon struct {
	fields                    [zones]float64
	bias, scale, decay, again float64 // see lexicon.yaml, scoring
	accept, low, high         float64
	rules                     []rule
	trie                      trie
	bare                      trie // phrases of three syllables and more, without marks
	vocab                     *vocabulary
	numbers                   map[string][]int32
	patterns                  []pattern
	facets                    []facet
	province                  *regexp.Regexp // the province that stands beside a document's number; nil: none is known
}

type pattern struct {
	re   *regexp.Regexp
	rule int32
}

// reader walks the YAML tree and collects mistakes.
type reader struct {
	lex      *lexicon
	problems []Problem
	sets     map[string]int // name → bit
	seen     map[string]int // unconditional term → line
	used     map[string]bool
	mayBlock bool // facets only: a phrase may be one of the lexicon's blocks
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, Problem{n.Line, fmt.Sprintf(format, args...)})
}

// compile reads a lexicon file strictly: every mistake is told, unknown keys are mistakes.
func compile(data []byte) (*lexicon, []Problem) {
	lex := &lexicon{vocab: newVocabulary(), numbers: map[string][]int32{}}
	r := newReader(lex)
	top := r.top(data, []string{"fields", "scoring", "rules"}, "blocks", "sets", "documents")
	if top == nil {
		return nil, r.problems
	}
	r.readFields(top["fields"])
	r.readScoring(top["scoring"])
	r.readBlocks(top["blocks"])
	r.readSets(top["sets"], func(n *node) *uint64 { return &n.sets })
	r.readRules(top["rules"])
	r.readDocuments(top["documents"])
	if problems := r.finish(top["sets"]); len(problems) > 0 {
		return nil, problems
	}
	return lex, nil
}

func newReader(lex *lexicon) *reader {
	return &reader{lex: lex, sets: map[string]int{}, seen: map[string]int{}, used: map[string]bool{}}
}

// top reads a file's outermost mapping, nil if it has none.
func (r *reader) top(data []byte, must []string, may ...string) map[string]*yaml.Node {
	all := append(slices.Clone(must), may...)
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		r.problems = append(r.problems, Problem{lineOf(err), "not YAML: " + err.Error()})
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.problems = append(r.problems, Problem{0, "expected a mapping with " + strings.Join(all, ", ")})
		return nil
	}
	top := r.mapping(doc.Content[0], all...)
	for _, key := range must {
		if top[key] == nil {
			r.fail(doc.Content[0], "missing %q", key)
		}
	}
	return top
}

// finish returns the mistakes by line, sets that nothing uses among them.
func (r *reader) finish(sets *yaml.Node) []Problem {
	for name := range r.sets {
		if !r.used[name] && sets != nil {
			r.fail(sets, "set %q is used by no rule", name)
		}
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Msg, b.Msg)
	})
	return r.problems
}

func lineOf(err error) int {
	if m := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// mapping returns the values of a mapping by key; other keys than allowed are mistakes.
func (r *reader) mapping(n *yaml.Node, allowed ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "expected a mapping with %s", strings.Join(allowed, ", "))
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case !slices.Contains(allowed, key.Value):
			r.fail(key, "unknown key %q, expected one of %s", key.Value, strings.Join(allowed, ", "))
		case out[key.Value] != nil:
			r.fail(key, "key %q given twice", key.Value)
		default:
			out[key.Value] = n.Content[i+1]
		}
	}
	return out
}

func (r *reader) number(n *yaml.Node, lo, hi float64) float64 {
	f, err := strconv.ParseFloat(n.Value, 64)
	if n.Kind != yaml.ScalarNode || err != nil || !(f >= lo && f <= hi) {
		r.fail(n, "expected a number from %g to %g, found %q", lo, hi, n.Value)
		return lo
	}
	return f
}

func (r *reader) list(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "expected a list")
		return nil
	}
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			r.fail(c, "expected a word or phrase")
			return nil
		}
	}
	return n.Content
}

func (r *reader) readFields(n *yaml.Node) {
	if n == nil {
		return
	}
	m := r.mapping(n, fieldNames[:]...)
	for z, name := range fieldNames {
		if m[name] == nil {
			r.fail(n, "missing multiplier of %q", name)
			continue
		}
		r.lex.fields[z] = r.number(m[name], 0, 10)
	}
}

func (r *reader) readScoring(n *yaml.Node) {
	if n == nil {
		return
	}
	l := r.lex
	names := []string{"bias", "scale", "decay", "again", "accept", "review_from", "review_to"}
	into := []*float64{&l.bias, &l.scale, &l.decay, &l.again, &l.accept, &l.low, &l.high}
	limits := [][2]float64{{0, 20}, {0.01, 10}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}}
	m := r.mapping(n, names...)
	for i, name := range names {
		if m[name] == nil {
			r.fail(n, "missing %q", name)
			continue
		}
		*into[i] = r.number(m[name], limits[i][0], limits[i][1])
	}
	if l.low > l.accept || l.accept > l.high {
		r.fail(n, "expected review_from ≤ accept ≤ review_to")
	}
}

func (r *reader) readBlocks(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, c := range r.list(n) {
		if ids := r.phrase(c); ids != nil {
			r.lex.trie.node(ids).block = true
			if bare := r.bare(c.Value); bare != nil {
				r.lex.bare.node(bare).block = true
			}
		}
	}
}

// readSets reads named lists of phrases; of says where a phrase keeps the sets it is in.
func (r *reader) readSets(n *yaml.Node, of func(*node) *uint64) {
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "expected a mapping of set names to lists of phrases")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if _, ok := r.sets[key.Value]; ok {
			r.fail(key, "set %q given twice", key.Value)
			continue
		}
		if len(r.sets) == 64 {
			r.fail(key, "more than 64 sets")
			return
		}
		bit := len(r.sets)
		r.sets[key.Value] = bit
		for _, c := range r.list(n.Content[i+1]) {
			if ids := r.phrase(c); ids != nil {
				sets := of(r.lex.trie.node(ids))
				if *sets&(1<<bit) != 0 {
					r.fail(c, "%q stands twice in set %q", c.Value, key.Value)
				}
				*sets |= 1 << bit
				if bare := r.bare(c.Value); bare != nil {
					*of(r.lex.bare.node(bare)) |= 1 << bit
				}
			}
		}
	}
}

var ruleKeys = []string{"id", "topic", "weight", "terms", "near", "near_too", "within", "with", "with_too", "without", "fields", "note"}

func (r *reader) readRules(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "expected a list of rules")
		return
	}
	ids := map[string]bool{}
	for _, c := range n.Content {
		m := r.mapping(c, ruleKeys...)
		ru := r.rule(c, m)
		if ids[ru.id] {
			r.fail(c, "rule id %q given twice", ru.id)
		}
		ids[ru.id] = true
		if m["terms"] == nil {
			r.fail(c, "rule %q has no terms", ru.id)
			continue
		}
		at := int32(len(r.lex.rules))
		r.lex.rules = append(r.lex.rules, ru)
		free := len(ru.near) == 0 && len(ru.with) == 0 && ru.without == 0 && m["fields"] == nil
		here := map[string]bool{}
		for _, t := range r.list(m["terms"]) {
			r.term(t, at, free, here)
		}
	}
}

// term enters one phrase of a rule.
func (r *reader) term(t *yaml.Node, at int32, free bool, here map[string]bool) {
	ids := r.phrase(t)
	if ids == nil {
		return
	}
	key := fmt.Sprint(ids)
	if here[key] {
		r.fail(t, "%q stands twice in its rule", t.Value)
		return
	}
	here[key] = true
	if free {
		if line, ok := r.seen[key]; ok {
			r.fail(t, "%q stands already in an unconditional rule, line %d", t.Value, line)
			return
		}
		r.seen[key] = t.Line
	}
	node := r.lex.trie.node(ids)
	if node.block {
		r.fail(t, "%q is also blocked", t.Value)
	}
	node.rules = append(node.rules, at)
	if bare := r.bare(t.Value); bare != nil {
		node := r.lex.bare.node(bare)
		if !slices.Contains(node.rules, at) {
			node.rules = append(node.rules, at)
		}
	}
}

// rule reads all of a rule but its terms.
func (r *reader) rule(n *yaml.Node, m map[string]*yaml.Node) rule {
	ru := rule{topic: -1, within: 6}
	if m["id"] == nil || m["id"].Value == "" {
		r.fail(n, "rule without id")
	} else {
		ru.id = m["id"].Value
	}
	if m["weight"] == nil {
		r.fail(n, "rule %q has no weight", ru.id)
	} else {
		ru.weight = r.number(m["weight"], -10, 10)
	}
	if t := m["topic"]; t != nil {
		if ru.topic = slices.Index(media.Topics(), t.Value); ru.topic < 0 {
			r.fail(t, "unknown topic %q, expected one of %s", t.Value, strings.Join(media.Topics(), ", "))
		}
	} else if ru.weight > 0 && len(m) > 0 {
		r.fail(n, "rule %q counts for reform and has no topic", ru.id)
	}
	ru.fields = [zones]bool{zoneTitle: true, zoneLead: true, zoneBody: true, zoneTail: true}
	r.conditions(m, &ru)
	return ru
}

// conditions reads what must hold for a phrase of a rule to count; its fields are
// left as they are where none are given.
func (r *reader) conditions(m map[string]*yaml.Node, ru *rule) {
	for _, key := range []string{"near", "near_too"} {
		if m[key] != nil {
			ru.near = append(ru.near, r.setMask(m[key]))
		}
	}
	for _, key := range []string{"with", "with_too"} {
		if m[key] != nil {
			ru.with = append(ru.with, r.setMask(m[key]))
		}
	}
	if m["without"] != nil {
		ru.without = r.setMask(m["without"])
	}
	if w := m["within"]; w != nil {
		if len(ru.near) == 0 {
			r.fail(w, "within without near")
		}
		ru.within = int(r.number(w, 1, 40))
	}
	if f := m["fields"]; f != nil {
		ru.fields = [zones]bool{}
		for _, c := range r.list(f) {
			z := slices.Index(fieldNames[:], c.Value)
			if z < 0 {
				r.fail(c, "unknown field %q, expected one of %s", c.Value, strings.Join(fieldNames[:], ", "))
				continue
			}
			ru.fields[z] = true
		}
	}
}

func (r *reader) setMask(n *yaml.Node) uint64 {
	var mask uint64
	for _, c := range r.list(n) {
		bit, ok := r.sets[c.Value]
		if !ok {
			r.fail(c, "unknown set %q", c.Value)
			continue
		}
		r.used[c.Value] = true
		mask |= 1 << bit
	}
	return mask
}

func (r *reader) readDocuments(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "expected a list of documents")
		return
	}
	for _, c := range n.Content {
		m := r.mapping(c, "id", "numbers", "pattern", "topic", "weight", "with", "without", "fields", "note")
		at := int32(len(r.lex.rules))
		r.lex.rules = append(r.lex.rules, r.rule(c, m))
		if (m["numbers"] == nil) == (m["pattern"] == nil) {
			r.fail(c, "expected either numbers or pattern")
			continue
		}
		if p := m["pattern"]; p != nil {
			re, err := regexp.Compile("^(?:" + p.Value + ")$")
			if err != nil {
				r.fail(p, "pattern: %v", err)
				continue
			}
			r.lex.patterns = append(r.lex.patterns, pattern{re, at})
			continue
		}
		for _, d := range r.list(m["numbers"]) {
			canon, end := number(nil, d.Value, 0)
			if end != len(d.Value) || end == 0 {
				r.fail(d, "%q is not a document number such as 76/NQ-CP", d.Value)
				continue
			}
			r.lex.numbers[string(canon)] = append(r.lex.numbers[string(canon)], at)
		}
	}
}

// phrase turns a phrase into token ids. All upper-case means an abbreviation,
// matched as spelled; anything else is matched whatever its case.
func (r *reader) phrase(n *yaml.Node) []int32 {
	s := viet.Clean(n.Value)
	if s != n.Value {
		r.fail(n, "%q: expected NFC without doubled or outer spaces", n.Value)
		return nil
	}
	if s == "" {
		r.fail(n, "empty phrase")
		return nil
	}
	var ids []int32
	for _, w := range words(s) {
		switch {
		case w == ",":
			ids = append(ids, comma)
		case w == "?":
			ids = append(ids, question)
		case abbreviation(w):
			ids = append(ids, r.lex.vocab.abbr(w))
		default:
			ids = append(ids, r.lex.vocab.word(strings.ToLower(w)))
		}
	}
	if len(ids) == 0 || len(ids) > 14 {
		r.fail(n, "%q: expected one to fourteen syllables", s)
		return nil
	}
	return ids
}

// bare is the phrase without marks, when it is safe: three syllables or more
// and no comma. Shorter ones mean too many things («can bo», «mot cua»).
func (r *reader) bare(s string) []int32 {
	ws := words(s)
	if len(ws) < 3 || slices.Contains(ws, ",") {
		return nil
	}
	ids := make([]int32, len(ws))
	for i, w := range ws {
		if abbreviation(w) {
			ids[i] = r.lex.vocab.abbr(w)
			continue
		}
		ids[i] = r.lex.vocab.bare(w)
	}
	return ids
}

// words cuts a phrase as the scanner would.
func words(s string) []string {
	var out []string
	start := -1
	for i, r := range s + " " {
		if letter(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			w := s[start:i]
			if strings.Trim(w, "0123456789") == "" {
				w = strings.TrimLeft(w[:len(w)-1], "0") + w[len(w)-1:]
			}
			out = append(out, w)
			start = -1
		}
		if r == ',' || r == '?' {
			out = append(out, string(r))
		}
	}
	return out
}

func abbreviation(w string) bool {
	n := 0
	for _, r := range w {
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n >= 2
}
