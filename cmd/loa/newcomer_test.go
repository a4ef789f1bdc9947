package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallest writes the smallest province of plans/README.md, word for word.
func smallest(t *testing.T) desk {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "plans", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	d := desk{t, t.TempDir(), t.TempDir()}
	blocks := regexp.MustCompile("(?s)```yaml\n# ([a-z0-9]+\\.yaml)\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d files in the example, want 3", len(blocks))
	}
	for _, b := range blocks {
		path := filepath.Join(d.plans, "suoi-bac", b[1])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// TestYourOwnProvince follows README «Your own province» with the example of
// plans/README.md: check, crawl, standing, report, import.
func TestYourOwnProvince(t *testing.T) {
	d := smallest(t)
	out, errOut, code := d.run("check")
	if code != 0 || !strings.Contains(out, "suoi-bac/2023: 3 cơ quan, 2 nguồn") || strings.Contains(errOut, "lưu ý") {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	d.refused(2, []string{"không có kế hoạch nào có hiệu lực", "suoi-bac/2023", "--at"}, "crawl", "--at", "2031-01-01")
	if out := d.ok(append([]string{"crawl", "--at", tryAt}, sites(t, tryAt)...)...); !strings.Contains(out, "2 lượt đọc nguồn (đọc được 2)") {
		t.Errorf("crawl: %s", out)
	}
	d.ok("import", "airings", d.file("tv.csv", []byte("Kênh,Chương trình,Ngày,Giờ,Thời lượng\nTruyền hình Suối Bắc,Chung tay cải cách hành chính,10/03/2023,20:05,00:16:00\n")),
		"--at", tryAt, "--channel", "sbtv", "--from", "2023-03-06", "--to", "2023-03-12", "--sender", "Đài")
	out = d.ok("standing", "--at", tryAt)
	for _, want := range []string{`TH-1 .*2023-W10 +1/1 +đạt`, `TH-1 .*2023-W09 +0/1 +chưa đủ dữ liệu`, `BAO-1 .*2023-03 +1/1 +đạt`, `SO-1 .*2023-02 .*(đạt|thấp hơn) mức tham chiếu`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	html := d.ok("report", "--at", tryAt, "--period", "2023-03")
	if !strings.Contains(html, "10/KH-UBND") || !strings.Contains(html, "</html>") {
		t.Errorf("report: %.200s", html)
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(d.ok("report", "--at", tryAt, "--period", "2023-W10", "--format", "json")), &report); err != nil {
		t.Error(err)
	}
	d.refused(2, []string{"2023-W60", "2023-Q1"}, "report", "--at", tryAt, "--period", "2023-W60")
	// What cannot ever be counted is noticed before a month is lost.
	path := filepath.Join(d.plans, "suoi-bac", "sources.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "    column: cchc\n", "", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errOut, code := d.run("check"); code != 0 || !strings.Contains(errOut, "không nguồn nào ghi column: cchc") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

// TestServeStops starts the program, asks the desk, and stops it: exit code 0
// and soon.
func TestServeStops(t *testing.T) {
	d := smallest(t)
	args := append([]string{"serve", "--plans", d.plans, "--data", d.data, "--at", tryAt, "--listen", "127.0.0.1:0"}, sites(t, tryAt)...)
	cmd := exec.Command(binary(t), args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	m := regexp.MustCompile(`http://\S+/`).FindString(first)
	if err != nil || m == "" {
		t.Fatalf("%v: %q", err, first)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	for path, want := range map[string]string{"": "10/KH-UBND", "nguon": "Sở Nội vụ – RSS", "metrics": "loa_build_info"} {
		resp, err := client.Get(m + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("/%s: %d, %v, no %q", path, resp.StatusCode, err, want)
		}
	}
	client.CloseIdleConnections()
	asked := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || time.Since(asked) > 5*time.Second {
		t.Errorf("stopped with %v after %s: %s", err, time.Since(asked), rest)
	}
}

// TestHelpIsVietnamese: every verb has --help, exits 0, and shows no English
// frame and no type of Go.
func TestHelpIsVietnamese(t *testing.T) {
	out, _, _ := loa(t, "", "--help")
	verbs := regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z-]+)?) {2,}\S`).FindAllStringSubmatch(out, -1)
	if len(verbs) < 15 {
		t.Fatalf("%d verbs: %s", len(verbs), out)
	}
	for _, group := range []string{"import", "decide", "review"} {
		verbs = append(verbs, []string{"", group})
	}
	frame := regexp.MustCompile(`Usage:|Flags:|Arguments:|Commands:|Show context|Run "|=(STRING|MOMENT|SPAN|INT|DURATION)\b|did you mean`)
	for _, v := range verbs {
		out, errOut, code := loa(t, "", append(strings.Fields(v[1]), "--help")...)
		if code != 0 || !strings.Contains(out, "Cách dùng: loa "+v[1]) || !strings.Contains(out, "Tùy chọn:") {
			t.Errorf("%s: exit %d: %s%s", v[1], code, out, errOut)
		}
		if w := frame.FindString(out); w != "" {
			t.Errorf("%s: %q in %s", v[1], w, out)
		}
		for line := range strings.Lines(out) {
			if n := len([]rune(line)); n > 110 {
				t.Errorf("%s: a line of %d: %s", v[1], n, line)
			}
		}
	}
}

// TestUsageMistakes are told in Vietnamese with exit code 2.
func TestUsageMistakes(t *testing.T) {
	for args, says := range map[string]string{
		"dance":                  "không hiểu «dance»",
		"standing --jso":         `không có tùy chọn --jso; có phải "--json"?`,
		"report":                 "thiếu tùy chọn bắt buộc: --period",
		"try":                    "thiếu tham số",
		"import":                 "thiếu lệnh: cần một trong",
		"decide":                 "thiếu lệnh: cần một trong",
		"review decide x maybe":  "cần một trong",
		"crawl --spacing x":      "«x» không phải khoảng thời gian",
		"crawl --workers x":      "«x» không phải số nguyên",
		"crawl --resolve x":      "«x» cần dạng",
		"check --plans /khong":   "không có tệp hoặc thư mục «/khong»",
		"standing --at":          "thiếu giá trị",
		"standing --at hôm_qua":  "không phải thời điểm",
		"standing --ahead lâu":   "không phải khoảng thời gian",
		"import airings /khong":  "không có tệp",
		"report --period 2023-5": "không phải một kỳ",
	} {
		t.Run(args, func(t *testing.T) {
			out, errOut, code := loa(t, "", strings.Fields(args)...)
			if code != 2 || !strings.Contains(errOut, says) || !strings.HasPrefix(errOut, "loa: ") {
				t.Errorf("exit %d, want 2 saying %q: %s%s", code, says, out, errOut)
			}
			if fmt.Sprint(out) != "" {
				t.Errorf("stdout of a mistake: %s", out)
			}
		})
	}
}
