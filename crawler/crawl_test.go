package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

const threeNews = "http://bao.example/3 | Ba | 2023-03-10 11:00\nhttp://bao.example/2 | Hai | 2023-03-10 10:00\nhttp://bao.example/1 | Một | 2023-03-10 09:00\n"

func round(t *testing.T, b *bench) Summary {
	t.Helper()
	s, err := b.c.Round(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Lists, then pages, politely; then the same again, of which nothing is new.
func TestRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.set("http://so.example/tin", "http://so.example/a | A\nhttp://so.example/b | B\n")
		for i := 1; i <= 3; i++ {
			w.set(fmt.Sprintf("http://bao.example/%d", i), fmt.Sprintf("thân bài %d", i))
		}
		so := feed("so", "http://so.example/tin", false)
		so.Kind = media.KindList
		verify := feed("chua-chac", "http://khong.example/", false)
		verify.Verify = true
		b := build(t, newMemory(), w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true), so, verify}})

		s := round(t, b)
		if s.Visits[media.OK] != 2 || s.Items != 5 || s.Pages != 3 || s.PageFail != 0 || s.Bytes == 0 || s.Took <= 0 {
			t.Errorf("%+v", s)
		}
		if got := b.texts[media.ItemID("tinh", "http://bao.example/2")]; got.From != "page" || got.Body != "thân bài 2" || got.Kept == "" ||
			got.Hash != TextHash("Tiêu đề", "", "thân bài 2") || got.ID != media.RevisionID(got.Item, got.Hash, got.Seen) {
			t.Errorf("page text %+v", got)
		}
		if got := b.texts[media.ItemID("tinh", "http://so.example/a")]; got.From != "entry" || got.Title != "A" || got.Lead != "sapo A" || got.Kept != b.lastVisit("so").Kept.SHA256 {
			t.Errorf("entry text %+v", got)
		}
		if w.count("robots.txt") != 2 || w.count("khong") != 0 {
			t.Errorf("asked %v", w.asked)
		}
		v := b.lastVisit("bao")
		if spansText(v.Covers) != "10 10:00→10 12:00 list" || !v.Full || v.Status != 200 || v.Kept == nil || !strings.HasPrefix(v.ID, "20230310-") {
			t.Errorf("%+v", v)
		}
		politeness(t, w, 3*time.Second)

		time.Sleep(time.Hour)
		before := len(w.asked)
		s = round(t, b)
		if s.Visits[media.NotModified] != 2 || s.Items != 0 || s.Pages != 0 || len(w.asked)-before != 2 {
			t.Errorf("again: %+v, %d requests", s, len(w.asked)-before)
		}
		// 12:00 and some seconds (the moment of the first look) to 13:00.
		if v := b.lastVisit("bao"); len(v.Covers) != 1 || v.Covers[0].How != "not_modified" || v.Covers[0].To.Sub(v.Covers[0].From) < time.Hour {
			t.Errorf("again: covers %s", spansText(v.Covers))
		}
		for h, n := range b.kept {
			if n != 1 {
				t.Errorf("%s kept %d times", h, n)
			}
		}
		politeness(t, w, 3*time.Second)
	})
}

// politeness: to each host one request at a time (the web checks) and at
// least gap from the end of one to the start of the next.
func politeness(t *testing.T, w *web, gap time.Duration) {
	t.Helper()
	last := map[string]ask{}
	for _, a := range w.asked {
		if l, ok := last[a.host]; ok && a.start.Sub(l.end) < gap {
			t.Errorf("%s %s after the end of %s, want %s", a.url, a.start.Sub(l.end), l.url, gap)
		}
		last[a.host] = a
	}
}

