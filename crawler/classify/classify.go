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
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"loa/media"
)

// codeVersion changes whenever the code would judge a text differently under
// the same lexicon, so that stored verdicts are known to be of another version.
const codeVersion = "4"

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
	model   *linear // nil: the rules decide alone
	version string
	rules   string // hash of the lexicon alone
	pool    sync.Pool
}

// Option changes how New builds a Classifier.
type Option func(*options)

type options struct{ lexicon, model, facets []byte }

// WithLexicon replaces the embedded lexicon by the content of a file.
func WithLexicon(data []byte) Option { return func(o *options) { o.lexicon = data } }

// WithModel replaces the embedded model by the content of a file; nil: the rules
// decide alone, by the bounds of the lexicon.
func WithModel(data []byte) Option { return func(o *options) { o.model = data } }

// New compiles the lexicon and the facets and reads the model. Its error tells every mistake with its line.
func New(opts ...Option) (*Classifier, error) {
	o := options{lexicon: []byte(builtin), model: []byte(builtinModel), facets: []byte(builtinFacets)}
	for _, f := range opts {
		f(&o)
	}
	lex, problems := compile(o.lexicon)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read lexicon: %w", joined(problems))
	}
	if problems := lex.readFacets(o.facets, string(o.lexicon) == builtin); len(problems) > 0 {
		return nil, fmt.Errorf("read facets: %w", joined(problems))
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n%s%s%s", codeVersion, len(o.lexicon), len(o.facets), o.lexicon, o.facets, o.model))
	rules := sha256.Sum256(o.lexicon)
	c := &Classifier{lex: lex, version: codeVersion + "-" + hex.EncodeToString(sum[:6]), rules: hex.EncodeToString(rules[:6])}
	if len(o.model) > 0 {
		var err error
		if c.model, err = parseModel(string(o.model), lex.vocab); err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
	}
	c.pool.New = func() any { return c.newWork() }
	return c, nil
}

// newWork makes the scratch of reading.
func (c *Classifier) newWork() *work {
	w := &work{scan: scanner{v: c.lex.vocab}, best: make([]points, len(c.lex.rules))}
	if c.model != nil {
		w.seen = make([]int32, max(len(c.model.marked.grams), len(c.model.plain.grams)))
	}
	return w
}

func joined(problems []Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = errors.New(p.String())
	}
	return errors.Join(errs...)
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

	Unknown float64 `json:"-"` // share of the syllables of title and lead that neither lexicon nor model has; -1 without any
}

// Judge reads a revision.
func (c *Classifier) Judge(r media.Revision) media.Verdict {
	w := c.pool.Get().(*work)
	defer c.pool.Put(w)
	c.look(w, Doc{ID: r.ID, Title: r.Title, Lead: r.Lead, Body: r.Body, Section: r.Section})
	res := c.conclude(w, r.ID)
	return media.Verdict{
		Revision: r.ID, Classifier: c.version,
		Reform: res.Reform, Score: res.Score, Review: res.Review, Topics: res.Topics, Cues: res.Cues, Facets: c.faceted(w, res), Unknown: res.Unknown,
	}
}

// work is the scratch of one Read.
type work struct {
	scan  scanner
	parts [4]part
	best  []points
	hit   []int32 // rules with points
	canon []byte
	heard []heard
	seen  []int32 // gram → its place in heard + 1
	study *study  // nil, except in training
}

// study is what training asks of a reading: which phrases to pass over, and
// which were found; without marks and with.
type study struct{ skip, found [2]map[int32]bool }

// pass notes a phrase, and reports whether it is to be passed over.
func (s *study) pass(bare bool, node int32) bool {
	i := 0
	if bare {
		i = 1
	}
	if s.skip[i][node] {
		return true
	}
	if s.found[i] != nil {
		s.found[i][node] = true
	}
	return false
}

// part is one field under reading.
type part struct {
	text   string
	field  string
	tokens []token
	spans  []span
	masks  []uint64 // sets standing on each token
	marks  []uint64 // the same of the facets' sets
	hidden []bool   // tokens of blocks, in which no gram is heard
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
	c.look(w, d)
	return c.conclude(w, d.ID)
}

