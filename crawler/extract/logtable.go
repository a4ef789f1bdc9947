package extract

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/viet"
)

// field is a column of a log.
type field int

const (
	fChannel field = iota
	fProgramme
	fSlot // a «Chuyên mục» beside a «Chương trình»
	fDate
	fStart
	fEnd
	fDuration
	fRun
	fTitle
	fields
)

// logRow is one row with its number in the file.
type logRow struct {
	n     int
	cells []string
}

func (r logRow) get(t *table, f field) string {
	if c := t.cols[f]; c >= 0 && c < len(r.cells) {
		return r.cells[c]
	}
	return ""
}

func (r logRow) filled() []string {
	var out []string
	for _, c := range r.cells {
		if c != "" {
			out = append(out, c)
		}
	}
	return out
}

// table is a log cut into columns and rows.
type table struct {
	headerRow int
	head      []string
	cols      [fields]int
	unit      time.Duration // of a bare number in the length column; 0 if the header names none
	strictRun bool          // the run column speaks of nothing else («Ghi chú» may say anything)
	sheet     bool          // cells are a spreadsheet's raw values
	date1904  bool
	rows      []logRow
}

func (t *table) title(f field) string {
	if c := t.cols[f]; c >= 0 && c < len(t.head) {
		return t.head[c]
	}
	return ""
}

// headNames are the folded spellings of each column, surest first.
var headNames = [fields][]string{
	fChannel:   {"kenh phat song", "kenh phat", "kenh", "ten kenh", "kenh/he", "kenh song", "he phat", "he", "song", "dai", "channel", "station"},
	fProgramme: {"ten chuong trinh", "chuong trinh", "ten ct", "chuong trinh phat song", "ten chuong trinh phat song", "program", "programme", "ten chuyen muc", "chuyen muc", "chuyen muc/chuong trinh", "chuong trinh/chuyen muc", "noi dung chuong trinh", "noi dung phat song", "noi dung"},
	fSlot:      {"chuyen muc", "ten chuyen muc", "nhom chuong trinh", "the loai"},
	fDate:      {"ngay phat song", "ngay phat", "ngay", "ngay thang", "ngay/thang", "ngay thang nam", "ngay phat hanh", "date"},
	fStart:     {"gio phat song", "gio phat", "gio bat dau", "thoi gian bat dau", "bat dau", "gio", "thoi diem phat", "thoi diem phat song", "gio len song", "thoi gian phat", "thoi gian phat song", "thoi gian", "start", "start time", "tu gio"},
	fEnd:       {"gio ket thuc", "thoi gian ket thuc", "ket thuc", "end", "end time", "den gio"},
	fDuration:  {"thoi luong", "thoi luong phat", "thoi luong phat song", "tl", "t/luong", "do dai", "duration", "length"},
	fRun:       {"phat moi/phat lai", "phat moi / phat lai", "lan phat", "lan phat song", "moi/lai", "moi/phat lai", "pm/pl", "loai phat", "hinh thuc phat", "hinh thuc", "tinh chat", "phat lai", "first run", "run", "ghi chu"},
	fTitle:     {"ten so", "ten tap", "tieu de", "ten bai", "chu de", "de tai", "so phat song", "so", "noi dung", "noi dung chinh", "title", "episode"},
}

var headUnit = regexp.MustCompile(`\s*[(\[]\s*([^)\]]*)[)\]]\s*$`)

// headField says which column a header cell names, and how surely (0 best).
func headField(cell string) (name, unit string) {
	f := viet.Fold(cell)
	if m := headUnit.FindStringSubmatch(f); m != nil {
		unit, f = m[1], strings.TrimSpace(f[:len(f)-len(m[0])])
	}
	return strings.Trim(f, " .:*"), unit
}

// columns maps a header row to fields; n counts those found.
func columns(head []string) (cols [fields]int, n int) {
	names := make([]string, len(head))
	for i, c := range head {
		names[i], _ = headField(c)
	}
	taken := map[int]bool{}
	for f := range fields {
		cols[f] = -1
		for _, want := range headNames[f] {
			for i, have := range names {
				if have == want && !taken[i] {
					cols[f] = i
					break
				}
			}
			if cols[f] >= 0 {
				taken[cols[f]] = true
				n++
				break
			}
		}
	}
	return cols, n
}

// maxHeader is how many rows of letterhead and titles may stand above a header.
const maxHeader = 40

