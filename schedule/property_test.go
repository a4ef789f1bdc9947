package schedule

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"

	"pgregory.net/rapid"
)

// Random worlds: the plan of world with other numbers, any evidence, spans,
// decisions and moment from December 2022 to April 2023.

func drawTime(t *rapid.T, label string) time.Time {
	return at("2022-12-20").Add(time.Duration(rapid.IntRange(0, 120*24*60).Draw(t, label)) * time.Minute)
}

func drawPlan(t *rapid.T) *Plan {
	p := world()
	p.Quotas[0].Wanted = rapid.IntRange(1, 3).Draw(t, "airings wanted")
	p.Quotas[0].AgreedGood = rapid.SampledFrom(append(MadeGoods(), "")).Draw(t, "policy")
	p.Quotas[1].Wanted = rapid.IntRange(1, 4).Draw(t, "instalments wanted")
	p.Quotas[3].Wanted, p.Quotas[3].MaxGap = rapid.IntRange(1, 6).Draw(t, "regular wanted"), rapid.IntRange(3, 31).Draw(t, "max gap")
	p.Quotas[4].Wanted = rapid.IntRange(1, 4).Draw(t, "count wanted")
	p.Quotas[0].LeadDays = rapid.IntRange(0, 5).Draw(t, "lead")
	if rapid.Bool().Draw(t, "no window") {
		p.Quotas[0].Conditions = p.Quotas[0].Conditions[2:]
	}
	if rapid.Bool().Draw(t, "distinct") {
		p.Quotas[4].Conditions = append(p.Quotas[4].Conditions, Condition{Name: "distinct_days", Basis: ByReference})
	}
	return p
}

func drawEvidence(t *rapid.T, p *Plan) []media.Evidence {
	var out []media.Evidence
	for i := range rapid.IntRange(0, 40).Draw(t, "pieces") {
		id := fmt.Sprintf("e%02d", i)
		when := drawTime(t, "when")
		if rapid.IntRange(0, 2).Draw(t, "what") == 0 {
			a := &media.Airing{ID: id, Channel: "tv", Medium: "tv", Column: rapid.SampledFrom([]string{"chung-tay", "chung-tay", ""}).Draw(t, "theme"),
				EpisodeID: rapid.SampledFrom([]string{"", "x", "y", "z" + id}).Draw(t, "episode"), Start: when,
				Duration: time.Duration(rapid.IntRange(600, 1500).Draw(t, "seconds")) * time.Second, FirstRun: rapid.IntRange(0, 3).Draw(t, "first") > 0}
			if rapid.Bool().Draw(t, "evening") {
				a.Start = calendar.Day(when).Add(time.Duration(rapid.IntRange(17*60+30, 22*60).Draw(t, "minute")) * time.Minute)
			}
			if rapid.IntRange(0, 4).Draw(t, "radio") == 0 {
				a.Channel, a.Medium = "fm", "radio"
			}
			out = append(out, media.Evidence{ID: id, Kind: media.EvAiring, Agency: "mau/dai", At: a.Start, Precision: media.ToMinute, Seen: a.Start, Airing: a})
			continue
		}
		e := media.Evidence{ID: id, Kind: media.EvItem, Agency: rapid.SampledFrom(p.Agencies).Draw(t, "agency").ID, At: when, Precision: media.ToMinute, Seen: when.Add(time.Hour),
			Repost: rapid.IntRange(0, 4).Draw(t, "repost") == 0, Column: rapid.SampledFrom([]string{"cchc", "cchc", ""}).Draw(t, "column")}
		switch rapid.IntRange(0, 9).Draw(t, "verdict") {
		case 0:
		case 1:
			e.Verdict = &media.Verdict{Score: 0.5, Review: true}
		case 2:
			e.Verdict = &media.Verdict{Score: 0.1}
		case 3:
			e.Verdict, e.Decided = &media.Verdict{Score: 0.5, Review: true}, "Biên tập viên"
		default:
			e.Verdict = &media.Verdict{Reform: true, Score: 0.9, Topics: []string{media.TTHC}}
		}
		if rapid.IntRange(0, 9).Draw(t, "undated") == 0 {
			e.Precision = media.NoDate
		}
		out = append(out, e)
	}
	return out
}

