// Package classify decides whether a piece is about the reform of public
// administration, which topics it touches, and which words led there. What
// counts stands in lexicon.yaml as data: weighted phrases, the company they
// must keep, and what they must not be mistaken for. The package is pure: no
// I/O beyond the reader and writer given to Stream, and no clock.
//
// The rule it follows is the labelling rule of the project: the main subject
// of title and lead is reform in Vietnamese state bodies. A title counts most,
// the lead (or a body's opening, where no lead is given) next, the rest little.
package classify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"loa/media"
)

// codeVersion changes whenever the code would judge a text differently under
// the same lexicon, so that stored verdicts are known to be of another version.
const codeVersion = "1"

const (
	// readBytes bounds what is read of a field: longer texts are laws with
	// their annexes, and say what they are about at the beginning.
	readBytes = 32 << 10
	maxTokens = 6000
	// An opening is the body's first sentences, up to a sentence end after
	// openFrom tokens or openTo tokens at most; tailFrom begins the tail.
	openFrom = 40
	openTo   = 110
	tailFrom = 350
	maxCues  = 32
)

// Classifier judges texts. It is safe for concurrent use.
type Classifier struct {
	lex     *lexicon
	version string
	pool    sync.Pool
}

// Option changes how New builds a Classifier.
type Option func(*options)

type options struct{ lexicon []byte }

// WithLexicon replaces the embedded lexicon by the content of a file.
func WithLexicon(data []byte) Option { return func(o *options) { o.lexicon = data } }

// New compiles the lexicon. Its error tells every mistake with its line.
func New(opts ...Option) (*Classifier, error) {
	o := options{lexicon: []byte(builtin)}
	for _, f := range opts {
		f(&o)
	}
	lex, problems := compile(o.lexicon)
	if len(problems) > 0 {
		errs := make([]error, len(problems))
		for i, p := range problems {
			errs[i] = errors.New(p.String())
		}
		return nil, fmt.Errorf("read lexicon: %w", errors.Join(errs...))
	}
	sum := sha256.Sum256(append([]byte(codeVersion+"\n"), o.lexicon...))
	c := &Classifier{lex: lex, version: "rules-" + codeVersion + "-" + hex.EncodeToString(sum[:6])}
	c.pool.New = func() any { return &work{scan: scanner{v: lex.vocab}, best: make([]points, len(lex.rules))} }
	return c, nil
}

// Check tells every mistake of a lexicon file, none if New would take it.
func Check(data []byte) []Problem {
	_, problems := compile(data)
	return problems
}

// Version names lexicon and code together; verdicts are keyed by it.
func (c *Classifier) Version() string { return c.version }

// Doc is one text to read. Every field but Title may be empty.
type Doc struct{ ID, Title, Lead, Body, Section string }

// Result is what was read in a Doc.
type Result struct {
	ID     string      `json:"id"`
	Reform bool        `json:"reform"` // the decision taken if no person looks
	Score  float64     `json:"score"`  // 0..1
	Topics []string    `json:"topics"` // primary first; empty unless Reform or Review
	Cues   []media.Cue `json:"cues"`   // heaviest first; At is a byte offset into norm.NFC of the field
	Review bool        `json:"review"` // a person should look
}

// Judge reads a revision.
func (c *Classifier) Judge(r media.Revision) media.Verdict {
	res := c.Read(Doc{ID: r.ID, Title: r.Title, Lead: r.Lead, Body: r.Body, Section: r.Section})
	return media.Verdict{
		Revision: r.ID, Classifier: c.version,
		Reform: res.Reform, Score: res.Score, Review: res.Review, Topics: res.Topics, Cues: res.Cues,
	}
}

// work is the scratch of one Read.
type work struct {
	scan   scanner
	parts  [4]part
	best   []points
	hit    []int32 // rules with points
	canon  []byte
	totals []float64
}

// part is one field under reading.
type part struct {
	text   string
	field  string
	tokens []token
	spans  []span
	masks  []uint64 // sets standing on each token
	zoneOf [2]int32 // body only: first token of body and of tail
	bare   bool
}

// points is what a rule earned in each zone, and where first.
type points struct {
	zone  [zones]bool
	first [zones]place
}

type place struct{ part, start, end int32 }

// Read judges one document.
func (c *Classifier) Read(d Doc) Result {
	w := c.pool.Get().(*work)
	defer c.pool.Put(w)
	for _, id := range w.hit {
		w.best[id] = points{}
	}
	w.hit = w.hit[:0]
	for i, f := range [4]struct{ name, text string }{{"title", d.Title}, {"lead", d.Lead}, {"body", d.Body}, {"section", d.Section}} {
		w.parts[i].field = f.name
		c.prepare(w, &w.parts[i], f.text, d.Lead != "")
	}
	var head uint64 // sets in title, lead, section, and the opening of a body without a lead
	for i := range w.parts {
		p := &w.parts[i]
		end := len(p.masks)
		if i == 2 {
			end = int(p.zoneOf[0])
		}
		for _, m := range p.masks[:end] {
			head |= m
		}
	}
	for i := range w.parts {
		c.score(w, i, head)
	}
	return c.conclude(w, d.ID)
}

