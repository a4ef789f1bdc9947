package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation(dayLayout, s, Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// tet is a table of 2023's days off that fall on Monday to Friday, and more.
func tet() Calendar {
	off := map[string]string{"2023-01-01": "Tết Dương lịch", "2023-01-02": "Nghỉ bù Tết Dương lịch"}
	for d := day("2023-01-20"); !d.After(day("2023-01-26")); d = d.AddDate(0, 0, 1) {
		off[d.Format(dayLayout)] = "Tết Nguyên đán"
	}
	for d := day("2023-04-29"); !d.After(day("2023-05-03")); d = d.AddDate(0, 0, 1) {
		off[d.Format(dayLayout)] = "Giỗ Tổ, 30/4 và 01/5"
	}
	for d := day("2023-09-01"); !d.After(day("2023-09-04")); d = d.AddDate(0, 0, 1) {
		off[d.Format(dayLayout)] = "Quốc khánh"
	}
	return Calendar{Off: off, Years: []int{2023}}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ id, from, to, name string }{
		{"2023-W01", "2023-01-02", "2023-01-09", "tuần 1 (02/01–08/01/2023)"},
		{"2023-W10", "2023-03-06", "2023-03-13", "tuần 10 (06/3–12/3/2023)"},
		{"2023-W52", "2023-12-25", "2024-01-01", "tuần 52 (25/12–31/12/2023)"},
		{"2022-W52", "2022-12-26", "2023-01-02", "tuần 52 (26/12/2022–01/01/2023)"},
		{"2020-W01", "2019-12-30", "2020-01-06", "tuần 1 (30/12/2019–05/01/2020)"},
		{"2020-W53", "2020-12-28", "2021-01-04", "tuần 53 (28/12/2020–03/01/2021)"},
		{"2021-W01", "2021-01-04", "2021-01-11", "tuần 1 (04/01–10/01/2021)"},
		{"2026-W01", "2025-12-29", "2026-01-05", "tuần 1 (29/12/2025–04/01/2026)"},
		{"2026-W53", "2026-12-28", "2027-01-04", "tuần 53 (28/12/2026–03/01/2027)"},
		{"2023-01", "2023-01-01", "2023-02-01", "tháng 01/2023"},
		{"2023-03", "2023-03-01", "2023-04-01", "tháng 3/2023"},
		{"2023-12", "2023-12-01", "2024-01-01", "tháng 12/2023"},
		{"2024-02", "2024-02-01", "2024-03-01", "tháng 02/2024"},
		{"2023-03@14", "2023-02-15", "2023-03-15", "từ 15/02 đến 14/3/2023"},
		{"2023-01@14", "2022-12-15", "2023-01-15", "từ 15/12/2022 đến 14/01/2023"},
		{"2023-Q1", "2023-01-01", "2023-04-01", "quý I/2023"},
		{"2023-Q4", "2023-10-01", "2024-01-01", "quý IV/2023"},
		{"2023-Q1@14", "2022-12-15", "2023-03-15", "quý I/2023 (từ 15/12/2022 đến 14/3/2023)"},
		{"2023-Q2@14", "2023-03-15", "2023-06-15", "quý II/2023 (từ 15/3 đến 14/6/2023)"},
		{"2023-Q3@14", "2023-06-15", "2023-09-15", "quý III/2023 (từ 15/6 đến 14/9/2023)"},
		{"2023-Q4@14", "2023-09-15", "2023-12-15", "quý IV/2023 (từ 15/9 đến 14/12/2023)"},
		{"2023-H1", "2023-01-01", "2023-07-01", "6 tháng đầu năm 2023"},
		{"2023-H1@14", "2022-12-15", "2023-06-15", "6 tháng đầu năm 2023 (từ 15/12/2022 đến 14/6/2023)"},
		{"2023-H2", "2023-07-01", "2024-01-01", "6 tháng cuối năm 2023"},
		{"2023-H2@14", "2023-06-15", "2023-12-15", "6 tháng cuối năm 2023 (từ 15/6 đến 14/12/2023)"},
		{"2023-9M", "2023-01-01", "2023-10-01", "9 tháng đầu năm 2023"},
		{"2023-9M@14", "2022-12-15", "2023-09-15", "9 tháng đầu năm 2023 (từ 15/12/2022 đến 14/9/2023)"},
		{"2023", "2023-01-01", "2024-01-01", "năm 2023"},
		{"2023@14", "2022-12-15", "2023-12-15", "năm 2023 (từ 15/12/2022 đến 14/12/2023)"},
		{"2022-12-30..2023-01-30", "2022-12-30", "2023-01-31", "từ 30/12/2022 đến 30/01/2023"},
	} {
		p, err := Parse(c.id)
		if err != nil {
			t.Errorf("%s: %v", c.id, err)
			continue
		}
		if want := (Period{c.id, day(c.from), day(c.to)}); p != want {
			t.Errorf("%s: got %v, want %v", c.id, p, want)
		}
		if p.Name() != c.name {
			t.Errorf("%s: name %q, want %q", c.id, p.Name(), c.name)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, id := range []string{"", "2023-", "23", "2023-13", "2023-00", "2023-3", "2023-W00", "2023-W53", "2023-W1", "2023-W10@14", "2021-W53",
		"2023-Q5", "2023-Q0", "2023-H3", "2023-9m", "2023@15", "2023-03@14@14", "@14", "2023-03-01", " 2023", "2023-+3", "٢٠٢٣",
		"2023-01-02..2023-01-01", "2023-01-02..", "..", "2023-01-01..2023-02-30", "1899", "2200"} {
		if p, err := Parse(id); err == nil {
			t.Errorf("%q was read as %v", id, p)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2023-W10", "2023-03@14", "2023-9M@14", "2022-12-30..2023-01-30", "2023@14", "x-Q9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err != nil {
			return
		}
		if p.ID != s || !p.Start.Before(p.End) || p.Name() == "" {
			t.Fatalf("%q: %v %q", s, p, p.Name())
		}
	})
}

// Periods of each cadence tile 2020 to 2040, and each is what its id says.
func TestPeriodsTile(t *testing.T) {
	lo, hi := day("2020-01-01"), day("2041-01-01")
	for _, c := range Cadences() {
		ps := c.Periods(lo, hi)
		if len(ps) == 0 || ps[0].Start.After(lo) || ps[len(ps)-1].End.Before(hi) {
			t.Fatalf("%s: does not cover", c)
		}
		seen := map[string]bool{}
		for i, p := range ps {
			if i > 0 && !ps[i-1].End.Equal(p.Start) {
				t.Errorf("%s: %s does not begin where %s ends", c, p.ID, ps[i-1].ID)
			}
			if q, err := Parse(p.ID); err != nil || q != p {
				t.Errorf("%s: Parse(%s) = %v, %v", c, p.ID, q, err)
			}
			if seen[p.ID] {
				t.Errorf("%s: %s twice", c, p.ID)
			}
			seen[p.ID] = true
		}
	}
}

func TestPeriodsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(Cadences()).Draw(t, "cadence")
		base := day("2020-01-01").Unix()
		a := time.Unix(base+rapid.Int64Range(0, 20*366*86400).Draw(t, "from"), 0)
		b := a.Add(time.Duration(rapid.Int64Range(1, 800*86400).Draw(t, "length")) * time.Second)
		ps := c.Periods(a, b)
		for i, p := range ps {
			if !p.Start.Before(p.End) || !p.Start.Before(b) || !a.Before(p.End) {
				t.Fatalf("%v does not meet the span", p)
			}
			if i > 0 && ps[i-1].End != p.Start {
				t.Fatalf("gap or overlap before %v", p)
			}
			if q, err := Parse(p.ID); err != nil || q != p {
				t.Fatalf("Parse(%s) = %v, %v", p.ID, q, err)
			}
			if !p.Contains(p.Midpoint()) || !p.Contains(p.LastDay()) {
				t.Fatalf("%v: its middle or last day is outside", p)
			}
		}
		if !ps[0].Contains(a) {
			t.Fatalf("first period %v does not hold %v", ps[0], a)
		}
		if c != Once && At(c, a) != ps[0] {
			t.Fatalf("At %v is not %v", At(c, a), ps[0])
		}
		if n := len(c.Periods(b, a)); n != 0 {
			t.Fatalf("a span that runs backwards has %d periods", n)
		}
	})
}

