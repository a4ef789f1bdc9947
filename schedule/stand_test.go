package schedule

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/viet"
)

// broadcasts are the station's logs of January to March 2023, as people would make them.
func broadcasts() []media.Evidence {
	return []media.Evidence{
		airing("2023-01-04 20:15", 20),             // W01
		airing("2023-01-04 20:15:30", 20, onRadio), // W01, the same evening on a channel whose window is in the morning
		airing("2023-01-11 12:40", 15),             // W02, midday window, exactly 15 minutes
		airing("2023-01-18 20:15", 14.0+40.0/60),   // W03, 20 seconds too short
		// W04: nothing, and no receipt
		airing("2023-02-01 20:15", 20, again),                 // W05, a repeat
		airing("2023-02-08 15:00", 20),                        // W06, outside every window
		airing("2023-02-19 23:50", 20),                        // W07, Sunday, ends on Monday of W08
		airing("2023-03-01 21:50", 20),                        // W09, only ten minutes inside
		airing("2023-03-08 20:15", 20, otherTheme),            // W10
		airing("2023-03-15 21:45", 15),                        // W11, the last start that fits; no receipt
		airing("2023-03-16 06:00", 15, onRadio, episode("x")), // W11
		airing("2023-03-17 20:15", 15, episode("x")),          // W11, the same production again, logged as new
	}
}

func logs() Observation {
	return seen("log:tv", "2023-01-02", "2023-01-23", "log:tv", "2023-01-30", "2023-03-13", "log:tv", "2023-03-20", "2023-03-21")
}

func TestBroadcastQuarter(t *testing.T) {
	for _, c := range []struct {
		period    string
		state     State
		delivered float64
		reasons   string // codes
		rejected  string // "code(only reference)" by time
	}{
		{"2023-W01", Met, 1, "enough_delivered", "outside_window?"},
		{"2023-W02", Met, 1, "enough_delivered", ""},
		{"2023-W03", Missed, 0, "short unconfirmed too_short", "too_short"},
		{"2023-W04", Insufficient, 0, "receipt_missing short", ""},
		{"2023-W05", Missed, 0, "needs_judgement short unconfirmed is_repeat", "is_repeat?"},
		{"2023-W06", Missed, 0, "needs_judgement short unconfirmed outside_window", "outside_window?"},
		{"2023-W07", Missed, 0, "needs_judgement short unconfirmed outside_window", "outside_window?"},
		{"2023-W08", Missed, 0, "short unconfirmed", ""},
		{"2023-W09", Missed, 0, "needs_judgement short unconfirmed not_enough_inside", "not_enough_inside?"},
		{"2023-W10", Missed, 0, "short unconfirmed", "wrong_theme"},
		{"2023-W11", Met, 2, "enough_delivered", "same_production?"},
	} {
		s, m := run(t, world(), broadcasts(), nil, logs(), "2023-03-22 09:00", "B-D1", "mau/dai", c.period)
		if s.State != c.state || count(s).Delivered != c.delivered || s.Confirmed || strings.Join(codes(s.Reasons), " ") != c.reasons {
			t.Errorf("%s: %s, %v delivered, %v; want %s, %v, %s", c.period, s.State, count(s).Delivered, codes(s.Reasons), c.state, c.delivered, c.reasons)
		}
		var got []string
		for _, r := range m.Rejections {
			if r.Quota == "B-D1" && r.Period == c.period {
				mark := r.Reason.Code
				if r.OnlyReference {
					mark += "?"
				}
				got = append(got, mark)
			}
		}
		if strings.Join(got, " ") != c.rejected {
			t.Errorf("%s: rejected %v, want %s", c.period, got, c.rejected)
		}
		if s.LastSave != nil || s.Risk != "" {
			t.Errorf("%s is over, and has last save %v, risk %q", c.period, s.LastSave, s.Risk)
		}
	}
}

