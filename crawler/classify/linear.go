package classify

import (
	"bufio"
	_ "embed" // the model
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"loa/media"
	"loa/viet"
)

//go:embed model.tsv
var builtinModel string

// The views of a document: what there is to read of it. What the rules' sum and
// the grams are worth differs between them.
const (
	viewTitle = iota // no more than a headline
	viewLead         // and a lead
	viewFull         // and a body
	views
)

var viewNames = [views]string{"title", "lead", "full"}

// The places a gram is told apart by: anywhere in headline or opening, in the
// headline, in the opening.
const (
	inAny = iota
	inTitle
	inLead
	places
)

// gram is what one or two syllables that follow each other speak for, in logits.
type gram struct {
	text   string
	docs   int // documents of the training set it stands in
	weight [places]float64
}

// linear is the second voice: a logistic regression on the grams of headline
// and opening and on the sum of the rules.
type linear struct {
	record        []string // what it was trained on and what it reached, as printed at its head
	marked, plain table    // for texts with marks and for those typed without
}

// table is what is known of one kind of text. It finds grams by the ids of their
// syllables in a vocabulary.
type table struct {
	bias, rules [views]float64    // in logits; what the rules' sum is worth
	review      [views][2]float64 // a person is asked between these two probabilities
	grams       []gram
	one         []int32          // id → index + 1
	two         map[uint64]int32 // ids → index + 1
}

func pair(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// ruleBound is how far the rules' sum may go either way, in logits: what lies
// beyond was not learned from.
const ruleBound = 8

// gramScale makes the length of a document's features the same for all: each of
// its n grams has the value gramScale/√n.
const gramScale = 3

// parseModel reads what format writes. Line numbers in errors count from 1.
func parseModel(text string, v *vocabulary) (*linear, error) {
	m := &linear{}
	var errs []error
	into := (*table)(nil)
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if err := m.parseLine(lines.Text(), v, &into); err != nil && len(errs) < maxErrors {
			errs = append(errs, fmt.Errorf("line %d: %w", n, err))
		}
	}
	if err := lines.Err(); err != nil {
		errs = append(errs, err)
	}
	for i, name := range viewNames {
		if len(errs) == 0 && (m.marked.rules[i] == 0 || m.plain.rules[i] == 0) {
			errs = append(errs, fmt.Errorf("the view %q is missing", name))
		}
	}
	return m, errors.Join(errs...)
}

func (m *linear) parseLine(s string, v *vocabulary, into **table) error {
	switch {
	case strings.TrimSpace(s) == "":
		return nil
	case strings.HasPrefix(s, "# "):
		m.record = append(m.record, s[2:])
		return nil
	}
	f := strings.Split(s, "\t")
	number := func(i int) float64 {
		x, err := strconv.ParseFloat(f[i], 64)
		if err != nil || math.Abs(x) > 1e3 {
			return math.NaN()
		}
		return x
	}
	switch f[0] {
	case "view":
		at := -1
		if len(f) == 6 {
			at = slices.Index(viewNames[:], f[1])
		}
		if at < 0 || *into == nil {
			return errors.New("want, under «marked» or «plain», view, one of title, lead, full, bias, worth of the rules, and the two bounds of review")
		}
		t := *into
		t.bias[at], t.rules[at], t.review[at] = number(2), number(3), [2]float64{number(4), number(5)}
		if r := t.review[at]; math.IsNaN(t.bias[at]) || !(t.rules[at] > 0) || !(r[0] >= 0 && r[0] <= 0.5 && r[1] >= 0.5 && r[1] <= 1) {
			return errors.New("bad number: the rules are worth more than 0, and review lies about 0.5")
		}
		return nil
	case "marked":
		*into = &m.marked
		return nil
	case "plain":
		*into = &m.plain
		return nil
	case "gram":
		return nil // the head of the columns
	}
	if *into == nil || len(f) != 2+places {
		return errors.New("want a gram, its documents and its three weights, under «marked» or «plain»")
	}
	g := gram{text: f[0]}
	var err error
	if g.docs, err = strconv.Atoi(f[1]); err != nil || g.docs < 1 {
		return fmt.Errorf("bad number of documents %q", f[1])
	}
	for i := range g.weight {
		if g.weight[i] = number(2 + i); math.IsNaN(g.weight[i]) {
			return fmt.Errorf("bad weight %q", f[2+i])
		}
	}
	id := v.word
	if *into == &m.plain {
		id = v.bare
	}
	if !(*into).add(g, id) {
		return fmt.Errorf("want one or two syllables, each gram once, not %q", g.text)
	}
	return nil
}

