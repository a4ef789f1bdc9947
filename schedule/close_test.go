package schedule

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule/calendar"
)

func derived(p *Plan, ev []media.Evidence, ds []Decision, obs Observation, now string) Evaluation {
	m := Match(p, ev, ds, tet())
	return Evaluation{Plan: p.ID, Version: "v1", Classifier: "c1", Now: at(now), Standings: Stand(p, m, obs, ds, tet(), at(now)), Matching: m, Evidence: ev}
}

func window(t *testing.T, id string) calendar.Period {
	t.Helper()
	w, err := calendar.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWhere: a week is told in the window of its Sunday, a month in the window
// that holds its last day, a running one as running.
func TestWhere(t *testing.T) {
	p := world()
	for _, c := range []struct {
		quota, period, window string
		told, whole           bool
	}{
		{"B-D1", "2023-W11", "2023-03@14", false, false}, // 13–19 March
		{"B-D1", "2023-W11", "2023-04@14", true, true},
		{"B-D1", "2023-W10", "2023-03@14", true, true}, // Sunday is the 12th
		{"A-6.1", "2023-02", "2023-03@14", true, true},
		{"A-6.1", "2023-03", "2023-03@14", true, false},
		{"A-6.1", "2023-03", "2023-04@14", true, true},
		{"A-6.1", "2023-04", "2023-03@14", false, false},
		{"B-A1", "2022-12-30..2023-01-30", "2023-02@14", true, true},
		{"B-A1", "2022-12-30..2023-01-30", "2023-03@14", true, false},
		{"B-A1", "2022-12-30..2023-01-30", "2023-01@14", true, false},
		{"B-D1", "2023-W50", "2023-12-15..2023-12-31", true, true},
		{"B-D1", "2023-W52", "2023-12-15..2023-12-31", true, true},
		{"B-D1", "2023-W49", "2023-12-15..2023-12-31", false, false},
	} {
		period, err := calendar.Parse(c.period)
		if err != nil {
			t.Fatal(err)
		}
		told, whole := Where(p, tet(), Standing{Quota: c.quota, Period: c.period, Start: period.Start, End: period.End}, window(t, c.window))
		if told != c.told || whole != c.whole {
			t.Errorf("%s %s in %s: %v %v, want %v %v", c.quota, c.period, c.window, told, whole, c.told, c.whole)
		}
	}
}

// TestYearCloses: the windows of the year and its end hold every week once.
func TestYearCloses(t *testing.T) {
	p := world()
	n := map[string]int{}
	windows := []string{"2023-12-15..2023-12-31"}
	for _, m := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"} {
		windows = append(windows, "2023-"+m+"@14")
	}
	for _, w := range windows {
		for _, period := range Periods(p, p.Quotas[0]) {
			s := Standing{Quota: "B-D1", Period: period.ID, Start: period.Start, End: period.End}
			if _, whole := Where(p, tet(), s, window(t, w)); whole {
				n[period.ID]++
			}
		}
	}
	if len(n) != 52 {
		t.Errorf("%d weeks closed, want 52", len(n))
	}
	for id, k := range n {
		if k != 1 {
			t.Errorf("%s closed %d times", id, k)
		}
	}
}

