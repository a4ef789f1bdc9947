package calendar

import "time"

// Holiday reports whether the day of t is in a holiday table, and its name.
func (c Calendar) Holiday(t time.Time) (name string, ok bool) {
	off := c.Days()
	if len(off) == 0 {
		return "", false
	}
	var key [len(dayLayout) + 8]byte // room for years of more digits
	name, ok = off[string(t.In(Zone).AppendFormat(key[:0], dayLayout))]
	return name, ok
}

// MadeUp reports whether the day of t is worked in the place of another (ngày làm bù), and why.
func (c Calendar) MadeUp(t time.Time) (name string, ok bool) {
	work := c.tables().Work
	if len(work) == 0 {
		return "", false
	}
	name, ok = work[t.In(Zone).Format(dayLayout)]
	return name, ok
}

// IsOff reports whether offices are closed on the day of t: a holiday, or a Saturday or Sunday that is not worked.
func (c Calendar) IsOff(t time.Time) bool {
	switch t.In(Zone).Weekday() {
	case time.Saturday, time.Sunday:
		_, worked := c.MadeUp(t)
		return !worked
	}
	_, ok := c.Holiday(t)
	return ok
}

// WorkingDay reports whether offices are open on the day of t.
func (c Calendar) WorkingDay(t time.Time) bool { return !c.IsOff(t) }

// AddWorkingDays moves t by n working days and keeps the time of day; the
// result is a working day unless n is 0, which moves nothing. Negative n goes
// back: one working day before a Sunday is its Friday.
func (c Calendar) AddWorkingDays(t time.Time, n int) time.Time {
	t = t.In(Zone)
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		t = t.AddDate(0, 0, step)
		if c.WorkingDay(t) {
			n--
		}
	}
	return t
}

// NextWorkingDay is t itself if its day is a working day, else the same time
// on the first working day after it.
func (c Calendar) NextWorkingDay(t time.Time) time.Time {
	if c.WorkingDay(t) {
		return t.In(Zone)
	}
	return c.AddWorkingDays(t, 1)
}

// WorkingDaysBetween counts the working days after the day of a, up to and
// with the day of b; 0 if b is not later.
func (c Calendar) WorkingDaysBetween(a, b time.Time) int {
	n := 0
	for d, end := Day(a).AddDate(0, 0, 1), Day(b); !d.After(end); d = d.AddDate(0, 0, 1) {
		if c.WorkingDay(d) {
			n++
		}
	}
	return n
}

// GapDays is the gap in days between two pieces: the days after the day of a,
// up to and with the day of b, holidays left out (docs/RULES.md 5). Weekends
// count. Pieces on the 1st and the 8th are 7 days apart; 0 if b is not later.
func (c Calendar) GapDays(a, b time.Time) int {
	days := DaysBetween(a, b)
	if days <= 0 || len(c.Days()) == 0 {
		return max(0, days)
	}
	n, day := days, Day(a)
	for range days {
		day = day.Add(24 * time.Hour) // the zone has no daylight saving
		if _, off := c.Holiday(day); off {
			n--
		}
	}
	return n
}
