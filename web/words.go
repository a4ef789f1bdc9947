package web

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// chip is a state as people see it: a word and a class of the style sheet.
// Colour never stands alone.
type chip struct{ Key, Word string }

// chips in the order in which a tally and the filter list them.
func chips() []chip {
	return []chip{
		{"met", viet.State("met", false, "")},
		{"ref-met", viet.StateReference("met", false, "")},
		{"missed", viet.State("missed", true, "")},
		{"review", viet.State("missed", false, "")},
		{"judge", "cần xem xét"},
		{"ref-below", viet.StateReference("missed", false, "")},
		{"risk", viet.State("open", false, "at_risk")},
		{"open", viet.State("open", false, "on_track")},
		{"nodata", viet.State("insufficient_data", false, "")},
		{"exempt", viet.State("exempt", false, "")},
		{"stat", "chỉ thống kê"},
		{"shadow", "theo dõi thử"},
	}
}

// chip is a standing's. Of what is being tried and of what is only counted no
// state is told on the board, nor counted among things to do.
func (s *site) chip(st schedule.Standing) chip {
	key := ""
	if q, ok := s.quotas[st.Quota]; ok && report.OnlyCounted(report.Definition(q, st.Start)) {
		key = "stat"
	}
	if st.Shadow() {
		key = "shadow"
	}
	for _, c := range chips() {
		if c.Key == key {
			return c
		}
	}
	return chipOf(st)
}

func chipOf(st schedule.Standing) chip {
	c := chip{Word: report.Word(st.Basis, st.State, st.Confirmed, st.Risk, st.Reasons)}
	for _, k := range chips() {
		if k.Word == c.Word {
			c.Key = k.Key
		}
	}
	return c
}

func (s *site) funcs() template.FuncMap {
	return template.FuncMap{
		"day": viet.Day, "moment": viet.Moment, "num": viet.Number, "int64": func(n int64) int { return int(n) }, "dec": viet.Decimal, "cap": viet.Capital,
		"lastday": func(t time.Time) string { return viet.Day(t.Add(-time.Nanosecond)) },
		"until":   until,
		"took":    func(d time.Duration) string { return viet.Decimal(float64(d.Milliseconds())) + " ms" },
		"basis":   func(b schedule.Basis) string { return viet.Basis(string(b)) },
		"unit":    viet.Unit,
		"measure": viet.Measure,
		"cadence": func(c calendar.Cadence) string { return viet.Cadence(string(c)) },
		"topic":   viet.Topic, "itemnote": viet.ItemNote,
		"stage": viet.Stage, "penned": stateOf, "trying": trying,
		"outcome": viet.Outcome, "outcomeof": viet.OutcomeOf,
		"blind":      viet.Blind,
		"sourceword": func(code any) string { return viet.SourceWord(fmt.Sprint(code)) },
		"advice":     func(code any) string { return viet.SourceAdvice(fmt.Sprint(code)) },
		"wait":       wait,
		"decided":    func(d decisionLine) string { return viet.DecisionOf(string(d.Kind), d.None) },
		"measured":   func(st schedule.Standing, m measureLine) bool { return !report.Unmeasured(st, m.Measure) },
		"agency":     s.names.Agency,
		"source":     s.names.Source,
		"channel":    s.names.Channel,
		"column":     s.names.Column,
		"owner":      s.names.Owner,
		"reason":     s.names.Reason,
		"claimed":    claimed,
		"gain":       s.names.Gain,
		"same": func(c *media.Copy, i media.Item) string {
			credit := ""
			if s.Plan.Reposts(i.Agency, i.Credit) {
				credit = i.Credit
			}
			return s.names.Copy(c, credit)
		},
		"evidence": evidenceDate,
		"exact":    report.Exact,
		"quota":    quotaURL,
		"paper":    reportURL,
		"counted":  report.OnlyCounted,
		"percent":  func(v float64) string { return viet.Decimal(v*100) + "%" },
		"wanted":   report.Wanted,
		"deleted":  deletedWords,
		"zero":     func(t time.Time) bool { return t.IsZero() },
		"host":     host,
		"kind":     sourceKind,
		"planned":  plannedWords,
		"lacking":  lacking,
		"found":    found,
		"iso":      func(t time.Time) string { return t.In(calendar.Zone).Format(time.RFC3339) },
		"join":     func(v []string) string { return strings.Join(v, ", ") },
		"at":       s.standingURL,
		"inc":      func(i int) int { return i + 1 },
		"form": func(id string, c choices) struct {
			ID    string
			Typed map[string]string
		} {
			return struct {
				ID    string
				Typed map[string]string
			}{id, c.Typed}
		},
		"dialled":  dialled,
		"called":   callWords,
		"noteword": func(n schedule.Note) string { return viet.NoteWord(string(n.Kind), n.Upheld) },
		"slug":     s.slug,
		"agencyat": func(id string) string { return agencyURL(s.slug(id)) },
		"coord":    s.coordinators,
		"head":     periodHead,
		"brief":    func(t time.Time) string { return viet.Clock(t) + ", " + viet.Day(t) },
		"length":   viet.Duration, "missreason": viet.MissReason, "casestate": func(c schedule.CaseState) string { return viet.CaseState(string(c)) }, "caseact": func(k schedule.CaseActKind) string { return viet.CaseAct(string(k)) },
		"letter": columnLetter, "limit": limit, "period": periodName,
		"over":  func(p calendar.Period) bool { return !s.Business().Before(p.End) },
		"field": fieldLabel, "plain": ruleValue, "slugof": s.slug,
		"percentint": func(v float64) int { return int(v * 100) },
		"bytes":      func(n int) string { return sizeWords(int64(n)) },
		"fault":      faultWords,
		"spanned":    func(d time.Duration) string { return viet.Decimal(float64(d.Milliseconds())/1000) + " giây" },
	}
}