func drawDecisions(t *rapid.T, p *Plan, ev []media.Evidence) []Decision {
	var out []Decision
	kinds := []DecisionKind{ConfirmMissed, ExemptKind, Attest, Strike, Add, Restate, MakeGood}
	for range rapid.IntRange(0, 12).Draw(t, "decisions") {
		i := rapid.IntRange(0, len(p.Quotas)-1).Draw(t, "quota")
		s := rapid.SampledFrom(slots(p, i)).Draw(t, "slot")
		d := decide(rapid.SampledFrom(kinds).Draw(t, "kind"), p.Quotas[i].ID, s.owner.ID, s.period.ID, "2023-01-01")
		d.At = drawTime(t, "decided")
		d.Date = drawTime(t, "attested")
		d.Document = rapid.SampledFrom([]string{"", "7/UBND"}).Draw(t, "document")
		if len(ev) > 0 {
			d.Evidence = rapid.SampledFrom(ev).Draw(t, "piece").ID
		}
		if rapid.IntRange(0, 5).Draw(t, "no period") == 0 {
			d.Period = ""
		}
		d.ID = fmt.Sprintf("d%02d", len(out))
		out = append(out, d)
	}
	return out
}

func drawObservation(t *rapid.T, p *Plan) Observation {
	o := Observation{Spans: map[string][]Span{}, Blind: map[string]Blind{}}
	if rapid.Bool().Draw(t, "all seen") {
		o = everything(p)
	}
	ids := []string{"log:tv", "log:fm"}
	for _, s := range p.Sources {
		ids = append(ids, s.ID)
	}
	for range rapid.IntRange(0, 12).Draw(t, "spans") {
		id := rapid.SampledFrom(ids).Draw(t, "source")
		from := drawTime(t, "span")
		o.Spans[id] = append(o.Spans[id], Span{from, from.Add(time.Duration(rapid.IntRange(-5, 60*24).Draw(t, "hours")) * time.Hour)})
	}
	if rapid.Bool().Draw(t, "hole") {
		id := rapid.SampledFrom(ids).Draw(t, "blind source")
		o.Blind[id] = Blind{Source: id, Reason: media.Unreachable, Since: drawTime(t, "since")}
		delete(o.Spans, id)
	}
	return o
}

// fed: no agreed make-good takes a piece from a period that needs it, and what
// was agreed moves nothing unless the policy says that it repairs.
func fed(t *rapid.T, p *Plan, ev []media.Evidence, ds []Decision, m Matching) {
	count := func(m Matching) map[slotKey]int {
		out := map[slotKey]int{}
		for _, c := range m.Credits {
			out[c.slot()]++
		}
		return out
	}
	with, without := count(m), count(Match(p, ev, slices.DeleteFunc(slices.Clone(ds), func(d Decision) bool { return d.Kind == MakeGood }), tet()))
	for k, n := range without {
		if now := with[k]; now < n && (now < p.Quotas[0].Wanted || k.quota != "B-D1" || p.Quotas[0].AgreedGood != MadeGoodRepairs) {
			t.Fatalf("%v counted %d and counts %d with make-goods, policy %q", k, n, now, p.Quotas[0].AgreedGood)
		}
	}
	if len(m.Credits) == 0 && len(without) > 0 {
		t.Fatal("make-goods took every credit")
	}
}

func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		ev := drawEvidence(t, p)
		ds := drawDecisions(t, p, ev)
		obs := drawObservation(t, p)
		now := drawTime(t, "now")
		m := Match(p, ev, ds, tet())
		sts := Stand(p, m, obs, ds, tet(), now)

		// Order of input changes nothing.
		ev2, ds2 := rapid.Permutation(ev).Draw(t, "evidence again"), rapid.Permutation(ds).Draw(t, "decisions again")
		m2 := Match(p, append(ev2, ev2...), ds2, tet())
		if !reflect.DeepEqual(m, m2) {
			t.Fatalf("Match depends on the order of its input")
		}
		slices.Reverse(m2.Credits)
		slices.Reverse(m2.Rejections)
		obs2 := Observation{Spans: map[string][]Span{}, Blind: obs.Blind}
		for k, ss := range obs.Spans {
			obs2.Spans[k] = rapid.Permutation(ss).Draw(t, "spans again")
		}
		if sts2 := Stand(p, m2, obs2, ds2, tet(), now); !reflect.DeepEqual(sts, sts2) {
			t.Fatalf("Stand depends on the order of its input")
		}

		once := map[string]bool{}
		for _, c := range m.Credits {
			key := c.Quota + c.Owner + c.Evidence.ID
			if once[key] || len(c.Reasons) == 0 {
				t.Fatalf("%s counts twice or unexplained", key)
			}
			once[key] = true
		}
		fed(t, p, ev, ds, m)
		for _, r := range m.Rejections {
			key := r.Quota + r.Owner + r.Evidence.ID
			if once[key] || r.Reason.Code == "" || r.Condition == "" {
				t.Fatalf("%s is credited and rejected, or rejected twice or unexplained: %+v", key, r)
			}
			once[key] = true
		}
		for i, s := range sts {
			checkStanding(t, p, s, now)
			if i > 0 && !inOrder(p, sts[i-1], s) {
				t.Fatalf("%v is not before %v", sts[i-1], s)
			}
		}
		for _, s := range Ahead(p, Evaluation{Now: now}, Observation{}, nil, tet(), now.AddDate(0, 2, 0)) {
			if !s.Start.After(now) || s.State != Open || s.Risk != "on_track" || len(s.Reasons) == 0 {
				t.Fatalf("ahead: %+v", s)
			}
		}
	})
}

