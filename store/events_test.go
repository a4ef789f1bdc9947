package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/store/storetest"
)

// raw opens the database behind the store's back.
func raw(t *testing.T, engine, db string) *sql.DB {
	t.Helper()
	driver := map[string]string{"sqlite": "sqlite", "postgres": "pgx"}[engine]
	conn, err := sql.Open(driver, db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestEventChain(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			db := storetest.DB(t, engine)
			s, err := store.Open(ctx, db, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if n, err := s.VerifyEvents(ctx); n != 0 || err != nil {
				t.Errorf("no events: %d, %v", n, err)
			}
			// Two writers of two processes append at once: one unbroken chain.
			second, err := store.Open(ctx, db, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer second.Close()
			var wg gosync.WaitGroup
			for w, s := range []*store.Store{s, second, s, second} {
				wg.Go(func() {
					for i := range 10 {
						d := schedule.Decision{Kind: schedule.MakeGood, Plan: "p", Actor: fmt.Sprint("Người ", w), At: day0.Add(time.Duration(i) * time.Microsecond)}
						if err := s.AddDecision(ctx, d, "person"); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if n, err := s.VerifyEvents(ctx); n != 40 || err != nil {
				t.Fatalf("chain: %d, %v", n, err)
			}
			if ev := must(s.Events(ctx, 38, 99)); len(ev) != 2 || ev[1].Seq != 40 || ev[1].Prev != ev[0].Hash {
				t.Errorf("last events: %+v", ev)
			}
			conn := raw(t, engine, db)
			harms := []string{"UPDATE event SET actor = 'Ai đó' WHERE seq = 7", "DELETE FROM event WHERE seq = 5"}
			if engine == "sqlite" {
				harms = append(harms, "INSERT OR REPLACE INTO event SELECT seq, id, at, actor_kind, 'Ai đó', kind, subject, state_before, state_after, prev, hash FROM event WHERE seq = 7")
			} else {
				harms = append(harms, "TRUNCATE event")
			}
			for _, harm := range harms {
				if _, err := conn.Exec(harm); err == nil || !strings.Contains(err.Error(), "append-only") {
					t.Errorf("the database lets %s: %v", harm, err)
				}
			}
			if n, err := s.VerifyEvents(ctx); n != 40 || err != nil {
				t.Fatalf("chain after it was refused to change it: %d, %v", n, err)
			}
			drop := "DROP TRIGGER event_update; DROP TRIGGER event_delete" // whose database it is can do that: hence the chain
			if engine == "postgres" {
				drop = "DROP TRIGGER event_change ON event"
			}
			if _, err := conn.Exec(drop); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ harm, says string }{
				{"UPDATE event SET actor = 'Ai đó' WHERE seq = 7", "event 7 was altered"},
				{"DELETE FROM event WHERE seq = 5", "event 6 follows event 4"},
			} {
				if _, err := conn.Exec(c.harm); err != nil {
					t.Fatal(err)
				}
				if _, err := s.VerifyEvents(ctx); err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%s: %v", c.harm, err)
				}
			}
		})
	}
}

func changes(t *testing.T, w *store.Watch, limit int) string {
	t.Helper()
	var out []string
	for _, c := range must(w.Next(ctx, limit)) {
		out = append(out, c.Kind+":"+c.Key)
	}
	return strings.Join(out, " ")
}

func TestWatch(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		w := must(s.Watch(ctx))
		equal(t, "nothing yet", changes(t, w, 9), "")
		it := item("1", "Tin một", day0)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it}))
		equal(t, "first", changes(t, w, 1), "visit:tinh/feed")
		equal(t, "rest", changes(t, w, 9), "item:"+it.ID)
		equal(t, "no more", changes(t, w, 9), "")
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it}))
		equal(t, "after a repeated visit", changes(t, w, 9), "")
		put(t, s, l, visit("tinh/feed", "v2", day0, media.OK, crawler.Seen{Item: it}))
		equal(t, "after one without news", changes(t, w, 9), "visit:tinh/feed")
	})
}

// The version of a store moves with what is written and with each evaluation, not with a visit that brought nothing.
func TestVersion(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin một", day0)
		seen := map[string]string{}
		step := func(what string, same bool) {
			t.Helper()
			v := must(s.Version(ctx, "tinh/2023"))
			if before, there := seen[v]; there != same {
				t.Errorf("%s: version %s, seen before: %t (%s)", what, v, there, before)
			}
			seen[v] = what
		}
		step("nothing", false)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it}))
		step("a piece", false)
		put(t, s, l, visit("tinh/feed", "v2", day0, media.OK, crawler.Seen{Item: it}))
		step("a visit without news", true)
		if err := s.PutPlan(ctx, "p", "v0", "", day0); err != nil {
			t.Fatal(err)
		}
		step("a plan", false)
	})
}

