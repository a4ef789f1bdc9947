package schedule

import (
	"cmp"
	"slices"
	"time"

	"loa/schedule/calendar"
)

// outlook is what is left of an open period.
type outlook struct {
	opportunities int       // occasions left on which a piece could still count
	lastSave      time.Time // last moment at which the period can still be met; zero if there is none any more
	due           float64   // pieces due by now
	short         int       // pieces still needed
	risk          bool      // at risk whatever the last save says
	behind        bool      // behind an even pace
	lead          int       // working days before the last save from which it is at risk
}

// atRisk: pieces are needed, and the last moment for them is nearer than their
// owner needs to produce them, or gone.
func (o outlook) atRisk(v view) bool {
	if o.short == 0 {
		return false
	}
	return o.risk || o.lastSave.IsZero() || !v.now.Before(v.produceBy(o)) || o.behind && !v.inRhythm()
}

// produceBy is the last moment at which what is missing can still be begun and
// be ready for the last save («hạn cuối còn kịp sản xuất»): the owner's lead
// time before it, in working days.
func (v view) produceBy(o outlook) time.Time { return v.cal.AddWorkingDays(o.lastSave, -o.lead) }

// lead is the working days for one piece: the quota's own, else the owner's, else its kind's.
func (v view) lead() int { return cmp.Or(v.q.LeadDays, v.owner.LeadDays, v.kind.lead) }

// rhythm remembers how far into its earlier periods an owner had delivered
// what was wanted, so that one who always publishes on the 25th is not called
// late on the 20th, and one who airs on Tuesdays is on Friday.
type rhythm struct {
	owner string
	met   []time.Duration
}

const (
	leastRhythm = 3 // periods from which a habit shows
	mostRhythm  = 8
)

// of returns what is known of this owner, forgetting every other.
func (r *rhythm) of(owner string) []time.Duration {
	if r.owner != owner {
		r.owner, r.met = owner, nil
	}
	return r.met
}

// add learns from a period that is over and was met by pieces in it.
func (r *rhythm) add(v view) {
	if n := v.wanted(); !v.now.Before(v.end()) && n > 0 && len(v.pieces) >= n && v.holds() {
		r.met = append(slices.Clone(r.met), v.pieces[n-1].Sub(v.period.Start))
		r.met = r.met[max(0, len(r.met)-mostRhythm):]
	}
}

// pastUsual reports whether the owner has always been done by now, and when it
// was done at the latest.
func (v view) pastUsual() (latest time.Time, past bool) {
	if len(v.usual) < leastRhythm {
		return time.Time{}, false
	}
	latest = v.period.Start.Add(slices.Max(v.usual))
	return latest, v.now.After(latest)
}

// inRhythm reports whether the owner has a habit and is still within it.
func (v view) inRhythm() bool {
	_, past := v.pastUsual()
	return len(v.usual) >= leastRhythm && !past
}

func (v view) short() int { return max(0, v.wanted()-len(v.pieces)) }

// second is the finest step of a published time: the last moment of a period
// that ends at midnight is 23:59:59.
const second = time.Second

// linear is the share of the wanted pieces that is due by now, rounded down.
func (v view) linear() float64 {
	whole, gone := v.end().Sub(v.period.Start), v.now.Sub(v.period.Start)
	if whole <= 0 || gone >= whole {
		return float64(v.wanted())
	}
	return float64(int64(v.wanted()) * int64(max(0, gone)/second) / int64(whole/second))
}

// occasion is a stretch in which an airing can start and count.
type occasion struct{ first, last time.Time }

// occasions lists those that are left: the audience windows where the quota
// asks for one, each day of the period otherwise.
func (v view) occasions() []occasion {
	var out []occasion
	keep := func(first, last time.Time) {
		if edge := v.period.End.Add(-second); last.After(edge) {
			last = edge
		}
		if first.Before(v.period.Start) {
			first = v.period.Start
		}
		if first.Before(v.now) {
			first = v.now
		}
		if !last.Before(first) {
			out = append(out, occasion{first, last})
		}
	}
	_, windowed := v.q.find("in_window")
	length := v.q.minLength()
	for d := v.period.Start.AddDate(0, 0, -1); d.Before(v.period.End); d = d.AddDate(0, 0, 1) {
		if !windowed {
			if !d.Before(v.period.Start) {
				keep(d, d.AddDate(0, 0, 1).Add(-second))
			}
			continue
		}
		for _, w := range v.windows(d) {
			from, to := w.on(d)
			keep(from, to.Add(-max(length, second)))
		}
	}
	slices.SortFunc(out, func(a, b occasion) int { return cmp.Or(a.last.Compare(b.last), a.first.Compare(b.first)) })
	return out
}

