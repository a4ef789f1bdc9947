package report

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// evidenceWord names a kind of evidence for people.
func evidenceWord(p Piece) string {
	switch p.Kind {
	case media.EvAiring:
		return "lần phát sóng"
	case media.EvAttestation:
		return "minh chứng gửi đến"
	case media.EvPrint:
		return "bài báo in"
	case media.EvProcedure:
		return "quyết định"
	case media.EvQuestion:
		return "câu hỏi"
	case media.EvSegment:
		return "tin, bài trong chương trình"
	case media.EvBulletin:
		return "tin, bài truyền thanh"
	case media.EvDeclared:
		return "đơn vị khai, đã chấp nhận"
	}
	return "tin, bài"
}

// xlsxFormat writes the annex tables as a workbook: a sheet a table with filters and frozen heads, links to the evidence, and a
// sheet of charts whose axes begin at zero.
func xlsxFormat() Format {
	return Format{Name: "xlsx", ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Label: "Bảng tính (XLSX), các biểu", Paper: Supply,
		Write: func(w io.Writer, r Report) error {
			if err := writeXLSX(w, r.on(Supply)); err != nil {
				return fmt.Errorf("write the report as XLSX: %w", err)
			}
			return nil
		}}
}

// workbook is a spreadsheet with the styles it uses; the first error stays.
type workbook struct {
	f                                          *excelize.File
	title, head, text, number, group, note, to int
	day, moment, row                           int // row: one line, cut where the next cell begins
	err                                        error
}

func (b *workbook) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *workbook) style(s *excelize.Style) int {
	s.Font.Family = "Times New Roman"
	id, err := b.f.NewStyle(s)
	b.do(err)
	return id
}

func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err) // columns and rows are ours
	}
	return name
}

func writeXLSX(w io.Writer, r Report) error {
	b := &workbook{f: excelize.NewFile()}
	defer b.f.Close()
	border := []excelize.Border{{Type: "left", Color: "808080", Style: 1}, {Type: "right", Color: "808080", Style: 1}, {Type: "top", Color: "808080", Style: 1}, {Type: "bottom", Color: "808080", Style: 1}}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	b.title = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.note = b.style(&excelize.Style{Font: &excelize.Font{Italic: true, Size: 11}, Alignment: top})
	b.head = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 11}, Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}, Fill: excelize.Fill{Type: "pattern", Color: []string{"DDE6F0"}, Pattern: 1}})
	b.text = b.style(&excelize.Style{Font: &excelize.Font{Size: 11}, Border: border, Alignment: top})
	b.number = b.style(&excelize.Style{Font: &excelize.Font{Size: 11}, Border: border, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}})
	b.group = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 11}, Border: border, Alignment: top})
	b.to = b.style(&excelize.Style{Font: &excelize.Font{Size: 11, Underline: "single", Color: "1F3864"}, Border: border, Alignment: top})
	date, hour := "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
	left := &excelize.Alignment{Vertical: "top", Horizontal: "left"}
	b.day = b.style(&excelize.Style{Font: &excelize.Font{Size: 11}, Border: border, Alignment: left, CustomNumFmt: &date})
	b.moment = b.style(&excelize.Style{Font: &excelize.Font{Size: 11}, Border: border, Alignment: left, CustomNumFmt: &hour})
	b.row = b.style(&excelize.Style{Font: &excelize.Font{Size: 11}, Border: border, Alignment: &excelize.Alignment{Vertical: "top"}})
	b.summary(r)
	for _, a := range r.annexes() {
		b.sheet(r, a)
	}
	if a := r.evidence(); len(a.Rows) > 0 {
		b.list(r, a)
	}
	b.charts(r)
	b.do(b.f.SetDocProps(&excelize.DocProperties{Title: xml10(r.title()), Creator: xml10(r.Head.Name), Language: "vi-VN", Created: r.Now.UTC().Format(time.RFC3339), Modified: r.Now.UTC().Format(time.RFC3339)}))
	if b.err != nil {
		return b.err
	}
	var raw bytes.Buffer
	if _, err := b.f.WriteTo(&raw); err != nil {
		return err
	}
	return repacked(w, raw.Bytes())
}

var defaults = regexp.MustCompile(`<Default [^>]*></Default>`)

