package crawler

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		src         media.Source
		floor, ceil time.Duration
	}{
		{media.Source{Every: time.Hour}, 10 * time.Minute, 6 * time.Hour},
		{media.Source{Every: 30 * time.Minute}, 5 * time.Minute, 3 * time.Hour},
		{media.Source{Every: 2 * time.Minute}, 2 * time.Minute, 12 * time.Minute},
		{media.Source{}, time.Minute, 6 * time.Minute},
		{media.Source{Every: 12 * time.Hour}, 2 * time.Hour, 12 * time.Hour},
		{media.Source{Every: time.Hour, Soonest: 20 * time.Minute, Latest: 2 * time.Hour}, 20 * time.Minute, 2 * time.Hour},
		{media.Source{Every: time.Hour, Soonest: time.Hour, Latest: time.Hour}, time.Hour, time.Hour},
	} {
		if floor, ceil := bounds(c.src); floor != c.floor || ceil != c.ceil {
			t.Errorf("%+v: %s to %s, want %s to %s", c.src, floor, ceil, c.floor, c.ceil)
		}
	}
}

func TestKeepFor(t *testing.T) {
	h := func(kv ...string) http.Header {
		out := http.Header{}
		for i := 0; i < len(kv); i += 2 {
			out.Add(kv[i], kv[i+1])
		}
		return out
	}
	for _, c := range []struct {
		h    http.Header
		want time.Duration
	}{
		{h(), 0},
		{h("Cache-Control", "public, max-age=600"), 10 * time.Minute},
		{h("Cache-Control", "max-age=600", "Age", "120"), 8 * time.Minute},
		{h("Cache-Control", "max-age=600", "Age", "1200"), 0},
		{h("Cache-Control", `S-MaxAge=900, Max-Age="600"`), 15 * time.Minute},
		{h("Cache-Control", "s-maxage=900, max-age=60"), 15 * time.Minute},
		{h("Cache-Control", "no-cache, max-age=600"), 0},
		{h("Cache-Control", "max-age=60", "Cache-Control", "no-store"), 0},
		{h("Cache-Control", "max-age=-5"), 0},
		{h("Cache-Control", "max-age=99999999999"), 365 * 24 * time.Hour},
		{h("Cache-Control", "max-age=soon", "Expires", "0"), 0},
		{h("Expires", "Fri, 10 Mar 2023 05:30:00 GMT", "Date", "Fri, 10 Mar 2023 05:00:00 GMT"), 30 * time.Minute},
		{h("Expires", "Thu, 01 Jan 1970 00:00:00 GMT", "Date", "Fri, 10 Mar 2023 05:00:00 GMT"), 0},
		{h("Cache-Control", "max-age=0", "Expires", "Fri, 10 Mar 2023 05:30:00 GMT", "Date", "Fri, 10 Mar 2023 05:00:00 GMT"), 0},
	} {
		if got := keepFor(c.h); got != c.want {
			t.Errorf("%v: %s, want %s", c.h, got, c.want)
		}
	}
}

// rhythmOf is a source that was seen to publish this many a day for four weeks, 8 to 17 h
// of weekdays alone.
func rhythmOf(perDay int, now time.Time) rhythm {
	start := now.AddDate(0, 0, -28)
	r := rhythm{}.with(nil, start, start)
	for d := start; d.Before(now); d = d.AddDate(0, 0, 1) {
		var fresh []time.Time
		if _, weekend := clock(d); weekend == 0 {
			for i := range perDay {
				fresh = append(fresh, d.Truncate(24*time.Hour).Add(time.Duration(1+i*9/max(1, perDay))*time.Hour))
			}
		}
		r = r.with(fresh, time.Time{}, d)
	}
	return r.faded(now)
}

