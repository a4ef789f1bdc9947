package store_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
	"loa/store/storetest"
	"loa/web"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// both runs a test on each engine with an empty store.
func both(t *testing.T, fn func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			s := storetest.Open(t, engine, store.Options{})
			fn(t, s)
			if n, err := s.Misplaced(context.WithoutCancel(t.Context())); err == nil && n != 0 { // some tests close the store
				t.Errorf("%d search words do not stand where their item does", n)
			}
		})
	}
}

var (
	ctx  = context.Background()
	zone = time.FixedZone("+07", 7*3600)
	day0 = time.Date(2023, 3, 6, 8, 0, 0, 0, zone)
	soon = time.Now().Add(time.Hour) // machine clock: not due again in this test
)

func source(id, url string) media.Source {
	return media.Source{ID: id, Agency: "tinh/bao", Name: "Nguồn " + id, Kind: media.KindFeed, URL: url, Stream: id}
}

// sync makes sources known and leases the one host they are on.
func sync(t *testing.T, s *store.Store, sources ...media.Source) {
	t.Helper()
	if err := s.Sync(ctx, sources, nil); err != nil {
		t.Fatal(err)
	}
}

func claim(t *testing.T, s *store.Store, owner string, want ...string) []crawler.Lease {
	t.Helper()
	ls, err := s.Claim(ctx, owner, 100, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(ls, func(a, b crawler.Lease) int { return strings.Compare(a.Host, b.Host) })
	var got []string
	for _, l := range ls {
		got = append(got, l.Host)
	}
	if len(got) != len(want) {
		t.Fatalf("claimed %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("claimed %q, want %q", got, want)
		}
	}
	return ls
}

func release(t *testing.T, s *store.Store, l crawler.Lease) {
	t.Helper()
	if err := s.Release(ctx, l); err != nil {
		t.Fatal(err)
	}
}

func item(key, title string, claimed time.Time) media.Item {
	it := media.Item{
		ID: media.ItemID("tinh", key), Key: key, Source: "tinh/feed", Agency: "tinh/bao", URL: "https://bao.example/" + key,
		Title: title, Lead: "Tóm tắt của " + title,
	}
	if !claimed.IsZero() {
		it.Claimed = media.Date{At: claimed, Precision: media.ToMinute, Text: claimed.Format("02/01/2006 15:04"), Found: "feed"}
	}
	return it
}

func revision(it media.Item, hash, body, from string, seen time.Time) *media.Revision {
	return &media.Revision{
		ID: media.RevisionID(it.ID, hash, seen), Item: it.ID, Hash: hash, Title: it.Title, Lead: it.Lead, Body: body, From: from, Seen: seen,
	}
}

func visit(source, id string, when time.Time, outcome string, seen ...crawler.Seen) crawler.Visit {
	return crawler.Visit{
		ID: when.UTC().Format("20060102") + "-" + id, Source: source, At: when, Outcome: outcome, Status: 200, Took: 120 * time.Millisecond,
		Seen: seen, NextDue: soon,
	}
}

func put(t *testing.T, s *store.Store, l crawler.Lease, v crawler.Visit) []bool {
	t.Helper()
	known, err := s.PutVisits(ctx, l, []crawler.Visit{v})
	if err != nil {
		t.Fatal(err)
	}
	return known[0]
}

// twoNodes are two stores on one database.
func twoNodes(t *testing.T, engine string) []*store.Store {
	t.Helper()
	db := storetest.DB(t, engine)
	var nodes []*store.Store
	for range 2 {
		s, err := store.Open(ctx, db, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		nodes = append(nodes, s)
	}
	return nodes
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// crawled is a store with one feed, leased.
func crawled(t *testing.T, s *store.Store) crawler.Lease {
	t.Helper()
	sync(t, s, source("tinh/feed", "https://bao.example/rss"))
	return claim(t, s, "a", "bao.example")[0]
}

func TestOpen(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			db := storetest.DB(t, engine)
			// Nodes that start together must not trip over each other's migration.
			var wg gosync.WaitGroup
			for range 4 {
				wg.Go(func() {
					s, err := store.Open(ctx, db, store.Options{})
					if err != nil {
						t.Error(err)
						return
					}
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			s, err := store.Open(ctx, db, store.Options{MaxConns: 2})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "engine", s.Engine(), engine)
			crawled(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s, err = store.Open(ctx, db, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if h, err := s.Health(ctx); err != nil || len(h) != 1 {
				t.Errorf("after opening again: %v, %v", h, err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, db := range []string{"", ":memory:", "postgres://nobody@127.0.0.1:1/none?connect_timeout=2", "host=/nonexistent user=x"} {
		if s, err := store.Open(ctx, db, store.Options{}); err == nil {
			s.Close()
			t.Errorf("opened %q", db)
		}
	}
	if _, err := store.Open(ctx, "postgres://u:secret@h:bad/x", store.Options{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a bad address: %v", err)
	}
}

func TestOpenPathForms(t *testing.T) {
	dir := t.TempDir()
	for _, db := range []string{filepath.Join(dir, "tỉnh #1?%20", "loa.db"), "file:" + filepath.Join(dir, "uri.db") + "?cache=private"} {
		s, err := store.Open(ctx, db, store.Options{})
		if err != nil {
			t.Errorf("%s: %v", db, err)
			continue
		}
		s.Close()
	}
	for _, name := range []string{"tỉnh #1?%20/loa.db", "uri.db"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// oldItem puts item «n» as the first version of the schema has it.
const oldItem = `INSERT INTO item (id, canon, source, agency, url, title, lead, section, col, byline, credit, claimed_at, claimed_precision, claimed_text,
	claimed_found, claimed_zone, claimed_known, at, seen, verified, first_visit, page_state) VALUES ('i«n»', 'c«n»', 's', 'a', 'u', 'Một', '', '', '', '', '', 0, '', '', '', FALSE, 0, «n»00, «n»00, 0, '', 0)`

// found searches as the list does.
func found(t *testing.T, s *store.Store, text string, want ...string) {
	t.Helper()
	more := false
	rows, total, err := s.Search(ctx, web.ItemQuery{Text: text, Most: 1000, More: &more})
	var got []string
	for _, r := range rows {
		got = append(got, r.Item.ID)
	}
	if err != nil || !slices.Equal(got, want) || total != len(want) || more {
		t.Errorf("%s: %v, %d, %v, %v; want %v", text, got, total, more, err, want)
	}
}

// What an earlier program left is there after the upgrade.
func TestUpgrade(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			db := storetest.DB(t, engine)
			if err := store.MigrateTo(ctx, db, 2); err != nil {
				t.Fatal(err)
			}
			conn := raw(t, engine, db)
			for _, stmt := range []string{
				`INSERT INTO decision (id, kind, plan, quota, owner, period, evidence, at, actor, reason, document, date_at)
					VALUES ('d', 'strike', 'p', '', '', '', 'e', 1, 'Ai', '', '', 0)`,
				"INSERT INTO evaluation (plan, version, now_at, ran_at) VALUES ('p', 'v', 1, 2)",
				`INSERT INTO standing (plan, quota, owner, period, n, hash, body) VALUES ('p', 'q', 'o', 'w2', 0, 'h', '{"quota":"q","period":"w2"}')`,
				`INSERT INTO standing (plan, quota, owner, period, n, hash, body) VALUES ('p', 'q', 'o', 'w1', 1, 'h', '{"quota":"q","period":"w1"}')`,
				`INSERT INTO credit (plan, quota, owner, period, evidence, n, hash, body) VALUES ('p', 'q', 'o', 'w1', 'e', 0, 'h', '{"Quota":"q"}')`,
				strings.ReplaceAll(oldItem, "«n»", "1"), strings.ReplaceAll(oldItem, "«n»", "2"),
				"INSERT INTO item_text (item, words) VALUES ('i2', 'mot cua')", "INSERT INTO item_text (item, words) VALUES ('i1', 'mot hai')",
			} {
				if _, err := conn.Exec(stmt); err != nil {
					t.Fatal(err)
				}
			}
			s, err := store.Open(ctx, db, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if ds := must(s.Decisions(ctx, "p", time.Time{})); len(ds) != 1 || ds[0].None || ds[0].Issuer != "" || !ds[0].Issued.IsZero() {
				t.Errorf("decisions: %+v", ds)
			}
			e, ok, err := s.Evaluation(ctx, "p")
			if err != nil || !ok || len(e.Standings) != 2 || e.Standings[0].Period != "w1" || e.Classifier != "" || e.Proposals != nil {
				t.Errorf("evaluation: %+v, %t, %v", e, ok, err)
			}
			if m := must(s.Detail(ctx, "p", "", "", "")); len(m.Credits) != 1 {
				t.Errorf("detail: %+v", m)
			}
			found(t, s, "mot", "i2", "i1")
			found(t, s, "cua", "i2")
			if n := must(s.Misplaced(ctx)); n != 0 {
				t.Errorf("%d search words have another time than their item", n)
			}
		})
	}
}
