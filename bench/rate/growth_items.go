package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/monitor"
	"loa/plans"
	"loa/schedule/calendar"
	"loa/store"
)

// held is what was measured with so many items in the database.
type held struct {
	items           int
	ready           time.Duration // from the start of loa to its first pages
	unchanged, news []result
	claim           time.Duration // of one host, and giving it back
	one, all        time.Duration // evaluating one agency, and all of them
	pages           []time.Duration
	size            int64 // bytes on the server's disk
}

// The desk's pages that are timed: those whose work could grow with what is kept.
var grownPages = [...]struct{ name, path string }{
	{"board", "/bang-theo-doi"}, {"items", "/tin-bai"}, {"search", "/tin-bai?q=cai+cach"}, {"agency", "/co-quan/so-1"},
}

// growItems has one database hold ever more items over four years, and tells what the same looks cost, and what is done beside looks.
// The items are loa's own rows of a first read, written again and again with other ids and times, in all tables in which a read item leaves
// rows that stay.
func (w *world) growItems(ctx context.Context, list string, out io.Writer) error {
	counts, err := sizes(list)
	if err != nil {
		return fmt.Errorf("-growth-items %w", err)
	}
	w.feeds, w.hosts = min(w.feeds, 500), min(w.hosts, 50)
	if counts[0] < w.feeds*w.items {
		return fmt.Errorf("-growth-items: want at least %d, which %d feeds show", w.feeds*w.items, w.feeds)
	}
	db, drop, err := w.database(ctx)
	if err != nil {
		return err
	}
	defer drop()
	site, err := w.origin(ctx)
	if err != nil {
		return err
	}
	defer site.stop()
	data, err := w.folder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	g := &grown{world: w, db: db, data: data, site: site}
	if g.st, err = store.Open(ctx, db, store.Options{MaxConns: 4}); err != nil {
		return err
	}
	defer g.st.Close()
	if g.read, err = sql.Open("pgx", db); err != nil {
		return err
	}
	defer g.read.Close()
	if err := g.begin(ctx); err != nil {
		return err
	}
	var all []held
	for _, n := range counts {
		h, err := g.measure(ctx, n)
		if err != nil {
			return fmt.Errorf("%d items: %w", n, err)
		}
		all = append(all, h)
		fmt.Fprintf(w.log, "rate: %d items measured\n", n)
	}
	tellItems(out, w.load, all)
	return nil
}

// grown is a database that gets more and more items.
type grown struct {
	*world
	db, data string
	site     *site
	st       *store.Store
	read     *sql.DB
	starts   int // of loa, each on a later day
	visits   int // that the database holds
	copies   int // of what was read first
}

// begin reads everything for the first time and notes what is written again later.
func (g *grown) begin(ctx context.Context) error {
	if _, err := g.site.next(ctx, firstRead); err != nil {
		return err
	}
	p, _, err := g.start(ctx)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := g.done(ctx, p, g.feeds); err != nil {
		return err
	}
	_, err = g.read.ExecContext(ctx, `CREATE TABLE grown_base AS SELECT i.id, i.revision, i.words FROM item i`)
	return err
}

