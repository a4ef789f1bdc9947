package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/bench/hostile"
	"loa/store/storetest"
)

// raid is one round of the built program over hostile and honest hosts.
type raid struct {
	peak     int64 // resident, bytes
	took     time.Duration
	honest   time.Duration // from the start to the last request at an honest host
	out      string
	outcomes map[string]string // by source, with the detail
	items    map[string]int    // by source
}

// raidOn crawls the hosts once with the built program, into a database of its own.
func raidOn(t testing.TB, bin, db string, attacks []hostile.Attack, honest int, args ...string) raid {
	t.Helper()
	origin := hostile.New()
	addr, stop := onLoopback(t, origin)
	defer stop()
	dir := t.TempDir()
	resolve, err := hostile.Plan(dir, addr, attacks, honest)
	if err != nil {
		t.Fatal(err)
	}
	names := filepath.Join(dir, "resolve.txt")
	if err := os.WriteFile(names, []byte(resolve), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), bin, append([]string{"crawl", "--db", db, "--data", dir, "--plans", dir, "--plan", "xau/2023", "--at", "2023-06-01",
		"--resolve-file", names, "--allow-loopback", "--spacing", "1ms", "--lease", "5s"}, args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := peakOf(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("crawl: %v\n%s", err, out.String())
	}
	r := raid{took: time.Since(start), out: out.String(), outcomes: map[string]string{}, items: map[string]int{}, peak: <-peak}
	for i := range honest {
		_, last := origin.Asked(hostile.Honest(i))
		r.honest = max(r.honest, last.Sub(start))
	}
	read(t, db, `SELECT source, outcome || ': ' || detail FROM visit`, func(id, text string) { r.outcomes[strings.TrimPrefix(id, "xau/")] = text })
	read(t, db, `SELECT source, title FROM item`, func(id, _ string) { r.items[strings.TrimPrefix(id, "xau/")]++ })
	return r
}

// peakOf gives the most a process held resident once it has ended: the kernel's
// own high-water mark of the program (what it tells afterwards, ru_maxrss, counts
// what the forked test held before the program was loaded).
func peakOf(pid int) <-chan int64 {
	peak := make(chan int64, 1)
	go func() {
		most := int64(0)
		for range time.Tick(10 * time.Millisecond) {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, rest, found := strings.Cut(string(status), "VmHWM:")
			if err != nil || !found { // ended
				break
			}
			var kb int64
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				most = max(most, kb<<10)
			}
		}
		peak <- most
	}()
	return peak
}

// read asks a database for pairs of texts.
func read(t testing.TB, db, query string, each func(a, b string)) {
	t.Helper()
	driver := "pgx"
	if strings.HasSuffix(db, ".db") {
		driver = "sqlite"
	}
	c, err := sql.Open(driver, db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	rows, err := c.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		each(a, b)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// hurry makes the attacks by slowness short.
func hurry() []string {
	return []string{"--limit", "header=3s", "--limit", "total=5s", "--limit", "rate-after=1s", "--limit", "rate=20000"}
}

// maxGrowth is by how much more than a hundred hostile hosts, read at once, may
// make the program grow.
const maxGrowth = 64 << 20

// TestHostileOrigin crawls a province of hostile and honest hosts with the built
// program. Each attack is met as it should be, no reader panics, every honest
// item is there, and the program grows by less than 64 MiB.
func TestHostileOrigin(t *testing.T) {
	const honest = 10
	bin := binary(t)
	attacks := hostile.Attacks()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			quiet := raidOn(t, bin, storetest.DB(t, engine), nil, honest, hurry()...)
			r := raidOn(t, bin, storetest.DB(t, engine), attacks, honest, hurry()...)
			t.Logf("%d attacks: %.1f MiB at most, %.1f without them; honest hosts done after %s, %s without; in all %s, %s",
				len(attacks), mib(r.peak), mib(quiet.peak), r.honest, quiet.honest, r.took, quiet.took)
			for _, a := range attacks {
				got, seen := r.outcomes[a.Name]
				queued := strings.Contains(got, "waited too long for other large bodies") // so many large ones never come at once
				if word, _, _ := strings.Cut(got, ":"); !seen || !slices.Contains(strings.Fields(a.Wants), word) && !queued {
					t.Errorf("%s: %.300q, want %s", a.Name, got, a.Wants)
				}
				if strings.Contains(got, "panic") {
					t.Errorf("%s: %s", a.Name, got)
				}
			}
			for i := range honest {
				id := fmt.Sprintf("h%d", i)
				if r.items[id] != hostile.Items || quiet.items[id] != hostile.Items || !strings.HasPrefix(r.outcomes[id], "ok:") {
					t.Errorf("%s: %d items, %s", id, r.items[id], r.outcomes[id])
				}
			}
			if strings.Contains(r.out, "panic") {
				t.Error(r.out)
			}
			// How many of them coincide is chance: what one raid in many reaches is told by
			// the middle of three.
			grown := []int64{r.peak - quiet.peak}
			for len(grown) < 3 && (len(grown) > 1 || grown[0] > maxGrowth) {
				grown = append(grown, raidOn(t, bin, storetest.DB(t, engine), attacks, honest, hurry()...).peak-quiet.peak)
			}
			slices.Sort(grown)
			if middle := grown[len(grown)/2]; middle > maxGrowth {
				t.Errorf("grew by %.1f MiB, from %.1f (%d raids)", mib(middle), mib(quiet.peak), len(grown))
			}
		})
	}
}

// BenchmarkHostile reads twenty honest hosts beside one hostile one, attack by
// attack, with the limits of every day, and shows by how much the honest ones
// were later, and the program larger, than without it («make hostile»).
func BenchmarkHostile(b *testing.B) {
	const honest = 20
	bin := filepath.Join(b.TempDir(), "loa")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for _, a := range hostile.Attacks() {
		b.Run(a.Name, func(b *testing.B) {
			for b.Loop() {
				quiet := raidOn(b, bin, storetest.DB(b, "sqlite"), nil, honest)
				r := raidOn(b, bin, storetest.DB(b, "sqlite"), []hostile.Attack{a}, honest)
				b.ReportMetric(r.honest.Seconds()/quiet.honest.Seconds(), "honest-ratio")
				b.ReportMetric(mib(r.peak-quiet.peak), "MiB-grown")
				b.ReportMetric(mib(r.peak), "MiB-peak")
			}
		})
	}
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }
