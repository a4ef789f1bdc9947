package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"loa/crawler"
	"loa/media"
	"loa/metrics"
	"loa/monitor"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/storetest"
)

// serveTime is the business time of the serve tests, the first of March.
func serveTime() time.Time { return time.Date(2023, 3, 1, 0, 0, 0, 0, calendar.Zone) }

// serving is a started `loa serve`.
type serving struct {
	cmd    *exec.Cmd
	base   string // http://127.0.0.1:port
	stderr bytes.Buffer
	read   chan struct{} // closed when stderr has ended
}

// startServe starts the built binary's serve on the sample province.
func startServe(t *testing.T, bin string, w *watched, plans, data string, more ...string) *serving {
	t.Helper()
	args := crawlArgs(t, w.site, plans, data)
	args[0] = "serve"
	i := slices.Index(args, "--at")
	args[i+1] = serveTime().Format("2006-01-02")
	args = append(slices.DeleteFunc(args, func(s string) bool { return s == "--lease" || s == "1s" }), "--listen", "127.0.0.1:0")
	return start(t, exec.CommandContext(t.Context(), bin, append(args, more...)...))
}

// start starts a serve or a demo and waits for the address it prints.
func start(t *testing.T, cmd *exec.Cmd) *serving {
	t.Helper()
	s := &serving{cmd: cmd, read: make(chan struct{})}
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go func() {
		defer close(s.read)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			fmt.Fprintln(&s.stderr, lines.Text())
			if m := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(lines.Text()); m != "" && len(address) == 0 {
				address <- m
			}
		}
	}()
	select {
	case s.base = <-address:
	case <-s.read:
		t.Fatalf("serve ended: %v\n%s", s.cmd.Wait(), s.stderr.String())
	case <-time.After(time.Minute):
		t.Fatal("serve printed no address")
	}
	return s
}

// stop sends a signal and wants exit 0 soon.
func (s *serving) stop(t *testing.T, sig os.Signal) {
	t.Helper()
	begun := time.Now()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	<-s.read
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("after %s: %v, want exit 0\n%s", sig, err, s.stderr.String())
	}
	if d := time.Since(begun); d > 8*time.Second {
		t.Errorf("stopping took %s", d)
	}
}

// get fetches one page of the desk.
func (s *serving) get(t *testing.T, path string) string {
	t.Helper()
	res, err := http.Get(s.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v\n%s", path, res.Status, err, body)
	}
	return string(body)
}

// TestServe crawls the sample province once, serves it with the built binary,
// reads every page a person or Prometheus would, and stops it.
func TestServe(t *testing.T) {
	bin, plans, data := binary(t), samplePlans(t), t.TempDir()
	w := watchSample(t, serveTime(), 0)
	crawl := crawlArgs(t, w.site, plans, data)
	crawl[slices.Index(crawl, "--at")+1] = "2023-03-01"
	if out, errOut, code := loa(t, "", crawl...); code != 0 {
		t.Fatalf("crawl exits %d: %s%s", code, out, errOut)
	}
	s := startServe(t, bin, w, plans, data)
	if got := s.get(t, "/healthz"); got != "ok\n" {
		t.Errorf("healthz says %q", got)
	}
	board := s.get(t, "/")
	link := regexp.MustCompile(`href="(/tien-do/B-D1/[^"]+)"`).FindStringSubmatch(board)
	if link == nil {
		t.Fatalf("the board links no standing:\n%s", board)
	}
	for path, want := range map[string]string{
		"/":                     "Việc hôm nay",
		"/bang-theo-doi":        "Bảng theo dõi nhiệm vụ",
		link[1]:                 "Đài",
		"/nguon":                "baomau.example",
		"/sap-toi":              "Tuần tới",
		"/bao-tin":              "Thông báo đã gửi",
		"/tin-bai?q=mot+cua":    "một cửa",
		"/bao-cao":              "tháng 02/2023",
		"/bao-cao/2023-02/html": "tháng 02/2023",
	} {
		if body := s.get(t, path); !strings.Contains(strings.ToLower(body), strings.ToLower(want)) {
			t.Errorf("GET %s shows no «%s»", path, want)
		} else if strings.Contains(body, "<html") && !strings.Contains(body, "Dữ liệu mẫu") {
			t.Errorf("GET %s does not say that it is sample data", path)
		}
	}
	text := s.get(t, "/metrics")
	s.stop(t, syscall.SIGTERM)
	checkMetrics(t, text)
	checkLabels(t, text, plans, data)

	st, err := store.Open(t.Context(), filepath.Join(data, "loa.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if free, err := st.TakeChore(t.Context(), "prune", "test", time.Minute); err != nil || free {
		t.Errorf("nobody took the chore «prune» today (%v)", err)
	}
}

// series is one line of a scrape.
type series struct {
	kind   string // gauge, counter
	labels map[string]string
	value  float64
}

// scraped parses a scrape, by name.
func scraped(t *testing.T, text string) map[string][]series {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("parse the metrics: %v", err)
	}
	out := map[string][]series{}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			s := series{strings.ToLower(f.GetType().String()), map[string]string{}, m.GetGauge().GetValue() + m.GetCounter().GetValue()}
			for _, l := range m.GetLabel() {
				s.labels[l.GetName()] = l.GetValue()
			}
			out[name] = append(out[name], s)
		}
	}
	return out
}

