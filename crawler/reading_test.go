package crawler

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// sendHome answers with the front of the site, whatever was asked for.
func sendHome(body string) func(fetch.Request) (*fetch.Response, error) {
	return func(fetch.Request) (*fetch.Response, error) {
		return &fetch.Response{Status: 200, Body: []byte(body), FinalURL: "http://bao.example/", Header: http.Header{}}, nil
	}
}

// A list or an article that sends its readers home is not there: what the
// front shows is not taken for it.
func TestSentHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.on("http://bao.example/11/", sendHome(threeNews))
		list := feed("muc", "http://bao.example/11/", false)
		list.Kind = media.KindList
		front := feed("trang-chu", "http://bao.example/", false)
		front.Kind = media.KindList
		w.set("http://bao.example/", threeNews)
		w.set("http://bao.example/rss", "http://bao.example/a | Tin một | 2023-03-10 09:00")
		w.on("http://bao.example/a", sendHome("chữ của trang chủ"))
		b := build(t, m, w, Options{Sources: []media.Source{list, front, feed("bao", "http://bao.example/rss", true)}})
		round(t, b)
		if v := b.lastVisit("muc"); v.Outcome != media.Soft404 || len(v.Seen) > 0 {
			t.Errorf("a list sent home: %s (%s), %d seen", v.Outcome, v.Detail, len(v.Seen))
		}
		if v := b.lastVisit("trang-chu"); v.Outcome != media.OK {
			t.Errorf("the front itself: %s (%s)", v.Outcome, v.Detail)
		}
		if len(m.pages) == 0 || m.pages[0].Outcome != media.Soft404 || m.pages[0].Revision != nil {
			t.Errorf("an article sent home: %+v", m.pages)
		}
	})
}

// Readers get the rule of the day on which they read, by the business clock,
// and that time beside it; a copy from a cache is as old as it says.
func TestRuleOfTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.on("http://bao.example/rss", func(fetch.Request) (*fetch.Response, error) {
			return &fetch.Response{Status: 200, Body: []byte("http://bao.example/" + time.Now().Format("150405") + " | Tin | 2023-03-10 09:00"), Header: http.Header{"Age": {"7200"}}}, nil
		})
		src := feed("bao", "http://bao.example/rss", false)
		src.Rule.Body = "mặc định"
		src.Rules = []media.DatedRule{{To: at("2023-03-10 12:00"), Rule: media.Rule{Body: "cũ"}}, {From: at("2023-03-11 00:00"), Rule: media.Rule{Body: "mới"}}}
		b := build(t, m, w, Options{Sources: []media.Source{src}})
		var got []media.Rule
		b.c.opt.Read.Feed = func(text string, src media.Source, base string) (extract.Listing, error) {
			got = append(got, src.Rule)
			return lines(text, src, base)
		}
		for range 3 { // at 12:00, 15:00 and 03:00; the copies are two hours old
			round(t, b)
			time.Sleep(map[int]time.Duration{1: 3 * time.Hour, 2: 12 * time.Hour}[len(got)])
		}
		var bodies []string
		for i, r := range got {
			bodies = append(bodies, r.Body)
			if d := m.visits[i].At.Sub(r.Now); d != 2*time.Hour {
				t.Errorf("visit %d is read as of %s before it", i, d)
			}
		}
		if s := strings.Join(bodies, ", "); s != "cũ, mặc định, mới" {
			t.Errorf("rules: %s", s)
		}
	})
}