// Many hosts go side by side; several nodes share them without ever meeting at one.
func TestManyNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		var sources []media.Source
		for i := range 40 {
			u := fmt.Sprintf("http://h%02d.example/rss", i%20)
			var list strings.Builder
			for j := range 15 {
				page := fmt.Sprintf("http://h%02d.example/%d-%d", i%20, i, j)
				fmt.Fprintf(&list, "%s | T | 2023-03-10 %02d:00\n", page, 23-j)
				w.set(page, "thân")
			}
			u += fmt.Sprint(i)
			w.set(u, list.String())
			sources = append(sources, feed(fmt.Sprint("f", i), u, true))
		}
		done := make(chan Summary)
		for n := range 3 {
			b := build(t, m, w, Options{Sources: sources, Node: fmt.Sprint("nut-", n), Workers: 5})
			go func() {
				s, err := b.c.Round(context.Background())
				if err != nil {
					t.Error(err)
				}
				done <- s
			}()
		}
		items, pages := 0, 0
		for range 3 {
			s := <-done
			items += s.Items
			pages += s.Pages
		}
		if items != 600 || pages != 600 || len(m.texts) != 600 {
			t.Errorf("%d items, %d pages, %d texts; want 600 each", items, pages, len(m.texts))
		}
		politeness(t, w, 3*time.Second)
	})
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name    string
		answer  func(fetch.Request) (*fetch.Response, error)
		robots  string
		outcome string
		detail  string
		again   time.Duration // about when it is due again
		fails   int
	}{
		{"403", func(fetch.Request) (*fetch.Response, error) { return nil, status(403, 0) }, "", media.Blocked, "answered 403", 20 * time.Minute, 1},
		{"404", func(fetch.Request) (*fetch.Response, error) { return nil, status(404, 0) }, "", media.Unreachable, "answered 404", 20 * time.Minute, 1},
		{"500", func(fetch.Request) (*fetch.Response, error) { return nil, status(500, 0) }, "", media.Unreachable, "answered 500", 15 * time.Minute, 1},
		{"429", func(fetch.Request) (*fetch.Response, error) { return nil, status(429, 2*time.Hour) }, "", media.Blocked, "answered 429", 2 * time.Hour, 1},
		{"no name", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.Error{Reason: media.Unreachable, Down: true, Err: errors.New("no such host")}
		}, "", media.Unreachable, "no such host", 20 * time.Minute, 1},
		{"time-out", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.Error{Reason: media.Unreachable, Temporary: true, Err: errors.New("took too long")}
		}, "", media.Unreachable, "took too long", 12*time.Minute + 30*time.Second, 1},
		{"moved away", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.RedirectError{To: "http://khac.example/"}
		}, "", media.Unreachable, "redirect to http://khac.example/", 20 * time.Minute, 1},
		{"challenge", page("!challenge"), "", media.Challenge, "as told", 15 * time.Minute, 1},
		{"not a feed", page("!not_a_feed"), "", media.NotAFeed, "as told", 20 * time.Minute, 1},
		{"poison", page("!panic"), "", media.ParseError, "reader panicked: poison", 20 * time.Minute, 1},
		{"no entries", page(""), "", media.Empty, "no entries", 15 * time.Minute, 1},
		{"yesterday's copy", func(fetch.Request) (*fetch.Response, error) {
			return &fetch.Response{Status: 200, Body: []byte(threeNews), Header: http.Header{"Age": {"86400"}}}, nil
		}, "", media.StaleCache, "a copy 24h0m0s old", 20 * time.Minute, 1},
		{"robots", page(threeNews), "User-agent: *\nDisallow: /rss", media.RobotsDenied, "robots.txt does not allow /rss", 20 * time.Minute, 1},
		{"good", page(threeNews), "User-agent: other\nDisallow: /", media.OK, "", time.Hour, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWeb(t)
				w.on("http://bao.example/rss", c.answer)
				if c.robots != "" {
					w.set("http://bao.example/robots.txt", c.robots)
				}
				src := feed("bao", "http://bao.example/rss", false)
				src.Soonest, src.Latest = src.Every, src.Every
				b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
				s := round(t, b)
				v := b.lastVisit("bao")
				if v.Outcome != c.outcome || v.Detail != c.detail || v.Fails != c.fails || s.Visits[c.outcome] != 1 {
					t.Errorf("%s (%s), %d fails", v.Outcome, v.Detail, v.Fails)
				}
				if c.outcome != media.OK && (len(v.Seen) > 0 || len(v.Covers) > 0 || v.Mark != "" || v.ETag != "") {
					t.Errorf("a blind visit brought %+v", v)
				}
				if in := time.Until(v.NextDue) + time.Since(w.asked[len(w.asked)-1].end); in < c.again || in > c.again+c.again/10 {
					t.Errorf("due again in %s, want %s and a tenth at most", in, c.again)
				}
			})
		})
	}
}

