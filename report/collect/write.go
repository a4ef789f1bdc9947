package collect

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"loa/schedule"
	"loa/viet"
)

// blank are how many empty rows wait for what a unit adds.
const blank = 60

// writer fills a workbook; the first error stays.
type writer struct {
	f    *excelize.File
	form Form
	err  error

	bold, head, locked, open, text int // styles
}

// Write writes the form as an XLSX workbook.
func Write(w io.Writer, form Form) error {
	b := &writer{f: excelize.NewFile(), form: form}
	defer b.f.Close()
	b.styles()
	b.do(b.f.SetSheetName("Sheet1", coverName))
	for _, name := range []string{pieceName, amountName, paperName, hidden} {
		_, err := b.f.NewSheet(name)
		b.do(err)
	}
	b.cover()
	b.pieces()
	b.amounts()
	b.papers()
	b.identity()
	if b.err != nil {
		return fmt.Errorf("make the form of %s: %w", form.Agency, b.err)
	}
	if err := b.f.Write(w); err != nil {
		return fmt.Errorf("write the form of %s: %w", form.Agency, err)
	}
	return nil
}

func (b *writer) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *writer) styles() {
	style := func(s excelize.Style) int {
		id, err := b.f.NewStyle(&s)
		b.do(err)
		return id
	}
	border := []excelize.Border{{Type: "left", Color: "9AA5B1", Style: 1}, {Type: "right", Color: "9AA5B1", Style: 1}, {Type: "top", Color: "9AA5B1", Style: 1}, {Type: "bottom", Color: "9AA5B1", Style: 1}}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	grey := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF2F6"}}
	b.bold = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.head = style(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}, Border: border, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D7E4F2"}}})
	b.locked = style(excelize.Style{Alignment: wrap, Border: border, Fill: grey, NumFmt: 49, Protection: &excelize.Protection{Locked: true}})
	b.open = style(excelize.Style{Alignment: wrap, Border: border, NumFmt: 49, Protection: &excelize.Protection{Locked: false}})
	b.text = style(excelize.Style{Alignment: wrap})
}

// put writes a text; nothing of what it says becomes a formula.
func (b *writer) put(sheet string, col, row int, text string, style int) {
	cell, err := excelize.CoordinatesToCellName(col, row)
	b.do(err)
	if b.err != nil {
		return
	}
	if text != "" {
		b.do(b.f.SetCellStr(sheet, cell, viet.Cell(text)))
	}
	if style != 0 {
		b.do(b.f.SetCellStyle(sheet, cell, cell, style))
	}
}

func (b *writer) cover() {
	f := b.form
	deadline := "chưa ấn định"
	if !f.Deadline.IsZero() {
		deadline = "hết ngày " + viet.Day(f.Deadline)
	}
	row := 1
	line := func(label, text string) {
		b.put(coverName, 1, row, label, 0)
		b.put(coverName, 2, row, text, b.text)
		row++
	}
	if f.Sample {
		line("Dữ liệu mẫu:", "địa phương, cơ quan và số liệu là hư cấu")
	}
	b.put(coverName, 1, row, "BIỂU THU THẬP: THÔNG TIN, TUYÊN TRUYỀN CẢI CÁCH HÀNH CHÍNH", b.bold)
	row += 2
	line("Đơn vị:", f.AgencyName)
	line("Kỳ:", f.PeriodName)
	line("Kế hoạch:", f.PlanName)
	line("Hạn gửi lại:", deadline)
	line("Gửi lại cho:", f.Return)
	line(labelBy, "")
	b.do(b.f.SetCellStyle(coverName, cellName(2, row-1), cellName(2, row-1), b.open))
	line("", "")
	b.put(coverName, 1, row, "Không ghi nội dung mật, tài liệu nội bộ hạn chế vào biểu này.", b.bold)
	row += 2
	for i, text := range []string{
		"Trang «" + pieceName + "»: các dòng tô xám là những gì hệ thống đã thấy. Ở cột «" + headAnswer + "» xin chọn: " + strings.Join(answers(), ", ") + ". Cần nói thêm thì ghi ở cột «" + headNote + "».",
		"Tin, bài của đơn vị mà hệ thống chưa thấy: ghi vào các dòng trống bên dưới (ngày, tên, địa chỉ, phương tiện, ghi chú). Để trống cột «" + headCode + "».",
		"Trang «" + amountName + "»: ghi số lượng các hoạt động trong kỳ. Không có thì để trống.",
		"Trang «" + paperName + "»: ghi văn bản, tài liệu đã nộp bằng giấy.",
		"Ngày ghi dạng ngày/tháng/năm, ví dụ 09/3/2023. Không sửa cột «" + headCode + "» và các ô tô xám: sửa ở đó không có tác dụng, xin dùng cột «" + headNote + "».",
		"Lưu tệp dạng .xlsx rồi gửi lại bằng thư điện tử. Không cần tài khoản, không cần kết nối mạng khi điền.",
	} {
		line(strconv.Itoa(i+1)+".", text)
	}
	b.do(b.f.SetColWidth(coverName, "A", "A", 16))
	b.do(b.f.SetColWidth(coverName, "B", "B", 90))
	b.page(coverName, false)
}

func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "A1"
	}
	return name
}

// answers are what can be chosen.
func answers() []string {
	return []string{viet.Claimed(schedule.AnswerRight), viet.Claimed(schedule.AnswerWrong), viet.Claimed(schedule.AnswerNotOurs)}
}

