package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// layout of a day in the id of a free span.
const dayLayout = "2006-01-02"

// Parse reads a period's id: an ISO week (2023-W10), a month (2023-03), a
// quarter (2023-Q1), a half (2023-H1), nine months (2023-9M), a year (2023),
// any of those but the week with @14 for the reporting window that runs from
// the 15th to the 14th (docs/RULES.md 2, from Nghị định 09/2019/NĐ-CP Điều 12),
// or a free span of whole days, both named days included
// (2022-12-30..2023-01-30), which is how a Once period is called.
// Parse(p.ID) equals p for every period this package makes.
func Parse(id string) (Period, error) {
	bad := func(want string) (Period, error) {
		return Period{}, fmt.Errorf("period %q: want %s", id, want)
	}
	if from, to, ok := strings.Cut(id, ".."); ok {
		a, err1 := time.ParseInLocation(dayLayout, from, Zone)
		b, err2 := time.ParseInLocation(dayLayout, to, Zone)
		if err1 != nil || err2 != nil || b.Before(a) || a.Year() < 1900 || b.Year() > 2199 {
			return bad("two days as 2022-12-30..2023-01-30, in order")
		}
		return Span(a, b.AddDate(0, 0, 1)), nil
	}
	body, cut14 := strings.CutSuffix(id, "@14")
	y, part, hasPart := strings.Cut(body, "-")
	year, ok := number(y, 4)
	if !ok || year < 1900 || year > 2199 {
		return bad("a year of four digits first, 1900 to 2199")
	}
	if !hasPart {
		return months(id, year, 1, 12, cut14), nil
	}
	if w, isWeek := strings.CutPrefix(part, "W"); isWeek {
		n, ok := number(w, 2)
		if !ok || n < 1 || n > WeeksIn(year) || cut14 {
			return bad(fmt.Sprintf("a week from W01 to W%d without @14", WeeksIn(year)))
		}
		return week(year, n), nil
	}
	switch part {
	case "Q1", "Q2", "Q3", "Q4":
		q := int(part[1] - '0')
		return months(id, year, 3*q-2, 3*q, cut14), nil
	case "H1":
		return months(id, year, 1, 6, cut14), nil
	case "H2":
		return months(id, year, 7, 12, cut14), nil
	case "9M":
		return months(id, year, 1, 9, cut14), nil
	}
	if m, ok := number(part, 2); ok && m >= 1 && m <= 12 {
		return months(id, year, m, m, cut14), nil
	}
	return bad("2023-W10, 2023-03, 2023-Q1, 2023-H1, 2023-9M or 2023, or @14 after all but the week, or 2022-12-30..2023-01-30")
}

