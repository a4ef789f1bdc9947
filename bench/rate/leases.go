package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"loa/crawler"
	"loa/crawler/fetch"
	"loa/media"
	"loa/plans"
	"loa/store"
	"loa/store/keep"
)

// lender gives leases out of memory. The rows behind them were leased once for all, so that what is recorded under them is fenced as
// ever: what is missing is what claiming, lengthening and giving back cost in the database, and finding who is due.
type lender struct {
	*store.Store // makes sources known and due

	mu     sync.Mutex
	held   map[string]crawler.Lease
	due    []string
	looked map[string]bool // hosts, since they were made due
}

// longLease is more than a run takes.
const longLease = 12 * time.Hour

func (l *lender) lease(ctx context.Context, owner string, sources []media.Source) error {
	if err := errors.Join(l.Sync(ctx, sources, fetch.Group), l.Store.MakeDue(ctx)); err != nil {
		return err
	}
	l.held = map[string]crawler.Lease{}
	for {
		some, err := l.Store.Claim(ctx, owner, 100, longLease)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, x := range some {
			l.held[x.Host] = x
		}
	}
}

// MakeDue implements crawler.Hosts.
func (l *lender) MakeDue(ctx context.Context, sources ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due, l.looked = l.due[:0], map[string]bool{}
	for host := range l.held {
		l.due = append(l.due, host)
	}
	return l.Store.MakeDue(ctx, sources...)
}

// Claim implements crawler.Hosts.
func (l *lender) Claim(_ context.Context, _ string, n int, _ time.Duration) (out []crawler.Lease, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = min(n, len(l.due))
	for _, host := range l.due[:n] {
		x := l.held[host]
		x.Clock = time.Now()
		out = append(out, x)
	}
	l.due = l.due[n:]
	return out, nil
}

// Renew implements crawler.Hosts.
func (l *lender) Renew(_ context.Context, x crawler.Lease, _ time.Duration) (crawler.Lease, error) {
	x.Clock = time.Now()
	return x, nil
}

// PutVisits implements crawler.Records.
func (l *lender) PutVisits(ctx context.Context, x crawler.Lease, vs []crawler.Visit) ([][]bool, error) {
	l.mu.Lock()
	l.looked[x.Host] = true
	l.mu.Unlock()
	return l.Store.PutVisits(ctx, x, vs)
}

// Release implements crawler.Hosts.
func (l *lender) Release(_ context.Context, ls ...crawler.Lease) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, x := range ls {
		if !l.looked[x.Host] { // leased ahead and not come to
			l.due = append(l.due, x.Host)
		}
	}
	return nil
}

// leased is what one round of one way cost.
type leased struct{ own, server time.Duration }

func (l leased) all() time.Duration { return l.own + l.server }

// leases measures what leases in the database cost against leases in memory: two crawlers of this process, each with a database of its
// own, look at all feeds in turn, in which nothing is new.
func (w *world) leases(ctx context.Context, rounds int, out io.Writer) error {
	site, err := w.origin(ctx)
	if err != nil {
		return err
	}
	defer site.stop()
	plan, _, problems := plans.Load(os.DirFS(site.plan), "tai/2023")
	if plan == nil {
		return fmt.Errorf("the plan of the origin: %v", problems)
	}
	type way struct {
		name string
		c    *crawler.Crawler
		took []leased
	}
	ways := []*way{{name: "in the database"}, {name: "in memory"}}
	for i, x := range ways {
		db, drop, err := w.database(ctx)
		if err != nil {
			return err
		}
		defer drop()
		st, err := store.Open(ctx, db, store.Options{})
		if err != nil {
			return err
		}
		defer st.Close()
		hosts, records := crawler.Hosts(st), crawler.Records(st)
		if i == 1 {
			in := &lender{Store: st}
			if err := in.lease(ctx, "rate", plan.Sources); err != nil {
				return err
			}
			hosts, records = in, in
		}
		if x.c, err = w.crawls(ctx, site, st, hosts, records, plan.Sources); err != nil {
			return err
		}
	}
	for r := range 2 * (rounds + 1) {
		x := ways[(r+r/2)%2] // in another order each time
		own, server := ownCPU(), time.Duration(0)
		if server, err = w.serverCPU(ctx); err != nil {
			return err
		}
		s, err := x.c.Round(ctx)
		if err != nil {
			return fmt.Errorf("leases %s: %w", x.name, err)
		}
		if n := s.Visits[media.OK] + s.Visits[media.NotModified]; n != w.feeds || len(s.Left) > 0 {
			return fmt.Errorf("leases %s: %d of %d feeds looked at, %d left", x.name, n, w.feeds, len(s.Left))
		}
		after, err := w.serverCPU(ctx)
		if err != nil {
			return err
		}
		if s.Visits[media.NotModified] == w.feeds { // not the first
			x.took = append(x.took, leased{ownCPU() - own, after - server})
		}
	}
	fmt.Fprintf(out, "%d feeds on %d hosts, %s between requests, nothing new, medians of %d looks each (least to most)\n\n", w.feeds, w.hosts, w.spacing, rounds)
	fmt.Fprintln(out, "| leases | ms of processor per look: loa | the server | both | against memory |\n|---|---|---|---|---|")
	per := func(of func(leased) time.Duration) func(leased) float64 {
		return func(l leased) float64 { return ms(of(l)) / float64(w.feeds) }
	}
	both := per(leased.all)
	for _, x := range ways {
		fmt.Fprintf(out, "| %s | %s | %s | %s | %.3f |\n", x.name, number(x.took, per(func(l leased) time.Duration { return l.own }), "%.3f"),
			number(x.took, per(func(l leased) time.Duration { return l.server }), "%.3f"), number(x.took, both, "%.3f"), median(x.took, both)/median(ways[1].took, both))
	}
	return nil
}

// crawls is a crawler of the origin's feeds.
func (w *world) crawls(ctx context.Context, site *site, st *store.Store, hosts crawler.Hosts, records crawler.Records, sources []media.Source) (*crawler.Crawler, error) {
	resolve := map[string]string{}
	for i := range w.hosts {
		resolve[w.feedHost(i)] = site.addr
	}
	client, err := fetch.New(fetch.Options{AllowLoopback: true, Resolve: resolve})
	if err != nil {
		return nil, err
	}
	data, err := w.folder()
	if err != nil {
		return nil, err
	}
	kept, err := keep.Open(ctx, filepath.Join(data, "kept"), os.Getenv)
	if err != nil {
		return nil, err
	}
	spacing := w.spacing
	if spacing == 0 {
		spacing = -1
	}
	return crawler.New(crawler.Options{Hosts: hosts, Records: records, Known: st, Walks: st, Keeper: kept, Fetch: client, Sources: sources,
		Province: "tai", Spacing: spacing, Workers: 8, Node: "rate"})
}

// ownCPU is the processor time of this process.
func ownCPU() time.Duration { return cpuOf(os.Getpid()) }
