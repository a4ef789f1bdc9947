package crawler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// archive is a list of pieces 1..n, one every six hours up to the business now
// of the tests, five a page; at the moment it is asked.
type archive struct {
	n     int // pieces there are
	gone  map[int]bool
	extra func(page int, rows []int) []int
	asked []int // pages
}

func (a *archive) day(i int) time.Time {
	return at("2023-03-10 12:00").Add(-time.Duration(200-i) * 6 * time.Hour)
}

func (a *archive) page(p int) string {
	var all []int
	for i := a.n; i >= 1; i-- {
		if !a.gone[i] {
			all = append(all, i)
		}
	}
	from := min((p-1)*5, len(all))
	rows := all[from:min(from+5, len(all))]
	if a.extra != nil {
		rows = a.extra(p, rows)
	}
	var b strings.Builder
	for _, i := range rows {
		fmt.Fprintf(&b, "http://cong.example/%d | Tin %d | %s\n", i, i, a.day(i).Add(7*time.Hour).UTC().Format("2006-01-02 15:04"))
	}
	return b.String()
}

func (a *archive) serve(w *web, pages int) {
	for p := 1; p <= pages; p++ {
		u := "http://cong.example/tin"
		if p > 1 {
			u = fmt.Sprintf("%s?page=%d", u, p)
		}
		w.on(u, func(fetch.Request) (*fetch.Response, error) {
			a.asked = append(a.asked, p)
			text := a.page(p)
			if text == "" {
				text = "!empty"
			}
			return &fetch.Response{Status: 200, Body: []byte(text)}, nil
		})
	}
}

func walkOf(t *testing.T, b *bench, opt WalkOptions) WalkResult {
	t.Helper()
	res, _, err := b.c.Walk(context.Background(), opt)
	if err != nil || len(res) != 1 {
		t.Fatalf("%+v %v", res, err)
	}
	return res[0]
}

// merged are the spans a walk covered, joined where they touch.
func (m *memory) merged() string {
	spans := slices.Clone(m.covered)
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			out[n-1].To = later(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return spansText(out)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// A walk goes back to the date, records each piece from then on once, and
// covers all of the time without a gap; a second run has nothing left to do.
func TestWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w := &archive{n: 200}, newWeb(t)
		a.serve(w, 60)
		b := build(t, newMemory(), w, Options{Sources: []media.Source{paged()}})
		since := at("2023-02-20 00:00")
		r := walkOf(t, b, WalkOptions{Since: since})
		if r.State != WalkReached || r.Gaps != 0 || r.Outcome != "" || r.Share != 1 || r.Earlier {
			t.Errorf("%+v", r)
		}
		want := 0
		for i := 1; i <= 200; i++ {
			if !a.day(i).Before(since) {
				want++
			}
		}
		if len(b.items) < want || len(b.items) > want+10 || r.Items != len(b.items) { // the last page goes beyond
			t.Errorf("%d items, walk tells %d, want %d", len(b.items), r.Items, want)
		}
		if len(b.covered) == 0 || b.covered[len(b.covered)-1].From.After(since) || strings.Contains(b.merged(), ";") {
			t.Errorf("covers %s", b.merged())
		}
		for _, s := range b.covered {
			if s.How != "archive" {
				t.Errorf("covered by %q", s.How)
			}
		}
		if len(a.asked) > want/5+2 {
			t.Errorf("asked for pages %v", a.asked)
		}
		politeness(t, w, 3*time.Second)
		before := len(w.asked)
		if again := walkOf(t, b, WalkOptions{Since: since}); !again.Earlier || again.State != WalkReached || len(w.asked) != before {
			t.Errorf("a second run: %+v, %d requests", again, len(w.asked)-before)
		}
		deeper := walkOf(t, b, WalkOptions{Since: at("2023-02-10 00:00")})
		if deeper.State != WalkReached || len(a.asked) > 45 || slices.Contains(a.asked[len(a.asked)-5:], 1) || strings.Contains(b.merged(), ";") || b.covered[len(b.covered)-1].From.After(at("2023-02-10 00:00")) {
			t.Errorf("deeper: %+v, asked %v, covers %s", deeper, a.asked, b.merged())
		}
	})
}

