package viet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a run of digits, a run of letters, or one other sign of a line.
type token struct {
	at, end int // byte offsets
	num     bool
	value   int    // of digits; -1 when there are more than nine
	word    string // lower case, "" for digits
	space   bool   // white space stands before it
}

func (t token) width() int { return t.end - t.at }

func tokenize(s string) []token {
	var out []token
	space := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			space = true
			i += n
			continue
		}
		t := token{at: i, end: i + n, space: space}
		space = false
		switch {
		case r >= '0' && r <= '9':
			t.num = true
			for t.end < len(s) && s[t.end] >= '0' && s[t.end] <= '9' {
				t.end++
			}
			t.value = -1
			if t.width() <= 9 {
				t.value = 0
				for _, d := range s[t.at:t.end] {
					t.value = t.value*10 + int(d-'0')
				}
			}
		case unicode.IsLetter(r):
			for t.end < len(s) {
				r, n := utf8.DecodeRuneInString(s[t.end:])
				if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
					break
				}
				t.end += n
			}
			t.word = strings.ToLower(s[t.at:t.end])
		default:
			t.word = string(r)
			if r == '–' || r == '—' || r == '−' {
				t.word = "-"
			}
		}
		out = append(out, t)
		i = t.end
	}
	return out
}

// tok is token i, or an empty one outside the line.
func (p *dateParser) tok(i int) token {
	if i < 0 || i >= len(p.toks) {
		return token{}
	}
	return p.toks[i]
}

func (p *dateParser) word(i int) string { return p.tok(i).word }

func (p *dateParser) is(i int, words ...string) bool {
	w := p.word(i)
	return w != "" && slices.Contains(words, w)
}

// skip passes one token if it is one of words.
func (p *dateParser) skip(i int, words ...string) int {
	if p.is(i, words...) {
		return i + 1
	}
	return i
}

// tight reports whether token i exists and touches the one before it.
func (p *dateParser) tight(i int) bool { return i > 0 && i < len(p.toks) && !p.toks[i].space }

func (p *dateParser) tightRun(from, to int) bool {
	for i := from; i <= to; i++ {
		if !p.tight(i) {
			return false
		}
	}
	return true
}

// clock is a time of day found at tokens [at, next), with its zone if printed.
type clock struct {
	at, next int
	h, m, s  int
	secs     bool
	zoned    bool
	zone     int // seconds east of UTC
	badZone  bool
}

func (k clock) valid() bool {
	return k.h <= 23 && k.m <= 59 && k.s <= 59 && k.h >= 0 && k.m >= 0 && k.s >= 0
}

// clock reads 21:55, 8:43:01 AM, 5:03:00 CH, 14h05, 20 giờ 15 phút, 9g30, each
// with a zone where one follows. «2 giờ trước» is none.
func (p *dateParser) clock(i int) (clock, bool) {
	h := p.tok(i)
	if !h.num || h.width() > 2 {
		return clock{}, false
	}
	k := clock{at: i, h: h.value}
	switch {
	case p.word(i+1) == ":" && p.tok(i+2).num && p.tok(i+2).width() == 2 && p.tightRun(i+1, i+2):
		k.m, k.next = p.tok(i+2).value, i+3
		if p.word(i+3) == ":" && p.tok(i+4).num && p.tok(i+4).width() == 2 && p.tightRun(i+3, i+4) {
			k.s, k.secs, k.next = p.tok(i+4).value, true, i+5
			if p.is(i+5, ".", ",") && p.tok(i+6).num && p.tightRun(i+5, i+6) {
				k.next = i + 7
			}
		}
	case p.is(i+1, "h", "g") && p.tight(i+1), p.is(i+1, "giờ"):
		k.next = i + 2
		if m := p.tok(i + 2); p.minutes(i + 2) {
			k.m, k.next = m.value, i+3
			k.next = p.skip(k.next, "phút", "ph", "p", "'", "′", "’")
			if p.tok(k.next).num && p.tok(k.next).width() <= 2 && p.word(k.next+1) == "giây" {
				k.s, k.secs, k.next = p.tok(k.next).value, true, k.next+2
			}
		} else if p.is(i+2, "trước") {
			return clock{}, false
		}
	default:
		return clock{}, false
	}
	if !k.valid() {
		return clock{}, false
	}
	k.next = p.half(&k, k.next)
	if z, next, found, bad := p.zone(k.next, k.secs); bad {
		k.badZone = true
	} else if found {
		k.zone, k.zoned, k.next = z, true, next
	}
	return k, true
}

// minutes reports whether the number at i belongs to the hour before it:
// «14h05», «20 giờ 15 phút», not «8 giờ 10 tháng 3» nor «20h 9/3/2023».
func (p *dateParser) minutes(i int) bool {
	t := p.tok(i)
	if !t.num || t.width() > 2 || p.is(i+1, "tháng", "th", "thg") {
		return false
	}
	if p.is(i+1, "/", "-", ".") && p.tok(i+2).num && p.tight(i+1) {
		return false
	}
	return t.width() == 2 || p.is(i+1, "phút", "ph", "p")
}

