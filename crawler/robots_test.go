package crawler

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

func TestRobots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.set("http://bao.example/robots.txt", "User-agent: *\nDisallow: /2\nCrawl-delay: 7,5")
		for i := 1; i <= 3; i++ {
			w.set(fmt.Sprintf("http://bao.example/%d", i), "thân")
		}
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true)}})
		s := round(t, b)
		if s.Pages != 2 || s.PageFail != 1 || w.count("/2") != 0 {
			t.Errorf("%+v", s)
		}
		for _, p := range m.pages {
			if denied := strings.Contains(p.Detail, "/2"); denied != (p.Outcome == media.RobotsDenied) || !p.Done {
				t.Errorf("%+v", p)
			}
		}
		politeness(t, w, 7500*time.Millisecond)

		// Remembered for a day, also by another node.
		time.Sleep(23 * time.Hour)
		round(t, build(t, m, w, Options{Sources: b.c.opt.Sources, Node: "nut-2"}))
		if w.count("robots") != 1 {
			t.Error("robots.txt was asked for again within a day")
		}
		// Then asked anew; while it cannot be had the old one serves.
		w.on("http://bao.example/robots.txt", func(fetch.Request) (*fetch.Response, error) { return nil, status(503, 0) })
		time.Sleep(2 * time.Hour)
		round(t, b)
		if v := b.lastVisit("bao"); w.count("robots") != 2 || v.Outcome != media.NotModified {
			t.Errorf("%s (%s)", v.Outcome, v.Detail)
		}
	})
}

// Without robots.txt and without an old copy nothing is asked of the host:
// its sources are blind, its pages wait, each with a reason.
func TestNoRobotsNoVisit(t *testing.T) {
	for code, outcome := range map[int]string{500: media.Unreachable, 429: media.Blocked} {
		synctest.Test(t, func(t *testing.T) {
			m, w := newMemory(), newWeb(t)
			w.on("http://bao.example/robots.txt", func(fetch.Request) (*fetch.Response, error) { return nil, status(code, 0) })
			w.set("http://bao.example/a", threeNews)
			w.set("http://bao.example/b", threeNews)
			b := build(t, m, w, Options{Sources: []media.Source{feed("a", "http://bao.example/a", true), feed("b", "http://bao.example/b", true)}})
			s := round(t, b)
			if s.Visits[outcome] != 2 || len(w.asked) != 1 {
				t.Errorf("%+v after %v", s, w.asked)
			}
			if d := b.lastVisit("b").Detail; d != fmt.Sprintf("robots.txt: answered %d", code) {
				t.Error(d)
			}
			if !m.hosts["bao.example"].notBefore.After(time.Now()) {
				t.Error("the host is not held back")
			}
			w.set("http://bao.example/robots.txt", "")
			time.Sleep(time.Hour)
			if s := round(t, b); s.Visits[media.OK] != 2 {
				t.Errorf("%+v", s)
			}
		})
	}
}