// However often a walk is broken off, and though pieces are published and
// withdrawn meanwhile, nothing is lost; what cannot be proven stays a gap.
func TestWalkResumes(t *testing.T) {
	for _, c := range []struct {
		name      string
		published int // between two runs
		withdrawn int
		whole     bool // covered without a gap
	}{{"quiet", 0, 0, true}, {"some published", 2, 0, true}, {"a page and more published", 8, 0, true}, {"some withdrawn", 0, 2, true}, {"two pages withdrawn", 0, 11, false}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, a, w := newMemory(), &archive{n: 150, gone: map[int]bool{}}, newWeb(t)
				a.serve(w, 60)
				since := at("2023-02-05 00:00")
				var r WalkResult
				runs := 0
				for ; runs < 20; runs++ {
					b := build(t, m, w, Options{Sources: []media.Source{paged()}, Node: fmt.Sprint("nut-", runs)})
					puts := 0
					m.fail = func(op string) error {
						if op == "walk" {
							if puts++; puts > 4 {
								return errors.New("killed")
							}
						}
						return nil
					}
					res, _, err := b.c.Walk(context.Background(), WalkOptions{Since: since})
					if r = res[0]; err == nil {
						break
					}
					time.Sleep(time.Hour)
					a.n += c.published
					if runs == 1 {
						for i := range c.withdrawn { // of those read already
							a.gone[150-i] = true
						}
					}
				}
				if r.State != WalkReached || runs < 3 {
					t.Fatalf("after %d runs: %+v", runs, r)
				}
				for i := 1; i <= 150; i++ {
					_, has := m.items[media.ItemID("tinh", fmt.Sprintf("http://cong.example/%d", i))]
					if want := !a.day(i).Before(since); want && !has && !a.gone[i] && c.whole {
						t.Errorf("piece %d of %s: recorded %v", i, a.day(i), has)
					}
				}
				if whole := m.merged(); strings.Contains(whole, ";") == c.whole || (r.Gaps == 0) != c.whole {
					t.Errorf("covers %s, %d gaps", whole, r.Gaps)
				}
			})
		})
	}
}

