package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"loa/schedule"
	"loa/viet"
)

const chartSheet = "Biểu đồ"

// chartTable is figures and the chart of them: a line a category, a column a series.
type chartTable struct {
	title string
	heads []string // of the categories, then of the series
	names []string
	lines [][]int
}

// charts are topics, and duties by what came of them, the plan's numbers apart from our levels. Their figures stand beside them.
func (b *workbook) charts(r Report) {
	_, err := b.f.NewSheet(chartSheet)
	b.do(err)
	b.do(b.f.SetColWidth(chartSheet, "A", "A", 52))
	b.do(b.f.SetColWidth(chartSheet, "B", "G", 12))
	topics := chartTable{title: "Tin, bài về CCHC theo chủ đề, " + r.named(), heads: []string{"Chủ đề", "Tin, bài"}}
	for _, t := range r.Topics.Counts {
		topics.names, topics.lines = append(topics.names, viet.Topic(t.Topic)), append(topics.lines, []int{t.Items})
	}
	row := 1
	for _, t := range []chartTable{topics, r.dutyChart(schedule.ByPlan), r.dutyChart(schedule.ByReference)} {
		if len(t.names) > 0 {
			row = b.chart(t, row)
		}
	}
	b.page(chartSheet, "landscape")
}

// dutyChart counts the turns of duties held against one kind of level, without states that none of them has.
func (r Report) dutyChart(basis schedule.Basis) chartTable {
	t := chartTable{title: "Lượt đánh giá theo chỉ tiêu của Kế hoạch, " + r.named(), heads: []string{"Nhiệm vụ (chỉ tiêu)"}}
	if basis == schedule.ByReference {
		t.title, t.heads[0] = "Lượt đánh giá theo mức tham chiếu, "+r.named(), "Nhiệm vụ (mức tham chiếu)"
	}
	var heads []string
	at := map[string]int{}
	for _, d := range r.Duties {
		if d.Basis != basis {
			continue
		}
		for _, x := range d.Tally.byState(basis) {
			if _, ok := at[x.word]; !ok {
				at[x.word] = len(heads)
				heads = append(heads, viet.Capital(x.word))
			}
		}
	}
	t.heads = append(t.heads, heads...)
	for _, d := range r.Duties {
		if d.Basis != basis || d.Tally.Total() == 0 {
			continue
		}
		line := make([]int, len(heads))
		for _, x := range d.Tally.byState(basis) {
			line[at[x.word]] = x.n
		}
		t.names, t.lines = append(t.names, d.Quota+". "+d.Title), append(t.lines, line)
	}
	return t
}

// chart writes a table at a row and its chart below it, and gives the row after both.
func (b *workbook) chart(t chartTable, row int) int {
	b.set(chartSheet, cellName(1, row), t.title, b.title)
	if row > 1 { // a table and its chart on one page
		b.do(b.f.InsertPageBreak(chartSheet, cellName(1, row)))
	}
	row++
	for i, h := range t.heads {
		b.set(chartSheet, cellName(i+1, row), h, b.head)
	}
	b.high(chartSheet, row, 3)
	head := row
	for i, name := range t.names {
		row++
		b.set(chartSheet, cellName(1, row), name, b.text)
		b.high(chartSheet, row, textLines(name, 52))
		for j, n := range t.lines[i] {
			b.set(chartSheet, cellName(j+2, row), float64(n), b.number)
		}
	}
	var series []excelize.ChartSeries
	for i := range t.heads[1:] {
		col, err := excelize.ColumnNumberToName(i + 2)
		b.do(err)
		series = append(series, excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$%d", chartSheet, col, head), Categories: fmt.Sprintf("'%s'!$A$%d:$A$%d", chartSheet, head+1, row), Values: fmt.Sprintf("'%s'!$%s$%d:$%s$%d", chartSheet, col, head+1, col, row)})
	}
	zero, one, same := 0.0, 1.0, false
	black := excelize.Font{Color: "000000", Size: 10, Family: "Times New Roman"}
	kind, legend := excelize.BarStacked, excelize.ChartLegend{Position: "bottom", Font: &black}
	if len(series) == 1 {
		kind, legend = excelize.Bar, excelize.ChartLegend{Position: "none"}
	}
	value := excelize.ChartAxis{Minimum: &zero, MajorGridLines: true, Font: black}
	if most := t.most(); most < 10 {
		value.MajorUnit = one // there is no half a turn
	}
	high := max(260, 110+34*len(t.names))
	b.do(b.f.AddChart(chartSheet, cellName(1, row+2), &excelize.Chart{Type: kind, Series: series, VaryColors: &same, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: t.title, Font: &excelize.Font{Bold: true, Size: 12, Color: "000000", Family: "Times New Roman"}}}},
		Dimension: excelize.ChartDimension{Width: 940, Height: uint(high)}, XAxis: excelize.ChartAxis{ReverseOrder: true, Font: black}, YAxis: value, Legend: legend, ShowBlanksAs: "zero"}))
	return row + 4 + high/20
}

// most is the longest bar.
func (t chartTable) most() (most int) {
	for _, line := range t.lines {
		n := 0
		for _, x := range line {
			n += x
		}
		most = max(most, n)
	}
	return most
}
