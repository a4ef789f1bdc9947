package propose

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Ask says what times are wanted.
type Ask struct {
	Quota    string
	Column   string // column id of the programme to place
	Channels []string
	Minutes  int
	From, To time.Time // To exclusive
	Now      time.Time
	Need     map[string]int // broadcasts wanted by period id; nil: the quota's number in each
}

// step is how far apart two times are that are tried, in minutes.
const step = 5

// Place is a weekly time: what stays the same from week to week.
type Place struct {
	Channel string
	Weekday time.Weekday
	Minute  int // after local midnight
}

func (p Place) compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Channel, q.Channel), cmp.Compare(weekday(p.Weekday), weekday(q.Weekday)), cmp.Compare(p.Minute, q.Minute))
}

// weekday counts from Monday.
func weekday(d time.Weekday) int { return (int(d) + 6) % 7 }

// Airtime is one proposed broadcast, or a period in which none can be had.
type Airtime struct {
	Period  calendar.Period
	Channel string    // "" where there is none
	Start   time.Time // zero where there is none
	Minutes int
	Place   Place             // the regular time in this period
	Kept    bool              // it is at its regular time
	Reasons []schedule.Reason // why there and then, then what the plan says of it
}

// Season is a proposal for some periods.
type Season struct {
	Times   []Airtime
	Usual   *Place // where the column has been of late, nil if nowhere
	Changes int    // slots off the regular time, and moves of the regular time
	Empty   int    // broadcasts wanted that no time can be found for
	Cost    int64  // by the weights below
	Bound   int64  // no proposal costs less
}

// Gap is how far the cost may be over the least one, 0..1.
func (s Season) Gap() float64 {
	if s.Cost <= s.Bound || s.Cost == 0 {
		return 0
	}
	return float64(s.Cost-s.Bound) / float64(s.Cost)
}

// What a proposal costs. A week without a broadcast is worst. A move of the
// regular time is announced once and is worth two weeks off it; the rest tells
// equals apart: near the regular time, on the column's own place, on no holiday.
const (
	costEmpty   = 1_000_000_000
	costMove    = 2_000_000
	costOff     = 1_000_000
	costDay     = 1_000 // for each day away from the regular weekday
	costChannel = 5_000
	costOpen    = 10 // not the column's own place
	costHoliday = 200
)

// option is one time in one period at which the plan would count a broadcast.
type option struct {
	place   Place
	start   time.Time
	own     bool // in the column's own block
	holiday string
	reasons []schedule.Reason
}

// term is one period: the times at which the plan would count a broadcast, and
// what is in the way of the others.
type term struct {
	period   calendar.Period
	need     int
	options  []option // by place, then date
	conflict map[placeDay]Conflict
	refused  map[placeDay]schedule.Reason // by Match
}

// placeDay is a place on one day.
type placeDay struct {
	Place
	day string
}

// Airtimes proposes times for a column's broadcasts in every period of the quota
// between two days: such as the plan would count (schedule.AsIf and Match say
// so), in the grid's open blocks or the column's own ones, clear of conflicts,
// with the fewest changes of weekday and time. past is what was broadcast and
// counted of late. For one broadcast a period the answer is the best there is
// (dynamic programming over the periods and regular times); for more, series
// after series is placed so, and Bound tells how far off the whole may be.
func Airtimes(p *schedule.Plan, cal *calendar.Calendar, g Grid, past []media.Airing, a Ask) Season {
	q := quotaOf(p, a.Quota)
	if q == nil {
		return Season{}
	}
	left := termsOf(p, cal, g, *q, a)
	all := slices.Clone(left)
	out := Season{Usual: usual(past, a.Column)}
	begin := out.Usual
	if begin != nil && !slices.ContainsFunc(all, func(t term) bool { return t.knows(*begin) }) {
		begin = nil // the grid has no such time any more: nothing is moved away from it
	}
	if begin == nil {
		begin = g.own(a)
	}
	for n := 0; ; n++ {
		var free, of []*term
		for i := range left {
			if left[i].need > n {
				free, of = append(free, &all[i]), append(of, &left[i])
			}
		}
		if len(of) == 0 {
			break
		}
		least, _, _ := best(free, begin)
		cost, regular, taken := best(of, begin)
		out.Cost, out.Bound = out.Cost+cost, out.Bound+least // no series of these periods costs less, whatever the others take
		was := begin
		for i, t := range of {
			s := t.slot(regular[i], taken[i], was, a.Minutes)
			if was != nil && regular[i] != *was {
				out.Changes++
			}
			if was != nil || s.Kept { // until it has stood once, it is not kept
				was = &regular[i]
			}
			if s.Start.IsZero() {
				out.Empty++
			} else {
				if !s.Kept {
					out.Changes++
				}
				day := calendar.Day(s.Start)
				t.options = slices.DeleteFunc(slices.Clone(t.options), func(o option) bool { return calendar.Day(o.start).Equal(day) })
			}
			out.Times = append(out.Times, s)
		}
	}
	slices.SortStableFunc(out.Times, func(x, y Airtime) int {
		return cmp.Or(x.Period.Start.Compare(y.Period.Start), x.Start.Compare(y.Start))
	})
	return out
}