func TestClose(t *testing.T) {
	p, w := world(), window(t, "2023-04@14")
	ev := []media.Evidence{airing("2023-03-29 20:00", 20), airing("2023-04-05 20:00", 12), item("mau/bao", "2023-03-07", column), item("mau/bao", "2023-03-20", column)}
	e := derived(p, ev, nil, everything(p), "2023-04-17")
	if _, err := Close(p, tet(), e, w, nil, "Chuyên viên", "", at("2023-04-14 23:59:59")); !errors.Is(err, ErrNotOver) {
		t.Fatalf("closed before the end: %v", err)
	}
	c, err := Close(p, tet(), e, w, nil, "Chuyên viên", "", at("2023-04-17"))
	if err != nil {
		t.Fatal(err)
	}
	weeks := map[string]State{}
	for _, r := range c.Rows {
		if r.Standing.Quota == "B-D1" {
			weeks[r.Standing.Period] = r.Standing.State
		}
		if r.Standing.State == Open {
			t.Errorf("closed an open row: %+v", r.Standing)
		}
	}
	if want := map[string]State{"2023-W11": Missed, "2023-W12": Missed, "2023-W13": Met, "2023-W14": Missed}; !reflect.DeepEqual(weeks, want) {
		t.Errorf("weeks %v, want %v", weeks, want)
	}
	if c.Revision != 1 || c.Dataset == "" || c.PlanVersion != p.Version || c.Classifier != "c1" || len(c.Open) == 0 {
		t.Errorf("certificate %+v", c)
	}

	// As closed, nothing is proposed, and every closed row says so.
	f := e.Frozen([]Closing{c})
	if len(f.Proposals) != 0 || len(f.Standings) != len(e.Standings) || len(f.Matching.Credits) != len(e.Matching.Credits) || len(f.Matching.Rejections) != len(e.Matching.Rejections) {
		t.Errorf("frozen at once: %d proposals, %d of %d standings", len(f.Proposals), len(f.Standings), len(e.Standings))
	}
	if !reflect.DeepEqual(f.Matching, e.Matching) {
		t.Errorf("freezing moved credits about")
	}
	for _, s := range f.Standings {
		_, whole := Where(p, tet(), s, w)
		if has := slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == "closed" }); has != (whole && s.State != Open) {
			t.Errorf("%s %s: closed %v", s.Quota, s.Period, has)
		}
	}

	// A back-dated piece claims a date in the closed week: a proposal, not a change.
	back := airing("2023-04-06 20:00", 20)
	back.Seen = at("2023-05-02")
	later := derived(p, append(slices.Clone(ev), back), nil, everything(p), "2023-05-03")
	g := later.Frozen([]Closing{c})
	if len(g.Proposals) != 1 || g.Proposals[0].Period != "2023-W14" || len(g.Proposals[0].Added) != 1 || g.Proposals[0].Now.State != Met || g.Proposals[0].Was.State != Missed {
		t.Fatalf("proposals %+v", g.Proposals)
	}
	for _, s := range g.Standings {
		if s.Quota == "B-D1" && s.Period == "2023-W14" && (s.State != Missed || !strings.Contains(strings.Join(codes(s.Reasons), " "), "restate_proposed")) {
			t.Errorf("the closed week changed by itself: %+v", s)
		}
	}

	// A person restates it: the next revision, the first one untouched.
	first := c.Dataset
	r2 := c.Restated(later, g.Proposals, "Trưởng phòng", "nhật ký bổ sung", at("2023-05-04"))
	if r2.Revision != 2 || r2.Dataset == first || c.Dataset != first || r2.ID == c.ID || Dataset(c.Rows) != first {
		t.Errorf("revision %d, dataset %s of %s", r2.Revision, r2.Dataset, first)
	}
	later.Now = at("2023-05-05") // an act of tomorrow is not known today
	if h := later.Frozen([]Closing{c, r2}); len(h.Proposals) != 0 {
		t.Errorf("restated, and still proposed: %+v", h.Proposals)
	} else {
		for _, s := range h.Standings {
			if s.Quota == "B-D1" && s.Period == "2023-W14" && s.State != Met {
				t.Errorf("restated week: %s", s.State)
			}
		}
	}

	// A wider period closed later takes the rows as they were closed.
	q, err := Close(p, tet(), later.Frozen([]Closing{c, r2}), window(t, "2023-04"), nil, "Chuyên viên", "", at("2023-05-05"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range q.Rows {
		if slices.ContainsFunc(r.Standing.Reasons, func(x Reason) bool { return x.Code == "closed" || x.Code == "restate_proposed" }) {
			t.Errorf("%s %s carries what freezing added", r.Standing.Quota, r.Standing.Period)
		}
	}
}

// TestDatasetCoversEvidence: the id changes with every part of the evidence
// list, and with nothing else.
func TestDatasetCoversEvidence(t *testing.T) {
	p := world()
	ev := []media.Evidence{airing("2023-03-29 20:00", 20), airing("2023-04-05 20:00", 12), item("mau/bao", "2023-03-07", column)}
	c, err := Close(p, tet(), derived(p, ev, nil, everything(p), "2023-04-17"), window(t, "2023-04@14"), nil, "A", "", at("2023-04-17"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() []ClosedRow {
		raw, err := json.Marshal(c.Rows)
		if err != nil {
			t.Fatal(err)
		}
		var rows []ClosedRow
		if err := json.Unmarshal(raw, &rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if Dataset(fresh()) != c.Dataset {
		t.Fatal("the id does not survive storage")
	}
	shuffled := fresh()
	slices.Reverse(shuffled)
	if Dataset(shuffled) != c.Dataset {
		t.Error("the id depends on the order of the rows")
	}
	with := slices.IndexFunc(c.Rows, func(r ClosedRow) bool { return len(r.Credits) > 0 })
	without := slices.IndexFunc(c.Rows, func(r ClosedRow) bool { return len(r.Rejections) > 0 })
	for name, change := range map[string]func(rows []ClosedRow){
		"a row gone":       func(rows []ClosedRow) { rows[0].Standing.Owner = "x" },
		"state":            func(rows []ClosedRow) { rows[with].Standing.State = Exempt },
		"confirmed":        func(rows []ClosedRow) { rows[with].Standing.Confirmed = true },
		"a number":         func(rows []ClosedRow) { rows[with].Standing.Measures[0].Delivered++ },
		"a credit gone":    func(rows []ClosedRow) { rows[with].Credits = nil },
		"kept copy":        func(rows []ClosedRow) { rows[with].Credits[0].Evidence.Kept = "ab" },
		"date":             func(rows []ClosedRow) { rows[with].Credits[0].Evidence.At = at("2023-03-30") },
		"grade":            func(rows []ClosedRow) { rows[with].Credits[0].Evidence.Grade = media.GradeD },
		"why not":          func(rows []ClosedRow) { rows[without].Rejections[0].Reason.Code = "is_repeat" },
		"rejected instead": func(rows []ClosedRow) { rows[without].Rejections = nil },
	} {
		rows := fresh()
		change(rows)
		if Dataset(rows) == c.Dataset {
			t.Errorf("%s: the id is the same", name)
		}
	}
}

func TestChanged(t *testing.T) {
	p := world()
	change := func(quota, field, value, from string) Change {
		return Change{Quota: quota, Field: field, Value: value, From: at(from), At: at(from), Actor: "Chuyên viên", Basis: "Công văn 12/SNV-CCHC"}
	}
	for name, c := range map[string]struct {
		c    Change
		want string
	}{
		"a reference level":    {change("A-4", "wanted", "3", "2023-03-01"), ""},
		"the plan's own":       {change("A-6.1", "wanted", "1", "2023-03-01"), "own number"},
		"the plan's own weeks": {change("B-D1", "wanted", "0", "2023-03-01"), "own number"},
		"unknown quota":        {change("A-9", "wanted", "3", "2023-03-01"), "A-9"},
		"unknown field":        {change("A-4", "colour", "3", "2023-03-01"), "colour"},
		"no number":            {change("A-4", "wanted", "many", "2023-03-01"), "many"},
		"none wanted":          {change("A-4", "wanted", "0", "2023-03-01"), "at least 1"},
		"outside the plan":     {change("A-4", "wanted", "3", "2025-03-01"), "outside"},
		"without a basis":      {Change{Quota: "A-4", Field: "wanted", Value: "3", From: at("2023-03-01"), Actor: "A"}, "basis"},
		"make-good on":         {change("B-D1", "make_good", "7", "2023-03-01"), ""},
		"a reading":            {change("A-6.1", "reading", "R3", "2023-03-01"), ""},
		"no such reading":      {change("A-6.1", "reading", "R4", "2023-03-01"), "R4"},
	} {
		if err := CheckChange(p, c.c); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	q, errs := Changed(p, []Change{change("A-4", "wanted", "5", "2023-04-01"), change("A-4", "wanted", "3", "2023-03-01"), change("A-4", "lead_days", "4", "2023-03-01")})
	if len(errs) > 0 || q.Version == p.Version || p.Quotas[4].Was != nil {
		t.Fatalf("%v", errs)
	}
	want := map[string]float64{"2023-01": 2, "2023-02": 2, "2023-03": 3, "2023-04": 5, "2023-05": 5}
	for _, s := range Stand(q, Match(q, nil, nil, tet()), everything(q), nil, tet(), at("2023-05-20")) {
		if s.Quota == "A-4" && s.Owner == "mau/so-a" && s.Measures[0].Wanted != want[s.Period] {
			t.Errorf("%s: %v wanted, want %v: a change recomputes only from its own day", s.Period, s.Measures[0].Wanted, want[s.Period])
		}
	}
	if len(q.Quotas[4].Was) != 3 || q.Quotas[4].LeadDays != 4 { // one entry for each change, in order
		t.Errorf("history %+v", q.Quotas[4].Was)
	}
	// A change that no longer fits is told and left out.
	if r, errs := Changed(p, []Change{change("A-9", "wanted", "3", "2023-03-01")}); len(errs) != 1 || len(r.Quotas) != len(p.Quotas) {
		t.Errorf("%v", errs)
	}
}

// TestAmended: an amended plan counts from its own day.
func TestAmended(t *testing.T) {
	older, newer := world(), world()
	newer.Version, newer.Effective = "v2", at("2023-03-01")
	newer.Quotas[0].Cadence = calendar.Month // one broadcast a month from now on
	newer.Quotas = slices.Delete(newer.Quotas, 4, 5)
	newer.Quotas = append(newer.Quotas, Quota{ID: "A-9", Class: Reg, Kind: "count", Basis: ByReference, Owner: Owner{Agency: "mau/so-b"}, Cadence: calendar.Month, Wanted: 1,
		WantedBasis: ByReference, Conditions: []Condition{{Name: "reform", Basis: ByPlan}}})
	p := Amended(older, newer)
	periods := map[string][]string{}
	for _, s := range Stand(p, Match(p, nil, nil, tet()), everything(p), nil, tet(), at("2023-04-10")) {
		if s.Owner != "mau/so-a" || s.Quota != "A-4" {
			periods[s.Quota] = append(periods[s.Quota], s.Period)
		}
		if s.Quota == "A-4" && s.Start.After(at("2023-02-15")) {
			t.Errorf("%s owed after the plan dropped it", s.Period)
		}
	}
	if got := periods["B-D1"]; !slices.Contains(got, "2023-W08") || slices.Contains(got, "2023-W09") || !slices.Contains(got, "2023-03") || slices.Contains(got, "2023-02") {
		t.Errorf("B-D1: %v; want whole weeks until March and months from then on", got)
	}
	if got := periods["A-9"]; !slices.Equal(got, []string{"2023-03", "2023-04"}) {
		t.Errorf("A-9: %v; want from its own month", got)
	}
	if Amended(older, older) != older {
		t.Error("a plan without a day of its own replaces the older one whole")
	}
}

// TestForOneOwner: what one owner owes comes out the same alone as among all.
func TestForOneOwner(t *testing.T) {
	p := duties()
	p.Quotas = append(p.Quotas, world().Quotas...)
	for i := range p.Quotas { // ids must be one each
		if i >= len(duties().Quotas) && (p.Quotas[i].ID == "B-C1" || p.Quotas[i].ID == "A-8") {
			p.Quotas[i].ID += "x"
		}
	}
	ev := []media.Evidence{airing("2023-03-08 20:00", 20), item("mau/bao", "2023-03-07", column), item("mau/so-a", "2023-03-08"), item("mau/so-b", "2023-03-09"),
		decree("12/QĐ-UBND", "2023-03-06"), posting("12/QĐ-UBND", "", "2023-03-09")}
	ds := []Decision{decide(Attest, "B-A1", "mau/so-a", "", "2023-01-20", dated("2023-01-10"), paper("1/KH")),
		decide(Add, "A-4", "mau/so-a", "2023-03", "2023-04-01", on(item("mau/so-b", "2023-03-09").ID))}
	obs := probed(everything(p), "mau/so-a-1", "2023-03-01", "2023-04-01", "up")
	now := at("2023-04-20")
	whole := Match(p, ev, ds, tet())
	all := Stand(p, whole, obs, ds, tet(), now)
	var parts []Standing
	credits := 0
	for _, a := range p.Agencies {
		part := p.For(a.ID)
		m := Match(part, ev, ds, tet())
		credits += len(m.Credits)
		parts = append(parts, Stand(part, m, obs, ds, tet(), now)...)
	}
	key := func(s Standing) string { return s.Quota + s.Owner + s.Period }
	byKey := func(a, b Standing) int { return strings.Compare(key(a), key(b)) }
	slices.SortFunc(all, byKey)
	slices.SortFunc(parts, byKey)
	if !reflect.DeepEqual(all, parts) || credits != len(whole.Credits) {
		t.Errorf("%d standings and %d credits by owner, %d and %d in all, or others", len(parts), credits, len(all), len(whole.Credits))
	}
	// Some together are as they are in all, in the same order.
	all = Stand(p, whole, obs, ds, tet(), now)
	for n := 2; n <= len(p.Agencies); n++ {
		for some := range slices.Chunk(p.Agencies, n) {
			var ids []string
			for _, a := range some {
				ids = append(ids, a.ID)
			}
			part := p.For(ids...)
			m := Match(part, ev, ds, tet())
			mine := func(owner string) bool { return slices.Contains(ids, owner) }
			credits := slices.DeleteFunc(slices.Clone(whole.Credits), func(c Credit) bool { return !mine(c.Owner) })
			rejections := slices.DeleteFunc(slices.Clone(whole.Rejections), func(r Rejection) bool { return !mine(r.Owner) })
			standings := slices.DeleteFunc(slices.Clone(all), func(s Standing) bool { return !mine(s.Owner) })
			if !slices.EqualFunc(m.Credits, credits, func(a, b Credit) bool { return reflect.DeepEqual(a, b) }) ||
				!slices.EqualFunc(m.Rejections, rejections, func(a, b Rejection) bool { return reflect.DeepEqual(a, b) }) ||
				!slices.EqualFunc(Stand(part, m, obs, ds, tet(), now), standings, func(a, b Standing) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("%v together are not what they are in all", ids)
			}
		}
	}
}

// TestWindowsOfTheYear: reporting windows of a year are those from 15 December
// of the year before to 14 December.
func TestWindowsOfTheYear(t *testing.T) {
	p := world()
	for cadence, want := range map[calendar.Cadence][]string{calendar.Month14: {"2023-01@14", "2023-12@14"}, calendar.Quarter14: {"2023-Q1@14", "2023-Q4@14"}} {
		all := Periods(p, Quota{Cadence: cadence})
		if n := len(all); (n != 12 && n != 4) || all[0].ID != want[0] || all[n-1].ID != want[1] {
			t.Errorf("%s: %v", cadence, all)
		}
	}
}

// TestAmendedCadence: where an amended plan counts by months what was counted
// by weeks, a broadcast that both hold counts for the new month.
func TestAmendedCadence(t *testing.T) {
	older, newer := world(), world()
	newer.Version, newer.Effective = "v2", at("2023-03-01")
	newer.Quotas[0].Cadence = calendar.Month
	m := Match(Amended(older, newer), []media.Evidence{airing("2023-03-02 20:00", 20), airing("2023-02-25 20:00", 20)}, nil, tet())
	got := map[string]string{}
	for _, c := range m.Credits {
		got[c.Evidence.At.Format("01-02")] = c.Period
	}
	if got["03-02"] != "2023-03" || got["02-25"] != "2023-W08" {
		t.Errorf("credits %v", got)
	}
}
