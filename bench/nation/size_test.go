package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/crawler"
	"loa/crawler/classify"
	"loa/crawler/copies"
	"loa/media"
	"loa/monitor"
	"loa/store"
	"loa/store/keep"
	"loa/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// both records in memory, which says what is due on the fast clock, and in PostgreSQL, through what a node writes with.
type both struct {
	*stock
	t    *testing.T
	db   *store.Store
	kept *keep.Objects

	mu     sync.Mutex
	bodies map[string]int64 // bytes kept as they came, by «list» or «page»
	n      map[string]int
	once   map[string]bool
}

// leased does something under a lease of the database.
func (b *both) leased(ctx context.Context, host string, do func(crawler.Lease) error) error {
	ctx = context.WithoutCancel(ctx)
	got, err := b.db.ClaimFor(ctx, "do", []string{host}, 1, time.Hour)
	if err != nil || len(got) != 1 {
		return fmt.Errorf("%d leases of %s: %w", len(got), host, err)
	}
	if err := do(got[0]); err != nil {
		return err
	}
	return b.db.Release(ctx, got[0])
}

// PutVisits implements crawler.Records; what was known is the database's word.
func (b *both) PutVisits(ctx context.Context, l crawler.Lease, vs []crawler.Visit) (known [][]bool, err error) {
	if known, err = b.stock.PutVisits(ctx, l, vs); err != nil {
		return nil, err
	}
	err = b.leased(ctx, l.Host, func(l crawler.Lease) error {
		said, err := b.db.PutVisits(ctx, l, vs)
		if err == nil && !slices.EqualFunc(said, known, slices.Equal[[]bool]) {
			b.t.Errorf("%s: known in memory and in the database are not the same", l.Host)
		}
		return err
	})
	if err != nil {
		b.t.Error(err)
	}
	return known, nil
}

// PutPage implements crawler.Records.
func (b *both) PutPage(ctx context.Context, l crawler.Lease, p crawler.PageVisit) error {
	if err := b.stock.PutPage(ctx, l, p); err != nil {
		return err
	}
	if err := b.leased(ctx, l.Host, func(l crawler.Lease) error { return b.db.PutPage(ctx, l, p) }); err != nil {
		b.t.Error(err)
	}
	return nil
}

// PutRobots implements crawler.Records.
func (b *both) PutRobots(ctx context.Context, l crawler.Lease, r crawler.Robots) error {
	if err := b.leased(ctx, l.Host, func(l crawler.Lease) error { return b.db.PutRobots(ctx, l, r) }); err != nil {
		b.t.Error(err)
	}
	return b.stock.PutRobots(ctx, l, r)
}

// Keep implements crawler.Keeper.
func (b *both) Keep(ctx context.Context, k media.Kept, body []byte) error {
	b.mu.Lock()
	class := "list"
	if strings.HasSuffix(k.URL, ".html") {
		class = "page"
	}
	if !b.once[k.SHA256] {
		b.once[k.SHA256] = true
		b.bodies[class] += int64(len(body))
		b.n[class]++
	}
	b.mu.Unlock()
	return b.kept.Keep(ctx, k, body)
}

// size is what a database holds at a moment.
type size struct {
	bytes map[string][3]int64 // by table: rows and what belongs to them, indexes, rows in number
	kept  map[string]int64
	n     map[string]int
}

func (s size) total() (n int64) {
	for _, b := range s.bytes {
		n += b[0] + b[1]
	}
	return n
}