func TestTooShortTellsHowMuch(t *testing.T) {
	_, m := run(t, world(), broadcasts(), nil, logs(), "2023-03-22", "B-D1", "mau/dai", "2023-W03")
	for _, r := range m.Rejections {
		if r.Reason.Code == "too_short" {
			want := args{"minutes": 14, "seconds": 40, "wanted": 15, "at": "2023-01-18T20:15:00+07:00"}
			if !reflect.DeepEqual(r.Reason.Args, want) || r.Condition != "min_minutes" || r.Basis != ByPlan || r.OnlyReference {
				t.Errorf("got %+v", r)
			}
			return
		}
	}
	t.Error("the short airing was not rejected")
}

func TestOpenWeek(t *testing.T) {
	for _, c := range []struct {
		now, risk, lastSave string
		due                 float64
		opportunities       int
	}{
		{"2023-03-20 09:00", "on_track", "2023-03-26 21:45", 0, 14},
		{"2023-03-22 20:00", "on_track", "2023-03-26 21:45", 0, 9}, // the evening window still has room
		{"2023-03-22 21:44", "on_track", "2023-03-26 21:45", 0, 9},
		{"2023-03-22 21:45", "at_risk", "2023-03-26 21:45", 0, 9}, // three working days before the last save
		{"2023-03-24 15:00", "at_risk", "2023-03-26 21:45", 0, 5},
		{"2023-03-26 13:00", "at_risk", "2023-03-26 21:45", 0, 2},
		{"2023-03-26 13:16", "at_risk", "2023-03-26 21:45", 1, 1}, // the last window
		{"2023-03-26 21:45", "at_risk", "2023-03-26 21:45", 1, 1},
		{"2023-03-26 21:46", "at_risk", "", 1, 0},
	} {
		s, _ := run(t, world(), broadcasts(), nil, logs(), c.now, "B-D1", "mau/dai", "2023-W12")
		last := ""
		if s.LastSave != nil {
			last = s.LastSave.Format("2006-01-02 15:04")
		}
		if s.State != Open || s.Risk != c.risk || last != c.lastSave || s.DueByNow != c.due {
			t.Errorf("%s: %s %s, last save %q, due %v; want %+v", c.now, s.State, s.Risk, last, s.DueByNow, c)
		}
		if c.risk == "at_risk" && (s.Reasons[0].Code != "at_risk" || s.Reasons[0].Args["opportunities"] != c.opportunities) {
			t.Errorf("%s: %v, want %d opportunities", c.now, s.Reasons, c.opportunities)
		}
	}
}

// Evidence from after the asked moment has not been delivered yet.
func TestAsOfAnEarlierMoment(t *testing.T) {
	s, _ := run(t, world(), broadcasts(), nil, logs(), "2023-01-04 20:00", "B-D1", "mau/dai", "2023-W01")
	if s.State != Open || count(s).Delivered != 0 {
		t.Errorf("before the airing: %s, %v", s.State, count(s))
	}
	s, _ = run(t, world(), broadcasts(), nil, logs(), "2023-01-04 21:00", "B-D1", "mau/dai", "2023-W01")
	if s.State != Met || s.LastSave != nil {
		t.Errorf("after the airing: %s", s.State)
	}
}

func TestWeeksOwned(t *testing.T) {
	st := Stand(world(), Matching{}, Observation{}, nil, tet(), at("2024-06-01"))
	var weeks []string
	for _, s := range st {
		if s.Quota == "B-D1" {
			weeks = append(weeks, s.Period)
		}
	}
	if len(weeks) != 52 || weeks[0] != "2023-W01" || weeks[51] != "2023-W52" {
		t.Errorf("%d weeks, %v", len(weeks), weeks)
	}
}