func inOrder(p *Plan, a, b Standing) bool {
	at := func(s Standing) int {
		return slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == s.Quota })
	}
	if at(a) != at(b) {
		return at(a) < at(b)
	}
	if a.Owner != b.Owner {
		return a.Owner < b.Owner
	}
	return a.Start.Before(b.Start)
}

func checkStanding(t *rapid.T, p *Plan, s Standing, now time.Time) {
	q := p.Quotas[slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == s.Quota })]
	k, _ := kind(q.Kind)
	finish := s.End
	if k.tracksLate {
		finish = q.Deadline
	}
	over := !now.Before(finish)
	bound := s.Owner != "mau/cuc" && q.Class != Enc
	holds := true
	for _, m := range s.Measures {
		short := max(0, m.Wanted-m.Delivered)
		if m.Bound == "at_most" {
			short = max(0, m.Delivered-m.Wanted)
		}
		holds = holds && short == 0
		if m.Shortfall < 0 || (bound && m.Shortfall != short) || (!bound && m.Shortfall != 0) {
			t.Fatalf("shortfall of %+v", m)
		}
	}
	fail := func(why string) { t.Fatalf("%s: %+v", why, s) }
	if len(s.Reasons) == 0 {
		fail("no reason")
	}
	for _, r := range s.Reasons {
		if !slices.Contains(Codes(), r.Code) {
			fail("reason not of the list: " + r.Code)
		}
	}
	if s.Start.After(now) {
		fail("not begun")
	}
	switch s.State {
	case Met:
		if !holds || (k.wholeOnly && !over) {
			fail("met, but its measures do not hold")
		}
	case Missed:
		if holds || !over || !bound {
			fail("missed, but not over, not short or not bound")
		}
		late := k.tracksLate && s.Measures[0].Shortfall == 0
		if !s.Confirmed && !late && (len(s.Coverage.Gaps) > 0 || s.Coverage.Share < 1) {
			fail("missed while not all was seen")
		}
		if !s.Confirmed && k.tracksLate && !late {
			fail("missed for want of a paper")
		}
	case Insufficient:
		if holds || !bound {
			fail("insufficient data, yet it holds or nobody is bound")
		}
	case Open:
		if over || (holds && !k.wholeOnly && bound) || (s.Risk != "on_track" && s.Risk != "at_risk") {
			fail("open, but over or met")
		}
		if !bound && s.Risk == "at_risk" {
			fail("at risk of nothing")
		}
		if s.Risk == "on_track" && bound && s.Measures[0].Shortfall > 0 && s.LastSave == nil {
			fail("on track, but nothing can save it")
		}
	case Exempt:
		if s.DueByNow != 0 {
			fail("exempt, but due")
		}
	default:
		fail("unknown state")
	}
	if s.State != Open && (s.Risk != "" || s.LastSave != nil) || s.Confirmed && s.State != Missed {
		fail("risk, last save or confirmation where none belongs")
	}
	if s.LastSave != nil && (s.LastSave.Before(now) || !s.LastSave.Before(finish)) {
		fail("last save is past or after the end")
	}
	if s.DueByNow < 0 || s.DueByNow > float64(max(1, q.Wanted)) || s.Coverage.Share < 0 || s.Coverage.Share > 1 {
		fail("due or share out of range")
	}
}

// The oracles count anew, by hand, without the package's own tests and keys.

