package viet

import (
	"strings"
	"time"
)

// How much of a date was printed.
const (
	PrecisionDay    = "day"
	PrecisionMinute = "minute"
	PrecisionSecond = "second"
)

// Date is a date as people print it.
type Date struct {
	Time      time.Time // in DateOptions.Zone; midnight there when Precision is "day"
	Precision string    // "day", "minute" or "second"
	Zone      bool      // a zone was printed; false: DateOptions.Zone was assumed
	Text      string    // the part of the line that was read, in NFC, its full-width digits made plain
	Swapped   bool      // day and month stand against DateOptions.MonthFirst: only that reading exists («11/23/2026»)
	Formatted bool      // read by DateOptions.Format
	Relative  bool      // counted back from DateOptions.Now («2 giờ trước», «hôm qua»)
}

// DateOptions says how a source prints its dates. The zero value is right for
// Vietnamese pages: day first, relative forms refused.
type DateOptions struct {
	// MonthFirst reads 5/6/2026 as 6 May. AM or PM alone prove nothing:
	// Báo Yên Bái prints «6/8/2021 | 1:08:00 PM» day first.
	MonthFirst bool
	// Now resolves «2 giờ trước», «hôm qua» and a format without a year; zero refuses them.
	Now time.Time
	// Zone is where dates without a printed zone are at home: an IANA name or
	// an offset as "+07:00"; "" is Asia/Ho_Chi_Minh.
	Zone string
	// Format is how the source prints its dates, as in «dd/MM/yyyy HH:mm:ss».
	// It is tried first; a line without it is read as if there were none.
	//
	//	d dd      day, one or two digits      M MM      month, one or two digits
	//	yyyy yy   year; without one the last such day before Now
	//	H HH      hour of 24                  h hh tt   hour of 12 with SA, CH, AM or PM
	//	m mm s ss minutes, seconds            ddd dddd  any name of a weekday
	//	'…'       letters as they stand       a space   any white space, or none
	Format string
}

// Years outside this range are no publication dates: they are birthdays,
// 0001-01-01 of an unset field, or typing errors.
const firstYear, lastYear = 1990, 2100

// local is Asia/Ho_Chi_Minh: UTC+7 without daylight saving.
func local() *time.Location { return time.FixedZone("+07", 7*3600) }

// ParseDate finds the first date in a line of text, with its time and zone
// where they stand beside it. A date without a zone is in DateOptions.Zone;
// «GMT+7» and «ICT» are UTC+7, which Go's own parser and gofeed read as UTC,
// seven hours wrong and without an error. Impossible dates («31/2/2023») are
// refused, an impossible time beside a possible date is left out. A string that
// is nothing but digits is read as seconds or milliseconds since 1970 or as
// yyyymmdd[hhmm[ss]]. «3 tuần trước» and longer are refused, for they cannot
// decide a period, and so is «2 giờ trước» where the day is not certain. A Zone
// or Format that DateOptions.Check refuses is passed over.
func ParseDate(s string, opt DateOptions) (Date, bool) {
	text := strings.Map(plainSign, Clean(s))
	p := dateParser{text: text, toks: tokenize(text), opt: opt}
	if loc, err := opt.location(); err == nil {
		p.loc = loc
	}
	if opt.Format != "" {
		if d, ok := p.formatted(p.home()); ok {
			return d, true
		}
	}
	if d, ok := p.digits(); ok {
		return d, true
	}
	for i := 0; i < len(p.toks); i++ {
		if c, ok := p.core(i); ok {
			if d, ok := p.join(c); ok {
				return d, true
			}
			i = c.next - 1
			continue
		}
		if d, ok := p.relative(i); ok {
			return d, true
		}
	}
	return Date{}, false
}

// core is a day found at tokens [at, next), sometimes with its time inside.
type core struct {
	at, next         int
	year, month, day int
	swapped          bool
	clock            *clock // only where the time stands inside the date («Mon Jan 2 15:04:05 2006»)
}

type dateParser struct {
	text string
	toks []token
	opt  DateOptions
	loc  *time.Location // nil is local
}

func (p *dateParser) home() *time.Location {
	if p.loc == nil {
		return local()
	}
	return p.loc
}