func page(body string) func(fetch.Request) (*fetch.Response, error) {
	return func(fetch.Request) (*fetch.Response, error) {
		return &fetch.Response{Status: 200, Body: []byte(body), Header: http.Header{}}, nil
	}
}

// Validators are sent back, except once a day, and only those of a good read.
func TestValidators(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		body, tag := threeNews, `"1"`
		w.on("http://bao.example/rss", func(r fetch.Request) (*fetch.Response, error) {
			if r.ETag == tag {
				return &fetch.Response{Status: 304, NotModified: true, Header: http.Header{}}, nil
			}
			return &fetch.Response{Status: 200, Body: []byte(body), Header: http.Header{"Etag": {tag}}}, nil
		})
		b := build(t, newMemory(), w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
		step := func(outcome, sent string) {
			t.Helper()
			time.Sleep(time.Hour)
			round(t, b)
			if v := b.lastVisit("bao"); v.Outcome != outcome || w.asked[len(w.asked)-1].etag != sent {
				t.Errorf("%s (%s), sent %q; want %s, %q", v.Outcome, v.Detail, w.asked[len(w.asked)-1].etag, outcome, sent)
			}
		}
		step(media.OK, "")
		step(media.NotModified, `"1"`)
		body, tag = "!not_a_feed", `"2"`
		step(media.NotAFeed, `"1"`)
		step(media.NotAFeed, `"1"`) // the validator of the bad page was not kept
		body = "http://bao.example/4 | Bốn | 2023-03-10 15:30\n" + threeNews
		step(media.OK, `"1"`)
		if got := spansText(b.lastVisit("bao").Covers); got != "10 13:00→10 17:00 list" {
			t.Errorf("joins over the blind hours, which showed nothing else: %s", got)
		}
		step(media.NotModified, `"2"`)
		time.Sleep(23 * time.Hour)
		step(media.NotModified, "") // read in full, found equal by its hash
		if !b.lastVisit("bao").Full {
			t.Error("not marked as a full read")
		}
		step(media.NotModified, `"2"`)
	})
}

// A list that shows older pieces only, and one that lost its rows.
func TestSuspiciousLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		src := feed("bao", "http://bao.example/tin", false)
		src.Kind = media.KindList
		b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
		row := func(ids ...int) string {
			var s strings.Builder
			for _, i := range ids {
				fmt.Fprintf(&s, "http://bao.example/%d | T%d | 2023-03-%02d 10:00\n", i, i, i)
			}
			return s.String()
		}
		step := func(body, outcome, covers string) {
			t.Helper()
			w.set("http://bao.example/tin", body)
			round(t, b)
			if v := b.lastVisit("bao"); v.Outcome != outcome || (spansText(v.Covers) != "") != (covers != "") || !strings.HasPrefix(spansText(v.Covers), covers) {
				t.Errorf("%s (%s) covers %s; want %s, %s…", v.Outcome, v.Detail, spansText(v.Covers), outcome, covers)
			}
			time.Sleep(time.Hour)
		}
		step(row(4, 3, 2, 1), media.OK, "02 10:00")
		step(row(9, 8, 7, 6, 5), media.OK, "06 10:00")
		step(row(4, 3, 2, 1), media.StaleCache, "")
		step(row(9), media.LayoutChanged, "")
		step(row(10, 9, 8, 7, 6), media.OK, "10 13:00") // joins the visit before the blind ones
	})
}

