package viet

import (
	"strings"
	"unicode/utf8"
)

// Nearly every text that passes here is composed Vietnamese already. It is told
// by one look at its bytes, after which nothing has to be done; all else takes
// the general way. TestPlain holds both to the same answers.

// tables answer for the letters below tableEnd: ASCII, Latin letters with
// their marks, general punctuation.
const tableEnd = 0x2028

// folds gives the folded form of a plain rune: one that is composed, combines
// with nothing before it, and that NFC leaves as it is. 0 if it is not plain, or
// does not fold to one rune.
var folds = foldTable()

func foldTable() *[tableEnd]uint16 {
	var t [tableEnd]uint16
	add := func(from, to rune) {
		for r := from; r <= to; r++ {
			s := string(r)
			if nfc(s) != s || strings.TrimSpace(s) == "" && r >= utf8.RuneSelf {
				continue
			}
			f, n := utf8.DecodeRuneInString(fold("x" + s + "x")[1:])
			if strings.TrimSpace(s) == "" {
				f, n = ' ', 1
			}
			if folded := fold("x" + s + "x"); len(folded) == 2+n && f != utf8.RuneError {
				t[r] = uint16(f)
			}
		}
	}
	add(1, 0x7f)
	add(0xa1, 0x24f)    // Latin
	add(0x1e00, 0x1eff) // Latin with more marks
	add(0x2010, 0x2027) // dashes, quotation marks, dots
	return &t
}

// plain reports whether every rune of s is plain, so that NFC(s) == s. spaces
// tells whether Clean would change it.
func plain(s string) (ok, spaces bool) {
	before := byte(' ')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && control(rune(c)) || c == 0x7f {
				return false, false
			}
			if c == ' ' && before == ' ' || '\t' <= c && c <= '\r' {
				spaces = true
			}
			before = c
			i++
			continue
		}
		r, n := letter(s, i)
		if n == 0 {
			return false, false
		}
		if folds[r] == 0 {
			return false, false
		}
		before = c
		i += n
	}
	return true, spaces || len(s) > 0 && before == ' '
}

// letter decodes a rune of two or three bytes below tableEnd; n is 0 for all
// others.
func letter(s string, i int) (r rune, n int) {
	c := s[i]
	switch {
	case 0xc2 <= c && c < 0xe0 && i+1 < len(s) && s[i+1]&0xc0 == 0x80:
		return rune(c&0x1f)<<6 | rune(s[i+1]&0x3f), 2
	case c == 0xe1 || c == 0xe2:
		if i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80 {
			if r := rune(c&0x0f)<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f); r < tableEnd {
				return r, 3
			}
		}
	}
	return 0, 0
}

// foldPlain is Fold for a text of plain runes alone; ok is false if there are
// others.
func foldPlain(s string) (folded string, ok bool) {
	var b strings.Builder
	b.Grow(len(s))
	space := false // one is owed before the next word
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r, n = letter(s, i); n == 0 {
				return "", false
			}
		}
		i += n
		f := folds[r]
		switch {
		case f == 0:
			return "", false
		case f == ' ':
			space = b.Len() > 0
			continue
		case space:
			b.WriteByte(' ')
			space = false
		}
		if f < utf8.RuneSelf {
			b.WriteByte(byte(f))
		} else {
			b.WriteRune(rune(f))
		}
	}
	return b.String(), true
}
