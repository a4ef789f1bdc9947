package mask

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// near a word: patterns are slow over a whole article and what they look for
// stands about a few words, so that only the stretches about those are read.
type pattern struct {
	re       *regexp.Regexp
	words    []string // lower case; one of them stands in every match; nil: read all
	back, on int      // bytes of the stretch before and behind the word
}

// find gives what FindAllStringSubmatchIndex would; lower is s in lower case,
// byte for byte (see lowered).
func (p pattern) find(s, lower string) [][]int {
	if p.words == nil {
		return p.re.FindAllStringSubmatchIndex(s, -1)
	}
	var out [][]int
	done := 0 // matches that begin before are known
	for from := 0; ; {
		at, length := -1, 0
		for _, w := range p.words {
			if i := strings.Index(lower[from:], w); i >= 0 && (at < 0 || i < at) {
				at, length = i, len(w)
			}
		}
		if at < 0 {
			return out
		}
		at += from
		from = at + length
		a, b := max(done, at-p.back), min(len(s), from+p.on)
		if i := strings.LastIndexByte(s[a:at], '\n'); i >= 0 && !strings.Contains(s[a+i:at], "gửi") {
			a += i + 1
		}
		for a < at && !utf8.RuneStart(s[a]) {
			a++
		}
		for a > done && a < at && !begins(s, a) { // within a word
			_, n := utf8.DecodeRuneInString(s[a:])
			a += n
		}
		for b < len(s) && !utf8.RuneStart(s[b]) {
			b++
		}
		if a >= b {
			continue
		}
		for _, x := range p.re.FindAllStringSubmatchIndex(s[a:b], -1) {
			for i := range x {
				if x[i] >= 0 {
					x[i] += a
				}
			}
			out = append(out, x)
			done = x[1]
		}
		from = max(from, done)
	}
}

// lowered is s in lower case where that keeps the length of every letter, as
// with all of Vietnamese.
func lowered(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				b[i] = c + 'a' - 'A'
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if l := lower(r); l != r && n == utf8.RuneLen(l) {
			utf8.EncodeRune(b[i:], l)
		}
		i += n
	}
	return string(b)
}

// lower is unicode.ToLower, which looks every letter up in a table, with the
// letters that Vietnamese text is made of told by their place in theirs.
func lower(r rune) rune {
	switch {
	case 0x1ea0 <= r && r <= 0x1eff:
		return r | 1
	case 0xe0 <= r && r <= 0xff:
		return r
	}
	return unicode.ToLower(r)
}

// signs is what something to mask in a plain report has beside it.
var signs = []string{":", "：", "@", "hỏi", "thắc mắc", "phản ánh", "kiến nghị", "gửi thư", "viết thư", "bạn đọc", "độc giả", "thính giả", "khán giả", "công dân", "cử tri",
	"đánh giá", "xếp loại", "chấm điểm", "hoàn thành"}

// signsBy are the signs by their first byte.
var signsBy = func() (by [256][]string) {
	for _, w := range signs {
		by[w[0]] = append(by[w[0]], w)
	}
	return by
}()

// quiet reports whether nothing of the kind stands in a text, as in most.
func quiet(s string) bool {
	lower, digits := lowered(s), 0
	for i := range len(lower) {
		c := lower[i]
		if c >= '0' && c <= '9' {
			digits++
		}
		for _, w := range signsBy[c] {
			if strings.HasPrefix(lower[i:], w) {
				return false
			}
		}
	}
	return digits < 7
}