// A host that says "later" is left alone until then, pages and all.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.on("http://bao.example/3", func(fetch.Request) (*fetch.Response, error) { return nil, status(503, 90*time.Minute) })
		w.set("http://bao.example/1", "thân")
		w.set("http://bao.example/2", "thân")
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true)}})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- b.c.Run(ctx) }()
		time.Sleep(12 * time.Hour)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		for i, a := range w.asked {
			if strings.HasSuffix(a.url, "/3") && i+1 < len(w.asked) {
				if gap := w.asked[i+1].start.Sub(a.end); gap < 90*time.Minute {
					t.Errorf("%s asked %s after the 503", w.asked[i+1].url, gap)
				}
			}
		}
		politeness(t, w, 3*time.Second)
		// /3 is tried a few times and then left to the listing's words.
		p := m.wait[media.ItemID("tinh", "http://bao.example/3")]
		if !p.done || p.a.Tries != maxTemporary || w.count("/3") > maxTemporary {
			t.Errorf("%+v after %d requests", p, w.count("/3"))
		}
		if n := len(m.texts); n != 2 {
			t.Errorf("%d texts, want those of /1 and /2", n)
		}
	})
}

func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", "http://bao.example/gone | A | 2023-03-10 11:00\nhttp://bao.example/soft | B | 2023-03-10 10:00\nhttp://bao.example/poison | C | 2023-03-10 09:00\n"+
			"http://khac.example/x | D | 2023-03-10 08:00\nhttp://so.example/y | E | 2023-03-10 07:00\nhttp://bao.example/ok | F | 2023-03-10 06:00\n")
		w.set("http://so.example/rss", "http://so.example/z | Z\n")
		w.set("http://bao.example/soft", "!soft_404")
		w.set("http://bao.example/poison", "!panic")
		w.set("http://bao.example/ok", "thân")
		w.set("http://so.example/y", "thân")
		so := feed("so", "http://so.example/rss", false)
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true), so}})
		id := func(u string) string { return media.ItemID("tinh", "http://"+u) }
		round(t, b)
		// A page at a host that is not of the plan is not fetched: its entry stands in at once.
		if m.texts[id("khac.example/x")].From != "entry" || w.count("khac") != 0 {
			t.Errorf("%+v", m.texts[id("khac.example/x")])
		}
		// A page at another host of the plan is fetched there.
		if m.texts[id("so.example/y")].From != "page" || m.wait[id("so.example/y")].host != "so.example" {
			t.Errorf("%+v", m.texts[id("so.example/y")])
		}
		for range 6 {
			time.Sleep(2 * time.Hour)
			round(t, b)
		}
		for _, u := range []string{"gone", "soft", "poison"} {
			p := m.wait[id("bao.example/"+u)]
			if !p.done || p.a.Tries != maxTries || w.count("/"+u) != maxTries {
				t.Errorf("%s: %+v, asked %d times", u, p, w.count("/"+u))
			}
		}
		if w.count("/ok") != 1 {
			t.Error("a page was read twice")
		}
		for _, p := range m.pages {
			if p.Revision == nil && p.Outcome == media.OK || !p.Done && !p.NextDue.After(time.Time{}) || p.Done && p.Outcome == media.ParseError && p.Detail != "reader panicked: poison" {
				t.Errorf("%+v", p)
			}
		}
	})
}

