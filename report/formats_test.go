package report

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"loa/media"
	"loa/schedule"
)

func inFormat(name string) Format {
	all := Formats()
	return all[slices.IndexFunc(all, func(f Format) bool { return f.Name == name })]
}

// structure is what a file says, without what a library stamps into it: text, rows and cells.
func structure(t *testing.T, f Format, raw string) string {
	t.Helper()
	switch f.Name {
	case "docx":
		return docxText(t, raw)
	case "pdf":
		return pdfText(t, raw)
	case "xlsx":
		var b strings.Builder
		for _, s := range sheets(t, raw) {
			fmt.Fprintf(&b, "[%s]\n", s.name)
			for _, row := range s.rows {
				b.WriteString(strings.TrimRight(strings.Join(row, " | "), " |") + "\n")
			}
		}
		return b.String()
	}
	return raw
}

// docxText is a line a paragraph, a line a row.
func docxText(t *testing.T, raw string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	dec, cell := xml.NewDecoder(r), 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "tc":
				cell++
			case "br":
				b.WriteString(" / ")
			case "pgSz":
				b.WriteString("---")
			}
		case xml.EndElement:
			switch x.Name.Local {
			case "tc":
				cell--
				b.WriteString(" | ")
			case "p":
				if cell == 0 {
					b.WriteString("\n")
				} else {
					b.WriteString(" ")
				}
			case "tr":
				b.WriteString("\n")
			}
		case xml.CharData:
			b.Write(x)
		}
	}
}

func pdfText(t *testing.T, raw string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

type sheetRows struct {
	name string
	rows [][]string
}

func sheets(t *testing.T, raw string) []sheetRows {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []sheetRows
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sheetRows{name, rows})
	}
	return out
}

// on gives a report for a paper.
func on(r Report, p Paper) Report {
	r.Paper = p
	return r
}

func TestGoldenPapers(t *testing.T) {
	for name, r := range map[string]Report{"march": Build(world()), "kinds": Build(rich())} {
		for _, f := range Formats() {
			for _, p := range Papers() {
				if (f.Name == "html" || f.Name == "json" || f.Name == "csv") && p.Name != Internal {
					continue // they have one
				}
				file := name + "." + f.Name
				if p.Name != Internal || f.Name == "docx" || f.Name == "pdf" || f.Name == "xlsx" {
					file = name + "-" + string(p.Name) + "." + f.Name + ".txt"
				}
				golden(t, file, []byte(structure(t, f, write(t, f, on(r, p.Name)))))
			}
		}
	}
}

