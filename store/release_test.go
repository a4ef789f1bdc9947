package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/crawler"
	"loa/media"
	"loa/store"
	"loa/store/storetest"
)

// hostSources are a source on each of so many hosts: tinh/00 on h00.example, and so on.
func hostSources(n int) (all []media.Source) {
	for i := range n {
		all = append(all, source(fmt.Sprintf("tinh/%02d", i), fmt.Sprintf("https://h%02d.example/", i)))
	}
	return all
}

// looked records a look at the source of each host.
func looked(t *testing.T, s *store.Store, round int, ls []crawler.Lease) {
	t.Helper()
	for _, l := range ls {
		put(t, s, l, visit("tinh/"+l.Host[1:3], fmt.Sprintf("r%d-%s", round, l.Host), day0, media.NotModified))
	}
}

// Hosts that are given back together are each as if given back alone; one whose fence has moved on is left to who holds it.
func TestReleaseSet(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, hostSources(6)...)
		lost := must(s.Claim(ctx, "chet", 1, -time.Second))[0] // h00, runs out at once
		names := []string{"h00.example", "h01.example", "h02.example", "h03.example", "h04.example", "h05.example"}
		ls := claim(t, s, "a", names...)
		looked(t, s, 1, ls[1:3]) // h01 and h02 are not due again
		ls[3].NotBefore = time.Now().Add(time.Hour)
		ls[4].Rest = time.Hour
		set := append([]crawler.Lease{lost}, ls[1:]...)
		if err := s.Release(ctx, set...); !errors.Is(err, crawler.ErrLost) {
			t.Errorf("one of them is another's: %v", err)
		}
		if _, err := s.Renew(ctx, ls[0], time.Minute); err != nil {
			t.Errorf("the host of another: %v", err)
		}
		claim(t, s, "b", "h05.example") // the only one that is free and due
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		claim(t, s, "b", "h01.example", "h02.example", "h03.example") // h04 rests, h00 and h05 are held
		for _, l := range ls[1:] {
			if _, err := s.PutVisits(ctx, l, []crawler.Visit{visit("tinh/"+l.Host[1:3], "x", day0, media.OK)}); !errors.Is(err, crawler.ErrLost) {
				t.Errorf("a look at %s after it was given back: %v", l.Host, err)
			}
		}
		if err := s.Release(ctx); err != nil {
			t.Errorf("no hosts: %v", err)
		}
	})
}

// A node that dies between a look and giving the host back loses nothing: whoever takes the host finds nothing due, and gives it back
// with the time at which the look wanted it again.
func TestLookedAndNotReleased(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, hostSources(2)...)
		ls := must(s.Claim(ctx, "chet", 2, -time.Second))
		looked(t, s, 1, ls)
		again := claim(t, s, "a", "h00.example", "h01.example")
		for _, l := range again {
			if w := must(s.Load(ctx, l, 10)); len(w.Sources) != 0 {
				t.Errorf("%s has to be looked at again: %+v", l.Host, w.Sources)
			}
		}
		if err := s.Release(ctx, ls...); !errors.Is(err, crawler.ErrLost) {
			t.Errorf("the dead node's leases: %v", err)
		}
		if err := s.Release(ctx, again...); err != nil {
			t.Fatal(err)
		}
		claim(t, s, "a")
	})
}

// What a person makes due while hosts are given back is due afterwards, whichever came first.
func TestMadeDueDuringRelease(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			nodes := twoNodes(t, engine)
			const hosts, rounds = 16, 60
			sync(t, nodes[0], hostSources(hosts)...)
			for round := range rounds {
				ls := must(nodes[0].Claim(ctx, "a", hosts, time.Minute))
				if len(ls) != hosts {
					t.Fatalf("round %d: %d of %d hosts are due", round, len(ls), hosts)
				}
				looked(t, nodes[0], round, ls)
				var wg gosync.WaitGroup
				wg.Go(func() {
					if err := nodes[0].Release(ctx, ls...); err != nil {
						t.Error(err)
					}
				})
				wg.Go(func() {
					if err := nodes[1].MakeDue(ctx); err != nil {
						t.Error(err)
					}
				})
				wg.Wait()
			}
		})
	}
}

// A host whose row a node that hangs has locked keeps none of the others that are given back with it, and what that node made due in
// the meantime is due.
func TestReleasePastALockedHost(t *testing.T) {
	db := storetest.DB(t, "postgres")
	s, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sync(t, s, hostSources(4)...)
	ls := claim(t, s, "a", "h00.example", "h01.example", "h02.example", "h03.example")
	looked(t, s, 1, ls)
	conn, err := pgx.Connect(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, stmt := range []string{"BEGIN", "SELECT 1 FROM host WHERE name = 'h01.example' FOR UPDATE", "UPDATE source_state SET due = 0 WHERE source = 'tinh/01'"} {
		if _, err := conn.Exec(ctx, stmt); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := s.Release(short, ls...); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "h01.example") {
		t.Errorf("giving back four, one of them locked: %v", err)
	}
	for _, l := range ls {
		_, err := s.Renew(short, l, time.Minute)
		if l.Host != "h01.example" && short.Err() == nil && !errors.Is(err, crawler.ErrLost) {
			t.Errorf("%s: %v", l.Host, err)
		}
	}
	ended := make(chan error)
	go func() { ended <- s.Release(ctx, ls[1]) }()
	for waits := false; !waits; { // until it waits for the row
		if err := s.WaitsForLock(ctx, &waits); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	claim(t, s, "a", "h01.example") // made due; the others were looked at
}

// A host that cannot be given back with the others keeps none of them.
func TestOneBadHostInASet(t *testing.T) {
	for engine, stop := range map[string]string{
		"sqlite": "CREATE TRIGGER bad BEFORE UPDATE ON host WHEN NEW.name = 'h02.example' AND NEW.owner = '' BEGIN SELECT RAISE(ABORT, 'bad host'); END",
		"postgres": `CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad host'; END $$;
			CREATE TRIGGER bad BEFORE UPDATE ON host FOR EACH ROW WHEN (NEW.name = 'h02.example' AND NEW.owner = '') EXECUTE FUNCTION bad()`,
	} {
		t.Run(engine, func(t *testing.T) {
			db := storetest.DB(t, engine)
			s, err := store.Open(ctx, db, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			sync(t, s, hostSources(5)...)
			ls := claim(t, s, "a", "h00.example", "h01.example", "h02.example", "h03.example", "h04.example")
			for stmt := range strings.SplitSeq(stop, ";\n") {
				if err := store.ExecIn(ctx, db, stmt); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Release(ctx, ls...); err == nil || !strings.Contains(err.Error(), "bad host") {
				t.Errorf("giving back a host that cannot be: %v", err)
			}
			claim(t, s, "b", "h00.example", "h01.example", "h03.example", "h04.example")
			if _, err := s.Renew(ctx, ls[2], time.Minute); err != nil {
				t.Errorf("the bad host is not held any more: %v", err)
			}
		})
	}
}
