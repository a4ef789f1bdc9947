package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// duties is world's plan with one quota of each of the kinds that are not
// counted from items and airings alone.
func duties() *Plan {
	p := world()
	ref := func(n int) Level { return Level{n, ByReference} }
	p.Sources = append(p.Sources,
		media.Source{ID: "mau/so-a-nong", Agency: "mau/so-a", Name: "Đường dây nóng Sở A", Kind: media.KindPage, Stream: "so-a-nong", Proves: []string{"A-1.2"}},
		media.Source{ID: "mau/cong-tthc", Agency: "mau/cong", Name: "Cổng, TTHC", Kind: media.KindList, Stream: "cong-tthc"})
	p.Quotas = []Quota{
		{ID: "A-1.2", Class: Reg, Kind: "exists", Basis: ByReference, Owner: Owner{Each: []media.Level{media.Department}}, Cadence: calendar.Month, Wanted: 1, WantedBasis: ByReference},
		{ID: "B-E1", Class: OnceClass, Kind: "exists", Basis: ByReference, Owner: Owner{Agency: "mau/bao"}, Cadence: calendar.Month, Wanted: 1, WantedBasis: ByReference, Alive: ref(10),
			Conditions: []Condition{{Name: "column", Basis: ByPlan, List: []string{"cchc"}}}},
		{ID: "A-3.2", Class: Reg, Kind: "lag", Basis: ByReference, Owner: Owner{Agency: "mau/cong"}, Cadence: calendar.Month, MaxLag: ref(5), Streams: []string{"cong-tthc"},
			Conditions: []Condition{{Name: "decision", Basis: ByPlan}}},
		{ID: "A-3.3", Class: Reg, Kind: "answered", Basis: ByReference, Owner: Owner{Agency: "mau/cong"}, Cadence: calendar.Month, Wanted: 2, WantedBasis: ByReference, MaxLag: ref(15)},
		{ID: "B-C1", Class: Proc, Kind: "attested", Basis: ByReference, Owner: Owner{Agency: "mau/so-a"}, Cadence: calendar.Quarter, Wanted: 1, WantedBasis: ByReference},
		{ID: "A-2.2", Class: Proc, Kind: "attested", Basis: ByReference, Owner: Owner{Agency: "mau/so-a"}, Cadence: calendar.Quarter},
		{ID: "B-R1", Class: Proc, Kind: "attested", Basis: ByReference, Owner: Owner{Agency: "mau/so-a"}, Cadence: calendar.Quarter14, Wanted: 1, WantedBasis: ByReference, DueDays: 2},
		{ID: "B-C2", Class: Reg, Kind: "availability", Basis: ByReference, Owner: Owner{Agency: "mau/so-b"}, Cadence: calendar.Month, Share: ref(99), Hours: [2]int{6 * 60, 22 * 60},
			Watch: []media.Level{media.Department, media.Portal}},
		{ID: "A-8", Class: Enc, Kind: "encouraged", Basis: ByReference, Owner: Owner{Agency: "mau/so-a"}, Cadence: calendar.Month, Conditions: []Condition{{Name: "reform", Basis: ByPlan}}},
	}
	return p
}

func TestDutiesAreInOrder(t *testing.T) {
	for _, q := range duties().Quotas {
		for _, err := range CheckQuota(q) {
			t.Errorf("%s: %v", q.ID, err)
		}
	}
}

// probed makes probes of sources: id, from, to, state.
func probed(o Observation, parts ...string) Observation {
	if o.Uptime == nil {
		o.Uptime = map[string][]media.Uptime{}
	}
	for i := 0; i+3 < len(parts); i += 4 {
		probes := 1
		if parts[i+1] != parts[i+2] {
			probes = 2
		}
		o.Uptime[parts[i]] = append(o.Uptime[parts[i]], media.Uptime{From: at(parts[i+1]), To: at(parts[i+2]), State: media.UptimeState(parts[i+3]), Probes: probes})
	}
	return o
}

func decree(number, signed string) media.Evidence {
	return media.Evidence{ID: "qd " + number, Kind: media.EvProcedure, Agency: "mau/cong", At: at(signed), Precision: media.ToDay, Seen: at(signed), Document: number, Grade: media.GradeB}
}

func posting(number, signed, posted string) media.Evidence {
	return item("mau/cong", posted, named("post "+number), func(e *media.Evidence) {
		e.Title = "Quyết định số " + number + " về việc công bố Danh mục thủ tục hành chính"
		if signed != "" {
			e.Title = "Quyết định số " + number + " ngày " + signed + " về việc công bố Danh mục thủ tục hành chính"
		}
	})
}