func TestInstalments(t *testing.T) {
	full := everything(world())
	two := []media.Evidence{item("mau/bao", "2023-01-05 08:00", column), item("mau/bao", "2023-01-31 23:59", column)}
	with := func(es ...media.Evidence) []media.Evidence { return es }
	jan5 := item("mau/bao", "2023-01-05 08:00", column)
	gap := seen("mau/bao-1", "2022-12-01", "2023-03-01", "mau/bao-2", "2022-12-01", "2023-01-10", "mau/bao-2", "2023-01-11", "2023-03-01")
	filled := seen("mau/bao-1", "2022-12-01", "2023-03-01", "mau/bao-2", "2022-12-01", "2023-01-10", "mau/bao-2", "2023-01-11", "2023-03-01", "mau/bao-2b", "2023-01-09 12:00", "2023-01-11 12:00")
	blind := seen("mau/bao-1", "2022-12-01", "2023-03-01", "mau/bao-2", "2022-12-01", "2023-01-10")
	blind.Blind["mau/bao-2"] = Blind{Source: "mau/bao-2", Reason: media.Challenge, Since: at("2023-01-10 03:00")}
	later := seen("mau/bao-1", "2022-12-01", "2023-03-01", "mau/bao-2", "2022-12-01", "2023-03-01")
	later.Blind["mau/bao-2"] = Blind{Source: "mau/bao-2", Reason: media.Unreachable, Since: at("2023-02-05")}
	for name, c := range map[string]struct {
		ev      []media.Evidence
		obs     Observation
		state   State
		n       float64
		reasons string
	}{
		"two dates":                       {two, full, Met, 2, "enough_delivered"},
		"two dates, nothing seen":         {two, Observation{}, Met, 2, "enough_delivered"},
		"two on one date":                 {with(jan5, item("mau/bao", "2023-01-05 18:00", column)), full, Missed, 1, "needs_judgement short unconfirmed"},
		"one":                             {with(jan5), full, Missed, 1, "short unconfirmed"},
		"one, another not in the column":  {with(jan5, item("mau/bao", "2023-01-09 08:00")), full, Missed, 1, "short unconfirmed"},
		"one, another not about reform":   {with(jan5, item("mau/bao", "2023-01-09 08:00", column, other)), full, Missed, 1, "short unconfirmed"},
		"one, another waits for a person": {with(jan5, item("mau/bao", "2023-01-09 08:00", column, review)), full, Missed, 1, "awaiting_review short unconfirmed"},
		"none, one waits for a person":    {with(item("mau/bao", "2023-01-09 08:00", column, review)), full, Missed, 0, "short unconfirmed"},
		"waits, but not in the column":    {with(jan5, item("mau/bao", "2023-01-09 08:00", review)), full, Missed, 1, "short unconfirmed"},
		"a person has refused":            {with(jan5, item("mau/bao", "2023-01-09 08:00", column, refused)), full, Missed, 1, "short unconfirmed"},
		"one whose page cannot be read":   {with(jan5, item("mau/bao", "2023-01-09 08:00", column, unread)), full, Insufficient, 1, "awaiting_review short"},
		"one unread, but a person knows":  {with(jan5, item("mau/bao", "2023-01-09 08:00", column, unread, decidedBy)), full, Missed, 1, "short unconfirmed"},
		"one not read yet":                {with(jan5, item("mau/bao", "2023-01-09 08:00", column, unjudged)), full, Insufficient, 1, "awaiting_review short"},
		"one undated":                     {with(jan5, item("mau/bao", "2023-01-09 08:00", column, undated)), full, Missed, 1, "needs_judgement short unconfirmed"},
		"outside by a second":             {with(jan5, item("mau/bao", "2023-02-01 00:00", column), item("mau/bao", "2022-12-31 23:59", column)), full, Missed, 1, "short unconfirmed"},
		"one day of one stream unseen":    {with(jan5), gap, Insufficient, 1, "not_observed short"},
		"the alternative saw that day":    {with(jan5), filled, Missed, 1, "short unconfirmed"},
		"blind since the tenth":           {with(jan5), blind, Insufficient, 1, "source_blind not_observed short"},
		"blind only after the period":     {with(jan5), later, Missed, 1, "short unconfirmed"},
		"nothing ever seen":               {with(jan5), Observation{}, Insufficient, 1, "source_none short"},
		"one stream never seen":           {with(jan5), seen("mau/bao-1", "2022-12-01", "2023-03-01"), Insufficient, 1, "not_observed short"},
		"seen to one second before":       {with(jan5), seen("mau/bao-1", "2022-12-01", "2023-03-01", "mau/bao-2", "2022-12-01", "2023-01-31 23:59:59"), Insufficient, 1, "not_observed short"},
	} {
		s, _ := run(t, world(), c.ev, nil, c.obs, "2023-02-10", "A-6.1", "mau/bao", "2023-01")
		if s.State != c.state || count(s).Delivered != c.n || count(s).Shortfall != max(0, 2-c.n) || strings.Join(codes(s.Reasons), " ") != c.reasons {
			t.Errorf("%s: %s, %+v, %v; want %s, %v, %s", name, s.State, count(s), codes(s.Reasons), c.state, c.n, c.reasons)
		}
	}
}

