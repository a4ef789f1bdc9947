package schedule

import (
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// at reads "2006-01-02" or "2006-01-02 15:04" or with seconds, local time.
func at(s string) time.Time {
	for _, l := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(l, s, calendar.Zone); err == nil {
			return t
		}
	}
	panic("bad time " + s)
}

// tet is 2023's Tết, enough for these tests.
func tet() *calendar.Calendar {
	off := map[string]string{"2023-01-02": "Nghỉ bù"}
	for d := at("2023-01-20"); !d.After(at("2023-01-26")); d = d.AddDate(0, 0, 1) {
		off[d.Format("2006-01-02")] = "Tết Nguyên đán"
	}
	return &calendar.Calendar{Off: off, Years: []int{2023}}
}

// world is an invented province whose plan has 285's form.
func world() *Plan {
	return &Plan{
		ID: "mau/2023", Province: "mau", Year: 2023, Number: "01/KH-UBND", Sample: true,
		Issued: at("2022-12-30"), From: at("2022-12-30"), To: at("2024-01-01"),
		Agencies: []media.Agency{
			{ID: "mau/dai", Name: "Đài tỉnh", Level: media.Press, Binding: true},
			{ID: "mau/bao", Name: "Báo tỉnh", Level: media.Press, Binding: true},
			{ID: "mau/cong", Name: "Cổng tỉnh", Level: media.Portal, Binding: true},
			{ID: "mau/so-a", Name: "Sở A", Level: media.Department, Binding: true},
			{ID: "mau/so-b", Name: "Sở B", Level: media.Department, Binding: true},
			{ID: "mau/so-cu", Name: "Sở cũ", Level: media.Department, Binding: true, To: at("2023-01-25")},
			{ID: "mau/cuc", Name: "Cục ngành dọc", Level: media.Department, Binding: false},
		},
		Columns:  []media.Column{{ID: "cchc", Agency: "mau/bao", Name: "Cải cách hành chính"}, {ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay"}},
		Channels: []Channel{{ID: "tv", Agency: "mau/dai", Name: "Truyền hình", Medium: "tv"}, {ID: "fm", Agency: "mau/dai", Name: "Phát thanh", Medium: "radio"}},
		Windows: []Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}, {Medium: "tv", FromMinute: 11*60 + 30, ToMinute: 13*60 + 30},
			{Medium: "radio", FromMinute: 5 * 60, ToMinute: 7 * 60}},
		Sources: []media.Source{
			{ID: "mau/bao-1", Agency: "mau/bao", Name: "Báo 1", Kind: media.KindFeed, Stream: "bao-1"},
			{ID: "mau/bao-2", Agency: "mau/bao", Name: "Báo 2", Kind: media.KindList, Stream: "bao-2"},
			{ID: "mau/bao-2b", Agency: "mau/bao", Name: "Báo 2, lối khác", Kind: media.KindFeed, Stream: "bao-2"},
			{ID: "mau/bao-trang", Agency: "mau/bao", Name: "Trang Báo", Kind: media.KindPage, Stream: "bao-trang"},
			{ID: "mau/cong-1", Agency: "mau/cong", Name: "Cổng 1", Kind: media.KindFeed, Stream: "cong-1"},
			{ID: "mau/so-a-1", Agency: "mau/so-a", Name: "Sở A", Kind: media.KindFeed, Stream: "so-a-1"},
			{ID: "mau/so-b-1", Agency: "mau/so-b", Name: "Sở B", Kind: media.KindFeed, Stream: "so-b-1", Verify: true},
			{ID: "mau/cuc-1", Agency: "mau/cuc", Name: "Cục", Kind: media.KindFeed, Stream: "cuc-1"},
		},
		Quotas: []Quota{
			{ID: "B-D1", Class: Hard, Kind: "airing", Basis: ByPlan, Owner: Owner{Agency: "mau/dai"}, Cadence: calendar.Week, Wanted: 1, WantedBasis: ByPlan, Channels: []string{"tv"},
				Conditions: []Condition{{Name: "first_run", Basis: ByReference}, {Name: "in_window", Basis: ByReference},
					{Name: "min_minutes", Basis: ByPlan, Value: 15}, {Name: "theme", Basis: ByPlan, List: []string{"chung-tay"}}}},
			{ID: "A-6.1", Class: Hard, Kind: "instalments", Basis: ByPlan, Owner: Owner{Agency: "mau/bao"}, Cadence: calendar.Month, Wanted: 2, WantedBasis: ByPlan,
				Conditions: []Condition{{Name: "reform", Basis: ByPlan}, {Name: "column", Basis: ByPlan, List: []string{"cchc"}}}},
			{ID: "B-A1", Class: OnceClass, Kind: "deadline", Basis: ByPlan, Owner: Owner{Each: []media.Level{media.Department}}, Cadence: calendar.Once, Wanted: 1,
				WantedBasis: ByPlan, Deadline: at("2023-01-31"), Attestable: true},
			{ID: "A-3.1", Class: Reg, Kind: "regular", Basis: ByReference, Owner: Owner{Agency: "mau/cong"}, Cadence: calendar.Month, Wanted: 3, WantedBasis: ByReference,
				MaxGap: 10, MaxGapBasis: ByReference, Conditions: []Condition{{Name: "reform", Basis: ByPlan}}},
			{ID: "A-4", Class: Reg, Kind: "count", Basis: ByReference, Owner: Owner{Each: []media.Level{media.Department}}, Cadence: calendar.Month, Wanted: 2, WantedBasis: ByReference,
				Conditions: []Condition{{Name: "reform", Basis: ByPlan}, {Name: "no_repost", Basis: ByReference}}},
			{ID: "B-C1", Class: Proc, Kind: "count", Basis: ByReference, Owner: Owner{Agency: "mau/so-a"}, Cadence: calendar.Quarter, Wanted: 1, WantedBasis: ByReference},
			{ID: "A-8", Class: Enc, Kind: "count", Basis: ByReference, Owner: Owner{Agency: "mau/so-a"}, Cadence: calendar.Month, Wanted: 1, WantedBasis: ByReference,
				Conditions: []Condition{{Name: "reform", Basis: ByPlan}}},
		},
	}
}

