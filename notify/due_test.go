package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// province is a small one, with Tết of 2023.
func province(now string) World {
	cal := &calendar.Calendar{Off: map[string]string{"2023-01-02": "Tết Dương lịch", "2023-09-01": "Quốc khánh", "2023-09-04": "Quốc khánh"}, Years: []int{2023}}
	for d := 20; d <= 26; d++ {
		cal.Off[fmt.Sprintf("2023-01-%02d", d)] = "Tết"
	}
	plan := &schedule.Plan{ID: "p/2023", From: at("2022-12-30 00:00"), To: at("2024-01-01 00:00"), Tell: schedule.Tell{Officer: "p/so", Reminders: "p/noi-vu"},
		Agencies: []media.Agency{{ID: "p/dai", Short: "Đài PT-TH", Level: media.Press, Binding: true}, {ID: "p/bao", Short: "Báo Mẫu", Level: media.Press, Binding: true},
			{ID: "p/y-te", Name: "Sở Y tế", Level: media.Department, Binding: true}, {ID: "p/huyen", Name: "UBND huyện", Level: media.District, Binding: true}, {ID: "p/noi-vu", Short: "Sở Nội vụ", Level: media.Department, Binding: true}},
		Quotas: []schedule.Quota{
			{ID: "B-D1", Title: "Chuyên mục phát sóng", Class: schedule.Hard, Kind: "airing", Cadence: calendar.Week, Wanted: 1, WantedBasis: schedule.ByPlan, Place: "điểm d khoản 1 mục III KH 285/KH-UBND",
				Conditions: []schedule.Condition{{Name: "min_minutes", Value: 15}, {Name: "in_window"}}},
			{ID: "A-6.1", Title: "Chuyên mục báo", Class: schedule.Hard, Kind: "instalments", Cadence: calendar.Month, Wanted: 2, WantedBasis: schedule.ByPlan, Place: "số 6 Phụ lục"},
			{ID: "B-A1", Title: "kế hoạch tuyên truyền CCHC năm 2023", Class: schedule.OnceClass, Kind: "deadline", Cadence: calendar.Once, Wanted: 1, WantedBasis: schedule.ByPlan, Deadline: at("2023-01-31 00:00")},
			{ID: "B-A3", Title: "Tin, bài trên trang", Class: schedule.Reg, Kind: "regular", Cadence: calendar.Month, Wanted: 2, WantedBasis: schedule.ByReference},
			{ID: "A-8", Title: "Khuyến khích", Class: schedule.Enc, Kind: "encouraged", Cadence: calendar.Month},
			{ID: "B-C2", Title: "Hạ tầng", Class: schedule.Reg, Kind: "availability", Cadence: calendar.Month, Watch: []media.Level{media.Department}},
		}}
	return World{Plan: plan, Cal: cal, Now: at(now), Reason: func(r schedule.Reason) string { return r.Code }}
}

// standing is one of a period, short of what is wanted.
func standing(quota, owner, period string, state schedule.State, have, want float64) schedule.Standing {
	p, err := calendar.Parse(period)
	if err != nil {
		panic(err)
	}
	unit := map[string]string{"B-D1": "airings", "A-6.1": "instalments"}[quota]
	s := schedule.Standing{Plan: "p/2023", Quota: quota, Owner: owner, Period: period, Start: p.Start, End: p.End, Basis: schedule.ByPlan, State: state, Coverage: schedule.Coverage{Share: 1},
		Measures: []schedule.Measure{{Name: "count", Unit: unit, Bound: "at_least", Wanted: want, Delivered: have, Shortfall: max(0, want-have)}}}
	if state == schedule.Open {
		s.Risk = "at_risk"
		last := p.End.Add(-2*time.Hour - 15*time.Minute)
		s.LastSave = &last
	}
	return s
}

func by(s schedule.Standing, when string) schedule.Standing {
	s.Reasons = append(s.Reasons, schedule.Reason{Code: "produce_by", Args: map[string]any{"at": at(when).Format(time.RFC3339)}})
	return s
}

