package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/sample"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/storetest"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	stopChromium()
	dropSeed()
	dropBuilt()
	dropUndisturbed()
	os.Exit(code)
}

// digestOf is what a database holds, line by line.
func digestOf(t *testing.T, db string) []string {
	t.Helper()
	s, err := store.Open(t.Context(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	lines, err := s.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// watched is the sample province behind a door that notes who asks what:
// requests under way by site, and requests so far by User-Agent.
type watched struct {
	site *sample.Site
	took time.Duration // least time of an answer, so that what can overlap does

	mu       sync.Mutex
	underWay map[string]string // site → who asks
	overlaps []string
	asked    map[string]int
	calls    map[string]watch // by User-Agent
}

// watch closes reached at the nth request.
type watch struct {
	n       int
	reached chan struct{}
}

// onLoopback serves h until stop is called; it gives the address.
func onLoopback(t testing.TB, h http.Handler) (addr string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // ends with ErrServerClosed
	}()
	return ln.Addr().String(), func() {
		srv.Close()
		<-done
	}
}

// watchSample opens the sample province at a business moment, its addresses
// leading through the door.
func watchSample(t *testing.T, at time.Time, took time.Duration) *watched {
	t.Helper()
	site, err := sample.Serve(t.Context(), func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() })
	w := &watched{site: site, took: took, underWay: map[string]string{}, asked: map[string]int{}, calls: map[string]watch{}}
	door, stop := onLoopback(t, w)
	t.Cleanup(stop)
	old := strings.TrimSuffix(strings.TrimPrefix(site.Index, "http://"), "/")
	for host, addr := range site.Resolve {
		if addr == old { // the dead host stays dead
			site.Resolve[host] = door
		}
	}
	return w
}

func (w *watched) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	who, host := r.UserAgent(), strings.TrimPrefix(strings.ToLower(r.Host), "www.")
	w.mu.Lock()
	if other, busy := w.underWay[host]; busy {
		w.overlaps = append(w.overlaps, host+": "+who+" asks "+r.URL.Path+" while "+other)
	}
	w.underWay[host] = who + " asks " + r.URL.Path
	w.asked[who]++
	if c, ok := w.calls[who]; ok && w.asked[who] == c.n {
		close(c.reached)
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.underWay, host)
		w.mu.Unlock()
	}()
	slow := time.NewTimer(w.took)
	defer slow.Stop()
	select {
	case <-slow.C:
		w.site.ServeHTTP(rw, r)
	case <-r.Context().Done(): // whoever asked was killed
	}
}

// after gives a channel that closes when who has asked n times.
func (w *watched) after(who string, n int) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := watch{n, make(chan struct{})}
	w.calls[who] = c
	return c.reached
}

func (w *watched) count(who string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[who]
}

// end of the first quarter, a Thursday afternoon.
func crawlTime() time.Time { return time.Date(2023, 3, 30, 16, 0, 0, 0, calendar.Zone) }