func oracleAirings(p *Plan, q Quota, ev []media.Evidence, year, week int) int {
	windowed := len(q.Conditions) == 4
	episodes := map[string]bool{}
	for _, e := range ev {
		a := e.Airing
		if a == nil || a.Duration < 15*time.Minute || a.Column != "chung-tay" || (windowed && !a.FirstRun) {
			continue
		}
		if y, w := a.Start.In(calendar.Zone).ISOWeek(); y != year || w != week {
			continue
		}
		l := a.Start.In(calendar.Zone)
		from := l.Hour()*3600 + l.Minute()*60 + l.Second()
		inside := func(a, b int) bool { return from >= a*60 && from+15*60 <= b*60 }
		if windowed && a.Medium == "tv" && !inside(18*60, 22*60) && !inside(11*60+30, 13*60+30) {
			continue
		}
		if windowed && a.Medium == "radio" && !inside(5*60, 7*60) {
			continue
		}
		name := a.EpisodeID
		if name == "" {
			name = "only " + e.ID
		}
		episodes[name] = true
	}
	return len(episodes)
}

func oracleInstalments(ev []media.Evidence, year int, month time.Month) int {
	days := map[int]bool{}
	for _, e := range ev {
		l := e.At.In(calendar.Zone)
		if e.Kind == media.EvItem && e.Agency == "mau/bao" && e.Precision != media.NoDate && e.Verdict != nil && e.Verdict.Reform && e.Column == "cchc" &&
			l.Year() == year && l.Month() == month {
			days[l.Day()] = true
		}
	}
	return len(days)
}

func TestOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		ev := drawEvidence(t, p)
		obs := everything(p)
		for _, s := range Stand(p, Match(p, ev, nil, tet()), obs, nil, tet(), at("2023-06-01")) {
			want := -1
			switch s.Quota {
			case "B-D1":
				y, w := s.Start.ISOWeek()
				want = oracleAirings(p, p.Quotas[0], ev, y, w)
			case "A-6.1":
				want = oracleInstalments(ev, s.Start.Year(), s.Start.Month())
			default:
				continue
			}
			if int(s.Measures[0].Delivered) != want {
				t.Fatalf("%s %s: %v delivered, the oracle counts %d", s.Quota, s.Period, s.Measures[0].Delivered, want)
			}
			if over := s.End.Before(at("2023-06-01")); over && (s.State == Met) != (want >= int(s.Measures[0].Wanted)) {
				t.Fatalf("%s %s: %s with %d of %v", s.Quota, s.Period, s.State, want, s.Measures[0].Wanted)
			}
		}
	})
}

// What is produced at the last save meets the period; a minute later it is too late.
func TestLastSaveIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		ev := drawEvidence(t, p)
		now := drawTime(t, "now")
		obs := everything(p)
		for _, s := range Stand(p, Match(p, ev, nil, tet()), obs, nil, tet(), now) {
			if s.LastSave == nil || (s.Quota != "B-D1" && s.Quota != "A-6.1") {
				continue
			}
			before := slices.DeleteFunc(slices.Clone(ev), func(e media.Evidence) bool { return e.At.After(now) })
			short := int(s.Measures[0].Shortfall)
			state := func(shift time.Duration) State {
				all := slices.Clone(before)
				for i := range short {
					start := s.LastSave.Add(shift)
					if s.Quota == "A-6.1" {
						start = start.AddDate(0, 0, i)
						for slices.ContainsFunc(before, func(e media.Evidence) bool { // a day that has one already is no use
							return e.Agency == "mau/bao" && calendar.Day(e.At).Equal(calendar.Day(start))
						}) {
							start = start.AddDate(0, 0, 1)
						}
						e := item("mau/bao", "2023-01-01", column, named(fmt.Sprintf("new%d", i)))
						e.At = start
						all = append(all, e)
						continue
					}
					e := airing("2023-01-01", 15, episode(fmt.Sprintf("new%d", i)))
					e.ID, e.At, e.Airing.Start = fmt.Sprintf("new%d", i), start.Add(time.Duration(i)*15*time.Minute), start.Add(time.Duration(i)*15*time.Minute)
					all = append(all, e)
				}
				for _, x := range Stand(p, Match(p, all, nil, tet()), obs, nil, tet(), s.End) {
					if x.Quota == s.Quota && x.Period == s.Period {
						return x.State
					}
				}
				return ""
			}
			windowed := s.Quota == "A-6.1" || len(p.Quotas[0].Conditions) == 4 // without windows an airing may start in the last second: only one fits
			if windowed || short == 1 {
				if got := state(0); got != Met {
					t.Fatalf("%s %s: made at the last save %v it is %s", s.Quota, s.Period, s.LastSave, got)
				}
				if got := state(time.Minute); got == Met {
					t.Fatalf("%s %s: made a minute after the last save %v it is still met", s.Quota, s.Period, s.LastSave)
				}
			}
		}
	})
}
