package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// Break is a place where a numbered or weekly column does not go on as it should,
// though every date may look fine. It is a question, never a verdict.
type Break struct {
	Series                 // whose
	At     time.Time       // of the instalment after which, or with which, it shows
	Before *media.Evidence // the neighbours; nil where there is none
	After  *media.Evidence
	Reason Reason // number_skipped, number_back, number_double, number_late or week_skipped
}

// Series is one column on one channel, in print or on line.
type Series struct {
	Agency, Column string
	Channel        string             // of broadcasts
	Kind           media.EvidenceKind // EvAiring, EvPrint or EvItem
}

// numbered is one instalment of a series.
type numbered struct {
	e       *media.Evidence
	n, year int // year 0: not said
	ok      bool
}

// Continuity looks through the instalments of every column of the plan for numbers
// that are skipped, go backwards, stand on two titles or were recorded after their
// successors, and for weeks without an instalment of a weekly column. Broadcasts
// are first runs, by channel; the number of a printed instalment is its issue's,
// of which a column skips as many as it usually does. Numbers that begin anew with
// a year are understood. What falls into [span.From, span.To) is told, by series
// and time.
//
// Where the log or the register does not cover the time between two instalments
// nothing is said of weeks, and a skipped number is marked unseen.
func Continuity(p *Plan, ev []media.Evidence, obs Observation, span Span) []Break {
	all := map[Series][]numbered{}
	known := map[string]bool{}
	for i := range ev {
		e := &ev[i]
		s, one := seriesOf(e)
		if one.e == nil || known[e.ID] || !slices.ContainsFunc(p.Columns, func(c media.Column) bool { return c.ID == s.Column }) {
			continue
		}
		known[e.ID] = true
		all[s] = append(all[s], one)
	}
	var out []Break
	for s, list := range all {
		slices.SortFunc(list, func(a, b numbered) int { return byWhen(*a.e, *b.e) })
		out = append(out, s.numbers(list, obs)...)
		out = append(out, s.weeks(list, obs)...)
	}
	out = slices.DeleteFunc(out, func(b Break) bool { return b.At.Before(span.From) || !b.At.Before(span.To) })
	slices.SortFunc(out, func(a, b Break) int {
		return cmp.Or(cmp.Compare(a.Agency, b.Agency), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Channel, b.Channel),
			a.At.Compare(b.At), cmp.Compare(a.Reason.Code, b.Reason.Code), cmp.Compare(fmt.Sprint(a.Reason.Args), fmt.Sprint(b.Reason.Args)))
	})
	return out
}

// seriesOf says what an instalment is one of; its evidence is nil where it is none.
func seriesOf(e *media.Evidence) (Series, numbered) {
	s := Series{Agency: e.Agency, Column: e.Column, Kind: e.Kind}
	one := numbered{e: e}
	if e.Column == "" || e.Precision == media.NoDate {
		return s, numbered{}
	}
	switch {
	case e.Kind == media.EvAiring && e.Airing != nil && e.Airing.FirstRun:
		s.Channel = e.Airing.Channel
		if one.n, one.year, one.ok = viet.EpisodeNumber(e.Airing.Title); !one.ok {
			one.n, one.year, one.ok = viet.EpisodeBehind(e.Airing.Programme)
		}
	case e.Kind == media.EvPrint:
		if one.n, one.year, one.ok = viet.EpisodeNumber(e.Document); !one.ok {
			one.n, one.year, one.ok = viet.EpisodeBehind(e.Document)
		}
	case e.Kind == media.EvItem && !e.Listed:
		if one.n, one.year, one.ok = viet.EpisodeNumber(e.Title); !one.ok {
			return s, numbered{} // news of the column beside its numbered instalments
		}
	default:
		return s, numbered{}
	}
	return s, one
}

// numbers tells what is wrong with the numbers of a series.
func (s Series) numbers(list []numbered, obs Observation) []Break {
	var out []Break
	step := s.step(list)
	last, loose, back := -1, 0, -1 // the latest that has a number, how many since have none, the latest that went back
	held := map[[2]int]*media.Evidence{}
	for i := range list {
		x := &list[i]
		if !x.ok {
			loose++
			continue
		}
		if x.year == 0 {
			x.year = x.yearAfter(list, last)
		}
		was := held[[2]int{x.year, x.n}]
		switch {
		case was == nil:
			held[[2]int{x.year, x.n}] = x.e
		case s.Kind != media.EvPrint && bareTitle(was) != bareTitle(x.e) && bareTitle(was) != "" && bareTitle(x.e) != "":
			out = append(out, s.broken(was, x.e, "number_double", args{"n": x.n, "title": titleOf(was), "other": titleOf(x.e)}))
		case s.Kind == media.EvPrint && !calendar.Day(when(*was)).Equal(calendar.Day(when(*x.e))):
			out = append(out, s.broken(was, x.e, "number_double", args{"n": x.n, "title": viet.Day(when(*was)), "other": viet.Day(when(*x.e))}))
		}
		if was != nil {
			continue
		}
		if last >= 0 && cmp.Or(cmp.Compare(x.year, list[last].year), cmp.Compare(x.n, list[last].n)) < 0 {
			if back < 0 || x.n != list[back].n+1 { // a slip; two in a row are numbered anew
				out = append(out, s.broken(list[last].e, x.e, "number_back", args{"n": x.n, "after": list[last].n, "day": stamp(when(*list[last].e))}))
				back = i
				continue
			}
		} else if last >= 0 {
			out = append(out, s.between(list[last], *x, loose, step, obs)...)
		}
		last, loose, back = i, 0, -1
	}
	return append(out, s.late(list)...)
}