func item(agency, when string, change ...func(*media.Evidence)) media.Evidence {
	e := media.Evidence{ID: media.Hash(agency, when), Kind: media.EvItem, Agency: agency, At: at(when), Precision: media.ToMinute, Seen: at(when).Add(time.Hour), Grade: media.GradeC,
		Verdict: &media.Verdict{Reform: true, Score: 0.9, Topics: []string{media.TTHC}, Cues: []media.Cue{{Term: "thủ tục hành chính", Weight: 3}, {Term: "một cửa", Weight: 5}}}}
	for _, c := range change {
		c(&e)
	}
	return e
}

func column(e *media.Evidence)   { e.Column = "cchc" }
func repost(e *media.Evidence)   { e.Repost, e.Credit = true, "Theo Báo khác" }
func unjudged(e *media.Evidence) { e.Verdict = nil }
func other(e *media.Evidence)    { e.Verdict = &media.Verdict{Score: 0.1} }
func unread(e *media.Evidence)   { e.Verdict, e.Unread = &media.Verdict{Score: 0.1}, true }
func decidedBy(e *media.Evidence) {
	e.Decided = "Chuyên viên Sở Nội vụ"
}
func review(e *media.Evidence) { e.Verdict = &media.Verdict{Score: 0.5, Review: true} }
func refused(e *media.Evidence) {
	e.Verdict, e.Decided = &media.Verdict{Score: 0.5, Review: true}, "Chuyên viên"
}
func undated(e *media.Evidence)             { e.Seen, e.At, e.Precision = e.At, time.Time{}, media.NoDate }
func named(id string) func(*media.Evidence) { return func(e *media.Evidence) { e.ID = id } }

