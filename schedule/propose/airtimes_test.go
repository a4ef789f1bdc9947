package propose

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func evening(channel string, from, to int, open bool, days ...time.Weekday) Block {
	b := Block{Channel: channel, Days: days, Start: from, End: to, Open: open}
	if !open {
		b.Programme = "Thời sự"
	}
	return b
}

func ask(weeks int) Ask {
	return Ask{Quota: "B-D1", Column: "chung-tay", Minutes: 20, From: day("2023-04-03"), To: day("2023-04-03").AddDate(0, 0, 7*weeks), Now: day("2023-04-01")}
}

func aired(when string, minute int) media.Airing {
	return media.Airing{Channel: "tv", Column: "chung-tay", Start: day(when).Add(time.Duration(minute) * time.Minute), Duration: 20 * time.Minute, FirstRun: true}
}

// told writes a season as «T5 20:15», «-» where there is none, with the codes
// that say why there.
func told(s Season) (out []string) {
	for _, x := range s.Times {
		line := "-"
		if !x.Start.IsZero() {
			at := x.Start.In(calendar.Zone)
			line = fmt.Sprintf("T%d %s", weekday(at.Weekday())+2, at.Format("15:04"))
		}
		for _, r := range x.Reasons {
			if strings.HasPrefix(r.Code, "slot_") {
				line += " " + strings.TrimPrefix(r.Code, "slot_")
			}
		}
		out = append(out, line)
	}
	return out
}

