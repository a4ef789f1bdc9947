package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Retention is how long a station keeps the recordings of what it broadcast, by
// the rule in force: 30 days by Điều 52 khoản 1 điểm c Luật Báo chí 2016 in 2023. A
// dated setting, for rules change.
type Retention struct {
	Agency   string // the station's
	Days     int    // kept so many days after the day of the broadcast, that day not counted
	Notice   int    // from that day on what is not proven is to be asked for, below Days
	From, To time.Time
	Basis    string // the rule, Vietnamese
}

// retentionOf is what holds for what a channel broadcast on a day; ok is false
// where nothing is said.
func (p *Plan) retentionOf(channel string, day time.Time) (Retention, bool) {
	for _, c := range p.Channels {
		if c.ID != channel {
			continue
		}
		for _, r := range p.Retention {
			if r.Agency == c.Agency && within(day, r.From, r.To) {
				return r, true
			}
		}
	}
	return Retention{}, false
}

// Notice says that recordings will soon be deleted that would prove a broadcast.
type Notice struct {
	Channel   string
	Programme string    // of a transmission that was announced or uploaded; "" of days without a log
	Column    string    // likewise
	Start     time.Time // of the transmission; the first day without a log
	To        time.Time // of days without a log: the end of the last, exclusive; zero of a transmission
	Claimed   media.Grade
	Last      time.Time // last day on which the recording (the first of them) is still kept, local midnight
	Whole     time.Time // last day on which any of them is; as Last of a transmission
	Days      int
	Basis     string
}

// Due reports whether the notice is to be given at now: from the day of notice to
// the last day on which anything is left to ask for. due is nil of a plan without
// the rule.
func (r Retention) due(day, now time.Time) bool {
	today := calendar.Day(now)
	return !today.Before(day.AddDate(0, 0, r.Notice)) && !today.After(day.AddDate(0, 0, r.Days))
}

// Notices lists what has to be asked for now, before the station deletes its
// recordings: transmissions of the plan's columns that were announced or uploaded
// and that no log covers, and the days of each week for which a channel whose log a
// duty needs has no log. The first to be deleted comes first. Runs are what
// Reconcile said of at least the longest time that a station keeps anything.
func Notices(p *Plan, runs []Run, obs Observation, now time.Time) []Notice {
	var out []Notice
	for _, r := range runs {
		day := calendar.Day(r.Start)
		keep, ok := p.retentionOf(r.Channel, day)
		listed := len(r.Aired) > 0 && r.Aired[0].Grade == media.GradeC // a list of uploads was taken for the log
		if r.State != AwaitingLog && !listed || !ok || !keep.due(day, now) {
			continue
		}
		last := day.AddDate(0, 0, keep.Days)
		n := Notice{Channel: r.Channel, Programme: r.Programme, Column: r.Column, Start: r.Start, Claimed: media.GradeD, Last: last, Whole: last, Days: keep.Days, Basis: keep.Basis}
		if r.Planned == nil || listed {
			n.Claimed = media.GradeC
		}
		out = append(out, n)
	}
	for _, channel := range p.needed() {
		out = append(out, p.unlogged(channel, obs, now)...)
	}
	slices.SortFunc(out, func(a, b Notice) int {
		return cmp.Or(a.Last.Compare(b.Last), a.Start.Compare(b.Start), cmp.Compare(a.Channel, b.Channel), a.To.Compare(b.To), cmp.Compare(a.Programme, b.Programme))
	})
	return out
}

