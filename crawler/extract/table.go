package extract

import (
	"encoding/csv"
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

// Limits of a table: a year of one channel is some 20,000 rows.
const (
	maxTableRows  = 100_000
	maxTableBytes = 32 << 20
	maxTableCells = 800_000 // empty ones before others counted: 100,000 rows of eight

	maxUnzipped = 64 << 20 // bytes of a workbook, all parts: a log of a hundred thousand rows
	maxStrings  = 8 << 20  // of its shared strings
	maxParts    = 2000
)

// RowError is one mistake in a table that was handed in, in Vietnamese, for the
// sender. Row counts from 1 and includes the header; 0 means the file as a whole.
type RowError struct {
	Row                int
	Column, Value, Msg string
}

func (e RowError) Error() string {
	if e.Row == 0 {
		return e.Msg
	}
	s := fmt.Sprintf("dòng %d", e.Row)
	if e.Column != "" {
		s += fmt.Sprintf(", cột «%s»", e.Column)
	}
	if e.Value != "" {
		s += fmt.Sprintf(" («%s»)", cutText(e.Value, 40))
	}
	return s + ": " + e.Msg
}

// field is a column that a form knows.
type field int

// form is a kind of table and the ways its columns are headed.
type form struct {
	noun  string     // what such a table is called
	wants string     // the columns to name where no header is found
	least int        // how many columns a header row names at least
	heads [][]string // by field: folded spellings, surest first; words alone, signs do not count
	names []string   // by field: what a person calls it; nil where columns cannot be told by a person
	key   field      // where a header is told by a person: the column with a digit in each row
}

// tableRow is one row with its number in the file.
type tableRow struct {
	n     int
	cells []string
}

func (r tableRow) get(t *table, f field) string {
	if c := t.cols[f]; c >= 0 && c < len(r.cells) {
		return r.cells[c]
	}
	return ""
}

func (r tableRow) filled() []string {
	var out []string
	for _, c := range r.cells {
		if c != "" {
			out = append(out, c)
		}
	}
	return out
}

// table is a file cut into columns and rows.
type table struct {
	headerRow int
	head      []string
	cols      []int // by field; -1: there is no such column
	sheet     bool  // cells are a spreadsheet's raw values
	date1904  bool
	unit      time.Duration // of bare lengths, told by a person; 0: the header's
	months    bool          // dates are month first, told by a person
	read      Handed
	rows      []tableRow
}

func (t *table) has(f field) bool { return t.cols[f] >= 0 }

func (t *table) title(f field) string {
	if c := t.cols[f]; c >= 0 && c < len(t.head) {
		return t.head[c]
	}
	return ""
}

// plainWords are the folded words of a text, signs left out.
func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(viet.Fold(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	}), " ")
}

var headUnit = regexp.MustCompile(`\s*[(\[]\s*([^)\]]*)[)\]]\s*$`)

// headField is the name in a header cell and the unit in brackets behind it.
func headField(cell string) (name, unit string) {
	f := viet.Fold(cell)
	if m := headUnit.FindStringSubmatch(f); m != nil {
		unit, f = m[1], strings.TrimSpace(f[:len(f)-len(m[0])])
	}
	return plainWords(f), unit
}

// columns maps a header row to fields; n counts those found.
func (fm form) columns(head []string) (cols []int, n int) {
	cols = make([]int, len(fm.heads))
	names := make([]string, len(head))
	for i, c := range head {
		names[i], _ = headField(c)
	}
	taken := map[int]bool{}
	for f := range fm.heads {
		cols[f] = -1
		for _, want := range fm.heads[f] {
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
func (fm form) layout(rows []tableRow) *table {
	var best *table
	most := fm.least - 1
	head := rows[:min(len(rows), maxHeader)]
	for i, r := range head {
		if cols, n := fm.columns(r.cells); n > most {
			best = &table{headerRow: r.n, head: r.cells, cols: cols, rows: rows[i+1:]}
			most = n
		}
	}
	for i, r := range head { // two rows are a header only where they say more than one: a title stands above many
		if i+1 == len(rows) {
			break
		}
		if _, under := fm.columns(rows[i+1].cells); under == 0 {
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
		if cols, n := fm.columns(both); n > most {
			best = &table{headerRow: r.n, head: both, cols: cols, rows: rows[i+2:]}
			most = n
		}
	}
	return best
}

func (fm form) noHeader() string {
	return "không tìm thấy dòng tiêu đề; cần các cột như " + fm.wants
}

func readCSV(text string, comma rune) ([]tableRow, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	var rows []tableRow
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(rows) >= maxTableRows {
			return nil, errTooManyRows
		}
		rows = append(rows, tableRow{line, rec})
	}
}

// readTabs reads cells copied from a spreadsheet. A cell is quoted only where
// its quotes hold to the end of the cell: spreadsheets quote cells with line
// breaks, and leave «"Một cửa" ở xã» as it is, from where encoding/csv would
// read on to the next quote and swallow the rows between.
func readTabs(text string, comma rune) ([]tableRow, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	var rows []tableRow
	line, from := 1, 1
	var cells []string
	for at := 0; at < len(text); {
		cell, end := text[at:], len(text)
		if i := strings.IndexAny(cell, "\t\n"); i >= 0 {
			end = at + i
		}
		cell = text[at:end]
		if s, n, ok := quotedCell(text[at:]); ok {
			cell, end = s, at+n
			line += strings.Count(s, "\n")
		}
		cells = append(cells, cell)
		at = end + 1
		if end == len(text) || text[end] == '\n' {
			if len(rows) >= maxTableRows {
				return nil, errTooManyRows
			}
			if line++; len(cells) > 1 || strings.TrimSpace(cells[0]) != "" {
				rows = append(rows, tableRow{from, cells})
			}
			cells, from = nil, line
		} else if at == len(text) { // the last cell is empty
			rows = append(rows, tableRow{from, append(cells, "")})
		}
	}
	return rows, nil
}

// quotedCell reads a cell that stands in quotes, inner ones doubled; n counts
// its bytes. ok is false where what follows the last quote is no end of a cell.
func quotedCell(s string) (cell string, n int, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", 0, false
	}
	for i := 1; i < len(s) && i < maxCell; i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		if i+1 == len(s) || s[i+1] == '\t' || s[i+1] == '\n' {
			return strings.ReplaceAll(s[1:i], `""`, `"`), i + 1, true
		}
		return "", 0, false
	}
	return "", 0, false
}

// maxCell is the longest cell a spreadsheet holds, in bytes.
const maxCell = 4 * 32_767

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
		return localDay(d), ok
	}
	d, ok := viet.ParseDate(s, viet.DateOptions{MonthFirst: t.months})
	if !ok || d.Swapped {
		return time.Time{}, false
	}
	return localDay(d.Time), true
}

// noDay says what is wrong with a cell that is no day.
func (t *table) noDay(s string) string {
	if d, ok := viet.ParseDate(s, viet.DateOptions{MonthFirst: t.months}); ok && d.Swapped {
		if t.months {
			return "ngày đứng trước tháng, trái với thứ tự đã khai (tháng trước ngày)"
		}
		return "tháng đứng trước ngày; cần dạng ngày/tháng/năm, hoặc khai rằng tệp ghi tháng trước ngày"
	}
	return "không phải ngày có thật; cần dạng ngày/tháng/năm"
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
	d, ok := viet.ParseDate(s, viet.DateOptions{MonthFirst: t.months})
	if !ok || d.Precision == viet.PrecisionDay || len([]rune(s)) < 12 {
		return time.Time{}, false
	}
	return d.Time, true
}
