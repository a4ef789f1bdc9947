package schedule

import (
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule/calendar"
)

// TestNothingAroseAndYet: a statement that nothing arose is no accusation when
// something came after all.
func TestNothingAroseAndYet(t *testing.T) {
	p := duties()
	statement := decide(Attest, "B-R1", "mau/so-a", "2023-Q1@14", "2023-03-15", none)
	late := decide(Attest, "B-R1", "mau/so-a", "2023-Q1@14", "2023-03-16", dated("2023-03-16"), paper("7/BC"))
	for name, c := range map[string]struct {
		ds   []Decision
		want State
	}{"the statement": {[]Decision{statement}, Exempt}, "and a paper": {[]Decision{statement, late}, Met}} {
		s, _ := run(t, p, nil, c.ds, everything(p), "2023-03-25", "B-R1", "mau/so-a", "2023-Q1@14")
		if s.State != c.want {
			t.Errorf("%s: %s %v", name, s.State, codes(s.Reasons))
		}
	}
}

// TestAbsentOnce: one answer «not found» between good ones, or before the
// server went down, proves nothing.
func TestAbsentOnce(t *testing.T) {
	p, nong := duties(), "mau/so-a-nong"
	for name, c := range map[string]struct {
		probes []string
		want   State
	}{
		"between good ones":       {[]string{nong, "2023-03-02", "2023-03-02", "absent", nong, "2023-03-09", "2023-03-09", "up", nong, "2023-03-30", "2023-03-30", "absent"}, Insufficient},
		"twice at the end":        {[]string{nong, "2023-03-09", "2023-03-09", "up", nong, "2023-03-23", "2023-03-23", "absent", nong, "2023-03-30", "2023-03-30", "absent"}, Missed},
		"and then no server":      {[]string{nong, "2023-03-23", "2023-03-24", "absent", nong, "2023-03-30", "2023-03-30", "down"}, Insufficient},
		"there, and then no more": {[]string{nong, "2023-03-23", "2023-03-24", "up", nong, "2023-03-30", "2023-03-30", "down"}, Met},
	} {
		s, _ := run(t, p, nil, nil, probed(everything(p), c.probes...), "2023-04-05", "A-1.2", "mau/so-a", "2023-03")
		if s.State != c.want {
			t.Errorf("%s: %s %v, want %s", name, s.State, codes(s.Reasons), c.want)
		}
	}
}

// TestOwnLineDown: when nothing can be reached at all it is our own line.
func TestOwnLineDown(t *testing.T) {
	p := duties()
	probes := func(ids ...string) (out []string) {
		for _, id := range ids {
			out = append(out, id, "2023-03-01", "2023-03-10", "up", id, "2023-03-10", "2023-03-13", "down", id, "2023-03-13", "2023-04-01", "up")
		}
		return out
	}
	ours, _ := run(t, p, nil, nil, probed(everything(p), probes("mau/so-a-1", "mau/cong-1", "mau/cuc-1")...), "2023-04-20", "B-C2", "mau/so-b", "2023-03")
	if ours.State == Missed || ours.Measures[0].Delivered != 100 {
		t.Errorf("all down together: %s %+v", ours.State, ours.Measures)
	}
	theirs := append(probes("mau/so-a-1", "mau/cong-1"), "mau/cuc-1", "2023-03-01", "2023-04-01", "up")
	if s, _ := run(t, p, nil, nil, probed(everything(p), theirs...), "2023-04-20", "B-C2", "mau/so-b", "2023-03"); s.State != Missed {
		t.Errorf("two of three down: %s %+v", s.State, s.Measures)
	}
}

