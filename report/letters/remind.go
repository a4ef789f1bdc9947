package letters

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/report/paper"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// RemindInput is what a letter of reminder is made of.
type RemindInput struct {
	Plan       *schedule.Plan
	Period     calendar.Period
	Now        time.Time // business clock
	Of         report.Lacking
	Propaganda bool // Ban Tuyên giáo Tỉnh ủy among Nơi nhận, of a letter to the press
}

// Remind drafts the letter that reminds one owner of its shortfalls of a period, in the name of the body whose duty that is;
// ok is false where there is nothing that may be said, or nobody to say it. It asks and orders nothing: «đề nghị phối hợp» of
// the press, «đề nghị» of others.
func Remind(in RemindInput) (l Letter, ok bool) {
	p := in.Plan
	office := p.ReminderOffice(in.Of.Owner)
	if office == "" || len(in.Of.Lacks) == 0 {
		return Letter{}, false
	}
	head, names := p.LetterheadOf(office, in.Now), report.NamesOf(p)
	press, subject := in.Of.Level == media.Press, "rà soát, thực hiện nhiệm vụ thông tin, tuyên truyền cải cách hành chính "+in.Period.Name()
	l = Letter{Superior: head.Superior, Issuer: head.Issuer, Symbol: strings.TrimSuffix(head.Symbol+"-"+head.Office, "-"), Place: head.Place,
		Year: in.Now.In(calendar.Zone).Year(), About: subject, Signer: head.Signer, Sample: p.Sample, Copies: []string{"- Như trên;"}}
	asks, do := "đề nghị", "quan tâm, thực hiện"
	if press {
		asks, do = "đề nghị phối hợp", "phối hợp thực hiện"
		l.About = "phối hợp " + subject
	}
	for _, a := range p.Agencies {
		if a.ID == in.Of.Owner {
			l.To = []string{a.Name + "."}
		}
	}
	say := func(format string, a ...any) { l.Body = append(l.Body, Text{Text: fmt.Sprintf(format, a...)}) }
	day := viet.Day(in.Now.In(calendar.Zone))
	say("Thực hiện Kế hoạch số %s ngày %s của %s về %s; qua theo dõi kết quả %s (số liệu đến ngày %s), %s thông tin và đề nghị %s %s một số nội dung sau:",
		p.Number, viet.Day(p.Issued.In(calendar.Zone)), p.Issuer, viet.Uncapital(p.Title), in.Period.Name(), day, head.Name, names.Agency(in.Of.Owner), do)
	n := 0
	for _, k := range report.LackKinds() {
		lacks := slices.DeleteFunc(slices.Clone(in.Of.Lacks), func(x report.Lack) bool { return x.Kind != k })
		if len(lacks) == 0 {
			continue
		}
		n++
		l.Body = append(l.Body, Text{Text: fmt.Sprintf("%d. %s", n, lackHead(k)), Head: true})
		for i, x := range lacks {
			say("- %s%s", lackWords(x, p.Number), end(i, len(lacks)))
		}
		say("%s", lackAsk(k, asks))
	}
	say("Kết quả, minh chứng hoặc ý kiến về số liệu trên, %s gửi về %s để tổng hợp; nếu số liệu chưa đúng, %s cho biết để đối chiếu, điều chỉnh./.", asks, head.Name, asks)
	if press && in.Propaganda {
		l.Copies = append(l.Copies, "- Ban Tuyên giáo Tỉnh ủy;")
	}
	if watch := p.LetterheadAt(in.Now); watch.Agency != office && watch.Agency != "" {
		l.Copies = append(l.Copies, "- "+watch.Name+" (phối hợp);")
	}
	keep := "- Lưu: VT."
	if head.Office != "" {
		keep = "- Lưu: VT, " + head.Office + "."
	}
	l.Copies = append(l.Copies, keep)
	return l, true
}

func lackHead(k report.LackKind) string {
	switch k {
	case report.LackMissed:
		return "Nhiệm vụ chưa đạt (đã được xác nhận)"
	case report.LackReview:
		return "Nội dung đề nghị rà soát (hệ thống chưa ghi nhận đủ, chưa kết luận)"
	case report.LackLog:
		return "Nhật ký, bảng kê, minh chứng chưa nhận được"
	}
	return "Nội dung còn thời gian thực hiện trong kỳ"
}

