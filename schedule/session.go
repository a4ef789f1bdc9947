package schedule

import (
	"fmt"
	"slices"
	"time"

	"loa/schedule/calendar"
)

// SessionDays are the days of the month of the cut-off by which the parts of a reporting period are done («phiên chốt kỳ»). The
// cut-off itself is the 14th by Nghị định 09/2019/NĐ-CP, Điều 12, and is nobody's to set; the rest is a reference level of ours,
// backwards from «chậm nhất ngày 20 của tháng cuối kỳ» (Công văn 581/BNV-CCHC).
type SessionDays struct {
	Units int    // units hand in
	From  int    // consolidation begins
	To    int    // and ends
	Sent  int    // sent to the People's Committee
	Basis string // by whom set, on what document; "" of the usual days
}

// UsualSessionDays are the days where nobody set others.
func UsualSessionDays() SessionDays { return SessionDays{Units: 16, From: 17, To: 19, Sent: 20} }

// SessionFields are the names of the days in a plan file, in their order.
func SessionFields() []string { return []string{"units", "begin", "end", "sent"} }

// Ordered reports whether the days follow each other after the cut-off.
func (d SessionDays) Ordered() bool {
	return d.Units > 14 && d.From >= d.Units && d.To >= d.From && d.Sent >= d.To && d.Sent <= 28
}

// SessionStep is one step of closing a period, with the day it is due on.
type SessionStep struct {
	Key    string    // "cut", "units", "consolidate", "sent"
	Begins time.Time // of "consolidate": its first day
	Day    time.Time // last day
	Moved  time.Time // the day as set, where it is off and the step is due on the next working day; zero otherwise
	Who    string    // agency id, "" for the units
}

// Session is the steps of a reporting period that is cut on the 14th, in their order. A day that is off moves to the next working
// day; the cut-off does not, for figures are cut at midnight.
func Session(p *Plan, cal *calendar.Calendar, period calendar.Period) []SessionStep {
	days := p.SessionDays()
	last := period.LastDay()
	on := func(day int) (time.Time, time.Time) {
		set := last.AddDate(0, 0, day-last.Day())
		if cal == nil || cal.WorkingDay(set) {
			return set, time.Time{}
		}
		return cal.NextWorkingDay(set), set
	}
	officer, home := p.LetterheadAt(last).Agency, p.Tell.Reminders
	if home == "" {
		home = officer
	}
	steps := []SessionStep{{Key: "cut", Day: last, Who: officer}}
	units := SessionStep{Key: "units"}
	units.Day, units.Moved = on(days.Units)
	all := SessionStep{Key: "consolidate", Who: home}
	all.Begins, _ = on(days.From)
	all.Day, all.Moved = on(days.To)
	sent := SessionStep{Key: "sent", Who: home}
	sent.Day, sent.Moved = on(days.Sent)
	return append(steps, units, all, sent)
}

// SessionDays are the plan's, or the usual ones.
func (p *Plan) SessionDays() SessionDays {
	if p.Closing == (SessionDays{}) {
		return UsualSessionDays()
	}
	return p.Closing
}

// SessionPeriods are the reporting periods of a plan that are cut on the 14th and had begun by now, the latest cut first; of one cut
// the shortest comes first.
func SessionPeriods(p *Plan, now time.Time) []calendar.Period {
	var out []calendar.Period
	for _, id := range sessionIDs(p.Year) {
		x, err := calendar.Parse(id)
		if err == nil && !x.Start.After(now) && x.Start.Before(p.To) && x.End.After(p.From) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b calendar.Period) int {
		if c := b.End.Compare(a.End); c != 0 {
			return c
		}
		return b.Start.Compare(a.Start)
	})
	return out
}

// DueSessions are the periods whose drafts are to be there by now: those that were cut last, from the first working hour after
// the cut-off on, the shortest first.
func DueSessions(p *Plan, cal *calendar.Calendar, now time.Time) []calendar.Period {
	var out []calendar.Period
	for _, x := range SessionPeriods(p, now) {
		if now.Before(x.End) {
			continue
		}
		if len(out) > 0 && !x.End.Equal(out[0].End) || now.Before(FirstHour(cal, x.End)) {
			break
		}
		out = append(out, x)
	}
	return out
}

// SessionOf is the reporting period that people work on: the last one cut until it is sent, else the one that runs.
func SessionOf(p *Plan, cal *calendar.Calendar, now time.Time) (calendar.Period, bool) {
	all := SessionPeriods(p, now)
	for _, x := range all {
		if steps := Session(p, cal, x); !now.Before(x.End) && now.Before(steps[len(steps)-1].Day.AddDate(0, 0, 1)) {
			return x, true
		}
	}
	i := slices.IndexFunc(all, func(x calendar.Period) bool { return x.ID == calendar.At(calendar.Month14, now).ID })
	switch {
	case i >= 0:
		return all[i], true
	case len(all) > 0:
		return all[0], true
	}
	return calendar.Period{}, false
}

// sessionIDs are the reporting periods of a year that are cut on the 14th.
func sessionIDs(year int) []string {
	var out []string
	for m := 1; m <= 12; m++ {
		out = append(out, fmt.Sprintf("%04d-%02d@14", year, m))
	}
	for _, id := range []string{"%d-Q1@14", "%d-Q2@14", "%d-Q3@14", "%d-Q4@14", "%d-H1@14", "%d-9M@14", "%d@14"} {
		out = append(out, fmt.Sprintf(id, year))
	}
	return out
}
