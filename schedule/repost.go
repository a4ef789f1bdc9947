package schedule

import (
	"strings"
	"unicode"

	"loa/media"
	"loa/viet"
)

// Reposts reports whether a piece of the agency that carries this credit line
// is another's work. A line that names the agency itself is none: the piece is
// its own, wherever else it was printed. Nor is one by which the newspaper, the
// station or the portal names a body of the plan that is no outlet: what a unit
// contributes may be credited to both, as the unit's own piece on its own site
// and as the outlet's that published it.
func (p *Plan) Reposts(agency, credit string) bool {
	line := spaced(credit)
	if strings.TrimSpace(line) == "" {
		return false
	}
	var best media.Agency
	publisher, longest := media.Agency{ID: agency}, 0
	for _, a := range p.Agencies {
		if a.ID == agency {
			publisher = a
		}
		for _, name := range append([]string{a.Name, a.Short}, a.Aliases...) {
			if n := spaced(name); len(n) > longest && len(n) >= shortestName && strings.Contains(line, n) {
				best, longest = a, len(n)
			}
		}
	}
	switch {
	case longest == 0:
		return true
	case best.ID == agency:
		return false
	case outlet(best) || !outlet(publisher):
		return true
	}
	return another(line, spaced(best.Name))
}

// shortestName is the least length of a name, with the spaces around it, that is
// looked for in a credit line: what is shorter stands in other words.
const shortestName = 5

// outlet tells those that publish for others from those that publish their own.
func outlet(a media.Agency) bool { return a.Level == media.Press || a.Level == media.Portal }

// another reports whether the line names a newspaper, station or magazine that
// the plan does not know, in whose name a body's is only a part.
func another(line, name string) bool {
	for _, kind := range []string{" bao ", " dai ", " tap chi ", " ttxvn ", " vov ", " vtv "} {
		if strings.Contains(line, kind) && !strings.Contains(name, kind) {
			return true
		}
	}
	return false
}

// spaced folds a text into words with one space around each.
func spaced(s string) string {
	words := strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}
