package store_test

import (
	"errors"
	"fmt"
	gosync "sync"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
	"loa/store/storetest"
)

func TestHostsAreLeased(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s,
			source("tinh/a", "HTTPS://Bao.Example:443/a.rss"), source("tinh/b", "https://bao.example/b.rss"),
			source("tinh/c", "http://www.bao.example/"), source("tinh/d", "http://cong.example:8080/"),
			media.Source{ID: "tinh/unsure", URL: "https://unsure.example/", Verify: true})
		ls := claim(t, s, "a", "bao.example", "cong.example:8080", "www.bao.example")
		claim(t, s, "b")
		w, err := s.Load(ctx, ls[0], 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.Sources) != 2 || w.Sources[0].Source != "tinh/a" || w.Sources[0].Visited {
			t.Errorf("work: %+v", w.Sources)
		}
		// What was not visited is due again at once; what was is not.
		put(t, s, ls[1], visit("tinh/d", "v1", day0, media.OK))
		for _, l := range ls {
			release(t, s, l)
		}
		again := claim(t, s, "b", "bao.example", "www.bao.example")
		if again[0].Token <= ls[0].Token {
			t.Errorf("token %d does not exceed %d", again[0].Token, ls[0].Token)
		}
		if err := s.Release(ctx, ls[0]); !errors.Is(err, crawler.ErrLost) {
			t.Errorf("release of an old lease: %v", err)
		}
	})
}

func TestMakeDueNamedSourcesOnly(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, source("tinh/a", "https://a.example/rss"), source("tinh/b", "https://b.example/rss"))
		for _, l := range claim(t, s, "x", "a.example", "b.example") {
			v := visit("tinh/"+l.Host[:1], "v"+l.Host, day0, media.OK)
			v.NextDue = time.Now().Add(time.Hour)
			put(t, s, l, v)
			release(t, s, l)
		}
		if err := s.MakeDue(ctx, "tinh/b", "tinh/khong-co"); err != nil {
			t.Fatal(err)
		}
		claim(t, s, "x", "b.example")
	})
}

func TestLeaseFences(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, source("tinh/feed", "https://bao.example/rss"))
		old, err := s.Claim(ctx, "a", 1, -time.Second) // runs out at once
		if err != nil || len(old) != 1 {
			t.Fatalf("claim: %v, %v", old, err)
		}
		// Nobody took it: what was fetched under it is still good.
		if _, err := s.PutVisits(ctx, old[0], []crawler.Visit{visit("tinh/feed", "v0", day0, media.NotModified)}); err != nil {
			t.Errorf("visit under a lease that ran out untaken: %v", err)
		}
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		l := claim(t, s, "b", "bao.example")[0]
		it := item("1", "Tin một", day0)
		for what, err := range map[string]error{
			"put visit":  second(s.PutVisits(ctx, old[0], []crawler.Visit{visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it})})),
			"put page":   s.PutPage(ctx, old[0], crawler.PageVisit{Item: it.ID, At: day0, Done: true}),
			"put robots": s.PutRobots(ctx, old[0], crawler.Robots{Status: 200}),
			"renew":      second(s.Renew(ctx, old[0], time.Minute)),
			"load":       second(s.Load(ctx, old[0], 1)),
			"release":    s.Release(ctx, old[0]),
		} {
			if !errors.Is(err, crawler.ErrLost) {
				t.Errorf("%s with an old token: %v", what, err)
			}
		}
		longer, err := s.Renew(ctx, l, time.Hour)
		if err != nil || !longer.Until.After(l.Until.Add(30*time.Minute)) || longer.Token != l.Token {
			t.Errorf("renewed %+v to %+v, %v", l, longer, err)
		}
		if _, total, _ := s.Search(ctx, all); total != 0 {
			t.Errorf("%d items written under a lost lease", total)
		}
		release(t, s, longer)
		if _, err := s.PutVisits(ctx, longer, []crawler.Visit{visit("tinh/feed", "v2", day0, media.OK)}); !errors.Is(err, crawler.ErrLost) {
			t.Errorf("visit after release: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestReleaseWaits(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		l.NotBefore = time.Now().Add(time.Hour) // the host does not answer
		release(t, s, l)
		claim(t, s, "a")
		// Neither a new look at the plan nor a page found on it elsewhere wakes it.
		other := source("tinh/other", "https://khac.example/")
		sync(t, s, source("tinh/feed", "https://bao.example/rss"), other)
		o := claim(t, s, "a", "khac.example")[0]
		put(t, s, o, visit("tinh/other", "o1", day0, media.OK, crawler.Seen{Item: item("o", "Tin", day0), Fetch: true, Host: "bao.example"}))
		release(t, s, o)
		claim(t, s, "a")
		sync(t, s, source("tinh/feed", "https://bao.example/rss"))
		claim(t, s, "a")
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		l = claim(t, s, "a", "bao.example")[0]
		it := item("1", "Tin một", day0)
		v := visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"})
		put(t, s, l, v)
		release(t, s, l) // its source is not due, its awaited page is
		l = claim(t, s, "a", "bao.example")[0]
		w := must(s.Load(ctx, l, 10))
		if len(w.Sources) != 0 || len(w.Pages) != 1 || w.Pages[0] != (crawler.Await{Item: it.ID, Source: "tinh/feed", URL: it.URL, At: w.Pages[0].At}) || !w.Pages[0].At.Equal(day0) {
			t.Errorf("work: %+v", w)
		}
		page := crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: day0, Outcome: media.Unreachable, NextDue: soon}
		for range 2 { // the same report twice is one try
			if err := s.PutPage(ctx, l, page); err != nil {
				t.Fatal(err)
			}
		}
		release(t, s, l)
		claim(t, s, "a")
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		l = claim(t, s, "a", "bao.example")[0]
		if w := must(s.Load(ctx, l, 10)); len(w.Pages) != 0 {
			t.Errorf("a page not yet due: %+v", w.Pages)
		}
		page.NextDue = time.Now().Add(-time.Minute)
		if err := s.PutPage(ctx, l, page); err != nil {
			t.Fatal(err)
		}
		if w := must(s.Load(ctx, l, 10)); len(w.Pages) != 1 || w.Pages[0].Tries != 2 {
			t.Errorf("a page due again: %+v", w.Pages)
		}
	})
}