// TestFormatsAgree reads the figures of every format back and holds them against JSON.
func TestFormatsAgree(t *testing.T) {
	r := on(Build(rich()), Internal)
	var j struct {
		Duties []struct {
			Quota string `json:"quota"`
			Kind  string `json:"kind"`
			Basis string `json:"basis"`
			Sum   int    `json:"pieces_to_date"`
			Tally map[string]int
			Rows  []struct {
				Shadow     bool `json:"shadow"`
				InProgress bool `json:"in_progress"`
				Credits    []any
				Measures   []any
			}
			Cadence string
		}
		Topics struct {
			Items  int
			Counts []struct {
				Items, Primary int
			}
		}
		Data map[string]any
	}
	if err := json.Unmarshal([]byte(write(t, inFormat("json"), r)), &j); err != nil {
		t.Fatal(err)
	}
	// what the tables of the paper have to say of each duty
	type line struct{ quota, pieces, sum string }
	var want []line
	for _, basis := range []string{"plan", "reference"} {
		for _, d := range j.Duties {
			if d.Basis != basis {
				continue
			}
			n := 0
			for _, row := range d.Rows {
				if !row.Shadow && (!row.InProgress || d.Cadence == "once") {
					n += len(row.Credits)
				}
			}
			said := func(n int) string {
				if n == 0 && (d.Kind == "exists" || d.Kind == "availability") {
					return "–" // held by looks, not by pieces
				}
				return fmt.Sprint(n)
			}
			want = append(want, line{d.Quota, said(n), said(d.Sum)})
		}
	}
	// the workbook
	book := map[string][][]string{}
	for _, s := range sheets(t, write(t, inFormat("xlsx"), r)) {
		book[s.name] = s.rows
	}
	var got []line
	for _, row := range book["Biểu 01"] {
		if len(row) > 6 && regexp.MustCompile(`^[A-Z]-`).MatchString(row[1]) {
			quota, _, _ := strings.Cut(row[1], ". ")
			got = append(got, line{quota, row[5], row[6]})
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("XLSX, Biểu 01:\n%v\nJSON:\n%v", got, want)
	}
	items := 0
	for i, row := range book["Biểu 05"][4:] {
		if i < len(j.Topics.Counts) {
			if row[2] != fmt.Sprint(j.Topics.Counts[i].Items) || row[3] != fmt.Sprint(j.Topics.Counts[i].Primary) {
				t.Errorf("XLSX, Biểu 05: %v, JSON %+v", row, j.Topics.Counts[i])
			}
			items++
		}
	}
	if items != len(j.Topics.Counts) || items == 0 {
		t.Errorf("%d topics of %d", items, len(j.Topics.Counts))
	}
	// the document and its print
	text := strings.Join(strings.Fields(docxText(t, write(t, inFormat("docx"), r))), " ")
	var doc []line
	row := regexp.MustCompile(`\d+ \| ([A-Z]-[A-Z0-9.]+)\. [^|]*\| [^|]*\| [^|]*\| [^|]*\| ([\d.]+|–) \| ([\d.]+|–) \|`)
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		doc = append(doc, line{m[1], m[2], m[3]})
	}
	if !slices.Equal(doc, want) {
		t.Errorf("DOCX, Biểu 01:\n%v\nJSON:\n%v", doc, want)
	}
	foot := regexp.MustCompile(`(?m)^\s*(Số liệu tính đến .*|\d+)$|\f`)
	printed := strings.Join(strings.Fields(foot.ReplaceAllString(pdfText(t, write(t, inFormat("pdf"), r)), "")), " ")
	figures := regexp.MustCompile(`^Theo dõi (\d+) nguồn, đọc được (\d+) nguồn ở lần truy cập gần nhất; (\d+) tin, bài có ngày đăng trong kỳ, trong đó (\d+) tin, bài về CCHC \(phân loại tự động (\d+), có người xác nhận (\d+)\)`)
	for name, text := range map[string]string{"docx": text, "pdf": printed} {
		m := figures.FindStringSubmatch(text[max(0, strings.Index(text, "Theo dõi ")):])
		if m == nil {
			t.Errorf("%s says nothing of the data", name)
			continue
		}
		for i, key := range []string{"sources", "reading", "items", "reform", "judged_by_machine", "judged_by_person"} {
			if got := strings.TrimLeft(m[i+1], "0"); got != strings.TrimLeft(fmt.Sprint(j.Data[key]), "0") {
				t.Errorf("%s: %s is %s, JSON %v", name, key, got, j.Data[key])
			}
		}
	}
	for _, l := range want {
		if !strings.Contains(printed, l.quota+".") {
			t.Errorf("PDF does not tell of %s", l.quota)
		}
	}
	// the table for programs: a line a measure of every row that is told
	lines := strings.Split(strings.TrimSpace(write(t, inFormat("csv"), r)), "\r\n")
	rows := 0
	for _, d := range j.Duties {
		for _, x := range d.Rows {
			if !x.Shadow {
				rows += max(1, len(x.Measures))
			}
		}
	}
	if len(lines)-1 != rows {
		t.Errorf("CSV has %d lines, JSON %d", len(lines)-1, rows)
	}
}