func TestAirtimes(t *testing.T) {
	const h20, h2015 = 20 * 60, 20*60 + 15
	thursday := evening("tv", h20, h20+60, true, time.Thursday)
	friday := evening("tv", h20, h20+30, true, time.Friday)
	sport := func(from, to string) Conflict {
		return Conflict{From: day(from), To: day(to), Start: 19 * 60, End: 22 * 60, Why: "bóng đá trực tiếp"}
	}
	tet := &calendar.Calendar{Off: map[string]string{"2023-05-04": "Ngày lễ"}}
	own := evening("tv", 21*60, 21*60+30, false, time.Monday)
	own.Column = "chung-tay"
	for name, c := range map[string]struct {
		grid    Grid
		past    []media.Airing
		change  func(*Ask)
		want    []string
		changes int
	}{
		"one regular time": {grid: Grid{Blocks: []Block{thursday, friday}}, want: []string{"T5 20:00 regular", "T5 20:00 kept", "T5 20:00 kept", "T5 20:00 kept"}},
		"where it has been": {grid: Grid{Blocks: []Block{thursday, friday}}, past: []media.Airing{aired("2023-03-16", h2015), aired("2023-03-23", h2015), aired("2023-03-31", h20)},
			want: []string{"T5 20:15 kept", "T5 20:15 kept", "T5 20:15 kept", "T5 20:15 kept"}},
		"where it has been is in the grid no more": {grid: Grid{Blocks: []Block{thursday, own}}, past: []media.Airing{aired("2023-03-17", h2015)},
			want: []string{"T2 21:00 kept own", "T2 21:00 kept own", "T2 21:00 kept own", "T2 21:00 kept own"}},
		"its own place, but for a match": {grid: Grid{Blocks: []Block{own, friday}, Conflicts: []Conflict{sport("2023-04-10", "2023-04-11")}},
			want: []string{"T2 21:00 kept own", "T6 20:10 off conflict", "T2 21:00 kept own", "T2 21:00 kept own"}, changes: 1},
		"off for a week": {grid: Grid{Blocks: []Block{thursday, friday}, Conflicts: []Conflict{sport("2023-04-13", "2023-04-14")}}, past: []media.Airing{aired("2023-03-16", h2015)},
			want: []string{"T5 20:15 kept", "T6 20:10 off conflict", "T5 20:15 kept", "T5 20:15 kept"}, changes: 1},
		"an hour off": {grid: Grid{Blocks: []Block{thursday}, Conflicts: []Conflict{{From: day("2023-04-13"), To: day("2023-04-14"), Start: h20 + 30, End: h20 + 40, Why: "trao giải"}}}, past: []media.Airing{aired("2023-03-16", h2015)},
			want: []string{"T5 20:15 kept", "T5 20:10 off conflict", "T5 20:15 kept", "T5 20:15 kept"}, changes: 1},
		"moves for good": {grid: Grid{Blocks: []Block{thursday, friday}, Conflicts: []Conflict{{From: day("2023-04-10"), To: day("2023-07-01"), Start: h20, End: h20 + 60, Why: "giờ vàng phim Việt"}}}, past: []media.Airing{aired("2023-03-16", h2015)},
			change: func(a *Ask) { a.To = day("2023-04-10") }, want: []string{"T5 20:15 kept"}},
		"announced once": {grid: Grid{Blocks: []Block{thursday, evening("tv", h20, h20+60, true, time.Saturday)}, Conflicts: []Conflict{sport("2023-04-13", "2023-04-14"), sport("2023-04-20", "2023-04-21"), sport("2023-04-27", "2023-04-28")}},
			past: []media.Airing{aired("2023-03-16", h2015)}, want: []string{"T5 20:15 kept", "T7 20:15 moved conflict", "T7 20:15 kept", "T7 20:15 kept"}, changes: 1},
		"none": {grid: Grid{Blocks: []Block{thursday}, Conflicts: []Conflict{sport("2023-04-10", "2023-04-17")}},
			want: []string{"T5 20:00 regular", "- none conflict", "T5 20:00 kept", "T5 20:00 kept"}},
		"its own place before an open one": {grid: Grid{Blocks: []Block{thursday, own}}, want: []string{"T2 21:00 kept own", "T2 21:00 kept own", "T2 21:00 kept own", "T2 21:00 kept own"}},
		"a holiday tells equals apart":     {grid: Grid{Blocks: []Block{thursday, friday}}, change: func(a *Ask) { a.From, a.To = day("2023-05-01"), day("2023-05-08") }, want: []string{"T6 20:00 regular"}},
		"a holiday's programmes": {grid: Grid{Blocks: []Block{thursday}, Conflicts: []Conflict{{Holidays: true, End: 24 * 60, Why: "chương trình lễ"}}},
			change: func(a *Ask) { a.From = day("2023-05-01"); a.To = day("2023-05-15") }, want: []string{"- none conflict", "T5 20:00 regular"}},
		"kept on a holiday that declares nothing": {grid: Grid{Blocks: []Block{thursday}}, change: func(a *Ask) { a.From = day("2023-05-01"); a.To = day("2023-05-08") }, want: []string{"T5 20:00 regular holiday"}},
		"outside the audience's hours":            {grid: Grid{Blocks: []Block{evening("tv", 22*60, 23*60, true, time.Monday)}}, change: func(a *Ask) { a.To = day("2023-04-10") }, want: []string{"- none"}},
		"too short":                               {grid: Grid{Blocks: []Block{thursday}}, change: func(a *Ask) { a.Minutes, a.To = 10, day("2023-04-10") }, want: []string{"- none"}},
		"only what is missing":                    {grid: Grid{Blocks: []Block{thursday}}, change: func(a *Ask) { a.Need = map[string]int{"2023-W16": 1} }, want: []string{"T5 20:00 regular"}},
		"another channel":                         {grid: Grid{Blocks: []Block{thursday}}, change: func(a *Ask) { a.Channels, a.To = []string{"fm"}, day("2023-04-10") }, want: []string{"- none closed"}},
		"not before now":                          {grid: Grid{Blocks: []Block{thursday, friday}}, change: func(a *Ask) { a.Now, a.To = day("2023-04-07"), day("2023-04-10") }, want: []string{"T6 20:00 regular"}},
		"a dated block stands over the weekly one": {grid: Grid{Blocks: []Block{thursday, {Channel: "tv", Dates: []time.Time{day("2023-04-06")}, Start: h20 - 30, End: h20 + 10, Programme: "Trao giải"}}},
			change: func(a *Ask) { a.To = day("2023-04-10") }, want: []string{"T5 20:10 regular"}},
		"dated blocks": {grid: Grid{Blocks: []Block{{Channel: "tv", Dates: []time.Time{day("2023-04-05")}, Start: h20, End: h20 + 25, Open: true}, func() Block { b := thursday; b.From = day("2023-04-10"); return b }()}},
			change: func(a *Ask) { a.To = day("2023-04-17") }, want: []string{"T4 20:00 off closed", "T5 20:00 regular"}, changes: 1},
	} {
		a := ask(4)
		if c.change != nil {
			c.change(&a)
		}
		s := Airtimes(world(0), tet, c.grid, c.past, a)
		if got := told(s); strings.HasPrefix(name, "dated") && len(got) == 2 { // which of the two is regular is as good
			got[0], got[1] = strings.Fields(got[0])[0], strings.Fields(got[1])[0]
			if !slices.Equal(got, []string{"T4", "T5"}) || s.Changes != 1 {
				t.Errorf("%s: %q", name, got)
			}
		} else if !slices.Equal(got, c.want) || s.Changes != c.changes || s.Gap() != 0 {
			t.Errorf("%s:\n got %q\nwant %q\nchanges %d, gap %g", name, got, c.want, s.Changes, s.Gap())
		}
	}
}

