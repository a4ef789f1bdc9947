package copies

import (
	"strings"
	"unicode"
)

// namesOf hashes the words of a headline in NFC that begin with a capital where
// no sentence begins: parts of names. A headline mostly in capitals has none.
func namesOf(s string) []uint32 {
	var out []uint32
	all, upper := 0, 0
	start, opening := true, true // a sentence begins; the word read now begins one
	from := -1
	end := func(i int) {
		if from < 0 {
			return
		}
		w := s[from:i]
		from = -1
		all++
		if w == strings.ToUpper(w) && w != strings.ToLower(w) {
			upper++
		}
		first := []rune(w)[0]
		if !opening && unicode.IsUpper(first) && !strings.ContainsAny(w, "0123456789") {
			out = append(out, word(strings.ToLower(w)))
		}
	}
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			if from < 0 {
				from, opening, start = i, start, false
			}
		default:
			end(i)
			// A full stop within a word («TP.HCM») begins no sentence.
			if strings.ContainsRune(":?!\"'“‘«–—-|(…", r) || r == '.' && i+1 < len(s) && s[i+1] == ' ' {
				start = true
			}
		}
	}
	end(len(s))
	if 2*upper > all {
		return nil
	}
	return out
}
