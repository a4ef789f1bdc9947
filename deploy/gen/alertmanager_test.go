package gen

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/timeinterval"
	"go.yaml.in/yaml/v4"

	"loa/plans"
)

func off(t *testing.T) map[string]string {
	t.Helper()
	cal, problems := plans.Holidays(os.DirFS("../../plans"))
	if len(problems) > 0 || len(cal.Off) == 0 {
		t.Fatalf("holidays: %v", problems)
	}
	return cal.Off
}

// full is a Post with everything set.
func full(t *testing.T) Post {
	p := Shipped(off(t))
	p.Owners = map[string]string{"mau/dai-ptth": "bientap@dai.example", "mau/bao": "toasoan@bao.example"}
	p.Telegram, p.TokenFile = -100123, "/etc/prometheus/loa-telegram"
	p.Webhook, p.WebhookToken, p.Watchdog = "https://nhan.example/loa", "/etc/prometheus/loa-webhook", "https://canh.example/ping"
	return p
}

func made(t *testing.T, p Post) []byte {
	t.Helper()
	files, err := Alertmanager(p)
	if err != nil {
		t.Fatal(err)
	}
	return files[0].Body
}

// TestAlertmanagerIsGenerated: the committed files are what is made of the
// holidays, and so is one with every part.
func TestAlertmanagerIsGenerated(t *testing.T) {
	files, err := Alertmanager(Shipped(off(t)))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i].Path = filepath.Join("..", f.Path)
	}
	for _, f := range append(files, File{"testdata/alertmanager-full.yml", made(t, full(t))}) {
		if *update {
			if err := os.WriteFile(f.Path, f.Body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(got, f.Body) {
			t.Errorf("%s is not what is generated (loa gen alertmanager): %v", f.Path, err)
		}
	}
	if _, err := Alertmanager(Post{Off: map[string]string{"Tết": "x"}}); err == nil {
		t.Error("a day off that is no day passes")
	}
}

// amtool is where the real one is; in CI it has to be there, and "" says that it is not.
func amtool(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("amtool")
	if err != nil && os.Getenv("CI") == "true" {
		t.Error("amtool is missing: deploy/test-deps.sh installs it")
	}
	return path
}

func tool(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), amtool(t), args...).CombinedOutput()
	return string(out), err
}