// number reads exactly n decimal digits.
func number(s string, n int) (int, bool) {
	if len(s) != n {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	v, err := strconv.Atoi(s)
	return v, err == nil
}

// months is the period of months a to b of a year, or the window that ends on
// the 14th of month b and begins on the 15th of the month before a.
func months(id string, year, a, b int, cut14 bool) Period {
	if cut14 {
		return Period{ID: id, Start: date(year, a-1, 15), End: date(year, b, 15)}
	}
	return Period{ID: id, Start: date(year, a, 1), End: date(year, b+1, 1)}
}

// week is ISO week n of an ISO year; 4 January always lies in week 1.
func week(year, n int) Period {
	jan4 := date(year, 1, 4)
	monday := jan4.AddDate(0, 0, -weekday(jan4)+7*(n-1))
	return Period{ID: fmt.Sprintf("%04d-W%02d", year, n), Start: monday, End: monday.AddDate(0, 0, 7)}
}

// weekday counts from Monday, 0 to 6.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, Zone) }

// Day is the local midnight that begins the day of t.
func Day(t time.Time) time.Time {
	t = t.In(Zone)
	return date(t.Year(), int(t.Month()), t.Day())
}

// DaysBetween counts whole calendar days from the day of a to the day of b; negative if b is earlier.
func DaysBetween(a, b time.Time) int {
	return int((Day(b).Unix() - Day(a).Unix()) / 86400) // the zone has no daylight saving: every day is 24 h
}

// Span is the free period of whole days from the day of from to the day before
// that of to (one day at least). It is the one period of a Once quota.
func Span(from, to time.Time) Period {
	a, b := Day(from), Day(to)
	if to.In(Zone).After(b) {
		b = b.AddDate(0, 0, 1)
	}
	if !b.After(a) {
		b = a.AddDate(0, 0, 1)
	}
	return Period{ID: a.Format(dayLayout) + ".." + b.AddDate(0, 0, -1).Format(dayLayout), Start: a, End: b}
}

// WeeksIn is the number of ISO weeks of an ISO year: 52 or 53.
func WeeksIn(year int) int {
	_, w := date(year, 12, 28).ISOWeek() // 28 December always lies in the last week
	return w
}

// WeeksOf lists the ISO weeks a plan of this year owns: those whose Thursday
// lies in it (docs/RULES.md 2). 01/01/2023 is of 2022-W52 and is not among 2023's.
func WeeksOf(year int) []Period {
	out := make([]Period, 0, 53)
	for n := 1; n <= WeeksIn(year); n++ {
		out = append(out, week(year, n))
	}
	return out
}

// WeekOf is the ISO week of t.
func WeekOf(t time.Time) Period {
	y, w := t.In(Zone).ISOWeek()
	return week(y, w)
}

// At is the period of the cadence that contains t. Once has no calendar of its
// own: its answer is the zero Period.
func At(c Cadence, t time.Time) Period {
	t = t.In(Zone)
	switch c {
	case Week:
		return WeekOf(t)
	case Month:
		return months(t.Format("2006-01"), t.Year(), int(t.Month()), int(t.Month()), false)
	case Quarter:
		q := (int(t.Month())-1)/3 + 1
		return months(fmt.Sprintf("%04d-Q%d", t.Year(), q), t.Year(), 3*q-2, 3*q, false)
	case Half:
		h := (int(t.Month())-1)/6 + 1
		return months(fmt.Sprintf("%04d-H%d", t.Year(), h), t.Year(), 6*h-5, 6*h, false)
	case Year:
		return months(t.Format("2006"), t.Year(), 1, 12, false)
	case Month14, Quarter14: // the window of the month or quarter in which the window that holds t ends
		y, m := t.Year(), int(t.Month())
		if t.Day() >= 15 {
			y, m = y+m/12, m%12+1
		}
		if c == Month14 {
			return months(fmt.Sprintf("%04d-%02d@14", y, m), y, m, m, true)
		}
		q := (m-1)/3 + 1
		return months(fmt.Sprintf("%04d-Q%d@14", y, q), y, 3*q-2, 3*q, true)
	}
	return Period{}
}

// Cadences lists every cadence a plan file may name.
func Cadences() []Cadence {
	return []Cadence{Week, Month, Quarter, Half, Year, Month14, Quarter14, Once}
}

// Periods lists, in order, the periods that meet the span [from, to): they
// tile it without gap or overlap, and the first and last may stick out. A Once
// cadence is the span itself, in whole days. An empty span has no periods.
func (c Cadence) Periods(from, to time.Time) []Period {
	if !from.Before(to) {
		return nil
	}
	if c == Once {
		return []Period{Span(from, to)}
	}
	var out []Period
	for p := At(c, from); p.ID != "" && p.Start.Before(to); p = At(c, p.End) {
		out = append(out, p)
	}
	return out
}

// Midpoint is the instant that decides to which year or plan a period belongs;
// for a week it lies in its Thursday, as ISO 8601 wants.
func (p Period) Midpoint() time.Time { return p.Start.Add(p.End.Sub(p.Start) / 2) }

// LastDay is the last day of the period, at its midnight.
func (p Period) LastDay() time.Time { return Day(p.End.Add(-time.Nanosecond)) }

// ReportedIn reports whether a week is reported in a window: the window holds
// the week's Sunday (closed-week rule, docs/RULES.md 2).
func ReportedIn(week, window Period) bool { return window.Contains(week.LastDay()) }

// Name is the period in Vietnamese words, without a capital: «tuần 10
// (06/3–12/3/2023)», «tháng 3/2023», «từ 15/02 đến 14/3/2023», «quý I/2023».
// Days under 10 and months 1 and 2 are printed with a leading 0, as Nghị định
// 30/2020/NĐ-CP prints dates.
func (p Period) Name() string {
	body, cut14 := strings.CutSuffix(p.ID, "@14")
	year, part, _ := strings.Cut(body, "-")
	var name string
	switch {
	case strings.Contains(p.ID, ".."):
		return "từ " + p.span(" đến ")
	case strings.HasPrefix(part, "W"):
		return "tuần " + strings.TrimLeft(part[1:], "0") + " (" + p.span("–") + ")"
	case part == "":
		name = "năm " + year
	case part[0] == 'Q':
		name = "quý " + [...]string{"I", "II", "III", "IV"}[(part[1]-'1')&3] + "/" + year
	case part == "H1":
		name = "6 tháng đầu năm " + year
	case part == "H2":
		name = "6 tháng cuối năm " + year
	case part == "9M":
		name = "9 tháng đầu năm " + year
	case cut14:
		return "từ " + p.span(" đến ")
	default:
		return "tháng " + p.Start.Format("01/2006")[monthDigits(p.Start):]
	}
	if cut14 {
		name += " (từ " + p.span(" đến ") + ")"
	}
	return name
}

// span prints the first and the last day; the year once when it is the same.
func (p Period) span(between string) string {
	a, b := p.Start.In(Zone), p.LastDay()
	if a.Year() == b.Year() {
		return dayMonth(a) + between + dayMonth(b) + b.Format("/2006")
	}
	return dayMonth(a) + a.Format("/2006") + between + dayMonth(b) + b.Format("/2006")
}

func dayMonth(t time.Time) string { return t.Format("02/") + t.Format("01")[monthDigits(t):] }

// monthDigits is how many leading zeros of a two-digit month are dropped.
func monthDigits(t time.Time) int {
	if m := t.Month(); m >= 3 && m <= 9 {
		return 1
	}
	return 0
}
