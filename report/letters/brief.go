package letters

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/viet"
)

// Suggestion is what is proposed to one newspaper or station, with what its
// sentences need.
type Suggestion struct {
	Plan     *schedule.Plan
	Outlet   media.Agency
	Now      time.Time
	Until    time.Time // exclusive
	Silent   int       // days without a mention after which an agency comes first
	Openings []propose.Opening
	Pool     *propose.Pool
	Answer   propose.Answer
}

// Head is what it is, for whom and when.
func (s Suggestion) Head() string {
	return fmt.Sprintf("Gợi ý tin, bài cho %s, các kỳ từ %s đến hết %s", report.NamesOf(s.Plan).Agency(s.Outlet.ID), viet.Day(s.Now.In(calendar.Zone)), viet.Day(s.Until.AddDate(0, 0, -1).In(calendar.Zone)))
}

// Reference says whose decision it is.
const Reference = "Tham khảo: Báo, Đài tự quyết định."

// Of lists the choices for an opening.
func (s Suggestion) Of(o propose.Opening) []propose.Choice {
	return slices.DeleteFunc(slices.Clone(s.Answer.Choices), func(c propose.Choice) bool {
		return c.Opening.Quota != o.Quota || c.Opening.Period != o.Period
	})
}

// Opening says what an opening is: its period, duty and what is missing.
func (s Suggestion) Opening(o propose.Opening) string {
	period := o.Period
	if p, err := calendar.Parse(o.Period); err == nil {
		period = p.Name()
	}
	unit, title := "kỳ chuyên mục", o.Quota
	for _, q := range s.Plan.Quotas {
		if q.ID == o.Quota {
			title = q.ID + " " + q.Title
			if q.Kind == "airing" {
				unit = "lần phát sóng"
			}
		}
	}
	return fmt.Sprintf("%s: %s, còn thiếu %02d %s", viet.Capital(period), title, o.Missing, unit)
}

// Why are the sentences of a choice.
func (s Suggestion) Why(all []schedule.Reason) []string {
	names := report.NamesOf(s.Plan)
	var out []string
	for _, r := range all {
		out = append(out, names.Reason(r))
	}
	return out
}

// Missing are the sentences of what no proposed piece tells of.
func (s Suggestion) Missing() []string {
	var out []string
	if m := s.Answer.Missing.Topics; len(m) > 0 {
		var topics []string
		for _, t := range m {
			topics = append(topics, viet.Topic(t))
		}
		out = append(out, "Chủ đề chưa ghi nhận tin, bài nào trong quý, kể cả trong gợi ý này: "+strings.Join(topics, "; ")+".")
	}
	if m := s.Answer.Missing.Contents; len(m) > 0 {
		var said []string
		for _, i := range m {
			said = append(said, "«"+s.Plan.Contents[i].Words()+"»")
		}
		out = append(out, "Nội dung kế hoạch nêu, chưa ghi nhận tin, bài nào trong quý, kể cả trong gợi ý này: "+strings.Join(said, "; ")+".")
	}
	if m := s.Answer.Missing.Agencies; len(m) > 0 {
		const most = 12
		names, who := report.NamesOf(s.Plan), []string(nil)
		for _, a := range m[:min(len(m), most)] {
			who = append(who, names.Agency(a))
		}
		if len(m) > most {
			who = append(who, fmt.Sprintf("và %d đơn vị khác", len(m)-most))
		}
		out = append(out, fmt.Sprintf("Đơn vị chưa ghi nhận tin, bài nhắc đến trong %d ngày và chưa có tin, bài nào để gợi ý: %s.", s.Silent, strings.Join(who, "; ")))
	}
	return out
}

// Basis says from what was chosen, and how far from the best choice it may be.
func (s Suggestion) Basis() string {
	out := fmt.Sprintf("Chọn %d trong %d tin, bài", len(s.Answer.Choices), len(s.Pool.Pieces))
	for _, x := range []struct {
		n    int
		what string
	}{{s.Pool.Taken, "Báo hoặc Đài đã đăng, phát"}, {s.Pool.Repost, "đăng lại của nơi khác"}, {s.Pool.Waits, "đang chờ duyệt"}} {
		if x.n > 0 {
			out += fmt.Sprintf("; bỏ qua %d %s", x.n, x.what)
		}
	}
	if s.Answer.Gap() == 0 {
		return out + ". Đây là phương án tốt nhất theo thang cân đối của loa (mức tham chiếu)."
	}
	percent := strings.Replace(fmt.Sprintf("%.2f", 100*s.Answer.Gap()+0.005), ".", ",", 1)
	return out + ". Theo thang cân đối của loa (mức tham chiếu), phương án này cách phương án tốt nhất không quá " + percent + "%."
}

// contact is whom to ask at an agency.
type contact struct{ Agency, Who, Phone, Email, Note string }

// contacts lists the agencies whose pieces are proposed, then those that have
// none to propose.
func (s Suggestion) contacts() []contact {
	var out []contact
	had := map[string]bool{}
	add := func(id, note string) {
		if had[id] {
			return
		}
		had[id] = true
		for _, a := range s.Plan.Agencies {
			if a.ID == id {
				out = append(out, contact{a.Name, a.Contact.Name, a.Contact.Phone, a.Contact.Email, note})
			}
		}
	}
	for _, c := range s.Answer.Choices {
		add(c.Agency, "có tin, bài gợi ý")
	}
	for _, id := range s.Answer.Missing.Agencies {
		add(id, "chưa có tin, bài: cần đặt bài")
	}
	return out
}

// Brief writes the editor's brief as a page to print on A4.
func (s Suggestion) Brief(w io.Writer) error {
	names := report.NamesOf(s.Plan)
	t, err := page("brief", briefPage, template.FuncMap{
		"opening": s.Opening, "of": s.Of, "why": s.Why, "agency": names.Agency,
		"title": func(c propose.Choice) string { return report.Masked(c.Evidence).Title },
		"day":   func(t time.Time) string { return viet.Day(t.In(calendar.Zone)) },
		"inc":   func(n int) int { return n + 1 },
	})
	if err != nil {
		return fmt.Errorf("brief: %w", err)
	}
	notice := Reference
	if s.Plan.Sample {
		notice = sampleNotice + ". " + notice
	}
	if err := t.Execute(w, map[string]any{"CSS": template.CSS(css), "S": s, "Notice": notice, "Contacts": s.contacts(), "Made": viet.Moment(s.Now.In(calendar.Zone))}); err != nil {
		return fmt.Errorf("write brief: %w", err)
	}
	return nil
}

// Saved lists the choices as a draft keeps them.
func (s Suggestion) Saved() []Suggested {
	var out []Suggested
	for _, c := range s.Answer.Choices {
		out = append(out, Suggested{c.Opening.Quota, c.Opening.Period, c.Evidence.ID, c.Agency, report.Masked(c.Evidence).Title, c.Evidence.URL, c.At, c.Reasons})
	}
	return out
}
