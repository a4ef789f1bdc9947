package report

import (
	"fmt"
	"strings"
	"time"

	"loa/schedule"
	"loa/viet"
)

// numbered is a number and how it is said; %s is the number.
type numbered struct {
	n    int
	word string
}

// someWords says those that are not zero, each after sep.
func someWords(sep string, all ...numbered) string {
	var b strings.Builder
	for _, x := range all {
		if x.n > 0 {
			b.WriteString(sep + fmt.Sprintf(x.word, pad(x.n)))
		}
	}
	return b.String()
}

// Summary is the report's first page in sentences, in the register of official
// reports. Every figure in it stands in a table below.
func (r Report) Summary() []string {
	sections := r.sections()
	return r.summary(func(id string) string { return fmt.Sprintf(" (mục %d)", sections[id]) })
}

// summary says after a sentence where more is told: only the page has numbered sections.
func (r Report) summary(at func(section string) string) []string {
	var out []string
	for _, b := range r.Broadcasts {
		s := fmt.Sprintf("Trong kỳ, %s đã phát sóng mới %s lần thuộc chuyên mục (nhiệm vụ %s; đạt %d/%d tuần đã kết thúc)", b.OwnerName, pad(b.FirstRuns), b.Quota, b.Tally.Met, b.Closed)
		if b.FirstRuns > 0 {
			s += fmt.Sprintf(", tổng thời lượng %s, trung vị %s, ngắn nhất %s; %s/%s lần bắt đầu trong khung giờ có nhiều người theo dõi (mức tham chiếu)",
				viet.Duration(time.Duration(b.Seconds)*time.Second), viet.Duration(time.Duration(b.Median)*time.Second),
				viet.Duration(time.Duration(b.Shortest)*time.Second), pad(b.InWindow), pad(b.FirstRuns))
		}
		if b.Repeats > 0 {
			s += fmt.Sprintf("; phát lại %s lần (không tính)", pad(b.Repeats))
		}
		out = append(out, s+".")
	}
	for _, c := range r.Columns {
		out = append(out, fmt.Sprintf("%s đã thực hiện %s kỳ chuyên mục (nhiệm vụ %s; %s các kỳ trong báo cáo: %s) và đăng %s tin, bài về CCHC.",
			viet.Capital(c.OwnerName), pad(c.Counted), c.Quota, viet.Basis(string(c.Basis)), pad(c.Wanted), pad(c.Items)))
	}
	var blank []string
	for _, g := range r.Regulars {
		switch {
		case !g.Each && g.Binding == 0 && g.Pieces == 0:
			blank = append(blank, g.Quota)
		case g.Each && g.Binding == 0:
			out = append(out, fmt.Sprintf("Nhiệm vụ %s (%s): chưa đủ dữ liệu của cả %s cơ quan, đơn vị.", g.Quota, g.Title, pad(len(g.Unknown))))
		case g.Each:
			s := fmt.Sprintf("%s/%s cơ quan, đơn vị đủ dữ liệu có %s về CCHC trong kỳ (nhiệm vụ %s)", pad(g.With), pad(g.Binding), unitWords(g.Kind, g.Unit), g.Quota)
			if len(g.Unknown) > 0 {
				s += fmt.Sprintf("; %s cơ quan, đơn vị chưa đủ dữ liệu", pad(len(g.Unknown)))
			}
			out = append(out, s+".")
		case len(g.PerOwner) > 0:
			s := fmt.Sprintf("%s: ghi nhận %s %s về CCHC (nhiệm vụ %s)", viet.Capital(g.PerOwner[0].Name), pad(g.Pieces), unitWords(g.Kind, g.Unit), g.Quota)
			if g.PerOwner[0].Unknown {
				s += "; chưa đủ dữ liệu"
			} else if g.Longest != nil {
				s += ", khoảng trống dài nhất " + gapWords(g.Longest)
			}
			out = append(out, s+".")
		}
	}
	if len(blank) > 0 {
		out = append(out, "Chưa ghi nhận và chưa đủ dữ liệu để kết luận: nhiệm vụ "+strings.Join(blank, ", ")+".")
	}
	for _, l := range r.Lags {
		s := fmt.Sprintf("%s đăng %s quyết định công bố thủ tục hành chính (nhiệm vụ %s; %s)", viet.Capital(l.OwnerName), pad(l.Posted), l.Quota, l.Periods)
		if l.Median != nil {
			s += fmt.Sprintf(", thời gian trung vị %s ngày làm việc kể từ ngày ký, lâu nhất %s", viet.Decimal(*l.Median), daysWords(l.Longest))
		}
		if l.PostedOnly {
			s += "; tính trên số đã đăng, chưa có danh mục quyết định để đối chiếu"
		} else if l.NotPosted > 0 {
			s += fmt.Sprintf("; %s quyết định chưa thấy đăng", pad(l.NotPosted))
		}
		out = append(out, s+".")
	}
	for _, a := range r.Answers {
		s := fmt.Sprintf("%s tiếp nhận %s câu hỏi, đã trả lời %s (nhiệm vụ %s)", viet.Capital(a.OwnerName), pad(a.Asked), pad(a.Answered), a.Quota)
		if a.Over > 0 {
			s += fmt.Sprintf("; %s câu quá mức tham chiếu %d ngày làm việc", pad(a.Over), a.Max)
		}
		if a.Unknown > 0 {
			s += fmt.Sprintf("; %s câu không xác định được ngày hỏi", pad(a.Unknown))
		}
		out = append(out, s+".")
	}
	for _, d := range r.Deadlines {
		late := "chậm"
		if d.Basis == schedule.ByReference {
			late = "sau mức tham chiếu"
		}
		out = append(out, fmt.Sprintf("Nhiệm vụ %s (%s): đã hoàn thành %s/%s%s.", d.Quota, d.Title, pad(len(d.Done)), pad(d.Total),
			someWords("; ", numbered{len(d.Late), late + " %s"}, numbered{len(d.Missing), "chưa ghi nhận, đề nghị rà soát %s"}, numbered{len(d.NotDue), "chưa đến hạn %s"}, numbered{len(d.Unknown), "chưa đủ dữ liệu %s"})))
	}
	out = append(out, fmt.Sprintf("Đối với chỉ tiêu của kế hoạch: %s lượt đánh giá đạt%s.", pad(r.ByPlan.Met),
		someWords(", ", numbered{r.ByPlan.Missed, "%s chưa đạt (đã có người xác nhận)"}, numbered{r.ByPlan.ToReview, "%s đề nghị rà soát"}, numbered{r.ByPlan.Judge, "%s cần xem xét"}, numbered{r.ByPlan.Insufficient, "%s chưa đủ dữ liệu để đánh giá"})))
	if r.Reference.Total() > 0 {
		out = append(out, fmt.Sprintf("Đối với mức tham chiếu (phục vụ theo dõi, không phải chỉ tiêu): %s lượt đạt%s.", pad(r.Reference.Met),
			someWords(", ", numbered{r.Reference.Below(), "%s thấp hơn mức tham chiếu"}, numbered{r.Reference.Judge, "%s cần xem xét"}, numbered{r.Reference.Insufficient, "%s chưa đủ dữ liệu"})))
	}
	out = append(out, r.Audit.Words())
	if c := r.Contents; c != nil {
		if had, all := c.told("noi-dung"); all > 0 {
			s := fmt.Sprintf("%d/%d nội dung tuyên truyền nêu tại mục II.1 của kế hoạch đã có tin, bài tính lũy kế", had, all)
			if had, all := c.told("van-ban-moi"); all > 0 {
				s += fmt.Sprintf("; %d/%d văn bản mới đã có tin, bài", had, all)
			}
			out = append(out, s+at("s10")+".")
		}
	}
	if len(r.Trials) > 0 {
		out = append(out, fmt.Sprintf("%s mức tham chiếu đang theo dõi thử, chưa thông báo, không tính ở trên%s.", pad(len(r.Trials)), at("s7")))
	}
	return out
}
