package schedule

import (
	"fmt"
	"slices"
	"time"

	"loa/schedule/calendar"
)

// The hours in which an office answers the telephone, after local midnight
// (reference: 7 giờ 30 to 17 giờ on working days).
const (
	opens  = 7*time.Hour + 30*time.Minute
	closes = 17 * time.Hour
	call   = time.Hour // what a warning and the call that follows it take
)

// LastHour is the beginning of the last working hour that is over by t: the last
// moment at which a person can be told and still do something before t. Nights,
// weekends, Tết and public holidays bring it forward to the working day before.
func LastHour(cal *calendar.Calendar, t time.Time) time.Time {
	day := calendar.Day(t)
	end := day.Add(closes)
	if t.Before(end) {
		end = t
	}
	for !cal.WorkingDay(day) || end.Before(day.Add(opens+call)) {
		day = day.AddDate(0, 0, -1)
		end = day.Add(closes)
	}
	return end.Add(-call).In(calendar.Zone)
}

// FirstHour is t where an office is open, else the moment at which it opens next.
func FirstHour(cal *calendar.Calendar, t time.Time) time.Time {
	day := calendar.Day(t)
	switch {
	case cal.WorkingDay(day) && t.Before(day.Add(opens)):
		return day.Add(opens)
	case cal.WorkingDay(day) && t.Before(day.Add(closes)):
		return t.In(calendar.Zone)
	}
	return cal.NextWorkingDay(day.AddDate(0, 0, 1)).Add(opens)
}

// midway is the day of a month by which half of what the month asks for should be there.
const midway = 20

// WarnAt is the moment at which a person should be told that an open period will
// be missed: the last working hour before what is missing has to be begun, so that
// one call still helps. Of a month of which less than half is there it is the 20th
// (the last working day before it), if that is earlier. Where the period itself
// begins later it is its first working hour. ok is false where there is nothing to
// warn of: nothing is missing or can be saved, what is announced would do, nobody
// is to be told yet, or what was published so far cannot be seen, so that it may
// well be there.
// sooner is by how many working days people are told sooner than that
// (Quota.WarnDays), so far as the period runs by then.
func (s Standing) WarnAt(cal *calendar.Calendar, sooner int) (at time.Time, ok bool) {
	if !s.savable() || !s.seen() {
		return time.Time{}, false
	}
	by, ok := s.ProduceBy()
	if !ok || by.After(*s.LastSave) {
		by = *s.LastSave
	}
	if at = LastHour(cal, by); sooner > 0 {
		at = cal.AddWorkingDays(at, -sooner)
	}
	if half := s.Start.AddDate(0, 0, midway-1); s.Period == calendar.At(calendar.Month, s.Start).ID && s.behind() {
		for !cal.WorkingDay(half) {
			half = half.AddDate(0, 0, -1)
		}
		if half = half.Add(opens); half.Before(at) {
			at = half
		}
	}
	if at.Before(s.Start) {
		at = FirstHour(cal, s.Start)
	}
	if !at.Before(*s.LastSave) { // no office opens in it any more
		at = s.Start
	}
	return at, true
}

// WarnHeld reports whether a warning would be given if what was published could be
// seen: one that was given before stays, none is given anew.
func (s Standing) WarnHeld() bool { return s.savable() && !s.seen() }

func (s Standing) savable() bool {
	return s.State == Open && s.LastSave != nil && !s.Shadow() && !s.Planned()
}

// behind reports whether less than half of the pieces are there.
func (s Standing) behind() bool {
	m := s.count()
	return m.Wanted > 0 && 2*m.Delivered < m.Wanted
}

func (s Standing) count() Measure {
	for _, m := range s.Measures {
		if m.Name == "count" {
			return m
		}
	}
	return Measure{}
}

