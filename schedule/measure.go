package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// measureDeadline adds how late the piece came that completed the number: the
// days after the last day that was in time.
func measureDeadline(v view) []Measure {
	out := []Measure{v.count()}
	if n := v.wanted(); n > 0 && len(v.pieces) >= n {
		out = append(out, v.atMost("lag", "days", basisOf(v.q.Basis), 0, float64(daysLate(v.pieces[n-1], v.end()))))
	}
	return out
}

// daysLate counts from the last instant in time: a document dated on an
// exclusive deadline day is one day late.
func daysLate(t, deadline time.Time) int {
	if t.Before(deadline) {
		return 0
	}
	return calendar.DaysBetween(deadline.Add(-time.Nanosecond), t)
}

// measureAttested is a count, with lateness where papers are due some days
// after the period.
func measureAttested(v view) []Measure {
	if v.q.DueDays > 0 {
		return measureDeadline(v)
	}
	return measureCount(v)
}

// measureRegular adds the longest gap.
func measureRegular(v view) []Measure {
	out := []Measure{v.count()}
	if v.q.MaxGap > 0 {
		longest, _ := v.gaps()
		out = append(out, v.atMost("gap", "days", basisOf(cmp.Or(v.q.MaxGapBasis, v.q.Basis)), float64(v.q.MaxGap), float64(longest)))
	}
	return out
}

// gaps measures the longest gap in the elapsed part of the period, in days
// without holidays, and names the piece (or the period's start) from which the
// running gap counts. The period's first day and the last elapsed day bound
// the outer gaps: what lies before is another period's affair.
func (v view) gaps() (longest int, running time.Time) {
	running = v.period.Start
	last := v.lastDay()
	for _, t := range v.pieces {
		t = earlier(t, last) // a person may have added a piece from outside the period
		longest = max(longest, v.cal.GapDays(running, t))
		if t.After(running) {
			running = t
		}
	}
	return max(longest, v.cal.GapDays(running, last)), running
}

// lastDay is the last day of the period that has begun.
func (v view) lastDay() time.Time {
	if v.now.Before(v.period.End) {
		return v.now
	}
	return v.period.LastDay()
}

// elapsed is the part of the period, or of its longer time for posting, that is past.
func (v view) elapsed() Span { return Span{v.period.Start, earlier(v.period.End, v.now)} }

// measureExists asks for the page, or for a piece of the column, and for how
// old the newest piece is. What lies before the period is another's affair, so
// that the age counts from its first day.
func measureExists(v view) []Measure {
	found := 0
	if len(v.pieces) > 0 {
		found = 1
	}
	for _, src := range v.pages() {
		if state, _ := v.found(src); state == media.Up {
			found = 1
		}
	}
	out := []Measure{v.atLeast("count", v.unit(), basisOf(cmp.Or(v.q.WantedBasis, v.q.Basis)), float64(v.wanted()), float64(found))}
	if v.q.Alive.Value > 0 {
		newest := v.period.Start
		if n := len(v.pieces); n > 0 && v.pieces[n-1].After(newest) {
			newest = v.pieces[n-1]
		}
		out = append(out, v.atMost("age", "days", basisOf(v.q.Alive.Basis), float64(v.q.Alive.Value), float64(max(0, calendar.DaysBetween(newest, v.lastDay())))))
	}
	return out
}

// unposted are the decisions of the office's register that no piece shows yet.
func (v view) unposted() []media.Evidence { return v.rejected("posted") }

// rejected lists the evidence that failed a condition.
func (v view) rejected(condition string) []media.Evidence {
	var out []media.Evidence
	for _, r := range v.rejections {
		if r.Condition == condition {
			out = append(out, r.Evidence)
		}
	}
	return out
}

// owed is the number of decisions known to be posted or to be posted still.
func (v view) owed() int { return len(v.credits) + len(v.unposted()) }

// lag is the longest of what was delivered and of what still waits, in working
// days; n is how many of either are known to the day.
// What waits when the period is judged is measured up to then: what is closed
// does not grow.
func (v view) lag(waiting []wait) (longest, n int) {
	until := earlier(v.now, v.end().Add(-second))
	for _, c := range v.credits {
		if c.Lag != nil {
			longest, n = max(longest, *c.Lag), n+1
		}
	}
	for _, w := range waiting {
		if !w.since.IsZero() {
			longest, n = max(longest, v.cal.WorkingDaysBetween(w.since, earlier(until, w.until))), n+1
		}
	}
	return longest, n
}

