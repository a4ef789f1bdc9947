package extract

import (
	"slices"
	"strings"

	"loa/media"
	"loa/viet"
)

// Second reads an article's page once more, by readability alone, as referee
// of a first reading by selectors. alike is how much of the two texts (lead and
// body) is the same, from 0 to 1: the harmonic mean of the shares of words that
// each finds in the other. ok is false if readability finds no article, which
// says nothing against the first reading. It costs ten times what the first
// reading did, so it is for samples and doubts. text is Decode's.
func Second(text string, src media.Source, pageURL string, first Article) (second Article, alike float64, ok bool) {
	base, err := parseURL(pageURL)
	if err != nil {
		return Article{}, 0, false
	}
	doc, _, err := parseDoc(text, pageBounds(src))
	if err != nil {
		return Article{}, 0, false
	}
	base = docBase(doc, base)
	cutSpam(doc, base)
	r := src.Rule
	p := page{doc: doc, ld: readLD(doc), rule: media.Rule{DateLayout: r.DateLayout, DateFormat: r.DateFormat, Zone: r.Zone, Now: r.Now}}
	p.findHeadline()
	second = Article{Title: p.title, Date: p.date(pageURL)}
	lines := slices.DeleteFunc(p.readable(text, base, &second), spamLine)
	if len(lines) == 0 {
		return Article{}, 0, false
	}
	second.Body = strings.Join(p.cleanBody(lines, &second), "\n")
	return second, Alike(first.Lead+"\n"+first.Body, second.Lead+"\n"+second.Body), true
}

// Alike is how much of two texts is the same, from 0 to 1, by their words:
// marks, case and order aside.
func Alike(a, b string) float64 {
	count := map[string]int{}
	na, nb, both := 0, 0, 0
	for w := range strings.FieldsSeq(viet.Fold(a)) {
		count[w]++
		na++
	}
	for w := range strings.FieldsSeq(viet.Fold(b)) {
		if nb++; count[w] > 0 {
			count[w]--
			both++
		}
	}
	if na+nb == 0 {
		return 1
	}
	return 2 * float64(both) / float64(na+nb)
}
