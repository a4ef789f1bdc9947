package plans

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "rewrite the expected messages beside testdata/bad-*.yaml")

// province gives the good province with files of it replaced.
func province(t testing.TB, replaced map[string]string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, at := range map[string]string{
		"agencies": "thu/agencies.yaml", "sources": "thu/sources.yaml", "2023": "thu/2023.yaml", "2024": "thu/2024.yaml", "holidays-2023": "holidays/2023.yaml",
	} {
		text, ok := replaced[name]
		if !ok {
			raw, err := os.ReadFile(filepath.Join("testdata", "good", name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
		}
		fsys[at] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// told is every problem of the province's two plans, one a line; what both
// tell of their common files once.
func told(fsys fs.FS) string {
	_, _, problems := Load(fsys, "thu/2023")
	_, _, later := Load(fsys, "thu/2024")
	_, more := Holidays(fsys)
	for _, p := range append(later, more...) {
		if !slices.Contains(problems, p) {
			problems = append(problems, p)
		}
	}
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

func TestGoodProvinceHasNoMistake(t *testing.T) {
	if got := told(province(t, nil)); got != "" {
		t.Errorf("told:\n%s", got)
	}
}

// TestBad goes through testdata/bad-<file>-<trait>.yaml: one mistake each, and
// beside it in .want what must be told, and nothing else.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "bad-"), ".yaml")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			which, _, _ := strings.Cut(name, "-")
			if which == "holidays" {
				which = "holidays-2023"
			}
			got := told(province(t, map[string]string{which: string(raw)}))
			want := strings.TrimSuffix(file, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			expected, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(expected) {
				t.Errorf("told:\n%swant:\n%s", got, expected)
			}
			if strings.Count(got, "\n") != 1 {
				t.Errorf("one mistake, told as:\n%s", got)
			}
		})
	}
}

// TestReadmeNamesEveryKey: whatever key the reader takes is in README.md.
func TestReadmeNamesEveryKey(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	form, found := regexp.MustCompile(`\b(?:must|may)\("([a-z_]+)"`), 0
	for _, file := range sources {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range form.FindAllStringSubmatch(string(code), -1) {
			found++
			if !regexp.MustCompile(`\b` + m[1] + `\b`).Match(readme) {
				t.Errorf("%s reads %q, of which README.md says nothing", file, m[1])
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d keys found", found)
	}
}
