// Package copies tells whether two pieces are one text: word for word, or the
// same report shortened, updated or under another headline. Two reports of one
// event are not copies, nor are two issues of one form (a lottery's results,
// the weather) however alike they read. It is pure: what is compared with what,
// and where groups are kept, is decided by others.
package copies

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"loa/viet"
)

// Doc is a piece as it was read; Lead may repeat the body's first paragraph.
type Doc struct{ Title, Lead, Body string }

// Text is a piece made ready for comparison, about 4 bytes for each of its words.
type Text struct {
	title, body []uint32 // hashes of the words
	marks       []string // numbers and dates of the title, as numbersOf writes them
	names       []uint32 // hashes of the words of the title that begin with a capital though no sentence begins there
	told        []uint32 // hashes of those of the whole piece, ascending, each as often as it occurs
	figures     []uint32 // the same of the body alone
	id          uint64
}

const (
	shingle  = 3  // words that are compared as one
	minBody  = 10 // words: a shorter body tells nothing
	minTitle = 6  // words of a title that may stand for a text of its own
)

var (
	// What an outlet puts before its text: «YênBái -», «(Chinhphu.vn) –», «TTO -».
	leadMark = regexp.MustCompile(`^\s*\(?[\p{L}\d][\p{L}\d.]{1,14}( [\p{L}\d.]{1,10}){0,2}\)?\s*[-–—]\s+`)
	// A last line that names where the text is from.
	creditLine = regexp.MustCompile(`^[(\[*\s]*((Nguồn|nguồn)( tin| bài)?\s*[:：].{0,80}|(Theo|THEO)\s+[\p{Lu}\d].{0,60})$`)
)

// Read makes a piece ready: canonical letters, one tone placement, no case, no
// punctuation, without the outlet's mark at its head and its credit at its foot.
func Read(d Doc) Text {
	return ready(Doc{viet.NFC(d.Title), viet.NFC(d.Lead), viet.NFC(d.Body)})
}

// ready is Read for what is in NFC, as the store keeps it.
func ready(d Doc) Text {
	lead, body := unmark(d.Lead), unmark(uncredit(d.Body))
	var t Text
	t.title, t.marks = words(d.Title)
	t.names = namesOf(d.Title)
	leads, told := words(lead)
	rest, more := words(body)
	if len(rest) >= len(leads) && slices.Equal(rest[:len(leads)], leads) { // the lead repeated as first paragraph
		t.body, told = rest, more
	} else {
		t.body, told = slices.Concat(leads, rest), append(told, more...)
	}
	for _, m := range told {
		t.figures = append(t.figures, hash(m))
	}
	slices.Sort(t.figures)
	t.told = slices.Clone(t.figures)
	for _, m := range t.marks {
		t.told = append(t.told, hash(m))
	}
	slices.Sort(t.told)
	t.id = mix(uint64(len(t.title)))
	for _, part := range [][]uint32{t.title, t.body} {
		for _, w := range part {
			t.id = mix(t.id ^ uint64(w))
		}
	}
	return t
}

// ID is equal for pieces that are the same word for word; 0 where there is too
// little text to tell (no body, and a title under six words).
func (t *Text) ID() uint64 {
	if !t.full() && len(t.title) < minTitle {
		return 0
	}
	return max(t.id, 1)
}

// full reports whether there is a body to compare.
func (t *Text) full() bool { return len(t.body) >= minBody }

// unmark drops the outlet's mark; two may follow each other.
func unmark(s string) string {
	for range 2 {
		m := leadMark.FindString(s)
		if len(m) == len(s) {
			break
		}
		s = s[len(m):]
	}
	return s
}

// uncredit drops credit lines from the foot of a text.
func uncredit(s string) string {
	s = strings.TrimSpace(s)
	for range 2 {
		i := strings.LastIndexByte(s, '\n')
		if i < 0 || !creditLine.MatchString(strings.TrimSpace(s[i+1:])) {
			break
		}
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// letters tells of the first runes, in which Vietnamese is written, whether they are
// letters (1), digits or marks that stand on a letter (2).
var letters = func() (t [0x2028]uint8) {
	for r := range rune(len(t)) {
		switch {
		case unicode.IsLetter(r):
			t[r] = 1
		case unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			t[r] = 2
		}
	}
	return t
}()

// ofWord reports whether a rune is part of a word.
func ofWord(r rune) bool {
	if int(r) < len(letters) {
		return letters[r] != 0
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// isLetter is unicode.IsLetter.
func isLetter(r rune) bool {
	if int(r) < len(letters) {
		return letters[r] == 1
	}
	return unicode.IsLetter(r)
}

// words hashes the words of a text in NFC and lists its numbers.
func words(s string) (out []uint32, numbers []string) {
	s = strings.ToLower(s)
	out = make([]uint32, 0, len(s)/6)
	start := -1
	for i, r := range s {
		switch in := ofWord(r); {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out = append(out, word(s[start:i]))
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, word(s[start:]))
	}
	return slices.Clip(out), numbersOf(s)
}

// word hashes a word; only some that have an o or u beside a toned vowel can be
// written in two ways.
func word(w string) uint32 {
	if len(w) > 2 && strings.ContainsAny(w, "ou") {
		w = viet.Tone(w)
	}
	return hash(w)
}

// hash is FNV-1a: the same on every machine, for it is stored.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// shingles lists the runs of n words, each once, ascending.
func shingles(words []uint32, n int) []uint64 {
	out := make([]uint64, 0, len(words))
	for i := range len(words) - n + 1 {
		out = append(out, run(words[i:i+n]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// run hashes words that follow each other.
func run(words []uint32) uint64 {
	h := uint64(14695981039346656037)
	for _, w := range words {
		h = mix(h ^ uint64(w))
	}
	return h
}

// mix spreads the bits of a number (the finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
