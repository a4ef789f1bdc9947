package viet

import (
	"strings"
	"unicode/utf8"
)

// mostCell is how many characters a cell gets: Excel takes 32 767 units of UTF-16, of which a character is one or two.
const mostCell = 16_000

// Cell is text for a cell of a table: no program takes it for a formula, it reads from left to right, and Excel holds it. What
// begins with = + - @ (in their wide forms too), a tab or a line's end gets an apostrophe before it (OWASP, CSV injection); control
// characters and those that turn the direction of writing go; a text too long for a cell ends with «…».
func Cell(text string) string {
	if strings.ContainsFunc(text, odd) || !utf8.ValidString(text) {
		text = strings.Map(func(r rune) rune {
			if odd(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(text, ""))
	}
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		text = "'" + text
	}
	if len(text) > mostCell && utf8.RuneCountInString(text) > mostCell {
		text = string([]rune(text)[:mostCell-1]) + "…"
	}
	return text
}

// odd is a character that no cell shows: one that NFC drops, or that XML 1.0 cannot hold.
func odd(r rune) bool {
	return control(r) || r == '\v' || r == '\f' || r == '\ufeff'
}
