package agenda

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

const (
	sheetRows = "Kế hoạch tháng"
	sheetDays = "Lịch theo ngày"
)

// column is one column of the plan sheet: its head, its width in characters and
// what it says of a row; int cells are numbers.
type column struct {
	head  string
	width float64
	of    func(r sheetRow) any
}

// sheetRow is one period that ends in the month.
type sheetRow struct {
	b        builder
	quota    schedule.Quota
	standing schedule.Standing
	slot     schedule.Slot // zero if the period is over, or nothing is asked of it
}

// WriteSheet writes the plan sheet of a month as XLSX: a row for each period
// that ends in it, chỉ tiêu and mức tham chiếu in columns of their own, and the
// month day by day. Owner "" is everybody. It prints on A4 across, one page wide.
func WriteSheet(w io.Writer, in Input, month calendar.Period) error {
	b := builder{Input: in, names: report.NamesOf(in.Plan)}
	rows := b.rows(month)
	f := excelize.NewFile()
	defer f.Close()
	s := sheet{f: f}
	s.try(f.SetSheetName("Sheet1", sheetRows))
	s.rows(b, rows, month)
	_, err := f.NewSheet(sheetDays)
	s.try(err)
	s.days(b, rows, month)
	s.try(f.SetDocProps(&excelize.DocProperties{Title: "Kế hoạch " + month.Name(), Creator: "loa", Language: "vi-VN",
		Created: in.Evaluation.Now.UTC().Format(time.RFC3339), Modified: in.Evaluation.Now.UTC().Format(time.RFC3339)}))
	s.try(f.SetAppProps(&excelize.AppProperties{Application: "loa"}))
	if s.err == nil {
		s.err = f.Write(w)
	}
	if s.err != nil {
		return fmt.Errorf("write the plan sheet of %s: %w", month.ID, s.err)
	}
	return nil
}

// rows are the standings of periods whose last day lies in the month, by quota
// in plan order, owner, time; levels being tried and what is never short are left out.
func (b builder) rows(month calendar.Period) []sheetRow {
	slots := map[string]schedule.Slot{}
	for _, s := range b.Evaluation.Slots {
		slots[s.Quota+" "+s.Owner+" "+s.Period] = s
	}
	order := map[string]int{}
	for i, q := range b.Plan.Quotas {
		order[q.ID] = i
	}
	var out []sheetRow
	for _, s := range b.Evaluation.Standings {
		last := s.End.Add(-time.Nanosecond)
		q := b.quota(s.Quota)
		if b.Owner != "" && s.Owner != b.Owner || !month.Contains(last) || hushed(s.Reasons) || q.Class == schedule.Enc {
			continue
		}
		out = append(out, sheetRow{b, report.Definition(q, s.Start), s, slots[s.Quota+" "+s.Owner+" "+s.Period]})
	}
	slices.SortStableFunc(out, func(x, y sheetRow) int {
		return cmp.Or(order[x.quota.ID]-order[y.quota.ID], cmp.Compare(x.standing.Owner, y.standing.Owner), x.standing.Start.Compare(y.standing.Start))
	})
	return out
}

// wanted is what the row's main number asks for, in words, if it is on that basis.
func (r sheetRow) wanted(of schedule.Basis) any {
	for _, m := range r.standing.Measures {
		if m.Wanted > 0 && m.Basis == of && !(m.Bound == "at_most" && m.Name != "age" && m.Name != "gap" && m.Name != "lag") {
			if m.Name == "count" {
				return fmt.Sprintf("%s %s", two(int(m.Wanted)), viet.Unit(m.Unit))
			}
			return viet.Capital(viet.Measure(m.Name)) + ": " + viet.Decimal(m.Wanted) + " " + viet.Unit(m.Unit)
		}
	}
	return ""
}

func (r sheetRow) period() calendar.Period {
	return calendar.Period{ID: r.standing.Period, Start: r.standing.Start, End: r.standing.End}
}

func day(t time.Time) string { return viet.Day(t.In(calendar.Zone)) }

func momentOr(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return viet.Moment(t)
}

// columns are those of the plan sheet.
func columns() []column {
	return []column{
		{"Mã", 7, func(r sheetRow) any { return r.quota.ID }},
		{"Nhiệm vụ", 32, func(r sheetRow) any { return r.quota.Title }},
		{"Chỉ tiêu", 11, func(r sheetRow) any { return r.wanted(schedule.ByPlan) }},
		{"Mức tham chiếu", 11, func(r sheetRow) any { return r.wanted(schedule.ByReference) }},
		{"Cơ quan", 15, func(r sheetRow) any { return r.b.names.Agency(r.standing.Owner) }},
		{"Kỳ", 11, func(r sheetRow) any {
			if r.quota.Cadence == calendar.Once {
				return "một lần"
			}
			name, _, _ := strings.Cut(r.period().Name(), " (") // a week's days stand beside it
			return name
		}},
		{"Ngày cuối", 10, func(r sheetRow) any { return day(r.period().LastDay()) }},
		{"Tình trạng", 12, func(r sheetRow) any {
			s := r.standing
			return viet.Capital(report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons))
		}},
		{"Còn thiếu", 6, func(r sheetRow) any {
			if r.slot.Short > 0 {
				return r.slot.Short
			}
			return ""
		}},
		{"Hạn sản xuất", 11, func(r sheetRow) any { return momentOr(r.slot.ProduceBy) }},
		{"Hạn cuối còn kịp", 11, func(r sheetRow) any { return momentOr(r.slot.LastSave) }},
		{"Dự kiến", 14, func(r sheetRow) any { return plannedWords(r.slot.Planned) }},
		{"Thường làm", 16, func(r sheetRow) any {
			for _, x := range r.slot.Reasons {
				if x.Code == "usually" {
					return viet.Capital(r.b.names.Reason(x))
				}
			}
			return ""
		}},
		{"Ghi chú", 14, func(sheetRow) any { return "" }}, // for a pen
	}
}