// prepare cuts a field into tokens, finds phrases, and marks where sets stand.
func (c *Classifier) prepare(w *work, p *part, text string, hasLead bool) {
	p.text = nfc(text)
	wrapped := p.field != "body"
	p.tokens = w.scan.scan(p.tokens[:0], p.text, maxTokens, wrapped, false)
	p.bare = markless(p.text, p.tokens)
	tr := &c.lex.trie
	if p.bare {
		p.tokens = w.scan.scan(p.tokens[:0], p.text, maxTokens, wrapped, true)
		tr = &c.lex.bare
	}
	p.spans = tr.unblock(tr.find(p.spans[:0], p.tokens))
	p.masks = slices.Grow(p.masks[:0], len(p.tokens))[:len(p.tokens)]
	clear(p.masks)
	for _, s := range p.spans {
		if sets := tr.nodes[s.node].sets; sets != 0 {
			for i := s.from; i < s.to; i++ {
				p.masks[i] |= sets
			}
		}
	}
	p.zoneOf = [2]int32{0, tailFrom}
	if p.field == "body" && !hasLead {
		p.zoneOf[0] = opening(p.tokens)
	}
}

// opening is where the first sentences of a body end.
func opening(tokens []token) int32 {
	for i := range tokens {
		if i >= openTo || i >= openFrom && (tokens[i].id == stop || tokens[i].id == question) {
			return int32(i)
		}
	}
	return int32(len(tokens))
}

// nfc composes a field. Of a very long one only the beginning is composed, cut
// before a space, so that offsets are those of the whole composed text.
func nfc(text string) string {
	if len(text) > readBytes {
		cut := strings.LastIndexByte(text[:readBytes], ' ')
		if cut <= 0 {
			if cut = norm.NFC.LastBoundary([]byte(text[:readBytes])); cut <= 0 {
				cut = 0
			}
		}
		text = text[:cut]
	}
	return norm.NFC.String(text)
}

func (p *part) zone(token int32) int {
	switch p.field {
	case "title":
		return zoneTitle
	case "lead":
		return zoneLead
	case "section":
		return zoneSection
	}
	switch {
	case token < p.zoneOf[0]:
		return zoneLead
	case token < p.zoneOf[1]:
		return zoneBody
	}
	return zoneTail
}

// score gives the rules their points in one field.
func (c *Classifier) score(w *work, at int, head uint64) {
	p := &w.parts[at]
	tr := &c.lex.trie
	if p.bare {
		tr = &c.lex.bare
	}
	for i, s := range p.spans {
		n := &tr.nodes[s.node]
		if len(n.rules) == 0 {
			continue
		}
		zone := p.zone(s.from)
		for _, id := range n.rules {
			r := &c.lex.rules[id]
			if !r.fields[zone] || w.best[id].zone[zone] || !c.holds(r, p, s, head) || c.covered(p, tr, i, r, zone, head) {
				continue
			}
			w.earn(id, zone, place{int32(at), p.tokens[s.from].start, p.tokens[s.to-1].end})
		}
	}
	for i := 0; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if ch := p.text[t.start]; ch < '0' || ch > '9' {
			continue
		}
		canon, end := number(w.canon[:0], p.text, int(t.start))
		w.canon = canon
		if end == 0 {
			continue
		}
		zone := p.zone(int32(i))
		where := place{int32(at), t.start, int32(end)}
		for i+1 < len(p.tokens) && int(p.tokens[i+1].end) <= end {
			i++
		}
		s := span{int32(i), int32(i + 1), 0}
		for _, id := range c.lex.numbers[string(canon)] {
			if r := &c.lex.rules[id]; r.fields[zone] && !w.best[id].zone[zone] && c.holds(r, p, s, head) {
				w.earn(id, zone, where)
			}
		}
		for _, pt := range c.lex.patterns {
			if r := &c.lex.rules[pt.rule]; r.fields[zone] && !w.best[pt.rule].zone[zone] && c.holds(r, p, s, head) && pt.re.Match(canon) {
				w.earn(pt.rule, zone, where)
			}
		}
	}
}

func (w *work) earn(id int32, zone int, at place) {
	b := &w.best[id]
	if b.zone == [zones]bool{} {
		w.hit = append(w.hit, id)
	}
	b.zone[zone], b.first[zone] = true, at
}

// holds tests the conditions of a rule for one phrase found.
func (c *Classifier) holds(r *rule, p *part, s span, head uint64) bool {
	if r.without != 0 && head&r.without != 0 {
		return false
	}
	for _, m := range r.with {
		if head&m == 0 {
			return false
		}
	}
	if len(r.near) == 0 {
		return true
	}
	var around uint64
	for i := s.from - 1; i >= 0 && i >= s.from-int32(r.within); i-- {
		if id := p.tokens[i].id; id == stop || id == question {
			break
		}
		around |= p.masks[i]
	}
	for i := s.to; int(i) < len(p.tokens) && i < s.to+int32(r.within); i++ {
		if id := p.tokens[i].id; id == stop || id == question {
			break
		}
		around |= p.masks[i]
	}
	for _, m := range r.near {
		if around&m == 0 {
			return false
		}
	}
	return true
}

