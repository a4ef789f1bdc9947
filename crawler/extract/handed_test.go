package extract

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
)

func handed(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "handed", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// saw is the airings of a file, a line each.
func saw(t testing.TB, name string, data []byte, opt LogOptions) string {
	t.Helper()
	as, bad, err := Airings(name, data, opt)
	if err != nil || len(bad) > 0 {
		t.Fatal(name, err, bad)
	}
	var out []string
	for _, a := range as {
		run := map[bool]string{true: "mới", false: "lại"}[a.FirstRun]
		out = append(out, fmt.Sprintf("%d %s %s %s %s %s", a.Row, a.Channel, a.Start.In(time.FixedZone("", 7*3600)).Format("02/01 15:04"), a.Duration, run, a.Programme))
	}
	return strings.Join(out, "\n")
}

const stationLines = "6 ptth 06/03 20:00 16m0s mới Chuyên mục Cải cách hành chính\n7 ptth 06/03 23:50 20m0s lại =SUM(A1) là tên phim"

// TestHandedFormats has one log in the formats that senders use, whatever they
// call the file.
func TestHandedFormats(t *testing.T) {
	for _, c := range []struct{ file, format, want string }{
		{"merged-heads.xls", "XLS", stationLines},
		{"html-as-xls.html", "HTML", stationLines},
		{"a-table-each-day.docx", "DOCX", "7 ptth 06/03 20:00 16m0s mới Chuyên mục Cải cách hành chính\n8 ptth 06/03 23:50 20m0s lại Phim\n12 ptth 07/03 19:45 20m0s mới Thời sự"},
		{"excel-2003.xml", "XML của Excel 2003", "4 ptth 06/03 20:00 16m0s mới Chuyên mục Cải cách hành chính\n5 ptth 06/03 23:50 20m0s lại Phim"},
	} {
		var read Handed
		o := logOptions("")
		o.See = func(h Handed) { read = h }
		if got := saw(t, "nhat-ky.xls", handed(t, c.file), o); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.file, got, c.want)
		}
		if read.Format != c.format || len(read.Columns) < 5 {
			t.Errorf("%s: read as %+v", c.file, read)
		}
	}
}

// TestHandedLongStrings: the strings of a workbook go over the records they
// stand in, in letters of one byte and of two.
func TestHandedLongStrings(t *testing.T) {
	as, bad, err := Airings("x.xls", handed(t, "strings-over-records.xls"), logOptions("ptth"))
	if err != nil || len(bad) > 0 || len(as) != 90 {
		t.Fatal(len(as), bad, err)
	}
	for i, a := range as {
		want := strings.TrimSpace(strings.Repeat(fmt.Sprintf("Ban tin so %d ", i), 9))
		if i%2 == 1 {
			want = strings.TrimSpace(strings.Repeat(fmt.Sprintf("Bản tin số %d về cải cách ", i), 7))
		}
		if a.Title != want || a.Duration != time.Duration(15+i%2)*time.Minute || a.Start.Format("02 15") != fmt.Sprintf("%02d %d", 1+i/3, 11+i%3) {
			t.Fatalf("row %d: %q %s %s", a.Row, a.Title, a.Duration, a.Start)
		}
	}
}

