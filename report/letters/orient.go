package letters

import (
	"fmt"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/viet"
)

// OrientInput is what a letter of orientation is made of.
type OrientInput struct {
	Plan    *schedule.Plan
	Issuer  media.Agency
	Outlets []media.Agency  // to whom
	Now     time.Time       // business clock: the letter is for its quarter
	Untold  propose.Missing // what none of the outlets told of
	Silent  int             // days that Untold.Agencies is about
	Pieces  []Suggested     // of suggestions that outlets shared, nil if none did
}

// Suggested is a piece of a saved suggestion. Its title is masked.
type Suggested struct {
	Quota   string            `json:"quota"`
	Period  string            `json:"period"`
	ID      string            `json:"id"`
	Agency  string            `json:"agency"`
	Title   string            `json:"title"`
	URL     string            `json:"url,omitempty"`
	At      time.Time         `json:"at"`
	Reasons []schedule.Reason `json:"reasons"`
}

// mostNamed is how many agencies and pieces a letter names.
const mostNamed = 15

// Orient drafts the department's letter to the press of the province («công văn
// định hướng tuyên truyền»).
func Orient(in OrientInput) Letter {
	p, names := in.Plan, report.NamesOf(in.Plan)
	around, quarter := p.LetterheadOf(in.Issuer.ID, in.Now), calendar.At(calendar.Quarter, in.Now)
	issuer := around.Name
	l := Letter{Superior: around.Superior, Issuer: around.Issuer, Symbol: around.Symbol, Place: around.Place,
		Year: in.Now.In(calendar.Zone).Year(), About: "định hướng tuyên truyền cải cách hành chính " + quarter.Name(), Signer: around.Signer, Sample: p.Sample,
		Copies: []string{"- Như trên;", "- Lưu: VT."}}
	say := func(format string, a ...any) { l.Body = append(l.Body, Text{Text: fmt.Sprintf(format, a...)}) }
	head := func(text string) { l.Body = append(l.Body, Text{Text: text, Head: true}) }
	for _, o := range in.Outlets {
		l.To = append(l.To, o.Name)
	}
	say("Thực hiện Kế hoạch số %s ngày %s của %s về %s, %s đề nghị các cơ quan báo chí phối hợp tuyên truyền về công tác cải cách hành chính, tập trung một số nội dung sau:",
		p.Number, viet.Day(p.Issued.In(calendar.Zone)), p.Issuer, viet.Uncapital(p.Title), issuer)
	head("1. Nội dung tuyên truyền")
	var what []string
	for _, t := range in.Untold.Topics {
		what = append(what, viet.Topic(t))
	}
	for _, i := range in.Untold.Contents {
		what = append(what, viet.Capital(p.Contents[i].Words()))
	}
	if len(what) == 0 {
		say("Tiếp tục thông tin cân đối các lĩnh vực cải cách hành chính theo nội dung tại khoản 1 mục II của Kế hoạch.")
	} else {
		say("Ưu tiên các nội dung của Kế hoạch mà đến ngày %s trong %s chưa ghi nhận tin, bài:", viet.Day(in.Now.In(calendar.Zone)), quarter.Name())
		for i, w := range what {
			say("- %s%s", w, end(i, len(what)))
		}
	}
	n := 1
	if all := in.Untold.Agencies; len(all) > 0 {
		n++
		head(fmt.Sprintf("%d. Cơ quan, đơn vị, địa phương cần quan tâm phản ánh", n))
		var who []string
		for _, a := range all[:min(len(all), mostNamed)] {
			who = append(who, names.Agency(a))
		}
		more := "."
		if len(all) > mostNamed {
			more = fmt.Sprintf(" và %d cơ quan, đơn vị, địa phương khác.", len(all)-mostNamed)
		}
		say("Trong %d ngày tính đến ngày %s chưa ghi nhận tin, bài nhắc đến: %s%s", in.Silent, viet.Day(in.Now.In(calendar.Zone)), strings.Join(who, "; "), more)
	}
	if len(in.Pieces) > 0 {
		n++
		head(fmt.Sprintf("%d. Tin, bài của các cơ quan, đơn vị, địa phương có thể khai thác", n))
		for i, x := range in.Pieces[:min(len(in.Pieces), mostNamed)] {
			say("- «%s» (%s, %s)%s", x.Title, names.Agency(x.Agency), viet.Day(x.At.In(calendar.Zone)), end(i, min(len(in.Pieces), mostNamed)))
		}
	}
	if kept := columns(in, names); len(kept) > 0 {
		n++
		head(fmt.Sprintf("%d. Duy trì chuyên mục theo Kế hoạch", n))
		for i, k := range kept {
			say("- %s%s", k, end(i, len(kept)))
		}
	}
	say("Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị các cơ quan phản ánh về %s để phối hợp giải quyết./.", issuer)
	return l
}

// columns are the outlets' columns and broadcasts whose number is the plan's own.
func columns(in OrientInput, names report.Names) []string {
	var out []string
	for _, o := range in.Outlets {
		for _, q := range in.Plan.Quotas {
			if q.Owner.Agency != o.ID || q.Kind != "airing" && q.Kind != "instalments" || q.Basis != schedule.ByPlan {
				continue
			}
			s := names.Agency(o.ID) + ": " + viet.Uncapital(q.Title) + ", " + report.Wanted(q)
			for _, c := range q.Conditions {
				if c.Name == "min_minutes" && c.Basis == schedule.ByPlan {
					s += fmt.Sprintf(", mỗi lần ít nhất %d phút", c.Value)
				}
			}
			out = append(out, s+" ("+q.Place+")")
		}
	}
	return out
}
