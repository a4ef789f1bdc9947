//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"loa/store/storetest"
)

// ballast takes all that is left of a disk, at once; toss gives it back.
func ballast(t *testing.T, dir string) (toss func()) {
	t.Helper()
	file := filepath.Join(dir, "ballast")
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err == nil {
		at := int64(0)
		for _, step := range []int64{16 << 20, 1 << 20, 64 << 10, 4 << 10} { // tmpfs gives all of a stretch or nothing
			for syscall.Fallocate(int(f.Fd()), 0, at, step) == nil {
				at += step
			}
		}
		f.Close()
	}
	return func() {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

// diskSeed is LOA_FAULTS_SEED, or one that no run had before.
func diskSeed(t *testing.T) uint64 {
	t.Helper()
	s := os.Getenv("LOA_FAULTS_SEED")
	if s == "" {
		return uint64(time.Now().UnixNano())
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("LOA_FAULTS_SEED=%q: want a number", s)
	}
	return n
}

// fullDisks fills disks n times at random points of a crawl, for a random while: that of a SQLite file, that of the kept bodies,
// that of a PostgreSQL server, in turn, up to eight times a round. Nodes and servers that end meanwhile are started again.
func fullDisks(t *testing.T, n int, bin, plans string, w *watched, want left) {
	seed := diskSeed(t)
	t.Logf("LOA_FAULTS_SEED=%d", seed)
	filled, ended := map[string]int{}, 0
	for round := 0; filled["all"] < n && !t.Failed(); round++ {
		kind := []string{"sqlite", "kept", "postgres"}[round%3]
		rnd := rand.New(rand.NewPCG(seed, uint64(round)))
		dir, _ := smallDisk(t, 400)
		db, kept := filepath.Join(t.TempDir(), "loa.db"), ""
		var server *storetest.Cluster
		switch kind {
		case "sqlite":
			db = filepath.Join(dir, "loa.db")
		case "kept":
			kept = filepath.Join(dir, "kept")
		case "postgres":
			var err error
			if server, err = storetest.NewClusterIn(dir, "-c", "shared_buffers=32MB", "-c", "max_wal_size=32MB", "-c", "min_wal_size=32MB"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(server.Remove)
			if err := errors.Join(server.Start(), server.Do("postgres", "CREATE DATABASE loa")); err != nil {
				t.Fatal(err)
			}
			db = server.DSN("loa")
		}
		var more []string
		if kept != "" {
			more = []string{"--kept", kept}
		}
		o := opens(t, bin, plans, db, w, map[string]int{"sqlite": 1, "kept": 1, "postgres": 2}[kind], more...)
		revive := func() {
			if server != nil && !server.Running() {
				if err := server.Start(); err != nil {
					t.Fatal(err)
				}
			}
			o.again()
		}
		var points []string
		for here := 0; here < 8 && filled["all"] < n; here++ {
			before, during := time.Duration(rnd.Int64N(int64(900*time.Millisecond))), time.Duration(rnd.Int64N(int64(1500*time.Millisecond)))
			points = append(points, fmt.Sprintf("%d+%d", before.Milliseconds(), during.Milliseconds()))
			time.Sleep(before) // the point in time is what is tried
			toss := ballast(t, dir)
			if !full(dir, 64<<10) {
				t.Fatal("the disk did not run full")
			}
			time.Sleep(during) // of trying in vain
			toss()
			revive()
			filled[kind]++
			filled["all"]++
		}
		what := fmt.Sprintf("round %d, %s, full at (ms+ms) %s", round, kind, strings.Join(points, " "))
		if kept != "" { // what could not be kept is read again after ten minutes, which are over
			for _, stmt := range []string{"UPDATE await SET due = 0", "UPDATE source_state SET due = 0", "UPDATE host SET due = 0, not_before = 0, rest = 0"} {
				inFile(t, db, stmt)
			}
		}
		o.settled(what, want.rows, db)
		o.stop()
		o.sound(db)
		where := o.data
		if kept != "" {
			where = dir
		}
		compare(t, what+", kept bodies", want.kept, keptFiles(t, where))
		o.readsAgain(db, more...)
		ended += len(o.ended)
		if server != nil {
			server.Remove()
		}
		if t.Failed() {
			t.Logf("%s: seed %d", what, seed)
		}
	}
	t.Logf("filled %v; %d nodes ended by themselves", filled, ended)
}
