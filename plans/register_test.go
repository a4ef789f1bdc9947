package plans

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"loa/schedule"
)

// stretch is a part of one line of the plan's text, in bytes.
type stretch struct{ line, from, to int }

// duty is the smallest part of the plan's text that must be accounted for: a
// bullet of the purposes and the funds, a clause of a bullet (cut at semicolons
// and sentence ends) of the contents, forms and tasks, or one item of an annex
// cell. It may run over a page break, and then has several stretches.
type duty struct {
	section string // "I.2", "II.1", … or "PL 3.2": row 3, column 2 of the annex
	at      []stretch
	text    string
}

func (d duty) String() string { return fmt.Sprintf("%s, line %d: %s", d.section, d.at[0].line, d.text) }

// headings of the parts that are walked, in order; "" ends the walk.
var headings = []struct{ prefix, section string }{
	{"1. Mục đích", "I.1"}, {"2. Yêu cầu", "I.2"},
	{"II. NỘI DUNG, HÌNH THỨC", "II"}, {"1. Nội dung tuyên truyền", "II.1"}, {"2. Hình thức tuyên truyền", "II.2"},
	{"III. TỔ CHỨC THỰC HIỆN", "III"}, {"1. Nhiệm vụ của các cơ quan", "III.1"}, {"2. Chế độ báo cáo", "III.2"},
	{"IV. KINH PHÍ", "IV"}, {"Nơi nhận", ""},
}

var (
	bulletForm = regexp.MustCompile(`^(- |\+ |[a-zđ]\) )`)
	rowForm    = regexp.MustCompile(`^[0-9]+\t`)
	tagForm    = regexp.MustCompile(`<[^>]*>`)
	clauseEnd  = regexp.MustCompile(`;\s|\.\s+\p{Lu}`)
	itemMark   = regexp.MustCompile(`(^|\s)[-+] `)
	unended    = regexp.MustCompile(`[.:)/]$`)
)

// walk lists every duty of the plan's text.
func walk(lines []string) []duty {
	var out []duty
	section, next := "", 0
	var open []stretch // the bullet being read
	flush := func() {
		if len(open) > 0 {
			out = append(out, cut(lines, section, open)...)
		}
		open = nil
	}
	for i, line := range lines {
		if next < len(headings) && strings.HasPrefix(line, headings[next].prefix) {
			flush()
			section = headings[next].section
			next++
			continue
		}
		if section == "" || strings.TrimSpace(line) == "" {
			continue
		}
		whole := stretch{i + 1, 0, len(line)}
		last := ""
		if len(open) > 0 {
			last = strings.TrimSpace(lines[open[len(open)-1].line-1])
		}
		if last == "" || bulletForm.MatchString(line) || unended.MatchString(last) {
			flush()
		}
		open = append(open, whole)
	}
	return append(out, annex(lines)...)
}

// cut parts a bullet at semicolons and sentence ends, where the plan puts
// several tasks or subjects in one bullet.
func cut(lines []string, section string, bullet []stretch) []duty {
	part := section != "I.1" && section != "I.2" && section != "IV"
	var out []duty
	var at []stretch
	end := func() {
		if text := plainText(lines, at); text != "" {
			out = append(out, duty{section, at, text})
		}
		at = nil
	}
	for _, s := range bullet {
		line := lines[s.line-1]
		from := 0
		for part {
			m := clauseEnd.FindStringIndex(line[from:])
			if m == nil {
				break
			}
			at = append(at, stretch{s.line, from, from + m[0] + 1})
			from += m[0] + 1
			end()
		}
		at = append(at, stretch{s.line, from, len(line)})
	}
	end()
	return out
}

// plainText is the text of some stretches without markup and bullet marks.
func plainText(lines []string, at []stretch) string {
	var parts []string
	for _, s := range at {
		parts = append(parts, tagForm.ReplaceAllString(lines[s.line-1][s.from:s.to], ""))
	}
	text := strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
	return strings.TrimSpace(strings.TrimLeft(text, "-+ "))
}

