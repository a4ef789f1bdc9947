package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"loa/media"
)

// edit changes a file of this installation's plans, which must hold the words.
func (d desk) edit(name, old, with string) {
	d.t.Helper()
	path := filepath.Join(d.plans, name)
	text, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		d.t.Fatalf("%s does not hold %q", name, old)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, with)), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// onlySource leaves one source in the plan.
func (d desk) onlySource(id string) {
	d.t.Helper()
	path := filepath.Join(d.plans, "mau", "sources.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	entry := regexp.MustCompile(`(?m)^  - id: ` + id + `\n(    .*\n)+`).FindString(string(text))
	if entry == "" {
		d.t.Fatalf("no source %s", id)
	}
	if err := os.WriteFile(path, []byte("sources:\n"+entry), 0o644); err != nil {
		d.t.Fatal(err)
	}
	year := filepath.Join(d.plans, "mau", "2023.yaml")
	plan, err := os.ReadFile(year)
	if err != nil {
		d.t.Fatal(err)
	}
	// The quotas name streams that are gone; all streams of the owner count then.
	if err := os.WriteFile(year, regexp.MustCompile(`(?m)^    streams: .*\n`).ReplaceAll(plan, nil), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// TestTrySource: a source of the plan is read by its rule in force; what was
// stored of its pages stands beside what the kept bytes, the page of now and
// readability say. A rule that catches the wrong element is seen before it is
// used; used all the same, it is told of the source after some pages, and their
// items wait for a person on the listing's words, until the rule is mended.
func TestTrySource(t *testing.T) {
	t.Parallel()
	const early, late, later = "2023-02-06T10:00", "2023-03-06T10:00", "2023-03-28T10:00"
	d := newDesk(t)
	d.onlySource("bao-chinh-tri")
	flags := sites(t, early)
	try := func(at string, says ...string) {
		t.Helper()
		out, errOut, code := d.run(append([]string{"try", "mau/bao-chinh-tri", "--pages", "1", "--at", at}, flags...)...)
		if code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, errOut)
		}
		d.has(out, says...)
		if w := english.FindString(strings.ReplaceAll(out, "http", "")); w != "" {
			t.Errorf("speaks English (%s): %s", w, out)
		}
	}
	try(early, "Nguồn: mau/bao-chinh-tri — ", "Quy tắc đang dùng:\n", "chưa thu thập lần nào", "Chưa có trang bài nào được lưu", "Trang bài: http://baomau.example/11/")
	d.ok(append([]string{"crawl", "--at", early}, flags...)...)
	try(early, "Tình trạng: đọc được", "đã lưu 06/02/2023: ", "bản lưu đọc lại theo quy tắc này: như trên", "giống 100%", "Quy tắc và readability đọc giống nhau")

	// The rule is changed for the worse from a day on.
	d.edit("mau/sources.yaml", "    rule: {key: baoyenbai", "    rules: [{from: 2023-02-20, rule: {key: baoyenbai, headline: .newstitle, body: .sapo}}]\n    rule: {key: baoyenbai")
	d.ok("check")
	try(early, "Quy tắc đang dùng:\n")
	flags = sites(t, late)
	try(late, "Quy tắc đang dùng (rules thứ 1 từ 20/02/2023)", "(không thấy)", "khác nhau nhiều", "xem lại rule")
	health := func(at string) media.Health {
		t.Helper()
		d.ok(append([]string{"crawl", "--at", at}, flags...)...)
		h, err := d.store().Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h["mau/bao-chinh-tri"]
	}
	if h := health(late); h.Outcome != media.LayoutChanged || h.BlindSince.IsZero() || !strings.HasPrefix(h.Detail, "article pages: ") {
		t.Fatalf("a wrong rule: %+v", h)
	}
	try(late, "Tình trạng: trang đổi giao diện từ ")

	// Mended, the next pages clear it.
	d.edit("mau/sources.yaml", "body: .sapo}}]", "sapo: .sapo, body: .newscontent, page_date: .newsdate, section: .breadcrumb a.cat, byline: .author}}]")
	flags = sites(t, later)
	if h := health(later); h.Outcome != media.OK || !h.BlindSince.IsZero() {
		t.Errorf("a mended rule: %+v", h)
	}
}

// TestCheckDatedRule: what the readers of pages refuse in a dated rule is told
// with its line, like the single rule's.
func TestCheckDatedRule(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.onlySource("bao-chinh-tri")
	d.edit("mau/sources.yaml", "    rule: {key: baoyenbai", "    rules:\n      - {to: 2023-03-01, rule: {key: baoyenbai}}\n      - from: 2023-03-01\n        rule:\n          body: \"div[\"\n    rule: {key: baoyenbai")
	d.refused(1, []string{"mau/sources.yaml:12: ", "«mau/bao-chinh-tri»", "body: "}, "check")
}
