package metrics

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every alert says to whom it goes, in Vietnamese with a number or a name, and its
// heading stands in the runbook.
func TestAlertsAreComplete(t *testing.T) {
	book, err := os.ReadFile("../docs/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^## (Loa\w+)$`).FindAllStringSubmatch(string(book), -1) {
		named = append(named, m[1])
	}
	audiences := map[string][]string{"officer": {"warning", "info"}, "head": {"warning"}, "owner": {"warning"}, "security": {"security"}, "operator": {"warning", "info", "critical", "none"}}
	for _, r := range rules(t) {
		if r.Alert == "" {
			continue
		}
		if !slices.Contains(audiences[r.Labels["audience"]], r.Labels["severity"]) {
			t.Errorf("%s: audience %q with severity %q", r.Alert, r.Labels["audience"], r.Labels["severity"])
		}
		for _, key := range []string{"summary", "description"} {
			if r.Annotations[key] == "" {
				t.Errorf("%s has no %s", r.Alert, key)
			}
		}
		if want := "docs/RUNBOOK.md#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
			t.Errorf("%s: runbook_url %q, want %q", r.Alert, r.Annotations["runbook_url"], want)
		}
		at := slices.Index(named, r.Alert)
		if at < 0 {
			t.Errorf("docs/RUNBOOK.md has no heading for %s", r.Alert)
			continue
		}
		named = slices.Delete(named, at, at+1)
	}
	if len(named) > 0 {
		t.Errorf("docs/RUNBOOK.md tells of %v, which is no alert", named)
	}
	for _, part := range regexp.MustCompile(`(?m)^## Loa`).Split(string(book), -1)[1:] {
		name, _, _ := strings.Cut(part, "\n")
		for _, want := range []string{"**Nghĩa:**", "**Kiểm tra:**", "**Làm gì:**", "**Liên quan:**"} {
			if !strings.Contains(part, want) {
				t.Errorf("Loa%s: no %s", name, want)
			}
		}
	}
}

// The real promtool takes the rules, and its tests of every alert pass.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Error("promtool is missing: deploy/test-deps.sh installs it")
		}
		return
	}
	files, _ := filepath.Glob("../deploy/prometheus/rules/*.yaml")
	if out, err := exec.CommandContext(t.Context(), promtool, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tests, _ := filepath.Glob("../deploy/prometheus/tests/*.yaml")
	if out, err := exec.CommandContext(t.Context(), promtool, append([]string{"test", "rules"}, tests...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	var all bytes.Buffer
	for _, file := range tests {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, r := range rules(t) { // tested to fire, and not to
		if r.Alert == "" {
			continue
		}
		asked := regexp.MustCompile(`alertname: `+r.Alert+`\n(?: +eval_time.*\n)?( +exp_alerts:(?: \[\])?\n)?`).FindAllString(all.String(), -1)
		fires := slices.ContainsFunc(asked, func(s string) bool { return strings.HasSuffix(s, "exp_alerts:\n") })
		silent := slices.ContainsFunc(asked, func(s string) bool { return !strings.HasSuffix(s, "exp_alerts:\n") })
		if !fires || !silent && r.Alert != "LoaWatchdog" {
			t.Errorf("%s: tested to fire %t, tested to be silent %t", r.Alert, fires, silent)
		}
	}
}
