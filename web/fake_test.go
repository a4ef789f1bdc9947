package web

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

var serve = flag.String("serve", "", "serve the desk over the fake store on this address until killed")

func TestMain(m *testing.M) {
	flag.Parse()
	if *serve != "" {
		fmt.Fprintln(os.Stderr, http.ListenAndServe(*serve, kinds().handler()))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) time.Time { return at(s + " 00:00") }

const hostile = `<script>alert("x")</script> & 'một cửa'`

// fake is the two doors over an invented province, in memory. Standings come
// from schedule itself, so that the pages show what they will meet.
type fake struct {
	kept      func(row func(string, time.Time, int64, string) error) error // every kept page; nil: one
	plan      *schedule.Plan
	now       time.Time
	items     []ItemRow
	revisions map[string][]media.Revision
	evidence  []media.Evidence
	decisions []schedule.Decision
	eval      schedule.Evaluation
	health    map[string]media.Health
	receipts  []media.Receipt
	closings  []schedule.Closing
	acts      []schedule.CaseAct
	maps      []media.TableMap
	notes     []schedule.Note
	releases  []schedule.Release
	answers   []Answer
	papers    []string // names of the files that decisions and notes came with
	did       []schedule.CaseAct
	rooms     [][4]string
	empty     bool
	said      map[string]schedule.Declaration // by unit and period
	settled   []schedule.DisputeAct
	err       error
	asked     ItemQuery
}

func newFake() *fake {
	f := &fake{now: at("2023-03-10 15:00"), revisions: map[string][]media.Revision{}, health: map[string]media.Health{}}
	f.plan = fakePlan()
	f.publish()
	f.broadcast()
	f.decisions = []schedule.Decision{
		{ID: "d1", Kind: schedule.Attest, Plan: f.plan.ID, Quota: "B-A1", Owner: "suong-ha/so-noi-vu", At: at("2023-01-20 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "12/KH-SNV", Reason: "Kế hoạch tuyên truyền CCHC năm 2023", Date: day("2023-01-18")},
		{ID: "d2", Kind: schedule.Attest, Plan: f.plan.ID, Quota: "B-A1", Owner: "suong-ha/so-xay-dung", At: at("2023-02-20 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "05/KH-SXD", Reason: "Kế hoạch tuyên truyền CCHC", Date: day("2023-02-10")},
		{ID: "d3", Kind: schedule.ConfirmMissed, Plan: f.plan.ID, Quota: "B-D1", Owner: "suong-ha/dai-ptth", Period: "2023-W05", At: at("2023-02-10 09:00"), Actor: "Chuyên viên Sở TT&TT", Reason: "Đài xác nhận không phát sóng trong tuần"},
		{ID: "d4", Kind: schedule.ExemptKind, Plan: f.plan.ID, Quota: "B-D1", Owner: "suong-ha/dai-ptth", Period: "2023-W04", At: at("2023-02-01 09:00"), Actor: "Chuyên viên Sở TT&TT", Document: "15/UBND-VX", Reason: "Nghỉ Tết Nguyên đán"},
	}
	f.repair(schedule.CaseAct{Kind: schedule.CaseOpen, Owner: "suong-ha/dai-ptth", Misses: []schedule.Miss{{Quota: "B-D1", Period: "2023-W05", Short: 1}}, Reason: "technical", Words: "hỏng máy phát " + hostile})
	f.repair(schedule.CaseAct{Kind: schedule.CasePropose, Pledge: &schedule.Pledge{Channel: "truyen-hinh", Programme: "Chung tay cải cách", Start: at("2023-02-15 20:00"), Length: 20 * time.Minute}})
	f.repair(schedule.CaseAct{Kind: schedule.CaseApprove, N: 1, Document: "18/PTTH-TH"})
	f.repair(schedule.CaseAct{Kind: schedule.CaseMissed, N: 1})
	f.derive()
	return f
}

// repair acts in the one make-good case.
func (f *fake) repair(a schedule.CaseAct) {
	a.Plan, a.Case, a.Seq, a.Actor, a.At = f.plan.ID, "PB-01", len(f.acts)+1, "Chuyên viên Sở TT&TT", at("2023-02-11 09:00").AddDate(0, 0, len(f.acts))
	f.acts = append(f.acts, a)
}

// derive stands everything anew.
func (f *fake) derive() {
	obs := schedule.Observation{Spans: map[string][]schedule.Span{}, Blind: map[string]schedule.Blind{}}
	for i, s := range f.plan.Sources {
		h := media.Health{Source: s.ID, Active: true, Outcome: media.OK, LastVisit: f.now.Add(-time.Duration(i) * 7 * time.Minute), LastOK: f.now.Add(-time.Duration(i) * 7 * time.Minute), Took: 420 * time.Millisecond,
			Items: 20 + i, Visits: map[string]int64{media.OK: 90, media.NotModified: 400}, CoveredFrom: day("2022-12-30"), CoveredTo: f.now}
		if s.Agency == "suong-ha/so-cong-thuong" {
			h.Outcome, h.Detail, h.BlindSince, h.Fails, h.LastOK = media.Unreachable, "dial tcp: connection refused", at("2023-02-20 08:10"), 12, at("2023-02-20 07:40")
			obs.Blind[s.ID] = schedule.Blind{Source: s.ID, Reason: media.Unreachable, Since: h.BlindSince}
			obs.Spans[s.ID] = []schedule.Span{{From: day("2022-12-30"), To: h.LastOK}}
		} else if s.Agency == "suong-ha/huyen-thac-ba" {
			h = media.Health{Source: s.ID, Active: true, Outcome: media.Soft404, Detail: "Web Part Error in the body", BlindSince: day("2023-03-01"), LastVisit: f.now, Fails: 3, Visits: map[string]int64{media.Soft404: 3}}
			obs.Blind[s.ID] = schedule.Blind{Source: s.ID, Reason: media.Soft404, Since: h.BlindSince}
		} else {
			obs.Spans[s.ID] = []schedule.Span{{From: day("2022-12-30"), To: f.now}}
		}
		if !s.Verify {
			f.health[s.ID] = h
		}
	}
	for _, k := range []media.RegisterKind{media.RegProcedures, media.RegQuestions} {
		obs.Spans[schedule.RegisterSource(k, "suong-ha/cong")] = []schedule.Span{{From: day("2022-12-30"), To: f.now}}
	}
	obs.Spans["log:truyen-hinh"] = []schedule.Span{{From: day("2023-01-02"), To: day("2023-02-27")}}
	f.receipts = []media.Receipt{{ID: "r1", Channel: "truyen-hinh", From: day("2023-01-02"), To: day("2023-02-27"), Sender: "Phòng Chương trình", FileName: "nhat-ky-01-02.xlsx", At: at("2023-02-28 09:00"), Rows: 412}}
	cal := &calendar.Calendar{}
	m := schedule.Match(f.plan, f.evidence, f.decisions, cal)
	f.eval = schedule.Evaluation{Plan: f.plan.ID, Version: "v1", Now: f.now, Matching: m, Standings: schedule.Stand(f.plan, m, obs, f.decisions, cal, f.now)}
}

func fakePlan() *schedule.Plan {
	p := &schedule.Plan{ID: "suong-ha/2023", Province: "suong-ha", Year: 2023, Number: "01/KH-UBND", Title: "Thông tin, tuyên truyền cải cách hành chính năm 2023 trên địa bàn tỉnh Sương Hà",
		Issuer: "Ủy ban nhân dân tỉnh Sương Hà", Issued: day("2022-12-30"), From: day("2022-12-30"), To: day("2024-01-01"), Sample: true, Version: "v1",
		Columns:  []media.Column{{ID: "cchc", Agency: "suong-ha/bao", Name: "Cải cách hành chính"}, {ID: "chung-tay", Agency: "suong-ha/dai-ptth", Name: "Chung tay cải cách"}},
		Channels: []schedule.Channel{{ID: "truyen-hinh", Agency: "suong-ha/dai-ptth", Name: "Truyền hình Sương Hà", Medium: "tv"}},
		Windows:  []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}, {Medium: "tv", FromMinute: 690, ToMinute: 810}}}
	add := func(slug, name, short string, l media.Level) {
		p.Agencies = append(p.Agencies, media.Agency{ID: "suong-ha/" + slug, Name: name, Short: short, Level: l, Binding: true})
		if slug == "dai-ptth" || slug == "so-y-te" {
			return
		}
		p.Sources = append(p.Sources, media.Source{ID: "suong-ha/" + slug + "-tin", Agency: "suong-ha/" + slug, Name: cmpOr(short, name) + " – tin tức", Kind: media.KindList, URL: "http://" + slug + ".suongha.example/tin", Stream: slug})
	}
	add("dai-ptth", "Đài Phát thanh và Truyền hình tỉnh Sương Hà", "Đài PT-TH tỉnh", media.Press)
	add("bao", "Báo Sương Hà", "", media.Press)
	add("cong", "Cổng Thông tin điện tử tỉnh Sương Hà", "Cổng TTĐT tỉnh", media.Portal)
	for _, s := range [][2]string{{"so-noi-vu", "Sở Nội vụ"}, {"so-xay-dung", "Sở Xây dựng"}, {"so-cong-thuong", "Sở Công Thương"}, {"so-tu-phap", "Sở Tư pháp"}, {"so-tai-chinh", "Sở Tài chính"}, {"so-y-te", "Sở Y tế"}} {
		add(s[0], s[1], "", media.Department)
	}
	for _, s := range [][2]string{{"huyen-thac-ba", "huyện Thác Bà"}, {"huyen-nam-khe", "huyện Nậm Khê"}, {"tp-suong-ha", "thành phố Sương Hà"}} {
		add(s[0], "Ủy ban nhân dân "+s[1], "UBND "+s[1], media.District)
	}
	p.Sources = append(p.Sources, media.Source{ID: "suong-ha/cu", Agency: "suong-ha/bao", Name: "Trang chuyên đề cũ", Kind: media.KindFeed, URL: "http://cu.suongha.example/rss", Stream: "cu", Verify: true})
	plan, ref := schedule.ByPlan, schedule.ByReference
	each := schedule.Owner{Each: []media.Level{media.Department, media.District}}
	p.Quotas = []schedule.Quota{
		{ID: "B-D1", Title: "Chuyên mục phát sóng định kỳ về CCHC", Class: schedule.Hard, Kind: "airing", Basis: plan, Owner: schedule.Owner{Agency: "suong-ha/dai-ptth"}, Coordinate: []string{"suong-ha/so-noi-vu"}, Cadence: calendar.Week,
			Place: "điểm d khoản 1 mục III", Clauses: []schedule.Clause{{Line: 99, Text: "mỗi tuần ít nhất một lần, mỗi lần từ mười lăm phút trở lên"}}, Wanted: 1, WantedBasis: plan, Channels: []string{"truyen-hinh"}, LeadDays: 2,
			Conditions: []schedule.Condition{{Name: "min_minutes", Basis: plan, Value: 15}, {Name: "theme", Basis: plan, List: []string{"chung-tay"}}, {Name: "first_run", Basis: ref}, {Name: "in_window", Basis: ref}}},
		{ID: "A-6.1", Title: "Chuyên mục CCHC trên báo", Class: schedule.Hard, Kind: "instalments", Basis: plan, Owner: schedule.Owner{Agency: "suong-ha/bao"}, Cadence: calendar.Month, Place: "dòng 6 phụ lục", LeadDays: 3,
			Clauses: []schedule.Clause{{Line: 152, Text: "mỗi tháng hai chuyên mục"}}, Wanted: 2, WantedBasis: plan,
			Conditions: []schedule.Condition{{Name: "reform", Basis: plan}, {Name: "column", Basis: plan, List: []string{"cchc"}}, {Name: "distinct_days", Basis: ref}}},
		{ID: "B-A1", Title: "Ban hành kế hoạch tuyên truyền CCHC", Class: schedule.OnceClass, Kind: "deadline", Basis: plan, Owner: each, Cadence: calendar.Once, Place: "điểm a khoản 1 mục III",
			Clauses: []schedule.Clause{{Line: 75, Text: "trước ngày 31/01/2023"}}, Wanted: 1, WantedBasis: plan, Deadline: day("2023-01-31"), Attestable: true},
		{ID: "A-3.1", Title: "Tin, bài về CCHC trên Cổng", Class: schedule.Reg, Kind: "regular", Basis: ref, Basisnote: "mức tham chiếu đề xuất, chưa thống nhất", Owner: schedule.Owner{Agency: "suong-ha/cong"}, Cadence: calendar.Month, Place: "dòng 3 phụ lục",
			Wanted: 8, MaxGap: 7, WantedBasis: ref, MaxGapBasis: ref, Conditions: []schedule.Condition{{Name: "reform", Basis: plan}}},
		{ID: "A-4", Title: "Tin, bài về kết quả CCHC trên trang của cơ quan", Class: schedule.Reg, Kind: "regular", Basis: ref, Owner: each, Cadence: calendar.Month, Place: "dòng 4 phụ lục",
			Wanted: 2, MaxGap: 30, WantedBasis: ref, MaxGapBasis: ref, Conditions: []schedule.Condition{{Name: "reform", Basis: plan}}},
	}
	return p
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// publish makes three months of items, about a third about reform.
func (f *fake) publish() {
	about := []string{"Bộ phận một cửa huyện rút ngắn thời gian giải quyết thủ tục hành chính", "Đẩy mạnh cải cách hành chính, nâng chỉ số hài lòng của người dân", "Tập huấn dịch vụ công trực tuyến cho cán bộ cấp xã", "Công bố danh mục thủ tục hành chính mới ban hành"}
	other := []string{"Khai mạc giải bóng chuyền các dân tộc", "Nông dân vào vụ thu hoạch chè xuân", "Tăng cường tuần tra bảo đảm an toàn giao thông", "Hội thi văn nghệ chào mừng ngày Quốc tế phụ nữ"}
	n := 0
	for _, a := range f.plan.Agencies {
		if a.Level == media.Press && a.ID != "suong-ha/bao" || a.ID == "suong-ha/so-y-te" || a.ID == "suong-ha/huyen-thac-ba" {
			continue
		}
		step := 36 * time.Hour
		if a.Level == media.Department || a.Level == media.District {
			step = time.Duration(60+31*len(a.ID)%90) * time.Hour
		}
		for t := at("2023-01-03 08:17"); t.Before(f.now); t = t.Add(step) {
			n++
			if a.ID == "suong-ha/so-cong-thuong" && t.After(day("2023-02-20")) {
				break
			}
			reform := n%3 == 0
			title := other[n%len(other)]
			if reform {
				title = about[n/3%len(about)]
			}
			if n == 30 {
				title, reform = hostile, true
			}
			f.item(fmt.Sprintf("%032x", n), a, t, title, reform, n)
		}
	}
}

func (f *fake) item(id string, a media.Agency, t time.Time, title string, reform bool, n int) {
	it := media.Item{ID: id, Source: a.ID + "-tin", Agency: a.ID, URL: "http://" + strings.TrimPrefix(a.ID, "suong-ha/") + ".suongha.example/" + id[26:], Title: title,
		Lead: "Trong những ngày qua, cán bộ và nhân dân địa phương đã triển khai nhiều hoạt động thiết thực.", Section: "Tin trong tỉnh",
		Claimed: media.Date{At: t, Precision: media.ToMinute, Text: t.Format("02/01/2006 15:04"), Found: "list"}, Seen: t.Add(20 * time.Minute), Verified: f.now, Revision: "20230101-" + id}
	if a.ID == "suong-ha/bao" && n%6 == 0 {
		it.Column, it.Section = "cchc", "Cải cách hành chính"
	}
	if n%17 == 0 {
		it.Credit = "Nguồn: Báo Sương Hà"
	}
	v := &media.Verdict{Revision: it.Revision, Classifier: "lexicon-1", Reform: reform, Score: 0.08}
	if reform {
		v.Score, v.Topics = 0.93, []string{media.TTHC, media.ChinhQuyenSo}
		for _, term := range []string{"một cửa", "thủ tục hành chính", "cải cách hành chính", "dịch vụ công trực tuyến"} {
			if i := strings.Index(strings.ToLower(title), term); i >= 0 {
				v.Cues = append(v.Cues, media.Cue{Term: term, Field: "title", At: i, Weight: 2})
			}
		}
		body := "Theo báo cáo, kết quả cải cách hành chính có chuyển biến."
		v.Cues = append(v.Cues, media.Cue{Term: "cải cách hành chính", Field: "body", At: strings.Index(body, "cải cách"), Weight: 1})
	}
	row := ItemRow{Item: it, Verdict: v}
	switch n % 13 {
	case 5:
		v.Review, v.Score = true, 0.52
	case 7:
		row.Decided = "Chuyên viên Sở Nội vụ"
	case 11:
		row.Verdict = nil
	}
	f.items = append(f.items, row)
	f.revisions[id] = []media.Revision{{ID: it.Revision, Item: id, Hash: id + id, Title: title, Lead: it.Lead, Section: it.Section, From: "page", Seen: it.Seen,
		Body: "Theo báo cáo, kết quả cải cách hành chính có chuyển biến.\nNgười dân đến giao dịch được hướng dẫn tận tình, hồ sơ được trả đúng hẹn."}}
	f.evidence = append(f.evidence, media.Evidence{ID: id, Kind: media.EvItem, Agency: a.ID, Source: it.Source, At: t, Precision: media.ToMinute, Seen: it.Seen, Title: title, URL: it.URL,
		Section: it.Section, Column: it.Column, Credit: it.Credit, Repost: it.Credit != "", Verdict: row.Verdict, Decided: row.Decided, Grade: media.GradeC})
}

// broadcast logs eight weeks: kept, too short, outside the window, repeats.
func (f *fake) broadcast() {
	for w := range 8 {
		if w == 3 || w == 4 {
			continue
		}
		start := at("2023-01-05 20:15").AddDate(0, 0, 7*w)
		length := 16*time.Minute + 20*time.Second
		switch w {
		case 5:
			length = 12*time.Minute + 40*time.Second
		case 6:
			start = start.Add(-6 * time.Hour)
		}
		for i, first := range []bool{true, false} {
			s := start.Add(time.Duration(i) * 11 * time.Hour)
			a := &media.Airing{ID: fmt.Sprintf("airing-%d-%d", w, i), Channel: "truyen-hinh", Medium: "tv", Programme: "Chung tay cải cách", Column: "chung-tay", Title: fmt.Sprintf("Số %d", w+1), Start: s, Duration: length, FirstRun: first, Grade: media.GradeA}
			f.evidence = append(f.evidence, media.Evidence{ID: a.ID, Kind: media.EvAiring, Agency: "suong-ha/dai-ptth", Source: "log:truyen-hinh", At: s, Precision: media.ToSecond, Seen: s, Title: a.Title, Grade: media.GradeA, Airing: a})
		}
	}
}

func (f *fake) options() Options {
	return Options{Plan: f.plan, Calendar: &calendar.Calendar{}, Standings: f, Items: f, Business: func() time.Time { return f.now }, Version: "thử", Log: slog.New(slog.DiscardHandler), ReportInput: f.input,
		Metrics:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "loa_build_info 1") }),
		Handins:  (&handFake{now: f.now, kept: map[string][]byte{}}).door(""),
		Settings: (&fakeSettings{f: f}).door(), Sourcing: (&fakeSourcing{f: f, trial: sampleTrial(), walk: Walking{Fit: true}}).door(), Backups: f.backups(f.now.AddDate(0, 0, -9)), Quarantine: f.quarantine(),
		Progress: func() string { return "" }, Closings: f.heads, Certificate: f.closing,
		Collect: f.collect(), Reminding: f.reminding(nil), Scoring: f.scoring(nil, &[]schedule.ScoreBasis{}),
		Told:  func(context.Context, int) ([]Told, error) { return nil, f.err },
		Slots: func(_ context.Context, until time.Time) ([]schedule.Slot, error) { return f.slotsOf(until), f.err },
		Air:   f.air(),
		Acts:  f.doors(),
		Feed: func(context.Context, string, string) ([]byte, error) {
			return []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), nil
		}}
}

