package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
)

// line is one line of a schedule, announced a week before.
func line(start string, minutes int, change ...func(*media.Planned)) media.Planned {
	p := media.Planned{Channel: "tv", Programme: "Chung tay CCHC", Column: "chung-tay", Start: at(start), Duration: time.Duration(minutes) * time.Minute,
		Run: "first", Seen: at(start).AddDate(0, 0, -7)}
	for _, c := range change {
		c(&p)
	}
	p.ID = media.Hash("planned", p.Channel, stamp(p.Start), p.Programme)
	return p
}

func seenAt(when string) func(*media.Planned) { return func(p *media.Planned) { p.Seen = at(when) } }
func goneAt(when string) func(*media.Planned) { return func(p *media.Planned) { p.Gone = at(when) } }
func runOf(run string) func(*media.Planned)   { return func(p *media.Planned) { p.Run = run } }
func onChannel(id string) func(*media.Planned) {
	return func(p *media.Planned) { p.Channel = id }
}
func inColumn(id string) func(*media.Planned) { return func(p *media.Planned) { p.Column = id } }

// outlined is a standing with its risk and the codes of its reasons.
func outlined(s Standing) string {
	return string(s.State) + " " + s.Risk + " " + strings.Join(codes(s.Reasons), ",")
}

// TestPlannedLowersRisk: what is announced and fits takes a week out of the early
// warning, makes nothing met, and is said to be only announced.
func TestPlannedLowersRisk(t *testing.T) {
	for name, c := range map[string]struct {
		planned []media.Planned
		logs    []string
		now     string
		want    string
	}{
		"nothing announced": {nil, nil, "2023-03-10 15:00", "open at_risk at_risk,period_open"},
		"announced, fits": {[]media.Planned{line("2023-03-11 20:00", 20)}, nil, "2023-03-10 15:00",
			"open on_track period_open,planned_fits"},
		"announced for Wednesday, no log yet": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, "2023-03-10 15:00",
			"open on_track period_open,planned_fits"},
		"announced for Wednesday, and the log has it not": {[]media.Planned{line("2023-03-08 20:00", 20)}, []string{"log:tv", "2023-03-06", "2023-03-10"}, "2023-03-10 15:00",
			"open at_risk at_risk,period_open"},
		"too short": {[]media.Planned{line("2023-03-11 20:00", 12)}, nil, "2023-03-10 15:00",
			"open at_risk at_risk,period_open,planned_unfit"},
		"length not announced": {[]media.Planned{line("2023-03-11 20:00", 0)}, nil, "2023-03-10 15:00",
			"open at_risk at_risk,period_open,planned_unsure"},
		"length not announced, at night": {[]media.Planned{line("2023-03-11 23:00", 0)}, nil, "2023-03-10 15:00",
			"open at_risk at_risk,period_open,planned_unfit"},
		"replaced before it came": {[]media.Planned{line("2023-03-11 20:00", 20, goneAt("2023-03-09"))}, nil, "2023-03-10 15:00",
			"open at_risk at_risk,period_open"},
		"announced after it came": {[]media.Planned{line("2023-03-08 20:00", 20, seenAt("2023-03-09"))}, nil, "2023-03-10 15:00",
			"open at_risk at_risk,period_open"},
		"another column": {[]media.Planned{line("2023-03-11 20:00", 20, inColumn("thue"))}, nil, "2023-03-10 15:00",
			"open at_risk at_risk,period_open"},
		"early in the week": {[]media.Planned{line("2023-03-11 20:00", 20), line("2023-03-09 11:00", 20, runOf("repeat"))}, nil, "2023-03-06 08:00",
			"open on_track period_open,planned_fits"},
		"the week is over": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, "2023-03-13 08:00",
			"insufficient_data  receipt_missing,short"},
	} {
		t.Run(name, func(t *testing.T) {
			obs := seen(c.logs...)
			obs.Planned = c.planned
			s, m := run(t, world(), nil, nil, obs, c.now, "B-D1", "mau/dai", "2023-W10")
			if got := outlined(s); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if len(m.Credits) > 0 || count(s).Delivered != 0 || s.DueByNow > 1 {
				t.Errorf("something announced was counted: %+v", s)
			}
		})
	}
}