// TestEnginesAgree crawls the same province on SQLite and on PostgreSQL and
// wants the same rows, the same standings and the same report, byte for byte.
func TestEnginesAgree(t *testing.T) {
	site, err := sample.Serve(t.Context(), crawlTime)
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	plans := samplePlans(t)
	type outcome struct {
		digest []string
		kept   []string
		out    map[string]string
	}
	var got []outcome
	for _, engine := range storetest.Engines() {
		db, data := storetest.DB(t, engine), t.TempDir()
		base := []string{"--db", db, "--data", data, "--plans", plans}
		if _, errOut, code := loa(t, "", append(crawlArgs(t, site, plans, data), "--db", db, "--lease", "30s")...); code != 0 {
			t.Fatalf("%s: crawl exits %d: %s", engine, code, errOut)
		}
		do := func(args ...string) string {
			t.Helper()
			out, errOut, code := loa(t, "", append(args, base...)...)
			if code != 0 || out == "" {
				t.Fatalf("%s: %v exits %d: %s", engine, args, code, errOut)
			}
			return out
		}
		o := outcome{out: map[string]string{}}
		for i, l := range sample.Logs(crawlTime()) {
			file := filepath.Join(data, l.Name)
			if err := os.WriteFile(file, l.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			o.out[fmt.Sprint("import ", i)] = do("import", "airings", file, "--channel", l.Channel, "--sender", l.Sender, "--at", "2023-03-30T16:00",
				"--from", l.From.Format("2006-01-02"), "--to", l.To.AddDate(0, 0, -1).Format("2006-01-02"))
		}
		o.out["attest"] = do("decide", "attest", "--at", "2023-03-30T16:00", "--quota", "B-A1", "--owner", "so-tttt", "--period", "2022-12-30..2023-01-30",
			"--document", "04/KH-STTTT", "--date", "2023-01-12", "--by", "Chuyên viên Sở Nội vụ")
		next := do("review", "next", "--at", "2023-03-30T16:00", "-n", "3")
		o.out["review"] = next
		id, _, _ := strings.Cut(next, "\t")
		o.out["reviewed"] = do("review", "decide", id, "yes", "--at", "2023-03-30T16:00", "--by", "Chuyên viên Sở Nội vụ", "--reason", "đúng chủ đề")
		o.digest, o.kept = digestOf(t, db), keptFiles(t, data)
		for name, args := range map[string][]string{
			"standing":            {"standing", "--at", "2023-03-30T16:00", "--ahead", "4w", "--json"},
			"standing known":      {"standing", "--at", "2023-03-30T16:00", "--known-at", "2023-03-30T15:59", "--json"},
			"report of a quarter": {"report", "--at", "2023-03-30T16:00", "--period", "2023-Q1@14", "--format", "json"},
			"report of a month":   {"report", "--at", "2023-03-30T16:00", "--period", "2023-03", "--format", "json"},
			"report of a week":    {"report", "--at", "2023-03-30T16:00", "--period", "2023-W12", "--format", "html"},
		} {
			o.out[name] = do(args...)
		}
		got = append(got, o)
	}
	lite, pg := got[0], got[1]
	if len(lite.digest) < 100 || len(lite.kept) < 50 {
		t.Fatalf("the crawl left only %d rows and %d kept bodies", len(lite.digest), len(lite.kept))
	}
	compare(t, "PostgreSQL against SQLite", lite.digest, pg.digest)
	compare(t, "kept bodies on PostgreSQL against SQLite", lite.kept, pg.kept)
	for name, want := range lite.out {
		sameText(t, name, want, pg.out[name])
	}
}

// sameText tells the first line in which two texts differ.
func sameText(t *testing.T, what, sqlite, postgres string) {
	t.Helper()
	if sqlite == postgres {
		return
	}
	a, b := strings.Split(sqlite, "\n"), strings.Split(postgres, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s, line %d of %d and %d:\nsqlite   %s\npostgres %s", what, i+1, len(a), len(b), a[i], b[i])
			return
		}
	}
	t.Errorf("%s: %d lines on sqlite, %d on postgres", what, len(a), len(b))
}

// TestTwoProcessesOneDatabase has two processes crawl into one PostgreSQL
// database, kills one of them midway with SIGKILL, and wants the other to
// finish with what an uninterrupted run alone leaves. Neither ever asks a site
// that the other is asking.
func TestTwoProcessesOneDatabase(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, crawlTime(), 8*time.Millisecond)
	crawl := func(who, db, data string) (*exec.Cmd, *bytes.Buffer) {
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), bin, append(crawlArgs(t, w.site, plans, data), "--db", db, "--user-agent", who, "--workers", "2")...)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, &out
	}

	quiet, quietDB := t.TempDir(), storetest.DB(t, "postgres")
	alone, out := crawl("alone", quietDB, quiet)
	if err := alone.Wait(); err != nil {
		t.Fatalf("uninterrupted run: %v\n%s", err, out)
	}
	want, wantKept, whole := digestOf(t, quietDB), keptFiles(t, quiet), w.count("alone")
	if whole < 100 || len(want) < 100 {
		t.Fatalf("the uninterrupted run asked %d times and left %d rows", whole, len(want))
	}

	data, db := t.TempDir(), storetest.DB(t, "postgres")
	begun, joined := w.after("first", whole/8), w.after("second", 10)
	wait := func(what string, reached <-chan struct{}) {
		select {
		case <-reached:
		case <-time.After(time.Minute):
			t.Fatalf("%s: after %d and %d requests nothing more comes", what, w.count("first"), w.count("second"))
		}
	}
	first, firstOut := crawl("first", db, data)
	wait("first", begun)
	second, secondOut := crawl("second", db, data)
	done := make(chan error, 1)
	go func() { done <- second.Wait() }()
	wait("second", joined)
	if err := first.Process.Kill(); err != nil {
		t.Fatalf("the first process ended before it could be killed: %v\n%s", err, firstOut)
	}
	var exit *exec.ExitError
	if err := first.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the first process was not killed midway: %v\n%s", err, firstOut)
	}
	if err := <-done; err != nil {
		t.Fatalf("the process that was left: %v\n%s", err, secondOut)
	}
	t.Logf("alone %d requests; killed after %d, the other made %d", whole, w.count("first"), w.count("second"))
	compare(t, "two processes, one killed", want, digestOf(t, db))
	compare(t, "two processes, one killed: kept bodies", wantKept, keptFiles(t, data))
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.overlaps {
		t.Errorf("two requests at once at %s", o)
	}
}

// claimable is how many hosts could be leased at once if all were due: those
// that nobody holds.
func claimable(ctx context.Context, t *testing.T, db string) int {
	t.Helper()
	s, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.MakeDue(ctx); err != nil {
		t.Fatal(err)
	}
	leases, err := s.Claim(ctx, "test", 1000, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leases {
		if err := s.Release(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	return len(leases)
}
