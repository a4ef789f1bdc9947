package classify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"loa/viet"
)

// What the model is trained with; chosen by cross-validation (decision 19).

const (
	leastDocs = 5    // documents a gram has to stand in
	epochs    = 40   // passes over the documents
	ridge     = 10.0 // weight of the squares of the weights, over all documents
	rate      = 0.3  // first step of AdaGrad
	folds     = 10
)

// example is one view of one labelled document.
type example struct {
	doc             int
	view            int
	rules, raw      float64  // their sum, in logits: without the phrases that only this document holds, and with them
	named, rawNamed bool     // a phrase speaks for it
	topics          []string // primary first
	x               []int32  // features
	value           float64  // of each
	yes             float64
	share           float64 // what it counts
}

// features gives a number to each gram in each place.
type features struct {
	ids   map[string]int32
	names []string
	docs  []int32
}

func (f *features) id(name string) int32 {
	id, ok := f.ids[name]
	if !ok {
		id = int32(len(f.names))
		f.ids[name] = id
		f.names, f.docs = append(f.names, name), append(f.docs, 0)
	}
	return id
}

var placeMarks = [places]string{"*", "t", "l"}

// corpus is what training reads: every view of every document, with marks and
// without.
type corpus struct {
	docs     []Labelled
	examples [2][]example // with marks, without
	features [2]features
}

// views gives a document as it would come from a bare feed, from a feed with
// leads, and as a page. Those it cannot give are left out.
func (d Labelled) views() map[int]Doc {
	out := map[int]Doc{viewTitle: {ID: d.ID, Title: d.Title, Section: d.Section}}
	lead := d.Lead
	if lead == "" {
		lead = firstSentences(d.Body)
	}
	if lead != "" {
		out[viewLead] = Doc{ID: d.ID, Title: d.Title, Lead: lead, Section: d.Section}
	}
	if d.Body != "" {
		out[viewFull] = d.Doc
	}
	return out
}

// firstSentences are what a feed would show of a body: to the first end of a
// sentence or line after 200 bytes, 500 at most.
func firstSentences(body string) string {
	if len(body) <= 200 {
		return body
	}
	end := min(len(body), 500)
	for i := 200; i < end-1; i++ {
		if body[i] == '\n' || body[i] == '.' && body[i+1] == ' ' {
			end = i + 1
			break
		}
	}
	return strings.ToValidUTF8(body[:end], "")
}

// WithoutMarks is a document as it would be typed without marks.
func WithoutMarks(d Doc) Doc {
	d.Title, d.Lead, d.Body, d.Section = viet.Unmark(d.Title), viet.Unmark(d.Lead), viet.Unmark(d.Body), viet.Unmark(d.Section)
	return d
}

// read makes the examples of documents.
func (c *Classifier) read(docs []Labelled) *corpus {
	k := &corpus{docs: docs}
	w := c.newWork()
	for bare := range 2 {
		k.features[bare].ids = map[string]int32{}
		support := map[int32]int{}
		found := make([]map[int32]bool, len(docs))
		type seen struct {
			doc, view int
			of        int // views of the document
			text      Doc
		}
		var all []seen
		for i, d := range docs {
			found[i] = map[int32]bool{}
			given := d.views()
			for view := range views {
				text, ok := given[view]
				if !ok {
					continue
				}
				if bare == 1 {
					text = WithoutMarks(text)
				}
				all = append(all, seen{i, view, len(given), text})
				w.study = &study{}
				w.study.found = [2]map[int32]bool{found[i], found[i]}
				c.look(w, text)
			}
			for node := range found[i] {
				support[node]++
			}
		}
		counted := map[int]map[int32]bool{}
		for _, s := range all {
			skip := map[int32]bool{}
			for node := range found[s.doc] {
				if support[node] == 1 {
					skip[node] = true
				}
			}
			e := example{doc: s.doc, view: s.view, share: 1 / float64(s.of)}
			if docs[s.doc].Reform {
				e.yes = 1
			}
			w.study = &study{}
			c.look(w, s.text)
			var topics [7]float64
			e.raw, topics, e.rawNamed = c.ruled(w, nil)
			e.topics = rank(topics[:])
			w.study.skip = [2]map[int32]bool{skip, skip}
			c.look(w, s.text)
			e.rules, _, e.named = c.ruled(w, nil)
			e.x = k.features[bare].of(w, bare == 1, c.lex.vocab)
			if counted[s.doc] == nil {
				counted[s.doc] = map[int32]bool{}
			}
			for _, id := range e.x {
				if !counted[s.doc][id] {
					counted[s.doc][id] = true
					k.features[bare].docs[id]++
				}
			}
			k.examples[bare] = append(k.examples[bare], e)
		}
	}
	return k
}

