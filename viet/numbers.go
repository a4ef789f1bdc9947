package viet

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// longest is the longest programme that is believed: a duration beyond it is a
// slip of the column, not a broadcast.
const longest = 48 * time.Hour

// ParseDuration reads a length of time as logs and schedules print it:
// 15'30", 15 phút 30 giây, 1 giờ 5 phút, 15p, 00:15:30, 00:15:30:12 (frames
// are dropped), 15m30s, PT15M30S, 15,5 phút. «15:30» is fifteen minutes and
// thirty seconds: a column of lengths so short never means hours. A number
// without a unit is refused, for logs print minutes as often as seconds; the
// caller knows the head of the column and can add «phút» or «giây».
func ParseDuration(s string) (time.Duration, bool) {
	s = strings.ToLower(Clean(s))
	p := dateParser{text: s, toks: tokenize(s)}
	if len(p.toks) == 0 || len(p.toks) > 12 {
		return 0, false
	}
	if p.is(0, "pt") && p.tight(1) {
		p.toks = p.toks[1:]
	}
	d, ok := p.colons()
	if !ok {
		d, ok = p.units()
	}
	return d, ok && d > 0 && d <= longest
}

// colons reads [h:]mm:ss, hh:mm:ss:ff, hh:mm:ss;ff and hh:mm:ss.fff.
func (p *dateParser) colons() (time.Duration, bool) {
	var v []int
	for i, t := range p.toks {
		if i%2 == 0 {
			if !t.num || t.width() > 3 {
				return 0, false
			}
			v = append(v, t.value)
			continue
		}
		last := i == len(p.toks)-2
		if t.word != ":" && !(last && i == 5 && (t.word == ";" || t.word == "." || t.word == ",")) {
			return 0, false
		}
	}
	if len(p.toks)%2 == 0 || len(v) < 2 || len(v) > 4 {
		return 0, false
	}
	h, m, s := 0, v[0], v[1]
	if len(v) > 2 {
		h, m, s = v[0], v[1], v[2]
		if m > 59 {
			return 0, false
		}
	}
	if s > 59 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second, true
}

// units reads numbers with units, each unit at most once, the longer first.
// A last number after hours or minutes may leave its unit out: «1h05», «15'30».
func (p *dateParser) units() (time.Duration, bool) {
	var d time.Duration
	unit := 24 * time.Hour
	for i := 0; i < len(p.toks); {
		t := p.toks[i]
		if !t.num || t.value < 0 || t.width() > 5 {
			return 0, false
		}
		value := float64(t.value)
		i++
		if p.is(i, ",", ".") && p.tok(i+1).num && p.tightRun(i, i+1) {
			f, err := strconv.ParseFloat("0."+p.text[p.toks[i+1].at:p.toks[i+1].end], 64)
			if err != nil {
				return 0, false
			}
			value, i = value+f, i+2
		}
		var u time.Duration
		switch {
		case i == len(p.toks) && unit < 24*time.Hour && unit > time.Second:
			u = unit / 60
		case p.is(i, "giờ", "h", "g", "tiếng"):
			u = time.Hour
		case p.is(i, "'", "′", "’", "‘", "`") && p.is(i+1, "'", "′", "’", "‘", "`") && p.tight(i+1):
			u = time.Second
			i++
		case p.is(i, "phút", "ph", "p", "m", "min", "mins", "'", "′", "’", "‘", "`"):
			u = time.Minute
		case p.is(i, "giây", "gi", "s", "sec", "\"", "″", "”", "“"):
			u = time.Second
		default:
			return 0, false
		}
		if u >= unit || unit != 24*time.Hour && value >= 60 {
			return 0, false
		}
		d += time.Duration(math.Round(value * float64(u)))
		unit = u
		i++
		i = p.skip(i, ",", ".")
	}
	return d.Round(time.Second), true
}

// parseCount reads a whole number as printed: 02, 26,887, 1.234, 1 234. A
// separator stands between groups of three digits; anything else is refused.
func parseCount(s string) (int, bool) {
	s = Clean(s)
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' || r == ' ' })
	for i, g := range groups {
		if strings.Trim(g, "0123456789") != "" || len(groups) > 1 && (i > 0 && len(g) != 3 || len(g) > 3) {
			return 0, false
		}
	}
	joined := strings.Join(groups, "")
	if joined == "" || len(joined) > 15 || len(s) != len(joined)+len(groups)-1 {
		return 0, false
	}
	n, err := strconv.Atoi(joined)
	return n, err == nil
}

// Number prints a whole number with a dot between thousands: 1.234.
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var parts []string
	for len(s) > 3 {
		parts = append(parts, s[len(s)-3:])
		s = s[:len(s)-3]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return sign + strings.Join(parts, ".")
}

// Decimal prints v with a decimal comma and at most one digit after it: 12,5.
func Decimal(v float64) string {
	r := math.Round(v * 10)
	if math.Abs(r) > 1e15 || math.IsNaN(r) {
		return "?"
	}
	n := int64(r)
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	out := sign + Number(int(n/10))
	if n%10 != 0 {
		out += "," + strconv.Itoa(int(n%10))
	}
	return out
}

// Duration prints a length of time in words, to the second: 12 phút 40 giây.
func Duration(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	n := int(d.Round(time.Second) / time.Second)
	var parts []string
	for _, u := range [...]struct {
		size int
		name string
	}{{3600, "giờ"}, {60, "phút"}, {1, "giây"}} {
		if q := n / u.size; q > 0 {
			parts = append(parts, strconv.Itoa(q)+" "+u.name)
			n %= u.size
		}
	}
	if parts == nil {
		return "0 giây"
	}
	return strings.Join(parts, " ")
}

// Day prints a date as official papers do: days under 10 and months 1 and 2
// with a leading zero (Nghị định 30/2020/NĐ-CP, Phụ lục I): 09/3/2023, 10/02/2023.
func Day(t time.Time) string {
	t = t.In(local())
	month := fmt.Sprint(int(t.Month()))
	if t.Month() <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("%02d/%s/%d", t.Day(), month, t.Year())
}

// LongDay prints a date as papers bear it: «ngày 06 tháng 3 năm 2023»; days below 10 and months 1 and 2 have a zero before
// them (Nghị định 30/2020/NĐ-CP, Phụ lục I.II.4).
func LongDay(t time.Time) string {
	t = t.In(local())
	month := fmt.Sprint(int(t.Month()))
	if t.Month() <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
}

// Clock prints a time of day in UTC+7: 20h15.
func Clock(t time.Time) string { return t.In(local()).Format("15h04") }

// Moment prints a time of day and its date: 20h15 ngày 09/3/2023.
func Moment(t time.Time) string { return Clock(t) + " ngày " + Day(t) }

// Capital makes the first letter of a sentence a capital.
func Capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}

// Uncapital writes a title so that it can stand inside a sentence.
func Uncapital(s string) string {
	head, rest, _ := strings.Cut(s, " ")
	if head == strings.ToUpper(head) && len([]rune(head)) > 1 { // an abbreviation
		return s
	}
	r := []rune(head)
	if len(r) == 0 {
		return s
	}
	return strings.TrimSpace(strings.ToLower(string(r[:1])) + string(r[1:]) + " " + rest)
}
