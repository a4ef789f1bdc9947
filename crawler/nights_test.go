package crawler

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// A machine that was off for days looks at every source once, soon after it is on again: not once for each look it missed. A
// list that still shows what was seen last goes on without a gap; of one that has dropped it the days between stay unseen.
func TestAfterDaysOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		begin, real := at("2023-03-06 00:00"), time.Now()
		business := func() time.Time { return begin.Add(time.Since(real)) }
		var sources []media.Source
		for id, every := range map[string]time.Duration{"song-dong": 2 * time.Hour, "tram": 5 * 24 * time.Hour} {
			u := "http://" + id + ".example/rss"
			w.on(u, func(fetch.Request) (*fetch.Response, error) { // the newest ten pieces
				body, now := "", business().Truncate(every)
				for i := range 10 {
					d := now.Add(-time.Duration(i) * every)
					body += fmt.Sprintf("%s/%d | T | %s\n", "http://"+id+".example", d.Unix(), d.In(time.FixedZone("", 7*3600)).Format("2006-01-02 15:04"))
				}
				return &fetch.Response{Status: 200, Body: []byte(body), Header: http.Header{}}, nil
			})
			sources = append(sources, feed(id, u, false))
		}
		on := func(d time.Duration) []Visit {
			before := len(m.visits)
			ctx, cancel := context.WithTimeout(context.Background(), d)
			defer cancel()
			_ = build(t, m, w, Options{Sources: sources, Business: business}).c.Run(ctx)
			return m.visits[before:]
		}
		last := map[string]time.Time{}
		for _, v := range on(2 * 24 * time.Hour) {
			last[v.Source] = v.At
		}
		time.Sleep(6 * 24 * time.Hour) // off
		back := business()
		seen := map[string]int{}
		for _, v := range on(10 * time.Minute) {
			if seen[v.Source]++; seen[v.Source] > 1 {
				continue
			}
			if wait := v.At.Sub(back); wait > time.Minute || v.Outcome != media.OK {
				t.Errorf("%s is looked at after %s: %s", v.Source, wait, v.Outcome)
			}
			if len(v.Covers) == 0 {
				t.Errorf("%s covers nothing", v.Source)
				continue
			}
			gap := v.Covers[0].From.Sub(last[v.Source])
			switch {
			case v.Source == "tinh/song-dong" && gap < 4*24*time.Hour:
				t.Errorf("%s covers %s though its list begins a day ago", v.Source, spansText(v.Covers))
			case v.Source == "tinh/tram" && gap > 0:
				t.Errorf("%s covers %s though its list still shows what was there on %s", v.Source, spansText(v.Covers), last[v.Source])
			}
		}
		if seen["tinh/song-dong"] != 1 || seen["tinh/tram"] != 1 {
			t.Errorf("looks in the first ten minutes: %v", seen)
		}
	})
}