// A host without a name: every source of it is told blind, and the pages that
// wait there do not wait for ever.
func TestHostDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		var list strings.Builder
		for i := range 30 {
			fmt.Fprintf(&list, "http://so.example/%02d | T | 2023-03-10 11:%02d\n", i, 59-i)
		}
		down := func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.Error{Reason: media.Unreachable, Temporary: true, Down: true, Err: errors.New("connection refused")}
		}
		w.set("http://bao.example/rss", list.String())
		for _, p := range []string{"robots.txt", "rss"} {
			w.on("http://so.example/"+p, down)
		}
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true), feed("so", "http://so.example/rss", true), feed("so2", "http://so.example/rss", true)}})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- b.c.Run(ctx) }()
		time.Sleep(14 * time.Hour)
		cancel()
		<-done
		for id, p := range m.wait {
			if !p.done {
				t.Errorf("%s still waits after %d tries", id, p.a.Tries)
			}
		}
		if len(m.wait) != 30 || b.lastVisit("so2").Outcome != media.Unreachable || b.lastVisit("so2").Fails < 3 {
			t.Errorf("%d pages, %+v", len(m.wait), b.lastVisit("so2"))
		}
		if n := w.count("so.example"); n > 80 {
			t.Errorf("a dead host was asked %d times", n)
		}
	})
}

// Each failure in a row makes the wait longer, up to a limit, never for ever.
func TestRetryIn(t *testing.T) {
	for _, w := range []float64{hard, soft, temporary} {
		var last time.Duration
		for n := 1; n < 200; n++ {
			d := retryIn(time.Hour, n, failure{weight: w})
			if d < last || d < firstRetry || d > maxRetry {
				t.Fatalf("weight %v, %d failures: %s after %s", w, n, d, last)
			}
			last = d
		}
		if last != maxRetry {
			t.Errorf("weight %v ends at %s", w, last)
		}
	}
	if d := retryIn(24*time.Hour, 100, failure{weight: hard}); d != 24*time.Hour {
		t.Error(d)
	}
	if d := retryIn(time.Minute, 1, failure{weight: hard}); d != 2*time.Minute {
		t.Error(d)
	}
	if d := retryIn(time.Hour, 1, failure{weight: hard, after: 20 * time.Hour}); d != 20*time.Hour {
		t.Error(d)
	}
}

// Sources not in force are left alone, and unknown ones do not spin.
func TestSourcesInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		late := feed("moi", "http://bao.example/rss", false)
		late.From = at("2024-01-01 00:00")
		old := feed("cu", "http://bao.example/rss", false)
		old.To = at("2023-03-10 12:00")
		b := build(t, m, w, Options{Sources: []media.Source{late, old, feed("bao", "http://bao.example/rss", false)}})
		if s := round(t, b); len(m.visits) != 1 || s.Visits[media.OK] != 1 {
			t.Errorf("%+v", m.visits)
		}
		m.sources["tinh/la"] = &sourceRow{host: "bao.example", active: true, st: SourceState{Source: "tinh/la"}}
		b.c.reads.Load().sources["tinh/xoa"] = media.Source{}
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		if err := b.c.work(ctx, func(time.Duration) bool { return true }); err != nil {
			t.Error(err)
		}
		if !m.hosts["bao.example"].notBefore.After(time.Now()) {
			t.Error("a host with unknown work alone is not held back")
		}
	})
}

// A round over some sources visits them alone; the others stay known, and due
// when they were.
func TestOnlySomeSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.set("http://bao.example/khac", threeNews)
		w.set("http://so.example/rss", threeNews)
		sources := []media.Source{feed("bao", "http://bao.example/rss", false), feed("khac", "http://bao.example/khac", false), feed("so", "http://so.example/rss", false)}
		round(t, build(t, m, w, Options{Sources: sources}))
		if len(m.visits) != 3 {
			t.Fatalf("%d visits in a round over all", len(m.visits))
		}
		due := map[string]time.Time{}
		for id, r := range m.sources {
			due[id] = r.due
		}
		round(t, build(t, m, w, Options{Sources: sources, Only: []string{sources[0].ID}}))
		if len(m.visits) != 4 || m.visits[3].Source != sources[0].ID {
			t.Errorf("visits %+v", m.visits)
		}
		for id, r := range m.sources {
			if !r.active || id != sources[0].ID && !r.due.Equal(due[id]) {
				t.Errorf("%s: active %t, due %s, was due %s", id, r.active, r.due, due[id])
			}
		}
	})
}

func TestPageProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://so.example/ke-hoach", "nội dung kế hoạch")
		src := feed("kh", "http://so.example/ke-hoach", false)
		src.Kind = media.KindPage
		b := build(t, m, w, Options{Sources: []media.Source{src}})
		round(t, b)
		v := b.lastVisit("kh")
		if v.Outcome != media.OK || len(v.Seen) != 0 || len(v.Covers) != 0 || v.Kept == nil { // kept as it was, and no news
			t.Errorf("%+v", v)
		}
		w.set("http://so.example/ke-hoach", "!soft_404")
		round(t, b)
		if v := b.lastVisit("kh"); v.Outcome != media.Soft404 {
			t.Errorf("%+v", v)
		}
		// A page that sends its readers home is not there; one that moved within the site is.
		for base, want := range map[string]string{"http://so.example/": media.Soft404, "http://so.example/ke-hoach/2023": media.OK} {
			w.on("http://so.example/ke-hoach", func(fetch.Request) (*fetch.Response, error) {
				return &fetch.Response{Status: 200, Body: []byte("nội dung kế hoạch ở " + base), FinalURL: base, Header: http.Header{}}, nil
			})
			round(t, b)
			if v := b.lastVisit("kh"); v.Outcome != want {
				t.Errorf("%s: %s (%s)", base, v.Outcome, v.Detail)
			}
		}
	})
}

// TestExpected: what has to be posted on a page is looked for at every visit,
// also where the page is as it was.
func TestExpected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		src := feed("lien-he", "http://so.example/lien-he", false)
		src.Kind = media.KindPage
		src.Expect = []media.Expect{{Name: "đường dây nóng", Phrases: []string{"Đường dây nóng"}}, {Name: "thư điện tử", Regexp: `\w+@\w+`}}
		const more = " Trang này do văn phòng phụ trách, cập nhật thường xuyên; mọi góp ý xin gửi về trụ sở cơ quan trong giờ làm việc."
		w.set("http://so.example/lien-he", "<p>Đường dây nóng 0299 000 111, so@so.example."+more+"</p>")
		b := build(t, m, w, Options{Sources: []media.Source{src}})
		told := func() string {
			round(t, b)
			v := b.lastVisit("lien-he")
			return fmt.Sprint(v.Outcome, " ", v.Parts, " ", v.Detail)
		}
		const all = "ok [{đường dây nóng true} {thư điện tử true}] "
		for i := range 2 {
			if got := told(); got != all {
				t.Errorf("look %d: %s", i, got)
			}
		}
		if w.asked[len(w.asked)-1].etag != "" {
			t.Error("asked whether the page has changed")
		}
		w.set("http://so.example/lien-he", "<p>Hộp thư so@so.example."+more+"</p>")
		if got := told(); got != "ok [{đường dây nóng false} {thư điện tử true}] lacks: đường dây nóng" {
			t.Errorf("without its number: %s", got)
		}
		w.set("http://so.example/lien-he", "<h1>Hệ thống đang bảo trì</h1>")
		if got := told(); !strings.HasPrefix(got, "soft_404 [] ") {
			t.Errorf("under repair: %s", got)
		}
	})
}