// How a walk ends, and that none is without end.
func TestWalkEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		set     func(*archive, *web)
		opt     WalkOptions
		rule    *media.Paging
		state   string
		outcome string
		pages   int // asked at most
		covers  string
	}{
		{"the list ends by an empty page", func(a *archive, w *web) { a.n = 200; a.gone = upTo(150) }, WalkOptions{}, nil, WalkEnded, "", 12, "26 12:00→10 12:00"},
		{"the list ends by 404", func(a *archive, w *web) {
			w.mu.Lock()
			delete(w.pages, "http://cong.example/tin?page=3")
			w.mu.Unlock()
		}, WalkOptions{}, nil, WalkEnded, "", 3, "08 12:00→10 12:00"},
		{"its last page again and again", func(a *archive, w *web) {
			a.extra = func(p int, rows []int) []int {
				if p > 3 {
					return []int{190, 189, 188, 187, 186}
				}
				return rows
			}
		}, WalkOptions{}, nil, WalkRepeats, "", 5, ""},
		{"begins anew", func(a *archive, w *web) {
			a.extra = func(p int, rows []int) []int {
				if p > 3 {
					return []int{200, 199, 198, 197, 196}
				}
				return rows
			}
		}, WalkOptions{}, nil, WalkRepeats, "", 5, ""},
		{"without end", func(a *archive, w *web) {
			a.extra = func(p int, rows []int) []int { return []int{1000 + p*2, 1001 + p*2} }
		}, WalkOptions{MaxPages: 7}, nil, WalkLong, "", 7, ""},
		{"one page alone", nil, WalkOptions{}, &media.Paging{By: "none"}, WalkSingle, "", 1, ""},
		{"robots.txt", func(a *archive, w *web) {
			w.set("http://cong.example/robots.txt", "User-agent: *\nDisallow: /tin?page=3")
		}, WalkOptions{}, nil, WalkDenied, "", 2, ""},
		{"blocked", func(a *archive, w *web) {
			w.on("http://cong.example/tin?page=3", func(fetch.Request) (*fetch.Response, error) { return nil, status(403, 0) })
		}, WalkOptions{}, nil, WalkOpen, media.Blocked, 2, ""},
		{"a challenge", func(a *archive, w *web) { w.set("http://cong.example/tin?page=2", "!challenge") }, WalkOptions{}, nil, WalkOpen, media.Challenge, 1, ""},
		{"the host goes down", func(a *archive, w *web) {
			w.on("http://cong.example/tin?page=2", func(fetch.Request) (*fetch.Response, error) {
				return nil, &fetch.Error{Reason: media.Unreachable, Down: true, Temporary: true, Err: errors.New("connection refused")}
			})
		}, WalkOptions{}, nil, WalkOpen, media.Unreachable, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, w := &archive{n: 200}, newWeb(t)
				a.serve(w, 60)
				if c.set != nil {
					c.set(a, w)
				}
				src := paged()
				if c.rule != nil {
					src.Rule.Next = *c.rule
				}
				b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
				c.opt.Since = at("2022-06-01 00:00")
				r := walkOf(t, b, c.opt)
				if r.State != c.state || r.Outcome != c.outcome || len(a.asked) > c.pages {
					t.Errorf("%s (%s %s), asked %v", r.State, r.Outcome, r.Detail, a.asked)
				}
				if c.covers != "" && !strings.HasPrefix(b.merged(), c.covers[:8]) {
					t.Errorf("covers %s, want %s", b.merged(), c.covers)
				}
			})
		})
	}
}

func upTo(n int) map[int]bool {
	m := map[int]bool{}
	for i := 1; i <= n; i++ {
		m[i] = true
	}
	return m
}

// A page that fails for a while is waited for, within the host's wishes.
func TestWalkWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w := &archive{n: 200}, newWeb(t)
		a.serve(w, 60)
		start := time.Now()
		w.on("http://cong.example/tin?page=2", func(fetch.Request) (*fetch.Response, error) {
			if time.Since(start) < 9*time.Minute {
				return nil, status(429, 5*time.Minute)
			}
			return &fetch.Response{Status: 200, Body: []byte(a.page(2))}, nil
		})
		b := build(t, newMemory(), w, Options{Sources: []media.Source{paged()}})
		r := walkOf(t, b, WalkOptions{Since: at("2023-03-01 00:00")})
		if r.State != WalkReached || r.Gaps != 0 || time.Since(start) < 10*time.Minute {
			t.Errorf("%+v after %s", r, time.Since(start))
		}
		politeness(t, w, 3*time.Second)
	})
}

// Only what was asked for is recorded and covered.
func TestWalkUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w := &archive{n: 200}, newWeb(t)
		a.serve(w, 60)
		b := build(t, newMemory(), w, Options{Sources: []media.Source{paged()}})
		since, until := at("2023-02-20 00:00"), at("2023-03-01 00:00")
		walkOf(t, b, WalkOptions{Since: since, Until: until})
		for _, it := range b.items {
			if !it.Claimed.At.Before(until) {
				t.Errorf("%s of %s", it.URL, it.Claimed.At)
			}
		}
		if len(b.items) < 36 || len(b.items) > 46 || strings.Contains(b.merged(), ";") || !strings.HasSuffix(b.merged(), "→01 00:00 archive") || b.covered[len(b.covered)-1].From.After(since) {
			t.Errorf("%d items, covers %s", len(b.items), b.merged())
		}
	})
}