// TestPosts: a title posts the first decision it names, not one it replaces.
func TestPosts(t *testing.T) {
	for title, want := range map[string]string{
		"Quyết định số 500/QĐ-UBND công bố Danh mục thủ tục hành chính thay thế Quyết định số 100/QĐ-UBND ngày 05/01/2023": "500/QĐ-UBND",
		"Công bố thủ tục hành chính sửa đổi theo Quyết định số 100/QĐ-UBND ngày 05/01/2023":                                "",
		"Công bố danh mục thủ tục hành chính": "",
	} {
		if got := posts(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// TestDroppedDeadline: what an amended plan drops before it falls due is not owed.
func TestDroppedDeadline(t *testing.T) {
	older, newer := world(), world()
	older.Quotas[2].Deadline = at("2023-06-30")
	newer.Version, newer.Effective = "v2", at("2023-04-01")
	newer.Quotas = slices.Delete(newer.Quotas, 2, 3)
	p := Amended(older, newer)
	for _, s := range Stand(p, Match(p, nil, nil, tet()), everything(p), nil, tet(), at("2023-08-01")) {
		if s.Quota == "B-A1" {
			t.Errorf("still owed: %+v", s)
		}
	}
}

// TestChangeBeforeAmendment: a number changed from March holds until the
// amended plan of July, whose own number holds from then.
func TestChangeBeforeAmendment(t *testing.T) {
	older, newer := world(), world()
	newer.Version, newer.Effective = "v2", at("2023-07-01")
	newer.Quotas[4].Wanted = 5
	c := func(value, from string) Change {
		return Change{Quota: "A-4", Field: "wanted", Value: value, From: at(from), At: at(from), Actor: "A", Basis: "12/SNV"}
	}
	p, errs := Changed(Amended(older, newer), []Change{c("3", "2023-03-01"), c("6", "2023-09-01")})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	want := map[string]float64{"2023-02": 2, "2023-03": 3, "2023-06": 3, "2023-07": 5, "2023-08": 5, "2023-09": 6}
	for _, s := range Stand(p, Match(p, nil, nil, tet()), everything(p), nil, tet(), at("2023-09-20")) {
		if w, ok := want[s.Period]; ok && s.Quota == "A-4" && s.Owner == "mau/so-a" && s.Measures[0].Wanted != w {
			t.Errorf("%s: %v wanted, want %v", s.Period, s.Measures[0].Wanted, w)
		}
	}
}

// TestMakeGoodAndClosing: nothing moves into a closed week, and what counted in
// one counts in no other.
func TestMakeGoodAndClosing(t *testing.T) {
	p := world()
	p.Quotas[0].MakeGood = 7
	only := airing("2023-03-07 20:00", 20) // of week 10, which could make week 9 good
	weeks := func(cs []Closing, ev ...media.Evidence) map[string]State {
		now := at("2023-03-20")
		ds := Held(p, cs, now)
		m := Match(p, ev, ds, tet())
		e := Evaluation{Plan: p.ID, Now: now, Matching: m, Standings: Stand(p, m, everything(p), nil, tet(), now)}.Frozen(cs)
		out := map[string]State{}
		for _, s := range e.Standings {
			if s.Quota == "B-D1" {
				out[s.Period] = s.State
			}
		}
		n := 0
		for _, c := range e.Matching.Credits {
			if c.Evidence.ID == only.ID {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the broadcast counts %d times", n)
		}
		return out
	}
	shut := func(ev ...media.Evidence) []Closing {
		e := derived(p, ev, nil, everything(p), "2023-03-06")
		c, err := Close(p, tet(), e, window(t, "2023-02-20..2023-03-05"), nil, "A", "", at("2023-03-06"))
		if err != nil {
			t.Fatal(err)
		}
		return []Closing{c}
	}
	if got := weeks(nil, only); got["2023-W09"] != Met || got["2023-W10"] == Met {
		t.Errorf("nothing closed: %v; want week 9 made good", got)
	}
	if got := weeks(shut(), only); got["2023-W09"] != Missed || got["2023-W10"] != Met {
		t.Errorf("week 9 closed as missed: %v; want week 10 to keep its own", got)
	}
	e := derived(p, []media.Evidence{only}, nil, everything(p), "2023-03-13")
	c, err := Close(p, tet(), e, window(t, "2023-02-27..2023-03-05"), nil, "A", "", at("2023-03-13"))
	if err != nil {
		t.Fatal(err)
	}
	back := airing("2023-03-02 20:00", 20) // comes to light after week 9 was closed with the other
	if got := weeks([]Closing{c}, only, back); got["2023-W09"] != Met || got["2023-W10"] == Met {
		t.Errorf("made good and closed: %v", got)
	}
}

// TestRestatingOneRowKeepsOthers: of several acts on a row the latest rules,
// not the latest closing that holds it.
func TestRestatingOneRowKeepsOthers(t *testing.T) {
	p := world()
	early := derived(p, nil, nil, everything(p), "2023-03-15")
	month, err := Close(p, tet(), early, window(t, "2023-02"), nil, "A", "", at("2023-03-15"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := Close(p, tet(), early.Frozen([]Closing{month}), window(t, "2023-03@14"), nil, "A", "", at("2023-03-16"))
	if err != nil {
		t.Fatal(err)
	}
	now := derived(p, []media.Evidence{airing("2023-02-22 20:00", 20), airing("2023-02-08 20:00", 20)}, nil, everything(p), "2023-04-01")
	pick := func(cs []Closing, week string) []Proposal {
		return slices.DeleteFunc(now.Frozen(cs).Proposals, func(x Proposal) bool { return x.Period != week })
	}
	cs := []Closing{month, report}
	both := report.Restated(now, pick(cs, "2023-W08"), "B", "nhật ký muộn", at("2023-03-20"))
	cs = append(cs, both)
	cs = append(cs, month.Restated(now, pick(cs, "2023-W06"), "B", "nhật ký muộn", at("2023-03-21")))
	for _, s := range now.Frozen(cs).Standings {
		if s.Quota == "B-D1" && (s.Period == "2023-W08" || s.Period == "2023-W06") && s.State != Met {
			t.Errorf("%s: %s; restating one week undid the other", s.Period, s.State)
		}
	}
}

// TestClosedRowsStay: a closed row whose quota or owner left the plan stays, and
// that it would go is proposed.
func TestClosedRowsStay(t *testing.T) {
	p := world()
	e := derived(p, []media.Evidence{item("mau/so-a", "2023-03-08")}, nil, everything(p), "2023-04-17")
	c, err := Close(p, tet(), e, window(t, "2023-04@14"), nil, "A", "", at("2023-04-17"))
	if err != nil {
		t.Fatal(err)
	}
	q := world()
	q.Agencies = slices.DeleteFunc(q.Agencies, func(a media.Agency) bool { return a.ID == "mau/so-a" })
	later := derived(q, nil, nil, everything(q), "2023-05-01")
	f := later.Frozen([]Closing{c})
	n := 0
	for _, s := range f.Standings {
		if s.Owner == "mau/so-a" {
			n++
		}
	}
	proposed := slices.DeleteFunc(slices.Clone(f.Proposals), func(x Proposal) bool { return x.Owner != "mau/so-a" })
	if n == 0 || len(proposed) != n || proposed[0].Now.State != "" {
		t.Fatalf("%d rows of the agency that is gone, %d proposals", n, len(proposed))
	}
	next := c.Restated(later, f.Proposals, "B", "cơ quan đã sáp nhập", at("2023-05-02"))
	if slices.ContainsFunc(next.Rows, func(r ClosedRow) bool { return r.Standing.Owner == "mau/so-a" }) {
		t.Error("restated, and still there")
	}
}

// TestForWatchesWhatItWatched: an owner alone sees the sites that an earlier
// definition watched.
func TestForWatchesWhatItWatched(t *testing.T) {
	older, newer := duties(), duties()
	i := slices.IndexFunc(newer.Quotas, func(q Quota) bool { return q.ID == "B-C2" })
	newer.Version, newer.Effective = "v2", at("2023-04-01")
	newer.Quotas[i].Watch = []media.Level{media.Portal}
	p := Amended(older, newer)
	obs := probed(everything(p), "mau/so-a-1", "2023-03-01", "2023-03-15", "up", "mau/so-a-1", "2023-03-15", "2023-04-01", "down",
		"mau/cong-1", "2023-03-01", "2023-04-01", "up", "mau/cuc-1", "2023-03-01", "2023-04-01", "up")
	of := func(p *Plan) Measure {
		for _, s := range Stand(p, Match(p, nil, nil, tet()), obs, nil, tet(), at("2023-04-20")) {
			if s.Quota == "B-C2" && s.Period == "2023-03" {
				return s.Measures[0]
			}
		}
		return Measure{}
	}
	if a, b := of(p), of(p.For("mau/so-b")); a != b || a.Delivered == 100 {
		t.Errorf("among all %+v, alone %+v", a, b)
	}
}

// TestPrintedNeedsALabel: a register says what was printed; that it is about
// reform only the label of a column says, or a person.
func TestPrintedNeedsALabel(t *testing.T) {
	p := world()
	q := &p.Quotas[1]
	q.Print, q.Reading = true, "R2"
	q.Conditions = []Condition{{Name: "reform", Basis: ByPlan}, {Name: "column", Basis: ByReference, List: []string{"cchc"}}}
	piece := func(day, column string) media.Evidence {
		return media.Evidence{ID: "in " + day, Kind: media.EvPrint, Agency: "mau/bao", At: at(day), Precision: media.ToDay, Seen: at("2023-04-03"), Column: column, Title: "Bóng đá"}
	}
	obs := everything(p)
	obs.Spans[RegisterSource(media.RegPrint, "mau/bao")] = []Span{{at("2023-03-01"), at("2023-04-01")}}
	for name, c := range map[string]struct {
		ev   []media.Evidence
		want State
	}{
		"sport":   {[]media.Evidence{piece("2023-03-07", ""), piece("2023-03-14", "the-thao")}, Insufficient}, // a person has to look
		"columns": {[]media.Evidence{piece("2023-03-07", "cchc"), piece("2023-03-14", "cchc")}, Met},
	} {
		s, _ := run(t, p, c.ev, nil, obs, "2023-04-05", "A-6.1", "mau/bao", "2023-03")
		if s.State != c.want {
			t.Errorf("%s: %s %v, want %s", name, s.State, strings.Join(codes(s.Reasons), " "), c.want)
		}
	}
}

// TestYearEndHoldsEveryWeek: also the 53rd, whose Sunday is in January.
func TestYearEndHoldsEveryWeek(t *testing.T) {
	p := world()
	p.Year, p.From, p.To = 2026, at("2026-01-01"), at("2027-01-01")
	end := YearEnd(p, tet())
	weeks := Periods(p, p.Quotas[0])
	last := weeks[len(weeks)-1]
	if _, whole := Where(p, tet(), Standing{Quota: "B-D1", Period: last.ID, Start: last.Start, End: last.End}, end); last.ID != "2026-W53" || !whole {
		t.Errorf("%s is not in %s", last.ID, end.ID)
	}
}

// TestYearlyPaper: a paper for the year may be dated before it begins, one for a
// quarter may not.
func TestYearlyPaper(t *testing.T) {
	p := duties()
	i := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == "B-C1" })
	for cadence, want := range map[calendar.Cadence]int{calendar.Year: 1, calendar.Quarter: 0} {
		p.Quotas[i].Cadence = cadence
		period := map[calendar.Cadence]string{calendar.Year: "2023", calendar.Quarter: "2023-Q1"}[cadence]
		m := Match(p, nil, []Decision{decide(Attest, "B-C1", "mau/so-a", period, "2023-01-10", dated("2022-12-20"), paper("3/KH"))}, tet())
		if len(m.Credits) != want {
			t.Errorf("%s: %d credits, want %d", cadence, len(m.Credits), want)
		}
	}
}
