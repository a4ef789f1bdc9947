package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// wordOf is a document with these tables, cells between bars.
func wordOf(t *testing.T, tables ...string) []byte {
	t.Helper()
	var body strings.Builder
	for _, table := range tables {
		body.WriteString("<w:tbl>")
		for row := range strings.Lines(table) {
			body.WriteString("<w:tr>")
			for _, cell := range strings.Split(strings.TrimSpace(row), "|") {
				if !strings.HasPrefix(cell, "<") {
					cell = "<w:r><w:t>" + cell + "</w:t></w:r>"
				}
				body.WriteString("<w:tc><w:p>" + cell + "</w:p></w:tc>")
			}
			body.WriteString("</w:tr>")
		}
		body.WriteString("</w:tbl><w:p/>")
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml":   `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWordTables: a table of broadcasts with other columns than the first is
// refused, not left out; a table of signatures is no such thing; what was moved
// away is not read where it was.
func TestWordTables(t *testing.T) {
	log := "Chương trình|Ngày phát|Giờ phát|Thời lượng|Ghi chú\nChuyên mục Cải cách hành chính|06/03/2023|20:00|16'|PM\n"
	less := "Phim|07/03/2023|21:00|45'\n"
	if _, bad, err := Airings("a.docx", wordOf(t, log, less), logOptions("ptth")); err == nil && len(bad) == 0 {
		t.Error("the second table was left out without a word")
	}
	signed := wordOf(t, log, "Người lập|Trưởng phòng\n(ký)|(ký)\n")
	if got := saw(t, "a.docx", signed, logOptions("ptth")); strings.Count(got, "\n") != 0 || got == "" {
		t.Errorf("with signatures: %s", got)
	}
	moved := strings.Replace(log, "Chuyên mục Cải cách hành chính|", "<w:moveFrom><w:r><w:t>Thời sự</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>Phim</w:t></w:r></w:moveTo>|", 1)
	if got := saw(t, "a.docx", wordOf(t, moved), logOptions("ptth")); !strings.HasSuffix(got, " Phim") {
		t.Errorf("moved: %s", got)
	}
}

// TestMergedCellsAreBounded: merged cells of many sheets do not fill memory
// that their file never asked for.
func TestMergedCellsAreBounded(t *testing.T) {
	budget := 1000
	for range 4 {
		rows := make([]tableRow, 500)
		for i := range rows {
			rows[i].n = i + 1
		}
		rows[0].cells = make([]string, maxColumns)
		rows[0].cells[maxColumns-1] = "x"
		fill(rows, []merge{{1, maxColumns - 1, 500, maxColumns - 1}}, &budget)
		cells := 0
		for _, r := range rows[1:] {
			cells += len(r.cells)
		}
		if cells > 1000+maxColumns {
			t.Fatal(fmt.Sprint(cells, " cells made with a budget of 1000"))
		}
	}
	if budget > 0 {
		t.Error("the budget was not used")
	}
}

// TestEmptyResults: a formula that gives an empty text has a result; one that
// nobody has computed has none.
func TestEmptyResults(t *testing.T) {
	sheet := func(cell string) []byte {
		return []byte(`<worksheet><sheetData><row r="1">` + cell + `</row></sheetData></worksheet>`)
	}
	for cell, none := range map[string]bool{
		`<c r="A1" t="str"><f>IF(F3="","",F3)</f><v></v></c>`: false,
		`<c r="A1"><f>SUM(A2:A3)</f></c>`:                     true,
		`<c r="A1"><f>SUM(A2:A3)</f><v></v></c>`:              true,
		`<c r="A1"><f>SUM(A2:A3)</f><v>7</v></c>`:             false,
	} {
		g, budget := grid{rows: []tableRow{{1, []string{""}}}, noValue: map[[2]int]string{}}, maxTableCells
		g.odds(sheet(cell), &budget)
		if got := len(g.noValue) > 0; got != none {
			t.Errorf("%s: without a result %v, want %v", cell, got, none)
		}
	}
}
