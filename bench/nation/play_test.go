package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/media"
)

// setting is how a world is read.
type setting struct {
	nodes, workers int
	warm           int // days that are not counted: the crawler learns when sources publish
	spacing        time.Duration
	cores          int           // of each node
	plain          bool          // by plainReaders
	slower         time.Duration // by how many times processors are slower than those that were measured; 0 is 1
}

// What a node's processor does for one look, for one piece that is new, and for one article page; and how long the database
// takes to answer. Measured: docs/SCALE.md.
const (
	lookCost  = 1500 * time.Microsecond
	itemCost  = 350 * time.Microsecond
	pageCost  = 8 * time.Millisecond
	storeWait = 2 * time.Millisecond
)

// node is one crawler's sight of the stores: what it does takes its processors' time.
type node struct {
	*stock
	cores  chan struct{}
	slower time.Duration
	busy   atomic.Int64 // nanoseconds of processors
}

func (n *node) work(d time.Duration) {
	d *= n.slower
	n.cores <- struct{}{}
	time.Sleep(d)
	<-n.cores
	n.busy.Add(int64(d))
	time.Sleep(storeWait)
}

// PutVisits implements crawler.Records.
func (n *node) PutVisits(ctx context.Context, l crawler.Lease, vs []crawler.Visit) ([][]bool, error) {
	d := time.Duration(len(vs)) * lookCost
	for _, v := range vs {
		d += time.Duration(len(v.New)) * itemCost
	}
	n.work(d)
	return n.stock.PutVisits(ctx, l, vs)
}

// PutPage implements crawler.Records.
func (n *node) PutPage(ctx context.Context, l crawler.Lease, p crawler.PageVisit) error {
	n.work(pageCost)
	return n.stock.PutPage(ctx, l, p)
}

// figures are what a run gave.
type figures struct {
	set       setting
	hosts     int
	sites     int
	days      int
	delays    [kinds][]int32 // seconds from publication until it was recorded
	texts     []int32        // until its page was read
	looks     [kinds]int
	empty     [kinds]int // of them, those that found nothing new
	blind     int
	published int // in the days counted, but for the last six hours
	found     int // of them
	perHost   []int
	wrongs    []string
	busy      []float64 // seconds of processors a day, by node
	of        [kinds]int
	peak      int // looks in the busiest hour that counts
	took      time.Duration
	hours     map[int]int // looks by hour
}

// play lets crawlers read the world from its first day to its last on a clock that jumps to the next thing to do.
func play(t *testing.T, w *world, set setting) (f figures) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		now := func() time.Time { return w.from.Add(time.Since(start)) }
		n := newNetwork(w, now, set.spacing)
		m := newStock(now)
		f = figures{set: set, sites: len(w.sites), hosts: len(n.hosts), days: w.day(w.to) - set.warm}
		count := w.from.AddDate(0, 0, set.warm)
		f.hours = map[int]int{}
		m.recorded, m.read = f.watch(w, count)
		sources := w.sources()
		ctx, cancel := context.WithTimeout(context.Background(), w.to.Sub(w.from))
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if sleeping(ctx, count.Sub(w.from)) {
				n.mu.Lock()
				n.counting = true
				n.mu.Unlock()
			}
		})
		nodes := make([]*node, set.nodes)
		for i := range nodes {
			nodes[i] = &node{stock: m, cores: make(chan struct{}, set.cores), slower: max(1, set.slower)}
			opt := crawler.Options{Hosts: nodes[i], Records: nodes[i], Known: nodes[i], Keeper: nodes[i], Fetch: n, Sources: sources, Province: "ca-nuoc", Business: now,
				Spacing: set.spacing, Workers: set.workers, Node: fmt.Sprint("nut-", i+1)}
			if set.plain {
				opt.Read = plainReaders()
			}
			c, err := crawler.New(opt)
			if err != nil {
				t.Error(err)
				return
			}
			all.Go(func() { _ = c.Run(ctx) })
		}
		all.Wait()
		for _, a := range n.hosts {
			for day := set.warm; day < w.day(w.to); day++ {
				f.perHost = append(f.perHost, a.days[day])
			}
		}
		f.wrongs = n.wrongs
		for _, node := range nodes {
			f.busy = append(f.busy, time.Duration(node.busy.Load()).Seconds()/float64(w.day(w.to)))
		}
	})
	for _, n := range f.hours {
		f.peak = max(f.peak, n)
	}
	for _, s := range w.sites {
		f.of[s.kind]++
		from, to := w.from.AddDate(0, 0, set.warm).Unix(), w.to.Add(-6*time.Hour).Unix()
		a, _ := slices.BinarySearch(s.pieces, from)
		b, _ := slices.BinarySearch(s.pieces, to)
		f.published += b - a
	}
	f.took = time.Since(began)
	return f
}

