package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Syllable is one run of letters and digits. Vietnamese writes a space between
// syllables, not words, so this is the unit of matching.
type Syllable struct {
	Text    string // lower case, NFC
	At, End int    // byte offsets into the input
}

// Syllables cuts s into runs of letters and digits. Combining marks, soft
// hyphens and zero-width characters inside a run belong to it, so NFD text and
// its NFC give the same texts.
func Syllables(s string) []Syllable {
	out := make([]Syllable, 0, len(s)/5)
	at, end := -1, 0 // of the run so far; end is after its last letter, digit or mark
	plain := true    // ASCII lower case so far: no copy needed
	flush := func() {
		if at < 0 {
			return
		}
		t := s[at:end]
		if !plain {
			t = strings.ToLower(NFC(t))
		}
		if t != "" {
			out = append(out, Syllable{Text: t, At: at, End: end})
		}
		at, plain = -1, true
	}
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r == utf8.RuneError && n <= 1:
			plain = plain && at < 0 // dropped by NFC: a run goes on across it
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if at < 0 {
				at = i
			}
			end = i + n
			plain = plain && r < utf8.RuneSelf && (r < 'A' || r > 'Z')
		case at >= 0 && (unicode.Is(unicode.Mn, r) || joins(r)):
			plain = false
			if unicode.Is(unicode.Mn, r) {
				end = i + n
			}
		default:
			flush()
		}
		i += n
	}
	flush()
	return out
}

// joins reports whether NFC drops r, so that what stands on both sides is one word.
func joins(r rune) bool {
	switch r {
	case 0, '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad', '\u2060':
		return true
	}
	return false
}