func TestInstalmentsOpen(t *testing.T) {
	p := world()
	one := []media.Evidence{item("mau/bao", "2023-03-03 08:00", column)}
	for _, c := range []struct {
		now, risk, lastSave string
		ev                  []media.Evidence
		due                 float64
	}{
		{"2023-03-10", "on_track", "2023-03-30 23:59:59", nil, 0},
		{"2023-03-17", "on_track", "2023-03-30 23:59:59", nil, 1},
		{"2023-03-23", "at_risk", "2023-03-30 23:59:59", nil, 1}, // six working days before were gone on the 22nd
		{"2023-03-23", "on_track", "2023-03-31 23:59:59", one, 1},
		{"2023-03-31 08:00", "at_risk", "2023-03-31 23:59:59", one, 1},
		{"2023-03-31 08:00", "at_risk", "", nil, 1}, // two are wanted on different days, one day is left
	} {
		s, _ := run(t, p, c.ev, nil, everything(p), c.now, "A-6.1", "mau/bao", "2023-03")
		last := ""
		if s.LastSave != nil {
			last = s.LastSave.Format("2006-01-02 15:04:05")
		}
		if s.State != Open || s.Risk != c.risk || last != c.lastSave || s.DueByNow != c.due {
			t.Errorf("%s: %s %s, last save %q, due %v; want %+v", c.now, s.State, s.Risk, last, s.DueByNow, c)
		}
	}
}

func TestDeadline(t *testing.T) {
	const period = "2022-12-30..2023-01-30"
	hand := func(day string) []Decision {
		return []Decision{decide(Attest, "B-A1", "mau/so-a", period, day, dated(day), paper("05/KH-SA"))}
	}
	confirm := decide(ConfirmMissed, "B-A1", "mau/so-a", period, "2023-02-06")
	early := decide(ConfirmMissed, "B-A1", "mau/so-a", period, "2023-01-15")
	for name, c := range map[string]struct {
		ds        []Decision
		now       string
		state     State
		risk      string
		confirmed bool
		reasons   string
	}{
		"long before":                   {nil, "2023-01-05", Open, "on_track", false, "period_open"},
		"four working days before":      {nil, "2023-01-18 23:59:58", Open, "on_track", false, "period_open"},
		"three working days before":     {nil, "2023-01-18 23:59:59", Open, "at_risk", false, "at_risk period_open"}, // 30/1, 27/1, 19/1: Tết lies between
		"one second before":             {nil, "2023-01-30 23:59:59", Open, "at_risk", false, "at_risk period_open"},
		"nothing came":                  {nil, "2023-01-31", Insufficient, "", false, "evidence_missing short"},
		"on the last valid day":         {hand("2023-01-30"), "2023-02-15", Met, "", false, "on_time"},
		"met at once":                   {hand("2023-01-10"), "2023-01-12", Met, "", false, "on_time"},
		"before the plan itself":        {hand("2022-12-20"), "2023-02-15", Met, "", false, "on_time"},
		"on the deadline is late":       {hand("2023-01-31"), "2023-02-15", Missed, "", false, "late unconfirmed"},
		"late":                          {hand("2023-02-10"), "2023-02-15", Missed, "", false, "late unconfirmed"},
		"not handed in yet":             {hand("2023-02-10"), "2023-02-05", Insufficient, "", false, "evidence_missing short"},
		"late and early: the early one": {append(hand("2023-02-10"), hand("2023-01-20")...), "2023-02-15", Met, "", false, "on_time"},
		"a person confirms":             {[]Decision{confirm}, "2023-02-07", Missed, "", true, "short confirmed_missed"},
		"confirmed before it was over":  {[]Decision{early}, "2023-02-07", Insufficient, "", false, "evidence_missing short"},
		"confirmed late":                {append(hand("2023-02-10"), confirm), "2023-02-15", Missed, "", true, "late confirmed_missed"},
		"confirmed, then found in time": {append(hand("2023-01-20"), confirm), "2023-02-15", Met, "", false, "on_time"},
		"exempt":                        {[]Decision{decide(ExemptKind, "B-A1", "mau/so-a", period, "2023-02-01", paper("12/UBND"), issued("UBND tỉnh", "2023-01-30"), file)}, "2023-02-15", Exempt, "", false, "exempted"},
		"exempt without its file":       {[]Decision{decide(ExemptKind, "B-A1", "mau/so-a", period, "2023-02-01", paper("12/UBND"), issued("UBND tỉnh", "2023-01-30"))}, "2023-02-15", Insufficient, "", false, "evidence_missing short exempt_note"},
		"exempt without its document":   {[]Decision{decide(ExemptKind, "B-A1", "mau/so-a", period, "2023-02-01")}, "2023-02-15", Insufficient, "", false, "evidence_missing short exempt_note"},
		"stated not to exist":           {[]Decision{decide(Absent, "B-A1", "mau/so-a", period, "2023-02-01")}, "2023-02-15", Missed, "", false, "short stated_absent unconfirmed"},
	} {
		s, _ := run(t, world(), nil, c.ds, Observation{}, c.now, "B-A1", "mau/so-a", period)
		if s.State != c.state || s.Risk != c.risk || s.Confirmed != c.confirmed || strings.Join(codes(s.Reasons), " ") != c.reasons {
			t.Errorf("%s: %s %s %v, confirmed %v; want %+v", name, s.State, s.Risk, codes(s.Reasons), s.Confirmed, c)
		}
		if s.State == Open && s.LastSave.Format(time.DateTime) != "2023-01-30 23:59:59" {
			t.Errorf("%s: last save %v", name, s.LastSave)
		}
	}
	s, _ := run(t, world(), nil, hand("2023-02-10"), Observation{}, "2023-02-15", "B-A1", "mau/so-a", period)
	if late := s.Reasons[0].Args; late["days"] != 11 || late["date"] != "2023-02-10T00:00:00+07:00" || s.Measures[1] != (Measure{"lag", "days", "at_most", ByPlan, 0, 11, 11}) {
		t.Errorf("late by %v, %v", late, s.Measures)
	}
}