func question(no, asked, answered string) media.Evidence {
	e := media.Evidence{ID: "hoi " + no, Kind: media.EvQuestion, Agency: "mau/cong", Source: RegisterSource(media.RegQuestions, "mau/cong"), Document: no, Seen: at("2023-03-31"), Precision: media.ToDay, Grade: media.GradeB}
	if asked != "" {
		e.Asked, e.At = at(asked), at(asked)
	}
	if answered != "" {
		e.Answered, e.At = at(answered), at(answered)
	}
	if e.At.IsZero() {
		e.At, e.Precision = e.Seen, media.NoDate
	}
	return e
}

func TestDuties(t *testing.T) {
	p := duties()
	all := func() Observation {
		o := everything(p)
		o.Spans[RegisterSource(media.RegProcedures, "mau/cong")] = []Span{{at("2023-01-01"), at("2023-05-01")}}
		o.Spans[RegisterSource(media.RegQuestions, "mau/cong")] = []Span{{at("2023-01-01"), at("2023-05-01")}}
		return o
	}
	without := func(key string) Observation {
		o := all()
		delete(o.Spans, key)
		return o
	}
	noList, noBook := without(RegisterSource(media.RegProcedures, "mau/cong")), without(RegisterSource(media.RegQuestions, "mau/cong"))
	nong := "mau/so-a-nong"
	col := func(day string) media.Evidence { return item("mau/bao", day, column) }
	hand := func(quota, period, when, date string, change ...func(*Decision)) Decision {
		return decide(Attest, quota, "mau/so-a", period, when, append(change, dated(date), paper("7/BC"))...)
	}
	for name, c := range map[string]struct {
		quota, owner, period string
		ev                   []media.Evidence
		ds                   []Decision
		obs                  Observation
		now                  string
		state                State
		reasons              string
		delivered            float64 // of the first measure
	}{
		"page there":                          {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-06", "up"), "2023-03-10", Met, "page_found", 1},
		"page gone again":                     {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-06", "up", nong, "2023-03-20", "2023-03-27", "absent"), "2023-04-05", Missed, "short unconfirmed page_absent", 0},
		"page not looked at":                  {"A-1.2", "mau/so-a", "2023-03", nil, nil, all(), "2023-04-05", Insufficient, "not_probed short", 0},
		"server down all month":               {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-27", "down"), "2023-04-05", Insufficient, "source_blind short", 0},
		"server down at the end, page before": {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-06", "up", nong, "2023-03-27", "2023-03-27", "down"), "2023-04-05", Met, "page_found", 1},
		"absent, still open":                  {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-06", "absent"), "2023-03-10", Open, "period_open page_doubtful", 0},
		"not found once":                      {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-06", "absent"), "2023-04-05", Insufficient, "page_doubtful short", 0},
		"not found in two weeks":              {"A-1.2", "mau/so-a", "2023-03", nil, nil, probed(all(), nong, "2023-03-06", "2023-03-06", "absent", nong, "2023-03-13", "2023-03-13", "absent"), "2023-04-05", Missed, "short unconfirmed page_absent", 0},
		"owner without such a page":           {"A-1.2", "mau/so-b", "2023-03", nil, nil, all(), "2023-04-05", Insufficient, "source_none short", 0},

		"column alive":             {"B-E1", "mau/bao", "2023-03", []media.Evidence{col("2023-03-07"), col("2023-03-25")}, nil, all(), "2023-04-05", Met, "page_found fresh", 1},
		"column asleep":            {"B-E1", "mau/bao", "2023-03", []media.Evidence{col("2023-03-07")}, nil, all(), "2023-04-05", Missed, "stale unconfirmed", 1},
		"column asleep, not seen":  {"B-E1", "mau/bao", "2023-03", []media.Evidence{col("2023-03-07")}, nil, seen(), "2023-04-05", Insufficient, "source_none", 1},
		"column growing old, open": {"B-E1", "mau/bao", "2023-03", []media.Evidence{col("2023-03-07")}, nil, all(), "2023-03-15", Open, "at_risk period_open", 1},

		"posted in time": {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), posting("12/QĐ-UBND", "", "2023-03-09 08:00")}, nil, all(), "2023-04-20", Met, "enough_delivered lag_within", 1},
		"posted late":    {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), posting("12/QĐ-UBND", "", "2023-03-16")}, nil, all(), "2023-04-20", Missed, "lag_too_long unconfirmed", 1},
		"not posted":     {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-06")}, nil, all(), "2023-04-20", Missed, "short lag_too_long unconfirmed", 0},
		"posted without its number?": {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), item("mau/cong", "2023-03-09", named("no number"), func(e *media.Evidence) {
			e.Title = "Công bố Danh mục thủ tục hành chính lĩnh vực đất đai"
		})}, nil, all(), "2023-04-20", Missed, "needs_judgement short lag_too_long unconfirmed", 0},
		"not posted, portal unseen":                       {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-06")}, nil, without("mau/cong-tthc"), "2023-04-20", Insufficient, "source_none short", 0},
		"no list: what was posted":                        {"A-3.2", "mau/cong", "2023-03", []media.Evidence{posting("12/QĐ-UBND", "06/3/2023", "2023-03-09")}, nil, noList, "2023-04-20", Met, "enough_delivered lag_within posted_only", 1},
		"no list, no day of signing":                      {"A-3.2", "mau/cong", "2023-03", []media.Evidence{posting("12/QĐ-UBND", "", "2023-03-09")}, nil, noList, "2023-04-20", Met, "enough_delivered posted_only", 1},
		"no list, nothing posted":                         {"A-3.2", "mau/cong", "2023-03", nil, nil, noList, "2023-04-20", Insufficient, "register_missing", 0},
		"list says none":                                  {"A-3.2", "mau/cong", "2023-03", nil, nil, all(), "2023-04-20", Exempt, "none_arose", 0},
		"signed in March, posted in April, still March's": {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-31"), posting("12/QĐ-UBND", "", "2023-04-04")}, nil, all(), "2023-04-20", Met, "enough_delivered lag_within", 1},
		"waiting to be posted":                            {"A-3.2", "mau/cong", "2023-03", []media.Evidence{decree("12/QĐ-UBND", "2023-03-31")}, nil, all(), "2023-04-05", Open, "at_risk period_open", 0},

		"answered":                 {"A-3.3", "mau/cong", "2023-03", []media.Evidence{question("1", "2023-03-01", "2023-03-10"), question("2", "2023-03-06", "2023-03-08")}, nil, all(), "2023-04-20", Met, "enough_delivered lag_within", 2},
		"answered too late":        {"A-3.3", "mau/cong", "2023-03", []media.Evidence{question("1", "2023-02-01", "2023-03-10"), question("2", "2023-03-06", "2023-03-08")}, nil, all(), "2023-04-20", Missed, "answer_late unconfirmed", 2},
		"asked when? never late":   {"A-3.3", "mau/cong", "2023-03", []media.Evidence{question("1", "", "2023-03-10"), question("2", "2023-03-06", "2023-03-08"), question("3", "", "")}, nil, all(), "2023-04-20", Met, "enough_delivered lag_within asked_unknown_n", 2},
		"one waits too long":       {"A-3.3", "mau/cong", "2023-03", []media.Evidence{question("1", "2023-03-01", "2023-03-10"), question("2", "2023-03-06", "2023-03-08"), question("3", "2023-03-07", "")}, nil, all(), "2023-04-20", Missed, "answer_late unconfirmed", 2},
		"no register of questions": {"A-3.3", "mau/cong", "2023-03", []media.Evidence{question("1", "2023-03-01", "2023-03-10")}, nil, noBook, "2023-04-20", Insufficient, "register_missing short", 1},

		"attested":                  {"B-C1", "mau/so-a", "2023-Q1", nil, []Decision{hand("B-C1", "", "2023-03-20", "2023-03-10")}, all(), "2023-04-20", Met, "enough_delivered", 1},
		"not attested":              {"B-C1", "mau/so-a", "2023-Q1", nil, nil, all(), "2023-04-20", Insufficient, "evidence_missing short", 0},
		"nothing arose":             {"B-C1", "mau/so-a", "2023-Q1", nil, []Decision{decide(Attest, "B-C1", "mau/so-a", "2023-Q1", "2023-04-03", none)}, all(), "2023-04-20", Exempt, "none_arose", 0},
		"stated not to exist":       {"B-C1", "mau/so-a", "2023-Q1", nil, []Decision{decide(Absent, "B-C1", "mau/so-a", "2023-Q1", "2023-04-03")}, all(), "2023-04-20", Missed, "short stated_absent unconfirmed", 0},
		"if any, and there was not": {"A-2.2", "mau/so-a", "2023-Q1", nil, nil, all(), "2023-04-20", Exempt, "if_any", 0},
		"if any, and there was":     {"A-2.2", "mau/so-a", "2023-Q1", nil, []Decision{hand("A-2.2", "", "2023-03-20", "2023-03-10")}, all(), "2023-04-20", Met, "enough_delivered", 1},
		"report in its days":        {"B-R1", "mau/so-a", "2023-Q1@14", nil, []Decision{hand("B-R1", "2023-Q1@14", "2023-03-17", "2023-03-16")}, all(), "2023-03-20", Met, "on_time", 1},
		"report late":               {"B-R1", "mau/so-a", "2023-Q1@14", nil, []Decision{hand("B-R1", "2023-Q1@14", "2023-03-22", "2023-03-20")}, all(), "2023-03-25", Missed, "late unconfirmed", 1},
		"report not due yet":        {"B-R1", "mau/so-a", "2023-Q1@14", nil, nil, all(), "2023-03-15", Open, "at_risk period_open", 0},
		"plan within another plan":  {"B-C1", "mau/so-a", "2023-Q1", nil, []Decision{hand("B-C1", "", "2023-03-20", "2023-03-10", func(d *Decision) { d.Form = "integrated" })}, all(), "2023-04-20", Met, "enough_delivered", 1},

		"encouraged":               {"A-8", "mau/so-a", "2023-03", nil, nil, all(), "2023-04-20", Exempt, "encouraged", 0},
		"encouraged, and followed": {"A-8", "mau/so-a", "2023-03", []media.Evidence{item("mau/so-a", "2023-03-08")}, nil, all(), "2023-04-20", Met, "enough_delivered", 1},

		"sites up":            {"B-C2", "mau/so-b", "2023-03", nil, nil, probed(all(), "mau/so-a-1", "2023-03-01", "2023-04-01", "up", "mau/cong-1", "2023-03-01", "2023-04-01", "up", "mau/cuc-1", "2023-03-01", "2023-04-01", "up"), "2023-04-20", Met, "available", 100},
		"one day down":        {"B-C2", "mau/so-b", "2023-03", nil, nil, probed(all(), "mau/so-a-1", "2023-03-01", "2023-03-10", "up", "mau/so-a-1", "2023-03-10", "2023-03-11", "down", "mau/so-a-1", "2023-03-11", "2023-04-01", "up", "mau/cong-1", "2023-03-01", "2023-04-01", "up", "mau/cuc-1", "2023-03-01", "2023-04-01", "up"), "2023-04-20", Missed, "unavailable unconfirmed site_below", 98.92},
		"a night down":        {"B-C2", "mau/so-b", "2023-03", nil, nil, probed(all(), "mau/so-a-1", "2023-03-01", "2023-03-10 22:00", "up", "mau/so-a-1", "2023-03-10 22:00", "2023-03-11 06:00", "down", "mau/so-a-1", "2023-03-11 06:00", "2023-04-01", "up", "mau/cong-1", "2023-03-01", "2023-04-01", "up", "mau/cuc-1", "2023-03-01", "2023-04-01", "up"), "2023-04-20", Met, "available", 100},
		"watched by day only": {"B-C2", "mau/so-b", "2023-03", nil, nil, probed(all(), "mau/so-a-1", "2023-03-01 08:00", "2023-03-01 17:00", "up", "mau/cong-1", "2023-03-01", "2023-04-01", "up", "mau/cuc-1", "2023-03-01", "2023-04-01", "up"), "2023-04-20", Insufficient, "not_watched", 100},
		"nobody watched":      {"B-C2", "mau/so-b", "2023-03", nil, nil, all(), "2023-04-20", Insufficient, "not_watched", 0},
	} {
		s, _ := run(t, p, c.ev, c.ds, c.obs, c.now, c.quota, c.owner, c.period)
		if got := strings.Join(codes(s.Reasons), " "); s.State != c.state || got != c.reasons || s.Measures[0].Delivered != c.delivered {
			t.Errorf("%s: %s %v, %v delivered; want %s %s, %v", name, s.State, got, s.Measures[0].Delivered, c.state, c.reasons, c.delivered)
		}
		if c.quota == "B-R1" && s.Basis != ByReference {
			t.Errorf("%s: basis %s", name, s.Basis)
		}
	}
}

// TestPapersShowPages: a paper meets a page's duty that takes papers, whatever
// was not probed.
func TestPapersShowPages(t *testing.T) {
	p := duties()
	p.Quotas[0].Attestable = true
	paperOf := func(owner string) []Decision {
		return []Decision{decide(Attest, "A-1.2", owner, "2023-03", "2023-03-20", dated("2023-03-10"), paper("7/BC"))}
	}
	for owner, want := range map[string]string{"mau/so-a": "met page_found", "mau/so-b": "met page_found"} {
		s, _ := run(t, p, nil, paperOf(owner), everything(p), "2023-04-05", "A-1.2", owner, "2023-03")
		if got := string(s.State) + " " + strings.Join(codes(s.Reasons), " "); got != want {
			t.Errorf("%s: %s, want %s", owner, got, want)
		}
	}
	s, _ := run(t, p, nil, nil, everything(p), "2023-04-05", "A-1.2", "mau/so-b", "2023-03")
	if s.State != Insufficient || s.Reasons[0].Code != "evidence_missing" {
		t.Errorf("no page and no paper: %s %v", s.State, codes(s.Reasons))
	}
	// Where every page of the site is an error page, the one that is asked for is not missing for sure.
	obs := probed(everything(p), "mau/so-a-nong", "2023-03-06", "2023-03-27", "absent")
	obs.Blind["mau/so-a-1"] = Blind{Source: "mau/so-a-1", Reason: media.Soft404, Since: at("2023-03-05")}
	if s, _ := run(t, p, nil, nil, obs, "2023-04-05", "A-1.2", "mau/so-a", "2023-03"); s.State != Insufficient {
		t.Errorf("a broken site: %s %v", s.State, codes(s.Reasons))
	}
}

// TestJudgedOnce: what waits when a period is judged does not grow afterwards,
// so that a closed row makes no proposal for time's passing; a question that
// waits belongs to the month in which its time is up.
func TestJudgedOnce(t *testing.T) {
	p := duties()
	obs := everything(p)
	obs.Spans[RegisterSource(media.RegProcedures, "mau/cong")] = []Span{{at("2023-01-01"), at("2023-07-01")}}
	obs.Spans[RegisterSource(media.RegQuestions, "mau/cong")] = []Span{{at("2023-01-01"), at("2023-07-01")}}
	ev := []media.Evidence{decree("12/QĐ-UBND", "2023-03-06"), question("9", "2023-03-20", "")}
	for _, c := range []struct{ quota, period string }{{"A-3.2", "2023-03"}, {"A-3.3", "2023-03"}, {"A-3.3", "2023-04"}} {
		a, _ := run(t, p, ev, nil, obs, "2023-05-10", c.quota, "mau/cong", c.period)
		b, _ := run(t, p, ev, nil, obs, "2023-06-20", c.quota, "mau/cong", c.period)
		if fmt.Sprint(a.Measures, a.State) != fmt.Sprint(b.Measures, b.State) {
			t.Errorf("%s %s: %v in May, %v in June", c.quota, c.period, a.Measures, b.Measures)
		}
		late := strings.Contains(strings.Join(codes(a.Reasons), " "), "answer_late")
		if want := c.period == "2023-04"; c.quota == "A-3.3" && late != want {
			t.Errorf("%s: %v; asked on 20 March, 15 working days are up in April", c.period, codes(a.Reasons))
		}
	}
	// While it runs, what is late already is said, and what cannot have come yet is not.
	s, _ := run(t, p, ev, nil, obs, "2023-03-28", "A-3.2", "mau/cong", "2023-03")
	if s.Risk != "at_risk" || s.Reasons[0].Code != "lag_too_long" {
		t.Errorf("late already: %s %v", s.Risk, codes(s.Reasons))
	}
	if s, _ := run(t, p, nil, nil, everything(p), "2023-03-30", "A-3.3", "mau/cong", "2023-03"); s.Risk != "on_track" {
		t.Errorf("before the register comes: %s %v", s.Risk, codes(s.Reasons))
	}
}

// TestPrint: a count below two is not concluded before the month's print
// register is in, or the paper says that there was nothing in print.
func TestPrint(t *testing.T) {
	p := world()
	p.Quotas[1].Print = true
	printed := func(day, page string) media.Evidence {
		return media.Evidence{ID: "in " + day + page, Kind: media.EvPrint, Agency: "mau/bao", At: at(day), Precision: media.ToDay, Seen: at("2023-04-03"), Column: "cchc", Page: page, Grade: media.GradeB}
	}
	web := item("mau/bao", "2023-03-07", column)
	register := func() Observation {
		o := everything(p)
		o.Spans[RegisterSource(media.RegPrint, "mau/bao")] = []Span{{at("2023-03-01"), at("2023-04-01")}}
		return o
	}
	for name, c := range map[string]struct {
		ev      []media.Evidence
		obs     Observation
		now     string
		state   State
		reasons string
		n       float64
	}{
		"no register yet":              {[]media.Evidence{web}, everything(p), "2023-04-05", Insufficient, "register_missing short", 1},
		"register without a piece":     {[]media.Evidence{web}, register(), "2023-04-05", Missed, "short unconfirmed", 1},
		"one in print, one on the web": {[]media.Evidence{web, printed("2023-03-14", "2")}, register(), "2023-04-05", Met, "enough_delivered", 2},
		"print and web of one day":     {[]media.Evidence{web, printed("2023-03-07", "2")}, register(), "2023-04-05", Missed, "needs_judgement short unconfirmed", 1},
		"two on the web are enough":    {[]media.Evidence{web, item("mau/bao", "2023-03-20", column)}, everything(p), "2023-04-05", Met, "enough_delivered", 2},
		"running month":                {[]media.Evidence{web}, everything(p), "2023-03-10", Open, "period_open", 1},
	} {
		s, _ := run(t, p, c.ev, nil, c.obs, c.now, "A-6.1", "mau/bao", "2023-03")
		if got := strings.Join(codes(s.Reasons), " "); s.State != c.state || got != c.reasons || count(s).Delivered != c.n {
			t.Errorf("%s: %s %s, %v; want %+v", name, s.State, got, count(s).Delivered, c)
		}
	}
}

// TestReadings: «02 chuyên mục» is missed only if every reading of it fails.
func TestReadings(t *testing.T) {
	for _, c := range []struct {
		name       string
		ev         []media.Evidence
		r1, r2, r3 State
	}{
		{"two days of one column", []media.Evidence{item("mau/bao", "2023-03-07", column), item("mau/bao", "2023-03-20", column)}, Met, Met, Missed},
		{"two articles anywhere", []media.Evidence{item("mau/bao", "2023-03-07"), item("mau/bao", "2023-03-20")}, Missed, Met, Missed},
		{"two columns on one day", []media.Evidence{item("mau/bao", "2023-03-07 08:00", column), item("mau/bao", "2023-03-07 09:00", func(e *media.Evidence) { e.Column = "so-hoa" })}, Missed, Met, Met},
		{"one article", []media.Evidence{item("mau/bao", "2023-03-07", column)}, Missed, Missed, Missed},
	} {
		for reading, want := range map[string]State{"R1": c.r1, "R2": c.r2, "R3": c.r3} {
			p := world()
			p.Quotas[1].Reading = reading
			p.Quotas[1].Conditions = []Condition{{Name: "reform", Basis: ByPlan}, {Name: "column", Basis: ByReference, List: []string{"cchc", "so-hoa"}}, {Name: "distinct_days", Basis: ByReference}}
			s, _ := run(t, p, c.ev, nil, everything(p), "2023-04-05", "A-6.1", "mau/bao", "2023-03")
			if s.State != want {
				t.Errorf("%s by %s: %s, want %s", c.name, reading, s.State, want)
			}
			asked := s.State == Missed && s.Reasons[0].Code == "needs_judgement"
			if s.State == Missed && asked != (len(c.ev) > 1) {
				t.Errorf("%s by %s: %v; it is missed outright only where every reading fails", c.name, reading, codes(s.Reasons))
			}
		}
	}
}

// TestTolerance: 14 minutes 40 seconds is put before a person, never passed.
func TestTolerance(t *testing.T) {
	p := world()
	p.Quotas[0].Tolerance = 30
	for minutes, want := range map[float64]string{14 + 40.0/60: "needs_judgement short unconfirmed too_short", 14 + 29.0/60: "short unconfirmed too_short", 15: "enough_delivered"} {
		s, m := run(t, p, []media.Evidence{airing("2023-03-08 20:00", minutes)}, nil, everything(p), "2023-04-05", "B-D1", "mau/dai", "2023-W10")
		if got := strings.Join(codes(s.Reasons), " "); got != want {
			t.Errorf("%v minutes: %s, want %s", minutes, got, want)
		}
		for _, r := range m.Rejections {
			if r.OnlyReference {
				t.Errorf("%v minutes: %+v fails the plan's own 15 minutes", minutes, r)
			}
		}
	}
}

// TestMakeGood: off by default; where it is on, an earlier week is made good
// first, what a person fixed stays, and nothing counts twice.
func TestMakeGood(t *testing.T) {
	week := func(n int) string { return fmt.Sprintf("2023-W%02d", n) }
	a10, a11, b11, a12 := airing("2023-03-08 20:00", 20), airing("2023-03-14 20:00", 20), airing("2023-03-15 20:00", 20), airing("2023-03-22 20:00", 20)
	for name, c := range map[string]struct {
		makeGood, carry int
		ev              []media.Evidence
		ds              []Decision
		want            string // credits of weeks 10, 11, 12
	}{
		"off":                            {0, 0, []media.Evidence{a11, b11}, nil, "0 2 0"},
		"two in the next week":           {7, 0, []media.Evidence{a11, b11}, nil, "1 1 0"},
		"one in the next week":           {7, 0, []media.Evidence{a11}, nil, "1 0 0"},
		"pushed on week by week":         {7, 0, []media.Evidence{a11, a12}, nil, "1 1 0"},
		"too late":                       {2, 0, []media.Evidence{b11}, nil, "0 1 0"},
		"within two days":                {2, 0, []media.Evidence{a11}, nil, "1 0 0"},
		"left over from before":          {0, 7, []media.Evidence{a10, airing("2023-03-09 20:00", 20)}, nil, "1 1 0"},
		"carried no further than asked":  {0, 3, []media.Evidence{a10, airing("2023-03-09 20:00", 20)}, nil, "2 0 0"},
		"a person fixed it where it was": {7, 0, []media.Evidence{a11}, []Decision{decide(Add, "B-D1", "mau/dai", week(11), "2023-03-20", on(a11.ID))}, "0 1 0"},
	} {
		p := world()
		p.Quotas[0].MakeGood, p.Quotas[0].Carry = c.makeGood, c.carry
		m := Match(p, c.ev, c.ds, tet())
		got := map[string]int{}
		for _, x := range m.Credits {
			got[x.Period]++
		}
		if s := fmt.Sprintf("%d %d %d", got[week(10)], got[week(11)], got[week(12)]); s != c.want || len(m.Credits) != len(c.ev) {
			t.Errorf("%s: %s of %d credits, want %s", name, s, len(m.Credits), c.want)
		}
	}
}

// TestRhythm: an owner that has always been done by Wednesday is late on
// Friday, and one that always publishes on the 25th is not on the 20th.
func TestRhythm(t *testing.T) {
	p := world()
	p.Quotas[0].LeadDays = 1
	var ev []media.Evidence
	for d := at("2023-01-10 20:00"); d.Before(at("2023-03-14")); d = d.AddDate(0, 0, 7) { // Tuesdays
		ev = append(ev, airing(d.Format("2006-01-02 15:04"), 20))
	}
	for now, want := range map[string]string{"2023-03-14 12:00": "on_track", "2023-03-15 12:00": "at_risk"} {
		s, _ := run(t, p, ev, nil, everything(p), now, "B-D1", "mau/dai", "2023-W11")
		if s.Risk != want || (want == "at_risk") != strings.Contains(strings.Join(codes(s.Reasons), " "), "past_usual") {
			t.Errorf("%s: %s %v, want %s", now, s.Risk, codes(s.Reasons), want)
		}
	}
	late := func(months ...string) (out []media.Evidence) {
		for _, m := range months {
			out = append(out, item("mau/so-a", m+"-25"), item("mau/so-a", m+"-26"))
		}
		return out
	}
	for name, c := range map[string]struct {
		ev   []media.Evidence
		now  string
		want string
	}{
		"a habit of late":         {late("2023-01", "2023-02", "2023-03"), "2023-04-20", "on_track"},
		"no habit yet":            {late("2023-02", "2023-03"), "2023-04-20", "at_risk"},
		"later than its own late": {late("2023-01", "2023-02", "2023-03"), "2023-04-27", "at_risk"},
	} {
		s, _ := run(t, p, c.ev, nil, everything(p), c.now, "A-4", "mau/so-a", "2023-04")
		if s.Risk != c.want {
			t.Errorf("%s: %s %v, want %s", name, s.Risk, codes(s.Reasons), c.want)
		}
	}
}

// TestProduceBy: what takes three working days to make must be begun three
// working days before the last save.
func TestProduceBy(t *testing.T) {
	s, _ := run(t, world(), nil, nil, everything(world()), "2023-03-20 09:00", "B-D1", "mau/dai", "2023-W12")
	for _, r := range s.Reasons {
		if r.Code == "produce_by" {
			if r.Args["at"] != stamp(at("2023-03-22 21:45")) || s.LastSave.Format("2006-01-02 15:04") != "2023-03-26 21:45" {
				t.Errorf("produce by %v, last save %v", r.Args["at"], s.LastSave)
			}
			return
		}
	}
	t.Errorf("no day of production in %v", s.Reasons)
}

// TestShadow: a reference level's first month tells nobody, and every month
// does without an agreement.
func TestShadow(t *testing.T) {
	p := world()
	q := &p.Quotas[4]
	q.Shadow = Span{at("2023-01-01"), at("2023-02-01")}
	for _, c := range []struct {
		agreement, period string
		want              bool
	}{{"", "2023-01", true}, {"", "2023-03", true}, {"12/SNV-CCHC", "2023-01", true}, {"12/SNV-CCHC", "2023-02", false}} {
		q.Agreement = c.agreement
		s, _ := run(t, p, nil, nil, everything(p), "2023-04-05", "A-4", "mau/so-a", c.period)
		if s.Shadow() != c.want {
			t.Errorf("%+v: %v", c, codes(s.Reasons))
		}
	}
}

// TestShare: of what counts at most so much may be reposts; the latest go.
func TestShare(t *testing.T) {
	p := world()
	p.Quotas[4].Conditions = p.Quotas[4].Conditions[:1]
	p.Quotas[4].Shares = []ShareRule{{Of: "repost", Bound: "at_most", Percent: 50, Basis: ByReference}}
	ev := []media.Evidence{item("mau/so-a", "2023-03-01", repost), item("mau/so-a", "2023-03-05"), item("mau/so-a", "2023-03-09", repost), item("mau/so-a", "2023-03-10", repost)}
	s, m := run(t, p, ev, nil, everything(p), "2023-04-05", "A-4", "mau/so-a", "2023-03")
	if count(s).Delivered != 2 {
		t.Errorf("%v counted, want one of its own and as many reposts", count(s).Delivered)
	}
	for _, r := range m.Rejections {
		if r.Quota == "A-4" && (r.Reason.Code != "over_share" || r.Evidence.At.Before(at("2023-03-09"))) {
			t.Errorf("rejected %s %v", r.Evidence.At, r.Reason)
		}
	}
}

// TestWorkingHoursOnly: a machine that is on from 8 to 17 on working days and
// reads each morning's list back to last evening's pieces sees everything; one
// whose lists do not reach back does not, and then nothing is concluded.
func TestWorkingHoursOnly(t *testing.T) {
	p := world()
	healed, unhealed := seen(), seen()
	for d := at("2023-02-27"); d.Before(at("2023-04-08")); d = d.AddDate(0, 0, 1) {
		if tet().IsOff(d) {
			continue
		}
		from, to := d.Add(8*time.Hour), d.Add(17*time.Hour)
		unhealed.Spans["mau/cong-1"] = append(unhealed.Spans["mau/cong-1"], Span{from, to})
		back := d.AddDate(0, 0, -1)
		if d.Weekday() == time.Monday {
			back = d.AddDate(0, 0, -3)
		}
		healed.Spans["mau/cong-1"] = append(healed.Spans["mau/cong-1"], Span{back.Add(17 * time.Hour), to})
	}
	one := []media.Evidence{item("mau/cong", "2023-03-07")}
	for name, c := range map[string]struct {
		obs  Observation
		want State
	}{"lists reach back": {healed, Missed}, "they do not": {unhealed, Insufficient}} {
		s, _ := run(t, p, one, nil, c.obs, "2023-04-06", "A-3.1", "mau/cong", "2023-03")
		if s.State != c.want {
			t.Errorf("%s: %s %v, want %s", name, s.State, codes(s.Reasons), c.want)
		}
	}
	// Whatever the share: one unseen minute that could hold the missing piece is enough.
	almost := everything(p)
	almost.Spans["mau/cong-1"] = []Span{{at("2022-12-01"), at("2023-03-20 10:00")}, {at("2023-03-20 10:01"), at("2023-06-01")}}
	if s, _ := run(t, p, one, nil, almost, "2023-04-06", "A-3.1", "mau/cong", "2023-03"); s.State != Insufficient || s.Coverage.Share < 0.999 {
		t.Errorf("a minute unseen: %s, share %v", s.State, s.Coverage.Share)
	}
}
