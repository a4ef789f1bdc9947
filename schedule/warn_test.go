package schedule

import (
	"testing"
	"time"

	"loa/schedule/calendar"
)

func moment(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// holidays2023 are Tết (20–26/01) and Quốc khánh (01–04/9) of the table of 2023.
func holidays2023() *calendar.Calendar {
	cal := &calendar.Calendar{Off: map[string]string{}, Years: []int{2023}}
	for d := moment("2023-01-20 00:00"); d.Before(moment("2023-01-27 00:00")); d = d.AddDate(0, 0, 1) {
		cal.Off[d.Format(time.DateOnly)] = "Tết"
	}
	for d := moment("2023-09-01 00:00"); d.Before(moment("2023-09-05 00:00")); d = d.AddDate(0, 0, 1) {
		cal.Off[d.Format(time.DateOnly)] = "Quốc khánh"
	}
	return cal
}

// A warning that is due at night, on a weekend, at Tết or on a public holiday comes
// in the last working hour before it.
func TestLastHour(t *testing.T) {
	cal := holidays2023()
	for due, want := range map[string]string{
		"2023-03-08 15:00": "2023-03-08 14:00", // a Wednesday
		"2023-03-08 21:45": "2023-03-08 16:00", // in the evening
		"2023-03-08 08:30": "2023-03-08 07:30",
		"2023-03-08 08:10": "2023-03-07 16:00", // no whole hour is left in the morning
		"2023-03-08 03:00": "2023-03-07 16:00", // at night
		"2023-03-12 21:45": "2023-03-10 16:00", // on Sunday
		"2023-03-13 06:00": "2023-03-10 16:00", // before Monday
		"2023-01-22 21:45": "2023-01-19 16:00", // week 03, at Tết: the Thursday before
		"2023-01-26 23:00": "2023-01-19 16:00",
		"2023-01-27 12:00": "2023-01-27 11:00",
		"2023-09-03 21:45": "2023-08-31 16:00", // week 35, Quốc khánh: the Thursday before
		"2023-09-04 10:00": "2023-08-31 16:00",
	} {
		if got := LastHour(cal, moment(due)); !got.Equal(moment(want)) {
			t.Errorf("before %s: %s, want %s", due, got.Format("2006-01-02 15:04"), want)
		}
	}
	for at, want := range map[string]string{"2023-01-20 09:00": "2023-01-27 07:30", "2023-03-08 09:12": "2023-03-08 09:12", "2023-03-08 05:00": "2023-03-08 07:30", "2023-03-10 17:00": "2023-03-13 07:30"} {
		if got := FirstHour(cal, moment(at)); !got.Equal(moment(want)) {
			t.Errorf("from %s: %s, want %s", at, got.Format("2006-01-02 15:04"), want)
		}
	}
}

// The hour at which a person is warned: of weeks whose end is Tết or a public
// holiday as of any other, and of whom nobody is to be warned.
func TestWarnAt(t *testing.T) {
	week := func(id, lastSave, produceBy string, change ...func(*Standing)) Standing {
		p, err := calendar.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		save := moment(lastSave)
		st := Standing{Period: id, Start: p.Start, End: p.End, State: Open, Risk: "on_track", LastSave: &save, Coverage: Coverage{Share: 1},
			Measures: []Measure{{Name: "count", Unit: "airings", Wanted: 1, Shortfall: 1}}, Reasons: []Reason{because("produce_by", args{"at": stamp(moment(produceBy))})}}
		for _, f := range change {
			f(&st)
		}
		return st
	}
	also := func(code string) func(*Standing) {
		return func(s *Standing) { s.Reasons = append(s.Reasons, because(code, nil)) }
	}
	gap := func(from, to string) func(*Standing) {
		return func(s *Standing) {
			s.Reasons = append(s.Reasons, because("not_observed", args{"from": stamp(moment(from)), "to": stamp(moment(to))}))
		}
	}
	two := func(delivered float64) func(*Standing) {
		return func(s *Standing) {
			s.Measures = []Measure{{Name: "count", Wanted: 2, Delivered: delivered, Shortfall: 2 - delivered}}
		}
	}
	for name, c := range map[string]struct {
		st   Standing
		want string // "": nobody is warned
	}{
		"an ordinary week":                    {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45"), "2023-03-08 16:00"},
		"week 03 ends at Tết":                 {week("2023-W03", "2023-01-22 21:45", "2023-01-17 21:45"), "2023-01-17 16:00"},
		"week 03, to be begun at Tết":         {week("2023-W03", "2023-01-22 21:45", "2023-01-21 21:45"), "2023-01-19 16:00"},
		"week 04, to be begun before it":      {week("2023-W04", "2023-01-29 21:45", "2023-01-18 21:45"), "2023-01-27 07:30"},
		"week 04, no working day is left":     {week("2023-W04", "2023-01-25 21:45", "2023-01-18 21:45"), "2023-01-23 00:00"},
		"week 35 ends on Quốc khánh":          {week("2023-W35", "2023-09-03 21:45", "2023-08-29 21:45"), "2023-08-29 16:00"},
		"week 35, to be begun on it":          {week("2023-W35", "2023-09-03 21:45", "2023-09-02 21:45"), "2023-08-31 16:00"},
		"a month with nothing on the 20th":    {week("2023-03", "2023-03-30 23:59", "2023-03-24 23:59", two(0)), "2023-03-20 07:30"},
		"a month whose 20th is a Saturday":    {week("2023-05", "2023-05-30 23:59", "2023-05-24 23:59", two(0)), "2023-05-19 07:30"},
		"a month with half of it":             {week("2023-03", "2023-03-31 23:59", "2023-03-28 23:59", two(1)), "2023-03-28 16:00"},
		"a month to be begun before its 20":   {week("2023-03", "2023-03-30 23:59", "2023-03-16 23:59", two(0)), "2023-03-16 16:00"},
		"announced":                           {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", also("planned_fits")), ""},
		"announced, less than is missing":     {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", two(0), also("planned_fits")), "2023-03-08 16:00"},
		"in shadow":                           {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", also("shadow")), ""},
		"met":                                 {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", func(s *Standing) { s.State = Met }), ""},
		"nothing can be saved":                {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", func(s *Standing) { s.LastSave = nil }), ""},
		"a source is blind":                   {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", func(s *Standing) { s.Coverage.Blind = []Blind{{Source: "x"}} }), ""},
		"no log of the week yet":              {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", func(s *Standing) { s.Coverage.Share = 0 }), ""},
		"a month, its print register to come": {week("2023-03", "2023-03-30 23:59", "2023-03-24 23:59", two(0), func(s *Standing) { s.Coverage.Share = 0 }), "2023-03-20 07:30"},
		"a month, a day of it not seen":       {week("2023-03", "2023-03-30 23:59", "2023-03-24 23:59", two(0), gap("2023-03-09 00:00", "2023-03-10 00:00")), "2023-03-20 07:30"},
		"a month, a week of it not seen":      {week("2023-03", "2023-03-30 23:59", "2023-03-24 23:59", two(0), gap("2023-03-03 00:00", "2023-03-10 00:00")), ""},
		"a list of the month is to come":      {week("2023-03", "2023-03-30 23:59", "2023-03-24 23:59", two(0), also("list_to_come")), ""},
		"no log, but a schedule without it":   {week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45", func(s *Standing) { s.Coverage.Share = 0 }, also("planned_none")), "2023-03-08 16:00"},
	} {
		at, ok := c.st.WarnAt(holidays2023(), 0)
		if ok != (c.want != "") || ok && !at.Equal(moment(c.want)) {
			t.Errorf("%s: %s %t, want %q", name, at.Format("2006-01-02 15:04"), ok, c.want)
		}
		if save := c.st.LastSave; ok && !at.Before(*save) {
			t.Errorf("%s: warned at %s, after %s", name, at, save)
		}
	}
	for days, want := range map[int]string{0: "2023-03-08 16:00", 1: "2023-03-07 16:00", 2: "2023-03-06 16:00", 3: "2023-03-06 07:30", 9: "2023-03-06 07:30"} { // never before its week begins
		if at, ok := week("2023-W10", "2023-03-12 21:45", "2023-03-08 21:45").WarnAt(holidays2023(), days); !ok || !at.Equal(moment(want)) {
			t.Errorf("%d days sooner: %s %t, want %s", days, at.Format("2006-01-02 15:04"), ok, want)
		}
	}
}

func TestReceiptDue(t *testing.T) {
	cal := holidays2023()
	for id, want := range map[string]string{"2023-W10": "2023-03-14 10:00", "2023-W03": "2023-01-30 10:00", "2023-W35": "2023-09-06 10:00"} {
		p, err := calendar.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		st := Standing{State: Insufficient, Start: p.Start, End: p.End, Reasons: []Reason{because("receipt_missing", nil)}}
		if at, ok := st.ReceiptDue(cal); !ok || !at.Equal(moment(want)) {
			t.Errorf("%s: %s %t, want %s", id, at, ok, want)
		}
		st.State = Missed
		if at, ok := st.ReceiptDue(cal); ok {
			t.Errorf("%s, missed: asked for at %s", id, at)
		}
	}
}

// TestReminders: 16/01, 19/01 and 27/01 before 31/01/2023, with Tết between.
func TestReminders(t *testing.T) {
	cal, deadline := holidays2023(), moment("2023-01-31 00:00")
	for at, want := range map[string]int{"2023-01-16 07:29": 0, "2023-01-16 07:30": 1, "2023-01-19 07:29": 1, "2023-01-19 07:30": 2, "2023-01-26 12:00": 2, "2023-01-27 07:30": 3, "2023-02-10 00:00": 3} {
		if got := Reminders(cal, deadline, moment(at)); got != want {
			t.Errorf("at %s: %d, want %d", at, got, want)
		}
	}
}

// TestPaperOf: the cut-off of 14/6 is told on the 12th and after it, until the 20th is over.
func TestPaperOf(t *testing.T) {
	for at, want := range map[string]struct {
		period    string
		due       string
		reminders int
	}{
		"2023-06-12 07:00": {"2023-06@14", "2023-06-21 00:00", 0},
		"2023-06-12 07:30": {"2023-06@14", "2023-06-21 00:00", 1},
		"2023-06-15 07:00": {"2023-06@14", "2023-06-21 00:00", 0},
		"2023-06-15 08:00": {"2023-06@14", "2023-06-21 00:00", 2},
		"2023-06-20 23:00": {"2023-06@14", "2023-06-21 00:00", 2},
		"2023-06-21 00:00": {"2023-07@14", "2023-07-21 00:00", 0},
		"2023-03-10 08:00": {"2023-03@14", "2023-03-21 00:00", 1}, // the 12th is a Sunday
	} {
		p := PaperOf(calendar.Month14, holidays2023(), moment(at))
		if p.Period.ID != want.period || !p.Due.Equal(moment(want.due)) || p.Reminders != want.reminders {
			t.Errorf("at %s: %s due %s, %d reminders", at, p.Period.ID, p.Due, p.Reminders)
		}
	}
	if p := PaperOf(calendar.Quarter14, holidays2023(), moment("2023-06-15 08:00")); p.Period.ID != "2023-Q2@14" || p.Reminders != 2 {
		t.Errorf("quarter: %+v", p)
	}
}