func TestDeadlineOwners(t *testing.T) {
	var owners []string
	for _, s := range Stand(world(), Matching{}, Observation{}, nil, tet(), at("2023-02-10")) {
		if s.Quota == "B-A1" {
			owners = append(owners, s.Owner+" "+string(s.State)+" "+s.Reasons[0].Code)
		}
	}
	// so-cu was dissolved on 25/01; cuc is a central-line body, counted but never short.
	want := []string{"mau/cuc exempt not_binding", "mau/so-a insufficient_data evidence_missing", "mau/so-b insufficient_data evidence_missing"}
	if !slices.Equal(owners, want) {
		t.Errorf("got %v, want %v", owners, want)
	}
}

func TestRegular(t *testing.T) {
	p := world()
	days := func(ds ...string) (out []media.Evidence) {
		for _, d := range ds {
			out = append(out, item("mau/cong", "2023-03-"+d+" 09:00"))
		}
		return out
	}
	for name, c := range map[string]struct {
		ev      []media.Evidence
		now     string
		state   State
		gap     float64
		reasons string
	}{
		"even":                      {days("05", "14", "22"), "2023-04-05", Met, 9, "enough_delivered gap_within"},
		"gap of ten is within":      {days("05", "15", "22"), "2023-04-05", Met, 10, "enough_delivered gap_within"},
		"gap of eleven":             {days("05", "16", "22"), "2023-04-05", Missed, 11, "gap_too_long unconfirmed"},
		"too few and a gap":         {days("05", "22"), "2023-04-05", Missed, 17, "short gap_too_long unconfirmed"},
		"too few":                   {days("11", "21"), "2023-04-05", Missed, 10, "short gap_within unconfirmed"},
		"enough, but not over yet":  {days("01", "02", "03"), "2023-03-08", Open, 5, "period_open"},
		"running gap about to end":  {days("01", "02", "03"), "2023-03-10", Open, 7, "at_risk period_open"},
		"running gap too long":      {days("01", "02", "03"), "2023-03-14", Open, 11, "gap_too_long period_open"},
		"behind an even pace":       {nil, "2023-03-13", Open, 12, "gap_too_long short period_open"},
		"nothing at the run-out":    {days("05", "14", "20"), "2023-04-05", Missed, 11, "gap_too_long unconfirmed"},
		"nothing, never any source": {nil, "2023-04-05", Missed, 30, "short gap_too_long unconfirmed"},
	} {
		s, _ := run(t, p, c.ev, nil, everything(p), c.now, "A-3.1", "mau/cong", "2023-03")
		if s.State != c.state || s.Measures[1].Delivered != c.gap || strings.Join(codes(s.Reasons), " ") != c.reasons {
			t.Errorf("%s: %s, gap %v, %v; want %+v", name, s.State, s.Measures[1].Delivered, codes(s.Reasons), c)
		}
	}
	// The day before which the next piece must come is the last save.
	s, _ := run(t, p, days("01", "02", "03"), nil, everything(p), "2023-03-08", "A-3.1", "mau/cong", "2023-03")
	if s.LastSave == nil || s.LastSave.Format(time.DateTime) != "2023-03-13 23:59:59" {
		t.Errorf("last save %v", s.LastSave)
	}
	// A hole may hold the piece that bounds the gap: nothing is said of the gap, and the period is not lost.
	hole := seen("mau/cong-1", "2022-12-01", "2023-03-05", "mau/cong-1", "2023-03-09", "2023-06-01")
	s, _ = run(t, p, days("01", "02", "03"), nil, hole, "2023-03-14", "A-3.1", "mau/cong", "2023-03")
	if s.State != Open || s.Risk != "on_track" || s.LastSave == nil || s.LastSave.Format(time.DateTime) != "2023-03-18 23:59:59" || strings.Join(codes(s.Reasons), " ") != "period_open not_observed" {
		t.Errorf("with a hole: %s %s, last save %v, %v", s.State, s.Risk, s.LastSave, codes(s.Reasons))
	}
	s, _ = run(t, p, days("01", "02", "03"), nil, hole, "2023-04-05", "A-3.1", "mau/cong", "2023-03")
	if s.State != Insufficient || strings.Join(codes(s.Reasons), " ") != "not_observed" {
		t.Errorf("with a hole, over: %s %v", s.State, codes(s.Reasons))
	}
	// Tết is no gap.
	var january []media.Evidence
	for _, d := range []string{"2023-01-05 09:00", "2023-01-13 09:00", "2023-01-30 09:00"} {
		january = append(january, item("mau/cong", d))
	}
	s, _ = run(t, p, january, nil, everything(p), "2023-02-05", "A-3.1", "mau/cong", "2023-01")
	if s.State != Met || s.Measures[1].Delivered != 10 {
		t.Errorf("over Tết: %s %+v", s.State, s.Measures)
	}
}

