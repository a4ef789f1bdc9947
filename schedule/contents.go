package schedule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// Tells are the words by which a piece of a day tells of a content, and whether it does.
func (p *Plan) Tells(c Content, v *media.Verdict, at time.Time) ([]string, bool) {
	words, found := []string{}, false
	for _, d := range p.Documents {
		if slices.Contains(c.Documents, d.Number) {
			w, ok := p.Cites(d, v, at)
			words, found = append(words, w...), found || ok
		}
	}
	if f, ok := v.Facet(c.Facet); c.Facet != "" && ok {
		words, found = append(words, f.Term), true
	}
	if !found && slices.ContainsFunc(c.Topics, func(t string) bool { return slices.Contains(v.Topics, t) }) {
		return cueWords(v), true
	}
	return words, found
}

// cueWords are the heaviest words that speak for a verdict.
func cueWords(v *media.Verdict) []string {
	words := []string{}
	for _, c := range v.Cues {
		if c.Weight > 0 && len(words) < 3 && !slices.Contains(words, c.Term) {
			words = append(words, c.Term)
		}
	}
	return words
}

// Declared are the topics of an item inside a programme: its column's agreed
// ones, else those that its station declares. Nil of any other evidence.
func (p *Plan) Declared(e media.Evidence) []string {
	if e.Segment == nil {
		return nil
	}
	topics, _ := topicsOf(p, e)
	return topics
}

// Cites reports whether a piece names a document. Numbers come again each year and
// in each province: a year or province beside the number must be the document's;
// where its number says neither (-UBND, -HĐND, -TTg, ministries, the party in a
// province), one of them must be beside it.
func (p *Plan) Cites(d Document, v *media.Verdict, at time.Time) ([]string, bool) {
	for _, f := range v.Facets {
		if f.ID != media.DocumentFacet+d.Number || at.Before(d.Date) || f.Year != 0 && f.Year != d.Date.In(calendar.Zone).Year() {
			continue
		}
		words := f.Term
		if f.Year != 0 && !strings.Contains(f.Term, strconv.Itoa(f.Year)) {
			words += " năm " + strconv.Itoa(f.Year)
		}
		if f.Place != "" {
			words += ", " + f.Place
		}
		ours := sameProvince(f.Place, p.ProvinceName)
		if f.Place != "" && !ours && local(d.Number) || f.Year == 0 && !ours && recurring(d.Number) {
			continue
		}
		return []string{words}, true
	}
	return nil, false
}

// local reports whether a number is of a body of a province.
func local(number string) bool {
	return strings.HasSuffix(number, "UBND") || strings.HasSuffix(number, "HĐND") || strings.HasSuffix(number, "/TU")
}

// recurring reports whether a number alone does not tell a document.
func recurring(number string) bool {
	central := strings.HasSuffix(number, "-CP") || strings.HasSuffix(number, "/TW")
	return !central && strings.Count(number, "/") == 1
}

// sameProvince compares «Yên Bái» with «tỉnh Yên Bái»; words after the name do not matter.
func sameProvince(place, province string) bool {
	name := viet.Fold(province)
	for _, kind := range []string{"tinh ", "thanh pho "} {
		name = strings.TrimPrefix(name, kind)
	}
	return name != "" && (viet.Fold(place)+" ") != " " && strings.HasPrefix(viet.Fold(place)+" ", name+" ")
}