// TestHostile: titles made to harm are text in every format.
func TestHostile(t *testing.T) {
	for _, title := range []string{`=HYPERLINK("http://evil.example/","bấm")`, "+1+1", "@SUM(A1)", "</w:t></w:r><w:br/>]]>&amp;<script>alert(1)</script>", "mở \u202egnúđ \u2066nhầm\u2069 \u200b", strings.Repeat("rất dài ", 1300), "ký\x00tự\x1bđiều\x07khiển\ufffe\xff", strings.Repeat("không-ngắt", 1000), "a\u0302\u0301 rời"} {
		in := world()
		for i := range in.Evaluation.Evidence {
			in.Evaluation.Evidence[i].Title = title
		}
		for i := range in.Evaluation.Matching.Credits {
			in.Evaluation.Matching.Credits[i].Evidence.Title = title
			in.Evaluation.Matching.Credits[i].Evidence.URL = "javascript:alert(1)"
		}
		for i := range in.Evaluation.Matching.Rejections {
			in.Evaluation.Matching.Rejections[i].Evidence.Title = title
		}
		in.Notes = []Note{{Section: "tom-tat", Text: title}, {Section: "danh-gia", Text: title}}
		for _, f := range Formats() {
			for _, p := range Papers() {
				if p.Name != Internal && !slices.Contains([]string{"docx", "pdf", "xlsx"}, f.Name) || p.Name == Account {
					continue // they have one paper; the account is set as the others are
				}
				r := on(Build(in), p.Name)
				raw := write(t, f, r)
				text := structure(t, f, raw)
				if f.Name == "json" {
					if !json.Valid([]byte(raw)) {
						t.Errorf("%.20q: JSON is not valid", title)
					}
					continue
				}
				if strings.ContainsAny(text, "\u202e\u2066\u200b\x00\x1b\x07") {
					t.Errorf("%s, %s: %.20q keeps marks nobody sees", f.Name, p.Name, title)
				}
				if f.Name != "pdf" && !norm.NFC.IsNormalString(text) {
					t.Errorf("%s: %.20q is not whole letters", f.Name, title)
				}
				if f.Name == "html" && (strings.Contains(raw, "<script") || strings.Contains(raw, `href="javascript`)) {
					t.Errorf("html: %.20q is code", title)
				}
				if f.Name == "csv" || f.Name == "xlsx" {
					for _, cell := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '|' }) {
						if c := strings.TrimSpace(cell); f.Name == "xlsx" && strings.HasPrefix(c, "=") || strings.HasPrefix(c, "@") {
							t.Errorf("%s: a cell begins with %.20q", f.Name, c)
						}
					}
				}
			}
		}
	}
}

// TestReplyFirst: no paper that goes out calls a unit short before its right of reply has passed, nor then what nobody confirmed.
func TestReplyFirst(t *testing.T) {
	in := world()
	in.Period = month("2023-03")
	in.Plan.Letterheads = []schedule.Letterhead{{Agency: "mau/bao"}} // it owes an instalment
	soon, late := at("2023-04-03 08:00"), at("2023-04-20 08:00")
	for _, x := range []struct {
		now  time.Time
		held bool
	}{{soon, true}, {late, false}} {
		in.Now = x.now
		for _, p := range []Paper{Supply, Account} {
			out := on(Build(in), p).on(p)
			held := out.ByPlan.Held + out.Reference.Held
			if (held > 0) != x.held {
				t.Errorf("%s at %s: %d rows wait for a reply", p, x.now, held)
			}
			for _, d := range out.Duties {
				for _, row := range d.Rows {
					if row.State == schedule.Missed && !row.Confirmed && strings.Contains(rowWord(d, row), "chưa đạt") {
						t.Errorf("%s: %s %s is called a miss that nobody confirmed", p, d.Quota, row.Period)
					}
				}
			}
			text := docxText(t, write(t, inFormat("docx"), on(Build(in), p)))
			if strings.Contains(text, "trong thời hạn phản hồi") != x.held {
				t.Errorf("%s at %s: the paper says %t that replies may come", p, x.now, !x.held)
			}
			if strings.Contains(text, "chưa đạt") {
				t.Errorf("%s: «chưa đạt» with no miss confirmed", p)
			}
			for _, unit := range []string{"Sở A", "Sở C"} { // of a list, which nobody let out
				if strings.Contains(text, unit) {
					t.Errorf("%s at %s: %s is named", p, x.now, unit)
				}
			}
		}
	}
	in.Shown.Units = true
	text := docxText(t, write(t, inFormat("docx"), on(Build(in), Supply)))
	if !strings.Contains(text, "Sở A") {
		t.Error("a list that was let out is not there")
	}
}