// of lists the features of the document looked at.
func (f *features) of(w *work, bare bool, v *vocabulary) []int32 {
	var out []int32
	seen := map[int32]bool{}
	add := func(place int, text string) {
		for _, p := range []int{inAny, place} {
			if id := f.id(placeMarks[p] + text); !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	for i := range w.parts[:3] {
		p := &w.parts[i]
		if bare != p.bare {
			continue
		}
		end, place := len(p.tokens), inLead
		switch i {
		case 0:
			place = inTitle
		case 2:
			end = int(p.zoneOf[0])
		}
		words := syllables(p.text, p.tokens[:end], p.hidden, bare, v)
		for j, word := range words {
			if word == "" {
				continue
			}
			add(place, word)
			if j+1 < len(words) && words[j+1] != "" {
				add(place, word+" "+words[j+1])
			}
		}
	}
	return out
}

// fitted are the weights of one training.
type fitted struct {
	w           []float64
	bias, rules [views]float64
}

// fit trains on the examples for which use is true: AdaGrad on the logistic
// loss, the same on every machine. Grams in fewer than leastDocs of the
// documents used are not learned from.
func fit(examples []example, n int, use func(e *example) bool) fitted {
	f := fitted{w: make([]float64, n)}
	var order []int
	docs, last := make([]int, n), make([]int, n)
	total := 0.0
	for i := range examples {
		e := &examples[i]
		if !use(e) {
			continue
		}
		order = append(order, i)
		total += e.share
		for _, id := range e.x {
			if last[id] != e.doc+1 {
				last[id] = e.doc + 1
				docs[id]++
			}
		}
	}
	known := make([][]int32, len(examples))
	for _, i := range order {
		known[i] = keepKnown(examples[i].x, docs)
	}
	var gb, ga [views]float64
	gw := make([]float64, n)
	for v := range views {
		f.rules[v] = 1
	}
	pull := ridge / max(total, 1)
	rng := rand.New(rand.NewPCG(1, 2))
	step := func(x *float64, past *float64, d float64) {
		*past += d * d
		*x -= rate * d / (1e-3 + math.Sqrt(*past))
	}
	for range epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			e := &examples[i]
			r := min(max(e.rules, -ruleBound), ruleBound)
			value := scaled(len(known[i]))
			z := f.bias[e.view] + f.rules[e.view]*r
			for _, id := range known[i] {
				z += f.w[id] * value
			}
			g := (1/(1+math.Exp(-z)) - e.yes) * e.share
			for _, id := range known[i] {
				step(&f.w[id], &gw[id], g*value+pull*f.w[id])
			}
			step(&f.bias[e.view], &gb[e.view], g)
			step(&f.rules[e.view], &ga[e.view], g*r)
		}
	}
	for v := range views {
		f.rules[v] = max(f.rules[v], 0.05)
	}
	for id := range f.w {
		if docs[id] < leastDocs {
			f.w[id] = 0
		}
	}
	return f
}

func keepKnown(x []int32, docs []int) []int32 {
	var out []int32
	for _, id := range x {
		if docs[id] >= leastDocs {
			out = append(out, id)
		}
	}
	return out
}

func scaled(n int) float64 { return gramScale / math.Sqrt(float64(max(n, 1))) }

// says is the probability that a fitted model gives an example; rules is the
// sum of the rules to go by, named whether a phrase speaks for it.
func (f *fitted) says(e *example, rules float64, named bool) float64 {
	z := f.bias[e.view] + f.rules[e.view]*min(max(rules, -ruleBound), ruleBound)
	n, sum := 0, 0.0
	for _, id := range e.x {
		if f.w[id] != 0 {
			sum += f.w[id]
			n++
		}
	}
	z += sum * scaled(n)
	if !named {
		z = min(z, unnamed)
	}
	return 1 / (1 + math.Exp(-z))
}

// Train fits the model to labelled documents and gives the text of its file. The
// classifier's own model is not used; its rules are. record is printed at the
// file's head.
func (c *Classifier) Train(docs []Labelled, record ...string) (string, error) {
	yes := 0
	for _, d := range docs {
		if d.Reform {
			yes++
		}
	}
	if yes < 20 || len(docs)-yes < 20 {
		return "", fmt.Errorf("%d documents about reform and %d others: want at least 20 of each", yes, len(docs)-yes)
	}
	k := c.read(docs)
	m := &linear{}
	for bare, t := range []*table{&m.marked, &m.plain} {
		f := fit(k.examples[bare], len(k.features[bare].names), func(*example) bool { return true })
		t.grams, t.bias, t.rules = k.features[bare].grams(&f), f.bias, f.rules
		_, shared := k.unseen(bare)
		t.review = bands(k.examples[bare], shared, bare == 1, func(*example) bool { return true })
	}
	if len(m.marked.grams) == 0 {
		return "", errors.New("the documents leave nothing to learn: the rules know them all, or no gram stands in five of them")
	}
	m.record = append(record, fmt.Sprintf("documents: %d, of them about reform: %d, hash: %s", len(docs), yes, dataHash(docs)),
		"lexicon: "+c.rules)
	return m.format(), nil
}