// covered reports whether a longer phrase that counts holds this one: «thủ tục
// hành chính» says nothing more inside «cải cách thủ tục hành chính».
func (c *Classifier) covered(p *part, tr *trie, i int, r *rule, zone int, head uint64) bool {
	s := p.spans[i]
	try := func(o span) bool {
		if o.from > s.from || o.to < s.to || o.to-o.from == s.to-s.from {
			return false
		}
		for _, id := range tr.nodes[o.node].rules {
			if other := &c.lex.rules[id]; (other.weight > 0) == (r.weight > 0) && other.fields[zone] && c.holds(other, p, o, head) {
				return true
			}
		}
		return false
	}
	for j := i + 1; j < len(p.spans) && p.spans[j].from == s.from; j++ {
		if try(p.spans[j]) {
			return true
		}
	}
	for j := i - 1; j >= 0 && p.spans[j].from > s.from-14; j-- {
		if try(p.spans[j]) {
			return true
		}
	}
	return false
}

// conclude adds up.
func (c *Classifier) conclude(w *work, id string) Result {
	lex := c.lex
	var topics [7]float64
	var plus, minus [64]float64
	np, nm := 0, 0
	cues := make([]media.Cue, 0, len(w.hit)+4)
	for _, ri := range w.hit {
		r, b := &lex.rules[ri], &w.best[ri]
		most, sum := 0.0, 0.0
		for z := range zones {
			if !b.zone[z] {
				continue
			}
			most, sum = math.Max(most, lex.fields[z]), sum+lex.fields[z]
			cues = append(cues, w.cue(b.first[z], r.weight*lex.fields[z]))
		}
		worth := r.weight * (most + lex.again*(sum-most))
		if r.topic >= 0 && worth > 0 {
			topics[r.topic] += worth
		}
		switch {
		case worth > 0 && np < len(plus):
			plus[np], np = worth, np+1
		case worth < 0 && nm < len(minus):
			minus[nm], nm = -worth, nm+1
		}
	}
	sum := fading(plus[:np], lex.decay) - fading(minus[:nm], lex.decay)
	score := 1 / (1 + math.Exp(-lex.scale*(sum-lex.bias)))
	score = math.Round(score*1e4) / 1e4
	res := Result{
		ID: id, Score: score, Reform: score >= lex.accept,
		Review: score >= lex.low && score < lex.high, Topics: []string{}, Cues: trim(cues),
	}
	if res.Reform || res.Review {
		res.Topics = rank(topics[:])
	}
	return res
}

// fading sums the worths, heaviest first, each counting less than the one before.
func fading(worths []float64, decay float64) float64 {
	slices.SortFunc(worths, func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	sum, f := 0.0, 1.0
	for _, w := range worths {
		sum += f * w
		f *= decay
	}
	return sum
}

// rank lists topics, primary first: those with at least 45 % of the primary's worth.
func rank(worth []float64) []string {
	names := media.Topics()
	out := []string{}
	var used uint
	for range names {
		best := -1
		for i, x := range worth {
			if used&(1<<i) == 0 && x > 0 && (best < 0 || x > worth[best]) {
				best = i
			}
		}
		if best < 0 || bits.OnesCount(used) > 0 && worth[best] < 0.45*slices.Max(worth) {
			break
		}
		used |= 1 << best
		out = append(out, names[best])
	}
	return out
}

func (w *work) cue(at place, weight float64) media.Cue {
	p := &w.parts[at.part]
	term := p.text[at.start:at.end]
	if low := strings.ToLower(term); len(low) == len(term) && utf8.ValidString(term) && !abbreviated(term) {
		term = low
	}
	return media.Cue{Term: strings.Clone(term), Field: p.field, At: int(at.start), Weight: math.Round(weight*100) / 100}
}

// abbreviated reports whether a term is better left as printed: «PAR INDEX», «76/NQ-CP».
func abbreviated(term string) bool {
	return strings.ToUpper(term) == term && !strings.Contains(term, " ") || strings.ContainsAny(term, "/")
}

// trim sorts cues, heaviest first, and keeps the first maxCues.
func trim(cues []media.Cue) []media.Cue {
	slices.SortFunc(cues, func(a, b media.Cue) int {
		switch x, y := math.Abs(a.Weight), math.Abs(b.Weight); {
		case x > y:
			return -1
		case x < y:
			return 1
		case a.Field != b.Field:
			return strings.Compare(b.Field, a.Field)
		case a.At != b.At:
			return a.At - b.At
		}
		return strings.Compare(a.Term, b.Term)
	})
	return cues[:min(len(cues), maxCues)]
}