func (f *fake) handler() http.Handler { return New(f.options()) }

func (f *fake) heads(context.Context) ([]schedule.Closing, error) {
	out := slices.Clone(f.closings)
	for i := range out {
		out[i].Rows = nil
	}
	return out, f.err
}

func (f *fake) closing(_ context.Context, id string) (schedule.Closing, error) {
	for _, c := range f.closings {
		if c.ID == id {
			return c, f.err
		}
	}
	return schedule.Closing{}, errFake
}

func (f *fake) input(_ context.Context, p calendar.Period, paper report.Paper) (report.Input, error) {
	eval := f.eval
	eval.Evidence = f.evidence
	return report.Input{Plan: f.plan, Period: p, Paper: paper, Evaluation: eval, Health: f.health, Now: f.now}, f.err
}

func (f *fake) Evaluation(_ context.Context, plan string) (schedule.Evaluation, bool, error) {
	if plan != f.plan.ID || f.empty {
		return schedule.Evaluation{}, false, f.err
	}
	e := f.eval
	e.Matching = schedule.Matching{}
	return e, true, f.err
}

func (f *fake) Some(ctx context.Context, plan string, q StandingQuery) (schedule.Evaluation, bool, error) {
	e, ok, err := f.Evaluation(ctx, plan)
	in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	e.Standings = slices.DeleteFunc(slices.Clone(e.Standings), func(st schedule.Standing) bool {
		return !in(q.Quotas, st.Quota) || !in(q.Owners, st.Owner) || !in(q.Periods, st.Period)
	})
	if q.Brief {
		for i := range e.Standings {
			rs := slices.Clone(e.Standings[i].Reasons)
			for k := range rs {
				rs[k].Args = nil
			}
			e.Standings[i].Reasons = rs
		}
	}
	return e, ok, err
}