// annex lists the items of every cell of the annex: cells are parted by tabs,
// items by « - » or « + ». A row whose number is empty continues the one before
// it, cell by cell: rows 3 and 7 are broken by a page.
func annex(lines []string) []duty {
	var out []duty
	var row string
	cells := map[int][]duty{} // column → items of the row being read
	flush := func() {
		for col := 1; col <= 5; col++ {
			for _, d := range cells[col] {
				if d.text = plainText(lines, d.at); d.text != "" {
					out = append(out, d)
				}
			}
		}
		cells = map[int][]duty{}
	}
	for i, line := range lines {
		if !rowForm.MatchString(line) && (row == "" || !strings.HasPrefix(line, "\t")) {
			continue
		}
		if rowForm.MatchString(line) {
			flush()
			row, _, _ = strings.Cut(line, "\t")
		}
		from := 0
		for col, cell := range strings.Split(line, "\t") {
			if col > 0 {
				for n, s := range items(i+1, from, cell) {
					if held := cells[col]; n == 0 && len(held) > 0 { // what runs over the page
						held[len(held)-1].at = append(held[len(held)-1].at, s)
						continue
					}
					cells[col] = append(cells[col], duty{fmt.Sprintf("PL %s.%d", row, col), []stretch{s}, ""})
				}
			}
			from += len(cell) + 1
		}
	}
	flush()
	return out
}

// items parts one cell at its markers; the first part is what stands before
// the first marker, often nothing.
func items(line, from int, cell string) []stretch {
	var out []stretch
	start := 0
	for _, m := range itemMark.FindAllStringIndex(cell, -1) {
		out = append(out, stretch{line, from + start, from + m[0]})
		start = m[0]
	}
	return append(out, stretch{line, from + start, from + len(cell)})
}

// quotes lists what may account for a duty of a section: contents of II.1,
// forms of II.2, quotas of the tasks and the annex, and lines that are no duty
// anywhere. An owner, a form or a time of the annex is a field of some quota,
// which quotes it.
func quotes(p *schedule.Plan, section string) []schedule.Clause {
	var out []schedule.Clause
	for _, d := range p.NotDuties {
		out = append(out, d.Clause)
	}
	switch {
	case section == "II.1":
		for _, c := range p.Contents {
			out = append(out, c.Clause)
		}
	case section == "II.2":
		for _, f := range p.Forms {
			out = append(out, f.Clauses...)
		}
	case strings.HasPrefix(section, "III"), strings.HasPrefix(section, "PL"):
		for _, q := range p.Quotas {
			out = append(out, q.Clauses...)
		}
	}
	return out
}

// quoted reports whether the clause stands inside the duty.
func (d duty) quoted(lines []string, c schedule.Clause) bool {
	return slices.ContainsFunc(d.at, func(s stretch) bool {
		return s.line == c.Line && strings.Contains(lines[s.line-1][s.from:s.to], c.Text)
	})
}

// unaccounted lists the duties of the plan's text that nothing in the plan's data quotes.
func unaccounted(p *schedule.Plan, lines []string) []string {
	var out []string
	for _, d := range walk(lines) {
		if !slices.ContainsFunc(quotes(p, d.section), func(c schedule.Clause) bool { return d.quoted(lines, c) }) {
			out = append(out, d.String())
		}
	}
	return out
}

// misquoted lists the quotes that do not stand verbatim on their line.
func misquoted(p *schedule.Plan, lines []string) []string {
	var out []string
	check := func(of string, c schedule.Clause) {
		if c.Line > len(lines) || !strings.Contains(lines[c.Line-1], c.Text) {
			out = append(out, fmt.Sprintf("%s: line %d does not hold %q", of, c.Line, c.Text))
		}
	}
	for _, q := range p.Quotas {
		for _, c := range q.Clauses {
			check(q.ID, c)
		}
	}
	for _, f := range p.Forms {
		for _, c := range f.Clauses {
			check(f.ID, c)
		}
	}
	for _, c := range p.Contents {
		check("contents", c.Clause)
	}
	for _, d := range p.NotDuties {
		check("not_duties", d.Clause)
	}
	return out
}

