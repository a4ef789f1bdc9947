package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/sample"
	"loa/store"
	"loa/viet"
)

// archived are the sample's lists with more pages than one, each turned another way.
func archived() []string {
	return []string{"cong-tin", "cong-cctthc", "so-tu-phap", "so-cong-thuong", "tp-mau", "tx-ben-may"}
}

func sinceArgs(t *testing.T, site *sample.Site, plans, data string) []string {
	args := append(crawlArgs(t, site, plans, data), "--since", "2023-01-01")
	for _, id := range archived() {
		args = append(args, "--source", id)
	}
	return args
}

// sampleAt serves the sample province as it stands at the end of the quarter.
func sampleAt(t *testing.T) *sample.Site {
	t.Helper()
	now := time.Date(2023, 3, 30, 16, 0, 0, 0, time.FixedZone("+07", 7*3600))
	site, err := sample.Serve(t.Context(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() })
	return site
}

// standings counts the sample plan's rows by state, of the owners named.
func standings(t *testing.T, bin, plans, data string) map[string]int {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), bin, "standing", "--json", "--plans", plans, "--data", data, "--at", "2023-03-30T16:00")
	if cmd.Stdout, cmd.Stderr = &out, &errs; cmd.Run() != nil {
		t.Fatal(errs.String())
	}
	n := map[string]int{}
	for line := range strings.Lines(out.String()) {
		var s struct{ Owner, State string }
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		n[s.Owner+" "+s.State]++
		n[s.State]++
	}
	return n
}

// coverage lists what each source has covered last.
func coverage(t *testing.T, data string) []string {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	health, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for id, h := range health {
		out = append(out, fmt.Sprint(id, " ", h.CoveredFrom.UTC(), " ", h.CoveredTo.UTC(), " ", len(h.Visits)))
	}
	return out
}

// TestSinceKillAndResume walks the archives of lists that are turned by query,
// path and postback, kills the built binary with SIGKILL on the way, starts it
// again until it ends by itself, and wants what an uninterrupted walk left; and
// that the past quarter can be accounted for with it.
func TestSinceKillAndResume(t *testing.T) {
	bin, plans, site := binary(t), samplePlans(t), sampleAt(t)
	quiet := t.TempDir()
	start := time.Now()
	out, err := exec.CommandContext(t.Context(), bin, sinceArgs(t, site, plans, quiet)...).CombinedOutput()
	if err != nil {
		t.Fatalf("uninterrupted walk: %v\n%s", err, out)
	}
	whole := time.Since(start)
	if n := strings.Count(string(out), "đã đọc lùi đến ngày yêu cầu"); n != len(archived()) {
		t.Errorf("%d of %d sources reached the date:\n%s", n, len(archived()), out)
	}
	want, wantKept := digest(t, quiet), keptFiles(t, quiet)
	if len(want) < 500 {
		t.Errorf("the walk left only %d rows", len(want))
	}
	wanted := 4
	if testing.Short() {
		wanted = 2
	}
	rnd := rand.New(rand.NewPCG(2, 9))
	for kills, round := 0, 1; kills < wanted && round < 20; round++ {
		data, here := t.TempDir(), 0
		for here < 6 && crawlAndKill(t, bin, sinceArgs(t, site, plans, data), time.Duration(rnd.Int64N(int64(whole)/2))) {
			here++
		}
		if here == 6 {
			if out, err := exec.CommandContext(t.Context(), bin, sinceArgs(t, site, plans, data)...).CombinedOutput(); err != nil {
				t.Fatalf("the last run: %v\n%s", err, out)
			}
		}
		kills += here
		compare(t, fmt.Sprintf("round %d, %d kills", round, here), want, digest(t, data))
		compare(t, "kept bodies", wantKept, keptFiles(t, data))
		compare(t, "coverage", coverage(t, quiet), coverage(t, data))
		if t.Failed() {
			return
		}
	}

	// Read once more: nothing is left to do.
	out, err = exec.CommandContext(t.Context(), bin, sinceArgs(t, site, plans, quiet)...).CombinedOutput()
	if err != nil || strings.Count(string(out), "từ lần chạy trước") != len(archived()) {
		t.Errorf("a second run: %v\n%s", err, out)
	}
	plain := t.TempDir()
	for _, data := range []string{plain, quiet} { // the ordinary crawl beside the walk reads what has no archive, too
		if out, err := exec.CommandContext(t.Context(), bin, crawlArgs(t, site, plans, data)...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	with, without := standings(t, bin, plans, quiet), standings(t, bin, plans, plain)
	t.Log(with)
	t.Log(without)
	for _, owner := range []string{"mau/cong-ttdt", "mau/so-tu-phap", "mau/so-cong-thuong", "mau/tp-mau"} {
		if a, b := with[owner+" insufficient_data"], without[owner+" insufficient_data"]; a >= b {
			t.Errorf("%s: %d rows without enough data after the walk, %d after an ordinary crawl", owner, a, b)
		}
	}
}

// The bar tells how much of the way is done and how long the rest may take.
func TestWalkBar(t *testing.T) {
	var out bytes.Buffer
	b := newWalkBar(&out)
	at := func(share float64, oldest string) crawler.Event {
		day, err := time.Parse(time.DateOnly, oldest)
		if err != nil {
			t.Fatal(err)
		}
		return crawler.Event{Kind: "walk", Source: "mau/cong-tin", Walk: crawler.Walk{Source: "mau/cong-tin", Share: share, Oldest: day, State: crawler.WalkOpen}}
	}
	b.event(at(0, "2023-03-01"))
	b.event(at(0.25, "2023-02-01"))
	b.event(crawler.Event{Kind: "page"})
	line := b.line(b.start.Add(10 * time.Minute))
	for _, part := range []string{"[█████░", "25%", "2 trang, 1 trang bài", "đã lùi đến " + viet.Day(time.Date(2023, 2, 1, 0, 0, 0, 0, time.UTC)), "còn khoảng 30 phút", "mau/cong-tin"} {
		if !strings.Contains(line, part) {
			t.Errorf("no %q in %q", part, line)
		}
	}
	for d, want := range map[time.Duration]string{30 * time.Second: "dưới 1 phút", 90 * time.Minute: "1 giờ 30 phút", 72 * time.Hour: "3 ngày"} {
		if got := roughly(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	if b.done(); out.Len() > 0 {
		t.Errorf("wrote to what is no terminal: %q", out.String())
	}
}

func TestSinceUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--until 2023-02-01", "--since"},
		{"--again", "--since"},
		{"--since 2023-06-01 --at 2023-03-30", "không ở trước"},
		{"--since 2023-02-01 --until 2023-01-01 --at 2023-03-30", "ở trước --since"},
		{"--since hom-qua", "không phải thời điểm"},
	} {
		var out, errs bytes.Buffer
		err := run(t.Context(), append([]string{"crawl", "--data", t.TempDir(), "--plan", "yen-bai/2023"}, strings.Fields(c.args)...), stdio{strings.NewReader(""), &out, &errs})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.args, err)
		}
	}
}
