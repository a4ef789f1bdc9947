package schedule

import (
	"testing"
	"time"

	"loa/schedule/calendar"
)

func sessionAt(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func sessionPlan() *Plan {
	return &Plan{ID: "p/2023", Year: 2023, From: sessionAt("2022-12-30 00:00"), To: sessionAt("2024-01-01 00:00"), Tell: Tell{Officer: "p/so", Reminders: "p/noi-vu"}}
}

// TestSession: each day that is off moves to the next working day, the cut-off never; the days can be set.
func TestSession(t *testing.T) {
	cal := &calendar.Calendar{Off: map[string]string{"2023-06-20": "Ngày nghỉ mẫu"}, Years: []int{2023}}
	for _, x := range []struct {
		period string
		days   SessionDays
		want   []string // cut, units, consolidate from and to, sent
	}{
		{"2023-03@14", SessionDays{}, []string{"14/03", "16/03", "17/03", "20/03", "20/03"}}, // the 19th is a Sunday
		{"2023-06@14", SessionDays{}, []string{"14/06", "16/06", "19/06", "19/06", "21/06"}}, // the 17th a Saturday, the 20th a holiday
		{"2023-Q1@14", SessionDays{Units: 17, From: 20, To: 22, Sent: 24}, []string{"14/03", "17/03", "20/03", "22/03", "24/03"}},
		{"2023@14", SessionDays{}, []string{"14/12", "18/12", "18/12", "19/12", "20/12"}}, // the 16th is a Saturday, the 17th a Sunday
	} {
		p := sessionPlan()
		p.Closing = x.days
		period, err := calendar.Parse(x.period)
		if err != nil {
			t.Fatal(err)
		}
		steps := Session(p, cal, period)
		got := []string{steps[0].Day.Format("02/01"), steps[1].Day.Format("02/01"), steps[2].Begins.Format("02/01"), steps[2].Day.Format("02/01"), steps[3].Day.Format("02/01")}
		for i := range got {
			if got[i] != x.want[i] {
				t.Errorf("%s: %v, want %v", x.period, got, x.want)
				break
			}
		}
		if steps[0].Who != "p/so" || steps[1].Who != "" || steps[3].Who != "p/noi-vu" {
			t.Errorf("%+v", steps)
		}
	}
	if !UsualSessionDays().Ordered() || (SessionDays{Units: 16, From: 15, To: 19, Sent: 20}).Ordered() || (SessionDays{Units: 14, From: 17, To: 19, Sent: 20}).Ordered() {
		t.Error("order")
	}
}

// TestDueSessions: drafts are due from the first working hour after the cut-off on, of every period that was cut then, and stay
// due until the next cut-off.
func TestDueSessions(t *testing.T) {
	cal := &calendar.Calendar{Years: []int{2023}}
	for at, want := range map[string]string{
		"2023-03-14 23:00": "2023-02@14 ", "2023-03-15 06:00": "", "2023-03-15 07:30": "2023-03@14 2023-Q1@14 ", "2023-04-13 10:00": "2023-03@14 2023-Q1@14 ",
		"2023-04-15 10:00": "", "2023-04-17 08:00": "2023-04@14 ", "2022-12-31 08:00": "", "2023-06-15 09:00": "2023-06@14 2023-Q2@14 2023-H1@14 ",
	} {
		got := ""
		for _, p := range DueSessions(sessionPlan(), cal, sessionAt(at)) {
			got += p.ID + " "
		}
		if got != want {
			t.Errorf("at %s: %q, want %q", at, got, want)
		}
	}
	for at, want := range map[string]string{"2023-03-10 09:00": "2023-03@14", "2023-03-17 09:00": "2023-03@14", "2023-03-21 09:00": "2023-04@14"} {
		if p, ok := SessionOf(sessionPlan(), cal, sessionAt(at)); !ok || p.ID != want {
			t.Errorf("at %s people work on %s, want %s", at, p.ID, want)
		}
	}
}