func TestCount(t *testing.T) {
	p := world()
	a := []media.Evidence{item("mau/so-a", "2023-03-05 09:00"), item("mau/so-a", "2023-03-05 10:00")}
	for name, c := range map[string]struct {
		quota, owner, period string
		ev                   []media.Evidence
		now                  string
		state                State
		reasons              string
	}{
		"two on one day do":             {"A-4", "mau/so-a", "2023-03", a, "2023-04-05", Met, "enough_delivered"},
		"a repost is for a person":      {"A-4", "mau/so-a", "2023-03", []media.Evidence{a[0], item("mau/so-a", "2023-03-06 10:00", repost)}, "2023-04-05", Missed, "needs_judgement short unconfirmed"},
		"only a source to be verified":  {"A-4", "mau/so-b", "2023-03", nil, "2023-04-05", Insufficient, "source_none short"},
		"and while the period runs":     {"A-4", "mau/so-b", "2023-03", nil, "2023-03-05", Insufficient, "source_none"},
		"not binding: short is nothing": {"A-4", "mau/cuc", "2023-03", nil, "2023-04-05", Exempt, "not_binding"},
		"not binding: never at risk":    {"A-4", "mau/cuc", "2023-03", nil, "2023-03-31", Open, "period_open"},
		"not binding, delivered":        {"A-4", "mau/cuc", "2023-03", []media.Evidence{item("mau/cuc", "2023-03-05 09:00"), item("mau/cuc", "2023-03-06 09:00")}, "2023-04-05", Met, "enough_delivered"},
		"encouraged: short is nothing":  {"A-8", "mau/so-a", "2023-03", nil, "2023-04-05", Exempt, "encouraged"},
		"encouraged: never at risk":     {"A-8", "mau/so-a", "2023-03", nil, "2023-03-31", Open, "period_open"},
		"papers are not met by news":    {"B-C1", "mau/so-a", "2023-Q1", a, "2023-04-05", Insufficient, "evidence_missing short"},
		"behind an even pace":           {"A-4", "mau/so-a", "2023-03", nil, "2023-03-17", Open, "at_risk period_open"},
		"behind no pace, early":         {"A-4", "mau/so-a", "2023-03", nil, "2023-03-10", Open, "period_open"},
	} {
		s, _ := run(t, p, c.ev, nil, everything(p), c.now, c.quota, c.owner, c.period)
		if s.State != c.state || strings.Join(codes(s.Reasons), " ") != c.reasons {
			t.Errorf("%s: %s %v; want %s %s", name, s.State, codes(s.Reasons), c.state, c.reasons)
		}
		q := p.Quotas[slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == c.quota })]
		k, _ := kind(q.Kind)
		if !duty(q, k, media.Agency{Binding: c.owner != "mau/cuc"}) &&
			(count(s).Shortfall != 0 || s.DueByNow != 0 || s.LastSave != nil || s.Risk == "at_risk") {
			t.Errorf("%s: no duty, yet %+v", name, s)
		}
	}
}