// layout finds the header among the first rows: the row that names the most
// columns. A second row below it may split one of its cells («Thời gian» into
// «Bắt đầu» and «Kết thúc»).
func layout(rows []logRow) *table {
	var best *table
	most := 2
	for i, r := range rows[:min(len(rows), maxHeader)] {
		if cols, n := columns(r.cells); n > most {
			best = &table{headerRow: r.n, head: r.cells, cols: cols, rows: rows[i+1:]}
			most = n
		}
		if i+1 < len(rows) {
			if _, under := columns(rows[i+1].cells); under == 0 {
				continue
			}
			both := append([]string{}, r.cells...)
			for c, cell := range rows[i+1].cells {
				for c >= len(both) {
					both = append(both, "")
				}
				if name, _ := headField(cell); name != "" {
					both[c] = cell
				}
			}
			if cols, n := columns(both); n > most {
				best = &table{headerRow: r.n, head: both, cols: cols, rows: rows[i+2:]}
				most = n
			}
		}
	}
	if best == nil {
		return nil
	}
	if c := best.cols[fDuration]; c >= 0 {
		switch _, unit := headField(best.head[c]); {
		case strings.Contains(unit, "phut"), unit == "p", unit == "min":
			best.unit = time.Minute
		case strings.Contains(unit, "giay"), unit == "s":
			best.unit = time.Second
		}
	}
	if c := best.cols[fRun]; c >= 0 {
		name, _ := headField(best.head[c])
		best.strictRun = name != "ghi chu" && name != "hinh thuc" && name != "tinh chat"
	}
	return best
}

const noHeader = "không tìm thấy dòng tiêu đề; cần các cột như «Kênh», «Chương trình», «Ngày phát», «Giờ phát», «Thời lượng», «Phát mới/Phát lại»"

// readTable reads the file's cells, CSV or XLSX.
func readTable(data []byte) (*table, []RowError, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readSheet(data)
	}
	if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return nil, []RowError{{Msg: "tệp Excel kiểu cũ (.xls) hoặc có mật khẩu; hãy lưu lại thành .xlsx"}}, errors.New("an old or encrypted Excel file")
	}
	text, err := Decode(data, "")
	if err != nil {
		return nil, []RowError{{Msg: "không phải tệp CSV hay XLSX"}}, err
	}
	var best *table
	most := 0
	var bad []RowError
	for _, comma := range []rune{';', '\t', ',', '|'} {
		rows, err := readCSV(text, comma)
		if err != nil {
			bad = []RowError{{Msg: "tệp CSV hỏng: " + err.Error()}}
			continue
		}
		if t := layout(rows); t != nil {
			if _, n := columns(t.head); n > most {
				best, most = t, n
			}
		}
	}
	if best == nil {
		if bad == nil {
			bad = []RowError{{Msg: noHeader}}
		}
		return nil, bad, nil
	}
	return best, nil, nil
}

func readCSV(text string, comma rune) ([]logRow, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	var rows []logRow
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(rows) >= maxLogRows {
			return nil, fmt.Errorf("quá %d dòng", maxLogRows)
		}
		for i, c := range rec {
			rec[i] = tidy(c)
		}
		rows = append(rows, logRow{line, rec})
	}
}

// readSheet reads the one worksheet of a workbook that holds a log. Cells come
// as stored: days and times are serial numbers there, whatever their format.
func readSheet(data []byte) (t *table, bad []RowError, err error) {
	defer func() { // a damaged workbook has made the library panic
		if p := recover(); p != nil {
			t, bad, err = nil, []RowError{{Msg: "tệp XLSX hỏng"}}, fmt.Errorf("workbook reader panicked: %v", p)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: 128 << 20, UnzipXMLSizeLimit: 32 << 20})
	if err != nil {
		return nil, []RowError{{Msg: "không mở được tệp XLSX (hỏng, có mật khẩu hoặc quá lớn)"}}, err
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := sheetRows(f, sheet)
		if err != nil {
			return nil, []RowError{{Msg: fmt.Sprintf("không đọc được trang tính «%s»", sheet)}}, err
		}
		found := layout(rows)
		if found == nil {
			continue
		}
		if t != nil {
			return nil, []RowError{{Msg: fmt.Sprintf("tệp có nhiều trang tính là nhật ký (trang «%s» là trang thứ hai); hãy tách mỗi trang thành một tệp", sheet)}}, nil
		}
		t = found
		t.sheet = true
		if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
			t.date1904 = *p.Date1904
		}
	}
	if t == nil {
		return nil, []RowError{{Msg: noHeader}}, nil
	}
	return t, nil, nil
}