func TestHandedOldLetters(t *testing.T) {
	rows := [][]string{
		{"Kªnh", "Tªn ch\u00ad¬ng tr×nh", "Ngµy ph¸t", "Giê ph¸t", "Thêi l\u00adîng"},
		{"TTV", "Chuyªn môc C¶i c¸ch hµnh chÝnh", "06/03/2023", "20:00", "00:16:00"},
		{"TTV", "Thêi sù tèi (ph¸t l¹i)", "06/03/2023", "22:00", "00:20:00"},
	}
	const want = "2 ptth 06/03 20:00 16m0s mới Chuyên mục Cải cách hành chính\n3 ptth 06/03 22:00 20m0s lại Thời sự tối (phát lại)"
	var text, latin bytes.Buffer
	for _, r := range rows {
		line := strings.Join(r, ";") + "\n"
		text.WriteString(line)
		for _, c := range line {
			latin.WriteByte(byte(c))
		}
	}
	book := workbook(t, func(f *excelize.File, set func(string, any)) {
		for i, r := range rows {
			for j, c := range r {
				set(columnLetter(j)+fmt.Sprint(i+1), c)
			}
		}
	})
	vni := "Keânh\tTeân chöông trình\tNgaøy phaùt\tGiôø phaùt\tThôøi löôïng\nTTV\tChuyeân muïc Caûi caùch haønh chính\t06/03/2023\t20:00\t00:16:00\nTTV\tThôøi söï toái (phaùt laïi)\t06/03/2023\t22:00\t00:20:00\n"
	for name, data := range map[string][]byte{"bytes": latin.Bytes(), "utf-8": text.Bytes(), "xlsx": book, "vni": []byte(vni)} {
		var read Handed
		o := logOptions("")
		o.See = func(h Handed) { read = h }
		if got := saw(t, name, data, o); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
		if len(read.Notes) != 1 || !strings.Contains(read.Notes[0], "chuyển sang Unicode") {
			t.Errorf("%s: the sender is not told: %v", name, read.Notes)
		}
	}
}

