package classify

import (
	_ "embed" // the facets
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/viet"
)

//go:embed facets.yaml
var builtinFacets string

// facet is one entry of facets.yaml.
type facet struct {
	media.FacetKind
	when  rule // what must hold for its doubtful phrases, and where all of them are looked for
	anyOf []int32
}

// facetTerm says that a phrase speaks for a facet; a doubtful one only where its conditions hold.
type facetTerm struct {
	facet    int32
	doubtful bool
}

// facetGroups are the groups of facets.yaml, in the order in which they are read.
func facetGroups() []string { return []string{"chi-so", "linh-vuc", "doi-tuong", "mat"} }

// groupOfDocuments is the group of documents that the file names by their words.
const groupOfDocuments = "van-ban"

// mostDocuments bounds the documents told of one text: longer lists are the grounds of a decision.
const mostDocuments = 24

// Facets lists what texts are looked through for, in the order of the file. Documents
// are found by any number; listed are those known by other words too.
func (c *Classifier) Facets() []media.FacetKind {
	out := make([]media.FacetKind, len(c.lex.facets))
	for i, f := range c.lex.facets {
		out[i] = f.FacetKind
	}
	return out
}

// WithFacets replaces the embedded facets by the content of a file.
func WithFacets(data []byte) Option { return func(o *options) { o.facets = data } }

// CheckFacets tells every mistake of a facets file, none if New would take it.
func CheckFacets(data []byte) []Problem {
	lex, problems := compile([]byte(builtin))
	if lex == nil {
		return problems
	}
	return lex.readFacets(data, true)
}

var facetKeys = []string{"id", "name", "terms", "doubtful", "any_of", "near", "near_too", "within", "with", "with_too", "without", "fields", "note"}

// readFacets enters the facets' phrases beside the rules', in the same tries: a
// block of the lexicon hides them too, and they change nothing of the decision. A
// phrase that is itself a block is a mistake where the two files belong together
// (own); an officer's own lexicon may block what it likes.
func (l *lexicon) readFacets(data []byte, own bool) []Problem {
	r := newReader(l)
	r.mayBlock = !own
	top := r.top(data, facetGroups(), "provinces", "sets", "documents")
	if top == nil {
		return r.problems
	}
	r.readProvinces(top["provinces"])
	r.readSets(top["sets"], func(n *node) *uint64 { return &n.marks })
	ids := map[string]int32{}
	for _, group := range facetGroups() {
		r.readGroup(top[group], group, ids)
	}
	if n := top["documents"]; n != nil {
		r.each(n, func(c *yaml.Node) { r.readNamed(c, ids) })
	}
	if n := top["mat"]; n != nil {
		for _, id := range media.CrossCutting() {
			if _, ok := ids[id]; !ok {
				r.fail(n, "facet %q is missing: plans use it", id)
			}
		}
	}
	return r.finish(top["sets"])
}

// readProvinces reads the names that say whose a document is.
func (r *reader) readProvinces(n *yaml.Node) {
	if n == nil {
		return
	}
	var names []string
	for _, c := range r.list(n) {
		if c.Value == "" || viet.Clean(c.Value) != c.Value {
			r.fail(c, "%q: expected a name in NFC without doubled or outer spaces", c.Value)
			continue
		}
		names = append(names, regexp.QuoteMeta(c.Value))
	}
	if len(names) > 0 {
		r.lex.province = regexp.MustCompile(`(?i)(?:^|\PL)(?:tỉnh|thành phố|tp\.?)\s+(` + strings.Join(names, "|") + `)(?:\PL|$)`)
	}
}

func (r *reader) each(n *yaml.Node, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "expected a list")
		return
	}
	for _, c := range n.Content {
		read(c)
	}
}