// windows are the audience windows of a day on any of the quota's channels, each once.
func (v view) windows(day time.Time) []Window {
	list := channels(v.p, v.q, v.owner)
	var out []Window
	for _, w := range v.p.Windows {
		if len(list) == 0 && w.Scope() == 0 && within(day, w.From, w.To) {
			out = append(out, w)
		}
	}
	for _, id := range list {
		for _, w := range v.p.WindowsOf(id, "", day) {
			w.Channel, w.Agency = "", ""
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// outlookAirings: the last save is the latest start from which as many airings
// as are needed still fit, one after the other, into the last windows. Nothing
// is due before the last windows come.
func outlookAirings(v view) outlook {
	left := v.occasions()
	o := outlook{opportunities: len(left), short: v.short(), lead: v.lead() * v.short()}
	o.due = float64(min(v.wanted(), max(0, v.wanted()-max(0, len(left)-1))))
	length := max(v.q.minLength(), time.Minute)
	need := o.short
	for i := len(left) - 1; i >= 0 && need > 0; i-- {
		fit := int(left[i].last.Sub(left[i].first)/length) + 1
		if fit >= need {
			o.lastSave = left[i].last.Add(-time.Duration(need-1) * length)
		}
		need -= fit
	}
	return o
}

// outlookDays: each piece needs a day of its own that has none yet; with k
// pieces to come the last save is the end of the k-th last such day.
func outlookDays(v view) outlook {
	taken := map[time.Time]bool{}
	for _, t := range v.pieces {
		taken[calendar.Day(t)] = true
	}
	var free []time.Time
	for d := calendar.Day(v.now); d.Before(v.period.End); d = d.AddDate(0, 0, 1) {
		if !d.Before(v.period.Start) && !taken[d] {
			free = append(free, d)
		}
	}
	o := outlook{opportunities: len(free), short: v.short(), due: v.linear(), lead: v.lead() * v.short()}
	if o.short > 0 && o.short <= len(free) {
		o.lastSave = free[len(free)-o.short].AddDate(0, 0, 1).Add(-second)
	}
	return o
}

// outlookCount: pieces may come together, so that the last save is the end of
// the period; yet a count that lags behind an even pace is at risk.
func outlookCount(v view) outlook {
	if _, ok := v.q.find("distinct_days"); ok {
		o := outlookDays(v)
		o.behind = float64(len(v.pieces)) < o.due
		return o
	}
	o := outlook{opportunities: v.daysLeft(), short: v.short(), due: v.linear(), lead: v.lead() * v.short()}
	if o.short > 0 {
		o.lastSave = v.end().Add(-second)
	}
	o.behind = float64(len(v.pieces)) < o.due
	return o
}

// outlookExists: the page can be put up until the period ends; a piece that
// keeps the column alive is due before the newest is too old.
func outlookExists(v view) outlook {
	ms := measureExists(v)
	o := outlook{opportunities: v.daysLeft(), lead: v.lead()}
	if ms[0].Delivered < ms[0].Wanted {
		o.short, o.lastSave = 1, v.end().Add(-second)
	}
	if len(ms) > 1 {
		newest := calendar.Day(v.lastDay()).AddDate(0, 0, -int(ms[1].Delivered))
		fresh := newest.AddDate(0, 0, v.q.Alive.Value) // the last day on which it is not too old
		if next := fresh.AddDate(0, 0, 1).Add(-second); next.Before(v.end().Add(-second)) {
			o.short = 1
			if next.Before(v.now) { // too old already: any day mends it
				next = v.end().Add(-second)
				o.risk = true
			}
			if o.lastSave.IsZero() || next.Before(o.lastSave) {
				o.lastSave = next
			}
		}
	}
	return o
}

// outlookLag: what the register lists and nobody saw posted is due some working
// days after its signature.
func outlookLag(v view) outlook {
	o := outlook{opportunities: v.daysLeft(), lead: min(v.lead(), v.q.MaxLag.Value-1)}
	return v.dueEach(o, v.signedUnposted())
}

// gone is how long after it was last seen to wait a question may be answered for
// all that is known: its column was read since, without it.
const gone = 48 * time.Hour

// dueEach adds what waits, each due MaxLag working days after it began.
// One that was not seen to wait until then is not known to be late.
func (v view) dueEach(o outlook, waiting []wait) outlook {
	for _, w := range waiting {
		due := calendar.Day(v.cal.AddWorkingDays(w.since, v.q.MaxLag.Value)).AddDate(0, 0, 1).Add(-second)
		if w.until.Before(v.now.Add(-gone)) && !w.until.After(due) {
			continue
		}
		o.short++
		if !v.now.Before(due) {
			o.due++
			o.risk = true
			due = v.end().Add(-second)
		}
		if o.lastSave.IsZero() || due.Before(o.lastSave) {
			o.lastSave = due
		}
	}
	return o
}

// outlookAnswered: the count, and every question that waits.
func outlookAnswered(v view) outlook {
	o := outlookCount(v)
	waits := v.dueEach(outlook{}, v.waiting())
	if waits.short == 0 {
		return o
	}
	o.risk, o.short = o.risk || waits.risk, max(o.short, waits.short)
	if o.lastSave.IsZero() || waits.lastSave.Before(o.lastSave) {
		o.lastSave = waits.lastSave
	}
	return o
}

// outlookAttested: any day until the papers are due.
func outlookAttested(v view) outlook {
	o := outlookDeadline(v)
	o.lead = v.lead() * o.short
	return o
}

// outlookAvailability: what was down cannot be mended, only outweighed: at risk
// while the share of what was seen is below.
func outlookAvailability(v view) outlook {
	m := measureAvailability(v)[0]
	up, down, _ := v.pooled()
	if up+down == 0 || m.Delivered >= m.Wanted {
		return outlook{opportunities: v.daysLeft()}
	}
	return outlook{opportunities: v.daysLeft(), short: 1, risk: true, lastSave: v.end().Add(-second)}
}

// outlookRegular is outlookCount, and the running gap: the next piece must
// come before it grows too long; a gap already too long cannot be mended.
func outlookRegular(v view) outlook {
	o := outlookCount(v)
	if v.q.MaxGap <= 0 {
		return o
	}
	longest, running := v.certain().gaps()
	if longest > v.q.MaxGap {
		o.short = max(o.short, 1)
		o.lastSave, o.opportunities, o.risk = time.Time{}, 0, true
		return o
	}
	if v.cal.GapDays(running, v.period.LastDay()) <= v.q.MaxGap {
		return o // nothing more is needed to bound the gap
	}
	last := calendar.Day(v.now)
	for d := last; d.Before(v.period.End) && v.cal.GapDays(running, d) <= v.q.MaxGap; d = d.AddDate(0, 0, 1) {
		last = d
	}
	next := last.AddDate(0, 0, 1).Add(-second)
	if o.short == 0 {
		o.lead = v.lead()
	}
	o.short = max(o.short, 1)
	if o.lastSave.IsZero() || next.Before(o.lastSave) {
		o.lastSave = next
	}
	o.risk = o.risk || !v.now.Before(v.cal.AddWorkingDays(next, -v.lead()))
	return o
}

// certain is the view in which every stretch that was not seen holds pieces
// from end to end: the gaps that remain are gaps for sure.
func (v view) certain() view {
	v.pieces, v.taken = slices.Clone(v.pieces), nil
	for _, s := range v.unseen {
		for d := calendar.Day(s.From); d.Before(s.To); d = d.AddDate(0, 0, 1) {
			v.pieces = append(v.pieces, d)
		}
	}
	slices.SortFunc(v.pieces, time.Time.Compare)
	return v
}

// outlookDeadline: one second before the deadline; nothing is due until then.
func outlookDeadline(v view) outlook {
	o := outlook{opportunities: v.daysLeft(), short: v.short(), lead: v.lead()}
	if o.short > 0 {
		o.lastSave = v.end().Add(-second)
	}
	return o
}

// daysLeft counts the days on which a piece can still come, today with them.
func (v view) daysLeft() int {
	if !v.now.Before(v.end()) {
		return 0
	}
	from := v.now
	if from.Before(v.period.Start) {
		from = v.period.Start
	}
	return calendar.DaysBetween(from, v.end().Add(-second)) + 1
}