// TestWhatIsProposedCounts: the plan counts every slot, by its own judge.
func TestWhatIsProposedCounts(t *testing.T) {
	p := world(0)
	p.Quotas[1].Wanted = 2
	g := Grid{Blocks: []Block{evening("tv", 17*60, 23*60, true, time.Monday, time.Tuesday, time.Saturday)}}
	s := Airtimes(p, nil, g, nil, ask(6))
	var ev []media.Evidence
	for _, x := range s.Times {
		ev = append(ev, schedule.AsIf(p, media.Airing{Channel: x.Channel, Column: "chung-tay", Start: x.Start, Duration: time.Duration(x.Minutes) * time.Minute, FirstRun: true}, now))
	}
	m := schedule.Match(p, ev, nil, nil)
	if len(s.Times) != 12 || len(m.Credits) != 12 || s.Empty != 0 {
		t.Errorf("%d slots, %d counted", len(s.Times), len(m.Credits))
	}
	days := map[string]bool{}
	for _, x := range s.Times {
		days[x.Start.Format(time.DateOnly)] = true
	}
	if len(days) != 12 {
		t.Errorf("two on one day: %v", told(s))
	}
}

// drawn makes periods with few times.
func drawn(r *rand.Rand) (of []*term, usual *Place) {
	places := []Place{{"tv", time.Monday, 1200}, {"tv", time.Monday, 1215}, {"tv", time.Thursday, 1200}, {"fm", time.Sunday, 300}}
	for i := range 2 + r.IntN(3) {
		w := calendar.WeekOf(day("2023-04-03").AddDate(0, 0, 7*i))
		t := &term{period: w, need: 1}
		for _, p := range places {
			if r.IntN(2) == 0 {
				t.options = append(t.options, option{place: p, start: t.on(p), own: r.IntN(3) == 0, holiday: []string{"", "Tết"}[r.IntN(2)]})
			}
		}
		slices.SortFunc(t.options, func(x, y option) int { return x.place.compare(y.place) })
		of = append(of, t)
	}
	if r.IntN(2) == 0 {
		usual = &places[r.IntN(len(places))]
	}
	return of, usual
}

// worthOf is what a series costs, counted by its definition: regular times, moves, and
// for each period what is taken.
func worthOf(of []*term, usual *Place, regular []Place, taken []int) (cost int64) {
	for i, t := range of {
		switch {
		case i == 0 && usual != nil && regular[0] != *usual, i > 0 && regular[i] != regular[i-1]:
			cost += costMove
			was := usual
			if i > 0 {
				was = &regular[i-1]
			}
			cost += apart(regular[i], *was)
		}
		if taken[i] < 0 {
			cost += costEmpty
			continue
		}
		o := t.options[taken[i]]
		if !o.own {
			cost += costOpen
		}
		if o.holiday != "" {
			cost += costHoliday
		}
		if o.place == regular[i] {
			continue
		}
		cost += costOff + apart(o.place, regular[i])
	}
	return cost
}

func apart(a, b Place) int64 {
	cost := int64(abs(weekday(a.Weekday)-weekday(b.Weekday)))*costDay + int64(abs(a.Minute-b.Minute))
	if a.Channel != b.Channel {
		cost += costChannel
	}
	return cost
}

// every calls fn with each series of regular times and options.
func every(of []*term, places []Place, fn func([]Place, []int)) {
	regular, taken := make([]Place, len(of)), make([]int, len(of))
	var rec func(i int)
	rec = func(i int) {
		if i == len(of) {
			fn(regular, taken)
			return
		}
		for _, p := range places {
			regular[i] = p
			if len(of[i].options) == 0 {
				taken[i] = -1
				rec(i + 1)
			}
			for o := range of[i].options {
				taken[i] = o
				rec(i + 1)
			}
		}
	}
	rec(0)
}