// own is the first weekly place that the grid gives to the column itself, nil if none.
func (g Grid) own(a Ask) *Place {
	var first *Place
	for _, b := range g.Blocks {
		if b.Open || b.Column == "" || b.Column != a.Column || a.Channels != nil && !slices.Contains(a.Channels, b.Channel) || !b.From.IsZero() && !b.From.Before(a.To) || !b.To.IsZero() && !b.To.After(a.From) {
			continue
		}
		for _, d := range b.Days {
			if at := (Place{b.Channel, d, b.Start}); first == nil || at.compare(*first) < 0 {
				first = &at
			}
		}
	}
	return first
}

// knows reports whether a place was looked at in the period, whatever came of it.
func (t *term) knows(at Place) bool {
	key := placeDay{at, t.on(at).Format(time.DateOnly)}
	_, clash := t.conflict[key]
	_, refused := t.refused[key]
	return clash || refused || slices.ContainsFunc(t.options, func(o option) bool { return o.place == at })
}

// usual is where a column has been of late: its most frequent place, of equals the latest.
func usual(past []media.Airing, column string) *Place {
	n, last := map[Place]int{}, map[Place]time.Time{}
	var most *Place
	for _, a := range past {
		if column != "" && a.Column != column {
			continue
		}
		at := placeOf(a.Channel, a.Start)
		n[at]++
		last[at] = later(last[at], a.Start)
		if most == nil || n[at] > n[*most] || n[at] == n[*most] && last[at].After(last[*most]) {
			most = &at
		}
	}
	return most
}

func placeOf(channel string, start time.Time) Place {
	start = start.In(calendar.Zone)
	return Place{channel, start.Weekday(), start.Hour()*60 + start.Minute()}
}

func keyOf(o option) placeDay {
	return placeDay{o.place, o.start.In(calendar.Zone).Format(time.DateOnly)}
}

// termsOf lists the periods with the times in them.
func termsOf(p *schedule.Plan, cal *calendar.Calendar, g Grid, q schedule.Quota, a Ask) []term {
	var out []term
	var tried []media.Evidence
	byID := map[string]option{}
	at := map[string]int{} // term by evidence id
	for _, period := range q.Cadence.Periods(a.From, a.To) {
		need := q.Wanted
		if a.Need != nil {
			need = a.Need[period.ID]
		}
		if need <= 0 {
			continue
		}
		t := term{period: period, need: need, conflict: map[placeDay]Conflict{}, refused: map[placeDay]schedule.Reason{}}
		for _, o := range g.times(cal, period, a) {
			if c, clash := g.Clash(cal, o.place.Channel, calendar.Day(o.start), o.place.Minute, o.place.Minute+a.Minutes); clash {
				t.conflict[keyOf(o)] = c
				continue
			}
			e := schedule.AsIf(p, media.Airing{Channel: o.place.Channel, Programme: columnName(p, a.Column), Column: a.Column, Start: o.start,
				Duration: time.Duration(a.Minutes) * time.Minute, FirstRun: true}, a.Now)
			if _, twice := byID[e.ID]; !twice {
				byID[e.ID], at[e.ID] = o, len(out)
				tried = append(tried, e)
			}
		}
		out = append(out, t)
	}
	only := *p
	only.Quotas = []schedule.Quota{q}
	m := schedule.Match(&only, tried, nil, cal)
	for _, c := range m.Credits {
		o := byID[c.Evidence.ID]
		o.reasons = c.Reasons
		t := &out[at[c.Evidence.ID]]
		t.options = append(t.options, o)
	}
	for _, r := range m.Rejections {
		out[at[r.Evidence.ID]].refused[keyOf(byID[r.Evidence.ID])] = r.Reason
	}
	for i := range out {
		slices.SortFunc(out[i].options, func(x, y option) int { return cmp.Or(x.place.compare(y.place), x.start.Compare(y.start)) })
	}
	return out
}