// TestStaysInside: near misses and recommendations leave the house only where a person says so.
func TestStaysInside(t *testing.T) {
	in := rich()
	in.Now = at("2023-04-20 08:00")
	r := Build(in)
	if len(r.Near) == 0 || len(r.Recommendations) == 0 || len(r.Reposts) == 0 || len(r.Forms) == 0 {
		t.Fatalf("near %d, recommendations %d, reposts %d, forms %d", len(r.Near), len(r.Recommendations), len(r.Reposts), len(r.Forms))
	}
	inside := docxText(t, write(t, inFormat("docx"), on(r, Internal)))
	for _, s := range []string{"dưới 15 phút, các điều kiện khác đã đáp ứng", "Khuyến nghị", "Đăng lại giữa các cơ quan", "Tài liệu nội bộ"} {
		if !strings.Contains(inside, s) {
			t.Errorf("the internal paper does not say «%s»", s)
		}
	}
	outside := docxText(t, write(t, inFormat("docx"), on(r, Supply)))
	for _, s := range []string{"các điều kiện khác đã đáp ứng", "Khuyến nghị", "Đăng lại", "Tài liệu nội bộ", "đề nghị phối hợp"} {
		if strings.Contains(outside, s) {
			t.Errorf("what goes out says «%s»", s)
		}
	}
	in.Shown = Shown{NearMisses: true, Recommendations: true, Propaganda: true}
	in.Notes = []Note{{Section: "danh-gia", Text: "Ý kiến của chuyên viên.\nDòng thứ hai."}}
	shown := docxText(t, write(t, inFormat("docx"), on(Build(in), Supply)))
	for _, s := range []string{"các điều kiện khác đã đáp ứng", "đề nghị phối hợp", "Ban Tuyên giáo Tỉnh ủy", "Ý kiến của chuyên viên.\nDòng thứ hai."} {
		if !strings.Contains(shown, s) {
			t.Errorf("what was let out does not say «%s»\n%s", s, shown)
		}
	}
}

// TestLetterheadOfItsTime: a report of 2023 printed in 2027 bears the name of the department of 2023.
func TestLetterheadOfItsTime(t *testing.T) {
	in := world()
	in.Plan.Agencies = append(in.Plan.Agencies, media.Agency{ID: "mau/so-tttt", Name: "Sở Thông tin và Truyền thông tỉnh Mẫu", Level: media.Department})
	in.Plan.ProvinceName = "tỉnh Mẫu"
	in.Plan.Letterheads = []schedule.Letterhead{
		{Agency: "mau/so-tttt", To: at("2025-03-01 00:00"), Office: "TTBCXB"},
		{Agency: "mau/so-vh", From: at("2025-03-01 00:00"), Issuer: "SỞ VĂN HÓA", Name: "Sở Văn hóa"},
	}
	in.Now = at("2027-01-05 08:00")
	text := docxText(t, write(t, inFormat("docx"), Build(in)))
	for _, s := range []string{"UBND TỈNH MẪU SỞ THÔNG TIN / VÀ TRUYỀN THÔNG", "/STTTT-TTBCXB", "Mẫu, ngày" + blanks(6) + "tháng" + blanks(6) + "năm 2027", "V/v cung cấp số liệu", "DỰ THẢO", "Kính gửi: Sở Nội vụ.", "./.", "Lưu: VT, TTBCXB."} {
		if !strings.Contains(text, s) {
			t.Errorf("no «%s»\n%.1500s", s, text)
		}
	}
	in.Issued = &Issued{Number: "05/STTTT-TTBCXB", Date: at("2023-04-06 00:00")}
	text = docxText(t, write(t, inFormat("docx"), Build(in)))
	if !strings.Contains(text, "Số: 05/STTTT-TTBCXB") || !strings.Contains(text, "Mẫu, ngày 06 tháng 4 năm 2023") || strings.Contains(text, "DỰ THẢO") {
		t.Errorf("an issued paper\n%.800s", text)
	}
}

