//go:build linux

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
)

// pair is a PostgreSQL server and a standby that follows it, in real streaming replication.
type pair struct{ first, second *storetest.Cluster }

func newPair(t *testing.T, together bool) pair {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	settings := []string{"-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_wal_senders=4"}
	first, err := storetest.NewCluster(settings...)
	must(err)
	t.Cleanup(first.Remove)
	must(first.Start())
	must(first.Do("postgres", "CREATE DATABASE loa"))
	second, err := first.Standby(settings...)
	must(err)
	t.Cleanup(second.Remove)
	must(second.Start())
	if together { // what is committed is with both
		must(first.Do("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"))
	}
	return pair{first, second}
}

func (p pair) dsn() string { return p.first.DSN("loa", p.second) }

// scribe is a person who does one thing after another and notes what was accepted.
type scribe struct {
	mu       sync.Mutex
	accepted []string
}

// write has acts recorded until ctx ends; what is not accepted is tried again under another name, for it may have been.
func (s *scribe) write(ctx context.Context, t *testing.T, db, name string) {
	st, err := store.Open(ctx, db, store.Options{MaxConns: 2})
	if err != nil {
		t.Error(err)
		return
	}
	defer st.Close()
	for i := 0; ctx.Err() == nil; i++ {
		act := store.Act{At: time.Now(), Actor: "Chuyên viên", Kind: "note.call", Subject: fmt.Sprintf("%s-%d", name, i)}
		once, cancel := context.WithTimeout(ctx, 2*time.Second)
		if err := st.RecordAct(once, act); err == nil {
			s.mu.Lock()
			s.accepted = append(s.accepted, act.Subject)
			s.mu.Unlock()
		}
		cancel()
	}
}

func (s *scribe) n() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.accepted)
}

// there says which of the acts a database has, and wants none twice.
func (s *scribe) there(t *testing.T, db string) (has, lacks []string) {
	t.Helper()
	st, err := store.Open(t.Context(), db, store.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	got := map[string]int{}
	events, err := st.Events(t.Context(), 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if got[e.Subject]++; e.Kind == "note.call" && got[e.Subject] > 1 {
			t.Errorf("%s is there twice", e.Subject)
		}
	}
	for _, a := range s.accepted {
		if got[a] > 0 {
			has = append(has, a)
		} else {
			lacks = append(lacks, a)
		}
	}
	return has, lacks
}

// forgets counts the notes that acts are gone.
func forgets(t *testing.T, db string) (n int) {
	t.Helper()
	st, err := store.Open(t.Context(), db, store.Options{MaxConns: 2})
	if err != nil {
		return 0 // a server is being replaced
	}
	defer st.Close()
	events, err := st.Events(t.Context(), 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == "database.forgot" {
			n++
		}
	}
	return n
}

// lookedAt reports whether every node has looked at least n times at the newest act.
func lookedAt(o *crew, n int) bool {
	for _, x := range o.nodes {
		if strings.Count(x.out.String(), "the newest act is known") < n {
			return false
		}
	}
	return true
}

// TestFailover: the server is killed while nodes crawl and people decide, and its standby takes its place. Where a commit waits for the
// standby nothing is lost. Where it does not, what was crawled is read again, and the trail tells from when on people's acts are gone.
func TestFailover(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 2*time.Millisecond)
	want := undisturbed(t, bin, plans)

	t.Run("a commit waits for the standby", func(t *testing.T) {
		p := newPair(t, true)
		o := opens(t, bin, plans, p.dsn(), w, 2)
		ctx, cancel := context.WithCancel(t.Context())
		var s scribe
		var writing sync.WaitGroup
		waitFor(t, "the schema", func() bool { return len(judgedBy(t, p.dsn())) > 1 })
		writing.Go(func() { s.write(ctx, t, p.dsn(), "together") })
		waitFor(t, "a row", func() bool { return len(judgedBy(t, p.dsn())) > 100 && s.n() > 20 })
		p.first.Kill()
		before := s.n()
		if err := p.second.Promote(); err != nil {
			t.Fatal(err)
		}
		if err := p.second.Do("postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "an act on the new server", func() bool { return s.n() > before+20 })
		cancel()
		writing.Wait()
		if _, lacks := s.there(t, p.dsn()); len(lacks) > 0 {
			t.Errorf("of %d accepted acts %d are gone: %v", s.n(), len(lacks), lacks)
		}
		o.settled("after the failover", want.rows, p.dsn())
		o.stop()
		o.sound(p.dsn())
		compare(t, "kept bodies", want.kept, keptFiles(t, o.data))
		if n := forgets(t, p.dsn()); n != 0 {
			t.Errorf("%d notes of something forgotten where nothing is lost", n)
		}
		t.Logf("%d acts were accepted, %d of them before the server was killed", s.n(), before)
	})
	t.Run("a commit does not wait", func(t *testing.T) {
		p := newPair(t, false)
		o := opens(t, bin, plans, p.dsn(), w, 2, "-v")
		waitFor(t, "the schema", func() bool { return len(judgedBy(t, p.dsn())) > 1 })
		ctx, cancel := context.WithCancel(t.Context())
		var s scribe
		var writing sync.WaitGroup
		writing.Go(func() { s.write(ctx, t, p.dsn(), "apart") })
		waitFor(t, "acts", func() bool { return s.n() > 20 })
		p.second.Stop() // the line between them is cut
		cut := s.n()
		waitFor(t, "acts that the standby does not hear of", func() bool { return s.n() > cut+20 })
		cancel()
		writing.Wait()
		looks := 0
		for lookedAt(o, looks+1) {
			looks++
		}
		waitFor(t, "a look of every node at the newest act", func() bool { return lookedAt(o, looks+2) })
		p.first.Kill()
		if err := p.second.Start(); err != nil {
			t.Fatal(err)
		}
		if err := p.second.Promote(); err != nil {
			t.Fatal(err)
		}
		o.settled("after the failover", want.rows, p.dsn())
		has, lacks := s.there(t, p.dsn())
		if len(has) < 20 || len(lacks) < 20 {
			t.Errorf("of %d acts %d are there and %d gone: want those that the standby had, and not the others", s.n(), len(has), len(lacks))
		}
		waitFor(t, "a note of what is gone", func() bool { return forgets(t, p.dsn()) > 0 })
		o.stop()
		o.sound(p.dsn())
		compare(t, "kept bodies", want.kept, keptFiles(t, o.data))
		t.Logf("%d acts were accepted, %d are gone with the server", s.n(), len(lacks))
	})
}