func sheetRows(f *excelize.File, sheet string) ([]logRow, error) {
	it, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var rows []logRow
	for n := 1; it.Next(); n++ {
		if n > maxLogRows {
			return nil, fmt.Errorf("more than %d rows", maxLogRows)
		}
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		if len(cells) > 200 {
			cells = cells[:200]
		}
		for i, c := range cells {
			cells[i] = tidy(c)
		}
		rows = append(rows, logRow{n, cells})
	}
	merged, err := f.GetMergeCells(sheet)
	if err != nil {
		return nil, err
	}
	for _, m := range merged { // a title over several columns, a cell over two header rows
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || r1 != r2 || r1 > maxHeader || r1 > len(rows) || c2 > 200 {
			continue
		}
		row := &rows[r1-1]
		for len(row.cells) < c2 {
			row.cells = append(row.cells, "")
		}
		for c := c1; c < c2 && c1 >= 1; c++ {
			row.cells[c] = row.cells[c1-1]
		}
	}
	return rows, it.Error()
}

// serial reads a spreadsheet's raw number.
func (t *table) serial(s string) (float64, bool) {
	if !t.sheet {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && v >= 0 && v < 100_000
}

// day reads a date cell: a serial number of a sheet, else day first.
func (t *table) day(s string) (time.Time, bool) {
	if v, ok := t.serial(s); ok {
		d, ok := t.fromSerial(v)
		return midnight(d), ok
	}
	d, ok := viet.ParseDate(s, viet.DateOptions{})
	if !ok || d.Swapped {
		return time.Time{}, false
	}
	return midnight(d.Time), true
}

func (t *table) fromSerial(v float64) (time.Time, bool) {
	if v < 20_000 || v > 80_000 {
		return time.Time{}, false
	}
	d, err := excelize.ExcelDateToTime(v, t.date1904)
	if err != nil {
		return time.Time{}, false
	}
	d = d.Round(time.Second)
	return time.Date(d.Year(), d.Month(), d.Day(), d.Hour(), d.Minute(), d.Second(), 0, time.FixedZone("", 7*3600)), true
}

// moment reads a cell that holds both day and time.
func (t *table) moment(s string) (time.Time, bool) {
	if v, ok := t.serial(s); ok {
		return t.fromSerial(v)
	}
	d, ok := viet.ParseDate(s, viet.DateOptions{})
	if !ok || d.Precision == viet.PrecisionDay || len([]rune(s)) < 12 {
		return time.Time{}, false
	}
	return d.Time, true
}

var clockForm = regexp.MustCompile(`(?i)^(\d{1,2})\s*(?:[:.hg]|giờ)\s*(?:(\d{1,2})\s*(?:(?:[:.']|p|phút|m)\s*(?:(\d{1,2})(?:[:;.,]\d{1,3}|s|"|giây)?)?)?)?\s*(AM|PM|SA|CH)?$`)

// clock reads the time of a day: 20:00, 20:00:00, 6h30, 8:05 CH. Hours up to
// 29 are the small hours after a broadcast day («24:15»).
func (t *table) clock(s string) (time.Duration, bool) {
	if v, ok := t.serial(s); ok && v < 1.25 {
		return time.Duration(math.Round(v*86400)) * time.Second, true
	}
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	mi, _ := strconv.Atoi(m[2])
	sec, _ := strconv.Atoi(m[3])
	switch strings.ToUpper(m[4]) {
	case "PM", "CH":
		if h > 12 {
			return 0, false
		}
		h = h%12 + 12
	case "AM", "SA":
		if h > 12 {
			return 0, false
		}
		h %= 12
	}
	if h > 29 || mi > 59 || sec > 59 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(mi)*time.Minute + time.Duration(sec)*time.Second, true
}

// length reads a duration cell. A bare number counts in the header's unit. A
// sheet's fraction of a day of five hours and more, in whole minutes, was typed
// as «15:30» for minutes and seconds, which the sheet took for a quarter to four.
func (t *table) length(s string) (time.Duration, bool) {
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > 1e6 {
		return viet.ParseDuration(s)
	}
	if t.sheet && v < 1 && !(t.unit == time.Minute && v >= 0.25) {
		d := time.Duration(math.Round(v*86400)) * time.Second
		if d >= 5*time.Hour && d%time.Minute == 0 {
			d /= 60
		}
		return d, true
	}
	if t.unit == 0 {
		return 0, false
	}
	return time.Duration(v * float64(t.unit)).Round(time.Second), true
}