// checkMetrics: every documented name and no other has data, the linters are
// content, and states come as a set of which one is 1.
func checkMetrics(t *testing.T, text string) {
	t.Helper()
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v %v", problems, err)
	}
	if path, err := exec.LookPath("promtool"); err == nil {
		cmd := exec.Command(path, "check", "metrics")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("promtool check metrics: %v\n%s", err, out)
		}
	} else if os.Getenv("CI") == "true" {
		t.Error("promtool is missing: make deps installs it")
	}
	got, sets := scraped(t, text), map[string]map[string]float64{}
	for _, x := range got["loa_quota_state"] {
		key := strings.Join([]string{x.labels["plan"], x.labels["quota"], x.labels["owner"], x.labels["period"]}, " ")
		if sets[key] == nil {
			sets[key] = map[string]float64{}
		}
		sets[key][x.labels["state"]] = x.value
	}
	later := []string{"loa_source_drift_median", "loa_source_drift_score", // the sample's first months are too short a history
		"loa_source_certificate_seconds_left",                                                     // it has no TLS
		"loa_settled_delivered", "loa_settled_wanted", "loa_settled_period_end_timestamp_seconds"} // nobody has closed a period
	for _, m := range metrics.Names() {
		if len(got[m.Name]) == 0 && !slices.Contains(later, m.Name) {
			t.Errorf("%s has no data after a crawl", m.Name)
		}
		for _, x := range got[m.Name] {
			has := slices.Sorted(maps.Keys(x.labels))
			if x.kind != m.Type || !slices.Equal(has, slices.Sorted(slices.Values(m.Labels))) {
				t.Errorf("%s is a %s with %v, documented as a %s with %v", m.Name, x.kind, has, m.Type, m.Labels)
				break
			}
		}
		delete(got, m.Name)
	}
	for name := range got {
		t.Errorf("%s is exported and not documented", name)
	}
	for key, set := range sets {
		sum := 0.0
		for _, v := range set {
			sum += v
		}
		if len(set) != len(schedule.States()) || sum != 1 {
			t.Errorf("states of %s: %v, want all %d and a single 1", key, set, len(schedule.States()))
		}
	}
	if len(sets) < 20 {
		t.Errorf("states of only %d standings", len(sets))
	}
}

// checkLabels: no label holds a period's id, for those grow in number for ever;
// but for the one metric that tells alerts of which period they speak (decision 27).
func checkLabels(t *testing.T, text, plans, data string) {
	t.Helper()
	out, errOut, code := loa(t, "", "standing", "--plans", plans, "--data", data, "--at", "2023-03-01", "--json")
	if code != 0 {
		t.Fatal(errOut)
	}
	var periods []string
	for line := range strings.Lines(out) {
		var s schedule.Standing
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(periods, s.Period) {
			periods = append(periods, s.Period)
		}
	}
	if len(periods) < 5 {
		t.Fatalf("only the periods %v", periods)
	}
	for name, all := range scraped(t, text) {
		if name == "loa_quota_period_info" {
			continue
		}
		for _, x := range all {
			for label, v := range x.labels {
				if label == "plan" || label == "number" { // of the plan itself, which names its year
					continue
				}
				for _, p := range periods {
					if v == p || len(p) > len("2023") && strings.Contains(v, p) {
						t.Fatalf("%s: label %s=%q names the period %s", name, label, v, p)
					}
				}
			}
		}
	}
}

