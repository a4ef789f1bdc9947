package report

import (
	"fmt"
	"strings"

	"loa/schedule"
	"loa/viet"
)

// recommendation is what a rule proposes and why. It stays internal unless a person lets it out.
type recommendation struct {
	Code string   `json:"code"`
	Who  string   `json:"who"` // whom it is for, as a paper names them
	Text string   `json:"text"`
	Why  []string `json:"why"`
}

// said is what is proposed, and to whom, without a full stop.
func (x recommendation) said() string {
	if x.Who == "" {
		return viet.Capital(x.Text)
	}
	return viet.Capital(x.Who) + ": " + x.Text
}

// mostNamed is how many units a sentence names.
const mostNamed = 12

func namesOf(fs []ownerFigure) string {
	shown := ownerNames(fs[:min(len(fs), mostNamed)])
	if len(fs) > mostNamed {
		shown += fmt.Sprintf(" và %d đơn vị khác", len(fs)-mostNamed)
	}
	return shown
}

// mostPeriods is how many periods a sentence names.
const mostPeriods = 6

// runsOf names periods; of many the first ones, the last, and how many there are.
func runsOf(names []string) string {
	if n := len(names); n > mostPeriods {
		return fmt.Sprintf("%s; … %s (%s kỳ, xem các biểu)", strings.Join(names[:mostPeriods-2], "; "), names[n-1], pad(n))
	}
	return strings.Join(names, "; ")
}

// recommend derives them from the figures, so that whoever counts the report again finds the same.
func (r Report) recommend() []recommendation {
	out := []recommendation{}
	say := func(code, who, text string, why ...string) {
		out = append(out, recommendation{code, who, text, why})
	}
	for _, d := range r.Duties {
		var logs, short []string
		owner := ""
		for _, row := range d.told() {
			if row.InProgress || row.Statistics {
				continue
			}
			switch {
			case has(row.Reasons, "receipt_missing"):
				logs, owner = append(logs, row.PeriodName), row.OwnerName
			case d.Kind == "airing" && row.State == schedule.Missed, d.Kind == "instalments" && row.State == schedule.Missed:
				short, owner = append(short, row.PeriodName), row.OwnerName
			}
		}
		if len(logs) > 0 {
			say("send_logs", owner, fmt.Sprintf("đề nghị phối hợp cung cấp nhật ký phát sóng các kỳ còn thiếu: %s", runsOf(logs)),
				fmt.Sprintf("%s kỳ chưa có nhật ký nên chưa kết luận được (%s)", pad(len(logs)), d.Place))
		}
		if len(short) > 0 {
			what := "đề nghị phối hợp rà soát, cung cấp thêm minh chứng của các kỳ chưa ghi nhận đủ"
			if d.Tally.Missed == len(short) && d.Basis == schedule.ByPlan { // every one confirmed by a person
				what = "đề nghị phối hợp rà soát, có phương án bù cho các kỳ chưa đạt"
			}
			say("make_good", owner, what, fmt.Sprintf("%s: %s (%s)", d.Title, runsOf(short), d.Place))
		}
	}
	for _, n := range r.Near {
		say("near_miss", "", "trao đổi với đơn vị thực hiện để các lần sau đáp ứng đủ điều kiện", n.Words())
	}
	for _, g := range r.Regulars {
		if g.Each && len(g.Zero) > 0 {
			say("no_items", r.Head.Home, fmt.Sprintf("đề nghị đôn đốc %s cơ quan, đơn vị chưa có %s về CCHC trong kỳ", pad(len(g.Zero)), unitWords(g.Kind, g.Unit)), namesOf(g.Zero))
		}
	}
	for _, d := range r.Deadlines {
		if len(d.Missing) > 0 {
			say("deadline", r.Head.Home, fmt.Sprintf("đề nghị rà soát %s cơ quan, đơn vị chưa ghi nhận hoàn thành: %s", pad(len(d.Missing)), viet.Uncapital(d.Title)), namesOf(d.Missing))
		}
	}
	for _, a := range r.Answers {
		if a.Over > 0 {
			say("answers", a.OwnerName, "đề nghị trả lời các câu hỏi quá mức tham chiếu", fmt.Sprintf("%s câu quá %d ngày làm việc (mức tham chiếu)", pad(a.Over), a.Max))
		}
	}
	var empty []string
	for _, t := range r.Topics.Counts {
		if t.Items == 0 {
			empty = append(empty, viet.Topic(t.Topic))
		}
	}
	if r.Topics.Items > 0 && len(empty) > 0 {
		say("topics", "", "định hướng tăng tin, bài về các nội dung chưa được phản ánh", strings.Join(empty, "; "))
	}
	if r.Data.Queue > 0 {
		say("queue", r.Head.Name, "duyệt các tin, bài đang chờ trước khi chốt số liệu", fmt.Sprintf("%s tin, bài chờ duyệt", pad(r.Data.Queue)))
	}
	if n := len(r.Data.Blind); n > 0 {
		say("sources", r.Head.Name, "khắc phục các nguồn chưa thu thập được", fmt.Sprintf("%s nguồn; số liệu của các cơ quan này ghi «chưa đủ dữ liệu»", pad(n)))
	}
	return out
}