// periodHead cuts a period's name in two lines for the head of a column:
// «Tuần 10» and «06/3–12/3/2023».
func periodHead(p calendar.Period) [2]string {
	name, span, ok := strings.Cut(p.Name(), " (")
	if !ok {
		if from, to, free := strings.Cut(strings.TrimPrefix(name, "từ "), " đến "); free {
			return [2]string{"Từ " + from, "đến " + to}
		}
		return [2]string{viet.Capital(name)}
	}
	span = strings.TrimSuffix(span, ")")
	if p.Start.In(calendar.Zone).Year() == p.LastDay().Year() { // the year stands at the top of the page
		span = span[:strings.LastIndex(span, "/")]
	}
	return [2]string{viet.Capital(name), span}
}

// until is the last instant at which something is still in time: 24h00 of a
// day is said as that day.
func until(t time.Time) string {
	local := t.In(calendar.Zone)
	if local.Hour() == 0 && local.Minute() == 0 {
		return "hết ngày " + viet.Day(local.Add(-time.Minute))
	}
	return viet.Moment(local)
}

// claimed prints a publisher's date as precisely as it was printed.
func claimed(d media.Date) string {
	return printDate(d.At, d.Precision)
}

func evidenceDate(e media.Evidence) string { return printDate(e.At, e.Precision) }

func printDate(t time.Time, p media.Precision) string {
	switch p {
	case media.NoDate:
		return "không đọc được ngày"
	case media.ToDay:
		return viet.Day(t)
	}
	return viet.Moment(t)
}

func (s *site) coordinators(q schedule.Quota) string {
	var out []string
	for _, c := range q.Coordinate {
		out = append(out, s.names.Agency(c))
	}
	return strings.Join(out, "; ")
}

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	return u.Host
}

// lacking says what a page that was read lacks of what has to be posted on it, ""
// if it lacks nothing.
func lacking(outcome, detail string) string {
	if outcome != media.OK || !strings.HasPrefix(detail, "lacks: ") {
		return ""
	}
	return viet.OutcomeOf(outcome, detail)
}

// plannedWords is how long an announced transmission is, and what is said of its run.
func plannedWords(p media.Planned) string {
	var out []string
	if p.Duration > 0 {
		out = append(out, viet.Duration(p.Duration))
	} else {
		out = append(out, "không rõ thời lượng")
	}
	if run := map[string]string{"first": "phát mới", "repeat": "phát lại"}[p.Run]; run != "" {
		out = append(out, run)
	}
	if p.Live {
		out = append(out, "trực tiếp")
	}
	return strings.Join(out, ", ")
}

func sourceKind(k media.SourceKind) string {
	switch k {
	case media.KindFeed:
		return "tệp RSS"
	case media.KindList:
		return "trang danh sách"
	case media.KindSitemap:
		return "sơ đồ trang"
	case media.KindPage:
		return "trang đơn"
	case media.KindUptime:
		return "dò máy chủ"
	case media.KindQuestions:
		return "mục hỏi đáp"
	case media.KindDocuments:
		return "danh mục văn bản"
	case media.KindSchedule:
		return "lịch phát sóng"
	case media.KindUploads:
		return "video đã đăng"
	}
	return string(k)
}

// found says where a date was read.
func found(where string) string {
	switch where {
	case "feed":
		return "tệp RSS"
	case "list":
		return "trang danh sách"
	case "sitemap":
		return "sơ đồ trang"
	case "json-ld", "meta":
		return "dữ liệu mô tả của trang"
	case "selector", "text":
		return "nội dung trang"
	case "relative":
		return "thời gian tính lùi từ lúc đọc"
	case "url":
		return "địa chỉ trang"
	}
	return where
}

// conditionName says what a condition asks.
func conditionName(name string) string {
	for _, c := range schedule.Conditions() {
		if c.Name == name {
			return c.Doc
		}
	}
	switch name {
	case "dated":
		return "có ngày đăng đọc được"
	case "period":
		return "thuộc kỳ"
	case "struck":
		return "quyết định của người phụ trách"
	case "once":
		return "mỗi tin, bài tính một lần"
	case "share":
		return "tỷ lệ được tính"
	case "posted":
		return "đã đăng tải"
	case "answered":
		return "đã trả lời"
	case "none":
		return "có phát sinh"
	case "logged":
		return "chưa có trong hệ thống thông tin nguồn"
	}
	return name
}

// standingURL is the address of one standing's page.
func (s *site) standingURL(quota, owner, period string) string {
	return "/tien-do/" + url.PathEscape(quota) + "/" + url.PathEscape(s.slug(owner)) + "/" + url.PathEscape(period)
}

// quotaURL is the address of one quota's page.
func quotaURL(id string) string { return "/quotas/" + url.PathEscape(id) }

// reasonOf finds a reason of a standing, nil if there is none.
func reasonOf(st schedule.Standing, code string) *schedule.Reason {
	for i := range st.Reasons {
		if st.Reasons[i].Code == code {
			return &st.Reasons[i]
		}
	}
	return nil
}

// instant reads a time out of a reason; zero if it is none.
func instant(r *schedule.Reason, name string) time.Time {
	if r == nil {
		return time.Time{}
	}
	text, _ := r.Args[name].(string)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.In(calendar.Zone)
}

// stillLacks tells how many pieces a standing still lacks, "" if none.
func stillLacks(st schedule.Standing) string {
	for _, m := range st.Measures {
		if m.Name == "count" && m.Shortfall > 0 {
			return "còn thiếu " + viet.Number(int(math.Ceil(m.Shortfall))) + " " + viet.Unit(m.Unit)
		}
	}
	return ""
}
