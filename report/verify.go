package report

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"time"

	"loa/schedule/calendar"
)

// Verify counts every figure of a report again: what schedule measured from
// the pieces of each row, and everything else from the rows. It fails on the
// first that does not hold. What a probe found (kind exists, availability)
// leaves no piece: of these it asks only what the row itself says of them.
func Verify(r Report) error {
	for _, d := range r.Duties {
		for _, row := range d.Rows {
			if err := r.verifyRow(d, row); err != nil {
				return fmt.Errorf("quota %s, owner %s, period %s: %w", d.Quota, row.Owner, row.Period, err)
			}
		}
	}
	if err := r.verifyAirings(); err != nil {
		return err
	}
	if err := r.verifyDeclared(); err != nil {
		return err
	}
	again := r
	again.Duties, again.Broadcasts = slices.Clone(r.Duties), slices.Clone(r.Broadcasts)
	again.count()
	if path := differs("", reflect.ValueOf(r), reflect.ValueOf(again)); path != "" {
		return fmt.Errorf("figure %s is not what its rows say", path)
	}
	return nil
}

// verified refuses to print a report whose figures do not hold.
func verified(f Format) Format {
	write := f.Write
	f.Write = func(w io.Writer, r Report) error {
		if err := Verify(r); err != nil {
			return fmt.Errorf("refuse to print the report of %s: %w", r.Period.ID, err)
		}
		return write(w, r)
	}
	return f
}

// levelsAt are the levels a duty is held to in a period that begins at start.
func (d Duty) levelsAt(start time.Time) levels {
	for _, w := range d.Was {
		if start.Before(w.Until) {
			return w.levels
		}
	}
	return d.levels
}

// verifyRow counts one row's measures again.
func (r Report) verifyRow(d Duty, row Row) error {
	l := d.levelsAt(row.Start)
	until := row.known(r.Evaluated)
	// A row closed under another version of the plan keeps the levels it was closed with.
	same := row.Closed == nil || r.Closing != nil && r.Closing.PlanVersion == r.Plan.Version
	for _, m := range row.Measures {
		wanted, delivered, exact := r.remeasure(l, row, m.Name, until)
		switch {
		case !exact:
			return fmt.Errorf("measure %q cannot be counted again", m.Name)
		case same && m.Wanted != wanted:
			return fmt.Errorf("%s: wanted %g, its level is %g", m.Name, m.Wanted, wanted)
		case !slices.Contains(delivered, m.Delivered):
			return fmt.Errorf("%s: %g delivered, its rows say %v", m.Name, m.Delivered, delivered)
		}
		short := m.Wanted - m.Delivered
		if m.Bound == "at_most" {
			short = -short
		}
		short = max(0, short)
		if m.Shortfall != short && (same && row.Binding || m.Shortfall != 0) {
			return fmt.Errorf("%s: shortfall %g, want %g", m.Name, m.Shortfall, short)
		}
	}
	for _, p := range row.Credits {
		if p.Lag != nil && row.Closed == nil && (p.Since == nil || r.calendar().WorkingDaysBetween(*p.Since, p.At) != *p.Lag) {
			return fmt.Errorf("piece %s: %d working days do not fit its dates", p.ID, *p.Lag)
		}
	}
	waited := waitsUntil(l, row, until, r.calendar())
	for _, w := range row.Waiting {
		if w.Days != nil && (w.Since == nil || r.calendar().WorkingDaysBetween(*w.Since, waited) != *w.Days) {
			return fmt.Errorf("%s: %d working days do not fit its date", w.ID, *w.Days)
		}
	}
	return nil
}

func (r Report) calendar() calendar.Calendar { return calendar.Calendar{Off: r.Holidays} }

// remeasure is what a measure wants by its level, and what it may be by the
// row's pieces; ok is false for a measure it does not know. Of a row that was
// closed what depends on the moment it was derived, or on a table of holidays
// that may have been mended since, may be anything its rows allow.
func (r Report) remeasure(l levels, row Row, name string, until time.Time) (wanted float64, delivered []float64, ok bool) {
	pieces := row.Credits
	last := calendar.Period{Start: row.Start, End: row.End}.LastDay()
	if until.Before(row.End) {
		last = until
	}
	one := func(w, n int) (float64, []float64, bool) { return float64(w), []float64{float64(n)}, true }
	within := func(w, n, lo, hi int) (float64, []float64, bool) {
		if row.Closed == nil {
			return one(w, n)
		}
		return float64(w), between(lo, hi), true
	}
	switch {
	case name == "count" && l.Kind == "exists":
		return float64(l.Wanted), found(row), true
	case name == "count" && l.Kind == "lag":
		return one(len(pieces)+len(row.Waiting), len(pieces))
	case name == "count" && l.Kind == "deadline":
		return one(max(l.Wanted, 1), len(pieces))
	case name == "count":
		return one(l.Wanted, len(pieces))
	case name == "gap":
		return within(l.MaxGap, gap(pieces, row.Start, last, r.calendar()), 0, gap(pieces, row.Start, last, calendar.Calendar{}))
	case name == "age":
		newest := row.Start
		if n := len(pieces); n > 0 && pieces[n-1].At.After(newest) {
			newest = pieces[n-1].At
		}
		return one(l.Alive, max(0, calendar.DaysBetween(newest, last)))
	case name == "lag" && (l.Kind == "lag" || l.Kind == "answered"):
		sure, all := longest(row)
		if l.Kind == "answered" { // what waits is measured as far as a register tells, which may end before the period
			return float64(l.MaxLag), between(sure, all), true
		}
		return within(l.MaxLag, all, sure, all)
	case name == "lag":
		return one(0, daysLate(l, row))
	case name == "availability":
		return float64(l.Share), available(row), true
	}
	return 0, nil, false
}

