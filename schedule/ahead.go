package schedule

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Slot is a period ahead in which a quota can still be met («khung dự kiến»): one
// that runs or is to come, with what is missing, until when it can be had, what
// is announced for it, what could fill it and what its owner usually does.
type Slot struct {
	Quota     string     `json:"quota"`
	Basis     Basis      `json:"basis"`
	Owner     string     `json:"owner"`
	Period    string     `json:"period"`
	Start     time.Time  `json:"start"`
	End       time.Time  `json:"end"` // exclusive
	State     State      `json:"state"`
	Risk      string     `json:"risk"`       // as of its standing
	Short     int        `json:"short"`      // pieces still missing, whatever is announced
	Unit      string     `json:"unit"`       // as of its measure
	LastSave  time.Time  `json:"last_save"`  // last moment at which it can be met; zero if nothing is missing or nothing can be saved
	ProduceBy time.Time  `json:"produce_by"` // last moment at which what is missing can be begun; zero as LastSave
	Planned   []Prospect `json:"planned"`    // in the order of start
	Usual     Usual      `json:"usual"`
	Fill      []Filling  `json:"fill"`    // best first; put in by whoever makes suggestions
	Reasons   []Reason   `json:"reasons"` // of its standing
}

// Filling is something that could fill a slot.
type Filling struct {
	Kind  string    `json:"kind"` // "item" (a piece to be carried), "airtime" (a time proposed in the grid), "production" (made, not broadcast)
	ID    string    `json:"id"`   // of an item or production
	Title string    `json:"title"`
	URL   string    `json:"url,omitempty"`
	At    time.Time `json:"at,omitzero"` // proposed start
	Why   []Reason  `json:"why,omitempty"`
}

// Untimed is a reason without the time of its piece, for where that is told already.
func Untimed(r Reason) Reason {
	r.Args = maps.Clone(r.Args)
	delete(r.Args, "at")
	return r
}

// Fits is how many announced transmissions would count.
func (s Slot) Fits() int {
	n := 0
	for _, p := range s.Planned {
		if p.Fits {
			n++
		}
	}
	return n
}

// Slots lists the periods that run or are to come, by quota in plan order, owner
// and time: every standing of e that ends after its moment and is not exempt. e is
// what Stand and Ahead said, obs and ds what they said it from.
func Slots(p *Plan, e Evaluation, obs Observation, ds []Decision, cal *calendar.Calendar) []Slot {
	known := prospects(p, e.Matching, obs, ds, cal, e.Now)
	usual := habits(p, e.Standings, e.Matching.Credits, e.Now, false)
	var out []Slot
	for _, s := range e.Standings {
		if !s.End.After(e.Now) || s.State == Exempt {
			continue
		}
		x := Slot{Quota: s.Quota, Basis: s.Basis, Owner: s.Owner, Period: s.Period, Start: s.Start, End: s.End, State: s.State, Risk: s.Risk,
			Planned: known[s.slot()], Usual: usual[habitKey{s.Quota, s.Owner}], Reasons: s.Reasons}
		for _, m := range s.Measures {
			if m.Name == "count" {
				x.Short, x.Unit = int(m.Shortfall), m.Unit
			}
		}
		if s.LastSave != nil {
			x.LastSave = *s.LastSave
		}
		x.ProduceBy, _ = s.ProduceBy()
		out = append(out, x)
	}
	order := map[string]int{}
	for i, q := range p.Quotas {
		order[q.ID] = i
	}
	slices.SortStableFunc(out, func(a, b Slot) int {
		return cmp.Or(cmp.Compare(order[a.Quota], order[b.Quota]), cmp.Compare(a.Owner, b.Owner), a.Start.Compare(b.Start))
	})
	return out
}

