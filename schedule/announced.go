package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// Prospect is one announced transmission held against one quota («lần phát theo
// lịch dự kiến»): a claim of grade D, never counted.
type Prospect struct {
	Planned media.Planned
	Fits    bool   // it would count
	Unsure  bool   // it would if it is long enough: its length is not announced
	Why     Reason // of one that would not: the first condition it fails
}

// Broadcasts lists the channels whose logs and schedules the plan's quotas look
// at, by id; nil if none asks for anything broadcast.
func (p *Plan) Broadcasts() []string {
	var out []string
	for i := range p.Quotas {
		for version := range len(p.Quotas[i].Was) + 1 {
			q := p.Quotas[i]
			if version < len(q.Was) {
				q = q.Was[version].Quota
			}
			k, ok := kind(q.Kind)
			if !ok || !k.sees(q, media.EvAiring) {
				continue
			}
			out = append(out, q.Channels...)
			of := p.owners()
			for j := range of {
				if q.owedBy(&of[j]) {
					out = append(out, channels(p, q, of[j])...)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// stoodAt reports whether a schedule said at t that it comes: it was announced by
// then and not replaced yet.
func stoodAt(p media.Planned, t time.Time) bool {
	return !p.Seen.After(t) && (p.Gone.IsZero() || p.Gone.After(t))
}

// announced lists what schedules say, in the order of start: of what is to come
// as they stand now, of what is past as they stood when it was to begin. What was
// announced only afterwards is no plan. Of one transmission that several pages
// announce the first is kept.
func announced(all []media.Planned, now time.Time) []media.Planned {
	var out []media.Planned
	for _, p := range all {
		if stoodAt(p, earlier(now, p.Start)) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, byAnnounced)
	return slices.CompactFunc(out, func(a, b media.Planned) bool {
		return a.Channel == b.Channel && a.Start.Equal(b.Start) && viet.Fold(a.Programme) == viet.Fold(b.Programme)
	})
}

// byAnnounced orders by start; of one transmission those come first whose length
// is announced, then by when it was.
func byAnnounced(a, b media.Planned) int {
	unknown := func(p media.Planned) int {
		if p.Duration == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Channel, b.Channel), cmp.Compare(viet.Fold(a.Programme), viet.Fold(b.Programme)),
		cmp.Compare(unknown(a), unknown(b)), a.Seen.Compare(b.Seen), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Duration, b.Duration), cmp.Compare(a.Run, b.Run),
		cmp.Compare(a.ID, b.ID))
}

// ahead is what Stand, Ahead and Slots know of what is announced: by slot.
type ahead map[slotKey][]Prospect

// prospects judges what is announced and not logged yet, beside the evidence that
// was matched: Match itself says what would count, and why the rest would not.
// Where a log covers the time, or a broadcast of it is known, the schedule has had
// its say. Of a quota with a theme only what is of that theme is told.
func prospects(p *Plan, m Matching, obs Observation, ds []Decision, cal *calendar.Calendar, now time.Time) ahead {
	runs := awaited(p, m, obs, now)
	if len(runs) == 0 {
		return nil
	}
	part := *p
	part.Quotas = nil
	ids := map[string]bool{}
	length := time.Duration(0)
	for _, q := range p.Quotas {
		if k, ok := kind(q.Kind); ok && k.sees(q, media.EvAiring) {
			part.Quotas = append(part.Quotas, q)
			ids[q.ID] = true
			length = max(length, q.minLength())
		}
	}
	of := map[string]media.Planned{}
	var ev []media.Evidence
	for _, r := range runs {
		a := r.Airing()
		if a.Duration == 0 {
			a.Duration = length
		}
		e := AsIf(p, a, r.Seen)
		of[e.ID] = r
		ev = append(ev, e)
	}
	known := map[string]bool{}
	add := func(quota string, e media.Evidence) {
		if ids[quota] && e.Kind != media.EvAttestation && !known[e.ID] {
			known[e.ID] = true
			ev = append(ev, e)
		}
	}
	for _, c := range m.Credits {
		add(c.Quota, c.Evidence)
	}
	for _, r := range m.Rejections {
		add(r.Quota, r.Evidence)
	}
	would := Match(&part, ev, ds, cal)
	out := ahead{}
	for _, c := range would.Credits {
		if r, ok := of[c.Evidence.ID]; ok && c.Evidence.Grade == media.GradeD {
			out[c.slot()] = append(out[c.slot()], Prospect{Planned: r, Fits: r.Duration > 0, Unsure: r.Duration == 0})
		}
	}
	for _, x := range would.Rejections {
		r, ok := of[x.Evidence.ID]
		if !ok || x.Evidence.Grade != media.GradeD || !part.themed(x.Quota, r.Column) {
			continue
		}
		out[x.slot()] = append(out[x.slot()], Prospect{Planned: r, Why: x.Reason})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Prospect) int { return byAnnounced(a.Planned, b.Planned) })
	}
	return out
}

// themed reports whether a quota of this id is about a column: it names it, or
// names none and any column of the plan will do.
func (p *Plan) themed(quota, column string) bool {
	for _, q := range p.Quotas {
		if q.ID != quota {
			continue
		}
		if c, ok := q.find("theme"); ok {
			return slices.Contains(c.List, column)
		}
	}
	return column != ""
}

// awaited lists what is announced for the plan's columns, of which no log says yet
// whether it came.
func awaited(p *Plan, m Matching, obs Observation, now time.Time) []media.Planned {
	var out []media.Planned
	aired := airedIn(m)
	for _, r := range announced(obs.Planned, now) {
		if r.Column == "" || !r.Start.After(now) && logged(obs, r.Channel, r.Start, r.Duration) {
			continue
		}
		if slices.ContainsFunc(aired, func(a media.Airing) bool {
			return a.Channel == r.Channel && a.Column == r.Column && sameTime(a.Start, r.Start)
		}) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// sameTime: a log without a declared span tells of a broadcast this near to where
// the schedule has it.
func sameTime(a, b time.Time) bool { return a.Sub(b).Abs() <= 3*time.Hour }

// logged reports whether a channel's log covers a transmission from its start to
// its end, so far as that is known.
func logged(obs Observation, channel string, start time.Time, length time.Duration) bool {
	return len(subtract(Span{start, start.Add(max(length, second))}, obs.Spans["log:"+channel])) == 0
}
