package notify

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// digest is the week's, due when offices open first in it: what came of the week
// before, which logs are not in, who can still be helped and until when, what waits
// for a person; with the month's gaps in the first week after a month.
func (w World) digest(week calendar.Period) []Item {
	if w.Now.Before(schedule.FirstHour(w.Cal, week.Start)) || !week.Start.Before(w.Plan.To) || len(w.Standings) == 0 {
		return nil
	}
	last := calendar.WeekOf(week.Start.Add(-time.Second))
	var b strings.Builder
	fmt.Fprintf(&b, "[Tổng hợp tuần] %s, tính đến %s.", viet.Capital(last.Name()), viet.Moment(w.Now))
	lines := func(head string, list []string) {
		if len(list) > 0 {
			b.WriteString("\n" + head + " " + strings.Join(list, "; ") + ".")
		}
	}
	var ended, missing, help, unseen []string
	for _, s := range w.Standings {
		q, ok := w.single(s)
		if !ok {
			continue
		}
		n, unit := counted(s)
		name := fmt.Sprintf("%s %s", q.ID, w.agency(s.Owner))
		if s.End.After(last.Start) && !s.End.After(last.End) {
			ended = append(ended, fmt.Sprintf("%s %s: %s %s, %s", name, w.periodName(s.Period), n, viet.Unit(unit), viet.State(string(s.State), s.Confirmed, s.Risk)))
		}
		if _, ok := s.ReceiptDue(w.Cal); ok {
			missing = append(missing, fmt.Sprintf("%s %s", name, w.periodName(s.Period)))
		}
		if s.State == schedule.Open && s.LastSave != nil && hidden(q, s) {
			unseen = append(unseen, fmt.Sprintf("%s %s", name, w.periodName(s.Period)))
		} else if s.State == schedule.Open && s.LastSave != nil {
			until := viet.Moment(*s.LastSave)
			if by, ok := s.ProduceBy(); ok {
				until += " (cần làm từ " + viet.Moment(by) + ")"
			}
			help = append(help, fmt.Sprintf("%s %s: %s, còn kịp đến %s", name, w.periodName(s.Period), n, until))
		}
	}
	if len(ended) == 0 {
		ended = []string{"không có kỳ nào kết thúc"}
	}
	lines("Kết quả:", ended)
	lines("Chưa có nhật ký, bảng kê:", missing)
	lines("Còn kịp:", help)
	lines("Chưa thu thập được:", unseen)
	lines("Chờ duyệt:", []string{fmt.Sprintf("%d tin, bài", w.Waiting)})
	if w.Dead > 0 {
		lines("Không gửi được:", []string{fmt.Sprintf("%d thông báo trong tuần, xem loa notify log --dead", w.Dead)})
	}
	out := []Item{{Kind: Digest, About: "digest " + week.ID, Text: b.String(), Path: "/"}}
	if month := calendar.At(calendar.Month, week.Start.AddDate(0, 0, -7)); month.ID != calendar.At(calendar.Month, week.Start).ID {
		out = append(out, w.gaps(month)...)
	}
	return out
}

// hidden reports whether what was published of a running period cannot be seen, so
// that its count says nothing. What a station's log alone tells comes after its
// period: until then the last day is what helps, whatever is counted.
func hidden(q schedule.Quota, s schedule.Standing) bool {
	return len(s.Coverage.Blind) > 0 || len(q.Channels) == 0 && s.WarnHeld()
}

// gaps counts by level who published nothing for longer than its reference level
// allows, in a month that is over.
func (w World) gaps(month calendar.Period) []Item {
	silent := map[string]bool{}
	days := 0
	for _, s := range w.Standings {
		if q, ok := w.quotas[s.Quota]; !ok || s.Period != month.ID || s.State != schedule.Missed || s.Shadow() || q.OnlyCounted() {
			continue
		}
		for _, m := range s.Measures {
			if m.Name == "gap" && m.Shortfall > 0 {
				silent[s.Owner] = true
				days = max(days, int(m.Wanted))
			}
		}
	}
	var names []string
	counts := map[media.Level]int{}
	for _, a := range w.Plan.Agencies { // in official order
		if silent[a.ID] {
			names = append(names, cmp.Or(a.Short, a.Name))
			counts[a.Level]++
		}
	}
	if len(names) == 0 {
		return nil
	}
	var parts []string
	for _, l := range media.Levels() {
		if n := counts[l]; n > 0 {
			parts = append(parts, fmt.Sprintf("%02d %s", n, levelWord(l)))
		}
	}
	return []Item{{Kind: AgencyGap, About: "gap " + month.ID, Text: viet.AgencyGap(parts, days, names), Basis: viet.Target(string(schedule.ByReference), "")}}
}

func levelWord(l media.Level) string {
	switch l {
	case media.Department, media.District, media.Commune:
		return viet.Level(string(l))
	}
	return "đơn vị khác"
}