// TestSameBytes: a report printed twice is one file.
func TestSameBytes(t *testing.T) {
	for _, f := range Formats() {
		r := Build(rich())
		if a, b := write(t, f, r), write(t, f, r); !bytes.Equal([]byte(a), []byte(b)) {
			t.Errorf("%s: other bytes", f.Name)
		}
		if len(write(t, f, r)) > 1<<20 {
			t.Errorf("%s is over 1 MiB", f.Name)
		}
	}
}

// TestPreview: the text that is read on the desk is the paper's own, with its notes and its annexes by name, and what stays
// inside stays so on a page, in JSON and in CSV too.
func TestPreview(t *testing.T) {
	in := rich()
	in.Now = at("2023-04-20 08:00")
	in.Notes = []Note{{Section: "bao-chi", Text: "Báo có <số> đặc biệt.\nRa ngày 08/3."}}
	for _, p := range Papers() {
		var b strings.Builder
		r := Build(in)
		if err := r.Preview(&b, p.Name, 3); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if a, b := Sections(p.Name), r.Passages(p.Name); !slices.Equal(a, b) {
			t.Errorf("%s: sections %v, of a report with something in it %v", p.Name, a, b)
		}
		for _, x := range filled(on(r, p.Name).on(p.Name).wording()) {
			if title := template.HTMLEscapeString(x.Title); !strings.Contains(got, title) && !strings.Contains(got, strings.ToUpper(title)) {
				t.Errorf("%s: no section «%s»", p.Name, x.Title)
			}
			for _, line := range x.Lines {
				if !strings.Contains(got, template.HTMLEscapeString(line)) {
					t.Errorf("%s: no line %q", p.Name, line)
				}
			}
		}
		if noted := strings.Contains(got, "Báo có &lt;số&gt; đặc biệt."); noted != (p.Name == Supply) {
			t.Errorf("%s: the note of another paper's section: %t", p.Name, noted)
		}
		annexes := on(r, p.Name).on(p.Name).annexes()
		if (len(annexes) == 0) != (p.Name == Account) { // the issuer of this world has no duty of its own
			t.Fatalf("%s: %d annexes", p.Name, len(annexes))
		}
		if len(annexes) > 0 && !strings.Contains(got, annexes[0].Name) || !strings.Contains(got, "<h3") || strings.Contains(got, "<h2") {
			t.Errorf("%s: annexes or headings: %.200s", p.Name, got)
		}
		if !p.Out {
			continue
		}
		page := string(write(t, inFormat("html"), on(r, p.Name)))
		if len(annexes) > 0 && !strings.Contains(page, annexes[0].Name) || strings.Count(page, "<h1") != 1 || strings.Contains(page, "Bảng theo dõi") {
			t.Errorf("%s: as a page: %.300s", p.Name, page)
		}
		if err := Verify(r); err != nil {
			t.Errorf("%s: writing it changed the report: %v", p.Name, err)
		}
		if raw := string(write(t, inFormat("json"), on(r, p.Name))); !strings.Contains(raw, `"near_misses": []`) || !strings.Contains(raw, `"recommendations": []`) {
			t.Errorf("%s: JSON tells what stays inside", p.Name)
		}
	}
}