// A person's word is the only way past missing receipts and coverage.
func TestConfirmedWithoutReceipt(t *testing.T) {
	yes := decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W04", "2023-02-06")
	s, _ := run(t, world(), broadcasts(), []Decision{yes}, logs(), "2023-02-07", "B-D1", "mau/dai", "2023-W04")
	if s.State != Missed || !s.Confirmed || codes(s.Reasons)[1] != "confirmed_missed" {
		t.Errorf("%s %v", s.State, s.Reasons)
	}
	for _, no := range []Decision{
		decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W05", "2023-02-06"), // another week
		decide(ConfirmMissed, "A-6.1", "mau/dai", "2023-W04", "2023-02-06"),
		decide(ConfirmMissed, "B-D1", "mau/bao", "2023-W04", "2023-02-06"),
		decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W04", "2023-01-29 23:59"), // not over
	} {
		s, _ := run(t, world(), broadcasts(), []Decision{no}, logs(), "2023-02-07", "B-D1", "mau/dai", "2023-W04")
		if s.State != Insufficient {
			t.Errorf("%+v made it %s", no, s.State)
		}
	}
}

func TestEveryChannelNeedsItsReceipt(t *testing.T) {
	p := world()
	p.Quotas[0].Channels = []string{"tv", "fm"}
	obs := seen("log:tv", "2023-01-01", "2023-02-01", "log:fm", "2023-01-02", "2023-01-08") // fm lacks Sunday
	s, _ := run(t, p, nil, nil, obs, "2023-01-10", "B-D1", "mau/dai", "2023-W01")
	if s.State != Insufficient || s.Reasons[0].Args["channel"] != "Phát thanh" {
		t.Errorf("%s %v", s.State, s.Reasons)
	}
	if s.Coverage.Share < 0.85 || s.Coverage.Share > 0.86 || len(s.Coverage.Gaps) != 1 {
		t.Errorf("coverage %+v", s.Coverage)
	}
	p.Quotas[0].Channels, p.Channels = nil, nil
	s, _ = run(t, p, nil, nil, obs, "2023-01-10", "B-D1", "mau/dai", "2023-W01")
	if s.State != Insufficient || s.Reasons[0].Code != "source_none" {
		t.Errorf("no channel at all: %s %v", s.State, s.Reasons)
	}
}

