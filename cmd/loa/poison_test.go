//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"loa/media"
)

// defective builds the program with two mistakes: its reader panics on one page, its classifier on one text.
func defective(t *testing.T, page, title string) string {
	t.Helper()
	return overlaid(t, "defective", map[string]string{
		"crawler/extract/article.go": edited(t, "crawler/extract/article.go", "func Page(text string, src media.Source, pageURL string) (Article, error) {\n",
			fmt.Sprintf("\tif pageURL == %q {\n\t\tvar parts []string\n\t\t_ = parts[len(text)]\n\t}\n", page)),
		"crawler/classify/classify.go": edited(t, "crawler/classify/classify.go", "func (c *Classifier) Judge(r media.Revision) media.Verdict {\n",
			fmt.Sprintf("\tif r.Title == %q {\n\t\tvar seen map[string]int\n\t\tseen[r.Title]++\n\t}\n", title)),
	})
}

// twoPages are two pages that an undisturbed node read, of one host: id, address, title.
func twoPages(t *testing.T, db string) (out [2][3]string) {
	t.Helper()
	n := 0
	read(t, db, `SELECT i.id || ' ' || i.url, i.title FROM item i JOIN revision r ON r.id = i.revision WHERE r.from_kind = 'page' AND i.url LIKE 'http://baomau.example/%'
		AND (SELECT COUNT(*) FROM item o WHERE o.title = i.title) = 1 ORDER BY i.id LIMIT 2`, func(head, title string) {
		id, url, _ := strings.Cut(head, " ")
		out[n] = [3]string{id, url, title}
		n++
	})
	if n < 2 {
		t.Fatalf("%d pages were read", n)
	}
	return out
}

// without are lines that speak of none of the items, nor of the quarantine.
func without(lines []string, items ...string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
		return strings.HasPrefix(l, "event quarantine.") || slices.ContainsFunc(items, func(id string) bool { return strings.Contains(l, id) })
	})
}

// TestPoisonedDocument: a node whose reader and classifier have a mistake each meets a page and a text that bring it out. They go to
// quarantine with their bytes, all the rest is read, also of that host, by the same process; the desk and the command line tell. A
// version without the mistakes reads both once they are let go, and what is left is what an undisturbed node leaves.
func TestPoisonedDocument(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	want := undisturbed(t, bin, plans)
	pages := twoPages(t, filepath.Join(want.dir, "loa.db"))
	unread, unjudged := pages[0], pages[1]
	bad := defective(t, unread[1], unjudged[2])
	w := watchSample(t, crawlTime(), 0)
	db := filepath.Join(t.TempDir(), "loa.db")
	o := opens(t, bad, plans, db, w, 1)
	pid := o.nodes[0].cmd.Process.Pid
	flags := []string{"--plans", plans, "--data", o.data, "--db", db}
	quarantined := func() (out []quarantineLine) {
		text, errOut, code := loa(t, "", append([]string{"evidence", "quarantine", "list", "--json"}, flags...)...)
		if code != 0 {
			t.Fatal(errOut)
		}
		for line := range strings.Lines(text) {
			var q quarantineLine
			if err := json.Unmarshal([]byte(line), &q); err != nil {
				t.Fatal(err)
			}
			out = append(out, q)
		}
		return out
	}
	others := without(want.rows, unread[0], unjudged[0])
	waitFor(t, "all but the poisoned", func() bool {
		return slices.Equal(others, without(judgedBy(t, db), unread[0], unjudged[0])) || gone(pid)
	})
	waitFor(t, "both in quarantine", func() bool { return len(quarantined()) >= 2 || gone(pid) })
	if gone(pid) {
		t.Fatalf("the node ended: %s", o.nodes[0].out)
	}
	kept := keptFiles(t, o.data)
	compare(t, "kept bodies, the poisoned page among them", want.kept, kept)
	for _, q := range quarantined() {
		is := map[string][3]string{media.StageRead: unread, media.StageJudge: unjudged}[q.Stage]
		if q.Item != is[0] || q.URL != is[1] || !slices.Contains(kept, q.Kept+".warc.gz") || q.Program != "defective" || !q.Open {
			t.Errorf("%+v, want %v", q, is)
		}
		if strings.Contains(q.Words+q.Frames, is[2]) {
			t.Errorf("a panic's own words are noted: %s %s", q.Words, q.Frames)
		}
	}
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(o.nodes[0].out.String())
	page := (&serving{base: base}).get(t, "/nguon/cach-ly")
	for _, is := range pages {
		if !strings.Contains(page, is[1]) {
			t.Errorf("the desk does not tell of %s", is[1])
		}
	}
	o.stop()

	sound := opens(t, bin, plans, db, w, 1, "--data", o.data)
	for _, q := range quarantined() {
		if _, errOut, code := loa(t, "", append([]string{"evidence", "quarantine", "release", q.Key}, flags...)...); code != 0 {
			t.Error(errOut)
		}
	}
	all := without(want.rows)
	waitFor(t, "what was quarantined", func() bool { sound.again(); return slices.Equal(all, without(judgedBy(t, db))) })
	sound.stop()
	if left := quarantined(); len(left) != 0 {
		t.Errorf("still quarantined: %+v", left)
	}
	compare(t, "standings", want.stands, o.stands(db))
	compare(t, "kept bodies", want.kept, keptFiles(t, o.data))
	o.sound(db)
}
