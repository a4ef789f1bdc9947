package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/schedule/calendar"
	"loa/viet"
)

// sheet is a list taken out as a table: every list page gives one for ?dang=xlsx and ?dang=csv.
type sheet struct {
	Name  string // of the file, without its ending: ASCII
	Title string // Vietnamese
	Head  []string
	Rows  [][]any // string, int, float64, time.Time (a day or a moment of Viet Nam), bool
}

// asSheet answers with a list as a file if that is what was asked for, and reports that it did. list is called only then.
func (s *site) asSheet(w http.ResponseWriter, r *http.Request, list func() (sheet, error)) bool {
	form := r.URL.Query().Get("dang")
	if form != "xlsx" && form != "csv" {
		return false
	}
	sh, err := list()
	if err != nil {
		s.fail(w, r, "list for a sheet", err)
		return true
	}
	if !s.recorded(w, r, "export.sheet", map[string]any{"format": form, "rows": len(sh.Rows)}) {
		return true
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, sh.Name, form))
	if form == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		err = sh.csv(w)
	} else {
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		err = sh.xlsx(w, s.Plan.Sample)
	}
	if err != nil {
		s.Log.WarnContext(r.Context(), "write a sheet", "sheet", sh.Name, "error", err)
	}
	return true
}

func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return viet.Cell(v)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		if v = v.In(calendar.Zone); v.Hour() == 0 && v.Minute() == 0 {
			return viet.Day(v)
		}
		return viet.Moment(v)
	case bool:
		if v {
			return "có"
		}
		return "không"
	case float64:
		return viet.Decimal(v)
	}
	return fmt.Sprint(v)
}

// csv writes a whole list, see csvOf.
func (sh sheet) csv(w http.ResponseWriter) error {
	rows := sh.Rows
	return sh.csvOf(w, func() ([][]any, error) {
		out := rows
		rows = nil
		return out, nil
	})
}

func anys(v []string) []any {
	out := make([]any, len(v))
	for i := range v {
		out[i] = v[i]
	}
	return out
}

// xlsx writes one sheet with a frozen head, filters, and A4 landscape for the printer.
func (sh sheet) xlsx(w http.ResponseWriter, sample bool) error {
	f := excelize.NewFile()
	defer f.Close()
	const name = "Danh sách"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	top := 1
	put := func(row int, cells []any, style int) error {
		for i, v := range cells {
			cell, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				return err
			}
			switch v := v.(type) {
			case int, float64:
				err = f.SetCellValue(name, cell, v)
			default:
				err = f.SetCellStr(name, cell, cellText(v))
			}
			if err == nil && style != 0 {
				err = f.SetCellStyle(name, cell, cell, style)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return err
	}
	if sample {
		if err := put(top, []any{"Dữ liệu mẫu: địa phương, cơ quan và số liệu là hư cấu."}, 0); err != nil {
			return err
		}
		top++
	}
	if err := put(top, []any{sh.Title}, bold); err != nil {
		return err
	}
	top++
	if err := put(top, anys(sh.Head), bold); err != nil {
		return err
	}
	for i, row := range sh.Rows {
		if err := put(top+1+i, row, 0); err != nil {
			return err
		}
	}
	last, err := excelize.ColumnNumberToName(max(len(sh.Head), 1))
	if err != nil {
		return err
	}
	landscape, a4, fit, zero := "landscape", 9, true, 0
	one := 1
	for _, do := range []func() error{
		func() error { return f.SetColWidth(name, "A", last, 22) },
		func() error {
			return f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: fmt.Sprintf("A%d", top+1), ActivePane: "bottomLeft"})
		},
		func() error {
			return f.AutoFilter(name, fmt.Sprintf("A%d:%s%d", top, last, top+max(len(sh.Rows), 1)), nil)
		},
		func() error {
			return f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &zero})
		},
		func() error { return f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return f.Write(w)
}