// TestColumnsAndLists: questions, documents, announced schedules and uploads are read in
// visits; columns cover as lists do, schedules and uploads nothing.
func TestColumnsAndLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		kinds := []media.SourceKind{media.KindQuestions, media.KindDocuments, media.KindSchedule, media.KindUploads}
		var sources []media.Source
		for _, kind := range kinds {
			src := feed(string(kind), "http://so.example/"+string(kind), false)
			src.Kind, src.Channel = kind, "ytv"
			sources = append(sources, src)
		}
		row := func(cells ...string) string { return "<tr><td>" + strings.Join(cells, "</td><td>") + "</td></tr>" }
		question := func(n int, answered string) string {
			return row(fmt.Sprintf("Câu hỏi thứ %d về thủ tục", n), fmt.Sprintf("%02d/03/2023", n), answered)
		}
		column := func(rows ...string) {
			w.set("http://so.example/questions", "<table>"+row("Câu hỏi", "Ngày hỏi", "Ngày trả lời")+strings.Join(rows, "")+"</table>")
		}
		column(question(9, ""), question(7, "08/03/2023"), question(3, "06/03/2023"), question(1, "02/03/2023"))
		w.set("http://so.example/documents", "<table>"+row("Số, ký hiệu", "Ngày ban hành", "Trích yếu", "Ngày đăng")+
			row("12/QĐ-UBND", "06/03/2023", "Về việc công bố danh mục thủ tục", "09/03/2023")+row("11/QĐ-UBND", "03/03/2023", "Về việc phê duyệt kế hoạch", "07/03/2023")+"</table>")
		w.set("http://so.example/schedule", "<h3>Thứ bảy, ngày 11/03/2023</h3><p>19h45 Thời sự</p><p>20h05 Chung tay</p>")
		w.set("http://so.example/uploads", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Chung tay số 10</title><link rel="alternate" href="https://www.youtube.com/watch?v=abcdefghi-1"/><published>2023-03-09T01:30:00+00:00</published></entry></feed>`)
		b := build(t, m, w, Options{Sources: sources, Columns: []media.Column{{ID: "chung-tay", Agency: "tinh/bao", Name: "Chung tay"}}})
		round(t, b)
		v := b.lastVisit("questions")
		if v.Outcome != media.OK || len(v.Asked) != 4 || len(v.Seen) != 0 || v.Kept == nil || v.Asked[0].State != "waiting" || v.Asked[1].State != "answered" || v.Asked[0].Agency != "tinh/bao" {
			t.Errorf("questions: %+v", v)
		}
		if len(v.Covers) != 1 || !v.Covers[0].From.Equal(at("2023-03-08 00:00")) { // back to the last before a long silence
			t.Errorf("covers %v", v.Covers)
		}
		if v := b.lastVisit("documents"); v.Outcome != media.OK || len(v.Seen) != 2 || !v.Seen[0].Item.Listed || v.Seen[0].Item.Number != "12/QĐ-UBND" || v.Seen[0].Fetch || v.Seen[0].Entry == nil {
			t.Errorf("documents: %+v", v)
		}
		if v := b.lastVisit("schedule"); v.Outcome != media.OK || len(v.Planned) != 2 || v.Planned[1].Column != "chung-tay" || v.Planned[0].Channel != "ytv" || len(v.Covers)+len(v.Seen) != 0 {
			t.Errorf("schedule: %+v", v)
		}
		if v := b.lastVisit("uploads"); v.Outcome != media.OK || len(v.Uploads) != 1 || v.Uploads[0].Column != "chung-tay" || v.Uploads[0].Channel != "ytv" || len(v.Covers)+len(v.Seen) != 0 {
			t.Errorf("uploads: %+v", v)
		}
		round(t, b)
		if v := b.lastVisit("questions"); v.Outcome != media.NotModified || len(v.Asked) != 4 || len(v.Covers) != 1 {
			t.Errorf("as it was: %+v", v)
		}
		column(question(7, "08/03/2023"), question(3, "06/03/2023"), question(1, "02/03/2023")) // the newest is gone: an older copy perhaps
		round(t, b)
		if v := b.lastVisit("questions"); v.Outcome != media.OK || len(v.Covers) != 0 || v.Mark != "" {
			t.Errorf("without its newest: %+v", v)
		}
	})
}

// TestUptime: an uptime probe asks for a little, keeps nothing, and does not
// slow down while the server is down.
func TestUptime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		src := feed("may-chu", "http://so.example/", false)
		src.Kind, src.Every = media.KindUptime, 10*time.Minute
		var asked fetch.Request
		w.on("http://so.example/", func(r fetch.Request) (*fetch.Response, error) {
			asked = r
			return &fetch.Response{Status: 200, Body: []byte("Just a moment"), Header: http.Header{}}, nil
		})
		b := build(t, m, w, Options{Sources: []media.Source{src}})
		round(t, b)
		if v := b.lastVisit("may-chu"); v.Outcome != media.OK || v.Status != 200 || v.Kept != nil || len(m.kept) > 0 || v.BodyHash != "" || v.Wait != src.Every || asked.MaxBody != pingBody || !asked.Cut {
			t.Errorf("%+v, asked %+v", v, asked)
		}
		w.on("http://so.example/", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.RedirectError{To: "http://khac.example/"}
		})
		round(t, b)
		if v := b.lastVisit("may-chu"); v.Outcome != media.OK || v.Detail == "" {
			t.Errorf("sent elsewhere: %+v", v)
		}
		w.on("http://so.example/", func(fetch.Request) (*fetch.Response, error) { return nil, status(503, 0) })
		for range 8 {
			round(t, b)
		}
		if v := b.lastVisit("may-chu"); v.Outcome != media.Unreachable || v.Fails != 8 || v.NextDue.Sub(time.Now()) > 11*time.Minute {
			t.Errorf("down: %+v, due in %s", v, v.NextDue.Sub(time.Now()))
		}
	})
}

func TestColumns(t *testing.T) {
	day0 := time.Date(2023, 3, 6, 0, 0, 0, 0, time.UTC)
	cols := []media.Column{
		{ID: "cchc", Agency: "tinh/bao", Name: "Cải cách hành chính", Aliases: []media.Alias{{Name: "Chung tay CCHC"}, {Name: "Một cửa", To: day0}}},
		{ID: "khac", Agency: "tinh/dai", Name: "Thời sự"},
	}
	b := build(t, newMemory(), newWeb(t), Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}, Columns: cols})
	src := feed("bao", "http://bao.example/rss", false)
	for section, want := range map[string]string{"CẢI CÁCH  HÀNH CHÍNH": "cchc", "Chung tay CCHC": "cchc", "Thời sự": "", "": "", "Cải cách": "", "Một cửa": ""} {
		if got := b.c.column(src, section, day0); got != want {
			t.Errorf("%q: %q, want %q", section, got, want)
		}
	}
	if got := b.c.column(src, "Một cửa", day0.Add(-1)); got != "cchc" {
		t.Errorf("the name it had before: %q", got)
	}
	src.Column = "rieng"
	if got := b.c.column(src, "Chung tay CCHC", day0); got != "rieng" {
		t.Error(got)
	}
}

func TestNewRefuses(t *testing.T) {
	m, w := newMemory(), newWeb(t)
	good := Options{Hosts: m, Records: m, Known: m, Keeper: m, Fetch: w, Province: "tinh", Node: "n"}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Options){
		"no fetch":    func(o *Options) { o.Fetch = nil },
		"no province": func(o *Options) { o.Province = "" },
		"no node":     func(o *Options) { o.Node = "" },
		"bad address": func(o *Options) { o.Sources = []media.Source{feed("x", "ftp://x/", false)} },
		"bad key": func(o *Options) {
			s := feed("x", "http://x.example/", false)
			s.Rule.Key = "sao-cung-duoc"
			o.Sources = []media.Source{s}
		},
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// When a list finds the host gone, its other lists are not tried.
func TestDownStopsTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.set("http://bao.example/b", threeNews)
		w.on("http://bao.example/a", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.Error{Reason: media.Unreachable, Temporary: true, Down: true, Err: errors.New("connection refused")}
		})
		b := build(t, newMemory(), w, Options{Sources: []media.Source{feed("a", "http://bao.example/a", false), feed("b", "http://bao.example/b", false)}})
		s := round(t, b)
		if s.Visits[media.Unreachable] != 2 || len(w.asked) != 2 || b.lastVisit("b").Detail != "connection refused" {
			t.Errorf("%+v after %v", s, w.asked)
		}
	})
}
