package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"loa/crawler"
	"loa/crawler/fetch"
	"loa/media"
	"loa/store"
	"loa/store/storetest"
)

// TestPolite lets two nodes on one store loose on many hosts that ask for
// distance in every way there is, and has the hosts themselves say whether it
// was kept. LOA_POLITE=2000x20 (hosts x rounds) is the long form, «make polite».
func TestPolite(t *testing.T) {
	hosts, rounds := 210, 2
	if long := os.Getenv("LOA_POLITE"); long != "" {
		if _, err := fmt.Sscanf(long, "%dx%d", &hosts, &rounds); err != nil {
			t.Fatalf("LOA_POLITE=%q: want hosts x rounds, such as 2000x20", long)
		}
	}
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			polite(t, engine, hosts, rounds)
		})
	}
}

// keepsNothing: what is kept is no matter of distance.
type keepsNothing struct{}

func (keepsNothing) Keep(context.Context, media.Kept, []byte) error { return nil }

func polite(t *testing.T, engine string, hosts, rounds int) {
	const nodes, spacing = 2, 25 * time.Millisecond
	o := newPoliteOrigin(t, hosts, spacing)
	var sources []media.Source
	for n := range hosts {
		id := fmt.Sprintf("h%04d", n)
		sources = append(sources, media.Source{ID: "mau/" + id, Agency: "mau/" + id, Name: id, Kind: media.KindFeed,
			URL: "http://" + id + ".example/rss", Stream: id, Articles: true, Every: time.Hour})
	}
	client, err := fetch.New(fetch.Options{UserAgent: "loa/0.1 (mailto:so-noi-vu@tinh.example)", AllowLoopback: true, Resolve: o.resolve()})
	if err != nil {
		t.Fatal(err)
	}
	db, begun := storetest.DB(t, engine), time.Now()
	var sum crawler.Summary
	sum.Visits = map[string]int{}
	var mu sync.Mutex
	crawlers := make([]*crawler.Crawler, nodes)
	for n := range crawlers {
		s, err := store.Open(t.Context(), db, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		crawlers[n], err = crawler.New(crawler.Options{
			Hosts: s, Records: s, Known: s, Keeper: keepsNothing{}, Fetch: client, Sources: sources, Province: "mau",
			Spacing: spacing, Workers: 48, Lease: 3 * time.Second, Node: fmt.Sprint("nut-", n),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for round := range rounds {
		o.round.Store(int64(round))
		var all sync.WaitGroup
		for _, c := range crawlers {
			all.Go(func() {
				s, err := c.Round(context.Background())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				sum.Pages, sum.Items, sum.PageFail = sum.Pages+s.Pages, sum.Items+s.Items, sum.PageFail+s.PageFail
				for o, n := range s.Visits {
					sum.Visits[o] += n
				}
			})
		}
		all.Wait()
	}
	took := time.Since(begun)

	smallest, most, oldest := time.Hour, 0, time.Duration(0)
	reached := 0
	for _, h := range o.hosts {
		smallest, most, oldest = min(smallest, h.smallest), max(most, h.most), max(oldest, h.oldest)
		if len(h.asked) > 0 {
			reached++
		}
	}
	t.Logf("%d hosts, %d nodes, %d rounds on %s in %s: %d requests; smallest gap %s of %s wanted, %d request(s) at once per host at most, robots.txt at most %s old, %d violations",
		hosts, nodes, rounds, engine, took.Round(time.Millisecond), o.total.Load(), smallest.Round(10*time.Microsecond), spacing, most, oldest.Round(time.Millisecond), len(o.violations))
	t.Logf("visits %v, %d items, %d pages read, %d not", sum.Visits, sum.Items, sum.Pages, sum.PageFail)
	for i, v := range o.violations {
		if i == 20 {
			t.Errorf("and %d more", len(o.violations)-i)
			break
		}
		t.Error(v)
	}
	// The harness must have had something to see.
	if reached != hosts || sum.Visits[media.OK] < hosts/2 || sum.Pages < hosts || sum.PageFail < hosts/traits || int(o.total.Load()) < 4*hosts {
		t.Errorf("too little was asked: %d hosts, %+v", reached, sum)
	}
}