// TestServeDrains stops a serve in the middle of its first crawl: it exits 0
// and holds no host, so that the next one claims at once.
func TestServeDrains(t *testing.T) {
	bin, plans, data := binary(t), samplePlans(t), t.TempDir()
	w := watchSample(t, serveTime(), 5*time.Millisecond)
	midway := w.after("first", 40)
	s := startServe(t, bin, w, plans, data, "--user-agent", "first", "--lease", "10m")
	select {
	case <-midway:
	case <-time.After(time.Minute):
		t.Fatalf("only %d requests", w.count("first"))
	}
	s.stop(t, syscall.SIGTERM)
	if n := w.count("first"); n > 200 {
		t.Fatalf("%d requests: it was not stopped midway", n)
	}
	again := w.after("second", 20)
	s = startServe(t, bin, w, plans, data, "--user-agent", "second", "--lease", "10m")
	select {
	case <-again:
	case <-time.After(20 * time.Second):
		t.Errorf("%d requests after the second start: the first still holds the hosts", w.count("second"))
	}
	s.stop(t, syscall.SIGTERM)
	hosts := map[string]bool{}
	e := testEngine(t, "--plans", plans, "--data", data)
	for _, src := range e.plan.Sources {
		if !src.Verify {
			hosts[strings.Split(src.URL, "/")[2]] = true
		}
	}
	if n := claimable(t.Context(), t, filepath.Join(data, "loa.db")); n != len(hosts) {
		t.Errorf("%d of %d hosts are free after a stop", n, len(hosts))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.overlaps {
		t.Errorf("two requests at once at %s", o)
	}
}

// testEngine opens an engine in process, at serveTime.
func testEngine(t *testing.T, args ...string) *engine {
	t.Helper()
	c := cli{Data: t.TempDir()}
	for i := 0; i+1 < len(args); i += 2 {
		switch args[i] {
		case "--plans":
			c.Plans = args[i+1]
		case "--data":
			c.Data = args[i+1]
		case "--db":
			c.DB = args[i+1]
		}
	}
	a := &app{stdio: stdio{nil, io.Discard, io.Discard}, cli: &c, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	e, err := a.open(a.planFiles(), "", serveTime)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e
}

// TestPruneIsAChore: serve's chores throw raw visits away after 90 days on the
// business clock, once a day, and no younger ones.
func TestPruneIsAChore(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			e := testEngine(t, "--plans", samplePlans(t), "--db", storetest.DB(t, engine))
			if err := e.store.Sync(ctx, e.plan.Sources[:1], nil); err != nil {
				t.Fatal(err)
			}
			leases, err := e.store.Claim(ctx, "test", 1, time.Minute)
			if err != nil || len(leases) != 1 {
				t.Fatal(leases, err)
			}
			day := 24 * time.Hour
			for i, age := range []time.Duration{200 * day, 90*day + time.Hour, 90*day - time.Hour, day} {
				v := crawler.Visit{ID: fmt.Sprint("2022-", i), Source: e.plan.Sources[0].ID, At: serveTime().Add(-age), Outcome: media.Unreachable}
				if _, err := e.store.PutVisits(ctx, leases[0], []crawler.Visit{v}); err != nil {
					t.Fatal(err)
				}
			}
			chores, err := e.chores(ctx)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(chores, func(c monitor.Chore) bool { return c.Name == "prune" })
			if i < 0 || chores[i].Every != 24*time.Hour {
				t.Fatalf("no daily chore «prune» among %v", chores)
			}
			if err := chores[i].Do(ctx); err != nil {
				t.Fatal(err)
			}
			if n, err := e.store.Prune(ctx, serveTime().Add(-90*day)); n != 0 || err != nil {
				t.Errorf("%d visits older than 90 days were left (%v)", n, err)
			}
			if n, err := e.store.Prune(ctx, serveTime()); n != 2 || err != nil {
				t.Errorf("%d younger visits were left, want 2 (%v)", n, err)
			}
		})
	}
}

// TestPruneMindsTheMachineClock: a business clock set ahead throws nothing away.
func TestPruneMindsTheMachineClock(t *testing.T) {
	t.Parallel()
	e := testEngine(t, "--plans", samplePlans(t))
	if err := e.store.Sync(t.Context(), e.plan.Sources[:1], nil); err != nil {
		t.Fatal(err)
	}
	leases, err := e.store.Claim(t.Context(), "test", 1, time.Minute)
	if err != nil || len(leases) != 1 {
		t.Fatal(leases, err)
	}
	now := time.Now()
	if _, err := e.store.PutVisits(t.Context(), leases[0], []crawler.Visit{crawler.Visit{ID: "a", Source: e.plan.Sources[0].ID, At: now, Outcome: media.Unreachable}}); err != nil {
		t.Fatal(err)
	}
	e.business = func() time.Time { return now.AddDate(3, 0, 0) }
	if err := e.prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := e.store.Prune(t.Context(), now.Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("%d visits were left, want the one of today (%v)", n, err)
	}
}

