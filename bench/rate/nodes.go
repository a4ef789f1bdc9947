package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"loa/store"
)

// polled is one time that all feeds were looked at, with nothing new in them.
type polled struct {
	took  time.Duration // from when all were due to the last visit in the database
	cpu   time.Duration // of the nodes together
	most  time.Duration // of the node that did most
	least time.Duration
}

// nodes has several nodes look at the same feeds again and again, each number of them in turn, and tells how much faster they are than
// the first number, what a look costs, and whether a host was ever asked by two at once. Nodes only crawl: what is evaluated is the same
// however many there are.
func (w *world) nodes(ctx context.Context, list string, rounds int, out io.Writer) error {
	var counts []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 16 {
			return fmt.Errorf("-nodes %q: want numbers from 1 to 16 with commas between", list)
		}
		counts = append(counts, n)
	}
	got := map[int][]polled{}
	for r := range rounds {
		for i := range counts {
			n := counts[(i+r)%len(counts)] // in another order each time
			p, err := w.poll(ctx, n)
			if err != nil {
				return fmt.Errorf("%d nodes: %w", n, err)
			}
			got[n] = append(got[n], p...)
			fmt.Fprintf(w.log, "rate: round %d, %d nodes: %s\n", r+1, n, p[len(p)-1].took.Round(time.Millisecond))
		}
	}
	perFeed := func(p polled) float64 { return ms(p.cpu) / float64(w.feeds) }
	base := got[counts[0]]
	fmt.Fprintf(out, "%d feeds on %d hosts, answers after %s, nothing new, %d workers a node; medians of %d looks each (least to most)\n\n", w.feeds, w.hosts, w.latency, 8, len(base))
	fmt.Fprintln(out, "| nodes | feeds/s | against the first | ms of processor per look | against the first | busiest : idlest node |\n|---|---|---|---|---|---|")
	for _, n := range counts {
		all := got[n]
		rate := func(p polled) float64 { return float64(w.feeds) / p.took.Seconds() }
		fmt.Fprintf(out, "| %d | %s | %.2f | %s | %.2f | %s |\n", n, number(all, rate, "%.0f"), median(all, rate)/median(base, rate),
			number(all, perFeed, "%.2f"), median(all, perFeed)/median(base, perFeed),
			number(all, func(p polled) float64 { return float64(p.most) / float64(max(p.least, time.Millisecond)) }, "%.1f"))
	}
	fmt.Fprintln(out, "\nno host was asked by two at once")
	return nil
}

// looks is how often all feeds are looked at once they are known.
const looks = 3

// poll starts n nodes on a new database, lets them read everything, and then has them look again.
func (w *world) poll(ctx context.Context, n int) (out []polled, err error) {
	db, drop, err := w.database(ctx)
	if err != nil {
		return nil, err
	}
	defer drop()
	site, err := w.origin(ctx)
	if err != nil {
		return nil, err
	}
	defer site.stop()
	data, err := w.folder()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(data)
	st, err := store.Open(ctx, db, store.Options{MaxConns: 2})
	if err != nil {
		return nil, err
	}
	defer st.Close()
	read, err := sql.Open("pgx", db)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	var all []*process
	defer func() {
		for _, p := range all {
			if p.stop(); err != nil {
				err = fmt.Errorf("%w; a node's log ends:\n%s", err, p.said())
			}
		}
	}()
	for i := range n {
		p, err := w.start(filepath.Join(w.dir, "loa"), "--db", db, "--data", data, "--plans", site.plan, "serve", "--plan", "tai/2023", "--at", "2023-06-01", "--role", "crawl",
			"--listen", "127.0.0.1:0", "--allow-loopback", "--spacing", "0s", "--resolve-file", filepath.Join(site.plan, "resolve.txt"), "--user-agent", fmt.Sprint("node-", i))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if err := w.visited(ctx, read, all, w.feeds); err != nil {
		return nil, err
	}
	for k := range looks {
		began := make([]time.Duration, n)
		for i, p := range all {
			began[i] = p.cpu()
		}
		due := time.Now()
		if err := st.MakeDue(ctx); err != nil {
			return nil, err
		}
		if err := w.visited(ctx, read, all, w.feeds*(k+2)); err != nil {
			return nil, err
		}
		x := polled{took: time.Since(due), least: time.Hour}
		for i, p := range all {
			used := p.cpu() - began[i]
			x.cpu += used
			x.most, x.least = max(x.most, used), min(x.least, used)
		}
		out = append(out, x)
	}
	s, err := site.stats(ctx)
	switch {
	case err != nil:
		return nil, err
	case s.Overlaps > 0:
		return nil, fmt.Errorf("%d requests came to a host while another was under way", s.Overlaps)
	case s.Feeds != w.feeds*(looks+1) || s.NotModified == 0:
		return nil, fmt.Errorf("the origin served %d feeds, %d of them unchanged; want %d in all", s.Feeds, s.NotModified, w.feeds*(looks+1))
	}
	return out, nil
}

// visited waits until the database holds so many looks.
func (w *world) visited(ctx context.Context, db *sql.DB, nodes []*process, want int) error {
	deadline := time.Now().Add(10 * time.Minute)
	for {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM visit").Scan(&n); err != nil {
			return err
		}
		if n >= want {
			return nil
		}
		for _, p := range nodes {
			if err := p.alive(); err != nil {
				return err
			}
		}
		if time.Now().After(deadline) {
			return errors.New("the nodes do not come to an end")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