func sleeping(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// watch counts what the stock records from a day on.
func (f *figures) watch(w *world, count time.Time) (func(crawler.Visit, []bool, time.Time), func(crawler.PageVisit, string, bool, time.Time)) {
	sites := map[string]*site{}
	for _, s := range w.sites {
		sites[s.ID] = s
	}
	last := w.to.Add(-6 * time.Hour)
	piece := func(s *site, address string) (time.Time, bool) {
		i, err := strconv.Atoi(strings.TrimSuffix(address[len(s.root()):], ".html"))
		if err != nil || i < 1 || i > len(s.pieces) {
			return time.Time{}, false
		}
		at := s.date(i)
		return at, !at.Before(count)
	}
	recorded := func(v crawler.Visit, known []bool, now time.Time) {
		s := sites[v.Source]
		fresh := 0
		for i, seen := range v.Seen {
			if known[i] {
				continue
			}
			fresh++
			if at, ok := piece(s, seen.Item.URL); ok {
				f.delays[s.kind] = append(f.delays[s.kind], int32(now.Sub(at)/time.Second))
				if at.Before(last) {
					f.found++
				}
			}
		}
		if now.Before(count) {
			return
		}
		f.hours[int(now.Sub(count)/time.Hour)]++
		f.looks[s.kind]++
		if fresh == 0 {
			f.empty[s.kind]++
		}
		if v.Outcome != media.OK && v.Outcome != media.NotModified {
			f.blind++
		}
	}
	read := func(p crawler.PageVisit, address string, again bool, now time.Time) {
		if at, ok := piece(sites[p.Source], address); ok && !again && p.Done {
			f.texts = append(f.texts, int32(now.Sub(at)/time.Second))
		}
	}
	return recorded, read
}

// plainReaders read the world's own documents by their lines, some times as fast as those that read any site's: for runs in which what
// reading costs is told by a node's processors alone. TestPlainReaders holds them to the others.
func plainReaders() crawler.Readers {
	list := func(text string, src media.Source, _ string) (extract.Listing, error) {
		var l extract.Listing
		for rest := text; ; {
			var e extract.Entry
			var date, layout string
			var ok bool
			if src.Kind == media.KindFeed {
				layout = time.RFC1123Z
				if e.Title, rest, ok = between(rest, "<item><title>", "</title>"); !ok {
					return l, nil
				}
				e.URL, rest, _ = between(rest, "<link>", "</link>")
				date, rest, _ = between(rest, "<pubDate>", "</pubDate>")
				e.Lead, rest, _ = between(rest, "<p>", "</p>")
			} else {
				layout = "02/01/2006 15:04"
				if e.URL, rest, ok = between(rest, `<div class="tin"><a href="`, `"`); !ok {
					return l, nil
				}
				e.Title, rest, _ = between(rest, ">", "</a>")
				date, rest, _ = between(rest, `<span class="ngay">`, "</span>")
				e.Lead, rest, _ = between(rest, "<p>", "</p>")
			}
			at, err := time.ParseInLocation(layout, date, zone())
			if err != nil {
				return l, &extract.BlindError{Reason: media.ParseError, Detail: err.Error()}
			}
			e.Date = media.Date{At: at, Precision: media.ToMinute}
			l.Entries = append(l.Entries, e)
		}
	}
	return crawler.Readers{Feed: list, List: list,
		Decode: func(body []byte, _ string) (string, error) { return string(body), nil },
		Key:    func(_, u string) (string, error) { return u, nil },
		Page: func(text string, _ media.Source, _ string) (extract.Article, error) {
			var a extract.Article
			a.Title, text, _ = between(text, `<h1 class="tieude">`, "</h1>")
			a.Lead, text, _ = between(text, `<p class="sapo">`, "</p>")
			a.Body, _, _ = between(text, `<div class="noidung">`, "</div>")
			return a, nil
		},
		Second: func(string, media.Source, string, extract.Article) (extract.Article, float64, bool) {
			return extract.Article{}, 1, true
		},
		Missing: func(text string, src media.Source, _ string) ([]string, error) { return nil, nil },
	}
}

func between(text, a, b string) (in, rest string, ok bool) {
	_, after, ok := strings.Cut(text, a)
	if !ok {
		return "", "", false
	}
	in, rest, ok = strings.Cut(after, b)
	return in, rest, ok
}

// quantile is of ascending numbers.
func quantile[T int | int32](of []T, q float64) T {
	if len(of) == 0 {
		return 0
	}
	return of[min(len(of)-1, int(q*float64(len(of))))]
}

// all are the delays of every kind, ascending.
func (f *figures) all() []int32 {
	var out []int32
	for _, d := range f.delays {
		out = append(out, d...)
	}
	slices.Sort(out)
	return out
}

// tell writes the figures.
func (f *figures) tell(out io.Writer, name string) {
	fmt.Fprintf(out, "\n%s: %d sources on %d hosts, %d day(s) after %d that are not counted; %d node(s) of %d workers and %d cores; in %.0f s\n",
		name, f.sites, f.hosts, f.days, f.set.warm, f.set.nodes, f.set.workers, f.set.cores, f.took.Seconds())
	fmt.Fprintln(out, "kind        pieces/day   p50 min   p95 min   looks/source/day   nothing new")
	row := func(name string, d []int32, looks, empty, of int) {
		fmt.Fprintf(out, "%-11s %10.0f %9.1f %9.1f %18.1f %12.0f%%\n", name, float64(len(d))/float64(f.days), float64(quantile(d, 0.5))/60, float64(quantile(d, 0.95))/60,
			float64(looks)/float64(of)/float64(f.days), 100*float64(empty)/float64(max(1, looks)))
	}
	looks, empty := 0, 0
	for k := range kinds {
		slices.Sort(f.delays[k])
		row(k.String(), f.delays[k], f.looks[k], f.empty[k], f.of[k])
		looks, empty = looks+f.looks[k], empty+f.empty[k]
	}
	all := f.all()
	row("all", all, looks, empty, f.sites)
	slices.Sort(f.texts)
	slices.Sort(f.perHost)
	fmt.Fprintf(out, "text read after p50 %.1f, p95 %.1f min; requests a host and day p50 %d, p95 %d, most %d; %d of %d pieces found (%.2f %%); looks that saw nothing %d; busiest hour %.2f looks/s; seconds of processor a day and node",
		float64(quantile(f.texts, 0.5))/60, float64(quantile(f.texts, 0.95))/60, quantile(f.perHost, 0.5), quantile(f.perHost, 0.95), quantile(f.perHost, 1), f.found, f.published,
		100*float64(f.found)/float64(max(1, f.published)), f.blind, float64(f.peak)/3600)
	for _, b := range f.busy {
		fmt.Fprintf(out, " %.0f", b)
	}
	fmt.Fprintln(out)
	for _, wrong := range slices.Sorted(maps.Keys(setOf(f.wrongs))) {
		fmt.Fprintln(out, "  WRONG:", wrong)
	}
}

func setOf(of []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range of {
		out[s] = true
	}
	return out
}