// Articles found by a walk are read in the same run; sources of others are not
// visited, and a node that visits them gets its turn.
func TestWalkReadsArticles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w := &archive{n: 200}, newWeb(t)
		a.serve(w, 60)
		for i := 1; i <= 200; i++ {
			w.set(fmt.Sprintf("http://cong.example/%d", i), fmt.Sprintf("thân bài %d", i))
		}
		src, other := paged(), feed("khac", "http://cong.example/khac", false)
		src.Articles = true
		w.set("http://cong.example/khac", news(5, 1))
		m := newMemory()
		b := build(t, m, w, Options{Sources: []media.Source{src, other}, Only: []string{src.ID}})
		b2 := build(t, m, w, Options{Sources: []media.Source{src, other}, Only: []string{other.ID}, Node: "nut-2"})
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- b2.c.Run(ctx) }()
		r := walkOf(t, b, WalkOptions{Since: at("2023-03-01 00:00")})
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if r.State != WalkReached || m.lastOutcome("tinh/khac") != media.OK || m.lastOutcome(src.ID) != "" {
			t.Errorf("%+v; other source %q, own %q", r, m.lastOutcome("tinh/khac"), m.lastOutcome(src.ID))
		}
		for id, p := range m.wait {
			if !p.done || m.kept[p.kept] == 0 {
				t.Errorf("%s: read %v, the page that listed it kept %d times", m.items[id].URL, p.done, m.kept[p.kept])
			}
		}
		if len(m.wait) < 30 {
			t.Errorf("%d articles", len(m.wait))
		}
		politeness(t, w, 0)
	})
}

func (m *memory) lastOutcome(source string) string {
	for _, v := range slices.Backward(m.visits) {
		if v.Source == source {
			return v.Outcome
		}
	}
	return ""
}

// A sitemap is read whole, but for files and pieces from before the date;
// nothing is covered by it.
func TestWalkSitemap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://so.example/sitemap.xml", `<sitemapindex><sitemap><loc>http://so.example/a.xml</loc><lastmod>2023-03-09</lastmod></sitemap>
			<sitemap><loc>http://so.example/b.xml</loc><lastmod>2023-02-01</lastmod></sitemap><sitemap><loc>http://so.example/old.xml</loc><lastmod>2022-02-01</lastmod></sitemap>
			<sitemap><loc>http://so.example/lost.xml</loc></sitemap></sitemapindex>`)
		w.set("http://so.example/a.xml", mapOf(false, [2]string{"a1", "2023-03-09"}, [2]string{"a2", "2023-02-02"}, [2]string{"a3", "2022-12-02"}))
		w.set("http://so.example/b.xml", mapOf(true, [2]string{"b1", "2023-01-20T08:00:00+07:00"}, [2]string{"b2", "2022-12-20T08:00:00+07:00"}))
		for _, n := range []string{"a1", "a2", "b1"} {
			w.set("http://so.example/"+n, "thân bài "+n)
		}
		fails := 0
		m.fail = func(op string) error {
			if op == "walk" {
				if fails++; fails == 3 {
					return errors.New("killed")
				}
			}
			return nil
		}
		b := build(t, m, w, Options{Sources: []media.Source{siteMap()}})
		if _, _, err := b.c.Walk(context.Background(), WalkOptions{Since: at("2023-01-01 00:00")}); err == nil {
			t.Fatal("was not broken off")
		}
		time.Sleep(time.Minute)
		b = build(t, m, w, Options{Sources: []media.Source{siteMap()}, Node: "nut-2"})
		r := walkOf(t, b, WalkOptions{Since: at("2023-01-01 00:00")})
		var got []string
		for _, it := range m.items {
			got = append(got, strings.TrimPrefix(it.URL, "http://so.example/"))
		}
		slices.Sort(got)
		if r.State != WalkAll || r.Lost != 1 || strings.Join(got, " ") != "a1 a2 b1" || len(m.covered) != 0 || w.count("old.xml") != 0 || w.count("sitemap.xml") != 1 {
			t.Errorf("%+v, items %v, covers %s", r, got, m.merged())
		}
		politeness(t, w, 3*time.Second)
	})
}