// start runs loa, on a later day each time, and gives how long it took until its pages were ready.
func (g *grown) start(ctx context.Context) (*process, time.Duration, error) {
	g.starts++
	began := time.Now()
	p, err := g.serve(g.site, g.db, g.data, time.Date(2023, 6, g.starts, 0, 0, 0, 0, calendar.Zone).Format(time.DateOnly))
	if err != nil {
		return nil, 0, err
	}
	for {
		if addr := p.address(); addr != "" {
			if res, err := http.Get(addr + "/readyz"); err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					return p, time.Since(began), nil
				}
			}
		}
		if err := errors.Join(p.alive(), ctx.Err()); err != nil {
			p.stop()
			return nil, 0, fmt.Errorf("%w: %s", err, p.said())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// done waits until so many more looks are in the database, and all that they brought is judged and compared.
func (g *grown) done(ctx context.Context, p *process, looks int) error {
	g.visits += looks
	deadline := time.Now().Add(5 * time.Minute)
	for {
		asked := time.Now()
		var visits int
		if err := g.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM visit").Scan(&visits); err != nil {
			return err
		}
		if visits >= g.visits {
			var open int
			if err := g.read.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM item WHERE outcome = 'unjudged') + (SELECT COUNT(*) FROM item WHERE revision <> compared)`).Scan(&open); err != nil {
				return err
			}
			if open == 0 {
				return nil
			}
		}
		if err := errors.Join(p.alive(), ctx.Err()); err != nil {
			return fmt.Errorf("%w: %s", err, p.said())
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after 5 minutes %d of %d looks", visits, g.visits)
		}
		time.Sleep(max(10*time.Millisecond, 5*time.Since(asked)))
	}
}

// fill writes what was read first again until there are about so many items.
func (g *grown) fill(ctx context.Context, items int) error {
	conn, err := pgx.Connect(ctx, g.db)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	base := g.feeds * g.items
	upTo := items/base - 1
	if upTo <= g.copies {
		return nil
	}
	// What refers to what is right here, and looking it up would take longer than all the rest.
	if _, err := conn.Exec(ctx, "SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB'"); err != nil {
		return err
	}
	for from := g.copies + 1; from <= upTo; from += 20 {
		for _, stmt := range copied {
			// Each of a thousand copies has its day in the four years and more before the looks; the order of the days is mixed.
			if _, err := conn.Exec(ctx, "WITH k AS (SELECT k, (k * 617 % 1000 * 1610 / 1000 - 1460) * 86400000000::BIGINT AS ago FROM generate_series($1::BIGINT, $2::BIGINT) k) "+stmt,
				from, min(from+19, upTo)); err != nil {
				return fmt.Errorf("%w: %s", err, stmt)
			}
		}
	}
	g.copies = upTo
	for _, table := range []string{"item", "revision", "verdict", "listing", "item_text", "copy_text", "copy_mark", "item_alias"} {
		if _, err := conn.Exec(ctx, "VACUUM ANALYZE "+table); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, "CHECKPOINT")
	return err
}

// copied writes the k-th copy of what was read first, ago microseconds away from it.
var copied = [...]string{
	`INSERT INTO item SELECT (jsonb_populate_record(i, jsonb_build_object('id', md5(i.id || k.k), 'canon', i.canon || '?' || k.k, 'url', i.url || '?' || k.k,
			'claimed_at', i.claimed_at + k.ago, 'claimed_known', i.claimed_known + k.ago, 'at', i.at + k.ago, 'seen', i.seen + k.ago, 'verified', i.verified + k.ago,
			'revision', left(i.revision, 9) || md5(i.revision || k.k), 'compared', left(i.revision, 9) || md5(i.revision || k.k), 'words', i.words # (k.k * 1000003)))).*
		FROM k, item i JOIN grown_base b ON b.id = i.id`,
	`INSERT INTO revision SELECT (jsonb_populate_record(r, jsonb_build_object('id', left(r.id, 9) || md5(r.id || k.k), 'item', md5(r.item || k.k), 'seen', r.seen + k.ago))).*
		FROM k, revision r JOIN grown_base b ON b.revision = r.id`,
	`INSERT INTO verdict SELECT (jsonb_populate_record(v, jsonb_build_object('revision', left(v.revision, 9) || md5(v.revision || k.k), 'at', v.at + k.ago))).*
		FROM k, verdict v JOIN grown_base b ON b.revision = v.revision`,
	`INSERT INTO item_text (item, words, masked, at) SELECT md5(t.item || k.k), t.words, t.masked, t.at + k.ago FROM k, item_text t JOIN grown_base b ON b.id = t.item`,
	`INSERT INTO listing (source, item, seen) SELECT l.source, md5(l.item || k.k), l.seen + k.ago FROM k, listing l JOIN grown_base b ON b.id = l.item`,
	// Marks are kept for half a year.
	`INSERT INTO copy_text SELECT (jsonb_populate_record(t, jsonb_build_object('words', t.words # (k.k * 1000003), 'seen', t.seen + k.ago, 'revision', left(t.revision, 9) || md5(t.revision || k.k),
			'marks', CASE WHEN k.ago > -180 * 86400000000 THEN t.marks ELSE '' END))).*
		FROM k, copy_text t JOIN grown_base b ON b.words = t.words ON CONFLICT DO NOTHING`,
	`INSERT INTO copy_mark SELECT hashint8extended(m.mark, k.k), m.words # (k.k * 1000003) FROM k, copy_mark m JOIN grown_base b ON b.words = m.words
		WHERE k.ago > -180 * 86400000000 ON CONFLICT DO NOTHING`,
}

// measure fills the database and measures everything.
func (g *grown) measure(ctx context.Context, n int) (h held, err error) {
	if err := g.fill(ctx, n); err != nil {
		return h, err
	}
	if err := g.read.QueryRowContext(ctx, "SELECT COUNT(*), pg_database_size(current_database()) FROM item_text").Scan(&h.items, &h.size); err != nil {
		return h, err
	}
	if err := g.alone(ctx, &h); err != nil {
		return h, err
	}
	p, ready, err := g.start(ctx)
	if err != nil {
		return h, err
	}
	defer p.stop()
	h.ready = ready
	if err := g.done(ctx, p, g.feeds); err != nil { // alone made them due
		return h, err
	}
	for range 2 {
		for _, c := range []int{unchanged, oneNew} {
			r, err := g.look(ctx, p, c)
			if err != nil {
				return h, fmt.Errorf("%s: %w", caseName(c), err)
			}
			if c == unchanged {
				h.unchanged = append(h.unchanged, r)
			} else {
				h.news = append(h.news, r)
			}
		}
	}
	for _, page := range grownPages {
		d, err := usually(ctx, p.address()+page.path)
		if err != nil {
			return h, err
		}
		h.pages = append(h.pages, d)
	}
	return h, nil
}

// look lets all feeds be looked at once.
func (g *grown) look(ctx context.Context, p *process, c int) (r result, err error) {
	if _, err := g.site.next(ctx, c); err != nil {
		return r, err
	}
	loa := p.cpu()
	server, err := g.serverCPU(ctx)
	if err != nil {
		return r, err
	}
	if err := g.st.MakeDue(ctx); err != nil {
		return r, err
	}
	wait := g.profiles(ctx, p, fmt.Sprintf("%d-items-%d", g.copies, c))
	if err := g.done(ctx, p, g.feeds); err != nil {
		return r, err
	}
	ended := time.Now()
	n, err := g.site.served(ctx, c, g.feeds)
	if err != nil {
		return r, err
	}
	r = result{feeds: g.feeds, took: ended.Sub(time.UnixMicro(n.First)), cpu: p.cpu() - loa, peak: p.peak()}
	after, err := g.serverCPU(ctx)
	r.server = after - server
	return r, errors.Join(err, wait())
}

// alone measures what is done beside looks while loa does not run.
func (g *grown) alone(ctx context.Context, h *held) error {
	if err := g.st.MakeDue(ctx); err != nil {
		return err
	}
	began, times := time.Now(), 0
	for range g.hosts {
		leases, err := g.st.Claim(ctx, "growth", 1, time.Minute)
		if err != nil {
			return err
		}
		for _, l := range leases {
			if err := g.st.Release(ctx, l); err != nil {
				return err
			}
			times++
		}
	}
	h.claim = time.Since(began) / time.Duration(max(times, 1))
	files := os.DirFS(g.site.plan)
	plan, _, problems := plans.Load(files, "tai/2023")
	if plan == nil {
		return fmt.Errorf("the plan of the origin: %v", problems)
	}
	at := monitor.Moment{Now: time.Date(2023, 6, 20, 0, 0, 0, 0, calendar.Zone)}
	for range 5 {
		began = time.Now()
		if _, err := monitor.EvaluateOwners(ctx, g.st, plan, []string{"tai/so-1"}, nil, &calendar.Calendar{}, at, time.Now()); err != nil {
			return err
		}
		h.one += time.Since(began) / 5
	}
	began = time.Now()
	err := monitor.EvaluateAll(ctx, g.st, plan, &calendar.Calendar{}, at, time.Now(), 2)
	h.all = time.Since(began)
	return err
}

// address is where loa serves its pages; "" while it does not say so.
func (p *process) address() string {
	for word := range strings.FieldsSeq(p.said()) {
		if addr, ok := strings.CutSuffix(word, "/"); ok && strings.HasPrefix(addr, "http://") {
			return addr
		}
	}
	return ""
}

// usually is how long a page takes in the middle of seven times.
func usually(ctx context.Context, url string) (time.Duration, error) {
	var all []time.Duration
	for range 7 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return 0, err
		}
		began := time.Now()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", url, res.Status)
		}
		if err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// tellItems prints the figures, and how each grew from one number of items to the next: 0 is not at all, 1 as the items did.
func tellItems(out io.Writer, l load, all []held) {
	fmt.Fprintf(out, "Items in the database of four and a half years, %d feeds on %d hosts, PostgreSQL; of two looks of each kind\n\n", l.feeds, l.hosts)
	fmt.Fprint(out, "| items |")
	for _, h := range all {
		fmt.Fprintf(out, " %d |", h.items)
	}
	fmt.Fprint(out, " exponents |\n|---|")
	fmt.Fprint(out, strings.Repeat("---|", len(all)+1), "\n")
	row := func(name, format string, of func(held) float64) {
		fmt.Fprintf(out, "| %s |", name)
		for _, h := range all {
			fmt.Fprintf(out, " "+format+" |", of(h))
		}
		var grew []string
		for i := 1; i < len(all); i++ {
			grew = append(grew, exponent(of(all[i-1]), of(all[i]), all[i-1].items, all[i].items))
		}
		fmt.Fprintf(out, " %s |\n", strings.Join(grew, ", "))
	}
	for _, c := range []struct {
		name string
		of   func(held) []result
	}{{"nothing changed", func(h held) []result { return h.unchanged }}, {"one new item each", func(h held) []result { return h.news }}} {
		row(c.name+", ms a look", "%.2f", func(h held) float64 {
			return median(c.of(h), func(r result) float64 { return ms(r.took) / float64(r.feeds) })
		})
		row(c.name+", loa's ms of processor", "%.2f", func(h held) float64 {
			return median(c.of(h), func(r result) float64 { return ms(r.cpu) / float64(r.feeds) })
		})
		row(c.name+", the server's", "%.2f", func(h held) float64 {
			return median(c.of(h), func(r result) float64 { return ms(r.server) / float64(r.feeds) })
		})
	}
	row("claim a host and give it back, ms", "%.2f", func(h held) float64 { return ms(h.claim) })
	row("evaluate one agency, ms", "%.1f", func(h held) float64 { return ms(h.one) })
	row(fmt.Sprintf("evaluate all %d, ms", l.hosts), "%.0f", func(h held) float64 { return ms(h.all) })
	for i, page := range grownPages {
		row("page: "+page.name+", ms", "%.1f", func(h held) float64 { return ms(h.pages[i]) })
	}
	row("start until the pages are ready, ms", "%.0f", func(h held) float64 { return ms(h.ready) })
	row("resident at most, MiB", "%.0f", func(h held) float64 { return mib(h.news[len(h.news)-1].peak) })
	row("database, MiB", "%.0f", func(h held) float64 { return mib(h.size) })
}