// TestSeriesAgainstEverySeries: one series is the best there is.
func TestSeriesAgainstEverySeries(t *testing.T) {
	for seed := range uint64(150) {
		of, usual := drawn(rand.New(rand.NewPCG(seed, 7)))
		places := []Place{{"tv", time.Monday, 1200}, {"tv", time.Monday, 1215}, {"tv", time.Thursday, 1200}, {"fm", time.Sunday, 300}}
		least := int64(1 << 60)
		if len(of) < 4 {
			every(of, places, func(r []Place, o []int) { least = min(least, worthOf(of, usual, r, o)) })
		} else {
			continue
		}
		cost, _, _ := best(of, usual)
		if cost != least {
			t.Fatalf("seed %d: %d, least %d", seed, cost, least)
		}
	}
}

// TestTwoSeries: with two broadcasts a period the bound is never above the least
// cost of both together, the cost never under it.
func TestTwoSeries(t *testing.T) {
	over := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 8))
		g := Grid{}
		for _, d := range []time.Weekday{time.Monday, time.Thursday, time.Sunday} {
			if r.IntN(4) > 0 {
				g.Blocks = append(g.Blocks, evening("tv", 1200, 1220+5*r.IntN(2), true, d))
			}
		}
		for w := range 2 {
			if r.IntN(2) == 0 {
				d := day("2023-04-03").AddDate(0, 0, 7*w+[]int{0, 3, 6}[r.IntN(3)])
				g.Conflicts = append(g.Conflicts, Conflict{From: d, To: d.AddDate(0, 0, 1), Start: 1200, End: 1205, Why: "x"})
			}
		}
		p := world(0)
		p.Quotas[1].Wanted = 2
		a := ask(2)
		var past []media.Airing
		if r.IntN(2) == 0 {
			past = []media.Airing{aired("2023-03-30", 1200)}
		}
		s := Airtimes(p, nil, g, past, a)
		terms := termsOf(p, nil, g, p.Quotas[1], a)
		of := []*term{&terms[0], &terms[1]}
		var places []Place
		for _, x := range of {
			for _, o := range x.options {
				if !slices.Contains(places, o.place) {
					places = append(places, o.place)
				}
			}
		}
		begin := s.Usual
		if begin != nil && !terms[0].knows(*begin) && !terms[1].knows(*begin) {
			begin = nil
		}
		if begin != nil && !slices.Contains(places, *begin) {
			places = append(places, *begin)
		}
		if len(places) == 0 {
			continue
		}
		least := int64(1 << 60)
		every(of, places, func(reg []Place, taken []int) {
			rest := []*term{}
			for i, x := range of {
				left := *x
				left.options = slices.Clone(x.options)
				if taken[i] >= 0 {
					left.options = slices.DeleteFunc(left.options, func(o option) bool {
						return calendar.Day(o.start).Equal(calendar.Day(x.options[taken[i]].start))
					})
				}
				rest = append(rest, &left)
			}
			second, _, _ := best(rest, begin)
			least = min(least, worthOf(of, begin, reg, taken)+second)
		})
		if s.Bound > least || s.Cost < least {
			t.Fatalf("seed %d: cost %d, bound %d, least %d", seed, s.Cost, s.Bound, least)
		}
		if s.Cost > s.Bound {
			over++
		}
	}
	if over == 0 {
		t.Error("the bound was always met: the cases are too easy to test anything")
	}
}

// BenchmarkAirtimes: a year of weekly broadcasts on two channels with open evenings.
func BenchmarkAirtimes(b *testing.B) {
	p := world(300)
	p.Channels = append(p.Channels, schedule.Channel{ID: "tv2", Agency: "mau/dai", Name: "Truyền hình 2", Medium: "tv"})
	p.Quotas[1].Channels = nil
	g := Grid{Conflicts: []Conflict{{Holidays: true, End: 1440, Why: "lễ"}, {From: day("2023-06-01"), To: day("2023-06-20"), Start: 1100, End: 1300, Why: "bóng đá"}}}
	for _, c := range []string{"tv", "tv2"} {
		g.Blocks = append(g.Blocks, evening(c, 18*60, 19*60, true, 0, 1, 2, 3, 4, 5, 6), evening(c, 20*60, 22*60, true, 0, 1, 2, 3, 4, 5, 6))
	}
	a := Ask{Quota: "B-D1", Column: "chung-tay", Minutes: 20, From: day("2023-01-02"), To: day("2024-01-01"), Now: day("2023-01-01")}
	for b.Loop() {
		if s := Airtimes(p, nil, g, nil, a); s.Empty != 0 || len(s.Times) != 52 {
			b.Fatal(len(s.Times), s.Empty)
		}
	}
}