// TestNonePlanned: a schedule that is known to the end of the week and has nothing of
// the column says so; one that ends before, or that nobody knows, says nothing.
func TestNonePlanned(t *testing.T) {
	p := world()
	for name, c := range map[string]struct {
		known [2]string
		tell  bool
	}{
		"no schedule":            {[2]string{}, false},
		"to Saturday":            {[2]string{"2023-03-06", "2023-03-12"}, false},
		"to the end of the week": {[2]string{"2023-03-06", "2023-03-13"}, true},
	} {
		obs := seen()
		if c.known[0] != "" {
			obs.Schedules = map[string][]Span{"tv": {{at(c.known[0]), at(c.known[1])}}}
		}
		s, _ := run(t, p, nil, nil, obs, "2023-03-10 15:00", "B-D1", "mau/dai", "2023-W10")
		if got := slices.Contains(codes(s.Reasons), "planned_none"); got != c.tell || s.Risk != "at_risk" {
			t.Errorf("%s: %s", name, outlined(s))
		}
	}
	obs := seen()
	obs.Schedules = map[string][]Span{"tv": {{at("2023-03-06"), at("2023-03-20")}}}
	for _, s := range Ahead(p, Evaluation{Now: at("2023-03-10 15:00")}, obs, nil, tet(), at("2023-03-21")) {
		if got := slices.Contains(codes(s.Reasons), "planned_none"); s.Quota == "B-D1" && got != (s.Period == "2023-W11") || s.Quota != "B-D1" && got {
			t.Errorf("%s %s: %s", s.Quota, s.Period, outlined(s))
		}
	}
}

// TestPlannedBesideEvidence: what already counted is known to whoever judges what is announced.
func TestPlannedBesideEvidence(t *testing.T) {
	p := world()
	p.Quotas[0].Wanted = 2
	obs := seen()
	obs.Planned = []media.Planned{line("2023-03-08 20:00", 20), line("2023-03-11 20:00", 20)}
	// The log of Wednesday came without a declared span: that broadcast is known, and not awaited beside itself.
	s, _ := run(t, p, []media.Evidence{airing("2023-03-08 20:04", 18)}, nil, obs, "2023-03-10 15:00", "B-D1", "mau/dai", "2023-W10")
	if got, want := outlined(s), "open on_track period_open,planned_fits"; got != want || count(s).Delivered != 1 {
		t.Errorf("got %q, delivered %v", got, count(s).Delivered)
	}
	p.Quotas[0].Wanted = 3 // one that is announced is not enough
	if s, _ := run(t, p, []media.Evidence{airing("2023-03-08 20:04", 18)}, nil, obs, "2023-03-10 15:00", "B-D1", "mau/dai", "2023-W10"); s.Risk != "at_risk" || !slices.Contains(codes(s.Reasons), "planned_fits") {
		t.Errorf("one of two that are missing is announced: %s", outlined(s))
	}
	if r := s.Reasons[1]; r.Args["start"] != "2023-03-11T20:00:00+07:00" || r.Args["channel"] != "Truyền hình" || r.Args["length"] != 20 {
		t.Errorf("told %+v", r)
	}
}

