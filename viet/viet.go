// Package viet knows written Vietnamese: canonical form, folding,
// dates and numbers as people print them, and the sentences people read for
// every state and reason. It is a leaf: it imports golang.org/x/text alone.
package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tone maps the newer tone placement onto the older one («hoà» → «hòa»), for
// oa, oe and uy that end their syllable. Both are correct Vietnamese; matching
// needs one of them.
var tone = strings.NewReplacer(
	"oà", "òa", "oá", "óa", "oả", "ỏa", "oã", "õa", "oạ", "ọa",
	"oè", "òe", "oé", "óe", "oẻ", "ỏe", "oẽ", "õe", "oẹ", "ọe",
	"uỳ", "ùy", "uý", "úy", "uỷ", "ủy", "uỹ", "ũy", "uỵ", "ụy",
)

// NFC puts s in canonical composed form, maps look-alike letters (Ð U+00D0,
// ð) to Đ and đ, turns no-break and thin spaces into spaces, and drops
// zero-width characters, control characters but white space, those that turn
// the direction of writing (no Vietnamese text has them; they make a text read
// as what it is not), and invalid UTF-8.
func NFC(s string) string {
	if ok, _ := plain(s); ok {
		return s
	}
	return nfc(s)
}

func nfc(s string) string {
	// What is dropped can stand between a letter and its mark: it goes before they
	// are composed.
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch r {
		case 'Ð', 'Ɖ':
			return 'Đ'
		case 'ð', 'ɖ':
			return 'đ'
		case '\u00a0', '\u2009', '\u202f', '\u2007':
			return ' '
		case '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad', '\u2060':
			return -1
		}
		if control(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// control reports whether a character is shown as nothing, and changes how others are shown or read: U+0000 to U+001F but white
// space, U+007F, U+FFFE and U+FFFF, which no text has, and the marks, embeddings, overrides and isolates of bidirectional text.
func control(r rune) bool {
	switch {
	case r < ' ':
		return r < '\t' || r > '\r'
	case r == 0x7f || r == 0xfffe || r == 0xffff || r == '\u061c' || r == '\u200e' || r == '\u200f':
		return true
	}
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// Clean is NFC with white space collapsed to single spaces and trimmed.
func Clean(s string) string {
	ok, spaces := plain(s)
	if ok && !spaces {
		return s
	}
	if !ok {
		s = nfc(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// Fold is for search: NFC, lower case, every mark removed, đ to d, white space
// collapsed. «Đẩy mạnh» and "day manh" fold alike.
func Fold(s string) string {
	if f, ok := foldPlain(s); ok {
		return f
	}
	return fold(s)
}

func fold(s string) string {
	return strings.Join(strings.Fields(Unmark(strings.ToLower(nfc(s)))), " ")
}

// Unmark writes a text as it is typed without marks: «Đẩy mạnh» becomes «Day manh».
// Case, spaces and punctuation stay.
func Unmark(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(s))
}

// Tone rewrites the newer tone placement to the older, syllable by syllable,
// keeping byte length: s must be lower-case NFC. «thuỷ» → «thủy», and
// «quý» stays, for there u belongs to qu.
func Tone(s string) string {
	if !strings.ContainsAny(s, "àáảãạèéẻẽẹỳýỷỹỵ") {
		return s
	}
	parts := splitSyllables(s)
	for i, p := range parts {
		if strings.HasPrefix(p, "qu") {
			continue
		}
		for _, end := range []string{"oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"} {
			if strings.HasSuffix(p, end) {
				parts[i] = p[:len(p)-len(end)] + tone.Replace(end)
				break
			}
		}
	}
	return strings.Join(parts, "")
}

// splitSyllables cuts s into runs of letters and runs of everything else.
func splitSyllables(s string) []string {
	var out []string
	start, letter := 0, false
	for i, r := range s {
		l := unicode.IsLetter(r)
		if i > 0 && l != letter {
			out = append(out, s[start:i])
			start = i
		}
		letter = l
	}
	return append(out, s[start:])
}