func (b *both) measure(ctx context.Context, conn *pgx.Conn) size {
	s := size{bytes: map[string][3]int64{}, kept: map[string]int64{}, n: map[string]int{}}
	b.mu.Lock()
	for class, n := range b.n {
		s.n[class] = n
	}
	b.mu.Unlock()
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE"); err != nil { // as autovacuum does in so long a time
		b.t.Fatal(err)
	}
	rows, err := conn.Query(ctx, `SELECT relname, pg_table_size(oid), pg_indexes_size(oid), reltuples::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var v [3]int64
		if err := rows.Scan(&name, &v[0], &v[1], &v[2]); err != nil {
			b.t.Fatal(err)
		}
		s.bytes[name] = v
	}
	if rows.Err() != nil {
		b.t.Fatal(rows.Err())
	}
	// Compressed, by what they are, from the objects themselves.
	b.mu.Lock()
	defer b.mu.Unlock()
	for sha := range b.once {
		object, err := b.kept.Object(ctx, sha)
		if err != nil {
			b.t.Fatal(err)
		}
		s.kept["all"] += int64(len(object))
	}
	return s
}

// TestSize is the run of «make bench-size» (LOA_SIZE=sources,days): what a province's days leave in PostgreSQL, written by what a node writes with. Without,
// three hours of a few sources, of which the database must hold what the crawler did.
func TestSize(t *testing.T) {
	sources, days, day := 8, 1, 3*time.Hour
	var out io.Writer = io.Discard
	if text := os.Getenv("LOA_SIZE"); text != "" {
		a, c, _ := strings.Cut(text, ",")
		var err, err2 error
		sources, err = strconv.Atoi(a)
		days, err2 = strconv.Atoi(c)
		if err != nil || err2 != nil {
			t.Fatalf("LOA_SIZE=%q: want sources,days", text)
		}
		out, day = os.Stdout, 24*time.Hour
	}
	dsn := storetest.DB(t, "postgres")
	judge, err := classify.New()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(usual(t, 1, sources, days, on(2023, 3, 9)))
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		start := time.Now()
		now := func() time.Time { return w.from.Add(time.Since(start)) }
		db, err := store.Open(ctx, dsn, store.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		kept, err := keep.Folder(dir)
		if err != nil {
			t.Fatal(err)
		}
		b := &both{stock: newStock(now), t: t, db: db, kept: kept, bodies: map[string]int64{}, n: map[string]int{}, once: map[string]bool{}}
		visits, items := 0, 0
		b.recorded = func(_ crawler.Visit, known []bool, _ time.Time) {
			visits++
			for _, k := range known {
				if !k {
					items++
				}
			}
		}
		b.read = func(crawler.PageVisit, string, bool, time.Time) {}
		n := newNetwork(w, now, 3*time.Second)
		if err := db.Sync(ctx, w.sources(), nil); err != nil {
			t.Fatal(err)
		}
		c, err := crawler.New(crawler.Options{Hosts: b, Records: b, Known: b, Keeper: b, Fetch: n, Sources: w.sources(), Province: "t01", Business: now,
			Workers: 8, Node: "nut", Judge: judge, Words: copies.Comparer{}.Teaser})
		if err != nil {
			t.Fatal(err)
		}
		var sizes []size
		for n := range days {
			until, stop := context.WithTimeout(ctx, day)
			_ = c.Run(until)
			stop()
			if _, err := monitor.JudgeAll(ctx, judge, db, now()); err != nil {
				t.Fatal(err)
			}
			if _, err := monitor.CompareAll(ctx, copies.Comparer{}, db, now()); err != nil {
				t.Fatal(err)
			}
			s := b.measure(ctx, conn)
			sizes = append(sizes, s)
			fmt.Fprintf(out, "after day %d: %d looks, %d pieces, database %.1f MiB, kept bodies %.1f MiB (%d lists, %d pages)\n", n+1, visits, items, float64(s.total())/(1<<20),
				float64(s.kept["all"])/(1<<20), s.n["list"], s.n["page"])
		}
		for _, wrong := range n.wrongs {
			t.Error(wrong)
		}
		tellSizes(out, sizes, sources)
		var inDB [2]int
		if err := conn.QueryRow(ctx, "SELECT (SELECT COUNT(*) FROM visit), (SELECT COUNT(*) FROM item)").Scan(&inDB[0], &inDB[1]); err != nil {
			t.Fatal(err)
		}
		if inDB != [2]int{visits, items} || visits == 0 || items == 0 {
			t.Errorf("the database holds %d visits and %d items, want %d and %d", inDB[0], inDB[1], visits, items)
		}
	})
}

// tellSizes writes what a day adds, table by table, from the second half of the days, and whether both halves of them agree.
func tellSizes(out io.Writer, sizes []size, sources int) {
	last := len(sizes) - 1
	if last < 3 {
		return
	}
	mid, first := sizes[last/2], sizes[1]
	end := sizes[last]
	grow := func(a, b size, days int, name string) float64 {
		return float64(b.bytes[name][0]+b.bytes[name][1]-a.bytes[name][0]-a.bytes[name][1]) / float64(days)
	}
	var names []string
	for name := range end.bytes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(grow(first, end, 1, b) - grow(first, end, 1, a)) })
	fmt.Fprintf(out, "table              KiB a day   first half  second half   rows a day   bytes a row with indexes   of it indexes\n")
	var all [3]float64
	for i, name := range names {
		f, s := grow(first, mid, last/2-1, name), grow(mid, end, last-last/2, name)
		d := grow(first, end, last-1, name)
		all[0], all[1], all[2] = all[0]+d, all[1]+f, all[2]+s
		if i >= 18 {
			continue
		}
		rows := float64(end.bytes[name][2]-first.bytes[name][2]) / float64(last-1)
		per := 0.0
		if rows > 0 {
			per = d / rows
		}
		fmt.Fprintf(out, "%-18s %9.1f %12.1f %12.1f %12.1f %18.0f %21.0f %%\n", name, d/1024, f/1024, s/1024, rows, per, 100*float64(end.bytes[name][1])/float64(max(1, end.bytes[name][0]+end.bytes[name][1])))
	}
	fmt.Fprintf(out, "%-18s %9.1f %12.1f %12.1f\n", "all", all[0]/1024, all[1]/1024, all[2]/1024)
	kept := float64(end.kept["all"]-first.kept["all"]) / float64(last-1)
	fmt.Fprintf(out, "kept bodies %.1f KiB a day, %.1f lists and %.1f pages; a province of 300 sources and a year: database %.2f GiB, kept %.2f GiB before anything is deleted\n",
		kept/1024, float64(end.n["list"]-first.n["list"])/float64(last-1), float64(end.n["page"]-first.n["page"])/float64(last-1),
		all[0]*365*300/float64(sources)/(1<<30), kept*365*300/float64(sources)/(1<<30))
}