// TestRegularAsPlanned: of a regular quota the gaps count too. What is announced
// must close them.
func TestRegularAsPlanned(t *testing.T) {
	p := world()
	p.Quotas = []Quota{{ID: "A-5.2", Class: Reg, Kind: "regular", Basis: ByReference, Owner: Owner{Agency: "mau/dai"}, Cadence: "month", Wanted: 2, WantedBasis: ByReference,
		MaxGap: 14, MaxGapBasis: ByReference, Channels: []string{"tv"}, Conditions: []Condition{{Name: "theme", Basis: ByPlan, List: []string{"chung-tay"}}}}}
	ev := []media.Evidence{airing("2023-03-08 20:00", 18)}
	obs := seen("log:tv", "2023-01-01", "2023-03-20 12:00")
	for want, list := range map[string][]media.Planned{
		"at_risk":  nil,
		"on_track": {line("2023-03-21 20:00", 20)},
	} {
		obs.Planned = list
		s, _ := run(t, p, ev, nil, obs, "2023-03-20 12:00", "A-5.2", "mau/dai", "2023-03")
		if s.Risk != want {
			t.Errorf("%d announced: %s, %v", len(list), outlined(s), s.LastSave)
		}
	}
	obs.Planned = []media.Planned{line("2023-03-30 20:00", 20, seenAt("2023-03-19"))} // comes, but after too long a gap
	if s, _ := run(t, p, ev, nil, obs, "2023-03-20 12:00", "A-5.2", "mau/dai", "2023-03"); s.Risk != "at_risk" {
		t.Errorf("a gap of 22 days is no worry: %s", outlined(s))
	}
}

// weekly are broadcasts on a weekday of weeks in a row.
func weekly(first string, n int) []media.Evidence {
	var out []media.Evidence
	for i := range n {
		start := at(first).AddDate(0, 0, 7*i).Add(time.Duration(i%3) * time.Minute)
		out = append(out, airing(start.Format("2006-01-02 15:04"), 16))
	}
	return out
}

// TestUsual: what an owner usually does shows after three periods, and not where it keeps to no time.
func TestUsual(t *testing.T) {
	p := world()
	eval := func(ev []media.Evidence, now string) Evaluation {
		m := Match(p, ev, nil, tet())
		return Evaluation{Now: at(now), Matching: m, Standings: Stand(p, m, everything(p), nil, tet(), at(now))}.WithUsual(p)
	}
	usualOf := func(e Evaluation, quota, owner string) Usual {
		return habits(p, e.Standings, e.Matching.Credits, e.Now, false)[habitKey{quota, owner}]
	}
	e := eval(weekly("2023-01-04 20:10", 8), "2023-03-06 08:00") // Wednesdays; the ninth week, W09, was missed
	if u, want := usualOf(e, "B-D1", "mau/dai"), (Usual{Weekday: time.Wednesday, Minute: 20*60 + 11, Channel: "tv", Pieces: 7, Met: 7, Of: 8}); fmt.Sprint(u) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", u, want)
	}
	running := e.Standings[slices.IndexFunc(e.Standings, func(s Standing) bool { return s.Quota == "B-D1" && s.Period == "2023-W10" })]
	if r := running.Reasons[len(running.Reasons)-1]; r.Code != "usually" || r.Args["weekday"] != 3 || r.Args["channel"] != "Truyền hình" || r.Args["of"] != 8 {
		t.Errorf("the running week tells %+v", running.Reasons)
	}
	if u := usualOf(eval(weekly("2023-01-04 20:10", 2), "2023-01-16"), "B-D1", "mau/dai"); u.Pieces != 0 {
		t.Errorf("two weeks make a habit: %+v", u)
	}
	var odd []media.Evidence
	for i, when := range []string{"2023-01-02 20:00", "2023-01-11 20:00", "2023-01-20 20:00", "2023-01-29 20:00", "2023-01-31 20:00", "2023-02-09 20:00"} {
		odd = append(odd, airing(when, 16+float64(i)))
	}
	if u := usualOf(eval(odd, "2023-02-13"), "B-D1", "mau/dai"); u.Pieces != 0 || u.Of != 6 {
		t.Errorf("every week another day: %+v", u)
	}
	var paper []media.Evidence
	for _, day := range []string{"2023-01-09", "2023-01-23", "2023-02-10", "2023-02-24", "2023-03-08", "2023-03-22"} {
		paper = append(paper, item("mau/bao", day+" 08:00", column))
	}
	if u := usualOf(eval(paper, "2023-04-02"), "A-6.1", "mau/bao"); !slices.Equal(u.Days, []int{9, 23}) || u.Pieces != 6 || u.Met != 3 {
		t.Errorf("the newspaper's days: %+v", u)
	}
	if u := usualOf(eval(paper[:4], "2023-03-02"), "A-6.1", "mau/bao"); u.Days != nil {
		t.Errorf("two months make a habit: %+v", u)
	}
}

