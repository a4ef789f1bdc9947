package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPeerContract: a program finds what it is promised, and what it says it has is taken.
func TestPeerContract(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "peer")
	script := "#!/bin/sh\ntest \"$DATABASE_URL\" = db && test -d \"$PEER_DATA\" && grep -q '^http://127.0.0.1:1/f/0.rss$' \"$PEER_FEEDS\" || exit 3\necho \"case $PEER_CASE\" >> \"$PEER_DATA/cases\"\ntest \"$PEER_CASE\" = 1 || echo rows 40\n"
	if err := os.WriteFile(bin, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	w := &world{dir: dir}
	all, err := w.rivals(context.Background(), []string{"mine=" + bin})
	if err != nil || len(all) != 1 || all[0].bin != bin {
		t.Fatalf("%+v, %v", all, err)
	}
	r := &peerRun{db: "db", data: dir, list: filepath.Join(dir, "feeds.txt")}
	if err := os.WriteFile(r.list, []byte("http://127.0.0.1:1/f/0.rss\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for c, want := range [cases]int{40, -1, 40} {
		rows, used, err := all[0].run(context.Background(), all[0], r, c)
		if err != nil || rows != want || !used.Success() {
			t.Errorf("case %d: %d rows, %v", c, rows, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "cases")); err != nil || string(text) != "case 0\ncase 1\ncase 2\n" {
		t.Errorf("%q, %v", text, err)
	}
	r.db = "another"
	if _, _, err := all[0].run(context.Background(), all[0], r, 0); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a peer that fails: %v", err)
	}
	for _, bad := range []string{"mine", "=x", "mine=" + filepath.Join(dir, "none")} {
		if _, err := w.rivals(context.Background(), []string{bad}); err == nil {
			t.Errorf("-peer %s is taken", bad)
		}
	}
}

func TestTellPeers(t *testing.T) {
	run := func(d time.Duration, whole bool) (r [cases]result) {
		for c := range cases {
			r[c] = result{feeds: 100, took: 100 * d, cpu: 100 * d, server: 50 * d, peak: 30 << 20, whole: whole && c == unchanged}
		}
		return r
	}
	var b strings.Builder
	tellPeers(&b, []*contestant{{name: "loa", got: [][cases]result{run(time.Millisecond, false), run(2*time.Millisecond, false)}},
		{name: "mine", got: [][cases]result{run(4*time.Millisecond, true), run(4*time.Millisecond, true)}}})
	for _, want := range []string{"| mine | 250 (250 to 250) | 3.00 (2.00 to 4.00) | 4.00 (4.00 to 4.00) | 2.00 (2.00 to 2.00) |", "| mine (reads all again) | 250"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestGrowthNumbers(t *testing.T) {
	if got, err := sizes("100, 1000"); err != nil || len(got) != 2 || got[1] != 1000 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "100,100", "x", "0"} {
		if _, err := sizes(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if a, b := exponent(1, 100, 10, 100), exponent(3, 3, 10, 100); a != "2.00" || b != "0.00" {
		t.Errorf("%s, %s", a, b)
	}
}