func airing(when string, minutes float64, change ...func(*media.Airing)) media.Evidence {
	a := &media.Airing{ID: media.Hash("airing", when), Channel: "tv", Medium: "tv", Programme: "Chung tay CCHC", Column: "chung-tay", EpisodeID: "số " + when,
		Start: at(when), Duration: time.Duration(minutes * float64(time.Minute)), FirstRun: true, Grade: media.GradeA}
	for _, c := range change {
		c(a)
	}
	return media.Evidence{ID: a.ID, Kind: media.EvAiring, Agency: "mau/dai", Source: "log:" + a.Channel, At: a.Start, Precision: media.ToMinute, Seen: a.Start.AddDate(0, 0, 7), Grade: a.Grade, Airing: a}
}

func again(a *media.Airing)                 { a.FirstRun = false }
func onRadio(a *media.Airing)               { a.Channel, a.Medium = "fm", "radio" }
func otherTheme(a *media.Airing)            { a.Column, a.Programme = "", "Thời sự" }
func episode(id string) func(*media.Airing) { return func(a *media.Airing) { a.EpisodeID = id } }

func decide(kind DecisionKind, quota, owner, period, when string, change ...func(*Decision)) Decision {
	d := Decision{Kind: kind, Plan: "mau/2023", Quota: quota, Owner: owner, Period: period, At: at(when), Actor: "Chuyên viên", Reason: "đã kiểm tra"}
	for _, c := range change {
		c(&d)
	}
	d.ID = media.Hash(string(kind), quota, owner, period, when, d.Evidence, d.Document, stamp(d.Date))
	return d
}

func on(evidence string) func(*Decision) { return func(d *Decision) { d.Evidence = evidence } }
func paper(no string) func(*Decision)    { return func(d *Decision) { d.Document = no } }
func issued(by, when string) func(*Decision) {
	return func(d *Decision) { d.Issuer, d.Issued = by, at(when) }
}
func file(d *Decision)                  { d.File = "f00d" }
func none(d *Decision)                  { d.None = true }
func dated(when string) func(*Decision) { return func(d *Decision) { d.Date = at(when) } }

// seen covers sources and logs over whole spans; "log:tv" "2023-01-02" "2023-04-03".
func seen(parts ...string) Observation {
	o := Observation{Spans: map[string][]Span{}, Blind: map[string]Blind{}}
	for i := 0; i+2 < len(parts); i += 3 {
		o.Spans[parts[i]] = append(o.Spans[parts[i]], Span{at(parts[i+1]), at(parts[i+2])})
	}
	return o
}

// everything was seen of the whole year.
func everything(p *Plan) Observation {
	o := seen("log:tv", "2022-12-01", "2024-02-01", "log:fm", "2022-12-01", "2024-02-01")
	for _, s := range p.Sources {
		if !s.Verify {
			o.Spans[s.ID] = []Span{{at("2022-12-01"), at("2024-02-01")}}
		}
	}
	return o
}

// run matches and stands, and returns the standing of one slot with the matching.
func run(t *testing.T, p *Plan, ev []media.Evidence, ds []Decision, obs Observation, now, quota, owner, period string) (Standing, Matching) {
	t.Helper()
	m := Match(p, ev, ds, tet())
	for _, s := range Stand(p, m, obs, ds, tet(), at(now)) {
		if s.Quota == quota && s.Owner == owner && s.Period == period {
			return s, m
		}
	}
	t.Fatalf("no standing %s %s %s", quota, owner, period)
	return Standing{}, m
}

// codes lists the codes; produce_by goes with every last save and has tests of its own.
func codes(rs []Reason) []string {
	out := []string{}
	for _, r := range rs {
		if r.Code != "produce_by" {
			out = append(out, r.Code)
		}
	}
	return out
}

func count(s Standing) Measure { return s.Measures[0] }