// Planned reports whether the transmissions that are announced and would count
// are as many as are missing (as many as three, for more are not told).
func (s Standing) Planned() bool {
	fits := 0
	for _, r := range s.Reasons {
		if r.Code == "planned_fits" {
			fits++
		}
	}
	return fits > 0 && float64(fits) >= min(3, s.count().Shortfall)
}

// What was not seen of a period may be a tenth of it (a source is read every few
// hours) without what is missing being unknown.
const enough = 0.9

// seen reports whether what was published so far would be known. A running week
// of a station is known by its log, or by its announced schedule; what a list of
// the month will tell is not known before it. A newspaper's month is known on
// line, though its print register comes after it.
func (s Standing) seen() bool {
	unseen, none, list := time.Duration(0), false, false
	for _, r := range s.Reasons {
		switch r.Code {
		case "planned_none":
			none = true
		case "list_to_come", "source_none":
			list = true
		case "not_observed":
			from, err := time.Parse(time.RFC3339, fmt.Sprint(r.Args["from"]))
			to, err2 := time.Parse(time.RFC3339, fmt.Sprint(r.Args["to"]))
			if err != nil || err2 != nil {
				return false
			}
			unseen += to.Sub(from)
		}
	}
	switch {
	case len(s.Coverage.Blind) > 0 || list:
		return false
	case s.count().Unit == "airings":
		return s.Coverage.Share >= enough || none
	}
	return float64(unseen) <= (1-enough)*float64(s.End.Sub(s.Start))
}

// ReceiptDue is the moment at which a log, register or list that should cover the
// period is asked for: the second working day after it, at 10 o'clock. ok is false
// where none is missing or the period still runs.
func (s Standing) ReceiptDue(cal *calendar.Calendar) (at time.Time, ok bool) {
	missing := slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == "receipt_missing" || r.Code == "register_missing" })
	if s.State != Insufficient || !missing || s.Shadow() {
		return time.Time{}, false
	}
	last := calendar.Day(s.End.Add(-second))
	return calendar.Day(cal.AddWorkingDays(last, 2)).Add(10 * time.Hour), true
}

// Reminders is how many of the reminders of a once-only deadline are due by now:
// six, three and two working days before the day of the deadline, when offices open
// («hạn: trước 31/01/2023» gives 16/01, 19/01, 27/01).
func Reminders(cal *calendar.Calendar, deadline, now time.Time) int {
	n := 0
	for _, before := range []int{6, 3, 2} {
		if at := calendar.Day(cal.AddWorkingDays(deadline, -before)).Add(opens); !now.Before(at) {
			n++
		}
	}
	return n
}

// Paper is one reporting window and what is due of it.
type Paper struct {
	Period    calendar.Period
	Due       time.Time // moment by which the report has to be sent, exclusive
	Reminders int       // 1 from the 12th (the working day before, if it is none), 2 from the first working hour after it until Due
}

// dueDay is the day of the last month by which a report is sent: «chậm nhất ngày 20
// của tháng cuối kỳ» (Công văn 581/BNV-CCHC).
const dueDay = 20

// PaperOf is the reporting window of a cadence that asks for something now: the one
// that ended and is not sent yet by its day, else the one that runs.
func PaperOf(c calendar.Cadence, cal *calendar.Calendar, now time.Time) Paper {
	running := calendar.At(c, now)
	last := calendar.At(c, running.Start.Add(-second))
	if due := paperDue(last); now.Before(due) {
		p := Paper{Period: last, Due: due}
		if !now.Before(FirstHour(cal, last.End)) {
			p.Reminders = 2
		}
		return p
	}
	p := Paper{Period: running, Due: paperDue(running)}
	day := running.End.AddDate(0, 0, -3)
	for !cal.WorkingDay(day) {
		day = day.AddDate(0, 0, -1)
	}
	if !now.Before(day.Add(opens)) {
		p.Reminders = 1
	}
	return p
}

func paperDue(p calendar.Period) time.Time {
	return p.End.AddDate(0, 0, dueDay+1-p.End.Day())
}
