package year

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"loa/schedule/calendar"
)

// Result is how the shipped rules did in a year.
type Result struct {
	Series, Hours int
	Rows          []Row
	Week          string   // the week with the most messages to the officer
	MostWeekly    int      // messages in it
	Faults        []string // everything that a good year has none of
}

// Row counts one quota's periods and what was said of them.
type Row struct {
	Quota                                string
	Periods, Missed                      int // Missed: really, and not exempt
	Warned, Late, Hidden, Silent         int // of the missed: warned in time; too late; could not be known or was announced; never though it could be known
	False, Twice                         int // warnings of what was met, exempt, unknown or announced; notices told again
	Told, Untold, FalseMissed, TwiceMiss int // of the missed: questions put to the officer; none by the end; wrong ones; again
}

// settled is the days after a period by which its log has come, however late.
const settled = 31

// judge holds what was said against what happened.
func (w *world) judge(all []episode, series, hours int) Result {
	res := Result{Series: series, Hours: hours}
	fault := func(format string, a ...any) { res.Faults = append(res.Faults, fmt.Sprintf(format, a...)) }
	said := func(d duty, names ...string) (out []episode) {
		for _, e := range all {
			if slices.Contains(names, e.labels["alertname"]) && e.labels["quota"] == d.quota && e.labels["owner"] == d.owner && e.labels["period"] == d.period {
				out = append(out, e)
			}
		}
		return out
	}
	for _, q := range []string{"B-D1", "A-6.1"} {
		row := Row{Quota: q}
		for _, d := range w.duties {
			if d.quota != q || d.end.AddDate(0, 0, settled).After(w.to) {
				continue
			}
			row.Periods++
			early, missed := said(d, "LoaEarlyWarning", "LoaColumnMidMonth"), said(d, "LoaMissed")
			for _, e := range early {
				if d.at(e.first) >= d.wanted || !d.exempt.IsZero() && !e.first.Before(d.exempt) || d.announced || d.unknownAt(e.first) {
					row.False++
					fault("%s %s: warned falsely at %s", q, d.period, e.first.Format(time.DateTime))
				}
				if e.times > 1 {
					row.Twice++
					fault("%s %s: warned %d times", q, d.period, e.times)
				}
			}
			for _, e := range missed {
				if d.at(e.first) >= d.wanted || !d.exempt.IsZero() || d.unknownAt(e.first) {
					row.FalseMissed++
					fault("%s %s: called missed falsely at %s", q, d.period, e.first.Format(time.DateTime))
				}
				if e.times > 1 {
					row.TwiceMiss++
					fault("%s %s: called missed %d times", q, d.period, e.times)
				}
			}
			if len(early) > 1 || len(missed) > 1 {
				fault("%s %s: %d warnings, %d misses", q, d.period, len(early), len(missed))
			}
			if !d.missed() {
				continue
			}
			row.Missed++
			switch limit := w.limit(d); {
			case len(early) > 0 && !early[0].first.After(limit):
				row.Warned++
			case d.announced || w.unknowable(d, limit):
				row.Hidden++
			case len(early) > 0:
				row.Late++
				fault("%s %s: warned at %s, after %s", q, d.period, early[0].first.Format(time.DateTime), limit.Format(time.DateTime))
			default:
				row.Silent++
				fault("%s %s: never warned, though it could be known until %s", q, d.period, limit.Format(time.DateTime))
			}
			if len(missed) > 0 {
				row.Told++
			} else {
				row.Untold++
				fault("%s %s: a miss that nobody was asked about", q, d.period)
			}
		}
		res.Rows = append(res.Rows, row)
	}
	w.deadline(all, fault)
	res.weekly(all, fault)
	return res
}

// limit is the last moment at which what is missing could still be begun, by the
// time its owner needs; of a period too short for that, its end.
func (w *world) limit(d duty) time.Time {
	lead, missing := w.quota(d.quota).LeadDays, d.wanted-len(d.done)
	at := w.cal.AddWorkingDays(d.end.Add(-time.Second).AddDate(0, 0, 1-missing), -lead*missing)
	if first := w.cal.NextWorkingDay(d.start).Add(9 * time.Hour); at.Before(first) { // told on its first working morning, Tết before it
		return d.end
	}
	return at
}

// unknowable reports whether loa could not have known, in the last day before the limit.
func (w *world) unknowable(d duty, limit time.Time) bool {
	for t := limit; t.After(limit.Add(-day)) && t.After(d.start); t = t.Add(-time.Hour) {
		if !d.unknownAt(t) {
			return false
		}
	}
	return true
}

// deadline: of what many owe once there is one message at each reminder, as long
// as somebody owes it.
func (w *world) deadline(all []episode, fault func(string, ...any)) {
	n := 0
	for _, e := range all {
		if e.labels["alertname"] != "LoaPlanDeadline" {
			continue
		}
		n++
		left := 0
		for _, d := range w.duties {
			if d.quota == e.labels["quota"] && d.at(e.first) < d.wanted {
				left++
			}
		}
		if left == 0 || e.times > 1 {
			fault("%s: reminder %s told %d times, %d owe it", e.labels["quota"], e.labels["reminder"], e.times, left)
		}
	}
	if n > 3 {
		fault("%d reminders of a deadline, want at most 3", n)
	}
}

// weekly counts what the officer is sent: what begins in one hour for one owner is one message.
func (r *Result) weekly(all []episode, fault func(string, ...any)) {
	weeks, seen := map[string]int{}, map[string]bool{}
	for _, e := range all {
		if e.labels["audience"] != "officer" {
			continue
		}
		for _, s := range e.starts {
			if key := e.labels["owner"] + " " + s.at.String(); !seen[key] {
				seen[key] = true
				weeks[calendar.WeekOf(s.at).ID] += s.n
			}
		}
	}
	for week, n := range weeks {
		if n > r.MostWeekly || n == r.MostWeekly && week < r.Week {
			r.Week, r.MostWeekly = week, n
		}
	}
	if r.MostWeekly > 5 {
		fault("%d messages in week %s", r.MostWeekly, r.Week)
	}
}

// String is the table that people read.
func (r Result) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Chỉ tiêu\tSố kỳ\tThật sự thiếu\tCảnh báo kịp\tCảnh báo muộn\tKhông thể biết trước\tBỏ sót\tCảnh báo sai\tĐã hỏi sau kỳ\tHỏi sai\tNhắc lặp")
	for _, x := range r.Rows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", x.Quota, x.Periods, x.Missed, x.Warned, x.Late, x.Hidden, x.Silent, x.False, x.Told, x.FalseMissed, x.Twice+x.TwiceMiss)
	}
	w.Flush() // into memory
	fmt.Fprintf(&b, "Chuyên viên nhận nhiều nhất %d tin một tuần (%s). %d giờ, %d chuỗi số đo.\n", r.MostWeekly, r.Week, r.Hours, r.Series)
	return b.String()
}