// sheet writes cells and keeps the first error.
type sheet struct {
	f   *excelize.File
	err error
}

func (s *sheet) try(err error) {
	if s.err == nil {
		s.err = err
	}
}

func cell(col, row int) string {
	name, _ := excelize.CoordinatesToCellName(col, row) // both are positive
	return name
}

// put writes a text as a text, whatever it begins with, and a number as one.
func (s *sheet) put(name string, col, row int, v any) {
	switch x := v.(type) {
	case int:
		s.try(s.f.SetCellInt(name, cell(col, row), int64(x)))
	case string:
		s.try(s.f.SetCellStr(name, cell(col, row), viet.Cell(x)))
	}
}

func (s *sheet) style(st excelize.Style) int {
	id, err := s.f.NewStyle(&st)
	s.try(err)
	return id
}

func border() []excelize.Border {
	var out []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		out = append(out, excelize.Border{Type: side, Color: "9AA5B1", Style: 1})
	}
	return out
}

// paper sets a sheet to A4 across, as wide as one page.
func (s *sheet) paper(name string, heads int) {
	across, a4, wide, high := "landscape", 9, 1, 0
	fit := true
	s.try(s.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	s.try(s.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &across, Size: &a4, FitToWidth: &wide, FitToHeight: &high}))
	side, edge := 0.4, 0.5
	s.try(s.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge}))
	s.try(s.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&8Theo dõi thực hiện kế hoạch&R&8Trang &P/&N"}))
	s.try(s.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$%d", name, heads), Scope: name}))
}

// title writes the lines above a table and returns the row after them.
func (s *sheet) title(name string, b builder, month calendar.Period, width int) int {
	big := s.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Family: "Times New Roman"}})
	small := s.style(excelize.Style{Font: &excelize.Font{Italic: true, Size: 10, Family: "Times New Roman"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	who := "các cơ quan, đơn vị"
	if b.Owner != "" {
		who = b.names.Agency(b.Owner)
	}
	s.put(name, 1, 1, "KẾ HOẠCH "+strings.ToUpper(month.Name())+" – "+who)
	note := fmt.Sprintf("Kế hoạch %s ngày %s; tính đến %s. Chỉ tiêu là con số của chính kế hoạch; mức tham chiếu chỉ phục vụ theo dõi.",
		b.Plan.Number, viet.Day(b.Plan.Issued), viet.Moment(b.Evaluation.Now))
	if b.Plan.Sample {
		note = "DỮ LIỆU MẪU: tỉnh, cơ quan và tin, bài đều là giả định. " + note
	}
	s.put(name, 1, 2, note)
	s.try(s.f.MergeCell(name, cell(1, 1), cell(width, 1)))
	s.try(s.f.MergeCell(name, cell(1, 2), cell(width, 2)))
	s.try(s.f.SetCellStyle(name, cell(1, 1), cell(width, 1), big))
	s.try(s.f.SetCellStyle(name, cell(1, 2), cell(width, 2), small))
	s.try(s.f.SetRowHeight(name, 2, 28))
	return 3
}

// headStyle is that of a table's head.
func (s *sheet) headStyle() int {
	return s.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 10, Family: "Times New Roman", Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E5F"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"}, Border: border()})
}

func (s *sheet) rows(b builder, rows []sheetRow, month calendar.Period) {
	cols := columns()
	head := s.title(sheetRows, b, month, len(cols))
	body := s.style(excelize.Style{Font: &excelize.Font{Size: 10, Family: "Times New Roman"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Border: border()})
	for i, c := range cols {
		s.put(sheetRows, i+1, head, c.head)
		letter, err := excelize.ColumnNumberToName(i + 1)
		s.try(err)
		s.try(s.f.SetColWidth(sheetRows, letter, letter, c.width))
	}
	s.try(s.f.SetCellStyle(sheetRows, cell(1, head), cell(len(cols), head), s.headStyle()))
	s.try(s.f.SetRowHeight(sheetRows, head, 30))
	for i, r := range rows {
		lines := 1
		for j, c := range cols {
			v := c.of(r)
			s.put(sheetRows, j+1, head+1+i, v)
			if text, ok := v.(string); ok {
				lines = max(lines, height(text, int(c.width)))
			}
		}
		s.try(s.f.SetRowHeight(sheetRows, head+1+i, float64(13*lines+2)))
	}
	last := head + max(1, len(rows))
	if len(rows) == 0 {
		s.put(sheetRows, 2, last, "Không có kỳ nào kết thúc trong tháng này.")
	}
	s.try(s.f.SetCellStyle(sheetRows, cell(1, head+1), cell(len(cols), last), body))
	s.try(s.f.AutoFilter(sheetRows, cell(1, head)+":"+cell(len(cols), last), nil))
	s.try(s.f.SetPanes(sheetRows, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: head, TopLeftCell: cell(3, head+1), ActivePane: "bottomRight"}))
	s.paper(sheetRows, head)
}