func TestSyncFollowsThePlan(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		a, b := source("tinh/a", "https://a.example/"), source("tinh/b", "https://b.example/")
		sync(t, s, a, b)
		l := claim(t, s, "x", "a.example", "b.example")
		put(t, s, l[0], visit("tinh/a", "v1", day0, media.OK, crawler.Seen{Item: item("1", "Tin", day0), Fetch: true, Host: "a.example"}))
		put(t, s, l[1], visit("tinh/b", "v2", day0, media.OK))
		release(t, s, l[0])
		release(t, s, l[1])
		// tinh/a vanished: its state stays, nothing of it is due, not even its pages.
		sync(t, s, b)
		claim(t, s, "x")
		if h := must(s.Health(ctx)); len(h) != 2 || h["tinh/b"].Outcome != media.OK || !h["tinh/b"].Active || h["tinh/a"].Active {
			t.Errorf("health: %+v", h)
		}
		// It comes back as it was, in one group with b.
		if err := s.Sync(ctx, []media.Source{a, b}, func(string) string { return "cum" }); err != nil {
			t.Fatal(err)
		}
		if h := must(s.Health(ctx)); h["tinh/a"].Outcome != media.OK || h["tinh/a"].Visits[media.OK] != 1 {
			t.Errorf("health: %+v", h)
		}
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		// The page is still awaited where it was; the sources moved to the group.
		ls := claim(t, s, "x", "a.example", "cum")
		if w := must(s.Load(ctx, ls[1], 1)); len(w.Sources) != 2 {
			t.Errorf("work of the group: %+v", w)
		}
		if w := must(s.Load(ctx, ls[0], 1)); len(w.Sources) != 0 || len(w.Pages) != 1 {
			t.Errorf("work of the old host: %+v", w)
		}
		if _, err := s.PutVisits(ctx, ls[0], []crawler.Visit{visit("tinh/a", "v3", day0, media.OK)}); !errors.Is(err, crawler.ErrLost) {
			t.Errorf("a visit by the lease of another host: %v", err)
		}
		if err := s.Sync(ctx, []media.Source{source("tinh/x", "khong phai")}, nil); err == nil {
			t.Error("took an address without a host")
		}
	})
}

// Two nodes, each with its own store, claim as fast as they can: no host may be
// held by both at once, and none may be forgotten.
func TestTwoNodesClaim(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			nodes := twoNodes(t, engine)
			const hosts, rounds = 24, 6
			var sources []media.Source
			for i := range hosts {
				sources = append(sources, source(fmt.Sprintf("tinh/%02d", i), fmt.Sprintf("https://h%02d.example/", i)))
			}
			sync(t, nodes[0], sources...)
			for round := range rounds {
				var mu gosync.Mutex
				holder := map[string]string{}
				var wg gosync.WaitGroup
				for n, s := range nodes {
					for w := range 2 {
						owner := fmt.Sprintf("node%d-%d", n, w)
						wg.Go(func() {
							for {
								ls, err := s.Claim(ctx, owner, 3, time.Minute)
								if err != nil {
									t.Error(err)
									return
								}
								if len(ls) == 0 {
									return
								}
								mu.Lock()
								for _, l := range ls {
									if h := holder[l.Host]; h != "" {
										t.Errorf("round %d: %s claimed by %s and %s", round, l.Host, h, owner)
									}
									holder[l.Host] = owner
								}
								mu.Unlock()
								for _, l := range ls {
									id := fmt.Sprintf("r%d-%s", round, l.Host)
									if _, err := s.PutVisits(ctx, l, []crawler.Visit{visit("tinh/"+l.Host[1:3], id, day0, media.NotModified)}); err != nil {
										t.Error(err)
									}
									if err := s.Release(ctx, l); err != nil {
										t.Error(err)
									}
								}
							}
						})
					}
				}
				wg.Wait()
				if len(holder) != hosts {
					t.Fatalf("round %d: %d of %d hosts claimed", round, len(holder), hosts)
				}
				if err := nodes[1].MakeDue(ctx); err != nil {
					t.Fatal(err)
				}
			}
			for id, h := range must(nodes[0].Health(ctx)) {
				if h.Visits[media.NotModified] != rounds {
					t.Errorf("%s has %d visits, want %d", id, h.Visits[media.NotModified], rounds)
				}
			}
		})
	}
}