func TestWeeks(t *testing.T) {
	for year, want := range map[int]int{2020: 53, 2021: 52, 2022: 52, 2023: 52, 2024: 52, 2025: 52, 2026: 53, 2032: 53} {
		ws := WeeksOf(year)
		if len(ws) != want || WeeksIn(year) != want {
			t.Errorf("%d has %d weeks, want %d", year, len(ws), want)
		}
		for _, w := range ws {
			if y := w.Midpoint().Year(); y != year {
				t.Errorf("the Thursday of %s lies in %d", w.ID, y)
			}
		}
	}
	if w := WeekOf(day("2023-01-01")); w.ID != "2022-W52" {
		t.Errorf("01/01/2023 is in %s", w.ID)
	}
	// 18:00 UTC on Sunday is Monday 01:00 here.
	if w := WeekOf(time.Date(2023, 3, 5, 18, 0, 0, 0, time.UTC)); w.ID != "2023-W10" {
		t.Errorf("got %s, want the local week", w.ID)
	}
}

// The counts of docs/RULES.md 2.
func TestClosedWeeks(t *testing.T) {
	count := func(id string) int {
		p, err := Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, w := range WeeksOf(2023) {
			if ReportedIn(w, p) {
				n++
			}
		}
		return n
	}
	months := []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"}
	byMonth := []int{4, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 5}
	byWindow := []int{1, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4}
	for i, m := range months {
		if n := count("2023-" + m); n != byMonth[i] {
			t.Errorf("month %s closes %d weeks, want %d", m, n, byMonth[i])
		}
		if n := count("2023-" + m + "@14"); n != byWindow[i] {
			t.Errorf("window %s closes %d weeks, want %d", m, n, byWindow[i])
		}
	}
	for id, want := range map[string]int{"2023-Q1@14": 10, "2023-Q2@14": 13, "2023-Q3@14": 13, "2023-Q4@14": 13,
		"2023-H1@14": 23, "2023-H2@14": 26, "2023-9M@14": 36, "2023@14": 49, "2023": 52} {
		if n := count(id); n != want {
			t.Errorf("%s closes %d weeks, want %d", id, n, want)
		}
	}
}