// planText is the text of the plan, which is not committed.
func planText(t *testing.T) []string {
	t.Helper()
	corpus := os.Getenv("LOA_CORPUS")
	if corpus == "" {
		t.Skip("LOA_CORPUS is not set: the plan's text is not committed")
	}
	raw, err := os.ReadFile(filepath.Join(corpus, "plan-285-KH-UBND.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(raw), "\n")
}

// TestYenBaiClauses: each quoted text stands verbatim on its line of the plan.
func TestYenBaiClauses(t *testing.T) {
	lines := planText(t)
	p := yenBai(t)
	for _, m := range misquoted(p, lines) {
		t.Error(m)
	}
	p.Quotas[0].Clauses[0].Line++
	p.Forms[0].Clauses[0].Text += " nữa"
	if got := misquoted(p, lines); len(got) != 2 {
		t.Errorf("two quotes were spoiled, told: %v", got)
	}
}

// TestYenBaiIsAccountedFor: every bullet of I to IV and every item of the annex
// is a quota, a content, a form or a field of one, or is said to be no duty.
func TestYenBaiIsAccountedFor(t *testing.T) {
	lines := planText(t)
	for _, d := range unaccounted(yenBai(t), lines) {
		t.Error(d)
	}
	count := map[string]int{}
	for _, d := range walk(lines) {
		section, _, _ := strings.Cut(d.section, " ")
		count[section]++
	}
	// As counted by eye in the plan's text.
	want := map[string]int{"I.1": 5, "I.2": 3, "II.1": 23, "II.2": 12, "III.1": 25, "III.2": 1, "IV": 2, "PL": 55}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("walked %v, want %v", count, want)
	}
}

// without gives a list without the elements that match.
func without[T any](all []T, match func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), match)
}

// TestYenBaiWalkerTells breaks the plan's data, one part of each kind at a
// time: exactly the bullet that lost its answer is told.
func TestYenBaiWalkerTells(t *testing.T) {
	lines := planText(t)
	quota := func(id string) func(p *schedule.Plan) {
		return func(p *schedule.Plan) {
			p.Quotas = without(p.Quotas, func(q schedule.Quota) bool { return q.ID == id })
		}
	}
	clause := func(id, text string) func(p *schedule.Plan) {
		return func(p *schedule.Plan) {
			for i, q := range p.Quotas {
				if q.ID == id {
					p.Quotas[i].Clauses = without(q.Clauses, func(c schedule.Clause) bool { return strings.HasPrefix(c.Text, text) })
				}
			}
		}
	}
	content := func(line int, text string) func(p *schedule.Plan) {
		return func(p *schedule.Plan) {
			p.Contents = without(p.Contents, func(c schedule.Content) bool { return c.Line == line && strings.HasPrefix(c.Text, text) })
		}
	}
	form := func(id string) func(p *schedule.Plan) {
		return func(p *schedule.Plan) {
			p.Forms = without(p.Forms, func(f schedule.Form) bool { return f.ID == id })
		}
	}
	notDuty := func(line int) func(p *schedule.Plan) {
		return func(p *schedule.Plan) {
			p.NotDuties = without(p.NotDuties, func(d schedule.NotDuty) bool { return d.Line == line })
		}
	}
	for _, c := range []struct {
		what  string
		broke func(*schedule.Plan)
		want  string
	}{
		{"a duty of the body", quota("B-A5"), "III.1, line 81: Lồng ghép công tác tuyên truyền CCHC"},
		{"the second sentence of a bullet", quota("B-B2"), "III.1, line 87: Định kỳ tổng hợp báo cáo UBND tỉnh kết quả thực hiện."},
		{"after a semicolon, over a page", quota("B-A2"), "III.1, line 75: phổ biến, quán triệt"},
		{"the duty to report", quota("B-R1"), "III.2, line 107: Các cơ quan, đơn vị, địa phương tổng hợp"},
		{"an item of the annex", quota("A-1.3"), "PL 1.2, line 145: Bộ TTHC thuộc thẩm quyền giải quyết."},
		{"an item over a page", quota("A-3.2"), "PL 3.2, line 147: Cập nhật, đăng tải bộ TTHC các cấp mới ban hành."},
		{"an item after a page", func(p *schedule.Plan) { quota("A-3.3")(p); quota("A-3.3.cm")(p) }, "PL 3.2, line 149: Mở chuyên mục"},
		{"an owner in the body", clause("B-C1", "Sở Thông tin"), "III.1, line 93: c) Sở Thông tin và Truyền thông"},
		{"an owner in the annex", clause("A-4", "UBND cấp huyện"), "PL 4.4, line 150: UBND cấp huyện"},
		{"a time in the annex", clause("A-6.1", "Mỗi tháng"), "PL 6.3, line 152: Mỗi tháng: 02 chuyên mục"},
		{"a coordinating body", clause("A-6.1", "Các cơ quan"), "PL 6.5, line 152: Các cơ quan, đơn vị có liên quan"},
		{"a content", content(35, "Vai trò"), "II.1, line 35: Vai trò, trách nhiệm"},
		{"a content after a semicolon", content(47, "tổ chức họp"), "II.1, line 47: tổ chức họp, hội nghị bằng hình thức trực tuyến"},
		{"a form", form("F6"), "II.2, line 59: tuyên truyền trên zalo, facebook..."},
		{"a request", notDuty(25), "I.2, line 25: Tuyên truyền CCHC gắn với lộ trình"},
		{"the funds", notDuty(111), "IV, line 111: Kinh phí thực hiện"},
	} {
		p := yenBai(t)
		c.broke(p)
		got := unaccounted(p, lines)
		if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("%s: told %q, want %q", c.what, got, c.want)
		}
	}
	// What is more in the text is told too.
	more := slices.Clone(lines)
	more[54] += " Thêm một nội dung nữa."
	more[151] = strings.Replace(more[151], " - Tiếp nhận", " - Xuất bản phụ trương CCHC. - Tiếp nhận", 1)
	got := unaccounted(yenBai(t), more)
	if len(got) != 2 || !strings.HasSuffix(got[0], "Thêm một nội dung nữa.") || !strings.HasSuffix(got[1], "Xuất bản phụ trương CCHC.") {
		t.Errorf("the text grew by two, told: %q", got)
	}
}

