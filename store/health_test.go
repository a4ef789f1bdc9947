package store_test

import (
	"maps"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
)

// What a source published is told by the days that were wholly seen; a day
// with a gap is left out, not nought. What its lists showed goes with it.
func TestDailyCounts(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		midnight := func(d int) time.Time { return time.Date(2023, 3, d, 0, 0, 0, 0, time.FixedZone("", 7*3600)) }
		look := func(id string, at time.Time, covers []crawler.Span, fresh ...time.Time) {
			t.Helper()
			v := visit("tinh/feed", id, at, media.OK)
			v.Covers, v.New, v.Wait, v.Rhythm = covers, fresh, 40*time.Minute, "nhịp "+id
			for i := range 8 {
				v.Seen = append(v.Seen, crawler.Seen{Item: item(id+string(rune('a'+i)), "Tin", at)})
			}
			put(t, s, l, v)
			put(t, s, l, v) // the same again counts once
		}
		// 1/3 from 10:00 to 3/3 12:00 without a gap; then one to 5/3; then again.
		look("v1", midnight(3).Add(12*time.Hour), []crawler.Span{{From: midnight(1).Add(10 * time.Hour), To: midnight(3).Add(12 * time.Hour), How: "list"}},
			midnight(1).Add(11*time.Hour), midnight(2), midnight(3).Add(-time.Microsecond), midnight(3).Add(time.Hour))
		look("v2", midnight(7).Add(time.Hour), []crawler.Span{{From: midnight(5), To: midnight(7).Add(time.Hour), How: "list"}}, midnight(5).Add(9*time.Hour))
		look("v3", midnight(7).Add(2*time.Hour), nil)
		h := must(s.Health(ctx))["tinh/feed"]
		if want := map[string]int{"2023-03-02": 2, "2023-03-05": 1, "2023-03-06": 0}; !maps.Equal(h.Daily, want) {
			t.Errorf("daily %v, want %v", h.Daily, want)
		}
		if h.Listed != 8 || h.Usual != 8 || h.Changed != 1 || !h.NewAt.Equal(midnight(7).Add(time.Hour)) || h.Wait != 40*time.Minute || !h.Active || h.NextDue.IsZero() {
			t.Errorf("%+v", h)
		}
		short := visit("tinh/feed", "v4", midnight(8), media.OK, crawler.Seen{Item: item("x", "Tin", midnight(8))})
		blind := visit("tinh/feed", "v5", midnight(9), media.Challenge)
		put(t, s, l, short)
		put(t, s, l, blind)
		if h := must(s.Health(ctx))["tinh/feed"]; h.Listed != 1 || h.Usual != 8 || h.Changed != 2 || h.Wait != 0 {
			t.Errorf("after a short list and a blind look: %+v", h)
		}
		release(t, s, l)
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		l = claim(t, s, "a", "bao.example")[0]
		if w := must(s.Load(ctx, l, 1)); len(w.Sources) != 1 || w.Sources[0].Rhythm != "" { // the short list's, for it was read
			t.Errorf("rhythm handed back: %+v", w.Sources)
		}
	})
}
