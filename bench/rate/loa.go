package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"loa/store"
)

// postgres runs loa on PostgreSQL, then every stage alone on what it read.
func (w *world) postgres(ctx context.Context) (res [cases]result, st [cases]stages, err error) {
	db, drop, err := w.database(ctx)
	if err != nil {
		return res, st, err
	}
	defer drop()
	site, err := w.origin(ctx)
	if err != nil {
		return res, st, err
	}
	defer site.stop()
	res, docs, ends, err := w.loa(ctx, site, "pgx", db, db)
	if err != nil {
		return res, st, fmt.Errorf("loa on PostgreSQL: %w", err)
	}
	st, err = w.stages(ctx, site, db, docs, ends)
	if err != nil {
		return res, st, fmt.Errorf("stages: %w", err)
	}
	return res, st, nil
}

// sqlite runs loa on a SQLite file.
func (w *world) sqlite(ctx context.Context) (res [cases]result, err error) {
	dir, err := w.folder()
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(dir)
	site, err := w.origin(ctx)
	if err != nil {
		return res, err
	}
	defer site.stop()
	path := filepath.Join(dir, "loa.db")
	res, _, _, err = w.loa(ctx, site, "sqlite", path, "file:"+path+"?_pragma=busy_timeout(15000)")
	if err != nil {
		return res, fmt.Errorf("loa on SQLite: %w", err)
	}
	return res, nil
}

// loa runs «loa serve» through all cases. A case lasts from the first request the
// origin saw to the last row loa wrote of it. docs are the documents of each
// case, ends the business time of its last visit.
func (w *world) loa(ctx context.Context, site *site, driver, db, readDB string) (res [cases]result, docs [cases][][]byte, ends [cases]int64, err error) {
	fail := func(e error) ([cases]result, [cases][][]byte, [cases]int64, error) { return res, docs, ends, e }
	data, err := w.folder()
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(data)
	if docs[firstRead], err = site.next(ctx, firstRead); err != nil {
		return fail(err)
	}
	st, err := store.Open(ctx, db, store.Options{MaxConns: 2}) // makes the schema, and sources due again
	if err != nil {
		return fail(err)
	}
	defer st.Close()
	read, err := sql.Open(driver, readDB)
	if err != nil {
		return fail(err)
	}
	defer read.Close()
	p, err := w.serve(site, db, data, "2023-06-01")
	if err != nil {
		return fail(err)
	}
	defer p.stop()
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w; its log ends:\n%s", err, p.said())
		}
	}()
	for c := range cases {
		if c > firstRead {
			if docs[c], err = site.next(ctx, c); err != nil {
				return fail(err)
			}
			if err := st.MakeDue(ctx); err != nil {
				return fail(err)
			}
		}
		began := p.cpu()
		served, err := w.serverCPU(ctx)
		if err != nil {
			return fail(err)
		}
		profiled := w.profiles(ctx, p, fmt.Sprintf("%d-feeds-%s", w.feeds, strings.ReplaceAll(caseName(c), " ", "-")))
		last, err := w.await(ctx, p, read, c)
		if err != nil {
			return fail(err)
		}
		if err := profiled(); err != nil {
			return fail(err)
		}
		n, err := site.served(ctx, c, w.feeds)
		if err != nil {
			return fail(err)
		}
		res[c] = result{feeds: w.feeds, took: last.Sub(time.UnixMicro(n.First)), cpu: p.cpu() - began, peak: p.peak()}
		if all, err := w.serverCPU(ctx); err == nil {
			res[c].server = all - served
		}
		if err := read.QueryRowContext(ctx, "SELECT MAX(at) FROM visit").Scan(&ends[c]); err != nil {
			return fail(err)
		}
	}
	if w.settle > 0 { // the evaluation that follows counts for memory too
		select {
		case <-time.After(w.settle):
		case <-ctx.Done():
		}
		if err := errors.Join(p.alive(), ctx.Err()); err != nil {
			return fail(err)
		}
		res[oneNew].peak = p.peak()
	}
	return res, docs, ends, nil
}

// serve starts «loa serve» with default settings, and no distance between requests, at a business time.
func (w *world) serve(site *site, db, data, at string, more ...string) (*process, error) {
	args := []string{"--db", db, "--data", data, "--plans", site.plan, "serve", "--plan", "tai/2023", "--at", at,
		"--listen", "127.0.0.1:0", "--allow-loopback", "--spacing", "0s", "--resolve-file", filepath.Join(site.plan, "resolve.txt")}
	if w.profile != "" {
		args = append(args, "--pprof", pprofAddress)
	}
	return w.start(filepath.Join(w.dir, "loa"), append(args, more...)...)
}

// await waits until all of a case is in the database, and says when that was: to
// some 20 ms where something had to be compared, else to the last row written.
func (w *world) await(ctx context.Context, p *process, db *sql.DB, c int) (time.Time, error) {
	items := w.feeds * w.items
	if c == oneNew {
		items += w.feeds
	}
	deadline := time.Now().Add(5 * time.Minute)
	for {
		asked := time.Now()
		var visits, good, found, judged, compared int
		var end int64
		if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM visit").Scan(&visits); err != nil {
			return time.Time{}, err
		}
		if visits >= w.feeds*(c+1) {
			err := db.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM visit WHERE outcome IN ('ok', 'not_modified')),
				(SELECT COUNT(*) FROM item_text), (SELECT COUNT(*) FROM item WHERE revision <> '' AND outcome <> 'unjudged'),
				(SELECT COUNT(*) FROM item WHERE revision <> '' AND compared = revision),
				(SELECT MAX(at) FROM change WHERE kind IN ('visit', 'item', 'revision', 'verdict'))`).Scan(&good, &found, &judged, &compared, &end)
			switch {
			case err != nil:
				return time.Time{}, err
			case visits != w.feeds*(c+1) || good != visits || found > items:
				return time.Time{}, fmt.Errorf("%s: %d visits, %d of them good, %d items; want %d visits and %d items", caseName(c), visits, good, found, w.feeds*(c+1), items)
			case found == items && judged == items && compared == items:
				if c == unchanged {
					return time.UnixMicro(end), nil
				}
				return asked, nil // comparing tells of nothing where nothing is alike
			}
		}
		if err := errors.Join(p.alive(), ctx.Err()); err != nil {
			return time.Time{}, err
		}
		if time.Now().After(deadline) {
			return time.Time{}, fmt.Errorf("%s: after 5 minutes %d visits, %d items found, %d judged, %d compared", caseName(c), visits, found, judged, compared)
		}
		time.Sleep(max(20*time.Millisecond, 10*time.Since(asked))) // whoever asks must not be what is measured
	}
}

// cpu is the processor time a program has used; 0 where the system does not tell.
func (p *process) cpu() time.Duration { return cpuOf(p.cmd.Process.Pid) }

// cpuOf is what a process used so far.
func cpuOf(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // Linux counts hundredths of a second
}

// peak is the most memory a program has had resident, in bytes; 0 where the
// system does not tell.
func (p *process) peak() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}
