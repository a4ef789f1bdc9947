package media

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// published is days of daily counts up to the day before now.
func published(now time.Time, days int, n func(day time.Time, ago int) int) map[string]int {
	out := map[string]int{}
	for i := 1; i <= days; i++ {
		if day := now.AddDate(0, 0, -i); n(day, i) >= 0 {
			out[day.Format(time.DateOnly)] = n(day, i)
		}
	}
	return out
}

func TestCondition(t *testing.T) {
	now := time.Date(2023, 6, 14, 15, 0, 0, 0, time.UTC)
	feed := Source{ID: "tinh/bao", Kind: KindFeed}
	steady := func(perDay int) map[string]int {
		return published(now, 140, func(time.Time, int) int { return perDay })
	}
	stops := func(perDay, last, then int) map[string]int {
		return published(now, 140, func(_ time.Time, ago int) int {
			if ago <= last {
				return then
			}
			return perDay
		})
	}
	seen := func(h Health) Health {
		h.Source, h.Active = "tinh/bao", true
		if h.Outcome == "" {
			h.Outcome = OK
		}
		return h
	}
	none := func(time.Time) bool { return false }
	tet := func(day time.Time) bool { return day.After(now.AddDate(0, 0, -7)) }
	for _, c := range []struct {
		name  string
		src   Source
		h     Health
		off   func(time.Time) bool
		state SourceState
		doubt string
		days  int
	}{
		{"publishes as ever", feed, seen(Health{Daily: steady(3)}), none, SourceOK, "", 7},
		{"stopped a week ago", feed, seen(Health{Daily: stops(3, 7, 0)}), none, SourceQuiet, "", 7},
		{"found unchanged all the while", feed, seen(Health{Outcome: NotModified, Daily: stops(3, 7, 0)}), none, SourceQuiet, "", 7},
		{"a third of what it did", feed, seen(Health{Daily: stops(9, 7, 3)}), none, SourceQuiet, "", 7},
		{"somewhat less", feed, seen(Health{Daily: stops(9, 7, 7)}), none, SourceOK, "", 7},
		{"three days without anything", feed, seen(Health{Daily: stops(2, 3, 0)}), none, SourceOK, "", 7},
		{"the week of Tết", feed, seen(Health{Daily: stops(3, 7, 0)}), tet, SourceOK, "", 0},
		{"no history yet", feed, seen(Health{Daily: published(now, 30, func(_ time.Time, ago int) int { return min(1, ago/8) * 5 })}), none, SourceOK, "", 0},
		{"blind, whatever it published", feed, seen(Health{Outcome: Challenge, Daily: stops(3, 7, 0)}), none, SourceBlind, "", 7},
		{"blind with a short list", feed, seen(Health{Outcome: ParseError, Listed: 2, Usual: 20}), none, SourceBlind, "", 0},
		{"the week was not seen", feed, seen(Health{Daily: published(now, 140, func(_ time.Time, ago int) int {
			if ago > 1 && ago < 8 {
				return -1
			}
			return 3 * min(1, ago/8)
		})}), nil, SourceOK, "", 28},
		{"one a fortnight, then none for a month", feed, seen(Health{Daily: published(now, 140, func(_ time.Time, ago int) int {
			if ago > 28 && ago%14 == 0 {
				return 1
			}
			return 0
		})}), none, SourceOK, "", 28},
		{"one every other day, then none for a month", feed, seen(Health{Daily: published(now, 140, func(_ time.Time, ago int) int {
			if ago > 28 && ago%2 == 0 {
				return 1
			}
			return 0
		})}), none, SourceQuiet, "", 28},
		{"more than is taken in a day", feed, seen(Health{Daily: steady(3), Listed: 5, Usual: 20, Detail: TooManyNew + ": 3 entries left for another day"}), none, SourceOK, TooManyNew, 7},
		{"a list a quarter as long", feed, seen(Health{Daily: steady(3), Listed: 5, Usual: 20}), none, SourceOK, ListShrunk, 7},
		{"a list that was always short", feed, seen(Health{Daily: steady(3), Listed: 1, Usual: 4}), none, SourceOK, "", 7},
		{"changes, and nothing new for days", feed, seen(Health{Daily: stops(3, 3, 0), Changed: 12, NewAt: now.AddDate(0, 0, -3)}), none, SourceOK, NoNew, 7},
		{"a counter on the page, and rare news", feed, seen(Health{Daily: published(now, 140, func(_ time.Time, ago int) int { return min(1, ago%7/6) }), Changed: 90, NewAt: now.AddDate(0, 0, -6)}), none, SourceOK, "", 7},
		{"never visited", feed, Health{}, none, SourceNever, "", 0},
		{"known, never visited", feed, Health{Source: "tinh/bao", Active: true}, none, SourceNever, "", 0},
		{"to be checked", Source{Verify: true}, Health{}, none, SourceVerify, "", 0},
		{"withdrawn", feed, Health{Source: "tinh/bao", Outcome: OK}, none, SourceRetired, "", 0},
		{"over", Source{To: now}, seen(Health{Outcome: Unreachable}), none, SourceRetired, "", 0},
		{"over tomorrow", Source{To: now.Add(time.Hour)}, seen(Health{}), none, SourceOK, "", 0},
		{"a page", Source{Kind: KindPage}, seen(Health{}), nil, SourceOK, "", 0},
	} {
		got := c.src.Condition(c.h, now, c.off)
		if got.State != c.state || got.Doubt != c.doubt || got.Days != c.days {
			t.Errorf("%s: %s %q over %d days (%d, median %v, score %.1f), want %s %q over %d", c.name, got.State, got.Doubt, got.Days, got.Count, got.Median, got.Score, c.state, c.doubt, c.days)
		}
		if (got.Reason != "") != (c.state == SourceBlind) {
			t.Errorf("%s: reason %q", c.name, got.Reason)
		}
	}
	for _, reason := range BlindReasons() { // whatever it published before, and however its list looks
		h := seen(Health{Outcome: reason, BlindSince: now, Daily: stops(3, 14, 0), Listed: 1, Usual: 20, Changed: 50, NewAt: now.AddDate(0, 0, -14)})
		if got := feed.Condition(h, now, none); got.State != SourceBlind || got.Reason != reason || got.Doubt != "" {
			t.Errorf("%s: %s for %q, doubt %q", reason, got.State, got.Reason, got.Doubt)
		}
	}
	if got := feed.Condition(seen(Health{Daily: steady(3)}), now, none).Weeks; len(got) != 20 || got[0] != 21 || got[19] != 21 {
		t.Errorf("weeks %v", got)
	}
}

