package web

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// csvOf writes UTF-8 with a byte order mark, which Excel needs to read Vietnamese, as rows come.
func (sh sheet) csvOf(w io.Writer, rows func() ([][]any, error)) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	part, err := [][]any{anys(sh.Head)}, error(nil)
	for ; err == nil && len(part) > 0; part, err = rows() {
		for _, row := range part {
			line := make([]string, max(len(row), len(sh.Head))) // every line of a CSV has as many cells (RFC 4180)
			for i, v := range row {
				line[i] = cellText(v)
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return err
		}
	}
	return err
}

// xlsxOf writes one sheet with a frozen head, as rows come: what is written already lies in a temporary file. A list longer than a sheet
// can be ends with a row that says so.
func (sh sheet) xlsxOf(w io.Writer, sample bool, rows func() ([][]any, error)) error {
	f := excelize.NewFile()
	defer f.Close()
	const name = "Danh sách"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return err
	}
	landscape, a4, fit, zero, one := "landscape", 9, true, 0, 1
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &zero}); err != nil {
		return err
	}
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	top := 1
	head := [][]any{{sh.Title}, anys(sh.Head)}
	if sample {
		head = append([][]any{{"Dữ liệu mẫu: địa phương, cơ quan và số liệu là hư cấu."}}, head...)
	}
	if err := out.SetColWidth(1, max(len(sh.Head), 1), 22); err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: len(head), TopLeftCell: sheetRow(len(head) + 1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	put := func(row []any, style int) error {
		cells := make([]any, len(row))
		for i, v := range row {
			switch v.(type) {
			case int, float64:
			default:
				v = cellText(v)
			}
			cells[i] = excelize.Cell{StyleID: style, Value: v}
		}
		err := out.SetRow(sheetRow(top), cells)
		top++
		return err
	}
	for _, row := range head {
		if err := put(row, bold); err != nil {
			return err
		}
	}
	var part [][]any
	for part, err = rows(); err == nil && len(part) > 0; part, err = rows() {
		for _, row := range part {
			if top > mostSheetRows {
				err := put([]any{fmt.Sprintf("Bảng XLSX chỉ chứa được %d dòng: lọc hẹp lại, hoặc tải dạng CSV.", mostSheetRows)}, 0)
				if err == nil {
					err = out.Flush()
				}
				if err == nil {
					err = f.Write(w)
				}
				return err
			}
			if err := put(row, 0); err != nil {
				return err
			}
		}
	}
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
