package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"loa/schedule/calendar"
	"loa/viet"
)

// halfPage is how many characters half a page of a report holds, in letters of 14 points.
const halfPage = 1700

// Paragraph is what goes into «Công tác thông tin, tuyên truyền» of the reform report: half a page in that report's register,
// of what may leave the house. Whatever does not fit is left to the annex; the closing judgement never is.
func Paragraph(in Input) string {
	in.Paper, in.Shown = Supply, Shown{}
	r := Build(in).outgoing()
	head := fmt.Sprintf("Thực hiện Kế hoạch số %s ngày %s của %s về %s, trong kỳ báo cáo (từ ngày %s đến ngày %s):", r.Plan.Number, viet.Day(r.Plan.Issued.In(calendar.Zone)), r.Plan.Issuer, viet.Uncapital(r.Plan.Title),
		viet.Day(r.Period.Start.In(calendar.Zone)), viet.Day(in.Period.LastDay()))
	all, lacks := r.judged()
	end := strings.Join(append(all, lacks...), " ")
	left := halfPage - utf8.RuneCountInString(head) - utf8.RuneCountInString(end)
	parts, whole := []string{head}, true
	for _, lines := range [][]string{r.onAir(), r.inPress(), r.onSites(), r.otherwise()} {
		var told []string
		for _, line := range lines {
			if n := utf8.RuneCountInString(line) + 1; n <= left {
				told, left = append(told, line), left-n
			} else {
				whole = false
			}
		}
		if len(told) > 0 {
			parts = append(parts, strings.Join(told, " "))
		}
	}
	if !whole {
		end += " Số liệu chi tiết tại phụ lục kèm theo."
	}
	if r.Sample {
		parts[0] = "[Dữ liệu mẫu] " + parts[0]
	}
	return strings.Join(append(parts, end), "\n")
}