// A source that goes on as it did is hardly ever called quiet by chance, and
// one that stops is within a fortnight; a blind one never.
func TestQuietByChance(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 14))
	begin, src := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC), Source{ID: "tinh/x"}
	alarms, looks, stopped, caught := 0, 0, 0, 0
	for range 40 {
		daily := map[string]int{}
		mean := 1.5 + 12*rnd.Float64() // a day, Sundays a fifth of it
		for d := range 250 {
			day := begin.AddDate(0, 0, d)
			m := mean
			if day.Weekday() == time.Sunday {
				m /= 5
			}
			n := 0
			for p, limit := rnd.Float64(), math.Exp(-m); p > limit; n++ {
				p *= rnd.Float64()
			}
			if d >= 236 {
				n = 0 // it stops
			}
			daily[day.Format(time.DateOnly)] = n
			if d < 60 {
				continue
			}
			h := Health{Source: src.ID, Active: true, Outcome: NotModified, Daily: daily}
			switch quiet := src.Condition(h, day, nil).State == SourceQuiet; {
			case d < 236:
				looks++
				if quiet {
					alarms++
				}
			case d == 249:
				stopped++
				if quiet {
					caught++
				}
			}
			h.Outcome = Unreachable
			if s := src.Condition(h, day, nil).State; s != SourceBlind {
				t.Fatalf("a blind source is %s", s)
			}
		}
	}
	t.Logf("%d of %d days called quiet by chance, %d of %d that stopped found after a fortnight", alarms, looks, caught, stopped)
	if alarms > looks/500 || caught < stopped {
		t.Errorf("%d of %d days called quiet by chance, %d of %d that stopped found", alarms, looks, caught, stopped)
	}
}
