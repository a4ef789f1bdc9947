package report

import (
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// small is a small invented province in March 2023: a station with a week kept,
// a week too short, a week without its log; a newspaper with one of two
// instalments; a portal; three departments, one of them unseen; a deadline.
func small() scene {
	day := func(s string) time.Time { return at(s + " 00:00") }
	p := &schedule.Plan{ID: "mau/2023", Province: "mau", Year: 2023, Number: "01/KH-UBND", Title: "Tuyên truyền cải cách hành chính năm 2023", Issuer: "Ủy ban nhân dân tỉnh Mẫu",
		Issued: day("2022-12-30"), From: day("2022-12-30"), To: day("2024-01-01"), Sample: true, Version: "v1",
		Agencies: []media.Agency{
			{ID: "mau/dai", Name: "Đài Phát thanh và Truyền hình tỉnh Mẫu", Short: "Đài PT-TH tỉnh", Level: media.Press, Binding: true},
			{ID: "mau/bao", Name: "Báo Mẫu", Level: media.Press, Binding: true},
			{ID: "mau/cong", Name: "Cổng Thông tin điện tử tỉnh", Level: media.Portal, Binding: true},
			{ID: "mau/so-a", Name: "Sở A", Level: media.Department, Binding: true},
			{ID: "mau/so-b", Name: "Sở B <script>", Level: media.Department, Binding: true},
			{ID: "mau/so-c", Name: "Sở C", Level: media.Department, Binding: true}},
		Columns:  []media.Column{{ID: "cchc", Agency: "mau/bao", Name: "Cải cách hành chính"}, {ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay cải cách"}},
		Channels: []schedule.Channel{{ID: "th", Agency: "mau/dai", Name: "Truyền hình tỉnh", Medium: "tv"}},
		Windows:  []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}},
		Sources: []media.Source{
			{ID: "mau/bao-rss", Agency: "mau/bao", Name: "Báo Mẫu (RSS)", Kind: media.KindFeed, Stream: "bao"},
			{ID: "mau/so-c-tin", Agency: "mau/so-c", Name: "Sở C – tin tức", Kind: media.KindList, Stream: "so-c"},
			{ID: "mau/cong-tin", Agency: "mau/cong", Name: "Cổng – tin tức", Kind: media.KindList, Stream: "cong"},
			{ID: "mau/cu", Agency: "mau/bao", Name: "Trang cũ", Kind: media.KindList, Stream: "cu", Verify: true}},
	}
	p.Quotas = []schedule.Quota{
		{ID: "B-D1", Title: "Chuyên mục phát sóng", Class: schedule.Hard, Kind: "airing", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Week,
			Place: "điểm d khoản 1 mục III", Wanted: 1, WantedBasis: schedule.ByPlan, Channels: []string{"th"}, Conditions: []schedule.Condition{
				{Name: "min_minutes", Basis: schedule.ByPlan, Value: 15}, {Name: "theme", Basis: schedule.ByPlan, List: []string{"chung-tay"}},
				{Name: "first_run", Basis: schedule.ByReference}, {Name: "in_window", Basis: schedule.ByReference}}},
		{ID: "A-6.1", Title: "Chuyên mục cải cách hành chính", Class: schedule.Hard, Kind: "instalments", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/bao"}, Cadence: calendar.Month,
			Place: "dòng 6 phụ lục", Wanted: 2, WantedBasis: schedule.ByPlan, Conditions: []schedule.Condition{
				{Name: "reform", Basis: schedule.ByPlan}, {Name: "column", Basis: schedule.ByPlan, List: []string{"cchc"}}, {Name: "distinct_days", Basis: schedule.ByReference}}},
		{ID: "A-3.1", Title: "Tin, bài trên Cổng", Class: schedule.Reg, Kind: "regular", Basis: schedule.ByReference, Basisnote: "mức tham chiếu đề xuất", Owner: schedule.Owner{Agency: "mau/cong"},
			Cadence: calendar.Month, Place: "dòng 3 phụ lục", Wanted: 2, MaxGap: 20, WantedBasis: schedule.ByReference, MaxGapBasis: schedule.ByReference, Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}},
		{ID: "A-4", Title: "Tin, bài trên trang của sở", Class: schedule.Reg, Kind: "regular", Basis: schedule.ByReference, Owner: schedule.Owner{Each: []media.Level{media.Department}},
			Cadence: calendar.Month, Place: "dòng 4 phụ lục", Wanted: 1, MaxGap: 30, WantedBasis: schedule.ByReference, MaxGapBasis: schedule.ByReference, Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}},
		{ID: "B-A1", Title: "Ban hành kế hoạch", Class: schedule.OnceClass, Kind: "deadline", Basis: schedule.ByPlan, Owner: schedule.Owner{Each: []media.Level{media.Department}},
			Cadence: calendar.Once, Place: "điểm a khoản 1 mục III", Wanted: 1, WantedBasis: schedule.ByPlan, Deadline: day("2023-03-16"), Attestable: true},
	}
	var ev []media.Evidence
	item := func(id, agency, when, column string, reform bool, topics ...string) {
		ev = append(ev, media.Evidence{ID: id, Kind: media.EvItem, Agency: "mau/" + agency, At: at(when), Precision: media.ToMinute, Seen: at(when), Title: "Tin " + id,
			URL: "http://" + agency + ".example/" + id, Column: column, Verdict: &media.Verdict{Reform: reform, Score: 0.9, Topics: topics, Cues: []media.Cue{{Term: "một cửa", Field: "title", Weight: 1}}}})
	}
	item("b1", "bao", "2023-03-03 08:00", "cchc", true, media.TTHC, media.ChinhQuyenSo)
	item("b2", "bao", "2023-03-20 08:00", "", true, media.TTHC)
	item("b3", "bao", "2023-03-21 08:00", "", false)
	item("c1", "cong", "2023-03-05 09:00", "", true, media.ChiDao)
	item("c2", "cong", "2023-03-17 09:00", "", true, media.TTHC)
	item("a1", "so-a", "2023-03-10 10:00", "", true, media.CongVu)
	ev = append(ev, media.Evidence{ID: "u1", Kind: media.EvItem, Agency: "mau/bao", Seen: at("2023-03-02 08:00"), Title: "Không ngày"})
	airing := func(id, when, column string, minutes, seconds int, first bool) {
		start := at(when)
		a := &media.Airing{ID: id, Channel: "th", Programme: "Chung tay cải cách", Column: column, Title: "Số " + id, Start: start, FirstRun: first,
			Duration: time.Duration(minutes*60+seconds) * time.Second, Grade: media.GradeA}
		ev = append(ev, media.Evidence{ID: id, Kind: media.EvAiring, Agency: "mau/dai", Source: "log:th", At: start, Precision: media.ToSecond, Seen: start, Title: a.Title, Grade: media.GradeA, Airing: a})
	}
	airing("t1", "2023-03-02 20:15", "chung-tay", 16, 0, true)  // week 9, Sunday 5 March
	airing("t2", "2023-03-03 07:00", "chung-tay", 16, 0, false) // its repeat
	airing("t3", "2023-03-09 20:15", "chung-tay", 12, 40, true) // week 10
	airing("t4", "2023-03-09 20:30", "", 5, 0, true)            // another programme
	airing("t5", "2023-03-16 14:00", "chung-tay", 15, 0, true)  // week 11, outside the window
	airing("t6", "2023-03-30 20:15", "chung-tay", 15, 30, true) // week 13, whose Sunday is 2 April
	decisions := []schedule.Decision{
		{ID: "d1", Kind: schedule.Attest, Plan: p.ID, Quota: "B-A1", Owner: "mau/so-a", At: at("2023-03-13 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "12/KH-SA", Date: day("2023-03-10")},
		{ID: "d2", Kind: schedule.Attest, Plan: p.ID, Quota: "B-A1", Owner: "mau/so-b", At: at("2023-03-24 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "05/KH-SB", Date: day("2023-03-20")}}
	whole := []schedule.Span{{From: day("2022-12-30"), To: at("2023-04-05 08:00")}}
	obs := schedule.Observation{Spans: map[string][]schedule.Span{"mau/bao-rss": whole, "mau/cong-tin": whole, "mau/so-a-tin": whole, "mau/so-b-tin": whole,
		"log:th": {{From: day("2023-01-01"), To: day("2023-03-20")}}},
		Blind: map[string]schedule.Blind{"mau/so-c-tin": {Source: "mau/so-c-tin", Reason: media.Unreachable, Since: day("2023-03-01")}}}
	for _, id := range []string{"a", "b"} {
		p.Sources = append(p.Sources, media.Source{ID: "mau/so-" + id + "-tin", Agency: "mau/so-" + id, Name: "Sở " + strings.ToUpper(id), Kind: media.KindList, Stream: "so-" + id})
	}
	now := at("2023-04-05 08:00")
	health := map[string]media.Health{
		"mau/bao-rss": {Source: "mau/bao-rss", Outcome: media.OK}, "mau/cong-tin": {Source: "mau/cong-tin", Outcome: media.NotModified},
		"mau/so-a-tin": {Outcome: media.OK}, "mau/so-c-tin": {Outcome: media.Unreachable, BlindSince: day("2023-03-01")}}
	return scene{p, ev, decisions, obs, health, &calendar.Calendar{}, now}
}

// scene is everything a report comes from.
type scene struct {
	plan      *schedule.Plan
	evidence  []media.Evidence
	decisions []schedule.Decision
	obs       schedule.Observation
	health    map[string]media.Health
	cal       *calendar.Calendar
	now       time.Time
}

func (s scene) input() Input {
	m := schedule.Match(s.plan, s.evidence, s.decisions, s.cal)
	var sample []Audited // every third piece: one not looked at, one that was wrong, one that was right …
	for i, e := range s.evidence {
		if e.Kind == media.EvItem && e.Verdict != nil && i%3 == 0 {
			n := len(sample)
			sample = append(sample, Audited{Item: e.ID, Agency: e.Agency, At: e.At, Reform: e.Verdict.Reform, Checked: n > 0, Right: n > 1, Blind: n > 0})
		}
	}
	return Input{Plan: s.plan, Calendar: s.cal, Period: month("2023-03"), Now: s.now, Health: s.health, Audit: sample,
		Evaluation: schedule.Evaluation{Plan: s.plan.ID, Version: s.plan.Version, Now: s.now, Matching: m, Evidence: s.evidence,
			Standings: schedule.Stand(s.plan, m, s.obs, s.decisions, s.cal, s.now)}}
}

func world() Input { return small().input() }

func rich() Input {
	in := all().input()
	in.Plan.Forms = []schedule.Form{{ID: "F7", Title: "Tờ rơi, pa nô, áp phích"}, {ID: "F9", Title: "Lồng ghép trong hội nghị", Quotas: []string{"A-7"}}}
	in.Amounts = []media.HandinSum{
		{Quota: "A-7", Owner: "mau/so-a", Period: "2023-03", Pieces: 2, Amounts: map[string]int{"events": 2, "participants": 120}},
		{Quota: "A-7", Owner: "mau/so-b", Period: "2023-03", Form: "F9", Pieces: 1, Amounts: map[string]int{"events": 1, "participants": 30}},
		{Quota: "A-7", Owner: "mau/so-b", Period: "2023-03", Form: "F7", Pieces: 1, Amounts: map[string]int{"copies": 500}, Cost: 2000000},
	}
	for i, e := range in.Evaluation.Evidence {
		if e.ID == "a1" {
			in.Evaluation.Evidence[i].Copy = &media.Copy{Group: "b2", Relation: "near", Certain: true, Others: 1, Item: "b2", Agency: "mau/bao"}
		}
	}
	return in
}

// all is the small world with a quota of every other kind. What is posted, or
// handed in, for February is told in March: its time was over then.
func all() scene {
	day := func(s string) time.Time { return at(s + " 00:00") }
	s := small()
	p := s.plan
	s.cal = &calendar.Calendar{Off: map[string]string{"2023-03-08": "Ngày nghỉ mẫu"}, Years: []int{2023}}
	ref := schedule.ByReference
	each := schedule.Owner{Each: []media.Level{media.Department}}
	quota := func(id, title, kind string, class schedule.Class, owner schedule.Owner, wanted int, change func(q *schedule.Quota)) {
		q := schedule.Quota{ID: id, Title: title, Kind: kind, Class: class, Basis: ref, Owner: owner, Cadence: calendar.Month, Place: "phụ lục", Wanted: wanted, WantedBasis: ref}
		if change != nil {
			change(&q)
		}
		p.Quotas = append(p.Quotas, q)
	}
	cong, bao := schedule.Owner{Agency: "mau/cong"}, schedule.Owner{Agency: "mau/bao"}
	column := []schedule.Condition{{Name: "column", Basis: ref, List: []string{"cchc"}}}
	quota("A-7", "Tin, bài trên đài truyền thanh", "count", schedule.Reg, each, 2, func(q *schedule.Quota) { q.Attestable = true })
	quota("A-1.1", "Công khai chức năng, nhiệm vụ", "exists", schedule.Reg, each, 1, nil)
	quota("B-E1", "Chuyên mục trên báo điện tử", "exists", schedule.OnceClass, bao, 1, func(q *schedule.Quota) {
		q.Alive, q.Conditions = schedule.Level{Value: 20, Basis: ref}, column
	})
	quota("A-3.2", "Đăng tải thủ tục hành chính mới", "lag", schedule.Reg, cong, 0, func(q *schedule.Quota) {
		q.MaxLag, q.Conditions = schedule.Level{Value: 5, Basis: ref}, []schedule.Condition{{Name: "decision", Basis: schedule.ByPlan}}
	})
	quota("A-3.3", "Trả lời câu hỏi", "answered", schedule.Reg, cong, 2, func(q *schedule.Quota) { q.MaxLag = schedule.Level{Value: 15, Basis: ref} })
	quota("B-R1", "Báo cáo định kỳ", "attested", schedule.Reg, each, 1, func(q *schedule.Quota) { q.DueDays, q.Attestable = 6, true })
	quota("A-2.2", "Tập huấn, nếu có", "attested", schedule.Proc, each, 0, nil)
	quota("A-8", "Các hình thức khác", "encouraged", schedule.Enc, each, 0, func(q *schedule.Quota) { q.Attestable = true })
	quota("B-C2", "Các trang hoạt động ổn định", "availability", schedule.Reg, cong, 0, func(q *schedule.Quota) {
		q.Share, q.Hours, q.Watch = schedule.Level{Value: 99, Basis: ref}, [2]int{360, 1320}, []media.Level{media.Department}
	})
	quota("B-A3", "Tuyên truyền trên trang của đơn vị", "regular", schedule.Reg, each, 1, func(q *schedule.Quota) {
		q.MaxGap, q.MaxGapBasis, q.Conditions = 30, ref, []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}
		q.Shadow = schedule.Span{From: day("2023-01-01"), To: day("2023-04-01")}
	})
	s.obs.Uptime = map[string][]media.Uptime{}
	for _, id := range []string{"a", "b"} {
		page := "mau/so-" + id + "-chuc-nang"
		p.Sources = append(p.Sources, media.Source{ID: page, Agency: "mau/so-" + id, Name: "Chức năng, nhiệm vụ", Kind: media.KindPage, Stream: page, Proves: []string{"A-1.1"}})
		state := map[string]media.UptimeState{"a": media.Up, "b": media.Absent}[id]
		s.obs.Uptime[page] = []media.Uptime{{From: at("2023-03-02 09:00"), To: at("2023-03-28 09:00"), State: state, Probes: 5}}
	}
	s.obs.Uptime["mau/so-a-tin"] = []media.Uptime{{From: day("2023-02-25"), To: at("2023-03-20 10:00"), State: media.Up}, {From: at("2023-03-20 10:00"), To: at("2023-03-21 10:00"), State: media.Down},
		{From: at("2023-03-21 10:00"), To: day("2023-04-02"), State: media.Up}}
	s.obs.Uptime["mau/so-c-tin"] = []media.Uptime{{From: day("2023-02-25"), To: day("2023-03-30"), State: media.Up}, {From: day("2023-03-30"), To: day("2023-04-02"), State: media.Down}}
	s.obs.Uptime["mau/so-b-tin"] = []media.Uptime{{From: day("2023-02-25"), To: day("2023-04-02"), State: media.Up}}
	whole := []schedule.Span{{From: day("2022-12-30"), To: s.now}}
	for _, k := range []media.RegisterKind{media.RegProcedures, media.RegQuestions} {
		s.obs.Spans[schedule.RegisterSource(k, "mau/cong")] = whole
	}
	post := func(id, number, signed, posted string) {
		s.evidence = append(s.evidence, media.Evidence{ID: "qd" + id, Kind: media.EvProcedure, Agency: "mau/cong", At: day(signed), Precision: media.ToDay, Seen: day(signed), Title: "Công bố thủ tục hành chính", Document: number})
		if posted != "" {
			s.evidence = append(s.evidence, media.Evidence{ID: "p" + id, Kind: media.EvItem, Agency: "mau/cong", At: at(posted), Precision: media.ToMinute, Seen: at(posted),
				Title: "Quyết định số " + number + " công bố danh mục thủ tục hành chính", URL: "http://cong.example/" + id, Verdict: &media.Verdict{Reform: true, Score: 0.9, Topics: []string{media.TTHC}}})
		}
	}
	post("1", "201/QĐ-UBND", "2023-02-03", "2023-02-07 09:00")
	post("2", "215/QĐ-UBND", "2023-02-10", "2023-02-24 09:00")
	post("3", "230/QĐ-UBND", "2023-02-20", "")
	ask := func(id, asked, answered string) {
		e := media.Evidence{ID: "hoi" + id, Kind: media.EvQuestion, Agency: "mau/cong", Precision: media.ToDay, Title: "Câu hỏi " + id, Document: id, Seen: at("2023-03-30 08:00"), At: at("2023-03-30 08:00")}
		if asked != "" {
			e.Asked, e.At = day(asked), day(asked)
		}
		if answered != "" {
			e.Answered, e.At = day(answered), day(answered)
		}
		s.evidence = append(s.evidence, e)
	}
	ask("1", "2023-03-01", "2023-03-10")
	ask("2", "2023-02-06", "2023-03-15")
	ask("3", "2023-03-06", "")
	ask("4", "", "")
	ask("5", "", "2023-03-20")
	hand := func(id, quota, owner, period, date string, none bool) {
		d := schedule.Decision{ID: "nop" + id, Kind: schedule.Attest, Plan: p.ID, Quota: quota, Owner: "mau/" + owner, Period: period, At: at("2023-04-01 08:00"), Actor: "Chuyên viên Sở Nội vụ",
			Document: id + "/BC", Reason: "Báo cáo " + id, None: none}
		if !none {
			d.Date = day(date)
		}
		s.decisions = append(s.decisions, d)
	}
	hand("11", "B-R1", "so-a", "2023-02", "2023-03-05", false)
	hand("12", "B-R1", "so-b", "2023-02", "", true)
	hand("13", "B-R1", "so-c", "2023-02", "2023-03-10", false)
	hand("14", "A-7", "so-a", "2023-03", "2023-03-11", false)
	hand("15", "A-8", "so-b", "2023-03", "2023-03-12", false)
	hand("16", "A-2.2", "so-c", "2023-03", "2023-03-13", false)
	return s
}