// TestWalk: a made-up text of the plan's form, for where the plan is not at hand.
func TestWalk(t *testing.T) {
	lines := strings.Split(`KẾ HOẠCH
1. Mục đích
- Để làm gì; và làm gì nữa.
2. Yêu cầu
- Kịp thời.
II. NỘI DUNG, HÌNH THỨC TUYÊN TRUYỀN
1. Nội dung tuyên truyền
- Một; hai. Ba ở cuối trang mà

chưa hết.
2. Hình thức tuyên truyền
- Như: báo; đài...
III. TỔ CHỨC THỰC HIỆN
1. Nhiệm vụ của các cơ quan, đơn vị
a) Các sở; các huyện:
- Làm kế hoạch trước ngày này; phổ biến.
2. Chế độ báo cáo
Báo cáo... về sở.
IV. KINH PHÍ
Tiền; và tiền khác.
Nơi nhận:
- Như trên;
TT	Hình thức	Nội dung	Thời gian	Chủ trì	Phối hợp
1	Niêm yết tại: - Trụ sở. - Cổng	+ Một. + Hai	Cả năm	- Sở - Huyện	
2	Cổng	<ul> - Đăng bộ thủ tục mới	Cả năm	Cổng	Các cơ quan

		<p>ban hành.</p> - Mở chuyên mục.			
3	Báo	Đăng tin	Mỗi tháng	Báo	`, "\n")
	want := `I.1, line 3: Để làm gì; và làm gì nữa.
I.2, line 5: Kịp thời.
II.1, line 8: Một;
II.1, line 8: hai.
II.1, line 8: Ba ở cuối trang mà chưa hết.
II.2, line 12: Như: báo;
II.2, line 12: đài...
III.1, line 15: a) Các sở;
III.1, line 15: các huyện:
III.1, line 16: Làm kế hoạch trước ngày này;
III.1, line 16: phổ biến.
III.2, line 18: Báo cáo... về sở.
IV, line 20: Tiền; và tiền khác.
PL 1.1, line 24: Niêm yết tại:
PL 1.1, line 24: Trụ sở.
PL 1.1, line 24: Cổng
PL 1.2, line 24: Một.
PL 1.2, line 24: Hai
PL 1.3, line 24: Cả năm
PL 1.4, line 24: Sở
PL 1.4, line 24: Huyện
PL 2.1, line 25: Cổng
PL 2.2, line 25: Đăng bộ thủ tục mới ban hành.
PL 2.2, line 27: Mở chuyên mục.
PL 2.3, line 25: Cả năm
PL 2.4, line 25: Cổng
PL 2.5, line 25: Các cơ quan
PL 3.1, line 28: Báo
PL 3.2, line 28: Đăng tin
PL 3.3, line 28: Mỗi tháng
PL 3.4, line 28: Báo`
	var got []string
	for _, d := range walk(lines) {
		got = append(got, d.String())
	}
	if strings.Join(got, "\n") != want {
		t.Errorf("walked\n%s", strings.Join(got, "\n"))
	}
}