// TestHandedMap has tables whose columns a person told.
func TestHandedMap(t *testing.T) {
	const odd = "BÁO CÁO TUẦN\n\n1;TTV;Cải cách hành chính;03/06/2023;20h00;16\n2;TTV;Thời sự;03/06/2023;19h45;20\n"
	const named = "Tuần 10;;;;\nMã;Tiết mục;Hôm;Lúc;Dài\n1;Thời sự;06/03/2023;19:45;900\n"
	for _, c := range []struct {
		name, data string
		m          media.TableMap
		want       string
	}{
		{"letters and numbers, no header", odd, media.TableMap{Columns: map[string]string{"Kênh": "B", "Chương trình": "c", "Ngày phát": "4", "Giờ phát": "E", "Thời lượng": "F"}, Unit: "minute", DayOrder: "mdy"},
			"3 ptth 06/03 20:00 16m0s mới Cải cách hành chính\n4 ptth 06/03 19:45 20m0s mới Thời sự"},
		{"first row told", odd, media.TableMap{Columns: map[string]string{"Kênh": "B", "Chương trình": "c", "Ngày phát": "4", "Giờ phát": "E", "Thời lượng": "F"}, Unit: "minute", DayOrder: "mdy", FirstRow: 4},
			"4 ptth 06/03 19:45 20m0s mới Thời sự"},
		{"by odd headings", named, media.TableMap{Columns: map[string]string{"chuong trinh": "Tiết mục", "Ngày": "hôm", "Giờ phát": "Lúc", "Thời lượng": "Dài"}, Unit: "second"},
			"3 ptth 06/03 19:45 15m0s mới Thời sự"},
	} {
		c.m.Form = media.FormAirings
		o := logOptions("ptth")
		o.Channels = logOptions("").Channels
		o.Map = &c.m
		if bad := CheckMap(c.m); len(bad) > 0 {
			t.Errorf("%s: %v", c.name, bad)
		}
		if got := saw(t, c.name, []byte(c.data), o); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	for says, m := range map[string]media.TableMap{
		"không có cột «Giờ G»": {Columns: map[string]string{"Giờ G": "C"}},
		"khai hai lần":         {Columns: map[string]string{"Giờ phát": "C", "Chương trình": "3"}},
		"không có cột thứ":     {Columns: map[string]string{"Giờ phát": "0"}},
		"đơn vị thời lượng":    {Unit: "hour"},
		"thứ tự ngày":          {DayOrder: "ymd"},
	} {
		m.Form = media.FormAirings
		if bad := strings.Join(CheckMap(m), "; "); !strings.Contains(bad, says) {
			t.Errorf("%+v: %q, want %q", m, bad, says)
		}
	}
	o := logOptions("ptth")
	o.Map = &media.TableMap{Columns: map[string]string{"Giờ phát": "Lên sóng lúc"}}
	if _, bad, _ := Airings("x", []byte(named), o); len(bad) != 1 || !strings.Contains(bad[0].Msg, "«Lên sóng lúc»") {
		t.Errorf("a heading that is not there: %v", bad)
	}
}

// TestHandedFormulas: a formula without a value is told, where it is wanted.
func TestHandedFormulas(t *testing.T) {
	data := workbook(t, func(f *excelize.File, set func(string, any)) {
		for i, h := range []string{"Chương trình", "Ngày", "Giờ", "Thời lượng", "Tổng"} {
			set(columnLetter(i)+"1", h)
		}
		set("A2", "Thời sự")
		set("B2", "06/03/2023")
		set("C2", "19:45")
		for _, cell := range []string{"D2", "E2"} {
			if err := f.SetCellFormula("Sheet1", cell, "B9-C9"); err != nil {
				t.Fatal(err)
			}
		}
	})
	as, bad, _ := Airings("x.xlsx", data, logOptions("ptth"))
	if len(as) != 0 || len(bad) != 1 || bad[0].Row != 2 || bad[0].Column != "Thời lượng" || bad[0].Value != "=B9-C9" || !strings.Contains(bad[0].Msg, "chưa có giá trị") {
		t.Errorf("%d airings, %v", len(as), bad)
	}
}

// repacked is an archive with parts added or changed.
func repacked(t testing.TB, data []byte, change func(name, text string) string, more map[string]string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name, text string) {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if s := change(f.Name, string(text)); s != "" {
			add(f.Name, s)
		}
	}
	for name, text := range more {
		add(name, text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestHandedMacros: macros are not run, and the sender is told.
func TestHandedMacros(t *testing.T) {
	same := func(_, text string) string { return text }
	data := repacked(t, stationSheet(t), same, map[string]string{"xl/vbaProject.bin": "\xd0\xcf\x11\xe0 Attribute VB_Name"})
	var read Handed
	o := logOptions("")
	o.See = func(h Handed) { read = h }
	if got := saw(t, "x.xlsm", data, o); got != stationLines {
		t.Error(got)
	}
	if len(read.Notes) != 1 || !strings.Contains(read.Notes[0], "macro không được chạy") {
		t.Errorf("notes: %v", read.Notes)
	}
}

// TestHandedChart: a sheet that is a chart alone is passed over.
func TestHandedChart(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range [][]any{{"Chương trình", "Ngày", "Giờ", "Thời lượng"}, {"Thời sự", "06/03/2023", "19:45", "15'30\""}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.AddChartSheet("Biểu đồ", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Name: "Sheet1!$A$1", Values: "Sheet1!$B$2:$B$2"}}}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if got := saw(t, "x.xlsx", b.Bytes(), logOptions("ptth")); got != "2 ptth 06/03 19:45 15m30s mới Thời sự" {
		t.Error(got)
	}
}

// TestHandedMerged has cells merged below the header: one over the rows of a
// day, one over all columns that gives the day.
func TestHandedMerged(t *testing.T) {
	data := workbook(t, func(f *excelize.File, set func(string, any)) {
		for i, h := range []string{"Kênh", "Chương trình", "Giờ", "Thời lượng", "Ghi chú"} {
			set(columnLetter(i)+"1", h)
		}
		for cell, v := range map[string]any{"A2": "Thứ hai, 06/03/2023", "A3": "TTV", "B3": "Thời sự", "C3": "19:45", "D3": "15'30\"", "C4": "22:00", "D4": "15'30\"", "E4": "phát lại",
			"A5": "Thứ ba, 07/03/2023", "A6": "TTV", "B6": "Phim", "C6": "20:00", "D6": "45p"} {
			set(cell, v)
		}
		for _, m := range [][2]string{{"A2", "E2"}, {"A3", "A4"}, {"B3", "B4"}, {"A5", "E5"}} {
			if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	want := "3 ptth 06/03 19:45 15m30s mới Thời sự\n4 ptth 06/03 22:00 15m30s lại Thời sự\n6 ptth 07/03 20:00 45m0s mới Phim"
	word := func(rows string) []byte {
		return repacked(t, data, func(string, string) string { return "" }, map[string]string{"word/document.xml": "<w:document xmlns:w='w'><w:body><w:tbl>" + rows + "</w:tbl></w:body></w:document>"})
	}
	row := func(cells ...string) string {
		out := "<w:tr>"
		for _, c := range cells {
			props, text, ok := strings.Cut(c, "|")
			if !ok {
				props, text = "", c
			}
			out += "<w:tc><w:tcPr>" + props + "</w:tcPr><w:p><w:r><w:t>" + text + "</w:t></w:r></w:p></w:tc>"
		}
		return out + "</w:tr>"
	}
	const whole, from, down = `<w:gridSpan w:val="5"/>|`, `<w:vMerge w:val="restart"/>|`, `<w:vMerge/>|`
	for name, data := range map[string][]byte{"xlsx": data, "xls": handed(t, "merged-rows.xls"),
		"docx": word(row("Kênh", "Chương trình", "Giờ", "Thời lượng", "Ghi chú") + row(whole+"Thứ hai, 06/03/2023") + row(from+"TTV", from+"Thời sự", "19:45", "15'30&quot;", "") +
			row(down, down, "22:00", "15'30&quot;", "phát lại") + row(whole+"Thứ ba, 07/03/2023") + row("TTV", "Phim", "20:00", "45p", ""))} {
		if got := saw(t, name, data, logOptions("")); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestXLSNumbers has what the fixtures have none of: numbers below zero in
// their short form, and a text whose rest takes letters of the other size.
func TestXLSNumbers(t *testing.T) {
	for rk, want := range map[uint32]float64{0xfffffffa: -2, 0xffffff83: -0.32, 0x3ff00000: 1, 0x3ff00001: 0.01, 100<<2 | 2: 100} {
		if got := xlsRkValue(rk); got != want {
			t.Errorf("%#x: %v, want %v", rk, got, want)
		}
	}
	x := xlsReader{budget: maxTableCells}
	segs := [][]byte{{1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 'T', 'i'}, {1, 0xbf, 0x1e, 'n', 0, 2, 0, 0, 'a'}, {0, 'b'}}
	if err := x.shared(segs); err != nil || fmt.Sprint(x.strings) != "[Tiến ab]" {
		t.Errorf("%q, %v", x.strings, err)
	}
}

// TestHandedWrong has what cannot be read: each is refused with what to do.
func TestHandedWrong(t *testing.T) {
	xls := handed(t, "merged-heads.xls")
	locked := bytes.Clone(xls) // a record of the globals becomes the one that says there is a password
	bof := []byte{0x09, 0x08, 0x10, 0x00, 0x00, 0x06}
	i := bytes.Index(locked, bof)
	if i < 0 {
		t.Fatal("no workbook in the fixture")
	}
	locked[i+20], locked[i+21] = 0x2f, 0x00
	year95 := bytes.Clone(xls)
	year95[i+5] = 0x05
	cut := bytes.Clone(xls)
	copy(cut[i+20:], []byte{0xff, 0xff, 0xff, 0xff})
	// A workbook of today with a password stands in the container of the old ones.
	sealed := bytes.Clone(xls)
	wide := func(s string) (out []byte) {
		for _, r := range s {
			out = append(out, byte(r), 0)
		}
		return out
	}
	at := bytes.Index(sealed, wide("Workbook"))
	if at < 0 {
		t.Fatal("no directory in the fixture")
	}
	copy(sealed[at:], wide("EncryptedPackage\x00"))
	sealed[at+64] = 2 * byte(len("EncryptedPackage")+1) // length of the name, in bytes
	if as, bad, _ := Airings("x.xlsx", sealed, logOptions("ptth")); len(as) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Msg, "có mật khẩu") {
		t.Errorf("a sealed workbook: %v", bad)
	}
	same := func(_, text string) string { return text }
	for says, data := range map[string][]byte{
		"có mật khẩu":     locked,
		"Excel 95":        year95,
		"bị cắt cụt":      cut,
		"Word kiểu cũ":    handed(t, "old-word.doc"),
		".ods":            handed(t, "open-document.ods"),
		"PDF":             []byte("%PDF-1.7\n..."),
		"MHTML":           []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<table><tr><td>Kênh</td></tr></table>"),
		"không có bảng":   repacked(t, stationSheet(t), func(string, string) string { return "" }, map[string]string{"word/document.xml": "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>Kính gửi</w:t></w:r></w:p></w:body></w:document>"}),
		".xlsb":           repacked(t, stationSheet(t), func(string, string) string { return "" }, map[string]string{"xl/workbook.bin": "x"}),
		"tệp nén":         repacked(t, stationSheet(t), func(string, string) string { return "" }, map[string]string{"a.txt": "x"}),
		"100.000 dòng":    bytes.Repeat([]byte("a;b;c\n"), 200_000),
		"DOCX hỏng":       repacked(t, stationSheet(t), func(string, string) string { return "" }, map[string]string{"word/document.xml": "<w:document xmlns:w='w'><w:tbl><w:tr>"}),
		"Excel 2003 hỏng": []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell>`),
		"không mở được":   repacked(t, stationSheet(t), func(name, text string) string { return strings.Replace(text, "<sheets>", "<she", 1) }, nil),
		"dòng tiêu đề":    repacked(t, stationSheet(t), same, nil)[:0],
	} {
		as, bad, _ := Airings("nhat-ky", data, logOptions("ptth"))
		if len(as) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Msg, says) {
			t.Errorf("want %q: %d airings, %v", says, len(as), bad)
		}
	}
}

func FuzzHanded(f *testing.F) {
	for _, name := range []string{"merged-heads.xls", "html-as-xls.html", "a-table-each-day.docx", "excel-2003.xml", "old-word.doc"} {
		f.Add(handed(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, m := range []*media.TableMap{nil, {Columns: map[string]string{"Giờ phát": "C", "Chương trình": "B"}}} {
			o := logOptions("ptth")
			o.Map = m
			as, bad, err := Airings("fuzz", data, o)
			if len(as) > 0 && (len(bad) > 0 || err != nil) || len(as) == 0 && len(bad) == 0 {
				t.Fatalf("%d airings, %v, %v", len(as), bad, err)
			}
			for _, b := range bad {
				if b.Msg == "" || strings.Contains(b.Msg, "panic") {
					t.Fatalf("%+v", b)
				}
			}
		}
	})
}

// FuzzXLS reads the workbook stream by itself: a container hardly ever survives
// what a fuzzer does to it.
func FuzzXLS(f *testing.F) {
	for _, name := range []string{"merged-heads.xls", "strings-over-records.xls"} {
		data := handed(f, name)
		if i := bytes.Index(data, []byte{0x09, 0x08, 0x10, 0x00, 0x00, 0x06}); i >= 0 {
			f.Add(data[i:])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x := xlsReader{data: data, budget: maxTableCells}
		o, err := x.workbook()
		if err != nil {
			return
		}
		for _, g := range o.grids {
			for _, r := range g.rows {
				if r.n < 1 || r.n > 65_536 || len(r.cells) > maxColumns {
					t.Fatalf("row %d of %d cells", r.n, len(r.cells))
				}
			}
		}
	})
}

// FuzzParts reads the parts of packed files by themselves, for the same reason:
// a Word document's text, and what stands beside a worksheet's values.
func FuzzParts(f *testing.F) {
	for _, of := range []struct{ name, part string }{{"a-table-each-day.docx", "word/document.xml"}} {
		data := handed(f, of.name)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			f.Fatal(err)
		}
		r, err := z.Open(of.part)
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1"><f>B1</f></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:B3"/></mergeCells></worksheet>`)
	f.Fuzz(func(t *testing.T, text string) {
		w := wordReader{d: xml.NewDecoder(strings.NewReader(text))}
		if w.body() == nil {
			o, err := ofBlocks("DOCX", w.blocks, logForm, "không có bảng")
			for _, g := range o.grids {
				for _, r := range g.rows {
					if err != nil || r.n < 1 || len(r.cells) > maxColumns {
						t.Fatalf("row %d of %d cells, %v", r.n, len(r.cells), err)
					}
				}
			}
		}
		g := grid{rows: []tableRow{{1, []string{"a", ""}}, {2, []string{"b"}}, {9, nil}}}
		budget := maxTableCells
		g.odds([]byte(text), &budget)
		for _, r := range g.rows {
			if len(r.cells) > maxColumns {
				t.Fatalf("row %d of %d cells", r.n, len(r.cells))
			}
		}
	})
}
