package schedule

import (
	"testing"
	"time"

	"loa/media"
)

// TestSteadyUntil names each moment at which what was derived may turn (TestSteady
// of cmd/loa holds the whole against deriving again).
func TestSteadyUntil(t *testing.T) {
	p, now := world(), at("2023-03-08 10:00") // a Wednesday
	last := func(s string) *time.Time { v := at(s); return &v }
	week := func(change func(*Standing)) []Standing { // all seen a minute ago
		s := Standing{Quota: "B-D1", Owner: "mau/dai", Period: "2023-W10", Start: at("2023-03-06"), End: at("2023-03-13"), State: Open,
			Coverage: Coverage{Share: 1, Gaps: []Span{{at("2023-03-08 09:59"), now}}}}
		change(&s)
		return []Standing{s}
	}
	month := func(wanted float64) []Standing {
		return []Standing{{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-03", Start: at("2023-03-01"), End: at("2023-04-01"), State: Open,
			Measures: []Measure{{Name: "count", Wanted: wanted}}}}
	}
	early := Standing{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-02", Start: at("2023-02-01"), End: at("2023-03-01"), State: Met}
	for _, c := range []struct {
		name, owner string
		e           Evaluation
		obs         Observation
		want        string // 23:59:59 if ""
	}{
		{name: "nothing"},
		{name: "a period ends", e: Evaluation{Standings: week(func(s *Standing) { s.End = at("2023-03-08 15:30") })}, want: "15:30:00"},
		{name: "the last save", e: Evaluation{Standings: week(func(s *Standing) { s.LastSave = last("2023-03-08 15:45") })}, want: "15:45:00"},
		{name: "another's", owner: "mau/bao", e: Evaluation{Standings: week(func(s *Standing) { s.LastSave = last("2023-03-08 15:45") })}},
		{name: "the last moment to produce", e: Evaluation{Standings: week(func(s *Standing) {
			s.Reasons = []Reason{because("produce_by", args{"at": stamp(at("2023-03-08 10:30"))})}
		})}, want: "10:30:00"},
		{name: "a piece more is due", owner: "mau/bao", e: Evaluation{Standings: month(31 * 24)}, want: "11:00:00"},
		{name: "a habit is outlived", owner: "mau/bao", e: Evaluation{Standings: append(month(0), early), Matching: Matching{Credits: []Credit{
			{Quota: "A-6.1", Owner: "mau/bao", Period: "2023-02", Evidence: item("mau/bao", "2023-02-08 14:20")}}}}, want: "14:20:00"},
		{name: "a piece dated later", owner: "mau/bao", e: Evaluation{Matching: Matching{Rejections: []Rejection{
			{Quota: "A-6.1", Owner: "mau/bao", Evidence: item("mau/bao", "2023-03-08 16:05")}}}}, want: "16:05:00"},
		{name: "a question not seen for two days", owner: "mau/bao", e: Evaluation{Matching: Matching{Rejections: []Rejection{
			{Quota: "H", Owner: "mau/bao", Evidence: media.Evidence{Kind: media.EvQuestion, At: at("2023-03-01"), Verified: at("2023-03-06 12:00")}}}}}, want: "12:00:00"},
		{name: "a register of questions that ended two days ago", owner: "mau/bao", obs: Observation{Spans: map[string][]Span{"r": {{at("2023-02-01"), at("2023-03-06 13:00")}}}}, want: "12:59:59"},
		{name: "an announced transmission", owner: "mau/bao", obs: Observation{Planned: []media.Planned{{Start: at("2023-03-08 10:20"), Seen: at("2023-03-01")}}}, want: "10:20:00"},
		{name: "a schedule is replaced", owner: "mau/bao", obs: Observation{Planned: []media.Planned{{Start: at("2023-03-09"), Seen: at("2023-03-01"), Gone: at("2023-03-08 10:40")}}}, want: "10:40:00"},
		{name: "what is announced ends", owner: "mau/bao", obs: Observation{Schedules: map[string][]Span{"tv": {{at("2023-03-06"), at("2023-03-08 18:00")}}}}, want: "18:00:00"},
		{name: "a window opens", owner: "mau/dai", want: "11:30:00"},
		{name: "a tenth of a week is not seen", owner: "mau/dai", e: Evaluation{Standings: week(func(s *Standing) { // 5 h 48 min of 58 h, and from 9:00 on
			s.Coverage.Gaps = []Span{{at("2023-03-06 10:00"), at("2023-03-06 14:18")}, {at("2023-03-08 09:00"), now}}
		})}, want: "10:33:20"}, // (5.8 − 5.3) h / 0.9
		{name: "most was not seen, and nothing is missing now", owner: "mau/bao", e: Evaluation{Standings: []Standing{{Quota: "A-6.1", Owner: "mau/bao", Start: at("2023-03-06 10:00"), End: at("2023-03-13"), State: Open,
			Coverage: Coverage{Gaps: []Span{{at("2023-03-06 10:00"), at("2023-03-06 15:00")}}}}}}, want: "12:00:01"}, // 5 h of 50
	} {
		t.Run(c.name, func(t *testing.T) {
			c.e.Now = now
			if c.owner == "" {
				c.owner = "mau/dai"
			}
			of := *p
			if c.want != "11:30:00" { // windows are a case of their own
				of.Windows = nil
			}
			want := at("2023-03-08 " + map[bool]string{true: "23:59:59", false: c.want}[c.want == ""])
			if got := c.e.Steady(&of, c.owner, c.obs); !got.Until.Equal(want) && !(got.Until.After(want.Add(-3*time.Second)) && got.Until.Before(want)) {
				t.Errorf("until %s, want %s", got.Until, want)
			}
		})
	}
	late := Evaluation{Now: at("2023-03-08 23:59:59")}.Steady(p, "mau/bao", Observation{})
	if want := late.Until.Sub(at("2023-03-08 23:59:59")); want <= 0 || want > time.Second {
		t.Errorf("the day's last second: until %s", late.Until)
	}
}

// TestSteadyQuiet names what makes looks matter that find nothing new.
func TestSteadyQuiet(t *testing.T) {
	p, now := world(), at("2023-03-08 10:00")
	over := func(gaps ...Span) Standing {
		return Standing{Quota: "A-6.1", Owner: "mau/bao", Start: at("2023-02-01"), End: at("2023-03-01"), State: Met, Coverage: Coverage{Gaps: gaps}}
	}
	open := func(reasons []Reason, gaps ...Span) Standing {
		return Standing{Quota: "A-6.1", Owner: "mau/bao", Start: at("2023-03-01"), End: at("2023-04-01"), State: Open, Reasons: reasons, Coverage: Coverage{Gaps: gaps}}
	}
	missing := func(from, to string) Reason {
		return because("not_observed", args{"from": stamp(at(from)), "to": stamp(at(to))})
	}
	held := func(s Standing) Standing {
		s.LastSave = &s.End
		if !s.WarnHeld() {
			t.Fatalf("%+v is not held back", s)
		}
		return s
	}
	for _, c := range []struct {
		name string
		s    Standing
		want bool
	}{
		{"over", over(Span{at("2023-02-28 23:00"), at("2023-03-01")}), true},
		{"runs, seen today", open(nil, Span{at("2023-03-08 09:40"), now}), true},
		{"runs, blind", open([]Reason{because("source_blind", args{"source": "x"})}), true},
		{"runs, a page in doubt", open([]Reason{because("page_doubtful", args{"page": "x"})}), false},
		{"runs, a page not looked at", open([]Reason{because("not_probed", args{"page": "x"})}), false},
		{"runs, held back for what was not seen long ago", held(open([]Reason{missing("2023-03-01", "2023-03-05"), missing("2023-03-08 09:40", "2023-03-08 10:00")},
			Span{at("2023-03-01"), at("2023-03-05")}, Span{at("2023-03-08 09:40"), now})), true},
		{"runs, held back for what was not seen lately", held(open([]Reason{missing("2023-03-01", "2023-03-02"), missing("2023-03-05", "2023-03-08 10:00")},
			Span{at("2023-03-01"), at("2023-03-02")}, Span{at("2023-03-05"), now})), false},
	} {
		if got := (Evaluation{Now: now, Standings: []Standing{c.s}}).Steady(p, "mau/bao", Observation{}); got.Quiet != c.want || got.Watches {
			t.Errorf("%s: quiet %v, want %v; watches %v", c.name, got.Quiet, c.want, got.Watches)
		}
	}
	today := at("2023-03-08")
	noon := over(Span{at("2023-03-08 07:00"), at("2023-03-08 09:00")}) // its last paper was due this morning
	for name, c := range map[string]struct {
		s    Standing
		want time.Time
	}{
		"a day that has begun":          {open(nil, Span{at("2023-03-07 23:40"), now}), today},
		"a period that ended this hour": {noon, at("2023-03-08 09:00")},
		"one that ended long ago":       {over(Span{at("2023-02-28"), at("2023-03-01")}), today},
	} {
		if got := (Evaluation{Now: now, Standings: []Standing{c.s}}).Steady(p, "mau/bao", Observation{}); !got.Seen.Equal(c.want) {
			t.Errorf("%s: has to be seen up to %s, want %s", name, got.Seen, c.want)
		}
	}
	watched := *p
	watched.Quotas = append(watched.Quotas, Quota{ID: "W", Kind: "availability", Owner: Owner{Agency: "mau/so-a"}, Watch: []media.Level{media.Department}})
	once := watched.Quotas[len(watched.Quotas)-1]
	once.Owner.Agency = "mau/cong"
	watched.Quotas = append(watched.Quotas, Quota{ID: "V", Kind: "count", Owner: Owner{Agency: "mau/cong"}, Was: []Was{{Until: now, Quota: once}}})
	for owner, want := range map[string]bool{"mau/so-a": true, "mau/cong": true, "mau/bao": false} {
		if got := (Evaluation{Now: now}).Steady(&watched, owner, Observation{}); got.Watches != want {
			t.Errorf("%s watches others' sites: %v", owner, got.Watches)
		}
	}
}

// TestSight: it changes with what is known of a source, and with nothing else.
func TestSight(t *testing.T) {
	page := media.Source{ID: "s", Proves: []string{"Q"}, Expect: []media.Expect{{Name: "danh mục"}}}
	base := func() Observation {
		return Observation{Blind: map[string]Blind{}, Spans: map[string][]Span{"s": {{at("2023-03-01"), at("2023-03-02")}}},
			Uptime: map[string][]media.Uptime{"s": {{From: at("2023-03-01"), To: at("2023-03-02"), State: media.Up, Probes: 3}}}}
	}
	down := func(probes int) Observation {
		o := base()
		o.Uptime["s"] = append(o.Uptime["s"], media.Uptime{State: media.Absent, Probes: probes})
		return o
	}
	part := page.Part("danh mục")
	for name, change := range map[string]func(*Observation){
		"blind":         func(o *Observation) { o.Blind["s"] = Blind{Reason: media.Unreachable, Since: at("2023-03-02")} },
		"a hole":        func(o *Observation) { o.Spans["s"] = append(o.Spans["s"], Span{at("2023-03-03"), at("2023-03-04")}) },
		"seen earlier":  func(o *Observation) { o.Spans["s"][0].From = at("2023-02-01") },
		"not there":     func(o *Observation) { *o = down(1) },
		"a part is not": func(o *Observation) { o.Uptime[part] = []media.Uptime{{State: media.Absent, Probes: 1}} },
	} {
		was, is := base(), base()
		if change(&is); was.Sight(page) == is.Sight(page) {
			t.Errorf("%s is not told: %s", name, is.Sight(page))
		}
	}
	once, twice, thrice := down(1), down(2), down(3)
	if once.Sight(page) == twice.Sight(page) || twice.Sight(page) != thrice.Sight(page) {
		t.Errorf("not there once, twice, three times: %s, %s, %s", once.Sight(page), twice.Sight(page), thrice.Sight(page))
	}
	was, later := base(), base()
	later.Spans["s"][0].To = at("2023-03-03")
	later.Uptime["s"] = append(later.Uptime["s"], media.Uptime{From: at("2023-03-03"), To: at("2023-03-03"), State: media.Up, Probes: 1})
	later.Spans["other"] = []Span{{at("2023-03-01"), at("2023-03-02")}}
	if was.Sight(page) != later.Sight(page) {
		t.Errorf("seen for longer, after hours, is told as something new: %s, %s", was.Sight(page), later.Sight(page))
	}
	if list := (media.Source{ID: "s"}); was.Sight(list) != once.Sight(list) {
		t.Error("that a list's server was away is told to others than who watches it")
	}
	if !later.ReadTo("s").Equal(at("2023-03-03")) || !later.ReadTo("none").IsZero() {
		t.Errorf("read until %s and %s", later.ReadTo("s"), later.ReadTo("none"))
	}
}
