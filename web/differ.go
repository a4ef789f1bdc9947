package web

import (
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"

	"loa/viet"
)

// diffRow is one paragraph of two texts beside each other.
type diffRow struct {
	Kind   string      // "same", "changed", "gone", "new"
	Left   []diffPiece // without what is new
	Right  []diffPiece // without what is gone
	Inline []diffPiece // both, for narrow screens
}

// diffPiece is a stretch of a paragraph: gone, new or in both.
type diffPiece struct {
	Text      string
	Gone, New bool
}

// Bounds of what is compared word by word: beyond them paragraphs are compared as wholes.
const (
	mostTokens = 4000 // of a paragraph
	mostPairs  = 2500 // paragraphs of one changed stretch, left times right
	likeness   = 0.35 // share of words in common from which two paragraphs are one that was changed
)

// syllables cuts a text into what a reader of Vietnamese takes for units: runs
// of letters and digits (one syllable each, for syllables are written apart),
// runs of spaces, and every other sign by itself.
func syllables(s string) []string {
	var out []string
	begin, kind := 0, 0
	for i, r := range s {
		k := 3
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			k = 1
		case unicode.IsSpace(r):
			k = 2
		}
		if i > begin && (k != kind || k == 3) {
			out, begin = append(out, s[begin:i]), i
		}
		kind = k
	}
	if begin < len(s) {
		out = append(out, s[begin:])
	}
	return out
}

// tokenDiff compares two lists of tokens: the library compares runes, so each
// distinct token is one.
func tokenDiff(a, b []string, tidy bool) []diffmatchpatch.Diff {
	number := map[string]rune{}
	next := rune(0x100)
	runes := func(tokens []string) []rune {
		out := make([]rune, len(tokens))
		for i, t := range tokens {
			n, ok := number[t]
			if !ok {
				if next == 0xD800 { // surrogates are no characters
					next = 0xE000
				}
				n = next
				number[t] = n
				next++
			}
			out[i] = n
		}
		return out
	}
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // the same answer on a slow machine; what is compared is bounded instead
	ds := dmp.DiffMainRunes(runes(a), runes(b), false)
	if tidy {
		ds = dmp.DiffCleanupSemantic(ds)
	}
	return ds
}

// compareTexts puts the paragraphs of two texts beside each other.
func compareTexts(before, now string) []diffRow {
	a, b := paras(before), paras(now)
	var rows []diffRow
	var gone, fresh []string
	flush := func() {
		rows = append(rows, pairUp(gone, fresh)...)
		gone, fresh = nil, nil
	}
	i, j := 0, 0
	for _, d := range tokenDiff(a, b, false) {
		n := len([]rune(d.Text))
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			gone, i = append(gone, a[i:i+n]...), i+n
		case diffmatchpatch.DiffInsert:
			fresh, j = append(fresh, b[j:j+n]...), j+n
		default:
			flush()
			for range n {
				whole := []diffPiece{{Text: a[i]}}
				rows = append(rows, diffRow{"same", whole, whole, whole})
				i, j = i+1, j+1
			}
		}
	}
	flush()
	return rows
}

// paras are the paragraphs of a text with their spaces made one.
func paras(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = viet.Clean(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// pairUp finds which of the paragraphs that are new are ones that were there,
// changed; their order stays.
func pairUp(gone, fresh []string) []diffRow {
	var rows []diffRow
	at := 0
	for _, g := range gone {
		best, like := -1, likeness
		if len(gone)*len(fresh) <= mostPairs {
			for j := at; j < len(fresh); j++ {
				if l := alike(g, fresh[j]); l > like {
					best, like = j, l
				}
			}
		}
		if best < 0 {
			rows = append(rows, diffRow{Kind: "gone", Left: []diffPiece{{g, true, false}}, Inline: []diffPiece{{g, true, false}}})
			continue
		}
		for ; at < best; at++ {
			rows = append(rows, newRow(fresh[at]))
		}
		at++
		rows = append(rows, changedRow(g, fresh[best]))
	}
	for ; at < len(fresh); at++ {
		rows = append(rows, newRow(fresh[at]))
	}
	return rows
}

func newRow(text string) diffRow {
	p := []diffPiece{{text, false, true}}
	return diffRow{Kind: "new", Right: p, Inline: p}
}

// alike is the share of words that two paragraphs have in common, of the longer.
func alike(a, b string) float64 {
	words := func(s string) []string { return strings.Fields(viet.Fold(s)) }
	x, y := words(a), words(b)
	have := map[string]int{}
	for _, w := range x {
		have[w]++
	}
	same := 0
	for _, w := range y {
		if have[w] > 0 {
			have[w]--
			same++
		}
	}
	return float64(same) / float64(max(len(x), len(y), 1))
}

// changedRow compares two paragraphs word by word.
func changedRow(before, now string) diffRow {
	row := diffRow{Kind: "changed"}
	a, b := syllables(before), syllables(now)
	if len(a) > mostTokens || len(b) > mostTokens {
		row.Left, row.Right = []diffPiece{{before, true, false}}, []diffPiece{{now, false, true}}
		row.Inline = append(append(row.Inline, row.Left...), row.Right...)
		return row
	}
	i, j := 0, 0
	for _, d := range tokenDiff(a, b, true) {
		n := len([]rune(d.Text))
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			p := diffPiece{strings.Join(a[i:i+n], ""), true, false}
			row.Left, row.Inline, i = append(row.Left, p), append(row.Inline, p), i+n
		case diffmatchpatch.DiffInsert:
			p := diffPiece{strings.Join(b[j:j+n], ""), false, true}
			row.Right, row.Inline, j = append(row.Right, p), append(row.Inline, p), j+n
		default:
			p := diffPiece{Text: strings.Join(a[i:i+n], "")}
			row.Left, row.Right, row.Inline = append(row.Left, p), append(row.Right, p), append(row.Inline, p)
			i, j = i+n, j+n
		}
	}
	return row
}