// heads writes a sheet's title and headings, freezes them, and gives the first row below.
func (b *writer) heads(sheet, title string, heads []string, widths ...float64) int {
	b.put(sheet, 1, 1, title+": "+b.form.AgencyName+", "+b.form.PeriodName, b.bold)
	for i, h := range heads {
		b.put(sheet, i+1, 3, h, b.head)
		col, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.f.SetColWidth(sheet, col, col, widths[i]))
	}
	b.do(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}))
	b.page(sheet, true)
	return 4
}

func (b *writer) page(sheet string, wide bool) {
	orientation, a4, one, zero, fit := "portrait", 9, 1, 0, true
	if wide {
		orientation = "landscape"
	}
	b.do(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &one, FitToHeight: &zero}))
	b.do(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

func (b *writer) protect(sheet string) {
	b.do(b.f.ProtectSheet(sheet, &excelize.SheetProtectionOptions{AutoFilter: true, FormatCells: true, FormatColumns: true, FormatRows: true, InsertRows: true, Sort: true, SelectLockedCells: true, SelectUnlockedCells: true}))
}

func (b *writer) pieces() {
	row := b.heads(pieceName, "Tin, bài, lần phát sóng, minh chứng", pieceHeads(), 8, 16, 13, 48, 42, 22, 38, 22, 30)
	said := map[string]schedule.Claim{}
	for _, c := range b.form.Had {
		if c.Kind == schedule.ClaimAnswer {
			said[c.Evidence] = c
		}
	}
	for i, r := range b.form.Rows {
		b.put(pieceName, 1, row, code(i), b.locked)
		for j, text := range r.cells() {
			b.put(pieceName, 2+j, row, text, b.locked)
		}
		b.put(pieceName, 8, row, viet.Claimed(said[r.Evidence].Answer), b.open)
		b.put(pieceName, 9, row, said[r.Evidence].Note, b.open)
		row++
	}
	if len(b.form.Rows) > 0 {
		list := excelize.NewDataValidation(true)
		list.SetSqref(fmt.Sprintf("H4:H%d", row-1))
		b.do(list.SetDropList(answers()))
		list.SetError(excelize.DataValidationErrorStyleStop, "Ý kiến của đơn vị", "Xin chọn: "+strings.Join(answers(), ", "))
		b.do(b.f.AddDataValidation(pieceName, list))
		b.do(b.f.AutoFilter(pieceName, fmt.Sprintf("A3:I%d", row-1), nil))
	}
	for _, c := range b.form.Had {
		if c.Kind == schedule.ClaimPiece {
			for j, text := range []string{"", c.Medium, dayText(c.Date), c.Title, c.URL, "", "", "", c.Note} {
				b.put(pieceName, 1+j, row, text, b.open)
			}
			row++
		}
	}
	b.do(b.f.SetCellStyle(pieceName, cellName(1, row), cellName(len(pieceHeads()), row+blank), b.open))
	b.protect(pieceName)
}

func (b *writer) amounts() {
	row := b.heads(amountName, "Số lượng các hoạt động khác trong kỳ", amountHeads(), 46, 14, 14, 14, 16, 14, 40)
	had := map[string]schedule.Claim{}
	var more []string
	for _, c := range b.form.Had {
		if c.Kind == schedule.ClaimQuantity {
			had[c.Title] = c
			more = append(more, c.Title)
		}
	}
	first := row
	for _, name := range append(Activities(), more...) {
		c, again := had[name]
		if again {
			delete(had, name)
		} else if row-first >= len(Activities()) {
			continue // stands above
		}
		b.put(amountName, 1, row, name, b.open)
		for j := range schedule.ClaimCounts() {
			text := ""
			if j < len(c.Counts) && c.Counts[j] > 0 {
				text = strconv.Itoa(c.Counts[j])
			}
			b.put(amountName, 2+j, row, text, b.open)
		}
		b.put(amountName, 2+len(schedule.ClaimCounts()), row, c.Note, b.open)
		row++
	}
	b.do(b.f.SetCellStyle(amountName, cellName(1, row), cellName(len(amountHeads()), row+20), b.open))
}

func (b *writer) papers() {
	row := b.heads(paperName, "Văn bản, tài liệu đã nộp bằng giấy", paperHeads(), 26, 14, 70, 40)
	for _, c := range b.form.Had {
		if c.Kind == schedule.ClaimPaper {
			for j, text := range []string{c.Document, dayText(c.Date), c.Title, c.Note} {
				b.put(paperName, 1+j, row, text, b.open)
			}
			row++
		}
	}
	b.do(b.f.SetCellStyle(paperName, cellName(1, row), cellName(len(paperHeads()), row+20), b.open))
}

// identity writes what the form is of, and by what each filled-in row is known again.
func (b *writer) identity() {
	b.put(hidden, 1, 1, magic, 0)
	row := 2
	for _, p := range identity(b.form) {
		b.put(hidden, 1, row, p[0], 0)
		b.put(hidden, 2, row, p[1], 0)
		b.do(b.f.SetDefinedName(&excelize.DefinedName{Name: "loa_" + p[0], RefersTo: fmt.Sprintf("%s!$B$%d", hidden, row)}))
		row++
	}
	for i, r := range b.form.Rows {
		b.put(hidden, 1, row, code(i), 0)
		b.put(hidden, 2, row, r.Evidence, 0)
		for j, text := range r.cells() {
			b.put(hidden, 3+j, row, sum(code(i), j, viet.Cell(text)), 0)
		}
		row++
	}
	b.do(b.f.SetSheetVisible(hidden, false, true))
	b.do(b.f.SetAppProps(&excelize.AppProperties{Application: "loa"}))
}
