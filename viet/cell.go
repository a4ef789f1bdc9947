package viet

import "strings"

// Cell is text that no program takes for a formula: what begins with = + - @, a tab or a line's end gets an apostrophe before it
// (OWASP, CSV injection).
func Cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
