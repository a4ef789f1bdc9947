package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

func closingRef(c *schedule.Closing) *ClosingRef {
	if c == nil {
		return nil
	}
	out := &ClosingRef{Dataset: c.Dataset, Revision: c.Revision, At: c.At, Actor: c.Actor, Reason: c.Reason, PlanVersion: c.PlanVersion,
		Classifier: c.Classifier, Open: len(c.Open), Questions: []rowRef{}}
	for _, q := range c.Open {
		out.Questions = append(out.Questions, rowRef{q.Quota, q.Owner, q.Period})
	}
	return out
}

// WriteCertificate writes the certificate of a closed period as plain text
// (biên bản chốt số liệu, dự thảo): what was closed, by whom, from what, and
// what was still open. It is a draft for a person to sign.
func WriteCertificate(w io.Writer, plan *schedule.Plan, c schedule.Closing) error {
	out := bufio.NewWriter(w)
	line := func(format string, a ...any) { fmt.Fprintf(out, format+"\n", a...) }
	if plan.Sample {
		line("[Dữ liệu mẫu: địa phương, cơ quan và số liệu dưới đây là hư cấu]\n")
	}
	line("BIÊN BẢN CHỐT SỐ LIỆU\n(dự thảo do hệ thống lập, chưa có số và chữ ký)\n")
	period := calendar.Period{ID: c.Period, Start: c.Start, End: c.End}
	for _, x := range [][2]string{
		{"Kế hoạch", fmt.Sprintf("%s ngày %s của %s", plan.Number, viet.Day(plan.Issued), plan.Issuer)},
		{"", plan.Title},
		{"Kỳ báo cáo", fmt.Sprintf("%s (từ %s đến hết %s)", period.Name(), viet.Day(c.Start), viet.Day(period.LastDay()))},
		{"Lần chốt", fmt.Sprint(c.Revision)},
		{"Chốt lúc", viet.Moment(c.At)},
		{"Người chốt", c.Actor},
		{"Lý do chốt lại", c.Reason},
		{"Mã bộ dữ liệu", c.Dataset},
		{"Bản kế hoạch", c.PlanVersion},
		{"Bộ phân loại", cmp.Or(c.Classifier, "không dùng")},
	} {
		if x[1] != "" {
			line("%s", strings.TrimRight(padTo(x[0], 18)+x[1], " "))
		}
	}
	certifyRows(line, plan, c)
	certifyQuestions(line, plan, c)
	if plan.Sample {
		line("\n[Dữ liệu mẫu]")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	return nil
}

// certifyRows tells the rows by state, and the pieces behind them.
func certifyRows(line func(string, ...any), plan *schedule.Plan, c schedule.Closing) {
	tallies := map[schedule.Basis]*Tally{schedule.ByPlan: {}, schedule.ByReference: {}}
	tried, counted, credits, rejections := 0, 0, 0, 0
	for _, r := range c.Rows {
		credits, rejections = credits+len(r.Credits), rejections+len(r.Rejections)
		row := rowOf(plan, r.Standing)
		switch {
		case row.Shadow:
			tried++
		case row.Statistics:
			counted++
		default:
			tallies[basisOf(r.Standing.Basis)].add(row)
		}
	}
	line("\nI. KẾT QUẢ ĐÃ CHỐT: %s dòng", viet.Number(len(c.Rows)))
	for _, b := range []schedule.Basis{schedule.ByPlan, schedule.ByReference} {
		t := *tallies[b]
		if b == schedule.ByPlan {
			line("Chỉ tiêu của kế hoạch: %s lượt đánh giá", viet.Number(t.Total()))
		} else {
			line("Mức tham chiếu (phục vụ theo dõi, không phải chỉ tiêu): %s lượt", viet.Number(t.Total()))
		}
		for _, x := range t.byState(b) {
			line("  - %s: %s", x.word, viet.Number(x.n))
		}
	}
	if counted > 0 {
		line("Chỉ thống kê, không đánh giá: %s lượt", viet.Number(counted))
	}
	if tried > 0 {
		line("Đang theo dõi thử (chưa thông báo), không tính ở trên: %s lượt", viet.Number(tried))
	}
	line("\nII. MINH CHỨNG\nĐược ghi nhận: %s lượt\nKhông được ghi nhận: %s lượt", viet.Number(credits), viet.Number(rejections))
}

// certifyQuestions lists what was closed without an answer.
func certifyQuestions(line func(string, ...any), plan *schedule.Plan, c schedule.Closing) {
	line("\nIII. CÂU HỎI CÒN MỞ KHI CHỐT: %s", viet.Number(len(c.Open)))
	names := NamesOf(plan)
	starts := map[rowRef]schedule.Standing{}
	for _, r := range c.Rows {
		starts[rowRef{r.Standing.Quota, r.Standing.Owner, r.Standing.Period}] = r.Standing
	}
	for i, q := range c.Open {
		s := starts[rowRef{q.Quota, q.Owner, q.Period}]
		var why []string
		for _, r := range q.Reasons {
			why = append(why, viet.Reason(r.Code, names.args(r)))
		}
		period := calendar.Period{ID: s.Period, Start: s.Start, End: s.End}
		line("%d. %s, %s, %s: %s (%s).", i+1, q.Quota, names.Agency(q.Owner), period.Name(), Word(s.Basis, q.State, s.Confirmed, "", q.Reasons), strings.Join(why, "; "))
	}
}

func basisOf(b schedule.Basis) schedule.Basis {
	if b == schedule.ByReference {
		return b
	}
	return schedule.ByPlan
}

// padTo fills a text with spaces to n letters.
func padTo(s string, n int) string {
	if s != "" {
		s += ":"
	}
	return s + strings.Repeat(" ", max(1, n-len([]rune(s))))
}