// needed lists the channels whose logs a duty of the plan needs.
func (p *Plan) needed() []string {
	var out []string
	for i := range p.Quotas {
		q := &p.Quotas[i]
		k, ok := kind(q.Kind)
		if !ok || !k.sees(*q, media.EvAiring) {
			continue
		}
		of := p.owners()
		for j := range of {
			if q.owedBy(&of[j]) && duty(*q, k, of[j]) {
				out = append(out, channels(p, *q, of[j])...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unlogged lists by week the days of a channel that no log covers and whose
// recordings are about to go: from the first of a week that is due on the others of
// that week too, for a week is told once.
func (p *Plan) unlogged(channel string, obs Observation, now time.Time) []Notice {
	var out []Notice
	today := calendar.Day(now)
	proven := obs.Proven[channel]
	if obs.Proven == nil {
		proven = obs.Spans["log:"+channel]
	}
	for back := mostDays(p.Retention); back > 0; back-- {
		day := today.AddDate(0, 0, -back)
		keep, ok := p.retentionOf(channel, day)
		n := len(out)
		begun := n > 0 && calendar.WeekOf(out[n-1].Start).ID == calendar.WeekOf(day).ID
		if !ok || !within(day, p.From, p.To) || !keep.due(day, now) && !(begun && today.Before(day.AddDate(0, 0, keep.Notice))) || len(subtract(Span{day, day.AddDate(0, 0, 1)}, proven)) == 0 {
			continue
		}
		last := day.AddDate(0, 0, keep.Days)
		if begun && out[n-1].To.Equal(day) {
			out[n-1].To, out[n-1].Whole = day.AddDate(0, 0, 1), last
			continue
		}
		out = append(out, Notice{Channel: channel, Start: day, To: day.AddDate(0, 0, 1), Last: last, Whole: last, Days: keep.Days, Basis: keep.Basis})
	}
	return out
}

// Kept is the time for which any station of the plan may still have recordings at now.
func (p *Plan) Kept(now time.Time) Span {
	return Span{calendar.Day(now).AddDate(0, 0, -mostDays(p.Retention)-1), now}
}

func mostDays(rs []Retention) int {
	most := 0
	for _, r := range rs {
		most = max(most, r.Days)
	}
	return most
}

// Reason is the notice as a reason of a standing.
func (n Notice) Reason(p *Plan) Reason {
	a := args{"channel": channelName(p, n.Channel), "start": stamp(n.Start), "last": stamp(n.Last), "days": n.Days, "basis": n.Basis}
	if n.To.IsZero() {
		return because("retention_run", a)
	}
	a["to"], a["whole"] = stamp(n.To.Add(-second)), stamp(n.Whole)
	return because("retention_days", a)
}

// tellRetention adds to the standings that are not settled what has to be asked for
// before the recordings of their periods are deleted.
func tellRetention(p *Plan, sts []Standing, m Matching, obs Observation, now time.Time) {
	most := mostDays(p.Retention)
	if most == 0 {
		return
	}
	var notices []Notice
	read := false
	for i := range sts {
		st := &sts[i]
		if st.State != Open && st.State != Insufficient && (st.State != Missed || st.Confirmed) || !st.End.After(now.AddDate(0, 0, -most-1)) {
			continue
		}
		at := slices.IndexFunc(p.Quotas, func(q Quota) bool { return q.ID == st.Quota })
		q := p.Quotas[at]
		k, ok := kind(q.Kind)
		owner := slices.IndexFunc(p.Agencies, func(a media.Agency) bool { return a.ID == st.Owner })
		if !ok || owner < 0 || !k.sees(q, media.EvAiring) || !duty(q, k, p.Agencies[owner]) {
			continue
		}
		if !read {
			runs := Reconcile(p, obs, airedIn(m), p.Kept(now), now)
			notices, read = Notices(p, runs, obs, now), true
		}
		list := channels(p, q, p.Agencies[owner])
		for _, n := range notices {
			to := later(n.To, n.Start.Add(second))
			if slices.Contains(list, n.Channel) && n.Start.Before(st.End) && to.After(st.Start) && (!n.To.IsZero() || p.themed(q.ID, n.Column)) {
				st.Reasons = append(st.Reasons, n.Reason(p))
			}
		}
	}
}

// airedIn lists the airings of a matching, each once.
func airedIn(m Matching) []media.Airing {
	var out []media.Airing
	known := map[string]bool{}
	add := func(e media.Evidence) {
		if e.Airing != nil && !known[e.ID] {
			known[e.ID] = true
			out = append(out, *e.Airing)
		}
	}
	for _, c := range m.Credits {
		add(c.Evidence)
	}
	for _, r := range m.Rejections {
		add(r.Evidence)
	}
	return out
}