// fold of a document, by the hash of its id or, without one, of its headline.
func fold(d Labelled) int {
	s := sha256.Sum256([]byte("fold " + cmp.Or(d.ID, d.Title)))
	return int(s[0]) % folds
}

// unseen gives each example the probability that a model says which was trained
// without its document; shared goes by the rules without the phrases that only
// that document holds.
func (k *corpus) unseen(bare int) (all, shared []float64) {
	ex := k.examples[bare]
	all, shared = make([]float64, len(ex)), make([]float64, len(ex))
	for n := range folds {
		f := fit(ex, len(k.features[bare].names), func(e *example) bool { return fold(k.docs[e.doc]) != n })
		for i := range ex {
			if e := &ex[i]; fold(k.docs[e.doc]) == n {
				all[i], shared[i] = f.says(e, e.raw, e.rawNamed), f.says(e, e.rules, e.named)
			}
		}
	}
	return all, shared
}

// What is decided alone has to be right as often as can be without asking a person
// of more than mostAsked of all documents; at least so often.
const (
	mostAsked = 0.13
	leastSure = 0.97
	mostSure  = 0.995
)

// bands chooses for each view between which probabilities a person is asked: so that
// what is accepted and what is rejected alone are right as often as mostAsked allows.
// p are the probabilities of examples unseen, without phrases of their own.
func bands(ex []example, p []float64, bare bool, use func(*example) bool) (out [views][2]float64) {
	for v := range views {
		var all []judged
		for i, e := range ex {
			if e.view == v && use(&ex[i]) {
				x := judged{p[i], e.yes > 0}
				if !e.named && x.p < leastUnnamed(v, bare) { // refused, whatever the bounds are
					x.p = 0
				}
				all = append(all, x)
			}
		}
		slices.SortFunc(all, func(a, b judged) int { return cmp.Compare(a.p, b.p) })
		for sure := mostSure; ; sure -= 0.0005 {
			low, high := band(all, sure)
			asked := 0
			for _, x := range all {
				asked += one(x.p >= low && x.p < high)
			}
			if out[v] = [2]float64{low, high}; sure <= leastSure || float64(asked) <= mostAsked*float64(len(all)) {
				break
			}
		}
	}
	return out
}

// judged is what was said of a document unseen, and what is right.
type judged struct {
	p   float64
	yes bool
}

// band gives the bounds outside which documents, sorted by p, were judged right as
// often as sure says; as near to each other as that allows.
func band(all []judged, sure float64) (low, high float64) {
	low, high = 0, 1
	wrong := 0
	for i, x := range all {
		if x.p >= 0.5 {
			break
		}
		if wrong += one(x.yes); float64(wrong) <= (1-sure)*float64(i+1) {
			low = x.p
		}
	}
	wrong = 0
	for i := len(all) - 1; i >= 0 && all[i].p >= 0.5; i-- {
		if wrong += one(!all[i].yes); float64(wrong) <= (1-sure)*float64(len(all)-i) {
			high = all[i].p
		}
	}
	return min(max(low, 0.02), 0.5), min(max(high, 0.5), 0.98)
}

// grams brings the weights of a gram's places together.
func (f *features) grams(fit *fitted) []gram {
	by := map[string]*gram{}
	for id, name := range f.names {
		if fit.w[id] == 0 {
			continue
		}
		place := slices.Index(placeMarks[:], name[:1])
		g := by[name[1:]]
		if g == nil {
			g = &gram{text: name[1:]}
			by[g.text] = g
		}
		g.weight[place] = math.Round(fit.w[id]*1e3) / 1e3
		g.docs = max(g.docs, int(f.docs[id]))
	}
	var out []gram
	for _, g := range by {
		if g.weight != [places]float64{} {
			out = append(out, *g)
		}
	}
	slices.SortFunc(out, func(a, b gram) int { return cmp.Compare(a.text, b.text) })
	return out
}

// TrainedOn reports whether the model in use was trained on just these documents.
func (c *Classifier) TrainedOn(docs []Labelled) bool {
	return c.model != nil && slices.ContainsFunc(c.model.record, func(s string) bool { return strings.Contains(s, "hash: "+dataHash(docs)) })
}

// dataHash is the same for the same documents and labels in any order.
func dataHash(docs []Labelled) string {
	var sums []string
	for _, d := range docs {
		s := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %v", d.Title, d.Lead, d.Body, d.Reform))
		sums = append(sums, hex.EncodeToString(s[:]))
	}
	slices.Sort(sums)
	s := sha256.Sum256([]byte(strings.Join(sums, "\n")))
	return hex.EncodeToString(s[:8])
}
