package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"loa/schedule"
)

// orientingQuota is the duty that a letter of orientation is evidence for.
const orientingQuota = `  - id: B-C1
    title: Chỉ đạo các cơ quan báo chí phối hợp tuyên truyền
    class: PROC
    kind: attested
    owner: {agency: so-tttt}
    cadence: quarter
    place: điểm b khoản 1 mục III
    clauses:
      - {line: 60, text: "định hướng các cơ quan báo chí"}
    wanted: {value: 1, basis: reference}
    letters: orient
    basis_note: mức tham chiếu của tỉnh mẫu
`

var draftID = regexp.MustCompile(`bản nháp ([0-9a-f]{8})`)

// TestDraftsAndLetters: a newspaper's suggestion is its own until it shares it;
// the letter made with it is a draft, and evidence once it has its number.
func TestDraftsAndLetters(t *testing.T) {
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc", "so-tu-phap", "so-cong-thuong")
	d.refused(2, []string{"letters: orient"}, "letters", "orient", "-o", "x.docx", "--at", at)
	plan := filepath.Join(d.plans, "mau", "2023.yaml")
	raw, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan, []byte(strings.Replace(string(raw), "  - id: B-A1\n", orientingQuota+"  - id: B-A1\n", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	file := func(name string) string { return filepath.Join(out, name) }
	made := func(args ...string) string {
		t.Helper()
		m := draftID.FindStringSubmatch(d.ok(args...))
		if m == nil {
			t.Fatalf("%v tells no draft", args)
		}
		return m[1]
	}
	read := func(name string) string {
		t.Helper()
		raw, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	d.ok("suggest", "brief", "--for", "bao", "--at", at, "-o", file("brief.html"))
	if page := read("brief.html"); !strings.Contains(page, "Liên hệ các đơn vị") || !strings.Contains(page, "Sở Tư pháp") {
		t.Errorf("brief: %.400s", page)
	}
	id := made("suggest", "save", "--for", "bao", "--at", at, "--by", "Thư ký tòa soạn")
	list := func(as string) string { return d.ok("suggest", "list", "--as", as, "--at", at) }
	if !strings.Contains(list("bao"), id) || strings.Contains(list("so-tttt"), id) || strings.Contains(list("dai-ptth"), id) {
		t.Errorf("before sharing: %s%s%s", list("bao"), list("so-tttt"), list("dai-ptth"))
	}
	d.refused(2, []string{"không có bản nháp"}, "suggest", "open", id, "--as", "so-tttt", "--at", at)
	d.refused(2, []string{"không có bản nháp"}, "suggest", "share", id, "--as", "dai-ptth", "--at", at)
	d.refused(2, []string{"không có bản nháp"}, "letters", "orient", "--from", id, "-o", file("l.docx"), "--at", at)
	if _, err := os.Stat(file("l.docx")); err == nil {
		t.Error("a refused letter was written")
	}
	d.ok("suggest", "share", id, "--as", "bao", "--at", at)
	if !strings.Contains(list("so-tttt"), "đã chia sẻ") || strings.Contains(list("dai-ptth"), id) {
		t.Errorf("after sharing: %s%s", list("so-tttt"), list("dai-ptth"))
	}
	if text := d.ok("suggest", "open", id, "--as", "so-tttt", "--at", at); !strings.Contains(text, "Chọn ") || !strings.Contains(text, "A-6.1\t2023-") {
		t.Errorf("opened: %s", text)
	}
	d.refused(2, []string{"không phải của cơ quan này"}, "suggest", "share", id, "--as", "so-tttt", "--at", at)

	letter := made("letters", "orient", "--from", id, "-o", file("l.docx"), "--at", at, "--by", "Chuyên viên")
	if !strings.HasPrefix(read("l.docx"), "PK") {
		t.Error("no package")
	}
	d.ok("letters", "export", letter, "--as", "so-tttt", "-o", file("l.html"), "--at", at)
	if page := read("l.html"); !strings.Contains(page, "có thể khai thác") || !strings.Contains(page, "chưa có số") || !strings.Contains(page, "- Báo Mẫu") {
		t.Errorf("letter: %.600s", page)
	}
	d.refused(2, []string{".docx"}, "letters", "export", letter, "--as", "so-tttt", "-o", file("l.pdf"), "--at", at)
	d.refused(2, []string{"không phải dự thảo công văn"}, "letters", "export", id, "--as", "so-tttt", "-o", file("m.html"), "--at", at)
	if strings.Contains(list("bao"), letter) {
		t.Error("the newspaper sees the department's draft")
	}
	if s := d.standing("2023-03-22T09:00", "B-C1", "so-tttt", "2023-Q1"); s.State == schedule.Met {
		t.Error("a draft is evidence")
	}
	issued := []string{"letters", "issued", letter, "--number", "12/STTTT-TTBC", "--date", "2023-03-21", "--by", "Văn thư"}
	d.refused(2, []string{"ở sau thời điểm quyết định"}, append(issued, "--at", at)...)
	d.refused(2, []string{"đứng trước ngày lập dự thảo"}, "letters", "issued", letter, "--number", "12", "--date", "2023-03-01", "--at", "2023-03-22")
	signed := d.file("signed.pdf", []byte("%PDF-1.4 công văn"))
	for range 2 {
		d.ok(append(issued, "--file", signed, "--at", "2023-03-22T08:00")...)
	}
	s := d.standing("2023-03-22T09:00", "B-C1", "so-tttt", "2023-Q1")
	if s.State != schedule.Met {
		t.Errorf("%s %+v", s.State, s.Reasons)
	}
	if all := d.ok("decide", "list", "--at", "2023-03-22T09:00"); strings.Count(all, "12/STTTT-TTBC") != 1 {
		t.Errorf("decisions: %s", all)
	}
	d.refused(2, []string{"đã ban hành"}, "letters", "issued", letter, "--number", "13/STTTT", "--date", "2023-03-21", "--at", "2023-03-22T08:00")
	if !strings.Contains(list("so-tttt"), "đã ban hành: số 12/STTTT-TTBC ngày 21/3/2023") {
		t.Errorf("list: %s", list("so-tttt"))
	}
}