// repacked writes a ZIP's files in the order of their names and without the time at which they were written, so that one report
// is one file.
func repacked(w io.Writer, raw []byte) error {
	in, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) }) // [Content_Types].xml comes first
	out := zip.NewWriter(w)
	for _, f := range in.File {
		to, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		from, err := f.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(from)
		if err = errors.Join(err, from.Close()); err != nil {
			return err
		}
		if f.Name == "[Content_Types].xml" { // the library lists kinds of files in any order
			kinds := slices.Sorted(slices.Values(defaults.FindAllString(string(text), -1)))
			i := -1
			text = defaults.ReplaceAllFunc(text, func([]byte) []byte { i++; return []byte(kinds[i]) })
		}
		if _, err := to.Write(text); err != nil {
			return err
		}
	}
	return out.Close()
}

// mostInCell is how many characters a cell of a workbook holds.
const mostInCell = 32767

// xml10 is a text as a cell may hold it: whole letters, no marks that nobody sees.
func xml10(s string) string {
	s = viet.Clean(viet.Printable(s))
	if r := []rune(s); len(r) > mostInCell {
		s = string(r[:mostInCell-1]) + "…"
	}
	return s
}

func (b *workbook) set(sheet, at string, v any, style int) {
	if s, ok := v.(string); ok {
		v = viet.Cell(xml10(s))
	}
	b.do(b.f.SetCellValue(sheet, at, v))
	b.do(b.f.SetCellStyle(sheet, at, at, style))
}

const (
	summarySheet = "Tóm tắt"
	summaryWidth = 110.0 // columns are as wide as so many digits; this is A4 on its long side
)

// lineHeight is that of letters of 11 and 12 points.
const lineHeight = 16.0

// high makes a row as high as its lines need: programs that only show a workbook do not measure it.
func (b *workbook) high(sheet string, row, lines int) {
	if lines > 1 {
		b.do(b.f.SetRowHeight(sheet, row, min(lineHeight*float64(lines)+2, 409)))
	}
}

// textLines is how many lines a text takes in a column so wide, its words kept whole where they can be.
func textLines(s string, width float64) int {
	room := max(1, int((width-1)*1.1)) // letters are narrower than digits, in the mean
	n := 0
	for _, part := range strings.Split(s, "\n") {
		n++
		at := 0
		for _, word := range strings.Fields(part) {
			w := len([]rune(word))
			if at > 0 && at+1+w > room {
				n, at = n+1, 0
			}
			if at > 0 {
				at++
			}
			n, at = n+(at+w-1)/room, (at+w-1)%room+1
		}
	}
	return n
}