// Ahead lists the standings of periods that begin after e's moment and before
// until, all open, with their last-save moments, what is announced for them and
// what their owners usually do. e is what Stand said, obs and ds what from.
func Ahead(p *Plan, e Evaluation, obs Observation, ds []Decision, cal *calendar.Calendar, until time.Time) []Standing {
	known := prospects(p, e.Matching, obs, ds, cal, e.Now)
	usual := habits(p, e.Standings, e.Matching.Credits, e.Now, true)
	var out []Standing
	for i := range p.Quotas {
		for _, s := range slots(p, i) {
			if !s.period.Start.After(e.Now) || !s.period.Start.Before(until) {
				continue
			}
			v := newView(p, s, cal, s.period.Start)
			v.obs, v.planned = obs, known[slotKey{s.q.ID, s.owner.ID, s.period.ID}]
			st := v.blank()
			st.State, st.Risk, st.Reasons = Open, "on_track", []Reason{because("not_started", nil)}
			st.Coverage.Share = 1
			st.Reasons = append(st.Reasons, foretold(p, v.planned, v.wanted())...)
			if o := s.kind.outlook(v); v.duty && o.short > 0 && !o.lastSave.IsZero() {
				if r, ok := v.nonePlanned(o.lastSave); ok {
					st.Reasons = append(st.Reasons, r)
				}
				st.LastSave = &o.lastSave
				st.Reasons = append(st.Reasons, because("produce_by", args{"at": stamp(v.produceBy(o))}))
			}
			if r, ok := usual[habitKey{st.Quota, st.Owner}].reason(p); ok {
				st.Reasons = append(st.Reasons, r)
			}
			out = append(out, v.shadowed(st))
		}
	}
	return out
}

// foretold are the reasons that tell what is announced: what would count, at most
// three; where that is less than what is missing, what might, and what would not.
func foretold(p *Plan, all []Prospect, short int) []Reason {
	const few = 3
	var fits, rest []Reason
	for _, x := range all {
		a := args{"start": stamp(x.Planned.Start), "channel": channelName(p, x.Planned.Channel)}
		switch {
		case x.Fits:
			a["length"] = int(x.Planned.Duration / time.Minute)
			fits = append(fits, because("planned_fits", a))
		case x.Unsure:
			rest = append(rest, because("planned_unsure", a))
		default:
			for k, v := range x.Why.Args {
				a[k] = v
			}
			a["why"] = x.Why.Code
			rest = append(rest, because("planned_unfit", a))
		}
	}
	if len(fits) >= short {
		rest = nil
	}
	return append(fits[:min(few, len(fits))], rest[:min(few, len(rest))]...)
}

// nonePlanned tells that a schedule is known up to the last save, on every channel
// that has one, and has nothing of the quota; none where no schedule is known so far.
func (v view) nonePlanned(lastSave time.Time) (Reason, bool) {
	if len(v.planned) > 0 || lastSave.IsZero() || !v.kind.sees(v.q, media.EvAiring) {
		return Reason{}, false
	}
	var names []string
	for _, id := range channels(v.p, v.q, v.owner) {
		switch known := v.obs.Schedules[id]; {
		case len(known) == 0:
		case len(subtract(Span{later(v.now, v.period.Start), lastSave}, known)) > 0:
			return Reason{}, false
		default:
			names = append(names, channelName(v.p, id))
		}
	}
	if names == nil {
		return Reason{}, false
	}
	return because("planned_none", args{"channels": names, "until": stamp(lastSave)}), true
}

// asPlanned reports whether nothing would be missing any more if everything that
// is announced and would count came just so. It is never more than that: what is
// announced makes nothing met.
func (v view) asPlanned() bool {
	n := len(v.pieces)
	will := v
	will.taken = nil
	will.pieces = slices.Clone(v.pieces)
	for _, x := range v.planned {
		if x.Fits {
			will.pieces = append(will.pieces, x.Planned.Start)
			will.now = later(will.now, x.Planned.Start)
		}
	}
	if len(will.pieces) == n {
		return false
	}
	slices.SortFunc(will.pieces, time.Time.Compare)
	return will.kind.outlook(will).short == 0
}
