package copies

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// numbersOf lists the numbers and dates of a text in lower-case NFC, in one
// spelling each: «08/6/2024», «8-6» and «ngày 8 tháng 6» hold «8/6», the year
// apart; «700.000» is «700000», «22,1» is «22/1». A number that belongs to a
// name («U23») is none.
func numbersOf(s string) []string {
	var out []string
	day := "" // a number that «tháng» may follow
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			r, n := utf8.DecodeRuneInString(s[i:])
			i += n
			if isLetter(r) { // a word: its digits are its own
				for i < len(s) {
					r, n := utf8.DecodeRuneInString(s[i:])
					if !isLetter(r) && !unicode.IsDigit(r) {
						break
					}
					i += n
				}
			}
			continue
		}
		parts, end := numberAt(s, i)
		after := strings.TrimLeft(s[end:], " ")
		switch {
		case len(parts) == 1 && strings.HasPrefix(after, "tháng ") && end < len(s) && s[end] == ' ' && len(parts[0]) <= 2:
			day = parts[0]
			if m, _ := numberAt(after, len("tháng ")); len(m) == 1 && len(m[0]) <= 2 {
				out = append(out, zeroless(day)+"/"+zeroless(m[0]))
				end = len(s) - len(after) + len("tháng ") + len(m[0])
			} else {
				out = append(out, zeroless(day))
			}
		case len(parts) == 3 && len(parts[2]) == 4 && len(parts[0]) <= 2 && len(parts[1]) <= 2:
			out = append(out, zeroless(parts[0])+"/"+zeroless(parts[1]), parts[2])
		case thousands(s[i:end], parts):
			out = append(out, zeroless(strings.Join(parts, "")))
		default:
			for k := range parts {
				parts[k] = zeroless(parts[k])
			}
			out = append(out, strings.Join(parts, "/"))
		}
		i = end
	}
	return out
}

// numberAt reads the groups of digits from i on, which one mark holds together.
func numberAt(s string, i int) (parts []string, end int) {
	for end = i; ; {
		from := end
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if end == from {
			return parts, max(end-1, i) // the mark before it belongs to the sentence
		}
		parts = append(parts, s[from:end])
		if end >= len(s) || !strings.ContainsRune("./,:-h", rune(s[end])) {
			return parts, end
		}
		if end+1 >= len(s) || s[end+1] < '0' || s[end+1] > '9' {
			return parts, end
		}
		end++
	}
}

// thousands reports whether marks only group the digits of one number.
func thousands(text string, parts []string) bool {
	if len(parts) < 2 || len(parts[0]) > 3 || strings.ContainsAny(text, "/:-h") {
		return false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

func zeroless(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}