func lackAsk(k report.LackKind, asks string) string {
	switch k {
	case report.LackMissed:
		return viet.Capital(asks) + " cho biết nguyên nhân, thời điểm và cách khắc phục."
	case report.LackReview:
		return "Nếu đã thực hiện, " + asks + " gửi minh chứng (ngày, giờ, địa chỉ, nhật ký hoặc văn bản); nếu chưa, " + asks + " cho biết nguyên nhân."
	case report.LackLog:
		return viet.Capital(asks) + " gửi tài liệu trên; nếu trong kỳ không có, " + asks + " xác nhận «không có». Khi chưa nhận được, số liệu ghi «chưa đủ dữ liệu», không kết luận đạt hay chưa đạt."
	}
	return viet.Capital(asks) + " quan tâm bố trí thực hiện trước thời điểm nêu trên."
}

// lackWords is one line: what, when, how much of how many, whose number it is and where it stands, and until when it can be met.
func lackWords(x report.Lack, number string) string {
	s := viet.Capital(x.Title) + ", " + x.Period + ": "
	switch {
	case x.Kind == report.LackLog:
		s += "chưa nhận được " + x.What
	case x.Figure == "":
		s += "chưa ghi nhận"
	default:
		s += x.Figure
	}
	if x.Basis == schedule.ByReference {
		s += " (mức tham chiếu phục vụ theo dõi, không phải chỉ tiêu của Kế hoạch"
		if x.Place != "" {
			s += "; nhiệm vụ tại " + clause(x.Place, number)
		}
		s += ")"
	} else {
		s += " (chỉ tiêu tại " + clause(x.Place, number) + ")"
	}
	if x.Kind == report.LackReview && x.Basis == schedule.ByReference {
		s += ": thấp hơn mức tham chiếu"
	}
	if !x.Save.IsZero() {
		s += "; hạn cuối còn kịp: " + viet.Moment(x.Save)
	}
	return s
}

// clause names a place together with its plan, once.
func clause(place, number string) string {
	if strings.Contains(place, number) {
		return place
	}
	return strings.TrimSpace(place + " Kế hoạch số " + number)
}

// Briefing writes the list of units of which nothing was counted in a period, by level, for a briefing of the department: an
// internal paper.
func Briefing(w io.Writer, p *schedule.Plan, period calendar.Period, now time.Time, units []report.Silent) error {
	about := "Cơ quan, đơn vị chưa ghi nhận tin, bài về cải cách hành chính\n" + period.Name()
	notice := "Tài liệu nội bộ, phục vụ giao ban; không gửi ra ngoài khi chưa được duyệt"
	if p.Sample {
		notice += ". " + sampleNotice
	}
	blocks := []paper.Block{
		paper.Paragraph{Runs: []paper.Run{{Text: notice, Italic: true, Size: 11}}, Align: paper.Right, After: 6},
		paper.Text(14, true, paper.Center, "DANH SÁCH"), paper.Text(14, true, paper.Center, about),
		paper.Paragraph{Runs: []paper.Run{{Text: "Số liệu đến " + viet.Moment(now) + ". «Chưa đủ dữ liệu»: có nguồn chưa thu thập được hoặc chưa nhận được tài liệu, chưa thể nói là không có.", Italic: true, Size: 12}}, Align: paper.Both, Before: 6, After: 6},
	}
	if len(units) == 0 {
		blocks = append(blocks, paper.Text(14, false, paper.Both, "Mọi cơ quan, đơn vị có nhiệm vụ trong kỳ đều đã ghi nhận ít nhất một tin, bài hoặc lần phát sóng."))
	} else {
		cell := func(bold bool, text string) paper.Cell {
			return paper.Cell{paper.Text(12, bold, paper.Left, text)}
		}
		t := paper.Table{Widths: []float64{14, 92, 59}, Lines: true, Head: 1, Rows: [][]paper.Cell{{cell(true, "TT"), cell(true, "Cơ quan, đơn vị"), cell(true, "Tình trạng")}}}
		n := 0
		for _, level := range media.Levels() {
			first := true
			for _, u := range units {
				if u.Level != level {
					continue
				}
				if first {
					t.Rows, first = append(t.Rows, []paper.Cell{cell(true, viet.Capital(report.Level(level)))}), false
				}
				n++
				t.Rows = append(t.Rows, []paper.Cell{cell(false, fmt.Sprint(n)), cell(false, u.Name), cell(false, viet.Capital(u.Word()))})
			}
		}
		blocks = append(blocks, t)
	}
	return paper.Document{Title: strings.ReplaceAll(about, "\n", " "), Made: now, Sections: []paper.Section{{Blocks: blocks}}}.DOCX(w)
}