func (f *fake) Detail(_ context.Context, _, quota, owner, period string) (schedule.Matching, error) {
	var m schedule.Matching
	for _, c := range f.eval.Matching.Credits {
		if c.Quota == quota && c.Owner == owner && c.Period == period {
			m.Credits = append(m.Credits, c)
		}
	}
	for _, r := range f.eval.Matching.Rejections {
		if r.Quota == quota && r.Owner == owner && r.Period == period {
			m.Rejections = append(m.Rejections, r)
		}
	}
	return m, nil
}

func (f *fake) Decisions(context.Context, string, time.Time) ([]schedule.Decision, error) {
	return f.decisions, nil
}

func (f *fake) CaseActs(context.Context, string, time.Time) ([]schedule.CaseAct, error) {
	return f.acts, nil
}

func (f *fake) Search(_ context.Context, q ItemQuery) ([]ItemRow, int, error) {
	f.asked = q
	var out []ItemRow
	for _, row := range f.items {
		text := viet.Fold(row.Item.Title + " " + row.Item.Lead)
		all := true
		for _, w := range strings.Fields(viet.Fold(q.Text)) {
			all = all && strings.Contains(text, w)
		}
		if !all || q.Agency != "" && row.Item.Agency != q.Agency || q.Source != "" && row.Item.Source != q.Source || q.Verdict != "" && verdictChip(row).Key != q.Verdict ||
			!q.From.IsZero() && row.Item.Claimed.At.Before(q.From) || !q.To.IsZero() && !row.Item.Claimed.At.Before(q.To) {
			continue
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b ItemRow) int { return b.Item.Claimed.At.Compare(a.Item.Claimed.At) })
	n := len(out)
	if q.Most > 0 && q.More != nil {
		*q.More, n = n > q.Most, min(n, q.Most)
	}
	if i := slices.IndexFunc(out, func(r ItemRow) bool { return r.Item.ID == q.Past }); i >= 0 && q.Back {
		return out[max(i-q.Limit, 0):i], n, f.err
	} else if i >= 0 {
		q.Offset = i + 1
	}
	out = out[min(q.Offset, len(out)):]
	return out[:min(q.Limit, len(out))], n, f.err
}

func (f *fake) Item(_ context.Context, id string) (ItemRow, []media.Revision, bool, error) {
	for _, row := range f.items {
		if row.Item.ID == id {
			return row, f.revisions[id], true, f.err
		}
	}
	return ItemRow{}, nil, false, f.err
}

func (f *fake) Health(context.Context) (map[string]media.Health, error) { return f.health, f.err }

func (f *fake) Receipts(context.Context) ([]media.Receipt, error) { return f.receipts, f.err }

var errFake = errors.New("the disk is on fire")
