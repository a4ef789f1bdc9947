package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
)

// upgradeFrom is how many steps the schema of the old database has: the first and its search.
const upgradeFrom = 2

// upgradeItems is LOA_UPGRADE_ITEMS, by default 20,000: the figures of docs/PERFORMANCE.md are of a million (make bench-upgrade).
func upgradeItems(b *testing.B) int {
	s := os.Getenv("LOA_UPGRADE_ITEMS")
	if s == "" {
		return 20000
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1000 {
		b.Fatalf("LOA_UPGRADE_ITEMS=%q: want a number of at least 1000", s)
	}
	return n
}

// upgradeRows fills the tables of the old schema. «n» stands for the number of items and «series» for the numbers from 0 on, as i.i; items are
// of five years, their texts of some forty words, and each has one revision, verdict and listing.
var upgradeRows = []string{
	`INSERT INTO host (name, due) SELECT 'h' || i.i, 0 FROM «series 200»`,
	`INSERT INTO source_state (source, host, active, due, visited) SELECT 'tinh/s' || i.i, 'h' || i.i, TRUE, 0, TRUE FROM «series 200»`,
	`INSERT INTO visit SELECT '20230101-' || i.i, 'tinh/s' || (i.i % 200), 1514764800000000 + i.i * 1000000, 'ok', '', 200, 1000, 20000, 'b' || i.i, TRUE, 'k' || i.i FROM «series n/5»`,
	`INSERT INTO kept SELECT 'k' || i.i, 'https://h.example/rss', 200, '{}', 1514764800000000 + i.i * 1000000, 'text/xml', 20000 FROM «series n/5»`,
	`INSERT INTO coverage_log SELECT 'tinh/s' || (i.i % 200), '20230101-' || i.i, 1514764800000000, 1514764800000000 + i.i, 'list', i.i FROM «series n/5»`,
	`INSERT INTO item (id, canon, source, agency, url, title, lead, section, col, byline, credit, claimed_at, claimed_precision, claimed_text, claimed_found, claimed_zone, claimed_known,
			at, seen, verified, first_visit, page_state, revision, judged, outcome)
		SELECT 'i' || i.i, 'https://h.example/tin/' || i.i, 'tinh/s' || (i.i % 200), 'tinh/s' || (i.i % 200), 'https://h.example/tin/' || i.i,
			'Sở ' || (i.i % 1000) || ' đẩy mạnh cải cách thủ tục hành chính, phục vụ người dân và doanh nghiệp', 'Ngày hôm nay, đoàn công tác đã kiểm tra bộ phận một cửa số ' || i.i, '', '', '', '',
			1514764800000000 + i.i * 150000000, 'minute', '', 'list', FALSE, 0, 1514764800000000 + i.i * 150000000, 1514764800000000 + i.i * 150000000, 1514764800000000 + i.i * 150000000,
			'20230101-' || (i.i % 1000), 2, '20230101-r' || i.i, 'c1', CASE WHEN i.i % 500 = 0 THEN 'review' WHEN i.i % 5 = 0 THEN 'reform' ELSE 'other' END FROM «series n»`,
	`INSERT INTO listing SELECT 'tinh/s' || (i.i % 200), 'i' || i.i, 1514764800000000 FROM «series n»`,
	`INSERT INTO revision SELECT '20230101-r' || i.i, 'i' || i.i, 'x' || i.i, 'page', 1514764800000000, 'k' || (i.i / 5), 'Sở đẩy mạnh cải cách thủ tục hành chính', '', '', '', '',
		'Ngày hôm nay, đoàn công tác của tỉnh đã kiểm tra việc tiếp nhận và giải quyết thủ tục hành chính tại bộ phận một cửa số ' || i.i FROM «series n»`,
	`INSERT INTO verdict SELECT '20230101-r' || i.i, 'c1', 0, i.i % 5 = 0, 0.6, i.i % 500 = 0, '["tthc"]', '[]' FROM «series n»`,
	`INSERT INTO item_text (item, words) SELECT 'i' || i.i, 'so day manh cai cach thu tuc hanh chinh phuc vu nguoi dan va doanh nghiep ngay hom nay doan cong tac cua tinh da kiem tra viec tiep nhan giai quyet tai bo phan mot so '
		|| i.i || ' xa' || (i.i % 977) || ' thon' || (i.i % 7919) || ' truong' || (i.i % 31) FROM «series n»`,
	`INSERT INTO event SELECT i.i + 1, 'e' || i.i, i.i, 'person', 'a', 'review', 'i' || i.i, '', '', '', '' FROM «series n/50»`,
	`INSERT INTO change (at, kind, key) SELECT 0, 'item', 'i' || i.i FROM «series n/10»`,
	`INSERT INTO standing SELECT 'tinh/2023', 'A-' || (i.i % 50), 'o' || (i.i / 50), '2023-01', i.i, '', '{}' FROM «series n/100»`,
	`INSERT INTO credit SELECT 'tinh/2023', 'A-' || (i.i % 50), 'o' || (i.i % 500), '2023-01', 'i' || i.i, i.i, '', '{}' FROM «series n/10»`,
}

// upgradeText is a statement for an engine.
func upgradeText(engine, stmt string, items int) string {
	before, rest, _ := strings.Cut(stmt, "«series ")
	size, after, _ := strings.Cut(rest, "»")
	n, by, divided := strings.Cut(size, "/")
	count := items
	if n != "n" {
		count, _ = strconv.Atoi(n)
	}
	if d, err := strconv.Atoi(by); divided && err == nil {
		count = items / d
	}
	if engine == "postgres" {
		return before + fmt.Sprintf("generate_series(0::BIGINT, %d) i(i)", count-1) + after
	}
	return before + fmt.Sprintf("(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < %d) SELECT i FROM s) i", count-1) + after
}

// BenchmarkUpgrade fills a database of an early schema and takes it step by step to the newest, while others read and write what the desk and the
// crawler do: how long each step takes, which tables it locks how, which it writes anew, and how long a reader and a writer wait at most.
//
//	LOA_UPGRADE_ITEMS=1000000 go test ./store -run '^$' -bench '^BenchmarkUpgrade$' -benchtime 1x -timeout 60m
func BenchmarkUpgrade(b *testing.B) {
	items := upgradeItems(b)
	b.Run("postgres", func(b *testing.B) {
		c, err := storetest.NewCluster() // what is committed is on disk
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(c.Remove)
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		for range b.N {
			if err := c.Do("postgres", "DROP DATABASE IF EXISTS up", "CREATE DATABASE up TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
				b.Fatal(err)
			}
			upgrade(b, "postgres", c.DSN("up"), "pgx", c.DSN("up")+" application_name=beside", items)
		}
	})
	b.Run("sqlite", func(b *testing.B) {
		for range b.N {
			path := filepath.Join(b.TempDir(), "loa.db")
			upgrade(b, "sqlite", path, "sqlite", "file:"+path+"?_pragma=busy_timeout(600000)", items)
		}
	})
}

func upgrade(b *testing.B, engine, db, driver, dsn string, items int) {
	b.Helper()
	if err := store.MigrateTo(ctx, db, upgradeFrom); err != nil {
		b.Fatal(err)
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	began := time.Now()
	if err := fillOld(engine, raw, items); err != nil {
		b.Fatal(err)
	}
	var size int64
	if engine == "postgres" {
		err = raw.QueryRow("SELECT pg_database_size(current_database())").Scan(&size)
	} else if st, serr := os.Stat(db); serr == nil {
		size = st.Size()
	}
	if err != nil {
		b.Fatal(err)
	}
	tell("%s: %d items at step %d, %d MiB, filled in %.0f s", engine, items, upgradeFrom, size>>20, time.Since(began).Seconds())
	var whole, reader, writer time.Duration
	steps := store.Steps(engine)
	for k := upgradeFrom; k < len(steps); k++ {
		var look *sighted
		if engine == "postgres" {
			look = look4locks(b, raw)
		}
		stop := beside(b, raw)
		began := time.Now()
		if err := store.MigrateTo(ctx, db, k+1); err != nil {
			b.Fatalf("%s: %v", steps[k], err)
		}
		took := time.Since(began)
		read, wrote := stop()
		whole, reader, writer = whole+took, max(reader, read), max(writer, wrote)
		words := ""
		if look != nil {
			words = look.end(b, raw)
		}
		tell("| %s | %.2f | %.2f | %.2f | %s |", steps[k], took.Seconds(), read.Seconds(), wrote.Seconds(), words)
	}
	b.ReportMetric(whole.Seconds(), "s")
	b.ReportMetric(reader.Seconds(), "s-reader-waits")
	b.ReportMetric(writer.Seconds(), "s-writer-waits")
	began = time.Now()
	s, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	tell("opened again in %.2f s", time.Since(began).Seconds())
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// fillOld fills the old database. What refers to what is right, and indexes are made after their tables are full.
func fillOld(engine string, raw *sql.DB, items int) error {
	conn, err := raw.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var indexes []string
	var after []string
	if engine == "postgres" {
		rows, err := conn.QueryContext(ctx, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '%UNIQUE%'")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, def string
			if err := rows.Scan(&name, &def); err != nil {
				return err
			}
			indexes, after = append(indexes, "DROP INDEX "+name), append(after, def)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		indexes = append(indexes, "SET session_replication_role = replica", "SET synchronous_commit = off", "SET maintenance_work_mem = '256MB'")
		after = append(after, "RESET ALL", "VACUUM ANALYZE", "CHECKPOINT")
	}
	all := indexes
	for _, s := range upgradeRows {
		all = append(all, upgradeText(engine, s, items))
	}
	for _, s := range append(all, after...) {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%.60s: %w", s, err)
		}
	}
	return nil
}

// The statements of others while the schema changes: what a page reads, what a search does, what a look writes.
var (
	besideReads  = []string{"SELECT title FROM item WHERE id = 'i77'", "SELECT words FROM item_text WHERE item = 'i77'", "SELECT fails FROM source_state WHERE source = 'tinh/s7'"}
	besideWrites = []string{"UPDATE item SET verified = verified + 1 WHERE id = 'i78'", "UPDATE item_text SET words = words || '' WHERE item = 'i78'", "UPDATE source_state SET fails = fails + 1 WHERE source = 'tinh/s8'",
		"UPDATE verdict SET at = at + 1 WHERE revision = '20230101-r78'"}
)

// beside reads and writes until it is stopped, and tells the longest that a reader and a writer waited.
func beside(b *testing.B, raw *sql.DB) (stop func() (read, wrote time.Duration)) {
	ctx, cancel := context.WithCancel(context.Background())
	var all gosync.WaitGroup
	var mu gosync.Mutex
	longest := map[bool]time.Duration{}
	run := func(stmt string, writes bool) {
		for ctx.Err() == nil {
			began := time.Now()
			var err error
			if writes {
				_, err = raw.ExecContext(context.WithoutCancel(ctx), stmt)
			} else {
				var x any
				err = raw.QueryRowContext(context.WithoutCancel(ctx), stmt).Scan(&x)
			}
			if err != nil {
				b.Errorf("%s: %v", stmt, err)
				return
			}
			mu.Lock()
			longest[writes] = max(longest[writes], time.Since(began))
			mu.Unlock()
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	for _, s := range besideReads {
		all.Go(func() { run(s, false) })
	}
	for _, s := range besideWrites {
		all.Go(func() { run(s, true) })
	}
	return func() (time.Duration, time.Duration) {
		cancel()
		all.Wait()
		return longest[false], longest[true]
	}
}

// sighted is what was seen of one step's locks.
type sighted struct {
	files  map[string]uint32 // of each table before
	modes  map[string]string // the strongest lock on each
	cancel context.CancelFunc
	done   chan struct{}
}

// lockRanks are the locks that keep somebody out, the weakest first; the weaker ones keep out nobody who reads or writes rows.
var lockRanks = []string{"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}

func tableFiles(b *testing.B, raw *sql.DB) map[string]uint32 {
	b.Helper()
	out := map[string]uint32{}
	rows, err := raw.Query("SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relpages > 100")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var file uint32
		if err := rows.Scan(&name, &file); err != nil {
			b.Fatal(err)
		}
		out[name] = file
	}
	return out
}

func look4locks(b *testing.B, raw *sql.DB) *sighted {
	b.Helper()
	ctx, cancel := context.WithCancel(ctx)
	s := &sighted{files: tableFiles(b, raw), modes: map[string]string{}, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		for ctx.Err() == nil {
			if err := s.sample(ctx, raw); err != nil && !errors.Is(err, context.Canceled) {
				b.Error(err)
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return s
}

// sample looks at the locks that the migrating session has now on tables which were there before.
func (s *sighted) sample(ctx context.Context, raw *sql.DB) error {
	rows, err := raw.QueryContext(ctx, `SELECT c.relname, l.mode FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_class c ON c.oid = l.relation
		WHERE a.application_name = 'loa' AND l.granted AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, mode string
		if err := rows.Scan(&name, &mode); err != nil {
			return err
		}
		if _, there := s.files[name]; there && slices.Index(lockRanks, mode) > slices.Index(lockRanks, s.modes[name]) {
			s.modes[name] = mode
		}
	}
	return rows.Err()
}

// end tells what was seen.
func (s *sighted) end(b *testing.B, raw *sql.DB) string {
	s.cancel()
	<-s.done
	var words []string
	for _, name := range slices.Sorted(maps.Keys(s.modes)) {
		words = append(words, name+" "+s.modes[name])
	}
	after := tableFiles(b, raw)
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		if file, there := after[name]; there && file != s.files[name] {
			words = append(words, name+" written anew")
		}
	}
	return strings.Join(words, ", ")
}

// tell prints a line: a benchmark's own log is cut off after some.
func tell(format string, a ...any) { fmt.Printf(format+"\n", a...) }