// Pages on another host are awaited there, whoever holds it; two hosts that
// point at each other must not lock each other up.
func TestPagesOnAnotherHost(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, source("tinh/a", "https://a.example/"), source("tinh/b", "https://b.example/"))
		ls := claim(t, s, "x", "a.example", "b.example")
		other := map[string]string{"a.example": "b.example", "b.example": "a.example"}
		var wg gosync.WaitGroup
		for i, l := range ls {
			wg.Go(func() {
				for n := range 10 {
					it := item(fmt.Sprintf("%d-%d", i, n), "Tin", day0)
					third := item(fmt.Sprintf("%d-%d-c", i, n), "Tin", day0)
					v := visit("tinh/"+l.Host[:1], fmt.Sprintf("%d-%d", i, n), day0, media.OK,
						crawler.Seen{Item: it, Fetch: true, Host: other[l.Host]}, crawler.Seen{Item: third, Fetch: true, Host: "c.example"})
					if _, err := s.PutVisits(ctx, l, []crawler.Visit{v}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, l := range ls {
			if w := must(s.Load(ctx, l, 100)); len(w.Pages) != 10 || w.Pages[0].Source == "tinh/"+l.Host[:1] {
				t.Errorf("%s awaits %d pages of %+v", l.Host, len(w.Pages), w.Pages[0])
			}
			release(t, s, l)
		}
		for _, l := range claim(t, s, "x", "a.example", "b.example", "c.example") {
			if l.Host == "c.example" {
				if w := must(s.Load(ctx, l, 100)); len(w.Pages) != 20 {
					t.Errorf("c.example awaits %d pages", len(w.Pages))
				}
			}
		}
	})
}

func TestRobots(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		if w := must(s.Load(ctx, l, 1)); len(w.Robots) != 0 {
			t.Errorf("robots of a new host: %+v", w.Robots)
		}
		want := crawler.Robots{Site: "https://bao.example", Body: "User-agent: *\nDisallow: /tìm\n", Status: 200, Fetched: time.Now().UTC().Truncate(time.Microsecond)}
		if err := s.PutRobots(ctx, l, crawler.Robots{Site: "https://bao.example", Body: "User-agent: *\x00\nDisallow: /t\xffìm\n", Status: 200, Fetched: want.Fetched}); err != nil {
			t.Fatal(err)
		}
		twin := crawler.Robots{Site: "https://www.bao.example", Status: 404, Fetched: want.Fetched}
		for range 2 { // its own, kept beside the other, and replaced by a newer one
			if err := s.PutRobots(ctx, l, twin); err != nil {
				t.Fatal(err)
			}
			if w := must(s.Load(ctx, l, 1)); len(w.Robots) != 2 || w.Robots[0] != want || w.Robots[1] != twin {
				t.Errorf("robots: %+v, want %+v and %+v", w.Robots, want, twin)
			}
			twin.Status = 200
		}
	})
}

// A host that asked to be left alone is, also when a person asks and when its
// plan is looked at anew; then it is due again.
func TestRestIsNotOverridden(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		l.Rest = time.Hour
		release(t, s, l)
		for range 2 {
			if err := s.MakeDue(ctx); err != nil {
				t.Fatal(err)
			}
			claim(t, s, "a")
			sync(t, s, source("tinh/feed", "https://bao.example/rss"))
			claim(t, s, "a")
		}
	})
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		l.Rest = 5 * time.Millisecond
		release(t, s, l)
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(10 * time.Second); ; {
			leases := must(s.Claim(ctx, "a", 1, time.Minute))
			if len(leases) == 1 {
				return
			}
			if time.Now().After(end) {
				t.Fatal("a rest of 5 ms does not end")
			}
		}
	})
}

func TestChores(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		take := func(owner string, ttl time.Duration, want bool) {
			t.Helper()
			ok, err := s.TakeChore(ctx, "evaluate", owner, ttl)
			if err != nil || ok != want {
				t.Errorf("%s took the chore: %v, %v; want %v", owner, ok, err, want)
			}
		}
		take("a", time.Minute, true)
		take("a", time.Minute, true)
		take("b", time.Minute, false)
		take("a", -time.Second, true) // gives it up
		take("b", time.Minute, true)
		take("a", time.Minute, false)
		if ok := must(s.TakeChore(ctx, "prune", "a", time.Minute)); !ok {
			t.Error("one chore holds up another")
		}
	})
}
