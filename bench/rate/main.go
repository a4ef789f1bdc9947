// Command rate measures how many feeds loa reads, on this machine, beside what
// the same work costs in parts and beside a stand-in for the feed readers people
// install:
//
//	go run ./bench/rate              # what make bench runs: about four minutes
//	go run ./bench/rate -rounds 5    # for figures to be quoted, on a quiet machine
//
// 1,000 feeds of 20 items on 50 loopback hosts, spacing 0, PostgreSQL with the
// settings it is installed with, an empty database for every run, in three
// cases: everything is new, nothing has changed (HTTP 304), every feed has one
// new item. In each round and turn about:
//
//   - loa itself, as a process of its own (loa serve, default settings) that does all it does
//     except article pages; every visit is recorded;
//   - each stage alone on the same documents: the sum of their times is the limit;
//   - the stand-in (see reader.go);
//   - loa on SQLite.
//
// What each has done is counted in its database and compared with what the
// origin served. A machine's speed drifts: only ratios within one run count.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// load is the size of the work.
type load struct {
	feeds, items, hosts int
	readerFeeds         int           // of them, for the stand-in, which takes long
	readerIdle          int           // connections it keeps idle
	latency             time.Duration // of the origin's answers
	spacing             time.Duration // with -leases, the distance kept at a host; 0: none
	spread              bool          // every host of the origin has an address of its own
}

// The cases, in the order they are run on one database.
const (
	firstRead = iota
	unchanged
	oneNew
	cases
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "rate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	l := load{}
	fs := flag.NewFlagSet("rate", flag.ContinueOnError)
	fs.IntVar(&l.feeds, "feeds", 1000, "feeds")
	fs.IntVar(&l.items, "items", 20, "items shown per feed")
	fs.IntVar(&l.hosts, "hosts", 50, "hosts they are spread over")
	fs.IntVar(&l.readerFeeds, "reader-feeds", 200, "feeds the stand-in reads: it takes long, and its rate is the same for any number")
	fs.IntVar(&l.readerIdle, "reader-idle", 1, "idle connections to the database the stand-in keeps, of 20")
	rounds := fs.Int("rounds", 3, "rounds; medians are told")
	nodes := fs.String("nodes", "", "instead, how many nodes do more than one: numbers such as 1,2,4, the first is what the others are compared with")
	var rivals []string
	fs.Func("peer", "`NAME=WHAT`: also run this program on the same feeds and the same server, in every round; WHAT is its file, or a Go module with its version. Once for each (docs/PERFORMANCE.md)", func(s string) error {
		rivals = append(rivals, s)
		return nil
	})
	profile := fs.String("profile", "", "folder into which loa's profiles are put, of each case one of the processor, after its first seconds, and one of memory")
	growth := fs.String("growth", "", "instead, how the cost of a look grows: feeds, items (kept in the database before) or all")
	growthFeeds := fs.String("growth-feeds", "100,300,1000,3000,10000", "with -growth, how many feeds")
	growthItems := fs.String("growth-items", "10000,100000,1000000", "with -growth, how many items")
	leases := fs.Bool("leases", false, "instead, what leases in the database cost against leases in memory")
	fs.DurationVar(&l.spacing, "spacing", 0, "with -leases, the distance that is kept between two requests to a host")
	fs.DurationVar(&l.latency, "latency", 0, "what the origin waits before each answer")
	only := fs.String("only", "", "run only loa on postgres or sqlite, or the reader, and tell its figures")
	as := fs.String("as", "", "")
	db := fs.String("db", "", "")
	origin := fs.String("origin", "", "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *as == "reader" { // the stand-in runs as a process of its own
		return readerMain(ctx, l, *db, *origin, out)
	}
	if l.feeds < 1 || l.items < 1 || l.hosts < 1 || *rounds < 1 || l.readerFeeds < 1 || l.readerFeeds > l.feeds {
		return errors.New("want at least one feed, item, host and round, and no more feeds for the stand-in than there are")
	}
	w, err := newWorld(ctx, l, log)
	if err != nil {
		return err
	}
	defer w.close()
	w.profile = *profile
	if *nodes != "" {
		return w.nodes(ctx, *nodes, *rounds, out)
	}
	if *leases {
		return w.leases(ctx, *rounds, out)
	}
	if len(rivals) > 0 {
		return w.peers(ctx, rivals, *rounds, out)
	}
	if *growth != "" {
		w.settle = 18 * time.Second // long enough for what serve does every 15 s
		return w.growth(ctx, *growth, *growthFeeds, *growthItems, out)
	}
	if *only != "" {
		return w.single(ctx, *only, *rounds, out)
	}
	var all []round
	for i := range *rounds {
		began := time.Now()
		if w.settle = 0; i == 0 { // long enough for what serve does every 15 s
			w.settle = 18 * time.Second
		}
		r, err := w.round(ctx, i)
		if err != nil {
			return err
		}
		all = append(all, r)
		fmt.Fprintf(log, "rate: round %d of %d in %.0f s\n", i+1, *rounds, time.Since(began).Seconds())
	}
	report(out, l, all)
	return nil
}

// round is what was measured beside each other.
type round struct {
	loa, sqlite, reader [cases]result
	stages              [cases]stages
}

// result is one case of one contestant.
type result struct {
	feeds int
	took  time.Duration
	cpu   time.Duration // of its process; 0 if not told
	peak  int64         // resident bytes at most; 0 if not told

	server time.Duration // processor time of the database's server; 0 if not told
	whole  bool          // everything was read again though nothing had changed
}

// rate is feeds a second.
func (r result) rate() float64 { return float64(r.feeds) / r.took.Seconds() }

// round lets every contestant run, in another order each time.
func (w *world) round(ctx context.Context, n int) (r round, err error) {
	turns := []func() error{
		func() (err error) { r.loa, r.stages, err = w.postgres(ctx); return err },
		func() (err error) { r.reader, err = w.reader(ctx); return err },
		func() (err error) { r.sqlite, err = w.sqlite(ctx); return err },
	}
	for i := range turns {
		if err := turns[(i+n)%len(turns)](); err != nil {
			return r, err
		}
	}
	return r, nil
}

// single runs one contestant alone, to find out what it spends its time on.
func (w *world) single(ctx context.Context, who string, rounds int, out io.Writer) error {
	for range rounds {
		var r [cases]result
		var s [cases]stages
		var err error
		switch who {
		case "postgres":
			r, s, err = w.postgres(ctx)
		case "sqlite":
			r, err = w.sqlite(ctx)
		case "reader":
			r, err = w.reader(ctx)
		default:
			return fmt.Errorf("-only %q: want postgres, sqlite or reader", who)
		}
		if err != nil {
			return err
		}
		for c, r := range r {
			fmt.Fprintf(out, "%-20s %7.0f feeds/s %6.0f ms, %5.0f ms of processor, %4.0f MiB", caseName(c), r.rate(), ms(r.took), ms(r.cpu), mib(r.peak))
			if who == "postgres" {
				fmt.Fprintf(out, "; limit %6.0f/s: %3.0f %%; %s", s[c].limit(), 100*r.rate()/s[c].limit(), s[c])
			}
			fmt.Fprintln(out)
		}
	}
	return nil
}