// yearAfter is the year a number counts in that says none: that of the instalment
// before it, or, where it begins anew, its own.
func (x numbered) yearAfter(list []numbered, last int) int {
	own := when(*x.e).In(calendar.Zone).Year()
	if last < 0 || list[last].year == own || x.n < list[last].n && x.n <= 1+weeksInto(when(*x.e)) {
		return own
	}
	return list[last].year // it goes on, or back
}

// weeksInto is how many weeks of its year have begun by a day.
func weeksInto(t time.Time) int { return t.In(calendar.Zone).YearDay()/7 + 1 }

// between tells what is wrong between two instalments with numbers that follow each other.
func (s Series) between(a, b numbered, loose, step int, obs Observation) []Break {
	first, missing := a.n+step, 0
	switch {
	case b.year != a.year && b.n < a.n: // the numbers began anew
		if first = 1; s.Kind != media.EvPrint {
			missing = b.n - 1
		}
	case step > 1: // issues of a paper: a column skips as many as it usually does
		missing = (b.n-a.n+step/2)/step - 1
	default:
		missing = b.n - a.n - 1
	}
	if missing -= loose; missing <= 0 || step == 0 {
		return nil
	}
	r := args{"first": first, "last": first + (missing-1)*step, "missing": missing, "before": a.n, "after": b.n, "from": stamp(when(*a.e)), "to": stamp(when(*b.e))}
	if step > 1 {
		r["step"] = step
	}
	if !s.covered(when(*a.e), when(*b.e), obs) {
		r["unseen"] = 1
	}
	return []Break{s.broken(a.e, b.e, "number_skipped", r)}
}

// step is by how much numbers rise from one instalment to the next: by one, but
// for issues of a paper, where it is what is usual; 0 if nothing is.
func (s Series) step(list []numbered) int {
	if s.Kind != media.EvPrint {
		return 1
	}
	times := map[int]int{}
	n, last := 0, -1
	for _, x := range list {
		if !x.ok {
			continue
		}
		if last >= 0 && x.n > last {
			times[x.n-last]++
			n++
		}
		last = x.n
	}
	for d, k := range times {
		if k >= leastRhythm && k*100 >= n*usually {
			return d
		}
	}
	return 0
}

// late tells of instalments that were recorded a day or more after one with a
// higher number, whose number they come before.
func (s Series) late(list []numbered) []Break {
	var out []Break
	var next *numbered // the nearest later one with a number
	for i := len(list) - 1; i >= 0; i-- {
		x := &list[i]
		if !x.ok {
			continue
		}
		if next != nil && x.n < next.n && x.year == next.year && x.e.Seen.Sub(next.e.Seen) >= 24*time.Hour {
			out = append(out, s.broken(x.e, next.e, "number_late", args{"n": x.n, "seen": stamp(x.e.Seen), "after": next.n, "before": stamp(next.e.Seen)}))
		}
		next = x
	}
	for i := range out { // it shows with the one that is late, not with its successor
		out[i].At = when(*out[i].Before)
	}
	return out
}

// weeks tells of weeks without an instalment of a column that comes weekly.
func (s Series) weeks(list []numbered, obs Observation) []Break {
	if s.Kind == media.EvItem {
		return nil // what is not numbered is left out of these, and may well be an instalment
	}
	const week = 7 * 24 * time.Hour
	var gaps []time.Duration
	for i := 1; i < len(list); i++ {
		if d := calendar.Day(when(*list[i].e)).Sub(calendar.Day(when(*list[i-1].e))); d > 0 {
			gaps = append(gaps, d)
		}
	}
	weekly := 0
	for _, d := range gaps {
		if d >= 5*24*time.Hour && d <= 9*24*time.Hour {
			weekly++
		}
	}
	if weekly < leastRhythm || weekly*100 < len(gaps)*usually {
		return nil
	}
	var out []Break
	for i := 1; i < len(list); i++ {
		from, to := when(*list[i-1].e), when(*list[i].e)
		var empty []string
		for d := calendar.WeekOf(from).End; d.Before(calendar.WeekOf(to).Start); d = d.Add(week) {
			empty = append(empty, calendar.WeekOf(d).Name())
		}
		if len(empty) > 0 && s.covered(from, to, obs) {
			out = append(out, s.broken(list[i-1].e, list[i].e, "week_skipped", args{"weeks": empty, "from": stamp(from), "to": stamp(to)}))
		}
	}
	return out
}

// covered reports whether a log or a register covers the time between two instalments.
func (s Series) covered(from, to time.Time, obs Observation) bool {
	switch s.Kind {
	case media.EvAiring:
		return len(subtract(Span{from, to}, obs.Spans["log:"+s.Channel])) == 0
	case media.EvPrint:
		return len(subtract(Span{from, to}, obs.Spans[RegisterSource(media.RegPrint, s.Agency)])) == 0
	}
	return true
}

func (s Series) broken(before, after *media.Evidence, code string, a args) Break {
	return Break{Series: s, At: when(*after), Before: before, After: after, Reason: because(code, a)}
}

// titleOf is what an instalment is called beside its programme.
func titleOf(e *media.Evidence) string {
	if e.Airing != nil {
		return e.Airing.Title
	}
	return e.Title
}

// bareTitle is a title without its number, folded: «Số 12: Một cửa» and «số 12» –
// «Một cửa» are told apart by what follows.
func bareTitle(e *media.Evidence) string {
	_, rest, ok := strings.Cut(viet.Fold(titleOf(e)), ":")
	if !ok {
		if _, _, numbered := viet.EpisodeNumber(titleOf(e)); numbered {
			return ""
		}
		return viet.Fold(titleOf(e))
	}
	return strings.TrimSpace(rest)
}
