package propose

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Side is what one draft of a schedule comes to for one quota and period.
type Side struct {
	Counted    int
	Met        bool
	Credits    []schedule.Credit    // broadcasts that would count
	Rejections []schedule.Rejection // of the quota's own column or length, that would not
}

// Row holds two drafts against one quota in one period.
type Row struct {
	Quota   string
	Basis   schedule.Basis
	Period  calendar.Period
	Wanted  int
	Partial bool // the drafts hold only a part of the period: what is missing may be elsewhere
	A, B    Side
}

// Change is one broadcast that the drafts do not have alike: From is the first
// draft's, To the second's; one of them may be nil.
type Change struct{ From, To *media.Airing }

// Compare holds two drafts of a station's schedule, of the days from..to (To
// exclusive), against the plan before anything is broadcast: each as if it were
// broadcast so (schedule.AsIf), judged by schedule.Match.
func Compare(p *schedule.Plan, cal *calendar.Calendar, station string, from, to, seen time.Time, a, b []media.Airing) ([]Row, []Change) {
	only := *p
	only.Quotas = nil
	for _, q := range p.Quotas {
		if q.Owner.Agency == station && hears(q) {
			only.Quotas = append(only.Quotas, q)
		}
	}
	am, bm := judged(&only, cal, seen, a), judged(&only, cal, seen, b)
	var rows []Row
	for _, q := range only.Quotas {
		for _, period := range schedule.Periods(&only, q) {
			if !period.End.After(from) || !period.Start.Before(to) {
				continue
			}
			r := Row{Quota: q.ID, Basis: q.Basis, Period: period, Wanted: q.Wanted, Partial: period.Start.Before(from) || period.End.After(to)}
			r.A, r.B = side(am, q, period), side(bm, q, period)
			rows = append(rows, r)
		}
	}
	return rows, changes(a, b)
}

// hears reports whether broadcasts may count for a quota.
func hears(q schedule.Quota) bool {
	if q.Kind == "airing" {
		return true
	}
	for _, c := range q.Conditions { // what only broadcasts are asked
		if c.Name == "theme" || c.Name == "first_run" || c.Name == "in_window" || c.Name == "min_minutes" {
			return true
		}
	}
	return false
}

func judged(p *schedule.Plan, cal *calendar.Calendar, seen time.Time, all []media.Airing) schedule.Matching {
	var ev []media.Evidence
	for _, a := range all {
		ev = append(ev, schedule.AsIf(p, a, seen))
	}
	return schedule.Match(p, ev, nil, cal)
}

func side(m schedule.Matching, q schedule.Quota, period calendar.Period) (s Side) {
	for _, c := range m.Credits {
		if c.Quota == q.ID && c.Period == period.ID {
			s.Credits = append(s.Credits, c)
		}
	}
	for _, r := range m.Rejections {
		if r.Quota == q.ID && r.Period == period.ID && r.Condition != "theme" { // every other programme fails the theme
			s.Rejections = append(s.Rejections, r)
		}
	}
	s.Counted = len(s.Credits)
	s.Met = s.Counted >= q.Wanted
	return s
}

// changes pairs what differs: a programme of one channel that both drafts have
// in one week at other times is moved, the rest was taken out or put in.
func changes(a, b []media.Airing) []Change {
	same := func(x, y media.Airing) bool {
		return x.Channel == y.Channel && x.Start.Equal(y.Start) && x.Duration == y.Duration && x.Programme == y.Programme && x.Title == y.Title && x.FirstRun == y.FirstRun
	}
	left := func(from, other []media.Airing) []media.Airing {
		rest, out := slices.Clone(other), []media.Airing(nil)
		for _, x := range from {
			if i := slices.IndexFunc(rest, func(y media.Airing) bool { return same(x, y) }); i >= 0 {
				rest = slices.Delete(rest, i, i+1)
				continue
			}
			out = append(out, x)
		}
		slices.SortStableFunc(out, func(x, y media.Airing) int {
			return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.Channel, y.Channel))
		})
		return out
	}
	gone, come := left(a, b), left(b, a)
	var out []Change
	for _, x := range gone {
		i := slices.IndexFunc(come, func(y media.Airing) bool {
			return x.Channel == y.Channel && x.Programme == y.Programme && calendar.WeekOf(x.Start) == calendar.WeekOf(y.Start)
		})
		c := Change{From: &x}
		if i >= 0 {
			y := come[i]
			c.To = &y
			come = slices.Delete(come, i, i+1)
		}
		out = append(out, c)
	}
	for _, y := range come {
		out = append(out, Change{To: &y})
	}
	slices.SortStableFunc(out, func(x, y Change) int { return x.at().Compare(y.at()) })
	return out
}

func (c Change) at() time.Time {
	if c.From != nil {
		return c.From.Start
	}
	return c.To.Start
}