func columnName(p *schedule.Plan, id string) string {
	for _, c := range p.Columns {
		if c.ID == id {
			return cmp.Or(c.Name, id)
		}
	}
	return id
}

// times lists every time that the grid leaves for a broadcast in a period.
func (g Grid) times(cal *calendar.Calendar, period calendar.Period, a Ask) []option {
	var out []option
	from, to := later(later(period.Start, a.From), a.Now), period.End
	if a.To.Before(to) {
		to = a.To
	}
	for day := calendar.Day(from); day.Before(to); day = day.AddDate(0, 0, 1) {
		off := ""
		if cal != nil {
			off, _ = cal.Holiday(day)
		}
		for _, b := range g.Blocks {
			own := !b.Open && b.Column != "" && b.Column == a.Column
			if !b.Open && !own || !b.On(day) || a.Channels != nil && !slices.Contains(a.Channels, b.Channel) {
				continue
			}
			for m := b.Start; m+a.Minutes <= b.End; m += step {
				if start := day.Add(time.Duration(m) * time.Minute); !start.Before(from) && g.stands(b, day, m, m+a.Minutes) {
					out = append(out, option{place: Place{b.Channel, day.Weekday(), m}, start: start, own: own, holiday: off})
				}
			}
		}
	}
	return out
}

// cost of a period when its regular time is r, and the option taken, nil if none.
func (t *term) cost(r Place) (int64, *option) {
	i, found := slices.BinarySearchFunc(t.options, r, func(o option, r Place) int { return o.place.compare(r) })
	if found {
		return t.options[i].cost(), &t.options[i]
	}
	least, at := int64(costEmpty), (*option)(nil)
	for i := range t.options {
		o := &t.options[i]
		if c := costOff + o.cost() + o.place.away(r); c < least {
			least, at = c, o
		}
	}
	return least, at
}

// away is how far one place is from another.
func (p Place) away(q Place) int64 {
	c := costDay*int64(abs(weekday(p.Weekday)-weekday(q.Weekday))) + int64(abs(p.Minute-q.Minute))
	if p.Channel != q.Channel {
		c += costChannel
	}
	return c
}

func (o option) cost() (c int64) {
	if !o.own {
		c += costOpen
	}
	if o.holiday != "" {
		c += costHoliday
	}
	return c
}

func abs(n int) int { return max(n, -n) }

// best is the series of least cost: for each period its regular time and the
// option taken. The regular time may move between periods, at a cost.
func best(of []*term, usual *Place) (cost int64, regular []Place, taken []*option) {
	var places []Place
	if usual != nil {
		places = append(places, *usual)
	}
	for _, t := range of {
		for _, o := range t.options {
			places = append(places, o.place)
		}
	}
	slices.SortFunc(places, Place.compare)
	places = slices.Compact(places)
	if len(places) == 0 {
		return costEmpty * int64(len(of)), make([]Place, len(of)), make([]*option, len(of))
	}
	costs := make([]int64, len(places))
	for r := range places {
		if usual != nil && places[r] != *usual {
			costs[r] = costMove + places[r].away(*usual)
		}
	}
	from := make([][]int, len(of)) // regular time of the period before, by that of this
	for i, t := range of {
		from[i] = make([]int, len(places))
		next := make([]int64, len(places))
		for r, place := range places {
			next[r], from[i][r] = costs[r], r
			for was := range places { // of equals the latest move
				if c := costs[was] + costMove; i > 0 && c <= next[r] && was != r {
					if c += place.away(places[was]); c <= next[r] {
						next[r], from[i][r] = c, was
					}
				}
			}
			c, _ := t.cost(place)
			next[r] += c
		}
		costs = next
	}
	at := 0
	for r := range costs {
		if costs[r] < costs[at] {
			at = r
		}
	}
	cost = costs[at]
	regular, taken = make([]Place, len(of)), make([]*option, len(of))
	for i := len(of) - 1; i >= 0; i-- {
		regular[i] = places[at]
		_, taken[i] = of[i].cost(places[at])
		at = from[i][at]
	}
	return cost, regular, taken
}

