package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"loa/viet"
)

// Token ids below firstWord are marks, not syllables.
const (
	unknown   int32 = 0 // a word the lexicon does not use
	comma     int32 = 1 // , : ( ) [ ]: a phrase runs over it only where the lexicon wrote one
	stop      int32 = 2 // end of a sentence, line or table cell: no phrase and no window runs over it
	question  int32 = 3 // ?: a stop that the lexicon may name
	firstWord int32 = 4
)

// token is one syllable, number or mark of a text.
type token struct {
	id         int32 // of the lower-case syllable with its tone mark on the older place
	abbr       int32 // of the exact upper-case spelling, unknown if the lexicon has no such abbreviation
	start, end int32 // bytes of the NFC text
}

// vocabulary gives every syllable of the lexicon a number.
type vocabulary struct {
	words map[string]int32 // lower case, both tone placements
	plain map[string]int32 // the same without marks, for text typed without them
	abbrs map[string]int32 // upper case
	lower [lowerTable]rune // unicode.ToLower for the letters Vietnamese uses
	next  int32
}

const lowerTable = 0x1f00

func newVocabulary() *vocabulary {
	v := &vocabulary{words: map[string]int32{}, plain: map[string]int32{}, abbrs: map[string]int32{}, next: firstWord}
	for r := range v.lower {
		v.lower[r] = unicode.ToLower(rune(r))
	}
	// Look-alikes of Đ that keyboards and old fonts leave behind.
	for _, r := range []rune{'Ð', 'ð', 'Ɖ', 'ɖ'} {
		v.lower[r] = 'đ'
	}
	v.words["?"], v.plain["?"] = question, question
	return v
}

// word returns the id of a syllable, giving it one if it is new.
func (v *vocabulary) word(s string) int32 {
	s = viet.Tone(s)
	if id, ok := v.words[s]; ok {
		return id
	}
	id := v.next
	v.next++
	v.words[s] = id
	for _, other := range newer(s) {
		v.words[other] = id
	}
	return id
}

func (v *vocabulary) abbr(s string) int32 {
	if id, ok := v.abbrs[s]; ok {
		return id
	}
	v.abbrs[s] = v.next
	v.next++
	return v.next - 1
}

// bare returns the id of a syllable without its marks. It lives in a space of
// its own: «ban» is not «bản».
func (v *vocabulary) bare(s string) int32 {
	s = viet.Fold(s)
	if id, ok := v.plain[s]; ok {
		return id
	}
	v.plain[s] = v.next
	v.next++
	return v.next - 1
}

// newer lists the spellings of a syllable that viet.Tone maps onto it: the
// newer tone placement of oa, oe and uy («hòa» is also written «hoà»).
func newer(s string) []string {
	var out []string
	for _, p := range [][2]string{
		{"òa", "oà"}, {"óa", "oá"}, {"ỏa", "oả"}, {"õa", "oã"}, {"ọa", "oạ"},
		{"òe", "oè"}, {"óe", "oé"}, {"ỏe", "oẻ"}, {"õe", "oẽ"}, {"ọe", "oẹ"},
		{"ùy", "uỳ"}, {"úy", "uý"}, {"ủy", "uỷ"}, {"ũy", "uỹ"}, {"ụy", "uỵ"},
	} {
		if stem, ok := strings.CutSuffix(s, p[0]); ok {
			if other := stem + p[1]; viet.Tone(other) == s {
				out = append(out, other)
			}
		}
	}
	return out
}

// scanner cuts texts into tokens; buf is scratch.
type scanner struct {
	v   *vocabulary
	buf []byte
}

// scan appends the tokens of text, at most limit of them. Line ends are stops
// unless wrapped is set (titles come wrapped from some pages). bare reads every
// syllable without its marks.
func (s *scanner) scan(out []token, text string, limit int, wrapped, bare bool) []token {
	words := s.v.words
	if bare {
		words = s.v.plain
	}
	for i := 0; i < len(text) && len(out) < limit; {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		if letter(r) {
			t, end := s.word(text, i, words)
			out = append(out, t)
			i = end
			continue
		}
		id := unknown
		switch r {
		case ',', '(', ')', '[', ']', ':':
			id = comma
		case ';', '!', '|', '…', '•':
			id = stop
		case '?':
			id = question
		case '\n', '\r', '\u2028', '\u2029':
			if !wrapped {
				id = stop
			}
		case '.':
			if s.full(text, i, out) {
				id = stop
			}
		}
		if id != unknown && (id == comma || len(out) == 0 || out[len(out)-1].id != id) {
			out = append(out, token{id: id, start: int32(i), end: int32(i + n)})
		}
		i += n
	}
	return out
}

// word reads the syllable or number that begins at i.
func (s *scanner) word(text string, i int, words map[string]int32) (token, int) {
	start := i
	s.buf = s.buf[:0]
	upper, digits := 0, true
	for i < len(text) {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case 'A' <= c && c <= 'Z':
				upper++
				c += 'a' - 'A'
				digits = false
			case 'a' <= c && c <= 'z':
				digits = false
				upper = -1 << 20
			case '0' <= c && c <= '9':
			default:
				goto done
			}
			s.buf = append(s.buf, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if invisible(r) { // a zero-width character inside a word is not seen by its reader
			i += n
			continue
		}
		if !letter(r) {
			break
		}
		l := unicode.ToLower(r)
		if int(r) < len(s.v.lower) {
			l = s.v.lower[r]
		}
		if l != r {
			upper++
		} else {
			upper = -1 << 20
		}
		digits = false
		s.buf = utf8.AppendRune(s.buf, l)
		i += n
	}
done:
	t := token{start: int32(start), end: int32(i)}
	if digits { // «02 cấp» is «2 cấp»
		for len(s.buf) > 1 && s.buf[0] == '0' {
			s.buf = s.buf[1:]
		}
	}
	t.id = words[string(s.buf)]
	if upper >= 2 {
		t.abbr = s.v.abbrs[text[start:i]]
	}
	return t, i
}