// digestOf is an outlet's own week: what is settled, what is not in, what can still
// be done. A miss that nobody has confirmed is none of it.
func (w World) digestOf(agency string, week calendar.Period) []Item {
	if w.Now.Before(schedule.FirstHour(w.Cal, week.Start)) {
		return nil
	}
	var list []string
	for _, s := range w.Standings {
		q, ok := w.single(s)
		if !ok || s.Owner != agency || s.End.Before(week.Start.AddDate(0, 0, -7)) {
			continue
		}
		n, unit := counted(s)
		line := fmt.Sprintf("%s: %s %s", w.periodName(s.Period), n, viet.Unit(unit))
		switch {
		case s.State == schedule.Met || s.State == schedule.Exempt || s.State == schedule.Missed && s.Confirmed:
			line += ", " + viet.State(string(s.State), s.Confirmed, s.Risk)
		case s.State == schedule.Insufficient:
			line = w.periodName(s.Period) + ": chưa thu thập được"
			if _, ok := s.ReceiptDue(w.Cal); ok {
				line = w.periodName(s.Period) + ": chưa nhận đủ nhật ký, bảng kê"
			}
		case s.State == schedule.Open && s.LastSave != nil && hidden(q, s):
			line = w.periodName(s.Period) + ": chưa thu thập được"
		case s.State == schedule.Open && s.LastSave != nil:
			line += ", còn kịp đến " + viet.Moment(*s.LastSave)
		default:
			continue
		}
		list = append(list, q.ID+" "+line)
	}
	if len(list) == 0 {
		return nil
	}
	return []Item{{Kind: Digest, About: "digest " + week.ID, Text: "[Tổng hợp tuần] " + w.agency(agency) + ". " + strings.Join(list, "; ") + ".", Path: "/"}}
}

// summaries are the month's, to every body that owes something and is no outlet, once the
// body that reminds has released it in its own name. One message for each, with all
// of its duties and nothing of any other's.
func (w World) summaries() []Notice {
	var out []Notice
	for _, r := range w.Releases {
		if r.Kind != schedule.ReleaseSummary || r.Plan != w.Plan.ID || w.Now.Before(r.At) {
			continue
		}
		var left []media.Agency
		for _, a := range w.Plan.Agencies {
			if !w.was(Units, a.ID, "summary "+r.Period) {
				left = append(left, a)
			}
		}
		if len(left) == 0 {
			continue
		}
		of := map[string][]schedule.Standing{}
		for _, s := range w.Standings {
			if s.Period == r.Period {
				of[s.Owner] = append(of[s.Owner], s)
			}
		}
		for _, a := range left {
			text, ok := w.summaryOf(a, r, of[a.ID])
			if !ok {
				continue
			}
			out = append(out, w.notice(Units, a.ID, []Item{{Kind: Summary, About: "summary " + r.Period, Text: text, Who: w.agency(r.Office) + " gửi", Path: "/"}}))
		}
	}
	return out
}

// Prepared are a month's summaries as they would go out if they were released now,
// for whoever is to release them. month is "2023-03".
func Prepared(w World, month string) []Notice {
	w.Told = nil
	w = w.indexed()
	w.Releases = []schedule.Release{{Plan: w.Plan.ID, Kind: schedule.ReleaseSummary, Period: month, At: w.Now, Office: w.Plan.Tell.Reminders}}
	return w.summaries()
}

// summaryOf is an agency's month: of each of its duties of that month what was
// counted and how it stands; of a miss that nobody confirmed the count alone.
func (w World) summaryOf(a media.Agency, r schedule.Release, sts []schedule.Standing) (string, bool) {
	if a.Level == media.Press || !a.Binding { // outlets are told one by one, central-line bodies owe nothing
		return "", false
	}
	var list []string
	for _, s := range sts {
		q, ok := w.quotas[s.Quota]
		if !ok || s.Shadow() || q.OnlyCounted() {
			continue
		}
		n, unit := counted(s)
		word := viet.State(string(s.State), s.Confirmed, s.Risk)
		if s.Basis == schedule.ByReference {
			word = viet.StateReference(string(s.State), s.Confirmed, s.Risk)
		}
		if s.State == schedule.Missed && !s.Confirmed { // only the officer is told of that
			word = "chưa kết luận, đề nghị bổ sung minh chứng nếu có"
		}
		line := q.Title
		if n.Want > 0 {
			line += fmt.Sprintf(": %s %s", n, viet.Unit(unit))
		}
		list = append(list, line+" – "+word)
	}
	if len(list) == 0 {
		return "", false
	}
	return fmt.Sprintf("[Tổng hợp] %s, %s: %s. Mức tham chiếu chỉ để theo dõi; nếu thiếu minh chứng, đề nghị gửi địa chỉ hoặc văn bản.%s",
		viet.Capital(w.periodName(r.Period)), a.Name, strings.Join(list, "; "), cmp.Or(prefix(" ", r.Words), "")), true
}

func prefix(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}
