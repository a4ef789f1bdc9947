package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/metrics"
	"loa/monitor"
	"loa/report"
	"loa/sample"
	"loa/schedule"
)

// silent are the queries that neither run answers, with the event that would.
func silent() map[string]string {
	return map[string]string{
		"Nguồn và thu thập / Đọc được nhưng có thể chưa hết / A":          "a list that suddenly shrinks, or changes for long without anything new",
		"Phân loại và duyệt / Máy phân loại khác thường lệ của nguồn / C": "a source with a history long enough to be compared with",
		"Phân loại và duyệt / Máy phân loại khác thường lệ của nguồn / D": "the same",
	}
}

// Boards are asked of a real Prometheus that has what loa's handler told at the
// end of the demo and in a bad week; nothing waits, for promtool makes the
// blocks of both scrapes.
func (d *leftBehind) boards(t *testing.T, dir string) {
	prom := newPrometheus(t)
	if prom == nil {
		return
	}
	quiet, bad := demoEnd, demoEnd.Add(6*time.Hour)
	prom.scrape(d.told(t, dir, demoEnd, func(*engine) {}), quiet)
	prom.scrape(d.badWeek(t, dir), bad)
	prom.start()
	known, documented := map[string]bool{}, map[string]bool{}
	for _, m := range metrics.Names() {
		documented[m.Name] = true
		if m.Type == "histogram" {
			documented[m.Name+"_bucket"] = true
		}
	}
	paths, err := filepath.Glob("../../deploy/grafana/dashboards/*/*.json")
	if err != nil || len(paths) != 6 {
		t.Fatalf("%d boards: %v", len(paths), err)
	}
	asked := 0
	for _, path := range paths {
		b := readBoard(t, path)
		for _, v := range b.Templating.List {
			prom.variable(filepath.Base(path), v, quiet)
		}
		for _, p := range b.Panels {
			for _, q := range p.Targets {
				asked++
				expr := substituted(q.Expr)
				for _, name := range regexp.MustCompile(`\bloa_[a-z_]+`).FindAllString(expr, -1) {
					if !documented[name] {
						t.Errorf("%s «%s» names %s, which is no metric", b.Title, p.Title, name)
					}
				}
				key := b.Title + " / " + p.Title + " / " + q.RefID
				n := prom.count(expr, q.Range, quiet) + prom.count(expr, q.Range, bad)
				if why := silent()[key]; why != "" {
					known[key] = true
					if n > 0 {
						t.Errorf("%s answers, though it is declared to wait for: %s", key, why)
					}
				} else if n == 0 {
					t.Errorf("%s has no data in either run: %s", key, expr)
				}
				if n := prom.count(expr, q.Range, quiet.Add(-24*time.Hour)); n > 0 {
					t.Errorf("%s says something of a day of which nothing is known: %s", key, expr)
				}
			}
		}
	}
	if len(silent()) > 3 || len(known) != len(silent()) || asked < 80 {
		t.Errorf("%d queries, %d of %d declared empty ones found", asked, len(known), len(silent()))
	}
	d.words(t, prom, quiet)
}