// to lists what is told: audience, agency and kinds.
func to(list []Notice) string {
	var out []string
	for _, n := range list {
		s := string(n.Audience)
		if n.Agency != "" {
			s = string(n.Audience) + " " + slug(n.Agency)
		}
		for _, it := range n.Items {
			s += " " + string(it.Kind)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// digested is a world whose officer has had the week's digest.
func digested(w World) World {
	w.Told = append(w.Told, Told{Audience: Officer, About: "digest " + calendar.WeekOf(w.Now).ID, Notice: "d", At: calendar.WeekOf(w.Now).Start.Add(8 * time.Hour)})
	return w
}

// TestTexts: the sentences of domain 9.2, with their figures.
func TestTexts(t *testing.T) {
	early := by(standing("B-D1", "p/dai", "2023-W10", schedule.Open, 0, 1), "2023-03-10 16:00")
	missed := standing("B-D1", "p/dai", "2023-W10", schedule.Missed, 0, 1)
	confirmed := missed
	confirmed.Confirmed = true
	short := schedule.Rejection{Quota: "B-D1", Owner: "p/dai", Period: "2023-W10", Reason: schedule.Reason{Code: "too_short", Args: map[string]any{"wanted": 15}},
		Evidence: media.Evidence{Airing: &media.Airing{Start: at("2023-03-09 20:15"), Duration: 12*time.Minute + 40*time.Second}}}
	log := standing("B-D1", "p/dai", "2023-W10", schedule.Insufficient, 0, 1)
	log.Reasons = []schedule.Reason{{Code: "receipt_missing"}}
	column := standing("A-6.1", "p/bao", "2023-03", schedule.Open, 0, 2)
	columnMissed := standing("A-6.1", "p/bao", "2023-03", schedule.Missed, 1, 2)
	columnMissed.Confirmed = true
	look := columnMissed
	look.Confirmed, look.Reasons = false, []schedule.Reason{{Code: "needs_judgement"}}
	blind := Source{Source: media.Source{ID: "p/y-te-tin", Agency: "p/y-te", Name: "Trang Sở Y tế"}, Health: media.Health{BlindSince: at("2023-03-07 08:10")}, How: media.Condition{State: media.SourceBlind, Reason: media.Unreachable}}
	drift := blind
	drift.How = media.Condition{State: media.SourceQuiet}
	for name, c := range map[string]struct {
		now  string
		with func(*World)
		want string
	}{
		"broadcast_early": {"2023-03-10 15:00", func(w *World) { w.Standings = []schedule.Standing{early} },
			"[Cảnh báo sớm] Đến 15h00 ngày 10/3/2023, tuần 10 (06/3–12/3/2023) chưa ghi nhận lần phát sóng mới nào của chuyên mục CCHC đủ 15 phút trong khung giờ quy định. Chỉ tiêu: ít nhất 01 lần/tuần (điểm d khoản 1 mục III KH 285/KH-UBND)."},
		"broadcast_missed": {"2023-03-14 11:00", func(w *World) {
			w.Standings, w.Rejections = []schedule.Standing{missed}, []schedule.Rejection{short}
		}, "[Đề nghị rà soát] Tuần 10 (06/3–12/3/2023): 0/01 lần phát sóng hợp lệ (điểm d khoản 1 mục III KH 285/KH-UBND). Lý do: lần phát 20h15 ngày 09/3 dài 12 phút 40 giây (< 15 phút). Kết quả tính tự động, chưa có người xác nhận."},
		"confirmed": {"2023-03-14 11:00", func(w *World) { w.Standings = []schedule.Standing{confirmed} },
			"[Chưa đạt] Tuần 10 (06/3–12/3/2023): 0/01 lần phát sóng hợp lệ (điểm d khoản 1 mục III KH 285/KH-UBND)."},
		"log_missing": {"2023-03-14 10:00", func(w *World) { w.Standings = []schedule.Standing{log} },
			"[Thiếu dữ liệu] Chưa nhận nhật ký phát sóng tuần 10 (06/3–12/3/2023) của Đài PT-TH; chưa kết luận đạt hay chưa đạt."},
		"retention_30d": {"2023-03-16 10:00", func(w *World) {
			w.Recordings = []schedule.Notice{{Channel: "tv", Start: at("2023-02-16 20:00"), Last: at("2023-03-18 00:00"), Days: 30, Basis: "Điều 52 Luật Báo chí 2016"}}
		}, "[Sắp hết hạn lưu giữ] Lần phát 20h00 ngày 16/02/2023 chưa có minh chứng; Đài chỉ lưu chương trình 30 ngày (Điều 52 Luật Báo chí 2016), đến hết 18/3/2023."},
		"column_midmonth": {"2023-03-20 08:00", func(w *World) { w.Standings = []schedule.Standing{column} },
			"[Nhắc việc] Tháng 3/2023 Báo Mẫu mới thực hiện 0/02 kỳ chuyên mục CCHC; còn 11 ngày (số 6 Phụ lục)."},
		"column_missed": {"2023-04-04 10:00", func(w *World) { w.Standings = []schedule.Standing{columnMissed} },
			"[Chưa đạt] Tháng 3/2023: 1/02 kỳ chuyên mục CCHC trên Báo Mẫu (số 6 Phụ lục)."},
		"needs_judgement": {"2023-04-04 10:00", func(w *World) { w.Standings = []schedule.Standing{look} },
			"[Cần xem xét] Tháng 3/2023: 1/02 kỳ chuyên mục CCHC trên Báo Mẫu (số 6 Phụ lục). Lý do: needs_judgement. Kết quả tính tự động, chưa có người xem."},
		"plan_deadline": {"2023-01-27 08:00", func(w *World) {
			for i := range 28 {
				s := standing("B-A1", "p/y-te", "2023-01", schedule.Open, 1, 1)
				if s.State = schedule.Met; i < 7 {
					s.State = schedule.Open
				}
				w.Standings = append(w.Standings, s)
			}
		}, "[Nhắc việc] 07/28 cơ quan chưa ghi nhận: kế hoạch tuyên truyền CCHC năm 2023 (hạn: trước 31/01/2023)."},
		"source_down":  {"2023-03-07 10:00", func(w *World) { w.Sources = []Source{blind} }, "[Sự cố nguồn] Trang Sở Y tế: không truy cập được từ 08h10 ngày 07/3/2023; số liệu của cơ quan này tạm ghi «chưa đủ dữ liệu»."},
		"parser_drift": {"2023-03-07 10:00", func(w *World) { w.Sources = []Source{drift} }, "[Kiểm tra thu thập] Nguồn Trang Sở Y tế không có tin mới bất thường; có thể trang đổi giao diện."},
		"report_due":   {"2023-06-13 10:00", func(w *World) { w.Waiting = 9 }, "[Nhắc việc] Đến hạn chốt số liệu ngày 14/6/2023; còn 9 mục chờ duyệt."},
	} {
		w := digested(province(c.now))
		c.with(&w)
		list := Due(w)
		if len(list) != 1 || list[0].Audience != Officer {
			t.Errorf("%s: %s", name, to(list))
			continue
		}
		i := slices.IndexFunc(list[0].Items, func(it Item) bool { return it.Text == c.want })
		if i < 0 {
			t.Errorf("%s:\n%v\nwant\n%s", name, list[0].Text(), c.want)
		}
	}
}

// TestDoNotSend is the list of domain 9.2: none of it goes to anybody.
func TestDoNotSend(t *testing.T) {
	early := by(standing("B-D1", "p/dai", "2023-W10", schedule.Open, 0, 1), "2023-03-08 15:00")
	missed := standing("B-D1", "p/dai", "2023-W09", schedule.Missed, 0, 1)
	shadow := early
	shadow.Reasons = append(slices.Clone(early.Reasons), schedule.Reason{Code: "shadow"})
	unseen := early
	unseen.Coverage = schedule.Coverage{Share: 1, Blind: []schedule.Blind{{Source: "p/dai-web"}}}
	planned := early
	planned.Reasons = append(slices.Clone(early.Reasons), schedule.Reason{Code: "planned_fits"})
	reference := standing("B-A3", "p/y-te", "2023-02", schedule.Missed, 0, 2)
	reference.Basis = schedule.ByReference
	server := Source{Source: media.Source{ID: "p/y-te-may", Agency: "p/y-te", Name: "Máy chủ Sở Y tế", Kind: media.KindUptime, URL: "https://yte.example/"}, Health: media.Health{BlindSince: at("2023-03-07 20:00")},
		How: media.Condition{State: media.SourceBlind, Reason: media.Unreachable}}
	blocked := server
	blocked.How.Reason = media.Blocked
	blind := server
	blind.Kind, blind.Health.BlindSince = media.KindFeed, at("2023-03-08 15:30")
	for name, c := range map[string]struct {
		now  string
		with func(*World)
		want string
	}{
		"each new article":                {"2023-03-08 15:00", func(w *World) { w.Sources = []Source{{How: media.Condition{State: media.SourceOK, Count: 9}}} }, ""},
		"each doubt of the classifier":    {"2023-03-08 15:00", func(w *World) { w.Waiting = 40 }, ""},
		"the same shortfall the next day": {"2023-03-09 15:00", func(w *World) { w.Standings = []schedule.Standing{early}; w.told("early B-D1 p/dai 2023-W10") }, ""},
		"reference levels to one agency":  {"2023-03-08 15:00", func(w *World) { w.Standings = []schedule.Standing{reference} }, ""},
		"what is only encouraged": {"2023-03-08 15:00", func(w *World) {
			w.Standings = []schedule.Standing{standing("A-8", "p/y-te", "2023-02", schedule.Missed, 0, 1)}
		}, ""},
		"at night":             {"2023-03-08 22:00", func(w *World) { w.Standings = []schedule.Standing{early, missed} }, ""},
		"before half past six": {"2023-03-09 06:29", func(w *World) { w.Standings = []schedule.Standing{early, missed} }, ""},
		"in Tết": {"2023-01-23 10:00", func(w *World) {
			w.Standings = []schedule.Standing{standing("B-D1", "p/dai", "2023-W03", schedule.Missed, 0, 1)}
		}, ""},
		"on a Sunday":                 {"2023-03-12 10:00", func(w *World) { w.Standings = []schedule.Standing{missed} }, ""},
		"at night but who is on duty": {"2023-03-08 02:00", func(w *World) { w.Sources = []Source{server}; w.Standings = []schedule.Standing{missed} }, "duty site_down"},
		"in Tết but who is on duty":   {"2023-01-23 02:00", func(w *World) { s := server; s.Health.BlindSince = at("2023-01-23 00:00"); w.Sources = []Source{s} }, "duty site_down"},
		"a site that keeps us out":    {"2023-03-08 02:00", func(w *World) { w.Sources = []Source{blocked} }, ""},
		"while it cannot be seen":     {"2023-03-08 15:00", func(w *World) { w.Standings = []schedule.Standing{unseen} }, ""},
		"while it is being tried":     {"2023-03-08 15:00", func(w *World) { w.Standings = []schedule.Standing{shadow} }, ""},
		"what is announced already":   {"2023-03-08 15:00", func(w *World) { w.Standings = []schedule.Standing{planned} }, ""},
		"before anything can be said": {"2023-03-07 08:00", func(w *World) { w.Standings = []schedule.Standing{early} }, ""},
		"an outage of half an hour":   {"2023-03-08 16:00", func(w *World) { w.Sources = []Source{blind} }, ""},
		"an outage of an hour":        {"2023-03-08 16:30", func(w *World) { w.Sources = []Source{blind} }, "officer source_down"},
		"shortfalls that Alertmanager has": {"2023-03-08 15:00", func(w *World) {
			w.Elsewhere = true
			w.Standings = []schedule.Standing{early, missed}
			w.Sources = []Source{blind}
		}, ""},
		"one message per agency": {"2023-03-08 16:30", func(w *World) {
			for i := range 30 {
				s := blind
				s.ID = fmt.Sprint("p/nguon-", i)
				w.Sources = append(w.Sources, s)
			}
		}, "officer" + strings.Repeat(" source_down", 30)},
	} {
		w := digested(province(c.now))
		c.with(&w)
		if got := to(Due(w)); got != c.want {
			t.Errorf("%s: told «%s», want «%s»", name, got, c.want)
		}
	}
}

func (w *World) told(abouts ...string) {
	for _, a := range abouts {
		w.Told = append(w.Told, Told{Audience: Officer, About: a, Notice: "n" + a, At: w.Now.AddDate(0, 0, -1)})
	}
}

// TestWhoMayBeTold: an owner only of what a person released, units only what the
// body that reminds released, matters of safety to whom they concern.
func TestWhoMayBeTold(t *testing.T) {
	early := by(standing("B-D1", "p/dai", "2023-W10", schedule.Open, 0, 1), "2023-03-08 15:00")
	asked := standing("B-D1", "p/dai", "2023-W09", schedule.Missed, 0, 1)
	confirmed := asked
	confirmed.Confirmed = true
	release := func(kind schedule.ReleaseKind, period string) schedule.Release {
		return schedule.Release{Plan: "p/2023", Kind: kind, Quota: "B-D1", Owner: "p/dai", Period: period, At: at("2023-03-08 09:00"), Actor: "Chuyên viên", Office: "p/so", Words: "Đề nghị phát bù."}
	}
	unit := standing("B-A3", "p/y-te", "2023-02", schedule.Missed, 0, 2)
	unit.Basis = schedule.ByReference
	month := schedule.Release{Plan: "p/2023", Kind: schedule.ReleaseSummary, Period: "2023-02", At: at("2023-03-08 09:00"), Actor: "Sở Nội vụ", Office: "p/noi-vu"}
	site := Source{Source: media.Source{ID: "p/y-te-tin", Agency: "p/y-te", Name: "Trang Sở Y tế", Kind: media.KindUptime, URL: "https://yte.example/tin"}, Health: media.Health{BlindSince: at("2023-03-08 14:00")},
		How: media.Condition{State: media.SourceBlind, Reason: media.Hijacked}}
	down := site
	down.How.Reason = media.Unreachable
	down.Health.BlindSince = at("2023-03-08 14:50")
	ends := Source{Source: site.Source, Until: at("2026-03-01 00:00"), How: media.Condition{State: media.SourceOK}}
	for name, c := range map[string]struct {
		with func(*World)
		want string
	}{
		"a warning": {func(w *World) { w.Standings = []schedule.Standing{early} }, "officer broadcast_early"},
		"a warning released": {func(w *World) {
			w.Standings = []schedule.Standing{early}
			w.Releases = []schedule.Release{release("early", "2023-W10")}
		}, "officer broadcast_early; owner dai broadcast_early"},
		"a miss nobody confirmed": {func(w *World) {
			w.Standings = []schedule.Standing{asked}
			w.Releases = []schedule.Release{release("missed", "2023-W09")}
		}, "officer broadcast_missed"},
		"a miss confirmed": {func(w *World) { w.Standings = []schedule.Standing{confirmed} }, "officer broadcast_missed"},
		"a miss confirmed and released": {func(w *World) {
			w.Standings = []schedule.Standing{confirmed}
			w.Releases = []schedule.Release{release("missed", "2023-W09")}
		}, "officer broadcast_missed; owner dai broadcast_missed"},
		"both to one owner": {func(w *World) {
			w.Standings = []schedule.Standing{confirmed, early}
			w.Releases = []schedule.Release{release("missed", "2023-W09"), release("early", "2023-W10")}
		}, "officer broadcast_early broadcast_missed; owner dai broadcast_missed broadcast_early"},
		"a warning, then a miss": {func(w *World) {
			w.Standings = []schedule.Standing{confirmed}
			w.Releases = []schedule.Release{release("early", "2023-W09")}
		}, "officer broadcast_missed"},
		"a month":                     {func(w *World) { w.Standings = []schedule.Standing{unit} }, ""},
		"a month released":            {func(w *World) { w.Standings = []schedule.Standing{unit}; w.Releases = []schedule.Release{month} }, "units y-te summary"},
		"a site broken into":          {func(w *World) { w.Sources = []Source{site} }, "security site_hijacked; owner y-te site_hijacked"},
		"a site down for ten minutes": {func(w *World) { w.Sources = []Source{down} }, ""},
		"confirmed by a person": {func(w *World) {
			w.Sources = []Source{down}
			w.Releases = []schedule.Release{{Plan: "p/2023", Kind: schedule.ReleaseOutage, Quota: "p/y-te-tin", Owner: "p/y-te", Period: stamp(down.Health.BlindSince), Actor: "Kỹ thuật viên", At: w.Now}}
		}, "security site_down; owner y-te site_down"},
		"a certificate":            {func(w *World) { w.Sources, w.Machine = []Source{ends, ends}, at("2026-02-20 09:00") }, "security certificate; owner y-te certificate"},
		"a certificate of a month": {func(w *World) { w.Sources, w.Machine = []Source{ends}, at("2026-02-01 09:00") }, ""},
		"the week's, if they ask": {func(w *World) {
			w.Standings, w.Asked = []schedule.Standing{asked, early}, []string{"p/dai"}
			w.told("early B-D1 p/dai 2023-W10", "missed B-D1 p/dai 2023-W09")
		}, "owner dai digest"},
	} {
		w := digested(province("2023-03-08 15:00"))
		c.with(&w)
		list := Due(w)
		if got := to(list); got != c.want {
			t.Errorf("%s: told «%s», want «%s»", name, got, c.want)
		}
		for _, n := range list {
			if n.Private() != (strings.Contains(c.want, "site_") || strings.Contains(c.want, "certificate")) {
				t.Errorf("%s: private %t: %s", name, n.Private(), n.Text())
			}
			if n.Audience != Officer && (strings.Contains(n.Text(), "rà soát") || strings.Contains(n.Text(), "thấp hơn")) {
				t.Errorf("%s: an owner is told of what nobody confirmed: %s", name, n.Text())
			}
			if n.Audience == Owner && n.Kind == Digest && strings.Contains(n.Text(), "tuần 9") {
				t.Errorf("%s: an outlet's week tells of a miss that nobody confirmed: %s", name, n.Text())
			}
		}
	}
}

// TestBroughtForward: a warning that falls into Tết or a public holiday comes in the
// last working hour before (weeks 03 and 35 of 2023).
func TestBroughtForward(t *testing.T) {
	for week, c := range map[string]struct{ by, before, due string }{
		"2023-W03": {"2023-01-20 16:00", "2023-01-19 15:59", "2023-01-19 16:00"},
		"2023-W35": {"2023-09-02 12:00", "2023-08-31 15:59", "2023-08-31 16:00"},
	} {
		for now, want := range map[string]int{c.before: 0, c.due: 1} {
			w := digested(province(now))
			w.Standings = []schedule.Standing{by(standing("B-D1", "p/dai", week, schedule.Open, 0, 1), c.by)}
			list := Due(w)
			list = slices.DeleteFunc(list, func(n Notice) bool { return !n.Items[0].early() })
			if len(list) != want {
				t.Errorf("%s at %s: %s", week, now, to(list))
			}
		}
	}
}

// TestYear steps through 2023 by hours with a short station, a slow newspaper, missing
// logs, outages every week and a report each month: never more than 5 messages a week,
// never at night or on a day off, at most one early and one missed item for a period,
// and every warning while the broadcast could still be produced.
func TestYear(t *testing.T) {
	w := province("2023-01-03 00:00")
	perWeek, items, warned := map[string]int{}, map[string]int{}, map[string]bool{}
	for now := w.Now; now.Before(at("2024-01-01 00:00")); now = now.Add(time.Hour) {
		w.Now = now
		w.Standings, w.Sources = nil, nil
		for _, week := range calendar.WeeksOf(2023) {
			switch {
			case week.Contains(now):
				s := standing("B-D1", "p/dai", week.ID, schedule.Open, 0, 1)
				w.Standings = append(w.Standings, by(s, week.Start.AddDate(0, 0, 4).Add(18*time.Hour).In(calendar.Zone).Format("2006-01-02 15:04")))
			case week.End.Before(now) && now.Sub(week.End) < 60*time.Hour:
				s := standing("B-D1", "p/dai", week.ID, schedule.Insufficient, 0, 1)
				s.Reasons = []schedule.Reason{{Code: "receipt_missing"}}
				w.Standings = append(w.Standings, s)
			case !week.End.After(now):
				w.Standings = append(w.Standings, standing("B-D1", "p/dai", week.ID, schedule.Missed, 0, 1))
			}
		}
		month := calendar.At(calendar.Month, now)
		w.Standings = append(w.Standings, standing("A-6.1", "p/bao", month.ID, schedule.Open, 0, 2))
		for i := range 4 { // each down for a day in turn
			if s := (Source{Source: media.Source{ID: fmt.Sprint("p/s", i), Agency: "p/y-te", Name: "Trang"}, How: media.Condition{State: media.SourceOK}}); now.YearDay()%4 == i {
				s.How, s.Health.BlindSince = media.Condition{State: media.SourceBlind, Reason: media.Unreachable}, calendar.Day(now)
				w.Sources = append(w.Sources, s)
			} else {
				w.Sources = append(w.Sources, s)
			}
		}
		w.Waiting = 3
		for _, n := range Due(w) {
			if n.Audience != Officer {
				t.Fatalf("%s told %s", now, to([]Notice{n}))
			}
			perWeek[calendar.WeekOf(now).ID]++
			if !w.Cal.WorkingDay(now) || now.In(calendar.Zone).Hour() < 7 || now.In(calendar.Zone).Hour() >= 17 {
				t.Errorf("told at %s", now)
			}
			if c := n.Copy(); utf8.RuneCountInString(c) > 600 || c == "" {
				t.Errorf("%d characters to copy", utf8.RuneCountInString(c))
			}
			for _, it := range n.Items {
				items[it.About]++
				if it.Kind == BroadcastEarly {
					warned[strings.TrimPrefix(it.About, "early B-D1 p/dai ")] = true
				}
				w.Told = append(w.Told, Told{Audience: n.Audience, About: it.About, Notice: n.ID, At: now})
			}
		}
	}
	for week, n := range perWeek {
		if n > weekly {
			t.Errorf("%s: %d messages", week, n)
		}
	}
	for about, n := range items {
		if n != 1 {
			t.Errorf("%s told %d times", about, n)
		}
	}
	for _, week := range calendar.WeeksOf(2023)[1:] {
		if !warned[week.ID] {
			t.Errorf("%s was missed without a warning", week.ID)
		}
	}
	if len(perWeek) < 50 {
		t.Errorf("messages in %d weeks only", len(perWeek))
	}
}

// TestWeekIsBounded: what can wait does so from the third message on, what is urgent
// from the fourth, and nothing goes after the fifth; the next week's digest takes
// with it what had to wait.
func TestWeekIsBounded(t *testing.T) {
	early := by(standing("B-D1", "p/dai", "2023-W10", schedule.Open, 0, 1), "2023-03-10 12:00")
	missed := standing("B-D1", "p/dai", "2023-W09", schedule.Missed, 0, 1)
	tape := schedule.Notice{Channel: "tv", Start: at("2023-02-08 20:00"), Last: at("2023-03-10 00:00"), Days: 30}
	for _, c := range []struct {
		sent  int
		early bool
		tape  bool
		want  string
	}{
		{2, false, false, "officer broadcast_missed"}, {3, false, false, ""},
		{3, false, true, "officer retention_30d broadcast_missed"}, {4, false, true, ""},
		{4, true, true, "officer broadcast_early retention_30d broadcast_missed"}, {5, true, true, ""},
	} {
		w := province("2023-03-10 11:30")
		w.told("report 2023-03@14 1") // the week before, for the count's sake
		w.Told[0].At = at("2023-03-03 10:00")
		for i := range c.sent {
			w.Told = append(w.Told, Told{Audience: Officer, About: fmt.Sprint("digest 2023-W10", strings.Repeat("x", i)), Notice: fmt.Sprint(i), At: at("2023-03-06 08:00")})
		}
		w.Standings = []schedule.Standing{missed}
		if c.early {
			w.Standings = append(w.Standings, early)
		}
		if c.tape {
			w.Recordings = []schedule.Notice{tape}
		}
		if got := to(Due(w)); got != c.want {
			t.Errorf("after %d: «%s», want «%s»", c.sent, got, c.want)
		}
	}
	w := province("2023-03-13 07:30")
	w.Standings = []schedule.Standing{missed}
	for i := range 5 {
		w.Told = append(w.Told, Told{Audience: Officer, About: fmt.Sprint(i), Notice: fmt.Sprint(i), At: at("2023-03-06 08:00")})
	}
	if got := to(Due(w)); got != "officer digest report_due broadcast_missed" {
		t.Errorf("the next Monday: %s", got)
	}
}

// TestDigest: the week's digest says what came, what is not in, who can still be
// helped and until when, what waits, and what did not arrive; after a month it names
// who was silent for too long, by level and in official order.
func TestDigest(t *testing.T) {
	w := province("2023-04-03 07:30")
	met := standing("B-D1", "p/dai", "2023-W13", schedule.Met, 1, 1)
	log := standing("A-6.1", "p/bao", "2023-03", schedule.Insufficient, 1, 2)
	log.Reasons = []schedule.Reason{{Code: "register_missing"}}
	open := by(standing("B-D1", "p/dai", "2023-W14", schedule.Open, 0, 1), "2023-04-05 15:00")
	gap := func(owner string) schedule.Standing {
		s := standing("B-A3", owner, "2023-03", schedule.Missed, 0, 2)
		s.Basis = schedule.ByReference
		s.Measures = append(s.Measures, schedule.Measure{Name: "gap", Unit: "days", Bound: "at_most", Wanted: 30, Delivered: 31, Shortfall: 1})
		return s
	}
	w.Standings, w.Waiting, w.Dead = []schedule.Standing{met, log, open, gap("p/huyen"), gap("p/y-te"), gap("p/noi-vu")}, 12, 2
	list := Due(w)
	if got := to(list); got != "officer digest agency_gap" {
		t.Fatalf("%s", got)
	}
	text := list[0].Text()
	for _, s := range []string{"[Tổng hợp tuần] Tuần 13 (27/3–02/4/2023), tính đến 07h30 ngày 03/4/2023.", "Kết quả: B-D1 Đài PT-TH tuần 13 (27/3–02/4/2023): 1/01 lần phát sóng, đạt;",
		"Chưa có nhật ký, bảng kê: A-6.1 Báo Mẫu tháng 3/2023.", "Còn kịp: B-D1 Đài PT-TH tuần 14 (03/4–09/4/2023): 0/01, còn kịp đến 21h45 ngày 09/4/2023 (cần làm từ 15h00 ngày 05/4/2023).",
		"Chờ duyệt: 12 tin, bài.", "Không gửi được: 2 thông báo trong tuần",
		"[Tổng hợp] 02 sở, ban, ngành, 01 huyện, thị xã, thành phố không có tin, bài CCHC quá 30 ngày (mức tham chiếu, phục vụ theo dõi): Sở Y tế; UBND huyện; Sở Nội vụ."} {
		if !strings.Contains(text, s) {
			t.Errorf("does not say %q:\n%s", s, text)
		}
	}
	w.Dead = 0
	if strings.Contains(Due(w)[0].Text(), "Không gửi được") {
		t.Error("says that what arrived did not")
	}
}

// TestCopy: what is copied into Zalo has 600 characters at most, whatever it is made of.
func TestCopy(t *testing.T) {
	for _, n := range []int{1, 100, 599, 600, 601, 5000} {
		for _, more := range []int{0, 1, 30} {
			x := Notice{Items: []Item{{Text: strings.Repeat("ơ", n)}}, Sample: n%2 == 1}
			for range more {
				x.Items = append(x.Items, Item{Text: "[Nhắc việc] việc khác"})
			}
			c := x.Copy()
			if k := utf8.RuneCountInString(c); k > 600 || k < min(n, 300) {
				t.Errorf("%d and %d more: %d characters", n, more, k)
			}
			if more == 30 && n > 300 && !strings.Contains(c, "việc khác, xem") {
				t.Errorf("does not say that there is more: %s", c)
			}
		}
	}
}

// BenchmarkDue: 300 agencies with 40 duties and a year of months, most told already.
func BenchmarkDue(b *testing.B) {
	w := province("2023-12-29 10:30")
	for i := range 40 {
		w.Plan.Quotas = append(w.Plan.Quotas, schedule.Quota{ID: fmt.Sprint("Q", i), Title: "Việc", Class: schedule.Reg, Kind: "regular", Cadence: calendar.Month, Wanted: 2, WantedBasis: schedule.ByReference})
	}
	for i := range 300 {
		id := fmt.Sprint("p/a", i)
		w.Plan.Agencies = append(w.Plan.Agencies, media.Agency{ID: id, Name: "Cơ quan", Level: media.Department, Binding: true})
		for q := range 40 {
			for m := 1; m <= 12; m++ {
				s := standing(fmt.Sprint("Q", q), id, fmt.Sprintf("2023-%02d", m), schedule.Missed, 1, 2)
				s.Basis = schedule.ByReference
				w.Standings = append(w.Standings, s)
			}
		}
		for m := 1; m < 12; m++ {
			w.Told = append(w.Told, Told{Audience: Units, Agency: id, About: fmt.Sprintf("summary 2023-%02d", m)})
		}
	}
	for m := 1; m <= 11; m++ {
		w.Releases = append(w.Releases, schedule.Release{Plan: "p/2023", Kind: schedule.ReleaseSummary, Period: fmt.Sprintf("2023-%02d", m)})
	}
	for b.Loop() {
		Due(w)
	}
}