// look reads a document: which rules earn points where.
func (c *Classifier) look(w *work, d Doc) {
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
	p.hidden = slices.Grow(p.hidden[:0], len(p.tokens))[:len(p.tokens)]
	clear(p.hidden)
	p.spans = tr.unblock(tr.find(p.spans[:0], p.tokens), p.hidden)
	skip := int32(0)
	if p.field == "body" && !hasLead {
		if skip = menu(p.text, p.tokens); skip > 0 {
			p.spans = slices.DeleteFunc(p.spans, func(s span) bool { return s.from < skip })
			for i := range p.hidden[:skip] {
				p.hidden[i] = true
			}
		}
	}
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
		p.zoneOf[0] = skip + opening(p.tokens[skip:])
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
		if len(n.rules) == 0 || w.study != nil && w.study.pass(p.bare, s.node) {
			continue
		}
		zone := p.zone(s.from)
		for _, id := range n.rules {
			r := &c.lex.rules[id]
			if !r.fields[zone] || w.best[id].zone[zone] || !r.holds(p.tokens, p.masks, s, head) || c.covered(w, p, tr, i, r, zone, head) {
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
			if r := &c.lex.rules[id]; r.fields[zone] && !w.best[id].zone[zone] && r.holds(p.tokens, p.masks, s, head) {
				w.earn(id, zone, where)
			}
		}
		for _, pt := range c.lex.patterns {
			if r := &c.lex.rules[pt.rule]; r.fields[zone] && !w.best[pt.rule].zone[zone] && r.holds(p.tokens, p.masks, s, head) && pt.re.Match(canon) {
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

// holds tests the conditions of a rule for one phrase found: masks are the sets
// on each token, head those of title, lead and section.
func (r *rule) holds(tokens []token, masks []uint64, s span, head uint64) bool {
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
		if id := tokens[i].id; id == stop || id == question {
			break
		}
		around |= masks[i]
	}
	for i := s.to; int(i) < len(tokens) && i < s.to+int32(r.within); i++ {
		if id := tokens[i].id; id == stop || id == question {
			break
		}
		around |= masks[i]
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
func (c *Classifier) covered(w *work, p *part, tr *trie, i int, r *rule, zone int, head uint64) bool {
	s := p.spans[i]
	try := func(o span) bool {
		if o.from > s.from || o.to < s.to || o.to-o.from == s.to-s.from || w.study != nil && w.study.pass(p.bare, o.node) {
			return false
		}
		for _, id := range tr.nodes[o.node].rules {
			if other := &c.lex.rules[id]; (other.weight > 0) == (r.weight > 0) && other.fields[zone] && other.holds(p.tokens, p.masks, o, head) {
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

// ruled is what the rules say of the document looked at: their sum in logits, and
// what they say for each topic, and whether a phrase speaks for it. Where cues is given, what they found is added to it.
func (c *Classifier) ruled(w *work, cues *[]media.Cue) (sum float64, topics [7]float64, named bool) {
	lex := c.lex
	var plus, minus [64]float64
	np, nm := 0, 0
	for _, ri := range w.hit {
		r, b := &lex.rules[ri], &w.best[ri]
		most, sum := 0.0, 0.0
		for z := range zones {
			if !b.zone[z] {
				continue
			}
			most, sum = math.Max(most, lex.fields[z]), sum+lex.fields[z]
			if cues != nil {
				*cues = append(*cues, w.cue(b.first[z], r.weight*lex.fields[z]))
			}
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
	sum = fading(plus[:np], lex.decay) - fading(minus[:nm], lex.decay)
	return lex.scale * (sum - lex.bias), topics, np > 0
}

// unnamed is the most, in logits, that grams say of a document in which no phrase of
// the lexicon speaks for reform: a person may be asked, but nothing is counted that
// could not be told in the words of an expert.
const unnamed = -0.2

// leastUnnamed is the probability from which a person is asked about such a document.
func leastUnnamed(view int, bare bool) float64 {
	switch {
	case bare: // without marks, grams mean too much
		return 1
	case view == viewTitle:
		return 0.2
	}
	return 0.3
}

// conclude hears both voices.
func (c *Classifier) conclude(w *work, id string) Result {
	cues := make([]media.Cue, 0, len(w.hit)+8)
	logit, topics, named := c.ruled(w, &cues)
	low, high := c.lex.low, c.lex.high
	accept := c.lex.accept
	if m := c.model; m != nil {
		view, t := w.view(), m.table(w)
		logit = t.bias[view] + t.rules[view]*min(max(logit, -ruleBound), ruleBound)
		for i := range cues { // in what the sum counts, as the grams are
			cues[i].Weight = math.Round(cues[i].Weight*c.lex.scale*t.rules[view]*100) / 100
		}
		t.listen(w)
		sum, scale := t.weigh(w.heard)
		if logit += sum; !named {
			logit = min(logit, unnamed)
		}
		cues = t.cues(w, scale, cues)
		accept, low, high = 0.5, t.review[view][0], t.review[view][1]
		if !named {
			low = leastUnnamed(view, t == &m.plain)
		}
	}
	score := 1 / (1 + math.Exp(-logit))
	score = math.Round(score*1e4) / 1e4
	res := Result{
		ID: id, Score: score, Reform: score >= accept,
		Review: score >= low && score < high, Topics: []string{}, Cues: trim(cues), Unknown: w.unknown(),
	}
	if res.Reform || res.Review {
		if res.Topics = rank(topics[:]); len(res.Topics) == 0 && res.Reform {
			res.Topics = append(res.Topics, media.ChiDao) // what speaks of none is about reform as such
		}
	}
	return res
}