// told is what the server's own handler answers at a moment on a database.
func (d *leftBehind) told(t *testing.T, dir string, at time.Time, before func(e *engine)) string {
	t.Helper()
	files, err := withHolidays(sample.Plans())
	if err != nil {
		t.Fatal(err)
	}
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: dir, DB: filepath.Join(dir, "loa.db")}, ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	e, err := a.open(files, d.plan.ID, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	before(e)
	w := httptest.NewRecorder()
	e.metrics(e.plan).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("scrape: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// badWeek is what is told on a Friday as things were known then, with the log of
// the week before still missing, after
// a person confirmed a miss, of a copy of the demo's database.
func (d *leftBehind) badWeek(t *testing.T, dir string) string {
	t.Helper()
	friday := time.Date(2023, 2, 24, 15, 0, 0, 0, demoEnd.Location())
	copied := t.TempDir()
	for _, name := range []string{"loa.db", "loa.db-wal"} {
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && name == "loa.db" {
			t.Fatal(err)
		}
		if err == nil {
			if err := os.WriteFile(filepath.Join(copied, name), body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	i := slices.IndexFunc(d.ev.Standings, func(s schedule.Standing) bool {
		return s.State == schedule.Missed && s.Basis == schedule.ByPlan && s.End.Before(friday)
	})
	if i < 0 {
		t.Fatal("nothing was missed in the demo")
	}
	missed := d.ev.Standings[i]
	return d.told(t, copied, friday, func(e *engine) {
		err := e.store.AddDecision(t.Context(), schedule.Decision{ID: "bad-week", Kind: schedule.ConfirmMissed, Plan: missed.Plan, Quota: missed.Quota, Owner: missed.Owner, Period: missed.Period,
			At: friday.Add(-time.Hour), Actor: demoActor, Reason: "Đã hỏi, không có"}, "person")
		if err == nil {
			_, err = monitor.Evaluate(t.Context(), e.store, e.plan, e.cal, monitor.Moment{Now: friday, KnownAt: friday, Classifier: e.judge.Version()}, e.machine())
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

// words: what the officer's board says of every standing is what the desk says.
func (d *leftBehind) words(t *testing.T, prom *promServer, at time.Time) {
	b := readBoard(t, "../../deploy/grafana/dashboards/noi-bo/loa-co-quan.json")
	told := map[string]string{}
	for _, p := range b.Panels {
		for _, period := range []string{"current", "last"} {
			if p.Type != "table" || !strings.Contains(p.Targets[1].Expr, `period="`+period+`"`) {
				continue
			}
			words := p.mapping(t, "Value #B")
			for _, s := range prom.query(substituted(p.Targets[1].Expr), at) {
				told[strings.Join([]string{period, s.Metric["quota"], s.Metric["owner"]}, " ")] = words[fmt.Sprint(s.Value[1])]
			}
		}
	}
	n := 0
	for _, period := range []string{schedule.CurrentPeriod, schedule.LastPeriod} {
		for _, s := range schedule.Pointed(d.ev.Standings, period, d.ev.Now) {
			want := report.Word(s.Basis, s.State, s.Confirmed, s.Risk, nil)
			if s.Shadow() {
				want = "theo dõi thử"
			}
			q := d.plan.Quotas[slices.IndexFunc(d.plan.Quotas, func(q schedule.Quota) bool { return q.ID == s.Quota })]
			if q.OnlyCounted() {
				continue
			}
			n++
			if got := told[strings.Join([]string{period, s.Quota, s.Owner}, " ")]; got != want {
				t.Errorf("%s %s %s: the board says %q, the desk %q", period, s.Quota, s.Owner, got, want)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d standings compared", n)
	}
}

// grafana is what is read of a board here.
type grafana struct {
	Title      string
	Templating struct{ List []grafanaVariable }
	Panels     []grafanaPanel
}

type grafanaVariable struct {
	Name, Type, Regex string
	Query             json.RawMessage
}

type grafanaPanel struct {
	Title, Type string
	Targets     []struct {
		RefID, Expr string
		Range       bool
	}
	FieldConfig struct {
		Overrides []struct {
			Matcher    struct{ Options string }
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
}

func readBoard(t *testing.T, path string) grafana {
	t.Helper()
	body, err := os.ReadFile(path)
	var b grafana
	if err == nil {
		err = json.Unmarshal(body, &b)
	}
	if err != nil || len(b.Panels) < 5 {
		t.Fatalf("%s: %d panels, %v", path, len(b.Panels), err)
	}
	return b
}

// mapping is the words of a field's values.
func (p grafanaPanel) mapping(t *testing.T, field string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, o := range p.FieldConfig.Overrides {
		for _, pr := range o.Properties {
			var ms []struct {
				Type    string
				Options json.RawMessage
			}
			if o.Matcher.Options != field || pr.ID != "mappings" {
				continue
			}
			if err := json.Unmarshal(pr.Value, &ms); err != nil {
				t.Fatal(err)
			}
			var values map[string]struct{ Text string }
			if err := json.Unmarshal(ms[0].Options, &values); err != nil {
				t.Fatal(err)
			}
			for v, r := range values {
				out[v] = r.Text
			}
		}
	}
	return out
}

// substituted puts in what Grafana would for its variables.
func substituted(expr string) string {
	return strings.NewReplacer("$plan", "mau/2023", "$owner", ".+", "$quota", ".+", "$source", ".+", "$__rate_interval", "5m", "$__range", "1h").Replace(expr)
}

// promServer is Debian's, on blocks.
type promServer struct {
	t                           *testing.T
	dir, base, server, promtool string
}

// newPrometheus is nil where the program is not installed, which fails in CI.
func newPrometheus(t *testing.T) *promServer {
	t.Helper()
	p := &promServer{t: t, dir: t.TempDir()}
	var err, toolErr error
	p.server, err = exec.LookPath("prometheus")
	p.promtool, toolErr = exec.LookPath("promtool")
	if err != nil || toolErr != nil {
		if os.Getenv("CI") == "true" {
			t.Error("prometheus or promtool is missing: make deps installs them")
		}
		t.Log("prometheus is missing, no query was asked")
		return nil
	}
	return p
}

// scrape takes an exposition in three times, the last at a moment, for a rate
// wants more than one sample.
func (p *promServer) scrape(text string, at time.Time) {
	p.t.Helper()
	var om strings.Builder
	for i := range 3 {
		for line := range strings.Lines(text) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
				fmt.Fprintf(&om, "%s %d\n", line, at.Add(time.Duration(i-2)*2*time.Minute).Unix())
			}
		}
	}
	om.WriteString("# EOF\n")
	file := filepath.Join(p.dir, fmt.Sprintf("%d.txt", at.Unix()))
	if err := os.WriteFile(file, []byte(om.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if out, err := exec.Command(p.promtool, "tsdb", "create-blocks-from", "openmetrics", file, filepath.Join(p.dir, "tsdb")).CombinedOutput(); err != nil {
		p.t.Fatalf("promtool: %v\n%s", err, out)
	}
}

func (p *promServer) start() {
	p.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close() // its port is taken at once by the server
	config := filepath.Join(p.dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {}\n"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, p.server, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(p.dir, "tsdb"), "--storage.tsdb.retention.time=100y", "--web.listen-address="+addr, "--log.level=error")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	p.t.Cleanup(func() { stop(); <-ended })
	p.base = "http://" + addr
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); ; {
		if resp, err := http.Get(p.base + "/-/ready"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == 200 {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ended:
			p.t.Fatalf("prometheus ended: %s", &said)
		case <-late:
			p.t.Fatal("prometheus is not ready after a minute")
		}
	}
}

// answer is one series of one: Value of an instant query is [time, "number"].
type answer struct {
	Metric map[string]string
	Value  [2]any
}

func (p *promServer) get(path string, v url.Values, into any) {
	p.t.Helper()
	resp, err := http.Get(p.base + path + "?" + v.Encode())
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		p.t.Errorf("%v: %s %s", v, resp.Status, body)
		return
	}
	if err := json.Unmarshal(body, into); err != nil {
		p.t.Fatal(err)
	}
}

func (p *promServer) query(expr string, at time.Time) []answer {
	p.t.Helper()
	var a struct{ Data struct{ Result []answer } }
	p.get("/api/v1/query", url.Values{"query": {expr}, "time": {fmt.Sprint(at.Unix())}}, &a)
	return a.Data.Result
}

// count is how many series a query gives at a moment or over the minutes before it.
func (p *promServer) count(expr string, over bool, at time.Time) int {
	p.t.Helper()
	if !over {
		return len(p.query(expr, at))
	}
	var a struct{ Data struct{ Result []any } }
	p.get("/api/v1/query_range", url.Values{"query": {expr}, "start": {fmt.Sprint(at.Add(-2 * time.Minute).Unix())}, "end": {fmt.Sprint(at.Unix())}, "step": {"60"}}, &a)
	return len(a.Data.Result)
}

// variable asks what a board's variable offers: values, and where it has a
// pattern the names people read, in the order of the places.
func (p *promServer) variable(board string, v grafanaVariable, at time.Time) {
	p.t.Helper()
	var q struct{ Query string }
	if v.Type != "query" {
		return
	}
	if err := json.Unmarshal(v.Query, &q); err != nil {
		p.t.Fatal(err)
	}
	if m := regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`).FindStringSubmatch(q.Query); m != nil {
		values := map[string]bool{}
		for _, s := range p.query(m[1], at) {
			values[s.Metric[m[2]]] = true
		}
		if !maps.Equal(values, map[string]bool{"mau/2023": true}) {
			p.t.Errorf("%s: %s offers %v", board, v.Name, values)
		}
		return
	}
	expr, ok := strings.CutPrefix(q.Query, "query_result(")
	pattern := regexp.MustCompile(strings.TrimSuffix(strings.TrimPrefix(v.Regex, "/"), "/g"))
	places := -1.0
	got := p.query(strings.TrimSuffix(expr, ")"), at)
	if !ok || len(got) < 2 {
		p.t.Errorf("%s: %s offers %d by %s", board, v.Name, len(got), q.Query)
	}
	for _, s := range got {
		text := ""
		for _, k := range slices.Sorted(maps.Keys(s.Metric)) {
			text += fmt.Sprintf("%s=%q,", k, s.Metric[k])
		}
		found := pattern.FindAllStringSubmatch(text, -1)
		var at float64
		if _, err := fmt.Sscan(fmt.Sprint(s.Value[1]), &at); err != nil || len(found) != 2 || at <= places {
			p.t.Errorf("%s: %s reads %q out of %s, place %v after %v", board, v.Name, found, text, at, places)
		}
		places = at
	}
}