func TestNextLook(t *testing.T) {
	src := media.Source{Kind: media.KindFeed, Every: time.Hour}
	friday, night, sunday := at("2023-03-10 09:00"), at("2023-03-10 23:30"), at("2023-03-12 10:00")
	wait := func(perDay int, now time.Time) time.Duration {
		return nextLook(src, rhythmOf(perDay, now), now, 0, false)
	}
	for _, c := range []struct {
		name     string
		got      time.Duration
		min, max time.Duration
	}{
		{"nothing known, working hours", nextLook(src, rhythm{}, friday, 0, false), 30 * time.Minute, time.Hour},
		{"nothing known, at night", nextLook(src, rhythm{}, night, 0, false), 3 * time.Hour, 6 * time.Hour},
		{"a newspaper in the morning", wait(20, friday), 10 * time.Minute, 15 * time.Minute},
		{"a newspaper at night wakes for the morning", wait(20, night), 2 * time.Hour, 6 * time.Hour},
		{"an office on a Sunday", wait(3, sunday), 3 * wait(3, friday) / 2, 6 * time.Hour},
		{"a commune that publishes nothing", wait(0, friday), 90 * time.Minute, 6 * time.Hour},
		{"the list may run over", nextLook(src, rhythm{}, night, 0, true), 10 * time.Minute, 10 * time.Minute},
		{"kept for 40 minutes", nextLook(src, rhythmOf(20, friday), friday, 40*time.Minute, false), 40 * time.Minute, 40 * time.Minute},
		{"kept for a week: no longer than every", nextLook(src, rhythmOf(20, friday), friday, 7*24*time.Hour, false), time.Hour, time.Hour},
		{"a page probed", nextLook(media.Source{Kind: media.KindPage, Every: 24 * time.Hour}, rhythm{}, night, 0, false), 24 * time.Hour, 24 * time.Hour},
	} {
		if c.got < c.min || c.got > c.max {
			t.Errorf("%s: %s, want %s to %s", c.name, c.got, c.min, c.max)
		}
	}
	if a, b, c := wait(1, friday), wait(5, friday), wait(40, friday); a <= b || b < c {
		t.Errorf("1, 5 and 40 a day: %s, %s, %s", a, b, c)
	}
}

// Whatever a source does, the wait stays between its bounds; something new
// never puts off the next look, and nothing new never hastens it.
func TestNextLookProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 9))
	for range 3000 {
		src := media.Source{Kind: media.KindList, Every: time.Duration(1+rnd.IntN(600)) * time.Minute}
		if rnd.IntN(2) == 0 {
			src.Soonest = src.Every / time.Duration(1+rnd.IntN(9))
			src.Latest = src.Every * time.Duration(1+rnd.IntN(5))
		}
		now := at("2023-03-01 00:00").Add(time.Duration(rnd.IntN(100000)) * time.Minute)
		r := rhythm{}.with(nil, now, now)
		for range rnd.IntN(40) {
			now = now.Add(time.Duration(rnd.IntN(3000)) * time.Minute)
			var fresh []time.Time
			for range rnd.IntN(4) {
				fresh = append(fresh, now.Add(-time.Duration(rnd.IntN(3000))*time.Minute))
			}
			r = readRhythm(r.with(fresh, time.Time{}, now).String())
		}
		floor, ceil := bounds(src)
		keep := time.Duration(rnd.IntN(3)) * time.Duration(rnd.IntN(1000)) * time.Minute
		got := nextLook(src, r, now, keep, false)
		if got < floor || got > ceil || keep > 0 && got < min(keep, src.Every) {
			t.Fatalf("%+v, kept %s: wait %s not in %s to %s", src, keep, got, floor, ceil)
		}
		if more := nextLook(src, r.with([]time.Time{now}, time.Time{}, now), now, keep, false); more > got {
			t.Fatalf("something new puts off the next look from %s to %s", got, more)
		}
		if week := now.Add(7 * 24 * time.Hour); nextLook(src, r, week, keep, false) < got-time.Second && r.total() > 0 && r.rate() < 1 {
			// A week without anything new, the same hour: only the prior's pull on the shape may hasten it a little.
			if again := nextLook(src, r, week, keep, false); float64(again) < 0.8*float64(got) {
				t.Fatalf("a week without anything new hastens the next look from %s to %s", got, again)
			}
		}
		if s := r.String(); len(s) >= 1024 {
			t.Fatalf("a note of %d bytes", len(s))
		}
	}
	for _, bad := range []string{"", "{", "null", `{"days":-1}`, `{"hour":[1,2]}`, `{"at":"2023-03-10T00:00:00Z","days":1e308,"hour":[1e308,1e308]}`} {
		if d := nextLook(media.Source{Kind: media.KindFeed, Every: time.Hour}, readRhythm(bad), at("2023-03-10 09:00"), 0, false); d < 10*time.Minute || d > 6*time.Hour {
			t.Errorf("%s: %s", bad, d)
		}
	}
}