// half applies AM, PM, SA, CH, «sáng», «chiều», «tối». Some pages print both
// clocks at once («13:05 PM»): an hour beyond 12 stands as it is.
func (p *dateParser) half(k *clock, i int) int {
	next := i + 1
	w := p.word(i)
	if (w == "a" || w == "p") && p.word(i+1) == "." && p.word(i+2) == "m" {
		w, next = w+"m", i+3
		next = p.skip(next, ".")
	}
	switch w {
	case "am", "sa", "sáng":
		if k.h == 12 {
			k.h = 0
		}
	case "pm", "ch", "chiều", "tối":
		if k.h < 12 {
			k.h += 12
		}
	case "trưa":
		if k.h < 5 {
			k.h += 12
		}
	case "đêm":
		switch {
		case k.h == 12:
			k.h = 0
		case k.h >= 6 && k.h < 12:
			k.h += 12
		}
	default:
		return i
	}
	return next
}

// zone reads Z, UTC, GMT, ICT, the North American names of RFC 822, +0700,
// +07:00, +07, GMT+7, GMT+07:00 and (UTC +7). bad says that an offset was
// printed that no place has. Names it does not know are no zone.
func (p *dateParser) zone(i int, secs bool) (seconds, next int, found, bad bool) {
	j := p.skip(i, "(", "[")
	switch w := p.word(j); w {
	case "z", "gmt", "utc", "ut":
		next = j + 1
		if w != "z" && p.is(next, "+", "-") && p.tok(next+1).num && p.tight(next+1) {
			seconds, next, bad = p.offset(next)
		}
		return seconds, p.skip(next, ")", "]"), !bad, bad
	case "ict":
		return 7 * 3600, p.skip(j+1, ")", "]"), true, false
	case "+", "-":
		n := p.tok(j + 1)
		if !n.num || !p.tight(j+1) {
			return 0, 0, false, false
		}
		// «10:00-11:00» is a span of time, «10:00:00-05:00» is a zone
		if w == "-" && n.width() != 4 && !(secs && p.tight(j)) {
			return 0, 0, false, false
		}
		seconds, next, bad = p.offset(j)
		return seconds, p.skip(next, ")", "]"), !bad, bad
	default:
		hours, ok := map[string]int{"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}[w]
		return hours * 3600, p.skip(j+1, ")", "]"), ok, false
	}
}

// offset reads a signed offset at its sign.
func (p *dateParser) offset(i int) (seconds, next int, bad bool) {
	n, h, m := p.tok(i+1), 0, 0
	next = i + 2
	switch {
	case n.width() == 4:
		h, m = n.value/100, n.value%100
	case n.width() > 2:
		return 0, next, true
	default:
		h = n.value
		if p.word(next) == ":" && p.tok(next+1).num && p.tok(next+1).width() == 2 && p.tightRun(next, next+1) {
			m, next = p.tok(next+1).value, next+2
		}
	}
	if h > 14 || m > 59 {
		return 0, next, true
	}
	seconds = h*3600 + m*60
	if p.word(i) == "-" {
		seconds = -seconds
	}
	return seconds, next, false
}

// beside passes one word or sign that may stand between a day and its time.
func (p *dateParser) beside(i int) (next int, ok bool) {
	switch w := p.word(i); w {
	case ",", "|", "-", "•", "·", ";", "(", ")", "[", "]", ".", ":", "@",
		"lúc", "at", "vào", "hồi", "ngày", "cn", "giờ", "-/-":
		return i + 1, true
	case "t":
		if p.tok(i+1).num && p.tight(i+1) {
			return i + 1, true // 2023-03-10T08:15, and «T6» of a weekday
		}
	case "chủ":
		if p.word(i+1) == "nhật" {
			return i + 2, true
		}
	case "thứ":
		if n := p.tok(i + 1); n.num && n.value <= 7 && n.width() == 1 || p.is(i+1, "hai", "ba", "tư", "năm", "sáu", "bảy") {
			return i + 2, true
		}
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday":
		return i + 1, true
	}
	return i, false
}

// How many words or signs may stand between a day and its time.
const besideMost = 8

func (p *dateParser) clockAfter(i int) *clock {
	for range besideMost {
		if k, ok := p.clock(i); ok {
			return &k
		}
		next, ok := p.beside(i)
		if !ok {
			return nil
		}
		i = next
	}
	return nil
}

// clockBefore finds the last clock from which only signs lead to token i.
func (p *dateParser) clockBefore(i int) *clock {
	for at := i - 1; at >= 0 && at >= i-besideMost-8; at-- {
		if at > 0 && p.is(at-1, ":") && p.tight(at) && p.tight(at-1) {
			continue // inside h:mm:ss
		}
		k, ok := p.clock(at)
		if !ok || k.next > i {
			continue
		}
		j := k.next
		for j < i {
			next, ok := p.beside(j)
			if !ok {
				return nil
			}
			j = next
		}
		if j != i {
			return nil
		}
		if p.word(at-1) == "-" { // «8:00-11:00 ngày 9/3/2023» begins at 8:00
			for a := at - 2; a >= 0 && a >= at-6; a-- {
				if first, ok := p.clock(a); ok && first.next == at-1 {
					return &first
				}
			}
		}
		return &k
	}
	return nil
}

// dayAfter reports whether only signs lead from token i to another day.
func (p *dateParser) dayAfter(i int) bool {
	for range besideMost {
		if i < len(p.toks) {
			if _, ok := p.core(i); ok {
				return true
			}
		}
		next, ok := p.beside(i)
		if !ok {
			return false
		}
		i = next
	}
	return false
}
