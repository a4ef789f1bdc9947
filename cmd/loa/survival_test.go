package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/sample"
	"loa/store"
)

// built is the program as a file, made once for all tests that need real processes.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func binary(t *testing.T) string {
	t.Helper()
	b := &built
	path := func() string { return filepath.Join(b.dir, "loa") }
	b.once.Do(func() {
		if b.dir, b.err = os.MkdirTemp("", "loa-built-"); b.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-o", path(), ".").CombinedOutput(); err != nil {
			b.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if b.err != nil {
		t.Fatalf("build: %v", b.err)
	}
	return path()
}

// dropBuilt deletes it.
func dropBuilt() {
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
}

// samplePlans writes the sample province's plan files to a folder.
func samplePlans(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files, err := withHolidays(sample.Plans())
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{"mau", "holidays"} {
		err := fs.WalkDir(files, root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(files, p)
			if err != nil {
				return err
			}
			to := filepath.Join(dir, filepath.FromSlash(p))
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			return os.WriteFile(to, data, 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// crawlArgs is `loa crawl` of the sample province as it stands at one moment.
func crawlArgs(t *testing.T, site *sample.Site, plans, data string) []string {
	t.Helper()
	var names strings.Builder
	for host, addr := range site.Resolve {
		fmt.Fprintln(&names, host, addr)
	}
	file := filepath.Join(t.TempDir(), "resolve")
	if err := os.WriteFile(file, []byte(names.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"crawl", "--plans", plans, "--data", data, "--resolve-file", file, "--allow-loopback", "--spacing", "2ms", "--lease", "1s", "--at", "2023-03-30T16:00"}
}

func digest(t *testing.T, data string) []string {
	t.Helper()
	s, err := store.Open(context.Background(), filepath.Join(data, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	lines, err := s.Digest(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// keptFiles lists the kept bodies' names (their hashes) on disk.
func keptFiles(t *testing.T, data string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(data, "kept"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".warc.gz") {
			out = append(out, filepath.Base(p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKillAndStartAgain kills the built binary with SIGKILL at random points of
// a crawl, starts it again until a run ends by itself, and wants the same
// items, revisions, verdicts, kept bytes and events, by key and hash, as an
// uninterrupted run left.
func TestKillAndStartAgain(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	ctx := t.Context()
	now := time.Date(2023, 3, 30, 16, 0, 0, 0, time.FixedZone("+07", 7*3600))
	site, err := sample.Serve(ctx, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()

	quiet := t.TempDir()
	start := time.Now()
	if out, err := exec.CommandContext(ctx, bin, crawlArgs(t, site, plans, quiet)...).CombinedOutput(); err != nil {
		t.Fatalf("uninterrupted run: %v\n%s", err, out)
	}
	whole := time.Since(start)
	want, wantKept := digest(t, quiet), keptFiles(t, quiet)
	if len(want) < 100 || len(wantKept) < 50 {
		t.Fatalf("the uninterrupted run left only %d rows and %d kept bodies", len(want), len(wantKept))
	}

	wanted := 20
	if testing.Short() {
		wanted = 5
	}
	rnd := rand.New(rand.NewPCG(1, 7))
	for kills, round := 0, 1; kills < wanted; round++ {
		data, here := t.TempDir(), 0
		for crawlAndKill(t, bin, crawlArgs(t, site, plans, data), time.Duration(rnd.Int64N(int64(whole)/2))) {
			here++
		}
		kills += here
		what := fmt.Sprintf("round %d, %d kills", round, here)
		compare(t, what, want, digest(t, data))
		compare(t, what+", kept bodies", wantKept, keptFiles(t, data))
		replays(t, plans, "--data", data)
		if t.Failed() || round > 40 {
			t.Fatalf("stopped after %d rounds and %d kills", round, kills)
		}
	}
}

// crawlAndKill starts a crawl and kills it after d; false if it ended before.
func crawlAndKill(t *testing.T, bin string, args []string, d time.Duration) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(d, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
	defer timer.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 {
		return true
	}
	if err != nil {
		t.Fatalf("a run that was not killed failed: %v\n%s", err, out.String())
	}
	return false
}

func compare(t *testing.T, what string, want, got []string) {
	t.Helper()
	n := map[string]int{}
	for _, w := range want {
		n[w]++
	}
	for _, g := range got {
		n[g]--
	}
	bad := 0
	for line, d := range n {
		if d != 0 && bad < 10 {
			t.Errorf("%s: %+d × %s", what, -d, line)
			bad++
		}
	}
}
