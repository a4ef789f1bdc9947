package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"loa/schedule"
)

func opened(t *testing.T) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "loa.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// What a person did is synced to disk at commit, what can be crawled again is
// not; on SQLite that is a setting of the one writing connection.
func TestDurableWrites(t *testing.T) {
	s, ctx := opened(t), context.Background()
	level := func(write func(context.Context, string, func(*tx) error) error) (n int) {
		t.Helper()
		err := write(ctx, "test", func(t *tx) error {
			return each(ctx, t, func(r *sql.Rows) error { return r.Scan(&n) }, "PRAGMA synchronous")
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		name  string
		write func(context.Context, string, func(*tx) error) error
		want  int
	}{{"crawl", s.write, 1}, {"person", s.writeDurable, 2}, {"crawl again", s.write, 1}} {
		if got := level(c.write); got != c.want {
			t.Errorf("%s: synchronous = %d, want %d", c.name, got, c.want)
		}
	}
	failed := errors.New("no")
	if err := s.writeDurable(ctx, "do it", func(*tx) error { return failed }); !errors.Is(err, failed) || !strings.HasPrefix(err.Error(), "do it: ") {
		t.Errorf("error %v", err)
	}
	if got := level(s.write); got != 1 {
		t.Errorf("after a failure: synchronous = %d", got)
	}
}

// A transaction that lost to another is run again whole, and leaves its
// changes and events once.
func TestWriteAgain(t *testing.T) {
	s, ctx := opened(t), context.Background()
	s.eng.retry = postgres().retry
	for _, c := range []struct {
		code  string
		fails int
		runs  int
		ok    bool
	}{{"40P01", 2, 3, true}, {"40001", 1, 2, true}, {"40001", 100, tries, false}, {"23505", 1, 1, false}} {
		w, err := s.Watch(ctx)
		if err != nil {
			t.Fatal(err)
		}
		runs := 0
		err = s.write(ctx, "test", func(t *tx) error {
			runs++
			t.changed("test", "x")
			t.happened(Event{Kind: "test", Subject: c.code}, "x")
			if runs <= c.fails {
				return &pgconn.PgError{Code: c.code}
			}
			return nil
		})
		if runs != c.runs || (err == nil) != c.ok {
			t.Errorf("%s failing %d times: %d runs, %v", c.code, c.fails, runs, err)
		}
		if got, err := w.Next(ctx, 9); err != nil || (len(got) == 1) != c.ok {
			t.Errorf("%s: changes %v, %v", c.code, got, err)
		}
	}
	if n, err := s.VerifyEvents(ctx); n != 2 || err != nil {
		t.Errorf("events: %d, %v", n, err)
	}
}

func TestPow2AndChunks(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 2: 2, 3: 4, 20: 32, 32: 32, 33: 64} {
		if got := pow2(n); got != want {
			t.Errorf("pow2(%d) = %d, want %d", n, got, want)
		}
	}
	for cols, want := range map[int]int{1: 1024, 3: 256, 8: 128, 22: 32} {
		if got := maxRows(cols); got != want {
			t.Errorf("maxRows(%d) = %d, want %d", cols, got, want)
		}
	}
	var a args
	if got := a.in([]string{"x", "y", "z"}); got != "($1,$2,$3,$4)" || a[3] != "z" {
		t.Errorf("in: %s %v", got, a)
	}
	v := values{cols: []string{"k TEXT", "n BIGINT"}, rows: [][]any{{"a", 1}, {"b", 2}, {"c", 3}}}
	a = nil
	want := "WITH v(k, n) AS (VALUES (CAST($1 AS TEXT),CAST($2 AS BIGINT)),($3,$4),($5,$6),($7,$8)) "
	if got := v.with(v.rows, &a); got != want || a[6] != nil || a[7] != nil {
		t.Errorf("with: %s %v", got, a)
	}
}

func TestHostOf(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Bao.Example/rss": "bao.example", "http://bao.example:80/": "bao.example", "https://bao.example:443": "bao.example",
		"http://bao.example:443/": "bao.example:443", "http://www.bao.example:8080/": "www.bao.example:8080", "https://[::1]:8443/": "[::1]:8443",
		"bao.example": "", "": "", "http://%zz/": "", "mailto:a@b": "",
	} {
		if got, err := hostOf(raw); got != want || (err == nil) != (want != "") {
			t.Errorf("hostOf(%q) = %q, %v; want %q", raw, got, err, want)
		}
	}
}

func TestIsPostgres(t *testing.T) {
	for db, want := range map[string]bool{
		"postgres://u@h/d": true, "postgresql:///d": true, "host=/run user=x": true, "user=x dbname=loa": true, "service=loa": true,
		"loa.db": false, "/var/lib/loa/loa.db": false, "file:loa.db?mode=rwc": false, "C:\\loa\\host.db": false,
	} {
		if isPostgres(db) != want {
			t.Errorf("isPostgres(%q) = %v", db, !want)
		}
	}
}

// One owner's evidence is found by an index on the agency, or on the ids, not
// among everybody's.
func TestOwnerEvidenceUsesIndexes(t *testing.T) {
	s, ctx := opened(t), context.Background()
	plan := &schedule.Plan{From: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, knownAt := range []time.Time{{}, plan.To} {
		v := s.sights(plan, knownAt)
		for _, c := range []struct {
			by    only
			query func(only) (string, args)
			want  string
		}{
			{only{"agency", []string{"a"}}, v.itemQuery, "SEARCH i USING INDEX item_agency (agency=?"},
			{only{"id", []string{"a", "b"}}, v.itemQuery, "SEARCH i USING INDEX sqlite_autoindex_item_1 (id=?"},
			{only{"agency", []string{"a"}}, v.airingQuery, "SEARCH a USING INDEX airing_agency (agency=?"},
			{only{"channel", []string{"a", "b"}}, v.airingQuery, "SEARCH a USING INDEX airing_start (channel=?"},
			{only{"id", []string{"a"}}, v.airingQuery, "SEARCH a USING INDEX sqlite_autoindex_airing_1 (id=?"},
			{only{"agency", []string{"a"}}, v.registerQuery, "SEARCH r USING INDEX register_row_agency (agency=?"},
			{only{"entry", []string{"a"}}, v.registerQuery, "SEARCH r USING INDEX register_row_entry (entry=?"},
		} {
			q, a := c.query(c.by)
			var steps []string
			err := each(ctx, s.pools.read, func(r *sql.Rows) error {
				var id, parent, other int
				var step string
				err := r.Scan(&id, &parent, &other, &step)
				steps = append(steps, step)
				return err
			}, "EXPLAIN QUERY PLAN "+q, a...)
			text := strings.Join(steps, "; ")
			if err != nil || !strings.Contains(text, c.want) || strings.Contains(text, "SCAN ") {
				t.Errorf("by %s as known at %v: %v\n%s\nwant %s", c.by.col, knownAt, err, text, c.want)
			}
		}
	}
}
