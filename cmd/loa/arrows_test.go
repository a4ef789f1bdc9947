package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says which rooms each room may import (docs/ARCHITECTURE.md). A room
// that is not listed may not exist. cmd/loa wires and may import everything.
var arrows = map[string][]string{
	"viet":                nil,
	"viet/mask":           {"viet"},
	"media":               {"viet"},
	"schedule/calendar":   {"viet"},
	"schedule":            {"viet", "media", "schedule/calendar"},
	"schedule/propose":    {"viet", "media", "schedule", "schedule/calendar"},
	"schedule/sampling":   {"media"},
	"crawler/fetch":       {"viet", "media"},
	"crawler/extract":     {"viet", "media", "crawler/fetch"},
	"crawler/classify":    {"viet", "media"},
	"crawler/copies":      {"viet", "media", "crawler/classify"},
	"crawler":             {"viet", "media", "crawler/fetch", "crawler/extract", "crawler/classify"},
	"plans":               {"viet", "media", "schedule", "schedule/calendar", "schedule/propose"},
	"monitor":             {"viet", "media", "schedule", "schedule/calendar"},
	"metrics":             {"viet", "media", "schedule", "schedule/calendar"},
	"report":              {"viet", "viet/mask", "media", "schedule", "schedule/calendar", "report/paper"},
	"report/agenda":       {"viet", "media", "schedule", "schedule/calendar", "report"},
	"report/collect":      {"viet", "media", "schedule", "schedule/calendar"},
	"report/paper":        {"viet"},
	"report/letters":      {"viet", "media", "schedule", "schedule/calendar", "schedule/propose", "report", "report/paper"},
	"report/pack":         {"viet", "media", "schedule", "schedule/calendar", "report"},
	"notify":              {"viet", "media", "schedule", "schedule/calendar"},
	"notify/deliver":      {"media", "notify", "web/access"},
	"web":                 {"viet", "viet/mask", "media", "schedule", "schedule/calendar", "report", "web/access", "web/trail"},
	"web/access":          nil,
	"web/api":             {"viet", "viet/mask", "media", "schedule", "schedule/calendar", "report", "web/access"},
	"web/trail":           {"viet"},
	"store":               {"viet", "viet/mask", "media", "schedule", "schedule/calendar", "schedule/sampling", "crawler", "monitor", "report", "web", "web/access", "web/api", "web/trail", "metrics", "notify", "store/keep"},
	"store/keep":          {"viet", "media", "crawler"},
	"store/storetest":     {"store"},
	"sample":              {"viet", "media", "schedule", "schedule/calendar", "plans"},
	"deploy/gen":          {"viet", "media"},
	"deploy/prometheus":   nil,
	"bench/origin":        nil,
	"bench/year":          {"media", "schedule", "schedule/calendar", "metrics"},
	"bench/nation":        {"media"},
	"bench/rate":          {"viet", "media", "schedule/calendar", "monitor", "plans", "crawler", "crawler/fetch", "crawler/extract", "crawler/classify", "crawler/copies", "store", "store/keep", "store/storetest"},
	"bench/hostile":       nil,
	"bench/hostile/serve": {"bench/hostile"},
}

// imports reads every non-test Go file below root and returns room → rooms it
// imports, with the file that does so. It parses the files itself: a test that
// asks the go command would be cached past a violation.
func imports(t *testing.T, root string) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); p != root && (strings.HasPrefix(n, ".") || n == "testdata" || n == "docs") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		room := filepath.ToSlash(rel)
		if out[room] == nil {
			out[room] = map[string]string{}
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, im := range f.Imports {
			name, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return err
			}
			if rest, ok := strings.CutPrefix(name, "loa/"); ok {
				out[room][rest] = p
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImportArrows(t *testing.T) {
	got := imports(t, filepath.Join("..", ".."))
	if len(got) < 10 {
		t.Fatalf("only %d rooms found: the walk is broken", len(got))
	}
	for room, ims := range got {
		if room == "cmd/loa" {
			continue
		}
		allowed, known := arrows[room]
		if !known {
			t.Errorf("room %s is not in the house: give it a row here and in docs/ARCHITECTURE.md", room)
			continue
		}
		for im, file := range ims {
			if !slices.Contains(allowed, im) {
				t.Errorf("%s imports loa/%s: no such arrow (%s)", room, im, file)
			}
		}
	}
}

func TestLongestImportChain(t *testing.T) {
	got := imports(t, filepath.Join("..", ".."))
	memo := map[string]int{}
	var depth func(room string, trail []string) int
	depth = func(room string, trail []string) int {
		if slices.Contains(trail, room) {
			t.Fatalf("import cycle: %v", append(trail, room))
		}
		if d, ok := memo[room]; ok {
			return d
		}
		best := 0
		for im := range got[room] {
			best = max(best, 1+depth(im, append(trail, room)))
		}
		memo[room] = best
		return best
	}
	if d := depth("cmd/loa", nil); d > 6 {
		t.Errorf("longest import chain has %d arrows, at most 6 wanted", d)
	}
}

// TestOnlyTheCorpusMaySkip: a skipped test is a test that nobody ran. Only the
// documents that are not ours to publish may be absent (LOA_CORPUS).
func TestOnlyTheCorpusMaySkip(t *testing.T) {
	skip := regexp.MustCompile(`\.(Skip|Skipf|SkipNow)\(`)
	seen := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "_test.go") {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		seen++
		for i, line := range strings.Split(string(text), "\n") {
			if skip.MatchString(line) && !strings.Contains(line, "LOA_CORPUS") {
				t.Errorf("%s:%d skips: %s", p, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil || seen < 20 {
		t.Fatalf("%d test files read: %v", seen, err)
	}
}

// TestTopLevelFolders keeps the house from growing rooms nobody asked for.
func TestTopLevelFolders(t *testing.T) {
	want := []string{"bench", "cmd", "crawler", "deploy", "docs", "media", "metrics", "monitor", "notify", "plans", "report", "sample", "schedule", "store", "viet", "web"}
	dirs, err := filepath.Glob(path.Join("..", "..", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if name := filepath.Base(d); !strings.Contains(name, ".") && !slices.Contains(want, name) && !slices.Contains([]string{"Makefile", "LICENSE", "loa", "bin"}, name) {
			t.Errorf("top-level %s: each folder must earn its place", name)
		}
	}
}