// The crawler looks at a lively source more often than at a still one, and at
// every one so often that no day is unseen; the store hands the note back.
func TestAdaptiveRevisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		begin, real := at("2023-03-06 00:00"), time.Now()
		business := func() time.Time { return begin.Add(time.Since(real)) }
		page := func(every time.Duration) func(fetch.Request) (*fetch.Response, error) {
			return func(fetch.Request) (*fetch.Response, error) {
				body, now := "", business().Truncate(every)
				for i := range 10 {
					d := now.Add(-time.Duration(i) * every)
					body += fmt.Sprintf("http://x.example/%s-%d | T | %s\n", every, d.Unix(), d.In(time.FixedZone("", 7*3600)).Format("2006-01-02 15:04"))
				}
				return &fetch.Response{Status: 200, Body: []byte(body), Header: http.Header{}}, nil
			}
		}
		var sources []media.Source
		for id, every := range map[string]time.Duration{"song-dong": 2 * time.Hour, "tram": 15 * 24 * time.Hour} {
			u := "http://" + id + ".example/rss"
			w.on(u, page(every))
			sources = append(sources, feed(id, u, false))
		}
		b := build(t, m, w, Options{Sources: sources, Business: business})
		ctx, cancel := context.WithTimeout(context.Background(), 14*24*time.Hour)
		defer cancel()
		_ = b.c.Run(ctx)
		n := map[string]int{}
		last := map[string]time.Time{}
		longest := map[string]time.Duration{}
		for _, v := range m.visits {
			if l, ok := last[v.Source]; ok {
				longest[v.Source] = max(longest[v.Source], v.At.Sub(l))
			}
			last[v.Source] = v.At
			n[v.Source]++
		}
		lively, still := n["tinh/song-dong"], n["tinh/tram"]
		if lively < 2*still || still < 4*14 || lively > 80*14 {
			t.Errorf("in 14 days the lively source was looked at %d times, the still one %d", lively, still)
		}
		for s, d := range longest {
			if d > 7*time.Hour {
				t.Errorf("%s was left for %s", s, d)
			}
		}
	})
}

// BenchmarkRevisit is B7: how long publications of a province wait to be seen,
// against an even interval with as many requests. 200 sources publish by a
// random process, newspapers all day, offices in office hours, communes
// seldom; ten weeks, the first two not counted.
func BenchmarkRevisit(b *testing.B) {
	for b.Loop() {
		adaptive, n := simulate(func(src media.Source, r *rhythm, fresh []time.Time, now time.Time, _ *rand.Rand) time.Duration {
			if len(fresh) > 0 {
				*r = readRhythm(r.with(fresh, now, now).String())
			} else if r.At.IsZero() {
				*r = r.with(nil, now, now)
			}
			return nextLook(src, *r, now, 0, false)
		})
		even := time.Duration(float64(simulated) / float64(n) / 1.05)
		fixed, m := simulate(func(media.Source, *rhythm, []time.Time, time.Time, *rand.Rand) time.Duration { return even })
		waits := map[*rhythm]time.Duration{}
		halving, k := simulate(func(src media.Source, r *rhythm, fresh []time.Time, now time.Time, _ *rand.Rand) time.Duration {
			floor, ceil := bounds(src)
			f := 1.5
			if len(fresh) > 0 {
				f = 0.5
			}
			w := waits[r]
			if w == 0 {
				w = src.Every
			}
			waits[r] = min(max(time.Duration(float64(w)*f), floor), ceil)
			return waits[r]
		})
		evenH := time.Duration(float64(simulated) / float64(k) / 1.05)
		fixedH, _ := simulate(func(media.Source, *rhythm, []time.Time, time.Time, *rand.Rand) time.Duration { return evenH })
		if math.Abs(float64(m)/float64(n)-1) > 0.02 {
			b.Fatalf("%d requests against %d: not a fair comparison", m, n)
		}
		report := func(name string, q int, of, to []time.Duration) {
			b.ReportMetric(float64(of[len(of)*q/100])/float64(to[len(to)*q/100]), name)
		}
		b.ReportMetric(float64(n)/float64(simulated/(24*time.Hour)), "looks/source/day")
		b.ReportMetric(adaptive[len(adaptive)/2].Minutes(), "p50-min")
		b.ReportMetric(adaptive[len(adaptive)*95/100].Minutes(), "p95-min")
		report("p50-of-even", 50, adaptive, fixed)
		report("p95-of-even", 95, adaptive, fixed)
		report("halving-p50-of-even", 50, halving, fixedH)
		report("halving-p95-of-even", 95, halving, fixedH)
		b.ReportMetric(0, "ns/op")
	}
}