// days is the month as a grid of weeks, with what falls on each day.
func (s *sheet) days(b builder, rows []sheetRow, month calendar.Period) {
	head := s.title(sheetDays, b, month, 7)
	text := excelize.Style{Font: &excelize.Font{Size: 9, Family: "Times New Roman"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Border: border()}
	body := s.style(text)
	text.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF2F4"}}
	outside := s.style(text)
	for i, name := range []string{"Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"} {
		s.put(sheetDays, i+1, head, name)
	}
	s.try(s.f.SetCellStyle(sheetDays, cell(1, head), cell(7, head), s.headStyle()))
	s.try(s.f.SetColWidth(sheetDays, "A", "G", 26))
	on := b.byDay(rows, month)
	monday := month.Start.AddDate(0, 0, -(int(month.Start.Weekday())+6)%7)
	row := head
	for d := monday; d.Before(month.End); d = d.AddDate(0, 0, 7) {
		row++
		most := 1
		for i := range 7 {
			t := d.AddDate(0, 0, i)
			lines := on[t.Format(time.DateOnly)]
			cellText := fmt.Sprintf("%02d/%02d", t.Day(), t.Month())
			style := body
			if month.Contains(t) {
				for _, l := range lines {
					cellText += "\n" + l
				}
				most = max(most, height(cellText, 32))
			} else {
				style = outside
			}
			s.put(sheetDays, i+1, row, cellText)
			s.try(s.f.SetCellStyle(sheetDays, cell(i+1, row), cell(i+1, row), style))
		}
		s.try(s.f.SetRowHeight(sheetDays, row, min(409, float64(12*max(4, most)))))
	}
	s.try(s.f.SetPanes(sheetDays, &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: cell(1, head+1), ActivePane: "bottomLeft"}))
	s.paper(sheetDays, head)
}

// height is about how many lines a text takes in a cell so many characters wide:
// words are not broken.
func height(text string, width int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		at := 0
		for word := range strings.FieldsSeq(line) {
			w := len([]rune(word)) + 1
			if at > 0 && at+w > width+1 {
				n, at = n+1, 0
			}
			at += w
		}
	}
	return n
}

// byDay tells what falls on each day of the month, by its date: days off, last
// saves, days to begin, last days, what is announced, make-goods and cut-offs.
func (b builder) byDay(rows []sheetRow, month calendar.Period) map[string][]string {
	out := map[string][]string{}
	add := func(t time.Time, line string) {
		if key := t.In(calendar.Zone).Format(time.DateOnly); month.Contains(t) && !slices.Contains(out[key], line) {
			out[key] = append(out[key], line)
		}
	}
	if b.Calendar != nil {
		for date, name := range b.Calendar.Days() {
			if t, err := time.ParseInLocation(time.DateOnly, date, calendar.Zone); err == nil {
				add(t, "Nghỉ: "+name)
			}
		}
	}
	add(month.Start.AddDate(0, 0, 13), "Chốt số liệu báo cáo")
	type due struct{ quota, what, day string }
	many := map[due][]string{} // owners with the same thing on the same day
	var order []due
	at := map[due]time.Time{}
	owe := func(r sheetRow, t time.Time, what string) {
		if t.IsZero() || r.slot.Short <= 0 {
			return
		}
		k := due{r.quota.ID, what, day(t)}
		if many[k] == nil {
			order, at[k] = append(order, k), t
		}
		many[k] = append(many[k], b.names.Agency(r.standing.Owner))
	}
	for _, r := range rows {
		owe(r, r.slot.ProduceBy, "hạn sản xuất")
		owe(r, r.slot.LastSave, "hạn cuối còn kịp")
		for _, p := range r.slot.Planned {
			if p.Fits {
				add(p.Planned.Start, viet.Clock(p.Planned.Start)+" dự kiến: "+p.Planned.Programme)
			}
		}
	}
	for _, k := range order {
		who := strings.Join(many[k], ", ")
		if n := len(many[k]); n > 3 {
			who = fmt.Sprintf("%d cơ quan", n)
		}
		if b.Owner == "" {
			who = " (" + who + ")"
		} else {
			who = ""
		}
		add(at[k], k.quota+" "+k.what+who)
	}
	for _, c := range b.Cases {
		for _, p := range c.Pledges {
			if p.Outcome == nil && !c.State.Over() && (b.Owner == "" || c.Owner == b.Owner) {
				add(p.Start, viet.Clock(p.Start)+" phát bù "+c.ID)
			}
		}
	}
	return out
}
