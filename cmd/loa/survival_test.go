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
	"testing"
	"time"

	"loa/sample"
	"loa/store"
)

// binary builds the program once for a test that needs real processes.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "loa")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
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
	return []string{"crawl", "--plans", plans, "--data", data, "--resolve-file", file, "--allow-loopback", "--spacing", "2ms", "--at", "2023-03-30T16:00"}
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

	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		seed := uint64(round + 1)
		rnd := rand.New(rand.NewPCG(seed, 7))
		data := t.TempDir()
		kills := 0
		for kills < 12 {
			cmd := exec.CommandContext(ctx, bin, crawlArgs(t, site, plans, data)...)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(time.Duration(rnd.Int64N(int64(whole))), func() { cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.ExitCode() == -1 {
				kills++
				continue
			}
			if err != nil {
				t.Fatalf("seed %d: a run that was not killed failed: %v\n%s", seed, err, out.String())
			}
		}
		if out, err := exec.CommandContext(ctx, bin, crawlArgs(t, site, plans, data)...).CombinedOutput(); err != nil {
			t.Fatalf("seed %d: last run: %v\n%s", seed, err, out)
		}
		compare(t, fmt.Sprintf("seed %d after %d kills", seed, kills), want, digest(t, data))
		compare(t, fmt.Sprintf("seed %d kept bodies", seed), wantKept, keptFiles(t, data))
	}
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
