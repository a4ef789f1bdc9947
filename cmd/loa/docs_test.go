package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsNameWhatIsThere: every test, make target and page of the documentation that a page of the documentation names exists.
func TestDocsNameWhatIsThere(t *testing.T) {
	root := filepath.Join("..", "..")
	tests := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	docs := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && (d.Name() == ".git" || d.Name() == "dist") {
				return filepath.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(p, "_test.go"):
			for _, m := range function.FindAllStringSubmatch(string(text), -1) {
				tests[m[1]] = true
			}
		case strings.HasSuffix(p, ".md"):
			docs[p] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	test := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w+)`")
	target := regexp.MustCompile("`make ([a-z][a-z-]+)`")
	page := regexp.MustCompile(`docs/[A-Za-z0-9/_-]+\.md`)
	named := 0
	for file, text := range docs {
		for _, m := range test.FindAllStringSubmatch(text, -1) {
			if named++; !tests[m[1]] {
				t.Errorf("%s names the test %s, which is not there", file, m[1])
			}
		}
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			if named++; !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
				t.Errorf("%s names make %s, which is not there", file, m[1])
			}
		}
		for _, m := range page.FindAllString(text, -1) {
			if named++; strings.Contains(m, "NNNN") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, m)); err != nil {
				t.Errorf("%s names %s, which is not there", file, m)
			}
		}
	}
	if named < 50 {
		t.Errorf("only %d names were found", named)
	}
}
