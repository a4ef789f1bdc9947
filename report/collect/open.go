package collect

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/viet"
)

// A form is small: whatever is larger than this is none, or is no honest one.
const (
	mostBytes    = 10 << 20
	mostUnpacked = 48 << 20 // all parts together, by what the archive says and as they are unpacked
	mostStrings  = 12 << 20 // texts, which are held whole in many times their size
	mostParts    = 400
	mostRows     = 20000
	mostColumns  = 100
	mostCells    = 200000 // of all sheets
	mostText     = 2000   // characters taken of a cell
)

// MostBytes is how large a returned file may be.
const MostBytes = mostBytes

// table is one worksheet's cells as text; rows are numbered from 0.
type table struct {
	name     string
	rows     [][]string
	date1904 bool
}

func refuse(words string) *Problem { return &Problem{Words: words, Fatal: true} }

// guard looks into the archive before anything is unpacked.
func guard(data []byte) *Problem {
	switch {
	case len(data) > mostBytes:
		return refuse(fmt.Sprintf("tệp lớn hơn %d MB, không phải biểu thu thập", mostBytes>>20))
	case bytes.HasPrefix(data, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return refuse("tệp Excel kiểu cũ (.xls) hoặc tệp đặt mật khẩu; xin mở tệp, bỏ mật khẩu, chọn Lưu thành (Save As) dạng Excel Workbook (.xlsx) rồi gửi lại")
	case !bytes.HasPrefix(data, []byte("PK")):
		return refuse("không phải tệp Excel (.xlsx); xin gửi lại đúng tệp biểu đã nhận, không gửi ảnh chụp, PDF hay Word")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refuse("tệp hỏng, không mở được; xin lưu lại rồi gửi lại")
	}
	if len(z.File) > mostParts {
		return refuse("tệp có quá nhiều phần, không phải biểu thu thập")
	}
	names, total := map[string]bool{}, uint64(0)
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		names[name] = true
		total += f.UncompressedSize64
		if total > mostUnpacked || path.Base(name) == "sharedstrings.xml" && f.UncompressedSize64 > mostStrings {
			return refuse("tệp quá lớn sau khi giải nén, không phải biểu thu thập")
		}
	}
	switch {
	case names["xl/workbook.xml"]:
		return nil
	case names["xl/workbook.bin"]:
		return refuse("tệp Excel nhị phân (.xlsb); xin lưu lại thành .xlsx rồi gửi lại")
	case names["content.xml"]:
		return refuse("tệp OpenDocument (.ods); xin lưu lại thành .xlsx rồi gửi lại")
	case names["word/document.xml"]:
		return refuse("tệp Word; xin gửi lại đúng tệp biểu Excel đã nhận")
	}
	return refuse("tệp nén không phải biểu Excel (.xlsx)")
}

// open reads every worksheet, within bounds.
func open(data []byte) ([]table, *Problem) {
	if p := guard(data); p != nil {
		return nil, p
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked})
	if err != nil {
		return nil, refuse("không mở được tệp Excel: tệp hỏng, có mật khẩu hoặc quá lớn")
	}
	defer f.Close()
	date1904 := false
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		date1904 = *p.Date1904
	}
	var out []table
	budget := mostCells
	for _, name := range f.GetSheetList() {
		t := table{name: name, date1904: date1904}
		if t.rows, err = sheet(f, name, &budget); err != nil {
			return nil, refuse("không đọc được trang «" + cut(name) + "»: tệp hỏng hoặc quá dài")
		}
		unmerge(f, name, t.rows)
		out = append(out, t)
	}
	return out, nil
}

func sheet(f *excelize.File, name string, budget *int) ([][]string, error) {
	it, err := f.Rows(name)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var out [][]string
	for it.Next() {
		if len(out) >= mostRows {
			return nil, fmt.Errorf("more than %d rows", mostRows)
		}
		cells, err := it.Columns()
		if err != nil {
			return nil, err
		}
		cells = cells[:min(len(cells), mostColumns)]
		for i, c := range cells {
			cells[i] = plain(cut(c))
		}
		if *budget -= len(cells); *budget < 0 {
			return nil, fmt.Errorf("more than %d cells", mostCells)
		}
		out = append(out, cells)
	}
	return out, it.Error()
}

// unmerge gives every cell of a column that was merged over several rows the value of the first.
func unmerge(f *excelize.File, name string, rows [][]string) {
	merged, err := f.GetMergeCells(name)
	if err != nil {
		return
	}
	for _, m := range merged[:min(len(merged), 2000)] {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || c1 != c2 || c1 > mostColumns || r1 > len(rows) || c1 > len(rows[r1-1]) {
			continue
		}
		for r := r1 + 1; r <= min(r2, len(rows)); r++ {
			for len(rows[r-1]) < c1 {
				rows[r-1] = append(rows[r-1], "")
			}
			rows[r-1][c1-1] = rows[r1-1][c1-1]
		}
	}
}

// cut keeps what a cell can sensibly say.
func cut(s string) string {
	if len(s) <= mostText {
		return s
	}
	return strings.ToValidUTF8(s[:mostText], "")
}

// cell gives a cell's text, "" outside.
func (t table) cell(row, col int) string {
	if row < 0 || row >= len(t.rows) || col < 0 || col >= len(t.rows[row]) {
		return ""
	}
	return t.rows[row][col]
}

// headed finds the row of headings among the first rows, and where each stands:
// columns may have been moved, and others put between.
func (t table) headed(want ...string) (row int, at map[string]int, ok bool) {
	for row = 0; row < min(len(t.rows), 40); row++ {
		at = map[string]int{}
		for col, text := range t.rows[row] {
			for _, w := range want {
				if _, had := at[w]; !had && viet.Fold(text) == viet.Fold(w) {
					at[w] = col
				}
			}
		}
		if len(at) == len(want) {
			return row, at, true
		}
	}
	return 0, nil, false
}

// answer is the code of what was answered.
func answer(s string) (string, bool) {
	low := strings.Trim(viet.Fold(s), " .!")
	i := slices.Index([]string{"dung", "sai", "khong phai cua don vi"}, low)
	if i < 0 {
		i = slices.Index([]string{"d", "s", "khong phai"}, low)
	}
	if i < 0 {
		return "", false
	}
	return []string{"right", "wrong", "not_ours"}[i], true
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return viet.Day(t)
}