func (b *workbook) summary(r Report) {
	b.do(b.f.SetSheetName("Sheet1", summarySheet))
	b.do(b.f.SetColWidth(summarySheet, "A", "A", summaryWidth))
	row := 0
	line := func(s string, style int) {
		row++
		b.set(summarySheet, cellName(1, row), s, style)
		b.high(summarySheet, row, textLines(s, summaryWidth))
	}
	line(r.title(), b.title)
	line(viet.Capital(r.span())+". "+r.closedWords(), b.note)
	plain := b.style(&excelize.Style{Font: &excelize.Font{Size: 12}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	heading := b.style(&excelize.Style{Font: &excelize.Font{Size: 12, Bold: true}})
	for i, p := range filled(r.wording()) {
		line(fmt.Sprintf("%d. %s", i+1, p.Title), heading)
		for _, s := range append(p.Lines, p.Note...) {
			line(s, plain)
		}
	}
	b.page(summarySheet, "landscape")
}

func (b *workbook) page(sheet, orientation string) {
	size, wide, high := 9, 1, 0
	b.do(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}))
	fit := true
	b.do(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

// headRow is where a table's heads stand: below its title and its note.
const headRow = 4

func (b *workbook) sheet(r Report, a annex) {
	_, err := b.f.NewSheet(a.Name)
	b.do(err)
	b.set(a.Name, "A1", a.Name+". "+a.Title, b.title)
	b.set(a.Name, "A2", viet.Capital(r.span())+". "+r.closedWords(), b.note)
	b.do(b.f.SetCellStyle(a.Name, "A2", "A2", b.note))
	all := 0.0
	for _, c := range a.Columns {
		all += c.Share
	}
	last := cellName(len(a.Columns), 1)[:len(cellName(len(a.Columns), 1))-1]
	b.do(b.f.MergeCell(a.Name, "A2", last+"2"))
	b.do(b.f.SetRowHeight(a.Name, 2, 32))
	widths := make([]float64, len(a.Columns))
	wide, lines := 0.0, 1
	for i, c := range a.Columns {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		widths[i] = max(8, 150*c.Share/all)
		wide += widths[i]
		b.do(b.f.SetColWidth(a.Name, col, col, widths[i]))
		b.set(a.Name, cellName(i+1, headRow), c.Head, b.head)
		lines = max(lines, textLines(c.Head, widths[i]-2)) // the arrow of the filter
	}
	b.high(a.Name, headRow, lines)
	at := headRow
	group := ""
	for _, row := range a.Rows {
		at++
		if row.Group != "" {
			group = row.Group
			b.set(a.Name, cellName(1, at), group, b.group)
			b.do(b.f.MergeCell(a.Name, cellName(1, at), cellName(len(a.Columns), at)))
			b.do(b.f.SetCellStyle(a.Name, cellName(1, at), cellName(len(a.Columns), at), b.group))
			b.high(a.Name, at, textLines(group, wide*0.9)) // it is bold
			continue
		}
		lines := 1
		for i, c := range row.Cells {
			name := cellName(i+1, at)
			lines = max(lines, textLines(c.Text, widths[i]))
			switch {
			case c.Number != nil:
				b.set(a.Name, name, *c.Number, b.number)
			case c.At != nil:
				v, style := b.date(c)
				b.set(a.Name, name, v, style)
			case followed(c.URL):
				b.set(a.Name, name, c.Text, b.to)
				b.do(b.f.SetCellHyperLink(a.Name, name, xml10(c.URL), "External"))
			default:
				style := b.text
				if a.Columns[i].Number {
					style = b.number
				}
				b.set(a.Name, name, c.Text, style)
			}
		}
		b.high(a.Name, at, lines)
	}
	b.do(b.f.AutoFilter(a.Name, fmt.Sprintf("A%d:%s", headRow, cellName(len(a.Columns), max(at, headRow+1))), nil))
	b.do(b.f.SetPanes(a.Name, &excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: fmt.Sprintf("A%d", headRow+1), ActivePane: "bottomLeft"}))
	if a.Note != "" {
		b.set(a.Name, cellName(1, at+2), "Ghi chú: "+a.Note, b.note)
		b.do(b.f.MergeCell(a.Name, cellName(1, at+2), cellName(len(a.Columns), at+2)))
		b.high(a.Name, at+2, textLines("Ghi chú: "+a.Note, wide))
	}
	b.do(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", a.Name, headRow, headRow), Scope: a.Name}))
	b.page(a.Name, "landscape")
}

// date is a day or a moment as a spreadsheet counts with it, by the clock of Viet Nam.
func (b *workbook) date(c annexCell) (v time.Time, style int) {
	t := c.At.In(calendar.Zone)
	v = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	if t.Equal(calendar.Day(t)) {
		return v, b.day
	}
	return v, b.moment
}

// mostLinks is how many cells of the list of evidence lead to their address: more make a workbook slow. All have it as text.
const mostLinks = 2000

// list writes a table of any length row by row.
func (b *workbook) list(r Report, a annex) {
	_, err := b.f.NewSheet(a.Name)
	b.do(err)
	last := headRow + len(a.Rows)
	b.do(b.f.AutoFilter(a.Name, fmt.Sprintf("A%d:%s", headRow, cellName(len(a.Columns), last)), nil))
	b.page(a.Name, "landscape")
	b.do(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", a.Name, headRow, headRow), Scope: a.Name}))
	plain := b.style(&excelize.Style{Font: &excelize.Font{Italic: true, Size: 11}})
	linked := 0
	for i, row := range a.Rows {
		for j, c := range row.Cells {
			if linked < mostLinks && followed(c.URL) {
				linked++
				b.do(b.f.SetCellHyperLink(a.Name, cellName(j+1, headRow+1+i), xml10(c.URL), "External"))
			}
		}
	}
	w, err := b.f.NewStreamWriter(a.Name)
	if b.do(err); err != nil {
		return
	}
	all := 0.0
	for _, c := range a.Columns {
		all += c.Share
	}
	var head []any
	for i, c := range a.Columns {
		b.do(w.SetColWidth(i+1, i+1, max(8, 170*c.Share/all)))
		head = append(head, excelize.Cell{StyleID: b.head, Value: c.Head})
	}
	b.do(w.SetPanes(&excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: fmt.Sprintf("A%d", headRow+1), ActivePane: "bottomLeft"}))
	b.do(w.SetRow("A1", []any{excelize.Cell{StyleID: b.title, Value: a.Title}}))
	b.do(w.SetRow("A2", []any{excelize.Cell{StyleID: plain, Value: viet.Capital(r.span()) + ". " + r.closedWords()}}))
	b.do(w.SetRow(cellName(1, headRow), head))
	for i, row := range a.Rows {
		var line []any
		lines := 1
		for j, c := range row.Cells {
			x := excelize.Cell{StyleID: b.text, Value: viet.Cell(xml10(c.Text))}
			switch head := a.Columns[j].Head; {
			case c.Number != nil:
				x = excelize.Cell{StyleID: b.number, Value: *c.Number}
			case c.At != nil:
				v, style := b.date(c)
				x = excelize.Cell{StyleID: style, Value: v}
			case head == "Địa chỉ" || head == "Mã":
				x.StyleID = b.row
			default:
				lines = max(lines, textLines(c.Text, max(8, 170*a.Columns[j].Share/all)))
				if followed(c.URL) && i < mostLinks {
					x.StyleID = b.to
				}
			}
			line = append(line, x)
		}
		b.do(w.SetRow(cellName(1, headRow+1+i), line, excelize.RowOpts{Height: min(lineHeight*float64(lines)+2, 409)}))
	}
	b.do(w.Flush())
}

// followed reports whether a cell may lead to an address.
func followed(url string) bool {
	return (strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")) && len(url) < 2000
}

// csvFormat writes every row of the report with its figures, for programs and for Excel (UTF-8 with its mark): one line a duty,
// owner, period and measure.
func csvFormat() Format {
	return Format{Name: "csv", ContentType: "text/csv; charset=utf-8", Label: "CSV (từng lượt đánh giá)", Paper: Internal, Write: func(w io.Writer, r Report) error { return writeCSV(w, r.on("").carried()) }}
}

// csvHead are the columns, in the words of people; codes stand beside them where a program needs them.
var csvHead = []string{"nhiem_vu", "ten_nhiem_vu", "can_cu", "loai_muc", "ma_co_quan", "co_quan", "ma_ky", "ky", "tu_ngay", "den_ngay", "tinh_trang", "ma_tinh_trang", "da_xac_nhan", "tinh_trong_ky", "dai_luong", "yeu_cau", "thuc_hien", "thieu", "don_vi_tinh", "so_minh_chung", "ly_do", "ma_du_lieu_chot"}

func writeCSV(w io.Writer, r Report) error {
	buf := bufio.NewWriter(w)
	if _, err := buf.WriteString("\ufeff"); err != nil {
		return fmt.Errorf("write the report as CSV: %w", err)
	}
	c := csv.NewWriter(buf)
	c.UseCRLF = true
	write := func(fields []string) {
		for i, f := range fields {
			fields[i] = viet.Cell(viet.Clean(viet.Printable(f)))
		}
		_ = c.Write(fields) // kept by c, told below
	}
	write(append([]string(nil), csvHead...))
	yes := map[bool]string{true: "có", false: "không"}
	for _, d := range r.Duties {
		for _, row := range d.told() {
			dataset, why := "", ""
			if row.Closed != nil {
				dataset = row.Closed.Dataset
			}
			if len(row.Reasons) > 0 {
				why = viet.Reason(row.Reasons[0].Code, row.Reasons[0].Args)
			}
			head := []string{d.Quota, d.Title, d.Place, viet.Basis(string(d.Basis)), row.Owner, row.OwnerName, row.Period, row.PeriodName, row.Start.Format(time.DateOnly), row.End.Add(-time.Nanosecond).Format(time.DateOnly),
				rowWord(d, row), string(row.State), yes[row.Confirmed], yes[!row.InProgress]}
			tail := []string{fmt.Sprint(len(row.Credits)), why, dataset}
			if len(row.Measures) == 0 {
				write(append(append(head, "", "", "", "", ""), tail...))
			}
			for _, m := range row.Measures {
				write(append(append(append([]string(nil), head...), viet.Measure(m.Name), exact(m.Wanted), exact(m.Delivered), exact(m.Shortfall), unitWords(d.Kind, m.Unit)), tail...))
			}
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write the report as CSV: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write the report as CSV: %w", err)
	}
	return nil
}