// add takes a gram in; false if it is not one or was there before.
func (t *table) add(g gram, id func(string) int32) bool {
	one, other, second := strings.Cut(g.text, " ")
	if one == "" || second && (other == "" || strings.Contains(other, " ")) {
		return false
	}
	t.grams = append(t.grams, g)
	at := int32(len(t.grams))
	if !second {
		k := int(id(one))
		for k >= len(t.one) {
			t.one = append(t.one, make([]int32, k+256)...)
		}
		was := t.one[k]
		t.one[k] = at
		return was == 0
	}
	if t.two == nil {
		t.two = map[uint64]int32{}
	}
	k := pair(id(one), id(other))
	was := t.two[k]
	t.two[k] = at
	return was == 0
}

// format writes the model: its record, its views, and its grams, those that
// speak loudest first.
func (m *linear) format() string {
	var b strings.Builder
	for _, s := range m.record {
		fmt.Fprintf(&b, "# %s\n", s)
	}
	for _, t := range []struct {
		name string
		of   *table
	}{{"marked", &m.marked}, {"plain", &m.plain}} {
		fmt.Fprintln(&b, t.name)
		for i, name := range viewNames {
			fmt.Fprintf(&b, "view\t%s\t%.4f\t%.4f\t%.3f\t%.3f\n", name, t.of.bias[i], t.of.rules[i], t.of.review[i][0], t.of.review[i][1])
		}
		fmt.Fprintln(&b, "gram\tdocs\tany\ttitle\tlead")
		grams := slices.Clone(t.of.grams)
		slices.SortFunc(grams, func(a, b gram) int {
			if x, y := a.loud(), b.loud(); x != y {
				return int(math.Copysign(1, y-x))
			}
			return strings.Compare(a.text, b.text)
		})
		for _, g := range grams {
			fmt.Fprintf(&b, "%s\t%d\t%.3f\t%.3f\t%.3f\n", g.text, g.docs, g.weight[0], g.weight[1], g.weight[2])
		}
	}
	return b.String()
}

func (g gram) loud() float64 {
	return max(math.Abs(g.weight[inAny]+g.weight[inTitle]), math.Abs(g.weight[inAny]+g.weight[inLead]))
}

// heard is a gram that stands in a document, and where first.
type heard struct {
	gram  int32
	title bool
	lead  bool
	first place
}

// view is what there was to read of the document looked at.
func (w *work) view() int {
	switch {
	case len(w.parts[2].tokens) > 0:
		return viewFull
	case len(w.parts[1].tokens) > 0:
		return viewLead
	}
	return viewTitle
}

// table is the one for the document looked at: that without marks only where
// neither headline nor opening has any.
func (m *linear) table(w *work) *table {
	bare := false
	for i := range w.parts[:3] {
		if p := &w.parts[i]; len(p.tokens) > 0 {
			if !p.bare {
				return &m.marked
			}
			bare = true
		}
	}
	if bare {
		return &m.plain
	}
	return &m.marked
}

// listen hears headline and opening of the document looked at.
func (t *table) listen(w *work) {
	w.heard = w.heard[:0]
	for i := range w.parts[:3] {
		p := &w.parts[i]
		end := len(p.tokens)
		if i == 2 {
			end = int(p.zoneOf[0])
		}
		w.heard = t.hear(w.heard, w.seen, p.tokens[:end], p.hidden, int32(i), i == 0)
	}
	for _, h := range w.heard {
		w.seen[h.gram] = 0
	}
}

