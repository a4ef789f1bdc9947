package crawler

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
)

var ict = time.FixedZone("ICT", 7*3600)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, ict)
	if err != nil {
		panic(err)
	}
	return t
}

// entriesOf reads "a 2023-03-01 10:00, b 2023-03-01, c" (no date).
func entriesOf(s string) []listed {
	var out []listed
	for part := range strings.SplitSeq(s, ",") {
		f := strings.Fields(part)
		switch len(f) {
		case 1:
			out = append(out, listed{id: f[0]})
		case 2:
			out = append(out, listed{f[0], media.Date{At: at(f[1] + " 00:00"), Precision: media.ToDay}})
		case 3:
			out = append(out, listed{f[0], media.Date{At: at(f[1] + " " + f[2]), Precision: media.ToMinute}})
		}
	}
	return out
}

func spansText(spans []Span) string {
	var out []string
	for _, s := range spans {
		out = append(out, s.From.In(ict).Format("02 15:04")+"→"+s.To.In(ict).Format("02 15:04")+" "+s.How)
	}
	return strings.Join(out, "; ")
}

func TestCover(t *testing.T) {
	const visit = "2023-03-10 12:00"
	prev := func(when, top string) mark { return mark{at(when), strings.Fields(top)} }
	for _, c := range []struct {
		name    string
		entries string
		last    mark
		partial bool
		want    string
		top     string
	}{
		{"empty list", "", mark{}, false, "", ""},
		{"first visit reaches to the oldest but one", "c 2023-03-10 09:00, b 2023-03-09 08:00, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"first visit, no date at all", "c, b, a", mark{}, false, "", "c b a"},
		{"one entry proves nothing", "a 2023-03-01 07:00", mark{}, false, "", "a"},
		{"undated entries are passed over", "x, c 2023-03-10 09:00, b 2023-03-09 08:00, y, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"of the oldest day only what follows it", "c 2023-03-10, b 2023-03-08, a 2023-03-08", mark{}, false, "09 00:00→10 12:00 list", "c b a"},
		{"all of one day", "c 2023-03-10, b 2023-03-10, a 2023-03-10", mark{}, false, "", "c b a"},
		{"pinned on top does not stretch", "p 2023-01-03 09:00, c 2023-03-10 09:00, b 2023-03-09 08:00, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"two pinned on top", "p 2023-01-03 09:00, q 2022-12-30, c 2023-03-10 09:00, b 2023-03-09 08:00, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"back-dated in the middle", "c 2023-03-10 09:00, x 2023-01-03 09:00, b 2023-03-09 08:00, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"back-dated at the very end", "c 2023-03-10 09:00, b 2023-03-09 08:00, a 2023-03-08 07:00, x 2023-01-03 09:00", mark{}, false, "08 07:00→10 12:00 list", "c b a x"},
		{"back-dated last of two", "b 2023-03-10 09:00, a 2023-01-03 09:00", mark{}, false, "", "b a"},
		{"a side box of old pieces below", "e 2023-03-10 09:00, d 2023-03-10 06:00, c 2023-03-10 03:00, b 2023-03-09 20:00, x 2023-02-20 09:00, y 2023-02-26 10:00, z 2023-02-18 10:00",
			mark{}, false, "09 20:00→10 12:00 list", "e d c b y"},
		{"a slow site is no outlier", "f 2023-03-08 09:00, e 2023-02-28 09:00, d 2023-02-20 09:00, c 2023-02-10 09:00, b 2023-01-20 09:00, a 2023-01-02 09:00", mark{}, false, "20 09:00→10 12:00 list", "f e d c b"},
		{"from the future is passed over", "f 2023-12-10 09:00, c 2023-03-10 09:00, b 2023-03-09 08:00, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"clock a little fast", "c 2023-03-10 12:30, b 2023-03-09 08:00, a 2023-03-08 07:00", mark{}, false, "09 08:00→10 12:00 list", "c b a"},
		{"oldest first covers nothing", "a 2023-03-08 07:00, b 2023-03-09 08:00, c 2023-03-10 09:00", prev("2023-03-10 11:00", "a b c"), false, "", ""},

		{"continues", "d 2023-03-10 11:30, c 2023-03-10 09:00, b 2023-03-09 08:00", prev("2023-03-10 11:00", "c b a"), false, "10 11:00→10 12:00 list", "d c b"},
		{"continues after a long silence", "d 2023-03-10 11:30, c 2023-03-01 09:00, b 2023-03-01 08:00, a 2023-03-01 07:00", prev("2023-03-10 11:00", "c b a"), false, "10 11:00→10 12:00 list", "d c b a"},
		{"continues without dates", "d, c, b", prev("2023-03-10 11:00", "c b a"), false, "10 11:00→10 12:00 list", "d c b"},
		{"continues though the newest was withdrawn", "d 2023-03-10 11:30, b 2023-03-09 08:00, a 2023-03-09 07:00", prev("2023-03-10 11:00", "c b a"), false, "10 11:00→10 12:00 list", "d b a"},
		{"continues from one entry", "b 2023-03-10 11:30, a 2023-01-09 08:00", prev("2023-03-10 11:00", "a"), false, "10 11:00→10 12:00 list", "b a"},
		{"turned over: a gap stays", "h 2023-03-10 11:00, g 2023-03-10 10:00, f 2023-03-10 09:00, e 2023-03-10 08:00", prev("2023-03-07 11:00", "c b a"), false, "10 09:00→10 12:00 list", "h g f e"},
		{"turned over, but dated back beyond the last visit", "h 2023-03-10 11:00, g 2023-03-09 08:00, f 2023-03-07 09:00, e 2023-03-07 08:00", prev("2023-03-07 11:00", "x y z"), false, "07 09:00→10 12:00 list", "h g f e"},
		{"turned over but for a pinned one", "c 2023-03-07 10:00, h 2023-03-10 11:00, g 2023-03-10 10:00, f 2023-03-10 09:00", prev("2023-03-07 11:00", "c"), false, "10 10:00→10 12:00 list", "h g f"},
		{"turned over but for an undated pinned one", "p, h, g, f, e", prev("2023-03-07 11:00", "p d c b a"), false, "", "p h g f e"},
		{"turned over, one of the last in a side box", "h 2023-03-10 11:00, g 2023-03-10 10:00, f 2023-03-10 09:00, d 2023-03-07 10:30", prev("2023-03-07 11:00", "d c b a"), false, "10 09:00→10 12:00 list", "h g f d"},
		{"partial continues", "d 2023-03-10 11:30, c 2023-03-10 09:00, b 2023-03-09 08:00", prev("2023-03-10 11:00", "c b a"), true, "10 11:00→10 12:00 list", "d c b"},
		{"partial does not reach back", "d 2023-03-10 11:30, c 2023-03-10 09:00, b 2023-03-09 08:00", mark{}, true, "", "d c b"},
		{"the business clock went back", "d 2023-03-10 11:30, c 2023-03-10 09:00, b 2023-03-09 08:00", prev("2023-03-11 11:00", "d c b"), false, "10 09:00→10 12:00 list", "d c b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spans, next := cover(entriesOf(c.entries), c.last, at(visit), c.partial)
			if got := spansText(spans); got != c.want {
				t.Errorf("covers %q, want %q", got, c.want)
			}
			if got := strings.Join(next.Top, " "); got != c.top {
				t.Errorf("top %q, want %q", got, c.top)
			}
			if c.top != "" && !next.At.Equal(at(visit)) {
				t.Errorf("mark at %s", next.At)
			}
			if again := readMark(next.String()); !again.At.Equal(next.At) && len(next.Top) > 0 || !slices.Equal(again.Top, next.Top) {
				t.Errorf("mark came back as %+v", again)
			}
		})
	}
}

func TestUnchanged(t *testing.T) {
	m := mark{at("2023-03-10 11:00"), []string{"a"}}
	if got := spansText(unchanged(m, at("2023-03-10 12:00"))); got != "10 11:00→10 12:00 not_modified" {
		t.Error(got)
	}
	for _, m := range []mark{{}, {At: m.At}, {Top: m.Top}, {at("2023-03-10 12:00"), m.Top}, {at("2023-03-11 12:00"), m.Top}} {
		if got := unchanged(m, at("2023-03-10 12:00")); got != nil {
			t.Errorf("%+v covers %s", m, spansText(got))
		}
	}
	if m := readMark("{broken"); len(m.Top) != 0 {
		t.Error(m)
	}
}

// A site that publishes, pins, back-dates and withdraws at random, visited at
// random with outages: whatever coverage is claimed, everything dated inside
// it that appeared in time was seen.
func TestCoverNeverLies(t *testing.T) {
	claimed := time.Duration(0)
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		start := at("2023-01-02 00:00")
		now := start
		type piece struct {
			listed
			real   time.Time // when it appeared
			honest bool      // dated as it appeared
		}
		var site []piece // newest first
		publish := func() {
			p := piece{listed{fmt.Sprint("i", len(site)), media.Date{At: now, Precision: media.ToMinute}}, now, true}
			// Two back-dated pieces side by side would deceive; that is granted.
			if r.IntN(12) == 0 && (len(site) == 0 || site[0].honest) {
				p.date.At, p.honest = now.AddDate(0, 0, -r.IntN(60)-1), false
			}
			site = append([]piece{p}, site...)
		}
		show := 3 + r.IntN(12)
		pinned := -1
		seen := map[string]bool{}
		var spans []Span
		var last mark
		every := time.Duration(1+r.IntN(20)) * time.Hour
		pace := time.Duration(1+r.IntN(30)) * time.Hour
		nextPiece, nextVisit := now, now.Add(time.Hour)
		for now.Before(start.AddDate(0, 2, 0)) {
			if nextPiece.Before(nextVisit) {
				now = nextPiece
				publish()
				if r.IntN(20) == 0 {
					pinned = len(site) - 1
				}
				nextPiece = now.Add(time.Minute + time.Duration(r.Int64N(int64(2*pace))))
				continue
			}
			now = nextVisit
			nextVisit = now.Add(every)
			if r.IntN(15) == 0 {
				nextVisit = now.Add(time.Duration(r.IntN(12*24)) * time.Hour) // outage
			}
			var list []listed
			if pinned >= 0 && len(site) > show {
				list = append(list, site[len(site)-1-pinned].listed)
			}
			for _, p := range site[:min(show, len(site))] {
				if !slices.ContainsFunc(list, func(e listed) bool { return e.id == p.id }) {
					list = append(list, p.listed)
				}
			}
			if len(list) == 0 {
				continue
			}
			for _, e := range list {
				seen[e.id] = true
			}
			var s []Span
			s, last = cover(list, last, now, false)
			spans = append(spans, s...)
		}
		for _, s := range spans {
			claimed += s.To.Sub(s.From)
		}
		for _, p := range site {
			if !p.honest || seen[p.id] {
				continue
			}
			for _, s := range spans {
				if p.date.At.After(s.From) && p.date.At.Before(s.To) {
					t.Fatalf("seed %d: %s of %s was never seen, yet %s is claimed", seed, p.id, p.date.At, spansText([]Span{s}))
				}
			}
		}
	}
	if claimed < 100*20*24*time.Hour {
		t.Errorf("claims too little to be of use: %s in 100 runs of 60 days", claimed)
	}
}