func TestDaysOff(t *testing.T) {
	c := tet()
	for d, off := range map[string]bool{"2023-01-02": true, "2023-01-03": false, "2023-01-19": false, "2023-01-20": true,
		"2023-01-26": true, "2023-01-27": false, "2023-01-28": true, "2023-01-30": false, "2023-05-03": true, "2023-05-04": false} {
		if c.IsOff(day(d)) != off || c.WorkingDay(day(d)) == off {
			t.Errorf("%s: off is %v", d, !off)
		}
	}
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2023-01-19", 1, "2023-01-27"}, // over Tết
		{"2023-01-27", -1, "2023-01-19"},
		{"2023-01-22", 0, "2023-01-22"}, // nothing is moved
		{"2023-01-22", 1, "2023-01-27"},
		{"2023-03-12", -1, "2023-03-10"}, // Sunday to Friday
		{"2023-03-12", -3, "2023-03-08"},
		{"2023-03-06", 5, "2023-03-13"},
		{"2023-04-28", 1, "2023-05-04"},
	} {
		if got := c.AddWorkingDays(day(x.from).Add(15*time.Hour), x.n); !got.Equal(day(x.want).Add(15 * time.Hour)) {
			t.Errorf("%s %+d: got %v, want %s", x.from, x.n, got, x.want)
		}
	}
	if got := c.NextWorkingDay(day("2023-01-20")); !got.Equal(day("2023-01-27")) {
		t.Errorf("next working day is %v", got)
	}
	for _, x := range []struct {
		a, b          string
		working, gaps int
	}{
		{"2023-01-19", "2023-01-27", 1, 1}, // the seven days of Tết are left out of the gap
		{"2023-01-16", "2023-01-30", 5, 7}, // 17, 18, 19, 27, 30; weekend days of the 28th and 29th count in the gap
		{"2023-03-01", "2023-03-08", 5, 7},
		{"2023-03-08", "2023-03-01", 0, 0},
		{"2023-03-01", "2023-03-01", 0, 0},
	} {
		if n := c.WorkingDaysBetween(day(x.a), day(x.b)); n != x.working {
			t.Errorf("%s to %s: %d working days, want %d", x.a, x.b, n, x.working)
		}
		if n := c.GapDays(day(x.a).Add(23*time.Hour), day(x.b)); n != x.gaps {
			t.Errorf("%s to %s: gap of %d, want %d", x.a, x.b, n, x.gaps)
		}
	}
}

func TestWorkingDaysProperties(t *testing.T) {
	c := tet()
	rapid.Check(t, func(t *rapid.T) {
		a := day("2022-12-01").AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "day"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		b := c.AddWorkingDays(a, n)
		if !c.WorkingDay(b) || c.WorkingDaysBetween(a, b) != n {
			t.Fatalf("%v +%d is %v, %d working days on", a, n, b, c.WorkingDaysBetween(a, b))
		}
		if back := c.AddWorkingDays(b, -n); c.WorkingDay(a) && !back.Equal(a) {
			t.Fatalf("%v there and back is %v", a, back)
		}
		if g := c.GapDays(a, b); g > DaysBetween(a, b) || g < n {
			t.Fatalf("gap %d from %v to %v", g, a, b)
		}
	})
}
