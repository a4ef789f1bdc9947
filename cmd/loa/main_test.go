package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/schedule"
)

// loa runs one command line in process and gives stdout, stderr and the exit code.
func loa(t *testing.T, stdin string, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	err := run(t.Context(), args, stdio{strings.NewReader(stdin), &o, &e})
	code = exitCode(err, &e)
	return o.String(), e.String(), code
}

// waitFor is until for what several processes do together.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	within(t, time.Minute, what, is)
}

func TestExitCodes(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"version", []string{"version"}, 0, ""},
		{"help", []string{"--help"}, 0, ""},
		{"help of a verb", []string{"standing", "--help"}, 0, ""},
		{"unknown verb", []string{"dance"}, 2, "dance"},
		{"unknown flag", []string{"check", "--nope"}, 2, "nope"},
		{"bad period", []string{"report", "--period", "2023-W60"}, 2, "period"},
		{"bad format", []string{"report", "--period", "2023-03", "--format", "doc"}, 2, "html"},
		{"bad time", []string{"standing", "--at", "hôm qua"}, 2, "hôm qua"},
		{"serve outside loopback", []string{"serve", "--at", "2023-03-01", "--data", data, "--listen", "0.0.0.0:0"}, 2, "127.0.0.1"},
		{"kept too shortly", []string{"serve", "--at", "2023-03-01", "--data", data, "--retain-list", "1d"}, 2, "quá ngắn"},
		{"storage without an endpoint", []string{"evidence", "verify", "--data", data, "--kept", "s3://kho"}, 1, "endpoint"},
		{"no plan holds today", []string{"serve", "--at", "2031-01-01", "--data", data}, 2, "2031"},
		{"missing plan", []string{"standing", "--plan", "khong-co/2023", "--data", data}, 1, "khong-co/2023"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, errOut, code := loa(t, "", c.args...)
			if code != c.code || !strings.Contains(errOut, c.says) {
				t.Errorf("exit %d, stderr %q; want exit %d naming %q", code, errOut, c.code, c.says)
			}
		})
	}
}

func TestClassifyKeepsItsShape(t *testing.T) {
	in := `{"id":"1","title":"Đẩy mạnh cải cách hành chính tại bộ phận một cửa","body":"","extra":true}
{"id":"2","title":"Mở thêm một cửa hàng bán quần áo","body":"Cửa hàng khai trương sáng nay."}
`
	out, errOut, code := loa(t, in, "classify")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines out of 2: %s", len(lines), out)
	}
	for i, want := range []bool{true, false} {
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"id", "reform", "score", "topics", "cues", "review"} {
			if _, ok := got[k]; !ok {
				t.Errorf("line %d has no %q: %s", i+1, k, lines[i])
			}
		}
		if len(got) != 6 || got["reform"] != want {
			t.Errorf("line %d: %s; want reform %t and exactly six keys", i+1, lines[i], want)
		}
	}
}

// TestStandingKeepsItsShape: one JSON line each with exactly the promised keys.
func TestStandingKeepsItsShape(t *testing.T) {
	out, errOut, code := loa(t, "", "standing", "--plans", samplePlans(t), "--data", t.TempDir(), "--at", "2023-02-15T12:00", "--ahead", "2w", "--json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	want := []string{"plan", "quota", "basis", "owner", "period", "start", "end", "state", "confirmed", "risk", "measures", "due_by_now", "last_save", "coverage", "reasons"}
	quotas := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		for _, k := range want {
			if _, ok := got[k]; !ok {
				t.Fatalf("no %q in %s", k, line)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("more keys than promised: %s", line)
		}
		var s schedule.Standing
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.State == schedule.Missed {
			t.Errorf("nothing was ever seen, yet %s %s %s is missed", s.Quota, s.Owner, s.Period)
		}
		if !slices.Contains(schedule.States(), s.State) || len(s.Reasons) == 0 {
			t.Errorf("state %q with reasons %v: %s", s.State, s.Reasons, line)
		}
		quotas[s.Quota] = true
	}
	for _, q := range []string{"B-D1", "A-6.1", "B-A1", "A-3.1", "A-4"} {
		if !quotas[q] {
			t.Errorf("no standing of %s", q)
		}
	}
}

func TestCheckTellsAllMistakesAtOnce(t *testing.T) {
	dir := samplePlans(t)
	sources := filepath.Join(dir, "mau", "sources.yaml")
	text, err := os.ReadFile(sources)
	if err != nil {
		t.Fatal(err)
	}
	bad := string(text) + `
  - id: sai-1
    agency: khong-co-co-quan-nay
    name: Nguồn sai
    kind: feed
    url: http://baomau.example/x.rss
  - id: sai-2
    agency: bao
    name: Nguồn sai
    kind: list
    url: http://baomau.example/y
    rule: {item: "div[["}
`
	if err := os.WriteFile(sources, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	_, errOut, code := loa(t, "", "check", "--plans", dir)
	if code != 1 || !strings.Contains(errOut, "khong-co-co-quan-nay") || !strings.Contains(errOut, "sai-2") {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	for _, line := range strings.Split(strings.TrimSpace(errOut), "\n") {
		if strings.HasPrefix(line, "mau/sources.yaml:") {
			return
		}
	}
	t.Errorf("no mistake has its file and line: %s", errOut)
}

func TestShippedPlansHaveNoMistake(t *testing.T) {
	out, errOut, code := loa(t, "", "check")
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
}

// Every denominator can be opened: who is in it, and of what day the list is.
func TestCheckPrintsTheDenominators(t *testing.T) {
	out, errOut, code := loa(t, "", "check", "yen-bai/2023", "--owners")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	for _, want := range []string{"01/01/2023", "B-D1 (tuần 1 (", "A-4 (tháng 01/2023): 29 cơ quan, đơn vị: ", "Sở Nội vụ", "Mù Cang Chải"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

func TestCancelledRunSaysSo(t *testing.T) {
	var e bytes.Buffer
	if code := exitCode(errors.Join(errors.New("crawl"), context.Canceled), &e); code != 1 || !strings.Contains(e.String(), "đã dừng") {
		t.Errorf("exit %d, %q", code, e.String())
	}
}