func TestObserve(t *testing.T) {
	p := world()
	// A source whose address is not certain sees nothing, whatever spans it left.
	obs := seen("mau/so-b-1", "2022-12-01", "2023-06-01")
	s, _ := run(t, p, nil, nil, obs, "2023-04-05", "A-4", "mau/so-b", "2023-03")
	if s.State != Insufficient || s.Reasons[0].Code != "source_none" {
		t.Errorf("to be verified: %s %v", s.State, codes(s.Reasons))
	}
	// Not seen in March, blind since May: the blindness is shown, but is no reason for March.
	obs = seen("mau/so-a-1", "2023-04-01", "2023-05-02")
	obs.Blind["mau/so-a-1"] = Blind{Source: "mau/so-a-1", Reason: media.Soft404, Since: at("2023-05-02")}
	s, _ = run(t, p, nil, nil, obs, "2023-05-05", "A-4", "mau/so-a", "2023-03")
	if s.State != Insufficient || !slices.Equal(codes(s.Reasons), []string{"not_observed", "short"}) || len(s.Coverage.Blind) != 1 || s.Coverage.Share != 0 {
		t.Errorf("blind later: %s %v %+v", s.State, codes(s.Reasons), s.Coverage)
	}
	// While the period runs, a hole is told and nothing is concluded.
	s, _ = run(t, p, nil, nil, obs, "2023-05-05", "A-4", "mau/so-a", "2023-05")
	if s.State != Open || !slices.Equal(codes(s.Reasons), []string{"period_open", "source_blind", "not_observed"}) {
		t.Errorf("open: %s %v", s.State, codes(s.Reasons))
	}
	// A source that moved to another address: the two together saw the whole month.
	p.Sources = append(p.Sources, media.Source{ID: "mau/so-a-2", Agency: "mau/so-a", Kind: media.KindFeed, Stream: "so-a-1", From: at("2023-03-10")})
	p.Sources[5].To = at("2023-03-10")
	obs = seen("mau/so-a-1", "2023-02-01", "2023-03-10", "mau/so-a-2", "2023-03-10", "2023-04-02")
	s, _ = run(t, p, nil, nil, obs, "2023-04-05", "A-4", "mau/so-a", "2023-03")
	if s.State != Missed || s.Coverage.Share != 1 {
		t.Errorf("moved: %s %v", s.State, codes(s.Reasons))
	}
	// A stream the plan file names and no source has is a hole.
	p.Quotas[4].Streams = []string{"so-a-1", "so-a-khac"}
	s, _ = run(t, p, nil, nil, obs, "2023-04-05", "A-4", "mau/so-a", "2023-03")
	if s.State != Insufficient {
		t.Errorf("a stream without source: %s %v", s.State, codes(s.Reasons))
	}
}

func TestAhead(t *testing.T) {
	out := Ahead(world(), Evaluation{Now: at("2023-03-22")}, Observation{}, nil, tet(), at("2023-04-10"))
	var got []string
	for _, s := range out {
		if s.State != Open || s.Risk != "on_track" || s.Reasons[0].Code != "not_started" {
			t.Errorf("%+v", s)
		}
		if s.Quota == "B-D1" || s.Quota == "A-6.1" {
			got = append(got, s.Quota+" "+s.Period+" "+s.LastSave.Format("01-02 15:04"))
		}
	}
	want := []string{"B-D1 2023-W13 04-02 21:45", "B-D1 2023-W14 04-09 21:45", "A-6.1 2023-04 04-29 23:59"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Every state comes with a reason of the closed list, and JSON keeps it.
func TestStandingJSON(t *testing.T) {
	p := world()
	m := Match(p, broadcasts(), nil, tet())
	for _, s := range Stand(p, m, logs(), nil, tet(), at("2023-03-22")) {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back Standing
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(back)
		if string(again) != string(b) {
			t.Errorf("%s\n%s", b, again)
		}
		for _, r := range s.Reasons {
			if !slices.Contains(Codes(), r.Code) {
				t.Errorf("reason %q is not of the list", r.Code)
			}
		}
	}
}

// Every code has its sentence.
func TestCodesHaveSentences(t *testing.T) {
	for _, c := range Codes() {
		if !slices.Contains(viet.ReasonCodes(), c) {
			t.Errorf("viet has no sentence for %q", c)
		}
	}
}