func (r *reader) readGroup(n *yaml.Node, group string, ids map[string]int32) {
	if n == nil {
		return
	}
	r.each(n, func(c *yaml.Node) {
		m := r.mapping(c, facetKeys...)
		f := facet{FacetKind: media.FacetKind{Group: group}}
		for key, into := range map[string]*string{"id": &f.ID, "name": &f.Name} {
			if m[key] == nil || m[key].Value == "" {
				r.fail(c, "facet without %s", key)
				return
			}
			*into = m[key].Value
		}
		switch {
		case group == "mat" && !slices.Contains(media.CrossCutting(), f.ID):
			r.fail(m["id"], "unknown facet %q of group mat, expected one of %s", f.ID, strings.Join(media.CrossCutting(), ", "))
		case group != "mat" && !slugForm.MatchString(f.ID):
			r.fail(m["id"], "%q: expected small letters without marks, digits and hyphens", f.ID)
		}
		r.enter(c, f, m, ids)
	})
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// readNamed reads a document that is also known by other words than its number.
func (r *reader) readNamed(c *yaml.Node, ids map[string]int32) {
	m := r.mapping(c, append([]string{"number"}, facetKeys[1:]...)...)
	if m["number"] == nil || m["name"] == nil || m["name"].Value == "" {
		r.fail(c, "document without number or name")
		return
	}
	number := m["number"].Value
	if canon, ok := viet.DocumentNumber(number); !ok || canon != number {
		r.fail(m["number"], "%q is not a document number such as 76/NQ-CP, in its one form", number)
		return
	}
	f := facet{FacetKind: media.FacetKind{ID: media.DocumentFacet + number, Group: groupOfDocuments, Name: m["name"].Value}}
	r.enter(c, f, m, ids)
}

// enter reads the rest of an entry and takes it up.
func (r *reader) enter(c *yaml.Node, f facet, m map[string]*yaml.Node, ids map[string]int32) {
	if _, ok := ids[f.ID]; ok {
		r.fail(c, "facet %q given twice", f.ID)
		return
	}
	at := int32(len(r.lex.facets))
	ids[f.ID] = at
	f.when = rule{within: 6, fields: [zones]bool{zoneTitle: true, zoneLead: true, zoneBody: true, zoneSection: true}}
	r.conditions(m, &f.when)
	conditional := len(f.when.near) > 0 || len(f.when.with) > 0 || f.when.without != 0
	switch {
	case m["doubtful"] != nil && !conditional:
		r.fail(m["doubtful"], "doubtful phrases of %q need near, with or without", f.ID)
	case m["doubtful"] == nil && conditional:
		r.fail(c, "facet %q has conditions and no doubtful phrases", f.ID)
	case m["terms"] == nil && m["doubtful"] == nil && m["any_of"] == nil:
		r.fail(c, "facet %q has no phrases", f.ID)
	}
	for key, doubtful := range map[string]bool{"terms": false, "doubtful": true} {
		if m[key] == nil {
			continue
		}
		for _, t := range r.list(m[key]) {
			r.facetTerm(t, facetTerm{at, doubtful})
		}
	}
	if m["any_of"] != nil {
		for _, x := range r.list(m["any_of"]) {
			of, ok := ids[x.Value]
			if !ok {
				r.fail(x, "unknown facet %q; it must stand before this one", x.Value)
				continue
			}
			f.anyOf = append(f.anyOf, of)
		}
	}
	r.lex.facets = append(r.lex.facets, f)
}

func (r *reader) facetTerm(t *yaml.Node, ft facetTerm) {
	ids := r.phrase(t)
	if ids == nil {
		return
	}
	n := r.lex.trie.node(ids)
	if n.block && !r.mayBlock {
		r.fail(t, "%q is blocked by the lexicon", t.Value)
	}
	if slices.ContainsFunc(n.facets, func(o facetTerm) bool { return o.facet == ft.facet }) {
		r.fail(t, "%q stands twice in its facet", t.Value)
		return
	}
	n.facets = append(n.facets, ft)
	if bare := r.bare(t.Value); bare != nil {
		if n := r.lex.bare.node(bare); !slices.Contains(n.facets, ft) {
			n.facets = append(n.facets, ft)
		}
	}
}

// faceted tells the facets of the document looked at. Where neither the decision
// nor a phrase of the lexicon speaks of reform there are none: then nobody asks.
func (c *Classifier) faceted(w *work, res Result) []media.Facet {
	if !res.Reform && !res.Review && !slices.ContainsFunc(w.hit, func(id int32) bool { return c.lex.rules[id].weight > 0 }) {
		return nil
	}
	at := make([]place, len(c.lex.facets))
	zone := make([]int, len(c.lex.facets))
	found := make([]bool, len(c.lex.facets))
	head := c.mark(w)
	for _, i := range [...]int{0, 1, 3, 2} { // title, lead, section, body
		p := &w.parts[i]
		tr := &c.lex.trie
		if p.bare {
			tr = &c.lex.bare
		}
		for _, s := range p.spans {
			for _, t := range tr.nodes[s.node].facets {
				f := &c.lex.facets[t.facet]
				if found[t.facet] || !f.when.fields[p.zone(s.from)] || t.doubtful && !f.when.holds(p.tokens, p.marks, s, head) {
					continue
				}
				end := int(p.tokens[s.to-1].end)
				if f.Group == groupOfDocuments && end+1 < len(p.text) && (p.text[end] == '/' || p.text[end] == '-') && p.text[end+1] != ' ' {
					continue // the number goes on: «Nghị quyết 18/2022/…» is another
				}
				found[t.facet], zone[t.facet], at[t.facet] = true, p.zone(s.from), place{int32(i), p.tokens[s.from].start, p.tokens[s.to-1].end}
			}
		}
	}
	var out []media.Facet
	for i, f := range c.lex.facets {
		for _, o := range f.anyOf {
			if !found[i] && found[o] && f.when.fields[zone[o]] {
				found[i], at[i] = true, at[o]
			}
		}
	}
	for i := range c.lex.facets {
		if found[i] {
			out = append(out, w.facet(c.lex.facets[i].ID, at[i]))
		}
	}
	return c.documents(w, out)
}

// mark puts the facets' sets on the tokens; head are those of title, lead, section
// and the opening of a body without a lead.
func (c *Classifier) mark(w *work) (head uint64) {
	for i := range w.parts {
		p := &w.parts[i]
		tr := &c.lex.trie
		if p.bare {
			tr = &c.lex.bare
		}
		p.marks = slices.Grow(p.marks[:0], len(p.tokens))[:len(p.tokens)]
		clear(p.marks)
		for _, s := range p.spans {
			sets := tr.nodes[s.node].marks
			for k := s.from; sets != 0 && k < s.to; k++ {
				p.marks[k] |= sets
			}
		}
		end := len(p.marks)
		if i == 2 {
			end = int(p.zoneOf[0])
		}
		for _, m := range p.marks[:end] {
			head |= m
		}
	}
	return head
}

// facet is a facet with its words as printed.
func (w *work) facet(id string, at place) media.Facet {
	p := &w.parts[at.part]
	return media.Facet{ID: id, Term: strings.Clone(p.text[at.start:at.end]), Field: p.field, At: int(at.start)}
}

// documents adds every document that is named by its number, once, with the year
// and the province beside it: most numbers come again each year and everywhere.
// A place that tells more of a document comes before one that stands earlier.
func (c *Classifier) documents(w *work, out []media.Facet) []media.Facet {
	known := map[string]int{}
	for i, f := range out {
		known[f.ID] = i
	}
	n := 0
	for _, i := range [...]int{0, 1, 3, 2} {
		p := &w.parts[i]
		for k := 0; k < len(p.tokens); k++ {
			t := p.tokens[k]
			if ch := p.text[t.start]; ch < '0' || ch > '9' {
				continue
			}
			canon, end := number(w.canon[:0], p.text, int(t.start))
			if w.canon = canon; end == 0 {
				continue
			}
			for k+1 < len(p.tokens) && int(p.tokens[k+1].end) <= end {
				k++
			}
			num, ok := viet.DocumentNumber(p.text[t.start:end])
			if !ok || joinedTo(p.text, int(t.start)) {
				continue
			}
			f := w.facet(media.DocumentFacet+num, place{int32(i), t.start, int32(end)})
			f.Year, f.Place = c.lex.beside(p.text, int(t.start), end, num)
			j, had := known[f.ID]
			switch {
			case had && (out[j].Year != 0 || f.Year == 0) && (out[j].Place != "" || f.Place == ""):
			case had:
				out[j] = f
			case n < mostDocuments:
				known[f.ID] = len(out)
				out = append(out, f)
				n++
			}
		}
	}
	return out
}

// joinedTo reports whether what stands before i belongs to the same number or word.
func joinedTo(text string, i int) bool {
	return i > 0 && strings.IndexByte("/-_.:=0123456789", text[i-1]) >= 0
}

var (
	ownYear    = regexp.MustCompile(`^\d+/(\d{4})/`)
	yearBeside = regexp.MustCompile(`^[\s,(]*năm\s+(\d{4})\b`)
	nextNumber = regexp.MustCompile(`\d\s*/\s*\pL|\d\s*-\s*\p{Lu}+\s*/`)
)

// besideBytes is how far after a number its day and its issuer are looked for, and half of it before it for the issuer.
const besideBytes = 160

// beside is the year of the document numbered at start, and whose it is: 0 and ""
// where that is not said in the same sentence.
func (l *lexicon) beside(text string, start, end int, num string) (year int, place string) {
	after := text[end:min(len(text), end+besideBytes)]
	for !utf8.ValidString(after) && len(after) > 0 {
		after = after[:len(after)-1]
	}
	if i := sentenceEnd(after); i >= 0 {
		after = after[:i]
	}
	if m := nextNumber.FindStringIndex(after); m != nil { // what follows belongs to that one
		after = after[:m[0]]
	}
	before := text[max(0, start-besideBytes/2):start]
	for !utf8.ValidString(before) && len(before) > 0 {
		before = before[1:]
	}
	if i := max(strings.LastIndex(before, ". "), strings.LastIndexAny(before, ";\n")); i >= 0 {
		before = before[i:]
	}
	if nextNumber.MatchString(before) {
		before = ""
	}
	switch m := ownYear.FindStringSubmatch(num); {
	case m != nil:
		year, _ = strconv.Atoi(m[1])
	default:
		if day, ok := viet.DocumentDate(text[start:end]+after, num); ok {
			year = day.Year()
		} else if m := yearBeside.FindStringSubmatch(after); m != nil {
			year, _ = strconv.Atoi(m[1])
		}
	}
	for _, s := range []string{after, before} {
		if l.province == nil || place != "" {
			break
		}
		if m := l.province.FindStringSubmatch(s); m != nil {
			place = m[1]
		}
	}
	return year, place
}

// sentenceEnd is where the sentence that s begins within ends, -1 if not in it.
func sentenceEnd(s string) int {
	end := -1
	for _, mark := range []string{". ", "; ", "\n"} {
		if i := strings.Index(s, mark); i >= 0 && (end < 0 || i < end) {
			end = i
		}
	}
	return end
}