// A transaction that took its numbers first may commit last: its changes are
// below what the reader has seen already, and must not be missed.
func TestWatchOutOfOrder(t *testing.T) {
	now := time.Now()
	db := storetest.DB(t, "postgres")
	s, err := store.Open(ctx, db, store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn := raw(t, "postgres", db) // a second way into the same database
	if err := s.PutPlan(ctx, "p", "v0", "", day0); err != nil {
		t.Fatal(err)
	}
	begin := func() *sql.Tx {
		t.Helper()
		tx, err := conn.Begin()
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	write := func(tx *sql.Tx, key string) {
		t.Helper()
		if _, err := tx.Exec("INSERT INTO change (at, kind, key) VALUES ($1, 'test', $2)", now.UnixMicro(), key); err != nil {
			t.Fatal(err)
		}
	}
	before := begin()
	write(before, "before") // under way when the watch begins
	if err := s.PutPlan(ctx, "p", "v1", "", day0); err != nil {
		t.Fatal(err)
	}
	w := must(s.Watch(ctx))
	equal(t, "at the start", changes(t, w, 9), "")
	if err := before.Commit(); err != nil {
		t.Fatal(err)
	}
	equal(t, "committed after the start", changes(t, w, 9), "test:before")
	slow, lost := begin(), begin()
	write(slow, "slow")
	write(lost, "lost")
	if err := s.PutPlan(ctx, "p", "v2", "", day0); err != nil {
		t.Fatal(err)
	}
	equal(t, "the quick one", changes(t, w, 9), "plan:p")
	for i := range 50 { // far more than any fixed window that would be read again
		if err := s.PutPlan(ctx, "p", fmt.Sprint("x", i), "", day0); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "how many", strings.Count(changes(t, w, 99), "plan:p"), 50)
	if err := slow.Commit(); err != nil {
		t.Fatal(err)
	}
	equal(t, "the slow one", changes(t, w, 9), "test:slow")
	// One rolled back is waited for, then given up, and nothing after it is lost.
	if err := lost.Rollback(); err != nil {
		t.Fatal(err)
	}
	equal(t, "rolled back", changes(t, w, 9), "")
	now = now.Add(time.Hour)
	equal(t, "given up", changes(t, w, 9), "")
	if err := s.PutPlan(ctx, "p", "v3", "", day0); err != nil {
		t.Fatal(err)
	}
	equal(t, "afterwards", changes(t, w, 9), "plan:p")
	equal(t, "and no more", changes(t, w, 9), "")
}

func TestPruneChanges(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			now := time.Now()
			s := storetest.Open(t, engine, store.Options{Now: func() time.Time { return now }})
			w := must(s.Watch(ctx))
			if err := s.PutPlan(ctx, "p", "old", "", day0); err != nil {
				t.Fatal(err)
			}
			now = now.Add(8 * 24 * time.Hour)
			if err := s.PutPlan(ctx, "p", "new", "", day0); err != nil {
				t.Fatal(err)
			}
			if n, err := s.Prune(ctx, day0); n != 0 || err != nil {
				t.Errorf("pruned %d, %v", n, err)
			}
			equal(t, "left", changes(t, w, 9), "plan:p")
		})
	}
}

// The digest must be equal for the same web crawled in another order at other
// times, and differ in anything that counts.
func TestDigest(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		fill := func(s *store.Store, shift time.Duration, order []int, id string) []string {
			sync(t, s, source("tinh/feed", "https://bao.example/rss"))
			l := claim(t, s, "a"+id, "bao.example")[0]
			for n, i := range order {
				when := day0.Add(shift + time.Duration(n)*time.Minute)
				it := item(fmt.Sprint(i), fmt.Sprint("Tin ", i), day0)
				r := revision(it, fmt.Sprint("h", i), "thân", "entry", when)
				v := visit("tinh/feed", fmt.Sprint(id, n), when, media.OK, crawler.Seen{Item: it, Entry: r})
				v.Kept = &media.Kept{SHA256: fmt.Sprintf("%064d", i), At: when}
				put(t, s, l, v)
				judge(t, s, when, verdict(r.ID, "c1", i%2 == 0, false, media.TTHC))
			}
			put(t, s, l, visit("tinh/feed", id+"blind", day0.Add(shift+time.Hour), media.Unreachable))
			hand(t, s, register(media.RegPrint, "f1", day0.Add(shift), on(3, 1), on(4, 1), media.Entry{Title: "Tin in", At: on(3, 6)}))
			hand(t, s, register(media.RegPrint, "f2", day0.Add(shift+time.Hour), on(3, 1), on(4, 1)))
			change := schedule.Change{Quota: "B-D1", Field: "wanted", Value: "2", From: on(4, 1), At: day0.Add(shift), Actor: "Chuyên viên"}
			if err := s.AddChange(ctx, "p", change); err != nil {
				t.Fatal(err)
			}
			if err := s.PutClosing(ctx, closing(1, "d1", on(4, 1).Add(shift))); err != nil {
				t.Fatal(err)
			}
			return must(s.Digest(ctx))
		}
		other := storetest.Open(t, s.Engine(), store.Options{})
		a := fill(s, 0, []int{1, 2, 3}, "a")
		b := fill(other, 30*time.Hour, []int{3, 1, 1, 2}, "b")
		if !slices.Equal(a, b) || len(a) != 3*4+1+2*2+1+2+2 || !slices.IsSorted(a) {
			t.Errorf("digests differ:\n%s\n\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
		if err := other.AddReview(ctx, media.ItemID("tinh", "1"), true, nil, "Chuyên viên", day0, ""); err != nil {
			t.Fatal(err)
		}
		if c := must(other.Digest(ctx)); slices.Equal(a, c) || len(c) != len(a)+1 {
			t.Error("the digest does not see a review")
		}
	})
}
