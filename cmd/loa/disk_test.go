//go:build linux

package main

import (
	"context"
	"database/sql"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
	"loa/web"
)

// smallDisk is a folder on a disk of so many megabytes; grow makes it larger, as somebody who deletes old files does.
func smallDisk(t *testing.T, mb int) (dir string, grow func(mb int)) {
	t.Helper()
	dir, err := os.MkdirTemp("", "loadisk") // short, for a socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	mount := func(flags uintptr, mb int) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, "mode=755,size="+strconv.Itoa(mb)+"m"); err != nil {
			t.Fatalf("mount a disk of %d MB: %v", mb, err)
		}
	}
	mount(0, mb)
	t.Cleanup(func() {
		_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		os.RemoveAll(dir)
	})
	return dir, func(mb int) { mount(syscall.MS_REMOUNT, mb) }
}

// full reports whether less than so many bytes are left.
func full(dir string, left int64) bool {
	free, err := web.FreeSpace(dir)
	return err == nil && free < left
}

// TestFullDisk: the disk runs full while nodes crawl; when there is room again they go on, and nothing is lost or twice. Nodes and the
// server may end meanwhile: a service manager starts them again. LOA_FAULTS adds as many fillings at random points.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 && os.Getenv("CI") != "true" {
		t.Log("not tried: a small disk of its own needs root")
		return
	}
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 2*time.Millisecond)
	want := undisturbed(t, bin, plans)

	t.Run("sqlite", func(t *testing.T) {
		dir, grow := smallDisk(t, 5)
		db := filepath.Join(dir, "loa.db")
		o := opens(t, bin, plans, db, w, 1)
		waitFor(t, "a full disk", func() bool { o.again(); return full(dir, 256<<10) })
		time.Sleep(time.Second) // of trying in vain
		grow(200)
		o.settled("with room again", want.rows, db)
		o.stop()
		o.sound(db)
		compare(t, "kept bodies", want.kept, keptFiles(t, o.data))
		o.readsAgain(db)
	})
	t.Run("kept bodies", func(t *testing.T) {
		dir, grow := smallDisk(t, 1)
		db := filepath.Join(t.TempDir(), "loa.db")
		o := opens(t, bin, plans, db, w, 1, "--kept", filepath.Join(dir, "kept"))
		waitFor(t, "a full disk", func() bool { o.again(); return full(dir, 8<<10) })
		time.Sleep(time.Second) // of trying in vain
		grow(200)
		// What could not be kept is read again after ten minutes, which are over.
		for _, stmt := range []string{"UPDATE await SET due = 0", "UPDATE source_state SET due = 0", "UPDATE host SET due = 0, not_before = 0, rest = 0"} {
			inFile(t, db, stmt)
		}
		o.settled("with room again", want.rows, db)
		o.stop()
		compare(t, "kept bodies", want.kept, keptFiles(t, dir))
		if out, errOut, code := loa(t, "", "evidence", "verify", "--plans", plans, "--data", o.data, "--db", db, "--kept", filepath.Join(dir, "kept")); code != 0 {
			t.Errorf("kept bodies after a full disk: %s %s", out, errOut)
		}
		o.readsAgain(db, "--kept", filepath.Join(dir, "kept"))
	})
	t.Run("postgres", func(t *testing.T) {
		dir, grow := smallDisk(t, 200)
		c, err := storetest.NewClusterIn(dir, "-c", "shared_buffers=32MB", "-c", "max_wal_size=32MB", "-c", "min_wal_size=32MB")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Remove)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if err := c.Do("postgres", "CREATE DATABASE loa"); err != nil {
			t.Fatal(err)
		}
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			t.Fatal(err)
		}
		grow(int(int64(st.Blocks-st.Bfree)*st.Bsize>>20) + 4) // there is room for four megabytes more
		o := opens(t, bin, plans, c.DSN("loa"), w, 2)
		waitFor(t, "a full disk", func() bool { o.again(); return full(dir, 512<<10) || !c.Running() })
		time.Sleep(time.Second) // of trying in vain
		grow(400)
		if !c.Running() {
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
		}
		o.settled("with room again", want.rows, c.DSN("loa"))
		o.stop()
		o.sound(c.DSN("loa"))
		compare(t, "kept bodies", want.kept, keptFiles(t, o.data))
		o.readsAgain(c.DSN("loa"))
	})
	if n := faults(t, 0); n > 0 {
		t.Run("random rounds", func(t *testing.T) { fullDisks(t, n, bin, plans, w, want) })
	}
}

// TestTornLog copies SQLite's file and its log out of a running crawl, as a power cut leaves them, with the log cut off at a random sector:
// the copy opens, is whole, and a crawl goes on from it to what an undisturbed one leaves.
func TestTornLog(t *testing.T) {
	cuts := faults(t, 5)
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 2*time.Millisecond)
	want := undisturbed(t, bin, plans)
	rnd := rand.New(rand.NewPCG(512, 1))
	torn := 0
	for n := 0; n < cuts; n++ {
		data := t.TempDir()
		args := crawlArgs(t, w.site, plans, data)
		cmd := exec.CommandContext(t.Context(), bin, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		db := filepath.Join(data, "loa.db")
		past := 20 + rnd.IntN(300)
		waitFor(t, "a crawl midway", func() bool { return w.rows(db) >= past || gone(cmd.Process.Pid) })
		// The process stands still while the copy is made: a disk has one moment.
		_ = cmd.Process.Signal(syscall.SIGSTOP)
		copied := filepath.Join(t.TempDir(), "loa.db")
		cutOff(t, db, copied, 1<<62)
		size := int64(0)
		if info, err := os.Stat(db + "-wal"); err == nil {
			size = info.Size()
		}
		cut := rnd.Int64N(size/512+1) * 512
		cutOff(t, db+"-wal", copied+"-wal", cut)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if cut < size {
			torn++
		}
		d, err := store.Checkup(t.Context(), copied, true)
		if err != nil || d.Damage != nil {
			t.Fatalf("cut %d of %d bytes: %+v %v", cut, size, d, err)
		}
		o := opens(t, bin, plans, copied, w, 1, "--kept", filepath.Join(want.dir, "kept"))
		o.settled("cut "+strconv.FormatInt(cut, 10)+" of "+strconv.FormatInt(size, 10)+" bytes", want.rows, copied)
		o.stop()
		o.sound(copied)
	}
	if torn == 0 {
		t.Error("no log was torn")
	}
}

// rows counts the items that a file holds while another process writes to it; 0 while there is none.
func (w *watched) rows(db string) int {
	if _, err := os.Stat(db); err != nil {
		return 0
	}
	s, err := store.Open(context.Background(), db, store.Options{})
	if err != nil {
		return 0
	}
	defer s.Close()
	n, err := s.VerdictCounts(context.Background())
	if err != nil {
		return 0
	}
	all := 0
	for _, m := range n {
		all += m
	}
	return all
}

// inFile runs a statement in a SQLite file while others work with it.
func inFile(t *testing.T, file, stmt string) {
	t.Helper()
	raw, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(stmt); err != nil {
		t.Fatal(err)
	}
}

// cutOff copies at most so many bytes of a file; one that is not there is none.
func cutOff(t *testing.T, from, to string, most int64) {
	t.Helper()
	in, err := os.Open(from)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.CopyN(out, in, most); err != nil && err != io.EOF {
		t.Fatal(err)
	}
}
