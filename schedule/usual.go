package schedule

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Usual is what an owner usually does for a quota, from its last eight periods
// that are over. Nothing is told of the time where the history is too short, or
// the owner keeps to none.
type Usual struct {
	Weekday time.Weekday `json:"weekday"` // of broadcasts, where Pieces > 0 and Days is empty
	Minute  int          `json:"minute"`  // of broadcasts: minutes after local midnight at which they usually begin
	Channel string       `json:"channel,omitempty"`
	Days    []int        `json:"days,omitempty"` // of instalments: the days of the month on which the first, second … usually comes
	Pieces  int          `json:"pieces"`         // from how many the time is learned; 0: no time is told
	Met     int          `json:"met"`            // of the periods that were judged: how many were met in time
	Of      int          `json:"of"`
}

// habitKey is one quota of one owner.
type habitKey struct{ quota, owner string }

// habits learns what every owner usually does from the standings of periods that
// are over and from what counted in them; with timed only of quotas whose pieces
// may come at a usual time.
func habits(p *Plan, sts []Standing, credits []Credit, now time.Time, timed bool) map[habitKey]Usual {
	quotas := map[string]*Quota{}
	for i := range p.Quotas {
		q := &p.Quotas[i]
		if k, ok := kind(q.Kind); ok && (!timed || k.sees(*q, media.EvAiring) || k.Name == "instalments") {
			quotas[q.ID] = q
		}
	}
	over := map[habitKey][]*Standing{}
	for i := range sts {
		if s := &sts[i]; quotas[s.Quota] != nil && !s.End.After(now) {
			k := habitKey{s.Quota, s.Owner}
			over[k] = append(over[k], s)
		}
	}
	counted := bySlot(credits, func(c Credit) bool { return quotas[c.Quota] != nil })
	out := make(map[habitKey]Usual, len(over))
	for key, list := range over {
		q := quotas[key.quota]
		k, _ := kind(q.Kind)
		slices.SortFunc(list, func(a, b *Standing) int { return a.Start.Compare(b.Start) })
		list = list[max(0, len(list)-mostRhythm):]
		var u Usual
		var pieces [][]Credit
		for _, s := range list {
			if s.State == Met || s.State == Missed {
				u.Of++
			}
			if s.State == Met {
				u.Met++
			}
			pieces = append(pieces, counted[s.slot()])
		}
		switch {
		case k.sees(*q, media.EvAiring):
			u.broadcasts(slices.Concat(pieces...))
		case k.Name == "instalments" && q.Cadence == calendar.Month:
			u.instalments(pieces, q.Wanted)
		}
		out[key] = u
	}
	return out
}

// usually is the share of pieces, in per cent, that have to keep to one time
// before it is called usual.
const usually = 60

// broadcasts learns the weekday and the hour.
func (u *Usual) broadcasts(all []Credit) {
	var starts [7][]media.Airing
	n := 0
	for _, c := range all {
		if a := c.Evidence.Airing; a != nil {
			day := a.Start.In(calendar.Zone).Weekday()
			starts[day] = append(starts[day], *a)
			n++
		}
	}
	best := 0
	for d := range starts {
		if len(starts[d]) > len(starts[best]) {
			best = d
		}
	}
	some := starts[best]
	if len(some) < leastRhythm || len(some)*100 < n*usually {
		return
	}
	minutes := make([]int, len(some))
	u.Weekday, u.Pieces, u.Channel = time.Weekday(best), len(some), some[0].Channel
	for i, a := range some {
		at := a.Start.In(calendar.Zone)
		minutes[i] = at.Hour()*60 + at.Minute()
		if a.Channel != u.Channel {
			u.Channel = ""
		}
	}
	u.Minute = middle(minutes)
}

// instalments learns on which days of the month the first, second … comes.
func (u *Usual) instalments(periods [][]Credit, wanted int) {
	const near = 3 // days to either side
	var days []int
	pieces := 0
	for nth := range wanted {
		var on []int
		for _, cs := range periods {
			if nth < len(cs) {
				on = append(on, when(cs[nth].Evidence).In(calendar.Zone).Day())
			}
		}
		if len(on) < leastRhythm {
			return
		}
		mid, kept := middle(on), 0
		for _, d := range on {
			if max(d-mid, mid-d) <= near {
				kept++
			}
		}
		if kept*100 < len(on)*usually {
			return
		}
		days, pieces = append(days, mid), pieces+len(on)
	}
	u.Days, u.Pieces = days, pieces
}

// middle is the lower median.
func middle(xs []int) int {
	xs = slices.Clone(xs)
	slices.SortFunc(xs, cmp.Compare)
	return xs[(len(xs)-1)/2]
}

// reason tells of the usual time; ok is false where none is.
func (u Usual) reason(p *Plan) (r Reason, ok bool) {
	a := args{"met": u.Met, "of": u.Of}
	switch {
	case u.Pieces == 0:
		return Reason{}, false
	case len(u.Days) > 0:
		days := make([]string, len(u.Days))
		for i, d := range u.Days {
			days[i] = strconv.Itoa(d)
		}
		a["days"] = days
	default:
		a["weekday"], a["minute"] = int(u.Weekday), u.Minute
		if u.Channel != "" {
			a["channel"] = channelName(p, u.Channel)
		}
	}
	return because("usually", a), true
}

// WithUsual adds to the standings of periods that run what their owners usually do,
// by periods as they were closed.
func (e Evaluation) WithUsual(p *Plan) Evaluation {
	usual := habits(p, e.Standings, e.Matching.Credits, e.Now, true)
	for i := range e.Standings {
		st := &e.Standings[i]
		if r, ok := usual[habitKey{st.Quota, st.Owner}].reason(p); ok && st.State == Open {
			st.Reasons = append(st.Reasons, r)
		}
	}
	return e
}