// simulated is the time over all sources that simulate counts.
const simulated = 200 * 8 * 7 * 24 * time.Hour

// simulate gives the delays, ascending, and the number of looks.
func simulate(wait func(src media.Source, r *rhythm, fresh []time.Time, now time.Time, rnd *rand.Rand) time.Duration) (delays []time.Duration, looks int) {
	begin := at("2023-03-06 00:00")
	warm, end := begin.AddDate(0, 0, 14), begin.AddDate(0, 0, 70)
	for i := range 200 {
		rnd := rand.New(rand.NewPCG(7, uint64(i)))
		office, weekly := i >= 30, 20*math.Exp(0.5+0.8*rnd.NormFloat64())
		if office {
			weekly = 8 * math.Exp(0.8*rnd.NormFloat64())
		}
		if i >= 90 {
			weekly = 1.5 * math.Exp(0.8*rnd.NormFloat64())
		}
		var events []time.Time
		for h := begin; h.Before(end); h = h.Add(time.Hour) {
			for range poisson(rnd, weekly*hourShare(h, office)) {
				events = append(events, h.Add(time.Duration(rnd.Int64N(int64(time.Hour)))))
			}
		}
		slices.SortFunc(events, time.Time.Compare)
		src, r, j := media.Source{Kind: media.KindFeed, Every: time.Hour}, &rhythm{}, 0
		for now := begin.Add(time.Duration(rnd.Int64N(int64(time.Hour)))); now.Before(end); {
			from := j
			for ; j < len(events) && !events[j].After(now); j++ {
				if now.After(warm) {
					delays = append(delays, now.Sub(events[j]))
				}
			}
			if now.After(warm) {
				looks++
			}
			w := wait(src, r, events[from:j], now, rnd)
			now = now.Add(w + time.Duration(rnd.Float64()*float64(w)/10))
		}
	}
	slices.Sort(delays)
	return delays, looks
}

// hourShare is the share of a week's publications that falls into the hour.
func hourShare(h time.Time, office bool) float64 {
	hour, weekend := clock(h)
	w := 0.0
	switch lively := slices.Contains([]int{8, 9, 10, 14, 15, 16}, hour); {
	case lively:
		w = 3
	case office && hour >= 7 && hour <= 17:
		w = 1.5
	case office && hour >= 18 && hour <= 21:
		w = 0.2
	case !office && hour >= 5 && hour <= 22:
		w = 1
	}
	switch {
	case weekend == 1 && office:
		w *= 0.15
	case weekend == 1:
		w *= 0.5
	}
	if office {
		return w / (27.8 * 5.3)
	}
	return w / (30 * 6)
}

func poisson(rnd *rand.Rand, mean float64) int {
	n := 0
	for p, limit := rnd.Float64(), math.Exp(-mean); p > limit; n++ {
		p *= rnd.Float64()
	}
	return n
}
