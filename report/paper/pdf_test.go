package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// printed is what pdftotext reads in a document, page by page.
func printed(t *testing.T, d Document) (pages []string, raw []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := d.PDF(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages = strings.Split(string(out), "\f")
	return pages[:len(pages)-1], b.Bytes()
}

func TestPDF(t *testing.T) {
	long := strings.Repeat("Thực hiện Kế hoạch của Ủy ban nhân dân tỉnh về thông tin, tuyên truyền cải cách hành chính. ", 60)
	rows := [][]Cell{{{Text(12, true, Center, "TT")}, {Text(12, true, Center, "Nội dung")}}}
	for range 30 {
		rows = append(rows, []Cell{{Text(12, false, Left, "1")}, {Text(12, false, Left, long[:400])}})
	}
	rows = append(rows, []Cell{{Text(12, false, Left, "2")}, {Text(12, false, Left, "đầu "+long+long+" cuối")}})
	d := sample()
	d.Sections = append(d.Sections, Section{Name: "Dài", Blocks: []Block{Paragraph{Runs: []Run{{Text: long}, {Text: strings.Repeat("không-có-chỗ-ngắt", 40)}}, Align: Both, FirstLine: 12.7}}},
		Section{Name: "Biểu 01", Sideways: true, Blocks: []Block{Table{Widths: []float64{15, 237}, Lines: true, Head: 1, Rows: rows}}})
	pages, raw := printed(t, d)
	all := strings.Join(pages, "\f")
	for _, want := range []string{"CỘNG HÒA", "Kính gửi: A < B & «C»", "hai dòng", "I. KẾT QUẢ", "đầu Thực hiện", "cuối"} {
		if !strings.Contains(all, want) {
			t.Errorf("no «%s»", want)
		}
	}
	if strings.Contains(all, "\u202e") || strings.Contains(all, "\ufffd") {
		t.Error("marks that nobody sees")
	}
	// the first page of each section bears no number; the second bears 2
	first, second, heads := 0, 0, 0
	for _, p := range pages {
		top := strings.TrimSpace(strings.SplitN(strings.TrimLeft(p, "\n"), "\n", 2)[0])
		switch {
		case top == "1":
			t.Errorf("a first page bears its number:\n%.200s", p)
		case top == "2":
			second++
		case !regexp.MustCompile(`^\d+$`).MatchString(top):
			first++
		}
		if strings.Contains(p, "TT ") && strings.Contains(p, "Nội dung") {
			heads++
		}
		if !strings.Contains(p, "mã a1") {
			t.Errorf("a page without its foot:\n%.200s", p)
		}
	}
	if first != len(d.Sections) || second != 2 || heads < len(pages)-6 {
		t.Errorf("%d first pages of %d sections, %d second ones, heads on %d of %d", first, len(d.Sections), second, heads, len(pages))
	}
	again := bytes.Buffer{}
	if err := d.PDF(&again); err != nil || !bytes.Equal(raw, again.Bytes()) {
		t.Error("the same document gives other bytes")
	}
	if len(raw) > 1<<20/4 {
		t.Errorf("%d bytes: letters that it does not use are within", len(raw))
	}
	for _, want := range []string{"/Outlines", "/Lang", "/FontFile2", "/URI (https://example.vn/?a=1&b=2)"} {
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	if bytes.Contains(raw, []byte("javascript")) {
		t.Error("a link that is no address")
	}
}

// TestLetters: the embedded font has every letter of Vietnamese, and what stands for those it has not.
func TestLetters(t *testing.T) {
	const all = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz0123456789«»–—“”‘’…₫≥≤×□•"
	for _, f := range faces {
		for _, r := range all + strings.ToUpper(all) {
			if _, ok := f.advance(r); !ok {
				t.Errorf("font %q lacks %q", f.style, r)
			}
		}
	}
}

// TestOneRule: the line below a paragraph of several lines stands below the last, as long as a share of the widest.
func TestOneRule(t *testing.T) {
	p := Paragraph{Runs: []Run{{Text: "SỞ THÔNG TIN\nVÀ TRUYỀN THÔNG"}}, Align: Center, Rule: 0.4}
	for _, width := range []float64{60, 25} { // each as it is broken, and broken further
		all := p.lines(width)
		widest := 0.0
		for i, l := range all {
			widest = max(widest, l.width)
			if last := i+1 == len(all); (l.rule() > 0) != last {
				t.Errorf("%.0f mm: line %d of %d has a rule: %t", width, i+1, len(all), l.rule() > 0)
			}
		}
		if got := all[len(all)-1].widest; got != widest {
			t.Errorf("%.0f mm: the rule goes by %.1f, the widest line is %.1f", width, got, widest)
		}
	}
}
