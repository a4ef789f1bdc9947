package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Printable is a text as it may stand on paper and in tables: whole letters (NFC) without what XML 1.0 cannot hold and without marks that nobody
// sees and that turn, join or hide what stands around them.
func Printable(s string) string {
	if !strings.ContainsFunc(s, rare) {
		return s
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', unicode.Is(unicode.Zs, r) && r != '\u00a0':
			return ' '
		case r == utf8.RuneError, unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
			return -1
		}
		return r
	}, s))
}

// rare are the runes that have to be looked at more closely: all but the letters and signs that Vietnamese texts are made of,
// none of which joins another.
func rare(r rune) bool {
	switch {
	case r >= 0x20 && r <= 0x7E, r == '\n', r >= 0xA1 && r <= 0x24F && r != 0xAD, r >= 0x1EA0 && r <= 0x1EF9, r >= 0x2010 && r <= 0x2026:
		return false
	}
	return true
}