// TestSlots: the running and the coming weeks with what is missing, announced and usual.
func TestSlots(t *testing.T) {
	p := world()
	now := at("2023-03-06 08:00")
	ev := weekly("2023-01-04 20:10", 8)
	obs := seen("log:tv", "2023-01-01", "2023-03-06")
	obs.Planned = []media.Planned{line("2023-03-08 20:10", 18), line("2023-03-15 20:10", 12, seenAt("2023-03-05")),
		line("2023-03-16 11:30", 18, runOf("repeat"), seenAt("2023-03-05")), line("2023-03-22 20:10", 0, seenAt("2023-03-05")), line("2023-03-23 20:10", 20),
		line("2023-01-04 20:10", 18)}
	m := Match(p, ev, nil, tet())
	e := Evaluation{Now: now, Matching: m, Standings: Stand(p, m, obs, nil, tet(), now)}.WithUsual(p)
	e.Standings = append(e.Standings, Ahead(p, e, obs, nil, tet(), now.AddDate(0, 0, 20))...)
	got := map[string]string{}
	for _, s := range Slots(p, e, obs, nil, tet()) {
		if s.Quota != "B-D1" {
			continue
		}
		var says []string
		for _, x := range s.Planned {
			switch {
			case x.Fits:
				says = append(says, "fits")
			case x.Unsure:
				says = append(says, "unsure")
			default:
				says = append(says, x.Why.Code)
			}
		}
		got[s.Period] = fmt.Sprintf("%d %s short, until %s, begun by %s, %s, %s at %d; %s; fits %d", s.Short, s.Unit, s.LastSave.In(now.Location()).Format("02/01 15:04"),
			s.ProduceBy.In(now.Location()).Format("02/01"), strings.Join(says, " "), s.Usual.Weekday, s.Usual.Minute, strings.Join(codes(s.Reasons), ","), s.Fits())
	}
	for period, want := range map[string]string{
		"2023-W10": "1 airings short, until 12/03 21:45, begun by 08/03, fits, Wednesday at 1211; period_open,planned_fits,usually; fits 1",
		"2023-W11": "1 airings short, until 19/03 21:45, begun by 15/03, too_short is_repeat, Wednesday at 1211; not_started,planned_unfit,planned_unfit,usually; fits 0",
		"2023-W12": "1 airings short, until 26/03 21:45, begun by 22/03, unsure, Wednesday at 1211; not_started,planned_unsure,usually; fits 0",
	} {
		if got[period] != want {
			t.Errorf("%s:\n got %s\nwant %s", period, got[period], want)
		}
	}
	if len(got) != 3 {
		t.Errorf("slots of %v", got)
	}
}

// TestPlannedOrder: nothing depends on the order in which schedules are read.
func TestPlannedOrder(t *testing.T) {
	p := world()
	obs := seen()
	for d := range 20 {
		start := at("2023-03-06 20:00").AddDate(0, 0, d%7)
		obs.Planned = append(obs.Planned, line(start.Format("2006-01-02 15:04"), 10+d, runOf([]string{"first", "repeat", ""}[d%3])))
	}
	want := prospects(p, Matching{}, obs, nil, tet(), at("2023-03-06"))
	slices.Reverse(obs.Planned)
	if got := prospects(p, Matching{}, obs, nil, tet(), at("2023-03-06")); fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
