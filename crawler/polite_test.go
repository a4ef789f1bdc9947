package crawler

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// The bare host and its www twin are one host to keep one's distance from, and
// two sites with a robots.txt each; both are remembered.
func TestTwinsHaveTheirOwnRobots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", "http://www.bao.example/2 | Hai | 2023-03-10 10:00\nhttp://bao.example/1 | Một | 2023-03-10 09:00\nhttp://www.bao.example/0 | Không | 2023-03-10 08:00\n")
		w.set("http://bao.example/robots.txt", "User-agent: *\nDisallow: /0\nCrawl-delay: 20")
		w.set("http://www.bao.example/robots.txt", "User-agent: *\nDisallow: /2")
		for _, u := range []string{"http://bao.example/1", "http://www.bao.example/2", "http://www.bao.example/0"} {
			w.set(u, "thân")
		}
		src := []media.Source{feed("bao", "http://bao.example/rss", true)}
		s := round(t, build(t, m, w, Options{Sources: src}))
		if s.Pages != 2 || w.count("www.bao.example/0") != 1 || w.count("/2") != 0 || w.count("robots.txt") != 2 {
			t.Errorf("%+v, asked %+v", s, w.asked)
		}
		w.set("http://bao.example/rss", "http://www.bao.example/2b | Ba | 2023-03-10 11:00\nhttp://www.bao.example/2 | Hai | 2023-03-10 10:00\nhttp://bao.example/1 | Một | 2023-03-10 09:00\n")
		if s = round(t, build(t, m, w, Options{Sources: src, Node: "nut-2"})); s.PageFail != 1 || w.count("/2b") != 0 || w.count("robots.txt") != 2 {
			t.Errorf("another node: %+v", s)
		}
		politeness(t, w, 20*time.Second) // the longer of the two, in both
	})
}

// A pause longer than leases last is kept between nodes, and by whoever comes
// after a node that was stopped or killed in the middle of it.
func TestLongPauseAmongNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/robots.txt", "User-agent: *\nCrawl-delay: 100")
		var list strings.Builder
		for i := range 9 {
			fmt.Fprintf(&list, "http://bao.example/%d | T | 2023-03-10 1%d:00\n", i, 9-i)
			w.set(fmt.Sprintf("http://bao.example/%d", i), "thân")
		}
		var sources []media.Source
		for _, id := range []string{"a", "b", "c"} {
			w.set("http://bao.example/"+id, list.String())
			src := feed(id, "http://bao.example/"+id, true)
			src.Every = 5 * time.Minute
			sources = append(sources, src)
		}
		run := func(node string, d time.Duration) {
			ctx, cancel := context.WithTimeout(context.Background(), d)
			defer cancel()
			b := build(t, m, w, Options{Sources: sources, Node: node, Lease: 30 * time.Second})
			if err := b.c.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		both := make(chan bool)
		for n := range 2 {
			go func() {
				for i := range 12 { // stopped and started again at odd moments
					run(fmt.Sprint("nut-", n), time.Duration(31+17*i+40*n)*time.Second)
				}
				both <- true
			}()
		}
		<-both
		<-both
		if n := len(w.asked); n < 10 {
			t.Errorf("%d requests in all", n)
		}
		politeness(t, w, 100*time.Second)
	})
}

// Retry-After holds for every node and every source of the host, also when a
// person asks, when the node stops, and when it dies.
func TestRetryAfterIsKept(t *testing.T) {
	for _, how := range []string{"round", "stopped", "killed"} {
		synctest.Test(t, func(t *testing.T) {
			m, w := newMemory(), newWeb(t)
			sources := []media.Source{feed("a", "http://bao.example/a", true), feed("b", "http://bao.example/b", true)}
			w.set("http://bao.example/b", threeNews)
			w.set("http://bao.example/a", threeNews)
			round(t, build(t, m, w, Options{Sources: sources})) // the pages too
			time.Sleep(2 * time.Hour)
			w.on("http://bao.example/a", func(fetch.Request) (*fetch.Response, error) { return nil, status(429, 90*time.Minute) })
			if how == "killed" { // the store hears nothing more of this node
				m.fail = func(op string) error {
					if op == "visit" || op == "release" {
						return errors.New("killed")
					}
					return nil
				}
			}
			before := len(w.asked)
			ctx, cancel := context.WithCancel(context.Background())
			b := build(t, m, w, Options{Sources: sources})
			if how == "round" {
				round(t, b)
			} else {
				done := make(chan error)
				go func() { done <- b.c.Run(ctx) }()
				for w.count("") == before {
					time.Sleep(100 * time.Millisecond)
				}
				if how == "killed" {
					time.Sleep(20 * time.Millisecond)
					cancel()
					<-done
					m.fail = func(string) error { return nil }
				} else {
					cancel()
					<-done
				}
			}
			cancel()
			asked := len(w.asked)
			if asked != before+1 {
				t.Fatalf("%s: asked %d times more", how, asked-before)
			}
			for range 5 {
				if s := round(t, build(t, m, w, Options{Sources: sources, Node: "nut-2"})); fmt.Sprint(s.Left) != "[tinh/a tinh/b]" {
					t.Errorf("%s: left unvisited %v", how, s.Left)
				}
				time.Sleep(10 * time.Minute)
			}
			if len(w.asked) != asked {
				t.Errorf("%s: asked again within Retry-After: %+v", how, w.asked[asked:])
			}
			time.Sleep(40 * time.Minute)
			round(t, build(t, m, w, Options{Sources: sources, Node: "nut-2"}))
			if len(w.asked) == asked {
				t.Errorf("%s: never asked again", how)
			}
		})
	}
}

// A robots.txt that is old serves while no new one can be had, but not when
// the host asks to be left alone; and the wait it asks for is kept.
func TestRobotsAskToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.set("http://bao.example/robots.txt", "User-agent: *\nDisallow: /khong")
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
		round(t, b)
		time.Sleep(25 * time.Hour)
		w.on("http://bao.example/robots.txt", func(fetch.Request) (*fetch.Response, error) { return nil, status(503, time.Hour) })
		before := len(w.asked)
		if s := round(t, b); s.Visits[media.Unreachable] != 1 || len(w.asked) != before+1 {
			t.Errorf("%+v, asked %+v", s, w.asked[before:])
		}
		time.Sleep(30 * time.Minute)
		round(t, b)
		if len(w.asked) != before+1 {
			t.Errorf("asked again within the wait: %+v", w.asked[before:])
		}
	})
}

// A store that keeps a node waiting past its lease ends the turn: another may
// have the host by then.
func TestLeaseRunsOutWhileTheStoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.slow = 10 * time.Minute
		w.set("http://bao.example/rss", threeNews)
		m.hang = 5 * time.Minute
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		start := time.Now()
		if s, err := b.c.Round(ctx); !errors.Is(err, context.DeadlineExceeded) || len(s.Visits) != 0 || len(w.asked) == 0 || w.asked[0].end.Sub(start) > 30*time.Second {
			t.Errorf("%v, %+v, asked %+v from %s", err, s, w.asked, start)
		}
	})
}