// plainSign makes full-width digits and signs («２１／９／２０２５») plain ones.
func plainSign(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// core reads a day that begins at token i. A day that cannot exist is none.
func (p *dateParser) core(i int) (core, bool) {
	t := p.toks[i]
	var c core
	switch {
	case t.num && t.width() == 4:
		c = p.yearFirst(i)
	case t.num && t.width() <= 2:
		if c = p.numeric(i); c.next == 0 {
			c = p.dayWord(i)
		}
	case !t.num:
		c = p.wordFirst(i)
	case t.width() == 8 && p.is(i+1, "t") && p.tight(i+1):
		c = p.basic(i)
	}
	return c, c.next > 0
}

// yearFirst reads 2023-03-10, 2023/3/10 and 2023.03.10.
func (p *dateParser) yearFirst(i int) core {
	sep := p.word(i + 1)
	if sep != "-" && sep != "/" && sep != "." || p.word(i+3) != sep {
		return core{}
	}
	m, d := p.tok(i+2), p.tok(i+4)
	if !m.num || !d.num || m.width() > 2 || d.width() > 2 || !p.tightRun(i+1, i+4) {
		return core{}
	}
	return valid(core{at: i, next: i + 5, year: p.toks[i].value, month: m.value, day: d.value})
}

// basic reads 20230310T081500.
func (p *dateParser) basic(i int) core {
	v, h := p.toks[i].value, p.tok(i+2)
	if !h.num || !p.tight(i+2) || h.width() != 6 && h.width() != 4 {
		return core{}
	}
	hms := h.value
	if h.width() == 4 {
		hms *= 100
	}
	k := clock{at: i + 2, next: i + 3, h: hms / 10000, m: hms / 100 % 100, s: hms % 100, secs: h.width() == 6}
	if !k.valid() {
		return core{}
	}
	return valid(core{at: i, next: i + 3, year: v / 10000, month: v / 100 % 100, day: v % 100, clock: &k})
}

// numeric reads 6/8/2021, 23-11-2026, 6.8.2021, 30/9/17 and « 29 / 02 / 2016 ».
func (p *dateParser) numeric(i int) core {
	sep := p.word(i + 1)
	if sep != "/" && sep != "-" && sep != "." || p.word(i+3) != sep {
		return core{}
	}
	b, y := p.tok(i+2), p.tok(i+4)
	if !b.num || !y.num || b.width() > 2 {
		return core{}
	}
	if y.width() != 4 && (y.width() != 2 || sep == ".") {
		return core{}
	}
	if sep != "/" && !p.tightRun(i+1, i+4) {
		return core{} // «18 - 24 - 12» is a range or a score
	}
	// a longer run of the same separator is a number of a document or of a telephone
	if p.word(i+5) == sep && p.tight(i+5) && p.tight(i+6) && (sep == "/" || p.tok(i+6).num) {
		return core{}
	}
	if i >= 2 && p.word(i-1) == sep && p.toks[i-2].num && p.tight(i) && p.tight(i-1) {
		return core{}
	}
	c := core{at: i, next: i + 5, year: fullYear(y), day: p.toks[i].value, month: b.value}
	if p.opt.MonthFirst {
		c.day, c.month = c.month, c.day
	}
	if v := valid(c); v.next > 0 {
		return v
	}
	c.day, c.month, c.swapped = c.month, c.day, true
	return valid(c)
}

// dayWord reads «21 tháng 09 năm 2025», «23 Th11, 2026», «26 Jul 2017»,
// «26-Jul-17» and «14 Tháng Ba, 2023».
func (p *dateParser) dayWord(i int) core {
	day := p.toks[i].value
	j := p.skip(i+1, "/", "-")
	if w := p.word(j); w == "st" || w == "nd" || w == "rd" || w == "th" && !p.tok(j+1).num {
		j = p.skip(j+1, "of")
	}
	month, viet, k := p.month(j)
	if k == 0 {
		return core{}
	}
	k = p.skip(k, ",", "/", "-", ".")
	k = p.skip(k, "năm")
	y := p.tok(k)
	if !y.num || y.width() != 4 && (y.width() != 2 || viet) {
		return core{}
	}
	return valid(core{at: i, next: k + 1, year: fullYear(y), month: month, day: day})
}

// wordFirst reads «Jul 26, 2017», «Tháng Ba 14, 2023», «Th11 23, 2026» and
// «Jan 2 15:04:05 +0700 2006».
func (p *dateParser) wordFirst(i int) core {
	month, _, j := p.month(i)
	if j == 0 {
		return core{}
	}
	d := p.tok(p.skip(j, "."))
	j = p.skip(j, ".")
	if !d.num || d.width() > 2 {
		return core{}
	}
	j++
	if w := p.word(j); p.tight(j) && (w == "st" || w == "nd" || w == "rd" || w == "th") {
		j++
	}
	j = p.skip(j, ",")
	c := core{at: i, month: month, day: d.value}
	if k, ok := p.clock(j); ok {
		if y := p.tok(k.next); y.num && y.width() == 4 {
			c.clock, c.year, c.next = &k, y.value, k.next+1
			return valid(c)
		}
		return core{}
	}
	y := p.tok(j)
	if !y.num || y.width() != 4 {
		return core{}
	}
	c.year, c.next = y.value, j+1
	return valid(c)
}

// month reads a month's name at token i: «tháng 9», «tháng Chín», «Th11»,
// «thg 11», «Jul», «September». next is 0 if there is none.
func (p *dateParser) month(i int) (month int, viet bool, next int) {
	switch w := p.word(i); w {
	case "tháng", "thg", "th":
		n := p.tok(i + 1)
		if n.num {
			if n.width() <= 2 && (w != "th" || p.tight(i+1)) {
				return n.value, true, i + 2
			}
			return 0, true, 0
		}
		if w == "tháng" {
			month, next = p.monthWord(i + 1)
			return month, true, next
		}
	default:
		if m := englishMonth(w); m > 0 {
			next = i + 1
			return m, false, p.skip(next, ".")
		}
	}
	return 0, false, 0
}

func (p *dateParser) monthWord(i int) (month, next int) {
	w := p.word(i)
	if w == "mười" {
		switch p.word(i + 1) {
		case "một":
			return 11, i + 2
		case "hai":
			return 12, i + 2
		}
		return 10, i + 1
	}
	for m, names := range [...][]string{1: {"một", "giêng"}, 2: {"hai"}, 3: {"ba"}, 4: {"tư", "bốn"}, 5: {"năm"},
		6: {"sáu"}, 7: {"bảy"}, 8: {"tám"}, 9: {"chín"}, 12: {"chạp"}} {
		for _, n := range names {
			if w == n {
				return m, i + 1
			}
		}
	}
	return 0, 0
}

func englishMonth(w string) int {
	if len(w) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if w == name || w == name[:3] || w == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}

// fullYear reads two-digit years as mail does: 00–68 is 20xx.
func fullYear(y token) int {
	switch {
	case y.width() == 4:
		return y.value
	case y.value <= 68:
		return 2000 + y.value
	}
	return 1900 + y.value
}

// valid empties a core whose day cannot exist or cannot be a publication date.
func valid(c core) core {
	if c.year < firstYear || c.year > lastYear || c.month < 1 || c.month > 12 || c.day < 1 {
		return core{}
	}
	if c.day > time.Date(c.year, time.Month(c.month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return core{}
	}
	return c
}

// join looks for the time beside a day: after it first, unless that time
// belongs to the next day of the line, else before it.
func (p *dateParser) join(c core) (Date, bool) {
	k := c.clock
	if k == nil {
		after := p.clockAfter(c.next)
		before := p.clockBefore(c.at)
		if after != nil && before != nil && p.dayAfter(after.next) {
			after = nil
		}
		if k = after; k == nil {
			k = before
		}
	}
	d := Date{Precision: PrecisionDay, Swapped: c.swapped}
	from, to := c.at, c.next
	if k == nil {
		d.Time = time.Date(c.year, time.Month(c.month), c.day, 0, 0, 0, 0, p.home())
		d.Text = p.text[p.toks[from].at:p.toks[to-1].end]
		return d, true
	}
	if c.clock != nil { // the zone may follow the whole
		if z, next, found, bad := p.zone(c.next, k.secs); bad {
			return Date{}, false
		} else if found && !k.zoned {
			k.zone, k.zoned, to = z, true, next
		}
	}
	if k.badZone {
		return Date{}, false
	}
	loc := p.home()
	if k.zoned {
		loc, d.Zone = time.FixedZone("", k.zone), true
	}
	d.Time = time.Date(c.year, time.Month(c.month), c.day, k.h, k.m, k.s, 0, loc).In(p.home())
	if d.Precision = PrecisionMinute; k.secs {
		d.Precision = PrecisionSecond
	}
	from, to = min(from, k.at), max(to, k.next)
	d.Text = p.text[p.toks[from].at:p.toks[to-1].end]
	return d, true
}

// digits reads a string that holds nothing but a number, or .NET's /Date(…)/.
func (p *dateParser) digits() (Date, bool) {
	s := strings.TrimSuffix(strings.TrimPrefix(p.text, "/Date("), ")/")
	if len(s) < 8 || len(s) > 14 || strings.Trim(s, "0123456789") != "" {
		return Date{}, false
	}
	n := int64(0)
	for _, r := range s {
		n = n*10 + int64(r-'0')
	}
	d := Date{Precision: PrecisionSecond, Zone: true, Text: s}
	switch len(s) {
	case 10:
		d.Time = time.Unix(n, 0).In(p.home())
	case 13:
		d.Time = time.UnixMilli(n).In(p.home())
	case 8, 12, 14:
		layout := "20060102150405"[:len(s)]
		t, err := time.ParseInLocation(layout, s, p.home())
		if err != nil {
			return Date{}, false
		}
		d.Time, d.Zone = t, false
		d.Precision = map[int]string{8: PrecisionDay, 12: PrecisionMinute, 14: PrecisionSecond}[len(s)]
	default:
		return Date{}, false
	}
	return d, d.Time.Year() >= firstYear && d.Time.Year() <= lastYear
}

// relative reads «15 phút trước», «2 giờ trước», «hôm qua, 14:05», «vừa xong»
// against Now. Minutes are told to the minute. Hours give the day alone, for «2
// giờ trước» may be close to three, and nothing where midnight lies in between.
func (p *dateParser) relative(i int) (Date, bool) {
	if p.opt.Now.IsZero() {
		return Date{}, false
	}
	now := p.opt.Now.In(p.home())
	if p.toks[i].num {
		return p.ago(i, now)
	}
	if p.is(i, "vừa", "mới") && p.is(i+1, "xong", "đăng") && i+2 == len(p.toks) {
		return Date{Time: now.Truncate(time.Minute), Precision: PrecisionMinute, Relative: true, Text: p.text[p.toks[i].at:p.toks[i+1].end]}, true
	}
	days, ok := map[string]int{"nay": 0, "qua": -1, "kia": -2}[p.word(i+1)]
	if p.word(i) != "hôm" || !ok {
		return Date{}, false
	}
	t := now.AddDate(0, 0, days)
	d, ok := p.join(core{at: i, next: i + 2, year: t.Year(), month: int(t.Month()), day: t.Day()})
	d.Relative = true
	return d, ok
}

// ago reads «2 giờ trước» and «1 giờ 20 phút trước» at token i.
func (p *dateParser) ago(i int, now time.Time) (Date, bool) {
	n, unit, j := p.toks[i].value, p.word(i+1), i+2
	if n < 0 || n >= 1000 {
		return Date{}, false
	}
	back, step := time.Duration(0), time.Duration(0)
	switch unit {
	case "giây", "s":
		back, step = time.Duration(n)*time.Second, time.Minute
	case "phút", "ph", "p", "'":
		back, step = time.Duration(n)*time.Minute, time.Minute
	case "giờ", "tiếng", "h":
		back, step = time.Duration(n)*time.Hour, time.Hour
		if m := p.tok(j); m.num && m.value < 60 && p.is(j+1, "phút", "ph", "p", "'") {
			back, step, j = back+time.Duration(m.value)*time.Minute, time.Minute, j+2
		}
	case "ngày":
	default:
		return Date{}, false
	}
	if p.word(j) != "trước" {
		return Date{}, false
	}
	d := Date{Relative: true, Text: p.text[p.toks[i].at:p.toks[j].end]}
	switch t := now.Add(-back); {
	case unit == "ngày":
		d.Time, d.Precision = Midnight(now.AddDate(0, 0, -n)), PrecisionDay
	case step == time.Minute:
		d.Time, d.Precision = t.Truncate(time.Minute), PrecisionMinute
	case !Midnight(t).Equal(Midnight(t.Add(-step + time.Second))):
		return Date{}, false
	default:
		d.Time, d.Precision = Midnight(t), PrecisionDay
	}
	return d, true
}

// Midnight is when t's day begins, in t's own zone.
func Midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