// TestOnlySomeSources: `loa crawl --source` reads that source alone and spoils
// nothing for the others: they stay due, and what they covered still counts.
func TestOnlySomeSources(t *testing.T) {
	t.Parallel()
	plans, data := samplePlans(t), t.TempDir()
	w := watchSample(t, serveTime(), 0)
	args := crawlArgs(t, w.site, plans, data)
	args[slices.Index(args, "--at")+1] = "2023-03-01"
	standings := func() string {
		out, errOut, code := loa(t, "", "standing", "--plans", plans, "--data", data, "--at", "2023-03-01", "--json")
		if code != 0 {
			t.Fatal(errOut)
		}
		return out
	}
	if _, errOut, code := loa(t, "", args...); code != 0 {
		t.Fatal(errOut)
	}
	e := testEngine(t, "--plans", plans, "--data", data)
	stored := func() []schedule.Standing {
		ev, ok, err := e.store.Evaluation(t.Context(), e.plan.ID)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return ev.Standings
	}
	before, kept, free := standings(), stored(), claimable(t.Context(), t, filepath.Join(data, "loa.db"))
	one := e.plan.Sources[0]
	w.mu.Lock()
	w.asked = map[string]int{}
	w.mu.Unlock()
	out, errOut, code := loa(t, "", append(args, "--source", strings.TrimPrefix(one.ID, "mau/"), "--user-agent", "some")...)
	if code != 0 {
		t.Fatal(errOut)
	}
	if n := w.count("some"); n > 5 {
		t.Errorf("%d requests for one source that was read before\n%s", n, out)
	}
	if got := standings(); got != before {
		t.Errorf("reading one source again changed the standings")
	}
	if got := stored(); fmt.Sprint(states(got)) != fmt.Sprint(states(kept)) {
		t.Errorf("the stored evaluation lost what the other sources covered:\n%v\nwas\n%v", states(got), states(kept))
	}
	if n := claimable(t.Context(), t, filepath.Join(data, "loa.db")); n != free {
		t.Errorf("%d hosts can be visited afterwards, %d before", n, free)
	}
	if _, errOut, code := loa(t, "", append(args, "--source", "khong-co")...); code != 2 || !strings.Contains(errOut, "khong-co") {
		t.Errorf("an unknown source: exit %d, %s", code, errOut)
	}
}

func states(sts []schedule.Standing) map[schedule.State]int {
	out := map[schedule.State]int{}
	for _, s := range sts {
		out[s.State]++
	}
	return out
}

// TestTogether: the first to end stops the other and its error counts.
func TestTogether(t *testing.T) {
	broken := errors.New("port taken away")
	untilDone := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	if err := together(t.Context(), untilDone, func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want the cause and not what followed from it", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := asked(ctx, together(ctx, untilDone, untilDone)); err != nil {
		t.Errorf("a stop that was asked for gave %v", err)
	}
	if err := asked(ctx, broken); !errors.Is(err, broken) {
		t.Errorf("a real error during a stop gave %v", err)
	}
}

// TestDemoStops: Ctrl-C in the middle of the demo ends it in order, exit 0,
// and leaves no folder behind.
func TestDemoStops(t *testing.T) {
	bin, tmp := binary(t), t.TempDir()
	cmd := exec.CommandContext(t.Context(), bin, "demo", "--no-browser", "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	s := start(t, cmd)
	if got := s.get(t, "/healthz"); got != "ok\n" {
		t.Errorf("healthz says %q", got)
	}
	if body := s.get(t, "/"); !strings.Contains(body, "Dữ liệu mẫu") {
		t.Error("the demo's board does not say that it is sample data")
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) != 1 {
		t.Fatalf("the demo runs in %v (%v), want one folder of its own", left, err)
	}
	s.stop(t, os.Interrupt)
	if left, err := os.ReadDir(tmp); err != nil || len(left) != 0 {
		t.Errorf("%v is left behind (%v)", left, err)
	}
}

// TestDemoKeepsOutOfRealData: the demo never mixes its sample into a database
// that serves a real plan.
func TestDemoKeepsOutOfRealData(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if _, errOut, code := loa(t, "", "standing", "--at", "2023-03-01", "--data", data, "--json"); code != 0 {
		t.Fatal(errOut)
	}
	_, errOut, code := loa(t, "", "demo", "--once", "--keep", "--data", data)
	if code != 2 || !strings.Contains(errOut, "yen-bai/2023") {
		t.Errorf("exit %d, %s; want 2 naming the plan", code, errOut)
	}
}
