package web

import (
	"slices"
	"strings"
	"unicode"

	"loa/viet"
)

// Phrases are what stands in quotation marks in a search, folded to words with
// one space between: it has to occur as it stands, marks and case aside.
func Phrases(text string) []string {
	var out []string
	closing := map[rune]rune{'"': '"', '“': '”', '«': '»', '”': '”'}
	var until rune
	var in strings.Builder
	for _, r := range text {
		switch {
		case until != 0 && (r == until || r == '"' || r == '”'):
			if p := folded(in.String()); strings.Contains(p, " ") {
				out = append(out, p)
			}
			until = 0
			in.Reset()
		case until != 0:
			in.WriteRune(r)
		default:
			until = closing[r]
		}
	}
	return out
}

// Contains reports whether every phrase occurs in one of the texts, as whole words.
func Contains(phrases []string, texts ...string) bool {
	for i, t := range texts {
		texts[i] = " " + folded(t) + " "
	}
	for _, p := range phrases {
		if !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, " "+p+" ") }) {
			return false
		}
	}
	return true
}

// folded is a text as a search sees it: words without marks, lower case, one space between.
func folded(s string) string {
	return strings.Join(strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// highlighted marks in a text the words that were searched for, whole runs of them at once.
func highlighted(text, query string) []segment {
	want := map[string]bool{}
	for _, w := range strings.Fields(folded(query)) {
		want[w] = true
	}
	if len(want) == 0 {
		return []segment{{Text: text}}
	}
	var out []segment
	add := func(t string, mark bool) {
		if n := len(out); n > 0 && out[n-1].Mark == mark {
			out[n-1].Text += t
		} else {
			out = append(out, segment{Text: t, Mark: mark})
		}
	}
	pieces := syllables(text)
	for i, p := range pieces {
		hit := want[folded(p)]
		if strings.TrimSpace(p) == "" && i > 0 && i+1 < len(pieces) { // a space between two marked words
			hit = want[folded(pieces[i-1])] && want[folded(pieces[i+1])]
		}
		add(p, hit)
	}
	return out
}
