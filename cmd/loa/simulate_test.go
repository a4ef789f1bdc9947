package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSimulate plays the first weeks of the year through the shipped rules and the
// real promtool; that the judge finds faults is bench/year's test. The whole year is loa simulate's, kept in docs/SIMULATION.md.
func TestSimulate(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Error("promtool is missing: deploy/test-deps.sh installs it")
		}
		return
	}
	dir := t.TempDir()
	out, errOut, code := loa(t, "", "simulate", "--weeks", "9", "-o", dir)
	if code != 0 || !strings.Contains(out, "B-D1") || !strings.Contains(out, "Dữ liệu mẫu") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	text, err := os.ReadFile(filepath.Join(dir, "year.yaml"))
	if err != nil || !strings.Contains(string(text), "loa_quota_warn_seconds_left") {
		t.Errorf("no input of promtool is kept: %v", err)
	}
}
