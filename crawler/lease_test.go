package crawler

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// A lease outlasts a slow visit; one that was lost ends it without a trace.
func TestLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.slow = 5 * time.Minute
		w.set("http://bao.example/rss", threeNews)
		src := []media.Source{feed("bao", "http://bao.example/rss", false)}
		b := build(t, m, w, Options{Sources: src, Lease: time.Minute})
		if s := round(t, b); s.Visits[media.OK] != 1 || m.hosts["bao.example"].token != 1 {
			t.Errorf("%+v, token %d", s, m.hosts["bao.example"].token)
		}
		// Somebody takes the host in the middle of a visit.
		n := len(m.visits)
		go func() {
			time.Sleep(30 * time.Second)
			m.mu.Lock()
			h := m.hosts["bao.example"]
			h.owner, h.until = "nut-9", time.Now().Add(time.Hour)
			h.token++
			m.mu.Unlock()
		}()
		s := round(t, b)
		if len(s.Visits) != 0 || len(m.visits) != n {
			t.Errorf("%+v, %d visits", s, len(m.visits)-n)
		}
	})
}

// A process that was killed leaves its lease behind: a round waits it out.
func TestDeadNodesLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
		if err := m.Sync(context.Background(), b.c.opt.Sources, fetch.Group); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Claim(context.Background(), "nut-chet", 1, 30*time.Second); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if s := round(t, b); s.Visits[media.OK] != 1 || time.Since(start) < 30*time.Second {
			t.Errorf("%+v after %s", s, time.Since(start))
		}
	})
}

// A node whose clock is wrong asks as seldom as any other: when a source is due again is told by the store's clock.
func TestWrongClocks(t *testing.T) {
	for _, off := range []time.Duration{0, -3 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			m, w := newMemory(), newWeb(t)
			w.set("http://bao.example/rss", threeNews)
			start := time.Now()
			wrong := func() time.Time { return time.Now().Add(off) }
			b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}, Machine: wrong})
			round(t, b)
			v := b.lastVisit("bao")
			if in := v.NextDue.Sub(start); v.Outcome != media.OK || in < v.Wait || in > v.Wait+v.Wait/9+time.Minute {
				t.Errorf("a clock %s off: due %s later, want %s", off, in, v.Wait)
			}
		})
	}
}

// Stopped and started again at any request, the end is the same.
func TestInterruptedRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		setup := func() (*memory, *web, []media.Source) {
			m, w := newMemory(), newWeb(t)
			w.set("http://bao.example/rss", threeNews)
			for i := 1; i <= 3; i++ {
				w.set(fmt.Sprintf("http://bao.example/%d", i), fmt.Sprint("thân ", i))
			}
			return m, w, []media.Source{feed("bao", "http://bao.example/rss", true)}
		}
		noon := func() time.Time { return at("2023-03-10 12:00") }
		want, w, src := setup()
		round(t, build(t, want, w, Options{Sources: src, Business: noon}))
		for cut := time.Duration(0); cut < 16*time.Second; cut += 700 * time.Millisecond {
			m, w, src := setup()
			ctx, cancel := context.WithTimeout(context.Background(), cut)
			_, err := build(t, m, w, Options{Sources: src, Business: noon}).c.Round(ctx)
			if err == nil && cut < 12*time.Second {
				t.Errorf("cut at %s: no error", cut)
			}
			cancel()
			for _, h := range m.hosts { // as after SIGKILL: the lease stays
				h.owner, h.until = "nut-1", time.Now().Add(20*time.Second)
			}
			round(t, build(t, m, w, Options{Sources: src, Business: noon}))
			if fmt.Sprint(m.items) != fmt.Sprint(want.items) || fmt.Sprint(m.texts) != fmt.Sprint(want.texts) || len(m.kept) != len(want.kept) {
				t.Errorf("cut at %s: %d items, %d texts, %d kept", cut, len(m.items), len(m.texts), len(m.kept))
			}
			politeness(t, w, 3*time.Second)
		}
	})
}

// A store that fails ends a round with its error, and does not end a run.
func TestStoreFails(t *testing.T) {
	for _, op := range []string{"sync", "makedue", "claim", "visit", "keep"} {
		synctest.Test(t, func(t *testing.T) {
			m, w := newMemory(), newWeb(t)
			w.set("http://bao.example/rss", threeNews)
			b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
			broken := errors.New("disk full")
			m.fail = func(o string) error {
				if o == op {
					return broken
				}
				return nil
			}
			if _, err := b.c.Round(context.Background()); !errors.Is(err, broken) {
				t.Errorf("%s: %v", op, err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error)
			go func() { done <- b.c.Run(ctx) }()
			time.Sleep(time.Minute)
			m.mu.Lock()
			m.fail = func(string) error { return nil }
			m.mu.Unlock()
			time.Sleep(2 * time.Hour)
			cancel()
			<-done
			if v := b.lastVisit("bao"); v.Outcome != media.OK && v.Outcome != media.NotModified {
				t.Errorf("%s: after it was mended: %+v", op, v)
			}
		})
	}
}