// slot tells of what was taken in a period, and why.
func (t *term) slot(r Place, o *option, was *Place, minutes int) Airtime {
	s := Airtime{Period: t.period, Place: r, Minutes: minutes}
	because := func(code string, args map[string]any) {
		s.Reasons = append(s.Reasons, schedule.Reason{Code: code, Args: args})
	}
	if o == nil {
		because("slot_none", nil)
		s.Reasons = append(s.Reasons, t.obstacles()...)
		return s
	}
	s.Channel, s.Start, s.Kept = o.place.Channel, o.start, o.place == r
	moved := was != nil && r != *was
	switch {
	case !s.Kept:
		because("slot_off", map[string]any{"at": stamp(t.on(r)), "channel": r.Channel})
		s.Reasons = append(s.Reasons, t.why(r)...)
	case moved:
		because("slot_moved", map[string]any{"at": stamp(t.on(*was)), "channel": was.Channel})
		if !slices.ContainsFunc(t.options, func(o option) bool { return o.place == *was }) {
			s.Reasons = append(s.Reasons, t.why(*was)...)
		}
	case was == nil:
		because("slot_regular", map[string]any{"at": stamp(o.start)})
	default:
		because("slot_kept", map[string]any{"at": stamp(o.start)})
	}
	if o.own {
		because("slot_own", nil)
	}
	if o.holiday != "" {
		because("slot_holiday", map[string]any{"name": o.holiday})
	}
	s.Reasons = append(s.Reasons, o.reasons...)
	return s
}

func stamp(t time.Time) string { return t.In(calendar.Zone).Format(time.RFC3339) }

// on is the first time a place comes in the period.
func (t *term) on(r Place) time.Time {
	day := t.period.Start
	for day.Weekday() != r.Weekday {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(time.Duration(r.Minute) * time.Minute)
}

// why says what is in the way of a place in the period.
func (t *term) why(r Place) []schedule.Reason {
	key := placeDay{r, t.on(r).Format(time.DateOnly)}
	if c, ok := t.conflict[key]; ok {
		return []schedule.Reason{{Code: "slot_conflict", Args: map[string]any{"why": c.Why}}}
	}
	if reason, ok := t.refused[key]; ok {
		return []schedule.Reason{reason}
	}
	return []schedule.Reason{{Code: "slot_closed"}}
}

// obstacles say what is in the way of a whole period: the conflicts, and what
// the plan would not count most often.
func (t *term) obstacles() []schedule.Reason {
	var whys []string
	for _, c := range t.conflict {
		if !slices.Contains(whys, c.Why) {
			whys = append(whys, c.Why)
		}
	}
	slices.Sort(whys)
	var out []schedule.Reason
	for _, w := range whys {
		out = append(out, schedule.Reason{Code: "slot_conflict", Args: map[string]any{"why": w}})
	}
	n := map[string]int{}
	for _, r := range t.refused {
		n[r.Code]++
	}
	var refused []string
	for code := range n {
		refused = append(refused, code)
	}
	slices.SortFunc(refused, func(a, b string) int { return cmp.Or(n[b]-n[a], cmp.Compare(a, b)) })
	for _, code := range refused {
		out = append(out, schedule.Reason{Code: code}) // one sentence for all the times
	}
	if len(out) == 0 {
		out = append(out, schedule.Reason{Code: "slot_closed"})
	}
	return out
}
