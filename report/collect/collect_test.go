package collect

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/schedule"
	"loa/schedule/calendar"
)

func on(m, d int) time.Time { return time.Date(2023, time.Month(m), d, 0, 0, 0, 0, calendar.Zone) }

func sample() Form {
	return Form{Plan: "suong-ha/2023", Agency: "suong-ha/so-mau", Period: "2023-03", PlanName: "Kế hoạch 01/KH-UBND", AgencyName: "Sở Mẫu", PeriodName: "tháng 3/2023", Return: "Phòng Mẫu, mau@example.gov.vn",
		Made: on(4, 3).Add(9 * time.Hour), Edition: 1, Deadline: on(4, 10), Sample: true,
		Rows: []Row{
			{Evidence: "e1", Medium: "trang tin", Date: "02/3/2023", Title: "Một cửa liên thông", URL: "http://so.mau.example/1", Topic: "Cải cách thủ tục hành chính", Counts: "có: Tin, bài trên trang"},
			{Evidence: "e2", Medium: "trang tin", Date: "05/3/2023", Title: "=HYPERLINK(\"http://xau.example\")", URL: "http://so.mau.example/2", Counts: "không: trùng"},
			{Evidence: "e3", Medium: "phát sóng", Date: "09/3/2023", Title: "-Chương trình", Counts: "có: Phát sóng hằng tuần"},
		},
		Had: []schedule.Claim{
			{Kind: schedule.ClaimAnswer, Evidence: "e1", Answer: schedule.AnswerRight, Note: "đã xem"},
			{Kind: schedule.ClaimPiece, Date: on(3, 20), Title: "Bài đã khai", URL: "http://so.mau.example/cu", Medium: "trang tin"},
			{Kind: schedule.ClaimQuantity, Title: "Tờ rơi, ấn phẩm", Counts: []int{0, 0, 500, 0, 0}},
			{Kind: schedule.ClaimPaper, Document: "12/KH-SM", Date: on(3, 1), Title: "Kế hoạch"},
		}}
}

func workbook(t testing.TB, form Form) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, form); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// as edits a workbook as a clerk would and saves it.
func as(t testing.TB, data []byte, edit func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	edit(f)
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func set(t testing.TB, f *excelize.File, sheet, cell string, v any) {
	t.Helper()
	if err := f.SetCellValue(sheet, cell, v); err != nil {
		t.Fatal(err)
	}
}

func said(r Returned) string {
	var out []string
	for _, c := range r.Claims {
		s := string(c.Kind)
		for _, part := range []string{c.Evidence, c.Answer, dayText(c.Date), c.Title, c.URL, c.Document, c.Note} {
			if part != "" {
				s += " " + part
			}
		}
		if c.Kind == schedule.ClaimQuantity {
			s += fmt.Sprint(" ", c.Counts)
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func problems(r Returned) string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", what, got, want)
	}
}

const untouched = `answer e1 right đã xem
piece 20/3/2023 Bài đã khai http://so.mau.example/cu
quantity Tờ rơi, ấn phẩm [0 0 500 0 0]
paper 01/3/2023 Kế hoạch 12/KH-SM`

// TestRoundTrip: a form that comes back as it went out says what the unit had
// said before, and knows whose it is.
func TestRoundTrip(t *testing.T) {
	data := workbook(t, sample())
	r := Read(data)
	same(t, "claims", said(r), untouched)
	same(t, "problems", problems(r), "")
	if r.Agency != "suong-ha/so-mau" || r.Period != "2023-03" || r.Plan != "suong-ha/2023" || r.Edition != 1 || !r.Made.Equal(sample().Made) {
		t.Errorf("identity %+v", r)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, text := range row {
				if formula, err := f.GetCellFormula(sheet, cellName(j+1, i+1)); err != nil || formula != "" || text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
					t.Errorf("%s %s is live: %q %q %v", sheet, cellName(j+1, i+1), text, formula, err)
				}
			}
		}
	}
	if v, err := f.GetCellValue(pieceName, "D5"); err != nil || !strings.HasPrefix(v, "'=") {
		t.Errorf("a title that begins with = is %q, %v", v, err)
	}
	if visible, err := f.GetSheetVisible(hidden); err != nil || visible {
		t.Errorf("the hidden sheet is visible: %v", err)
	}
	if dv, err := f.GetDataValidations(pieceName); err != nil || len(dv) != 1 || dv[0].Sqref != "H4:H6" {
		t.Errorf("choices: %+v %v", dv, err)
	}
	if text, err := f.GetRows(coverName); err != nil || !strings.Contains(fmt.Sprint(text), "Không ghi nội dung mật") || !strings.Contains(fmt.Sprint(text), "10/4/2023") {
		t.Errorf("cover: %v %v", text, err)
	}
}

