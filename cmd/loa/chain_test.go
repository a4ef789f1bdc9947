package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loa/crawler"
	"loa/deploy/gen"
	"loa/media"
	"loa/monitor"
	"loa/schedule/calendar"
)

// chain is a running loa whose business clock is set by hand, scraped by Debian's
// Prometheus with the shipped rules, which tells two of Debian's Alertmanagers: one by
// day and one by night. Only waiting times and addresses differ from what is shipped.
type chain struct {
	desk
	e          *engine
	now        atomic.Int64 // the business clock, Unix microseconds
	prom       string
	day, night *alertmanager
}

// alertmanager is one, with the mailbox and the switch that it reaches.
type alertmanager struct {
	base  string
	box   *mailbox
	calls atomic.Int64 // of the dead man's switch
}

// patience is how long anything may take before the test fails.
const patience = 40 * time.Second

// until polls; what it waits for comes from other processes.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	within(t, patience, what, done)
}

// within is until with another patience.
func within(t *testing.T, most time.Duration, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(most); ; {
		if done() {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: not within %s", what, most)
		}
	}
}

// daemon starts a program that serves on loopback and is ended with the test. In
// CI it has to be there; "" says that it is not.
func daemon(t *testing.T, program string, args ...string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close() // its port is taken at once by the program
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, append(args, "--web.listen-address="+addr, "--log.level=warn")...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		stop()
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", program, &said)
		}
	})
	until(t, program+" is ready", func() bool {
		resp, err := http.Get("http://" + addr + "/-/ready")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return "http://" + addr
}

// put writes a file of a test.
func put(t *testing.T, name string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// hours is a list of times of a day for an interval of Alertmanager, whole hours each.
func hours(of ...int) string {
	var out []string
	for _, h := range of {
		h = (h + 24) % 24
		out = append(out, fmt.Sprintf("{start_time: '%02d:00', end_time: '%02d:00'}", h, h+1))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// newAlertmanager starts one with the shipped configuration, shorter waits, and a
// night around now or half a day away.
func newAlertmanager(t *testing.T, program string, muted bool) *alertmanager {
	t.Helper()
	am := &alertmanager{box: newMailbox(t)}
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { am.calls.Add(1) }))
	t.Cleanup(hook.Close)
	post := gen.Shipped(map[string]string{"2023-01-20": "Tết Nguyên đán"})
	post.Server, post.User, post.Watchdog = am.box.addr, "", hook.URL
	post.Owners = map[string]string{"mau/dai-ptth": "bientap@daimau.example"}
	files, err := gen.Alertmanager(post)
	if err != nil {
		t.Fatal(err)
	}
	dir, h := t.TempDir(), time.Now().In(calendar.Zone).Hour()
	night := hours(h+11, h+12)
	if muted {
		night = hours(h-1, h, h+1)
	}
	config := string(files[0].Body)
	for old, now := range map[string]string{"smtp_require_tls: true": "smtp_require_tls: false", "group_wait: 2m": "group_wait: 500ms", "group_interval: 10m": "group_interval: 500ms",
		"group_interval: 1m": "group_interval: 500ms", "repeat_interval: 5m": "repeat_interval: 500ms"} {
		if strings.Count(config, old) != 1 {
			t.Fatalf("%q is not there once", old)
		}
		config = strings.Replace(config, old, now, 1)
	}
	at := regexp.MustCompile(`(?s)name: dem\n.*?- times:\n(.*?)        location`).FindStringSubmatch(config)
	if at == nil {
		t.Fatal("no night in the configuration")
	}
	config = strings.Replace(config, "times:\n"+at[1], "times: "+night+"\n", 1)
	put(t, filepath.Join(dir, "alertmanager.yml"), []byte(config))
	put(t, filepath.Join(dir, "templates", "loa.tmpl"), files[1].Body)
	am.base = daemon(t, program, "--config.file="+filepath.Join(dir, "alertmanager.yml"), "--storage.path="+filepath.Join(dir, "data"),
		"--cluster.listen-address=", "--data.retention=8784h")
	return am
}

// newChain is nil where the programs are not installed, which fails in CI.
func newChain(t *testing.T, start string) *chain {
	t.Helper()
	prometheus, err := exec.LookPath("prometheus")
	program, amErr := exec.LookPath("prometheus-alertmanager")
	if err != nil || amErr != nil {
		if os.Getenv("CI") == "true" {
			t.Error("prometheus or prometheus-alertmanager is missing: make deps installs them")
		}
		return nil
	}
	c := &chain{desk: newDesk(t)}
	c.set(t, start)
	c.e = testEngine(t, "--plans", c.plans, "--data", c.data)
	c.e.business = func() time.Time { return time.UnixMicro(c.now.Load()).In(calendar.Zone) }
	site := httptest.NewUnstartedServer(nil)
	c.e.address = "http://" + site.Listener.Addr().String()
	site.Config.Handler, _ = c.e.handlers("", false)
	site.Start()
	t.Cleanup(site.Close)
	c.day, c.night = newAlertmanager(t, program, false), newAlertmanager(t, program, true)

	dir := t.TempDir()
	rules, err := filepath.Glob("../../deploy/prometheus/rules/*.yaml")
	if err != nil || len(rules) == 0 {
		t.Fatal(rules, err)
	}
	for _, name := range rules {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// what waits longer is of loa itself, or counts days
		body = regexp.MustCompile(`(?m)^( +for:) [12]m$`).ReplaceAll(body, []byte("$1 1s"))
		put(t, filepath.Join(dir, "rules", filepath.Base(name)), body)
	}
	host := func(base string) string { return strings.TrimPrefix(base, "http://") }
	put(t, filepath.Join(dir, "prometheus.yml"), fmt.Appendf(nil, `global: {scrape_interval: 250ms, evaluation_interval: 500ms}
rule_files: [rules/*.yaml]
scrape_configs:
  - {job_name: loa, metrics_path: /metrics, static_configs: [{targets: ['%s']}]}
alerting: {alertmanagers: [{static_configs: [{targets: ['%s', '%s']}]}]}
`, host(site.URL), host(c.day.base), host(c.night.base)))
	c.prom = daemon(t, prometheus, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--rules.alert.resend-delay=5s")
	until(t, "both Alertmanagers are reached", func() bool { return c.day.calls.Load() > 0 && c.night.calls.Load() > 0 })
	return c
}

func (c *chain) set(t *testing.T, at string) {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02T15:04", at, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	c.now.Store(moment.UnixMicro())
}

// step sets the business clock, has everything evaluated, and waits until Prometheus has
// judged by it and what that makes has had its time to be sent.
func (c *chain) step(t *testing.T, at string) {
	t.Helper()
	c.set(t, at)
	moment := c.e.business()
	if _, err := monitor.Evaluate(t.Context(), c.e.store, c.e.plan, c.e.cal, c.e.moment(), c.e.machine()); err != nil {
		t.Fatal(err)
	}
	until(t, "Prometheus knows "+at, func() bool {
		rows := c.query(t, "loa:evaluation_timestamp_seconds")
		return len(rows) == 1 && rows[0].Value[1] == fmt.Sprint(moment.Unix())
	})
	from := time.Now()
	until(t, "rules are judged", func() bool { return c.judged(t).After(from.Add(1500 * time.Millisecond)) }) // for: 1s
	for _, am := range []*alertmanager{c.day, c.night} {
		n := am.calls.Load() + 3
		until(t, "the switch is called thrice", func() bool { return am.calls.Load() >= n })
	}
}

func (c *chain) ask(t *testing.T, address string, into any) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

func (c *chain) query(t *testing.T, expr string) []answer {
	t.Helper()
	var a struct{ Data struct{ Result []answer } }
	c.ask(t, c.prom+"/api/v1/query?query="+url.QueryEscape(expr), &a)
	return a.Data.Result
}

// judged is when the alerts of quotas were last judged.
func (c *chain) judged(t *testing.T) time.Time {
	t.Helper()
	var a struct {
		Data struct {
			Groups []struct {
				Name string
				Last time.Time `json:"lastEvaluation"`
			}
		}
	}
	c.ask(t, c.prom+"/api/v1/rules", &a)
	for _, g := range a.Data.Groups {
		if g.Name == "loa-quotas" {
			return g.Last
		}
	}
	t.Fatal("no group loa-quotas")
	return time.Time{}
}

// alert is one that an Alertmanager holds.
type alert struct {
	Labels map[string]string
	Status struct {
		State       string
		InhibitedBy []string
	}
}

func (c *chain) alerts(t *testing.T, am *alertmanager) []alert {
	t.Helper()
	var out []alert
	c.ask(t, am.base+"/api/v2/alerts", &out)
	return out
}

// letter is one mail as its reader sees it.
type letter struct{ to, subject, text string }

func (am *alertmanager) letters(t *testing.T) []letter {
	t.Helper()
	am.box.mu.Lock()
	mails := slices.Clone(am.box.mails)
	am.box.mu.Unlock()
	out := make([]letter, len(mails))
	for i, raw := range mails {
		m, err := mail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = letter{m.Header.Get("To"), subject, string(text)}
	}
	return out
}

// with are the letters whose subject has all words.
func (am *alertmanager) with(t *testing.T, words ...string) []letter {
	t.Helper()
	return slices.DeleteFunc(am.letters(t), func(l letter) bool {
		return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(l.subject, w) })
	})
}

// blind has sources, each on a server of its own, that were not reached since some
// hours of business time.
func (c *chain) blind(t *testing.T, sources ...string) {
	t.Helper()
	among := slices.DeleteFunc(slices.Clone(c.e.plan.Sources), func(s media.Source) bool { return !slices.Contains(sources, s.ID) })
	if err := c.e.store.Sync(t.Context(), among, nil); err != nil {
		t.Fatal(err)
	}
	leases, err := c.e.store.Claim(t.Context(), "test", len(sources), time.Minute)
	if err != nil || len(leases) != len(sources) {
		t.Fatal(leases, err)
	}
	at := c.e.business()
	for _, lease := range leases {
		i := slices.IndexFunc(among, func(s media.Source) bool { return strings.Contains(s.URL, "//"+lease.Host+"/") })
		for _, before := range []time.Duration{3 * time.Hour, time.Hour} {
			v := crawler.Visit{ID: among[i].ID + before.String(), Source: among[i].ID, At: at.Add(-before), Outcome: media.Unreachable}
			if _, err := c.e.store.PutVisits(t.Context(), lease, []crawler.Visit{v}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// inhibited: an alert of a miss that is older than its source's blindness is held back by
// Alertmanager; that the station's announced schedule is not seen holds nothing back.
func (c *chain) inhibited(t *testing.T) {
	t.Helper()
	var body []map[string]any
	for _, owner := range []string{"mau/bao", "mau/dai-ptth"} {
		body = append(body, map[string]any{"labels": map[string]string{"alertname": "LoaMissed", "audience": "officer", "owner": owner, "period": "2023-W08"},
			"annotations": map[string]string{"summary": "[Đề nghị rà soát] " + owner}})
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(c.day.base+"/api/v2/alerts", "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	until(t, "the station's miss is told", func() bool { return len(c.day.with(t, "[Đề nghị rà soát] mau/dai-ptth")) == 1 })
	held := 0
	for _, a := range c.alerts(t, c.day) {
		if a.Labels["alertname"] == "LoaMissed" && a.Labels["owner"] == "mau/bao" && a.Status.State == "suppressed" && len(a.Status.InhibitedBy) > 0 {
			held++
		}
	}
	if got := c.day.with(t, "[Đề nghị rà soát] mau/bao"); held != 1 || len(got) > 0 {
		t.Errorf("the newspaper's miss, which cannot be seen: held back %d, told %v", held, got)
	}
}

// log takes in both channels' logs of days of March 2023, the last ones included.
func (c *chain) log(at string, from, to int, rows ...[]string) {
	c.t.Helper()
	span := []string{"--at", at, "--from", fmt.Sprintf("2023-03-%02d", from), "--to", fmt.Sprintf("2023-03-%02d", to), "--channel"}
	radio := fmt.Sprintf("Ngày;Giờ;Chương trình;Thời lượng;Phát mới/Phát lại\n%d/3/2023;5h30;Bản tin sáng;15';PM\n", from)
	c.ok(append([]string{"import", "airings", c.file("tv.csv", csvLog(append(rows, news(fmt.Sprintf("%02d/03/2023", from)))...))}, append(span, "mau-tv")...)...)
	c.ok(append([]string{"import", "airings", c.file("fm.csv", []byte(radio))}, append(span, "mau-fm")...)...)
}

// TestChain: from a week without a broadcast to the mail that tells of it, once, through
// the real programs, to the station once it is released; and none at night, for an exempt week, or for what cannot be seen.
func TestChain(t *testing.T) {
	c := newChain(t, "2023-03-06T09:00")
	if c == nil {
		return
	}
	early := []string{"[Cảnh báo sớm] Đài PT-TH tỉnh", "tuần 10 (06/3–12/3/2023)"}
	c.step(t, "2023-03-06T09:00")
	if got := c.day.with(t, early...); len(got) > 0 {
		t.Errorf("on Monday there is time: %+v", got)
	}

	c.log("2023-03-10T08:00", 6, 9) // nothing was aired from Monday to Thursday
	c.step(t, "2023-03-10T08:00")
	until(t, "the warning arrives", func() bool { return len(c.day.with(t, early...)) > 0 })
	got := c.day.with(t, early...)
	if len(got) != 1 {
		t.Fatalf("%d warnings, want one: %+v", len(got), c.day.letters(t))
	}
	for _, want := range []string{"mới ghi nhận 0/01 của chỉ tiêu «", "Đến 08h00 ngày 10/03/2023", "hạn cuối còn kịp", "(điểm c khoản 1 mục III", "Xem và xử lý: " + c.e.address + "/tien-do/B-D1/dai-ptth/2023-W10", "— Chép để gửi Zalo —"} {
		if !strings.Contains(got[0].text, want) {
			t.Errorf("the warning does not say %q:\n%s", want, got[0].text)
		}
	}
	if got[0].subject != "[Cảnh báo sớm] Đài PT-TH tỉnh: tuần 10 (06/3–12/3/2023) mới ghi nhận 0/01 lần." || got[0].to != "chuyen-vien@tinh.example" {
		t.Errorf("%+v", got[0])
	}

	if !slices.ContainsFunc(c.alerts(t, c.night), func(a alert) bool { return a.Labels["alertname"] == "LoaEarlyWarning" }) {
		t.Error("by night it is not known of at all")
	}

	station := func() []letter {
		return slices.DeleteFunc(c.day.letters(t), func(l letter) bool { return l.to != "bientap@daimau.example" })
	}
	if got := station(); len(got) > 0 {
		t.Errorf("the station is told of what nobody has released: %+v", got)
	}
	c.ok("notify", "release", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--by", "Chuyên viên", "--at", "2023-03-10T08:30")
	c.step(t, "2023-03-10T09:00")
	until(t, "the station is told", func() bool { return len(station()) > 0 })

	c.log("2023-03-12T08:00", 10, 11, reform("11/03/2023")) // it came on Saturday
	c.step(t, "2023-03-12T09:00")
	until(t, "its end arrives", func() bool { return len(c.day.with(t, early...)) > 1 })
	got = c.day.with(t, early...)
	if len(got) != 2 || !strings.HasPrefix(got[1].subject, "[Hết cảnh báo] ") || !strings.Contains(got[1].text, "Không còn cảnh báo") {
		t.Errorf("a warning and its end: %+v", got)
	}

	paper := c.file("12-UBND.pdf", []byte("%PDF-1.4 công văn"))
	c.ok("decide", "exempt", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W11", "--by", "Chuyên viên", "--reason", "sửa máy phát",
		"--document", "12/UBND-KGVX", "--issuer", "UBND tỉnh Mẫu", "--issued", "2023-03-10", "--file", paper, "--at", "2023-03-13T08:00")
	c.log("2023-03-17T08:00", 13, 16)
	c.step(t, "2023-03-17T08:00")
	if got := c.query(t, `loa:quota_state{quota="B-D1",state="exempt",period="current"} == 1`); len(got) != 1 {
		t.Fatalf("the week is not exempt: %v", got)
	}

	c.set(t, "2023-03-24T08:00")
	c.blind(t, "mau/dai-lich", "mau/bao-cchc") // nobody knows what the station does in week 12
	c.step(t, "2023-03-24T08:00")
	if got := c.query(t, `loa:quota_state{quota="B-D1",state="open",period="current"} == 1`); len(got) != 1 {
		t.Fatalf("the week is not open: %v", got)
	}
	until(t, "the operator is told of both sources", func() bool {
		return len(c.day.with(t, "[Sự cố nguồn]", "lịch phát sóng truyền hình")) == 1 && len(c.day.with(t, "[Sự cố nguồn]", "Báo Mẫu")) == 1
	})
	for _, week := range []string{"tuần 11", "tuần 12"} {
		if got := c.day.with(t, "[Cảnh báo sớm]", week); len(got) > 0 {
			t.Errorf("exempt or unseen, and told: %+v", got)
		}
	}
	c.inhibited(t)
	if got := station(); len(got) != 2 || !strings.HasPrefix(got[0].subject, "[Nhắc việc] Đài PT-TH tỉnh, tuần 10") || !strings.HasPrefix(got[1].subject, "[Hết cảnh báo] [Nhắc việc]") {
		t.Errorf("the station is told once of what was released, and of its end: %+v", got)
	}
	if got := slices.Concat(c.day.with(t, "lưu giữ"), c.day.with(t, "Chốt số liệu")); len(got) > 0 {
		t.Errorf("what loa tells of itself is told twice: %+v", got)
	}
	if got := c.night.letters(t); len(got) > 0 {
		t.Errorf("told at night: %+v", got)
	}
}