// between are the whole numbers from lo to hi.
func between(lo, hi int) (out []float64) {
	for n := lo; n <= hi; n++ {
		out = append(out, float64(n))
	}
	return out
}

// found is what a row says its page may be: there if a piece shows it or the
// row says that it was found, missing or there if neither.
func found(row Row) []float64 {
	if len(row.Credits) > 0 || has(row.Reasons, "page_found") {
		return []float64{1}
	}
	return []float64{0, 1}
}

// available is the share a row's own reasons tell, whatever it says if none does.
func available(row Row) []float64 {
	for _, x := range row.Reasons {
		if x.Code == "available" || x.Code == "unavailable" {
			return []float64{number(x, "percent")}
		}
	}
	m, _ := measure(row.Measures, "availability")
	return []float64{m.Delivered}
}

// gap is the longest stretch without a piece, in days without holidays.
func gap(pieces []Piece, start, last time.Time, cal calendar.Calendar) int {
	most, running := 0, start
	for _, p := range pieces {
		t := p.At
		if t.After(last) {
			t = last
		}
		most = max(most, cal.GapDays(running, t))
		if t.After(running) {
			running = t
		}
	}
	return max(most, cal.GapDays(running, last))
}

// longest is the longest time from signature, or question, to publication:
// of what was published, and of what still waits too.
func longest(row Row) (published, all int) {
	for _, p := range row.Credits {
		if p.Lag != nil {
			published = max(published, *p.Lag)
		}
	}
	all = published
	for _, w := range row.Waiting {
		if w.Days != nil {
			all = max(all, *w.Days)
		}
	}
	return published, all
}

// daysLate is how late the piece came that completed the number.
func daysLate(l levels, row Row) int {
	n, end := max(l.Wanted, 1), row.End.AddDate(0, 0, l.DueDays)
	if l.Deadline != nil {
		end = *l.Deadline
	}
	if len(row.Credits) < n || row.Credits[n-1].At.Before(end) {
		return 0
	}
	return calendar.DaysBetween(end.Add(-time.Nanosecond), row.Credits[n-1].At)
}

// verifyAirings holds the airings told as counted against the credits of their
// rows, and their length against the reason that names it.
func (r Report) verifyAirings() error {
	for _, bc := range r.Broadcasts {
		i := slices.IndexFunc(r.Duties, func(d Duty) bool { return d.Quota == bc.Quota })
		if i < 0 {
			return fmt.Errorf("broadcasts of quota %s have no rows", bc.Quota)
		}
		credited, counted := map[string]bool{}, 0
		for _, row := range r.Duties[i].told() {
			if row.Owner != bc.Owner || row.InProgress {
				continue
			}
			for _, p := range row.Credits {
				credited[p.ID+"\x00"+row.Period] = true
			}
		}
		for _, a := range bc.Airings {
			if !a.Counted {
				continue
			}
			if counted++; !credited[a.ID+"\x00"+a.Period] {
				return fmt.Errorf("quota %s: airing %s is told as counted and is in no row", bc.Quota, a.ID)
			}
		}
		if counted > len(credited) {
			return fmt.Errorf("quota %s: %d airings counted, rows have %d", bc.Quota, counted, len(credited))
		}
	}
	return nil
}

// differs is the path of the first field in which two values differ, "" if none.
func differs(path string, a, b reflect.Value) string {
	switch a.Kind() {
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() {
			if a.Interface().(time.Time).Equal(b.Interface().(time.Time)) {
				return ""
			}
			return path
		}
		for i := range a.NumField() {
			name := a.Type().Field(i).Name
			if a.Type().Field(i).Anonymous { // promoted: not in the path
				name = ""
			}
			if p := differs(join(path, name), a.Field(i), b.Field(i)); p != "" {
				return p
			}
		}
		return ""
	case reflect.Slice:
		switch {
		case a.Len() != b.Len():
			return path
		case a.Pointer() == b.Pointer(): // rows, which are not counted again
			return ""
		}
		for i := range a.Len() {
			if p := differs(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i)); p != "" {
				return p
			}
		}
		return ""
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() || a.Pointer() == b.Pointer() {
			if a.IsNil() != b.IsNil() {
				return path
			}
			return ""
		}
		return differs(path, a.Elem(), b.Elem())
	case reflect.Map:
		if reflect.DeepEqual(a.Interface(), b.Interface()) {
			return ""
		}
		return path
	}
	if a.Equal(b) {
		return ""
	}
	return path
}

func join(path, name string) string {
	switch {
	case path == "" || name == "":
		return path + name
	}
	return path + "." + name
}