// installed puts a configuration and its templates into a folder. Debian's Alertmanager
// is 0.25, which cannot read a bot's token from a file: 0.26 can.
func installed(t *testing.T, p Post) string {
	t.Helper()
	dir := t.TempDir()
	files, err := Alertmanager(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := filepath.Join(dir, strings.TrimPrefix(f.Path, "alertmanager/"))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, bytes.ReplaceAll(f.Body, []byte("bot_token_file:"), []byte("bot_token:")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "alertmanager.yml")
}

// TestRoutes: the real amtool takes the configuration, and says who is told of what.
func TestRoutes(t *testing.T) {
	if amtool(t) == "" {
		return
	}
	shipped, all := installed(t, Shipped(off(t))), installed(t, full(t))
	for _, file := range []string{shipped, all} {
		if out, err := tool(t, "check-config", file); err != nil || !strings.Contains(out, "1 templates") {
			t.Errorf("check-config: %v\n%s", err, out)
		}
	}
	for _, c := range []struct{ file, labels, want string }{
		{shipped, "alertname=LoaMissed audience=officer owner=mau/dai-ptth", "chuyen-vien"},
		{shipped, "alertname=LoaMissedReleased audience=owner owner=mau/dai-ptth", "chuyen-vien"},
		{shipped, "alertname=LoaMissedWaiting audience=head owner=mau/dai-ptth", "phong"},
		{shipped, "alertname=LoaSourceBlind audience=operator owner=mau/bao", "van-hanh"},
		{shipped, "alertname=LoaWatchdog audience=operator", "canh-chung"},
		{all, "alertname=LoaRetention audience=officer owner=mau/dai-ptth", "loa-gui"},
		{all, "alertname=LoaReportDue audience=officer", "loa-gui"},
		{shipped, "alertname=LoaSiteHijacked audience=security owner=mau/bao", "an-toan"},
		{shipped, "alertname=LoaSiteDown audience=security owner=mau/bao", "truc,an-toan"},
		{all, "alertname=LoaMissed audience=officer owner=mau/dai-ptth", "chuyen-vien"},
		{all, "alertname=LoaMissedReleased audience=owner owner=mau/dai-ptth", "don-vi-mau-dai-ptth"},
		{all, "alertname=LoaEarlyReleased audience=owner owner=mau/khac", "chuyen-vien"},
		{all, "alertname=LoaSiteDown audience=security owner=mau/bao", "truc,an-toan-mau-bao"},
	} {
		args := append([]string{"config", "routes", "test", "--config.file=" + c.file, "--verify.receivers=" + c.want}, strings.Fields(c.labels)...)
		if out, err := tool(t, args...); err != nil {
			t.Errorf("%s: want %s\n%s", c.labels, c.want, out)
		}
	}
}

// config is what the tests read of Alertmanager's configuration.
type config struct {
	Route     route
	Receivers []map[string]any
	Intervals []struct {
		Name      string
		Intervals []timeinterval.TimeInterval `yaml:"-"`
		Raw       []any                       `yaml:"time_intervals"`
	} `yaml:"time_intervals"`
}

type route struct {
	Matchers []string
	Receiver string
	Muted    []string `yaml:"mute_time_intervals"`
	Routes   []route
}

func read(t *testing.T, body []byte) config {
	t.Helper()
	var c config
	if err := yaml.Unmarshal(body, &c); err != nil {
		t.Fatal(err)
	}
	for i := range c.Intervals {
		text, err := json.Marshal(c.Intervals[i].Raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &c.Intervals[i].Intervals); err != nil {
			t.Fatalf("%s: %v", c.Intervals[i].Name, err)
		}
	}
	return c
}

// TestMuted: nights, Tết and holidays are silent by Alertmanager's own reckoning,
// by clocks in Vietnam, whatever the machine's zone is.
func TestMuted(t *testing.T) {
	c := read(t, made(t, full(t)))
	at := func(name string, moment time.Time) bool {
		for _, iv := range c.Intervals {
			if iv.Name != name {
				continue
			}
			for _, in := range iv.Intervals {
				if in.ContainsTime(moment.UTC()) {
					return true
				}
			}
			return false
		}
		t.Fatalf("no interval %s", name)
		return false
	}
	zone := time.FixedZone("ICT", 7*3600)
	for text, want := range map[string]string{
		"2023-03-08 21:59": "", "2023-03-08 22:00": "dem", "2023-03-08 22:15": "dem", "2023-03-08 23:59": "dem", "2023-03-09 00:00": "dem",
		"2023-03-09 06:29": "dem", "2023-03-09 06:30": "", "2023-03-09 06:31": "", "2023-03-10 15:00": "",
		"2023-01-19 10:00": "", "2023-01-20 10:00": "nghi-le", "2023-01-22 10:00": "nghi-le", "2023-01-26 21:59": "nghi-le", "2023-01-27 10:00": "",
		"2023-04-30 10:00": "nghi-le", "2023-05-03 10:00": "nghi-le", "2023-05-04 10:00": "", "2023-09-02 12:00": "nghi-le", "2022-09-02 12:00": "",
	} {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, name := range []string{"dem", "nghi-le"} {
			if at(name, moment) {
				got = name
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for key := range off(t) {
		if day, err := time.ParseInLocation(time.DateOnly, key, zone); err != nil || !at("nghi-le", day.Add(time.Hour)) || !at("nghi-le", day.Add(23*time.Hour)) {
			t.Errorf("%s is told on: %v", key, err)
		}
	}
	if at("gio-hanh-chinh", time.Date(2023, 3, 11, 10, 0, 0, 0, zone)) || !at("gio-hanh-chinh", time.Date(2023, 3, 10, 10, 0, 0, 0, zone)) {
		t.Error("office hours are Monday to Friday")
	}
}

// TestNeverAtNight: whoever is a person, save on duty, is let sleep; what is private goes
// to mailboxes alone.
func TestNeverAtNight(t *testing.T) {
	for _, p := range []Post{Shipped(off(t)), full(t)} {
		c := read(t, made(t, p))
		var walk func(r route)
		walk = func(r route) {
			awake := r.Receiver == "truc" || r.Receiver == "canh-chung" || r.Receiver == "loa-gui"
			if muted := strings.Join(r.Muted, " ") == "dem nghi-le"; muted == awake {
				t.Errorf("%v to %s: muted %t", r.Matchers, r.Receiver, muted)
			}
			for _, sub := range r.Routes {
				walk(sub)
			}
		}
		for _, r := range c.Route.Routes {
			walk(r)
		}
		for _, r := range c.Receivers {
			name := r["name"].(string)
			if len(r) > 1 && name == "loa-gui" {
				t.Errorf("what loa tells of itself is told twice: %v", r)
			}
			if private := strings.HasPrefix(name, "an-toan") || name == "truc"; private && (r["telegram_configs"] != nil || r["webhook_configs"] != nil) {
				t.Errorf("%s is not private: %v", name, r)
			}
		}
	}
}

// TestSecretsAreFiles: no secret can stand in the file.
func TestSecretsAreFiles(t *testing.T) {
	for line := range strings.Lines(string(made(t, full(t)))) {
		for _, word := range []string{"password", "token", "credentials", "secret"} {
			if key, _, _ := strings.Cut(strings.TrimSpace(line), ": "); strings.Contains(line, word) && !strings.HasPrefix(key, "#") && !strings.Contains(line, "_file: ") {
				t.Errorf("a secret in plain: %s", line)
			}
		}
	}
}

// rendered is what one template makes of a notification.
func rendered(t *testing.T, name string, data any) string {
	t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "data.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := tool(t, "template", "render", "--template.glob=../alertmanager/templates/*.tmpl", "--template.text={{ template \""+name+"\" . }}", "--template.data="+file)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSuffix(out, "\n")
}

// TestNotices: what is sent, rendered by Alertmanager's own templates.
func TestNotices(t *testing.T) {
	if amtool(t) == "" {
		return
	}
	alert := func(status, summary string) map[string]any {
		return map[string]any{"status": status, "annotations": map[string]string{"summary": summary, "description": "Đài PT-TH tỉnh: 0/01.",
			"page": "https://loa.example/tien-do", "runbook_url": "docs/RUNBOOK.md#loamissed"}}
	}
	data := func(status, audience string, alerts ...map[string]any) map[string]any {
		return map[string]any{"status": status, "alerts": alerts, "commonLabels": map[string]string{"audience": audience}}
	}
	one := data("firing", "officer", alert("firing", "[Đề nghị rà soát] Tuần 10: 0/01."))
	if got := rendered(t, "loa.subject", one); got != "[Đề nghị rà soát] Tuần 10: 0/01." {
		t.Errorf("subject %q", got)
	}
	want := "[Đề nghị rà soát] Tuần 10: 0/01.\n\nĐài PT-TH tỉnh: 0/01.\n\nXem và xử lý: https://loa.example/tien-do\nSổ tay: docs/RUNBOOK.md#loamissed\n\n" +
		"— Chép để gửi Zalo —\n[Đề nghị rà soát] Tuần 10: 0/01.\nhttps://loa.example/tien-do\n"
	if got := rendered(t, "loa.text", one); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("text %q", got)
	}
	if got := rendered(t, "loa.text", data("firing", "security", alert("firing", "x"))); strings.Contains(got, "Zalo") {
		t.Errorf("what is private can be copied: %s", got)
	}
	gone := data("resolved", "officer", alert("resolved", "[Đề nghị rà soát] Tuần 10: 0/01."))
	if got := rendered(t, "loa.subject", gone); got != "[Hết cảnh báo] [Đề nghị rà soát] Tuần 10: 0/01." {
		t.Errorf("subject %q", got)
	}
	if got := rendered(t, "loa.text", gone); !strings.HasPrefix(got, "Không còn cảnh báo (đã đủ, đã hết kỳ,") || strings.Contains(got, "Xem và xử lý") {
		t.Errorf("text %q", got)
	}
	var many []map[string]any
	for range 40 {
		many = append(many, alert("firing", "[Cảnh báo sớm] "+strings.Repeat("ươ", 60)))
	}
	lots := data("firing", "officer", many...)
	if got := []rune(rendered(t, "loa.zalo", lots)); len(got) != 600 || got[599] != '…' {
		t.Errorf("Zalo: %d characters", len(got))
	}
	if got := []rune(rendered(t, "loa.telegram", lots)); len(got) != 4000 || got[3999] != '…' {
		t.Errorf("Telegram: %d characters", len(got))
	}
	if got := rendered(t, "loa.subject", lots); !strings.HasSuffix(got, "(tất cả 40 việc)") {
		t.Errorf("subject %q", got)
	}
}