// TestExcelHabits: what people and programs do to a form, and that it is read all the same.
func TestExcelHabits(t *testing.T) {
	base := workbook(t, sample())
	for _, c := range []struct {
		name string
		edit func(f *excelize.File)
		want string // further claims, or all of them where it begins with «=»
	}{
		{"answers in any letters", func(f *excelize.File) {
			set(t, f, pieceName, "H5", " SAI ")
			set(t, f, pieceName, "H6", "Khong phai cua don vi.")
		}, "=answer e1 right đã xem\nanswer e2 wrong\nanswer e3 not_ours\n" + strings.Join(strings.Split(untouched, "\n")[1:], "\n")},
		{"days as text, as date cells, in words", func(f *excelize.File) {
			set(t, f, pieceName, "C8", "ngày 9 tháng 3 năm 2023")
			set(t, f, pieceName, "D8", "A")
			set(t, f, pieceName, "C9", time.Date(2023, 3, 10, 0, 0, 0, 0, time.UTC))
			set(t, f, pieceName, "D9", "B")
			set(t, f, pieceName, "C10", "11-03-2023")
			set(t, f, pieceName, "E10", "so.mau.example/c")
			set(t, f, pieceName, "C11", 44998)
			set(t, f, pieceName, "D11", "D")
			set(t, f, pieceName, "C12", "14.3.2023")
			set(t, f, pieceName, "D12", "'-E")
		}, "piece 09/3/2023 A\npiece 10/3/2023 B\npiece 11/3/2023 so.mau.example/c\npiece 13/3/2023 D\npiece 14/3/2023 -E"},
		{"sheet renamed, moved and rows filtered out of sight", func(f *excelize.File) {
			if err := f.SetSheetName(pieceName, "Sheet9"); err != nil {
				t.Fatal(err)
			}
			if err := f.MoveSheet("Sheet9", hidden); err != nil {
				t.Fatal(err)
			}
			if err := f.SetRowVisible("Sheet9", 4, false); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"a column put between and rows above", func(f *excelize.File) {
			if err := f.InsertCols(pieceName, "C", 2); err != nil {
				t.Fatal(err)
			}
			if err := f.InsertRows(pieceName, 1, 3); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"rows turned round", func(f *excelize.File) {
			for _, col := range strings.Split("ABCDEFGHI", "") {
				a, _ := f.GetCellValue(pieceName, col+"4")
				b, _ := f.GetCellValue(pieceName, col+"6")
				set(t, f, pieceName, col+"4", b)
				set(t, f, pieceName, col+"6", a)
			}
		}, ""},
		{"a formula gives its value", func(f *excelize.File) {
			set(t, f, amountName, "B4", 12)
			if err := f.SetCellFormula(amountName, "C4", "10*3"); err != nil {
				t.Fatal(err)
			}
			set(t, f, amountName, "D4", "1.200")
		}, "=" + strings.Replace(untouched, "quantity Tờ", "quantity Hội nghị, giao ban có nội dung cải cách hành chính [12 0 1200 0 0]\nquantity Tờ", 1)},
		{"answers merged over rows", func(f *excelize.File) {
			set(t, f, pieceName, "H4", "sai")
			if err := f.MergeCell(pieceName, "H4", "H6"); err != nil {
				t.Fatal(err)
			}
		}, "=answer e1 wrong đã xem\nanswer e2 wrong\nanswer e3 wrong\n" + strings.Join(strings.Split(untouched, "\n")[1:], "\n")},
		{"a day that a program made a date of", func(f *excelize.File) {
			set(t, f, pieceName, "C4", time.Date(2023, 3, 2, 0, 0, 0, 0, time.UTC))
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Read(as(t, base, c.edit))
			want := untouched
			if w, all := strings.CutPrefix(c.want, "="); all {
				want = w
			} else if c.want != "" {
				lines := strings.Split(untouched, "\n")
				want = strings.Join(append(append(append([]string{}, lines[:2]...), c.want), lines[2:]...), "\n")
			}
			same(t, "claims", said(r), want)
			same(t, "problems", problems(r), "")
		})
	}
}

// TestEveryErrorByCell: all mistakes at once, each by its cell; the good lines are read all the same.
func TestEveryErrorByCell(t *testing.T) {
	r := Read(as(t, workbook(t, sample()), func(f *excelize.File) {
		set(t, f, pieceName, "D4", "Tên khác")   // a filled-in cell
		set(t, f, pieceName, "H5", "có lẽ")      // no answer
		set(t, f, pieceName, "I6", "chưa chọn")  // a note without one
		set(t, f, pieceName, "C8", "31/02/2023") // no such day
		set(t, f, pieceName, "D8", "Bài A")
		set(t, f, pieceName, "D9", "Bài B") // no day
		set(t, f, pieceName, "C10", "12/3/2023")
		set(t, f, pieceName, "C11", "hôm qua")
		set(t, f, pieceName, "D11", "Bài C")
		set(t, f, pieceName, "C12", "12/3/2023")
		set(t, f, pieceName, "E12", "trên trang của sở")
		set(t, f, pieceName, "C13", "12/3/2023")
		set(t, f, pieceName, "D13", "Bài tốt")
		set(t, f, pieceName, "A14", "T001")
		set(t, f, pieceName, "A15", "T099")
		set(t, f, amountName, "B4", "nhiều")
		set(t, f, amountName, "C5", "12,5")
		set(t, f, paperName, "A6", "15/BC-SM")
		set(t, f, paperName, "B6", "tháng 3")
		set(t, f, coverName, "B9", "Nguyễn Thị Mẫu")
	}))
	same(t, "claims", said(r), "answer e1 right đã xem\npiece 20/3/2023 Bài đã khai http://so.mau.example/cu\npiece 12/3/2023 Bài tốt\nquantity Tờ rơi, ấn phẩm [0 0 500 0 0]\npaper 01/3/2023 Kế hoạch 12/KH-SM")
	var cells []string
	for _, p := range r.Problems {
		cells = append(cells, p.Sheet+"!"+p.Cell)
	}
	same(t, "cells", strings.Join(cells, " "), "Tin, bài!D4 Tin, bài!H5 Tin, bài!H6 Tin, bài!C8 Tin, bài!C9 Tin, bài!D10 Tin, bài!C11 Tin, bài!E12 Tin, bài!A14 Tin, bài!A15 Hoạt động!B4 Hoạt động!C5 Văn bản giấy!B6")
	if n, fatal := r.Faults(); n != 12 || fatal {
		t.Errorf("%d faults, fatal %v", n, fatal)
	}
	same(t, "one in words", r.Problems[3].String(), "trang «Tin, bài», ô C8: «31/02/2023»: không phải ngày có thật; cần dạng ngày/tháng/năm, ví dụ 09/3/2023")
	if r.By != "Nguyễn Thị Mẫu" {
		t.Errorf("filled in by %q", r.By)
	}
	gone := Read(as(t, workbook(t, sample()), func(f *excelize.File) {
		if err := f.RemoveRow(pieceName, 5); err != nil {
			t.Fatal(err)
		}
	}))
	same(t, "a row taken out", problems(gone), "1 dòng điền sẵn không còn trong tệp (T002); coi như đơn vị không có ý kiến về các dòng này")
	same(t, "the rest", said(gone), untouched)
}

// TestWhoseItIs: where that is not certain nothing is taken.
func TestWhoseItIs(t *testing.T) {
	base := workbook(t, sample())
	cell := func(sheet, at string, v any) []byte {
		return as(t, base, func(f *excelize.File) { set(t, f, sheet, at, v) })
	}
	small := func(name string) []byte {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"another unit written in", cell(hidden, "B3", "suong-ha/so-khac"), "trang ẩn của biểu đã bị sửa"},
		{"another period", cell(hidden, "B4", "2023-04"), "trang ẩn của biểu đã bị sửa"},
		{"the hidden sheet is gone", as(t, base, func(f *excelize.File) {
			if err := f.DeleteSheet(hidden); err != nil {
				t.Fatal(err)
			}
		}), "trang ẩn của biểu đã mất"},
		{"part of it is gone", as(t, base, func(f *excelize.File) {
			if err := f.RemoveRow(hidden, 10); err != nil {
				t.Fatal(err)
			}
		}), "mất một phần"},
		{"no sheet of pieces", as(t, base, func(f *excelize.File) {
			if err := f.DeleteSheet(pieceName); err != nil {
				t.Fatal(err)
			}
		}), "không thấy trang «Tin, bài»"},
		{"an old workbook", append([]byte{0xd0, 0xcf, 0x11, 0xe0}, make([]byte, 600)...), "(.xls)"},
		{"a PDF", []byte("%PDF-1.4"), "không phải tệp Excel"},
		{"nothing", nil, "không phải tệp Excel"},
		{"half of it", base[:len(base)/2], "tệp hỏng"},
		{"LibreOffice's own", small("content.xml"), "(.ods)"},
		{"Word", small("word/document.xml"), "Word"},
		{"binary Excel", small("xl/workbook.bin"), "(.xlsb)"},
		{"no workbook in it", small("xl/workbook.xml"), "không mở được"},
		{"any archive", small("a.txt"), "tệp nén"},
		{"too large", append([]byte("PK"), make([]byte, mostBytes)...), "lớn hơn 10 MB"},
	} {
		r := Read(c.data)
		if _, fatal := r.Faults(); !fatal || len(r.Claims) != 0 || !strings.Contains(problems(r), c.want) {
			t.Errorf("%s: %d claims, %s", c.name, len(r.Claims), problems(r))
		}
	}
}

// swollen puts zeros that pack to nothing in the place of a part of the workbook.
func swollen(t testing.TB, data []byte, name string, size int64) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, f := range in.File {
		w, err := out.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			_, err = io.CopyN(w, spaces{}, size)
		} else {
			var r io.ReadCloser
			if r, err = f.Open(); err == nil {
				_, err = io.Copy(w, r)
				r.Close()
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestBombs: what unpacks to very much is refused before it is unpacked.
func TestBombs(t *testing.T) {
	base := workbook(t, sample())
	for _, name := range []string{"xl/sharedStrings.xml", "xl/worksheets/sheet2.xml"} {
		begun := time.Now()
		r := Read(swollen(t, base, name, mostUnpacked+1))
		if _, fatal := r.Faults(); !fatal || !strings.Contains(problems(r), "quá lớn sau khi giải nén") {
			t.Errorf("%s: %s", name, problems(r))
		}
		if d := time.Since(begun); d > 10*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
	far := Read(as(t, base, func(f *excelize.File) { set(t, f, pieceName, "XFD1048576", "x") }))
	if _, fatal := far.Faults(); !fatal || !strings.Contains(problems(far), "quá dài") {
		t.Errorf("a cell at the very end: %s", problems(far))
	}
}

// FuzzRead: whatever comes back, there is an answer: claims are whole, and where it is not known whose it is there are none.
func FuzzRead(f *testing.F) {
	base := workbook(f, sample())
	f.Add(base)
	f.Add(base[:len(base)-30])
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{0xd0, 0xcf, 0x11, 0xe0})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := Read(data)
		if _, fatal := r.Faults(); fatal && len(r.Claims) > 0 {
			t.Errorf("%d claims of nobody", len(r.Claims))
		}
		check(t, r)
	})
}

// FuzzCells: whatever stands in a cell, it is taken or told by its cell.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"9/3/2023", "31/2/2023", "44995", "=1+1", "đúng", "-5", "1.200", "\x00", "9999999999999999999999", "hôm qua", "1e308"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		row := []string{"", b, a, b, b, "", "", a, b}
		tables := table{name: "x", rows: [][]string{pieceHeads(), row, {"T001", a, b, a, b, a, b, a, b}}}
		for i := range row {
			row[i] = plain(cut(row[i]))
		}
		r := &reader{rows: map[string]known{"T001": {evidence: "e", sums: make([]string, 6)}}, seen: map[string]string{}}
		r.out.Made = on(4, 3)
		_, at, ok := tables.headed(headCode, headDate, headTitle, headURL, headAnswer)
		if !ok {
			t.Fatal("no headings")
		}
		r.pieces(tables, 0, at)
		counts := table{name: "y", rows: [][]string{amountHeads(), {b, a, b, a, b, a, b}}}
		r.amounts(counts, 0, map[string]int{headActivity: 0})
		check(t, r.out)
	})
}

func check(t *testing.T, r Returned) {
	t.Helper()
	for _, c := range r.Claims {
		switch c.Kind {
		case schedule.ClaimPiece:
			if c.Date.IsZero() || c.Title == "" && c.URL == "" || !Address(c.URL) {
				t.Errorf("half a piece: %+v", c)
			}
		case schedule.ClaimAnswer:
			if c.Evidence == "" || c.Answer != schedule.AnswerRight && c.Answer != schedule.AnswerWrong && c.Answer != schedule.AnswerNotOurs {
				t.Errorf("half an answer: %+v", c)
			}
		case schedule.ClaimQuantity:
			for _, n := range c.Counts {
				if n < 0 {
					t.Errorf("less than nothing: %+v", c)
				}
			}
		case schedule.ClaimPaper:
			if c.Date.IsZero() || c.Document == "" && c.Title == "" {
				t.Errorf("half a paper: %+v", c)
			}
		default:
			t.Errorf("kind %q", c.Kind)
		}
	}
	for _, p := range r.Problems {
		if p.Words == "" {
			t.Errorf("a problem without words: %+v", p)
		}
	}
}