const (
	leastCue = 0.25 // logits: a gram that says less is not told
	gramCues = 8    // grams told at most
)

// cues adds the grams heard that say most, and that stand in no phrase of a rule
// that says the same.
func (t *table) cues(w *work, scale float64, cues []media.Cue) []media.Cue {
	loud := make([]heard, 0, gramCues+1)
	for _, h := range w.heard {
		x := math.Abs(t.worth(h, scale))
		if x < leastCue || len(loud) == gramCues && x <= math.Abs(t.worth(loud[gramCues-1], scale)) {
			continue
		}
		at := len(loud)
		for at > 0 && math.Abs(t.worth(loud[at-1], scale)) < x {
			at--
		}
		loud = slices.Insert(loud, at, h)
		loud = loud[:min(len(loud), gramCues)]
	}
	rules := len(cues)
	for _, h := range loud {
		cue := w.cue(h.first, t.worth(h, scale))
		told := slices.ContainsFunc(cues[:rules], func(o media.Cue) bool {
			return o.Field == cue.Field && (o.Weight > 0) == (cue.Weight > 0) && o.At <= cue.At && cue.At+len(cue.Term) <= o.At+len(o.Term)
		})
		if !told {
			cues = append(cues, cue)
		}
	}
	return cues
}

// hear finds the grams of a field's tokens up to end and adds them to out. seen
// has, for each gram of the table, its place in out + 1.
func (t *table) hear(out []heard, seen []int32, tokens []token, hidden []bool, part int32, title bool) []heard {
	take := func(at int32, first, last token) {
		if at == 0 {
			return
		}
		k := seen[at-1]
		if k == 0 {
			out = append(out, heard{gram: at - 1, first: place{part, first.start, last.end}})
			k = int32(len(out))
			seen[at-1] = k
		}
		if title {
			out[k-1].title = true
		} else {
			out[k-1].lead = true
		}
	}
	for i, tok := range tokens {
		if tok.id < firstWord || hidden[i] {
			continue
		}
		if int(tok.id) < len(t.one) {
			take(t.one[tok.id], tok, tok)
		}
		if i+1 < len(tokens) && tokens[i+1].id >= firstWord && !hidden[i+1] {
			take(t.two[pair(tok.id, tokens[i+1].id)], tok, tokens[i+1])
		}
	}
	return out
}

// weigh is what the grams heard say together, in logits, and what one of them
// is worth there.
func (t *table) weigh(all []heard) (sum, scale float64) {
	n := 0
	for _, h := range all {
		w := &t.grams[h.gram].weight
		for place, there := range [places]bool{true, h.title, h.lead} {
			if there && w[place] != 0 { // what is 0 was not learned from
				sum += w[place]
				n++
			}
		}
	}
	if n == 0 {
		return 0, 0
	}
	scale = gramScale / math.Sqrt(float64(n))
	return sum * scale, scale
}

// worth is what one gram says, in the scale that weigh gave.
func (t *table) worth(h heard, scale float64) float64 {
	w := &t.grams[h.gram].weight
	x := w[inAny]
	if h.title {
		x += w[inTitle]
	}
	if h.lead {
		x += w[inLead]
	}
	return x * scale
}

// syllables gives the canonical spelling of tokens, as the vocabulary keeps them;
// "" for what is no word or stands in a block.
func syllables(text string, tokens []token, hidden []bool, bare bool, v *vocabulary) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		word := text[t.start:t.end]
		if t.id > unknown && t.id < firstWord || hidden[i] {
			continue
		}
		word = strings.Map(func(r rune) rune {
			switch {
			case invisible(r):
				return -1
			case int(r) < len(v.lower):
				return v.lower[r]
			}
			return r
		}, word)
		if strings.Trim(word, "0123456789") == "" { // «02 cấp» is «2 cấp»
			word = strings.TrimLeft(word[:len(word)-1], "0") + word[len(word)-1:]
		}
		if bare {
			out[i] = viet.Fold(word)
		} else {
			out[i] = viet.Tone(word)
		}
	}
	return out
}
