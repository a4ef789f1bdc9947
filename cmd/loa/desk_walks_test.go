package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/sample"
	"loa/store"
)

// walked is the source whose archive these tests read: a list of many pages.
const walked = "mau/so-cong-thuong"

// TestWalkSurvives: a walk that was begun at the desk goes on by itself where it stood, however often `loa serve` is killed.
func TestWalkSurvives(t *testing.T) {
	bin, plans, data := binary(t), samplePlans(t), t.TempDir()
	now := time.Date(2023, 3, 30, 16, 0, 0, 0, time.FixedZone("+07", 7*3600))
	site, err := sample.Serve(t.Context(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	s, err := store.Open(t.Context(), filepath.Join(data, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stand := func() crawler.Walk {
		all, err := s.Walks(t.Context(), []string{walked})
		if err != nil {
			t.Fatal(err)
		}
		return all[walked]
	}
	if err := s.NoteWalk(t.Context(), walked, "Chuyên viên (mẫu)", now.AddDate(0, -3, 0), now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	var names strings.Builder
	for host, addr := range site.Resolve {
		fmt.Fprintln(&names, host, addr)
	}
	hosts := filepath.Join(t.TempDir(), "resolve")
	if err := os.WriteFile(hosts, []byte(names.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	// serve runs until what the store says of the walk is what is waited for, and is killed.
	serve := func(what string, enough func(crawler.Walk) bool) {
		ctx, kill := context.WithCancel(t.Context())
		cmd := exec.CommandContext(ctx, bin, "serve", "--plans", plans, "--data", data, "--resolve-file", hosts, "--allow-loopback",
			"--spacing", "60ms", "--lease", "1s", "--at", "2023-03-30T16:00", "--listen", "127.0.0.1:0")
		var said strings.Builder
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			kill() // SIGKILL
			if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
				t.Errorf("%s: serve was not killed: %v\n%s", what, err, said.String())
			}
		}()
		until(t, what, func() bool { return enough(stand()) })
	}
	serve("the walk begins", func(w crawler.Walk) bool { return w.Pages > 0 })
	first := stand()
	if first.State != crawler.WalkOpen {
		t.Fatalf("it was at its end before serve was killed: %+v", first)
	}
	serve("the walk goes on", func(w crawler.Walk) bool { return w.Pages > first.Pages })
	serve("the walk comes to its end", func(w crawler.Walk) bool { return w.State != crawler.WalkOpen })
	if last := stand(); !last.Started.Equal(first.Started) || last.Pages <= first.Pages {
		t.Errorf("it began anew: %+v, then %+v", first, last)
	}
}

// TestWalksResumed: what was stopped by a person, and what is at its end, is not taken up again.
func TestWalksResumed(t *testing.T) {
	o := newOffice(t, "")
	note := func(since, at time.Time) {
		t.Helper()
		if err := o.e.store.NoteWalk(t.Context(), walked, "Chuyên viên (mẫu)", since, at); err != nil {
			t.Fatal(err)
		}
	}
	resumed := func() bool {
		t.Helper()
		if err := o.e.resumeWalks(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.e.walks.mu.Lock()
		defer o.e.walks.mu.Unlock()
		return o.e.walks.under[walked] != nil
	}
	at := serveTime().Add(-3 * time.Hour)
	if resumed() {
		t.Error("nobody asked for it")
	}
	note(at.AddDate(0, -3, 0), at)
	if page := o.get("/nguon/so-cong-thuong"); !strings.Contains(page, "máy sẽ tự đọc tiếp") || !strings.Contains(page, "Dừng hẳn") {
		t.Errorf("that it waits is not told\n%s", page)
	}
	o.send("/nguon/so-cong-thuong/dung") // while it does not run here
	if resumed() {
		t.Error("somebody stopped it")
	}
	note(at.AddDate(0, -1, 0), serveTime())
	if !resumed() {
		t.Error("begun, and it does not go on")
	}
	until(t, "the walk comes to its end", func() bool {
		w, err := o.e.walkOf(t.Context(), walked)
		return err == nil && w.Known && !w.Running
	})
	if w, err := o.e.walkOf(t.Context(), walked); err != nil || w.Waits || w.Halted {
		t.Errorf("at its end: %+v %v", w, err)
	}
	if resumed() {
		t.Error("it is at its end")
	}
}

// TestUnfinished: when a walk that was begun is taken up again.
func TestUnfinished(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2023, 1, n, 0, 0, 0, 0, time.UTC) }
	b := walkBegun{at: day(20), since: day(5)}
	for name, c := range map[string]struct {
		b      walkBegun
		w      crawler.Walk
		stored bool
		want   bool
	}{
		"nobody began it":                     {walkBegun{}, crawler.Walk{State: crawler.WalkOpen, Since: day(5), At: day(10)}, true, false},
		"nothing is stored":                   {b, crawler.Walk{}, false, true},
		"open":                                {b, crawler.Walk{State: crawler.WalkOpen, Since: day(5), At: day(21)}, true, true},
		"done":                                {b, crawler.Walk{State: crawler.WalkReached, Since: day(5), At: day(21)}, true, false},
		"done earlier, as far":                {b, crawler.Walk{State: crawler.WalkReached, Since: day(3), At: day(10)}, true, false},
		"done earlier, not as far":            {b, crawler.Walk{State: crawler.WalkReached, Since: day(8), At: day(10)}, true, true},
		"read as far as one run may":          {b, crawler.Walk{State: crawler.WalkLong, Since: day(5), At: day(21)}, true, false},
		"asked for again after as many pages": {b, crawler.Walk{State: crawler.WalkLong, Since: day(5), At: day(10)}, true, true},
	} {
		if got := c.b.unfinished(c.w, c.stored); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
