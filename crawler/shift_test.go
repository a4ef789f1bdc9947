package crawler

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/media"
)

// manyHosts are so many feeds, each on a host of its own.
func manyHosts(w *web, n int) (all []media.Source) {
	for i := range n {
		u := fmt.Sprintf("http://h%03d.example/rss", i)
		w.set(u, threeNews)
		all = append(all, feed(fmt.Sprint("f", i), u, false))
	}
	return all
}

// free fails if a host is leased.
func (m *memory) free(t *testing.T) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, h := range m.hosts {
		if h.owner != "" {
			t.Errorf("%s is leased by %s", name, h.owner)
		}
	}
}

// Where turns are short, hosts are claimed and given back in sets, each is looked at once, and none stays leased.
func TestLeasedInSets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.slow = 5 * time.Millisecond
		b := build(t, m, w, Options{Sources: manyHosts(w, 400), Spacing: -1, Workers: 8})
		s := round(t, b)
		if s.Visits[media.OK] != 400 || w.count("/rss") != 400 {
			t.Errorf("%+v, %d requests; want 400 looks", s, w.count("/rss"))
		}
		if m.claims > 40 || len(m.back) > 40 {
			t.Errorf("400 hosts were claimed in %d sets and given back in %d; want ten in each or more", m.claims, len(m.back))
		}
		for _, n := range m.back {
			if n > mostLeased+8 {
				t.Errorf("%d hosts were given back in one", n)
			}
		}
		m.free(t)
	})
}

// A host that was leased ahead does not wait for its turn for long when turns become slow: whoever has time may have it.
func TestLeasedAheadForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		src := manyHosts(w, 60)
		longest := time.Duration(0)
		w.slow = 0
		w.asking = func(u string) {
			m.mu.Lock()
			h := m.hosts[strings.TrimSuffix(strings.TrimPrefix(u, "http://"), "/robots.txt")]
			if h != nil {
				longest = max(longest, time.Since(h.leased))
			}
			m.mu.Unlock()
			if u > "http://h004" { // the first are quick
				time.Sleep(240 * time.Millisecond)
			}
		}
		b := build(t, m, w, Options{Sources: src, Spacing: -1, Workers: 2})
		s := round(t, b)
		unused := -60
		for _, n := range m.back {
			unused += n
		}
		if s.Visits[media.OK] != 60 || unused == 0 || longest == 0 || longest > longestAhead+longTurn {
			t.Errorf("%+v; %d leases were given back unused; a host waited %s for its turn, want %s at most", s, unused, longest, longestAhead)
		}
		m.free(t)
	})
}

// What is leased ahead and what is under way are given back at once when the program stops.
func TestStoppedGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.slow = 20 * time.Millisecond
		b := build(t, m, w, Options{Sources: manyHosts(w, 300), Spacing: -1, Workers: 4})
		ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
		defer cancel()
		if s, err := b.c.Round(ctx); !errors.Is(err, context.DeadlineExceeded) || len(s.Left) == 0 || len(s.Left) == 300 {
			t.Fatalf("%+v, %v", s, err)
		}
		if over, _ := ctx.Deadline(); time.Since(over) > 10*time.Millisecond {
			t.Errorf("stopped %s late", time.Since(over))
		}
		m.free(t)
	})
}

// A store that refuses to take hosts back does not stop the crawl; what it holds is free again when the leases run out, and nothing is looked at twice.
func TestGivingBackFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		src := manyHosts(w, 50)
		m.fail = func(op string) error {
			if op == "release" {
				return errors.New("disk full")
			}
			return nil
		}
		if s := round(t, build(t, m, w, Options{Sources: src, Spacing: -1})); s.Visits[media.OK] != 50 {
			t.Errorf("%+v", s)
		}
		m.fail = func(string) error { return nil }
		b := build(t, m, w, Options{Sources: src, Spacing: -1, Node: "nut-2"})
		ctx, cancel := context.WithTimeout(context.Background(), 33*time.Second)
		defer cancel()
		_ = b.c.Run(ctx) // until the leases have run out, and a look
		if n := w.count("/rss"); n != 50 {
			t.Errorf("%d looks, want none a second time", n)
		}
	})
}

// A lease that nobody took while its answer was on its way is lengthened, and good.
func TestLateLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		m.onTheWay = 28 * time.Second
		w.slow = 10 * time.Second // past the end of what was claimed
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		s, err := build(t, m, w, Options{Sources: manyHosts(w, 1), Spacing: -1}).c.Round(ctx)
		if err != nil || s.Visits[media.OK] != 1 || m.hosts["h000.example"].token != 1 {
			t.Errorf("%+v, %v, token %d", s, err, m.hosts["h000.example"].token)
		}
	})
}
