package crawler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// paged is a list of the portal's kind whose further pages are ?page=N.
func paged() media.Source {
	s := feed("cong", "http://cong.example/tin", false)
	s.Kind, s.Rule.Next = media.KindList, media.Paging{By: "query", Param: "page", First: 1}
	return s
}

// news are rows of a list: pieces from..to, newest first, one an hour.
func news(from, to int) string {
	var b strings.Builder
	for i := from; i >= to; i-- {
		fmt.Fprintf(&b, "http://cong.example/%d | Tin %d | %s\n", i, i, at("2023-03-09 00:00").Add(time.Duration(i)*time.Hour).Add(7*time.Hour).Format("2006-01-02 15:04"))
	}
	return b.String()
}

// asked lists what was asked of a host, robots.txt left out.
func (w *web) urls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, a := range w.asked {
		if !strings.HasSuffix(a.url, "/robots.txt") {
			out = append(out, a.url)
		}
	}
	return out
}

// When a list does not reach back to what was seen last, further pages do.
func TestGapIsClosed(t *testing.T) {
	for _, c := range []struct {
		name   string
		pages  map[int]string // page → what it shows at the second visit
		robots string
		asked  int // pages asked at the second visit
		items  int // known in the end
		joins  bool
		detail string
	}{
		{"joined by page 3", map[int]string{1: news(30, 26), 2: news(25, 21), 3: news(20, 16)}, "", 3, 15, true, ""},
		{"list moved while turning", map[int]string{1: news(30, 26), 2: news(26, 22), 3: news(22, 18)}, "", 3, 15, true, ""},
		{"nothing to close", map[int]string{1: news(24, 18), 2: "x"}, "", 1, 9, true, ""},
		{"ends before it joins", map[int]string{1: news(40, 36), 2: news(35, 31), 3: "!empty"}, "", 3, 15, false, "page 3: empty: as told"},
		{"repeats its last page", map[int]string{1: news(40, 36), 2: news(40, 36)}, "", 2, 10, false, ""},
		{"without end", map[int]string{1: news(99, 95), 2: news(94, 90), 3: news(89, 85), 4: news(84, 80), 5: news(79, 75), 6: news(74, 70)}, "", 5, 30, false, ""},
		{"page 2 is missing", map[int]string{1: news(40, 36)}, "", 2, 10, false, "page 2: unreachable: answered 404"},
		{"robots.txt", map[int]string{1: news(40, 36), 2: news(35, 16)}, "User-agent: *\nDisallow: /tin?", 1, 10, false, "page 2: robots_denied: robots.txt does not allow /tin?page=2"},
		{"poison", map[int]string{1: news(40, 36), 2: "!panic"}, "", 2, 10, false, "page 2: parse_error: reader panicked: poison"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWeb(t)
				if c.robots != "" {
					w.set("http://cong.example/robots.txt", c.robots)
				}
				w.set("http://cong.example/tin", news(20, 16))
				b := build(t, newMemory(), w, Options{Sources: []media.Source{paged()}})
				round(t, b)
				if n := len(w.urls()); n != 1 {
					t.Errorf("the first visit asked %d times: %v", n, w.urls())
				}
				first := b.lastVisit("cong").At
				for n, text := range c.pages {
					u := "http://cong.example/tin"
					if n > 1 {
						u = fmt.Sprintf("%s?page=%d", u, n)
					}
					w.set(u, text)
				}
				time.Sleep(24 * time.Hour)
				if s := round(t, b); s.Visits[media.OK] != 1 {
					t.Fatalf("%+v", s)
				}
				v := b.lastVisit("cong")
				if got := len(w.urls()) - 1; got != c.asked || len(b.items) != c.items || v.Detail != c.detail {
					t.Errorf("%d asked, %d items, detail %q: %v", got, len(b.items), v.Detail, w.urls())
				}
				if joins := len(v.Covers) == 1 && v.Covers[0].From.Equal(first); joins != c.joins {
					t.Errorf("joins the visit of %s: %v, covers %s", first, joins, spansText(v.Covers))
				}
				if want := min(c.asked, len(c.pages)) - 1; len(v.Also) != want && c.name != "page 2 is missing" {
					t.Errorf("%d further pages kept, want %d", len(v.Also), want)
				}
				for _, s := range v.Seen {
					if s.Entry.Kept == "" || b.kept[s.Entry.Kept] == 0 {
						t.Errorf("%s stands in no kept body", s.Item.URL)
					}
				}
				politeness(t, w, 3*time.Second)
			})
		})
	}
}

// A host that wants to be left alone while pages are turned is left alone, and
// what the first page said is not lost.
func TestGapMeetsRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.set("http://cong.example/tin", news(20, 16))
		other := feed("khac", "http://cong.example/khac", false)
		b := build(t, newMemory(), w, Options{Sources: []media.Source{paged(), other}})
		w.set("http://cong.example/khac", news(5, 1))
		round(t, b)
		w.set("http://cong.example/tin", news(40, 36))
		w.on("http://cong.example/tin?page=2", func(fetch.Request) (*fetch.Response, error) { return nil, status(429, 2*time.Hour) })
		time.Sleep(24 * time.Hour)
		before := len(w.urls())
		round(t, b)
		if v := b.lastVisit("cong"); v.Outcome != media.OK || len(v.Seen) != 5 || !strings.Contains(v.Detail, "429") {
			t.Errorf("%+v", v)
		}
		if asked := w.urls()[before:]; slices.Contains(asked, "http://cong.example/khac") {
			t.Errorf("asked again after 429: %v", asked)
		}
		if v := b.lastVisit("khac"); v.Outcome != media.Blocked {
			t.Errorf("the other source of the host: %+v", v)
		}
		if until := b.hosts["cong.example"].rest; time.Until(until) < 110*time.Minute {
			t.Errorf("held until %s, now %s", until, time.Now())
		}
	})
}

// A next page at another host is not gone to: that host is not leased.
func TestNextPageElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		src := paged()
		src.Rule.Next = media.Paging{By: "link", Link: "a.next"}
		w.set("http://cong.example/tin", news(20, 16))
		b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
		round(t, b)
		w.set("http://cong.example/tin", news(40, 36)+`http://cong.example/1 | <a class="next" href="http://xau.example/tin?page=2">sau</a>`)
		time.Sleep(24 * time.Hour)
		round(t, b)
		if v := b.lastVisit("cong"); v.Outcome != media.OK || !strings.Contains(v.Detail, "redirect to http://xau.example") || w.count("xau.example") != 0 {
			t.Errorf("%s %q, asked %v", v.Outcome, v.Detail, w.urls())
		}
	})
}