// full reports whether the full stop at i ends a sentence: it is followed by
// white space or nothing, and does not belong to «TP. HCM» or «Q. 3».
func (s *scanner) full(text string, i int, out []token) bool {
	if i+1 < len(text) {
		switch text[i+1] {
		case ' ', '\n', '\r', '\t', '"', '\'', ')', '.', '<', '*':
		default:
			if !strings.HasPrefix(text[i+1:], "”") && !strings.HasPrefix(text[i+1:], "»") && !strings.HasPrefix(text[i+1:], "\u00a0") {
				return false
			}
		}
	}
	if len(out) == 0 {
		return false
	}
	last := out[len(out)-1]
	if int(last.end) == i && last.end-last.start <= 2 {
		c := text[last.start]
		return c < 'A' || c > 'Z'
	}
	return true
}

func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) || unicode.IsDigit(r)
}

func invisible(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad', '\u2060':
		return true
	}
	return false
}

// markless reports whether a text is Vietnamese typed without marks, or no
// Vietnamese at all: at least four words and not one letter with a mark. What
// is then looked for has three syllables or more, so English finds nothing.
func markless(text string, tokens []token) bool {
	words := 0
	for _, t := range tokens {
		if t.id < firstWord && t.id != unknown {
			continue
		}
		words++
		for i := t.start; i < t.end; i++ {
			if text[i] >= utf8.RuneSelf {
				return false
			}
		}
	}
	return words >= 4
}

const (
	menuWithin = 24  // tokens in which so many entries make a menu
	menuFrom   = 6   // entries
	menuReach  = 250 // tokens of a text in which a menu is looked for
)

// menu is where a menu that stands before a text ends, 0 if none does: a run of
// entries («Trang chủ Giới thiệu Thủ tục hành chính Dịch vụ công»), each with one
// capital at its head and no mark between them. A careless extraction leaves it, and
// it names what every office offers. Names of offices have two or three such heads.
func menu(text string, tokens []token) int32 {
	var heads []int // tokens at which an entry begins
	end := 0
	for i := 0; i < min(len(tokens), menuReach); i++ {
		if id := tokens[i].id; id != unknown && id < firstWord {
			heads = heads[:0]
			continue
		}
		if !capital(text, tokens[i]) || i+1 < len(tokens) && capital(text, tokens[i+1]) {
			continue
		}
		if i > 0 && capital(text, tokens[i-1]) {
			continue
		}
		heads = append(heads, i)
		if n := len(heads); n >= menuFrom && i-heads[n-menuFrom] < menuWithin {
			end = i
		}
	}
	if end == 0 {
		return 0
	}
	// The last entry goes with it, to where the next words begin anew.
	for end++; end < min(len(tokens), menuReach); end++ {
		if id := tokens[end].id; id != unknown && id < firstWord || capital(text, tokens[end]) {
			break
		}
	}
	return int32(end)
}

// capital reports whether a token begins with a capital letter.
func capital(text string, t token) bool {
	r, _ := utf8.DecodeRuneInString(text[t.start:])
	return unicode.IsUpper(r)
}

// number reads a document number such as «76/NQ-CP», «178/2024/NĐ-CP» or
// «18-NQ/TW» at i, with the spaces and odd dashes people put in, and appends
// its canonical form to buf. end is 0 when there is none.
func number(buf []byte, text string, i int) (canon []byte, end int) {
	canon = buf
	digits := i
	for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
		digits++
	}
	if digits == i || digits-i > 5 {
		return canon, 0
	}
	for k := i; k < digits; k++ { // «06/QĐ-TTg» is also «6/QĐ-TTg»
		if text[k] == '0' && len(canon) == len(buf) {
			continue
		}
		canon = append(canon, text[k])
	}
	if digits < len(text) && 'a' <= text[digits] && text[digits] <= 'd' { // «30c/NQ-CP»
		if sep, _ := separator(text, digits+1); sep != 0 {
			canon = append(canon, text[digits])
			digits++
		}
	}
	at, letters := digits, false
	for {
		sep, next := separator(text, at)
		if sep == 0 {
			break
		}
		seg := next
		from := len(canon)
		canon = append(canon, sep)
		for seg < len(text) {
			r, n := utf8.DecodeRuneInString(text[seg:])
			if r == 'Ð' || r == 'đ' || r == 'ð' || r == 'Ɖ' {
				r = 'Đ'
			}
			if 'a' <= r && r <= 'z' {
				r -= 'a' - 'A'
			}
			if r != 'Đ' && r != '&' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
				break
			}
			letters = letters || r > '9'
			canon = utf8.AppendRune(canon, r)
			seg += n
		}
		if seg == next {
			canon = canon[:from]
			break
		}
		switch string(canon[from+1:]) { // typed without the bar
		case "ND":
			canon = append(canon[:from+1], "NĐ"...)
		case "QD":
			canon = append(canon[:from+1], "QĐ"...)
		}
		at = seg
	}
	if !letters {
		return canon, 0
	}
	return canon, at
}

// separator reads a slash or any dash, with at most one space on either side.
func separator(text string, i int) (sep byte, next int) {
	if i < len(text) && text[i] == ' ' {
		i++
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	switch r {
	case '/':
		sep = '/'
	case '-', '–', '—', '‑', '‐', '−':
		sep = '-'
	default:
		return 0, 0
	}
	i += n
	if i < len(text) && text[i] == ' ' {
		i++
	}
	return sep, i
}