// measureLag counts what was posted of what was owed, and the longest time from
// signature to posting, by analogy with Điều 24 khoản 2 Nghị định 63/2010/NĐ-CP.
func measureLag(v view) []Measure {
	out := []Measure{v.count()}
	if longest, n := v.lag(v.signedUnposted()); n > 0 {
		out = append(out, v.atMost("lag", "working_days", basisOf(v.q.MaxLag.Basis), float64(v.q.MaxLag.Value), float64(longest)))
	}
	return out
}

// site is what was seen of one agency's site in the watched hours.
type site struct {
	agency          media.Agency
	up, down, whole time.Duration
}

// watch adds up what the probes saw of every watched site. Sites of agencies
// without any source are none. A server that answers is up, with whatever page;
// of several sources of one agency any that is up shows that the site is.
func (v view) watch() []site {
	var hours []Span
	within := v.elapsed()
	for d := calendar.Day(within.From); d.Before(within.To); d = d.AddDate(0, 0, 1) {
		from, to := d.Add(time.Duration(v.q.Hours[0])*time.Minute), d.Add(time.Duration(v.q.Hours[1])*time.Minute)
		switch {
		case v.q.Hours[0] == v.q.Hours[1]:
			from, to = d, d.AddDate(0, 0, 1)
		case v.q.Hours[1] == 0: // midnight is the end of the day
			to = d.AddDate(0, 0, 1)
		}
		hours = append(hours, Span{from, earlier(to, within.To)})
	}
	hours = merge(hours)
	of := map[string][]string{}
	for _, s := range v.p.Sources {
		if !s.Verify && alive(s, v.period) {
			of[s.Agency] = append(of[s.Agency], s.ID)
		}
	}
	var out []site
	var downs [][]Span
	for _, a := range v.p.Agencies {
		if !slices.Contains(v.q.Watch, a.Level) || len(of[a.ID]) == 0 || !a.ValidAt(within.From) {
			continue
		}
		var up, down []Span
		for _, id := range of[a.ID] {
			for _, u := range v.obs.Uptime[id] {
				if u.State == media.Down {
					down = append(down, Span{u.From, u.To})
				} else {
					up = append(up, Span{u.From, u.To})
				}
			}
		}
		s := site{agency: a, up: overlap(hours, up), whole: total(hours)}
		s.down = overlap(hours, append(slices.Clone(up), down...)) - s.up
		if len(up)+len(down) > 0 {
			downs = append(downs, without(down, up))
		}
		out = append(out, s)
	}
	// When nothing at all can be reached it is our own line that is down.
	if ours := overlap(hours, everywhere(downs)); len(downs) > 1 && ours > 0 {
		for i := range out {
			out[i].down = max(0, out[i].down-ours)
		}
	}
	return out
}

// without is what of some spans others leave.
func without(spans, others []Span) []Span {
	var out []Span
	for _, s := range merge(spans) {
		out = append(out, subtract(s, others)...)
	}
	return out
}

// everywhere is where all of several sets of spans meet.
func everywhere(sets [][]Span) []Span {
	if len(sets) == 0 {
		return nil
	}
	common := merge(sets[0])
	for _, set := range sets[1:] {
		common = without(common, without(common, set))
	}
	return common
}

// measureAvailability is the share of the watched hours in which the sites
// answered, of what was seen of them, in per cent rounded down to hundredths.
func measureAvailability(v view) []Measure {
	up, down, _ := v.pooled()
	m := v.atLeast("availability", "percent", basisOf(v.q.Share.Basis), float64(v.q.Share.Value), 0)
	if seen := up + down; seen > 0 {
		m = v.atLeast("availability", "percent", basisOf(v.q.Share.Basis), float64(v.q.Share.Value), percent(up, seen))
	}
	return []Measure{m}
}

func (v view) pooled() (up, down, whole time.Duration) {
	for _, s := range v.sites {
		up, down, whole = up+s.up, down+s.down, whole+s.whole
	}
	return up, down, whole
}

// percent is part of whole in hundredths of a per cent, rounded down, so that
// 98.999 is not shown as 99.
func percent(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return math.Floor(float64(part)/float64(whole)*10000) / 100
}

// overlap is how long two sets of spans meet; the first is merged.
func overlap(a []Span, b []Span) (d time.Duration) {
	b = merge(b)
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, to := a[i].From, earlier(a[i].To, b[j].To)
		if b[j].From.After(from) {
			from = b[j].From
		}
		d += Span{from, to}.length()
		if a[i].To.Before(b[j].To) {
			i++
		} else {
			j++
		}
	}
	return d
}
