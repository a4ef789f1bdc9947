package schedule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// Steady says how long what was derived for an agency stands by itself.
type Steady struct {
	// Until is the first moment, after the one it was derived for and at the next
	// local midnight at the latest, at which time alone may change what it says: a
	// period begins or ends, a last save or the last day to produce goes by, a
	// piece more is due by an even pace. Before it only how long ago something was
	// seen moves: the gap up to now at the end of a period that runs, its share,
	// and what they make a reason say.
	Until time.Time
	// Quiet is false where every look may change something before Until though it
	// finds nothing new: a page was not probed in its period, or is in doubt, or a
	// warning is held back for what was not seen lately.
	Quiet bool
	// Seen is the moment up to which what is over has to be seen: a look at a source
	// that had been read until before it may show what happened by then.
	Seen time.Time
	// Watches is true where it depends on what is seen of other agencies' sites.
	Watches bool
}

// unquiet are the reasons that any look may take away.
var unquiet = []string{"not_probed", "page_doubtful"}

// Steady tells it of one owner of the evaluation. p and obs are what that was
// derived from, or more of the same plan. It is cautious: what it names may
// change nothing after all.
func (e Evaluation) Steady(p *Plan, owner string, obs Observation) Steady {
	s := Steady{Quiet: true, Seen: calendar.Day(e.Now)}
	u := until{now: e.Now, at: calendar.Day(e.Now).AddDate(0, 0, 1)}
	u.add(u.at.Add(-second)) // a day's last moment, as last saves have it
	for _, q := range p.Quotas {
		s.Watches = s.Watches || q.watchedBy(p, owner) || slices.ContainsFunc(q.Was, func(w Was) bool { return w.Quota.watchedBy(p, owner) })
	}
	starts := map[slotKey]time.Time{}
	habit := map[[2]string][]time.Duration{} // how far into their periods pieces came, by quota
	for _, st := range e.Standings {
		starts[st.slot()] = st.Start
	}
	for _, c := range e.Matching.Credits {
		if at, ok := starts[c.slot()]; ok && c.Owner == owner {
			habit[[2]string{c.Quota, c.Owner}] = append(habit[[2]string{c.Quota, c.Owner}], when(c.Evidence).Sub(at))
			u.evidence(c.Evidence)
		}
	}
	for _, r := range e.Matching.Rejections {
		if r.Owner == owner {
			u.evidence(r.Evidence)
		}
	}
	for i := range e.Standings {
		if st := &e.Standings[i]; st.Owner == owner {
			u.standing(st, habit[[2]string{st.Quota, st.Owner}])
			s.Quiet = s.Quiet && st.quiet(e.Now)
			if end := st.ended(e.Now); end.After(s.Seen) {
				s.Seen = end
			}
		}
	}
	u.announced(p, owner, obs)
	for _, spans := range obs.Spans { // after which a question that was not seen since may be answered
		if n := len(spans); n > 0 {
			u.add(spans[n-1].To.Add(gone - second))
			u.add(spans[n-1].To.Add(gone))
		}
	}
	s.Until = u.at
	return s
}

// watchedBy reports whether an agency owes it and it asks for others' sites.
func (q Quota) watchedBy(p *Plan, owner string) bool {
	return len(q.Watch) > 0 && slices.ContainsFunc(p.Agencies, func(a media.Agency) bool { return a.ID == owner && q.owedBy(&a) })
}

// ended is the last end of what is over by now, as far as it was not seen.
func (s *Standing) ended(now time.Time) (end time.Time) {
	for _, g := range s.Coverage.Gaps {
		if g.To.Before(now) && g.To.After(end) {
			end = g.To
		}
	}
	return end
}

// quiet reports whether looks that find nothing new leave a standing that is not
// over as it is, but for what is over of it (Steady.Seen).
func (s *Standing) quiet(now time.Time) bool {
	if s.State != Open && !s.End.After(now) {
		return true
	}
	if slices.ContainsFunc(s.Reasons, func(r Reason) bool { return slices.Contains(unquiet, r.Code) }) {
		return false
	}
	return !s.WarnHeld() || s.heldAnyway(now)
}

// heldAnyway reports whether a warning would be held back though everything since
// the last look had been seen.
func (s *Standing) heldAnyway(now time.Time) bool {
	seen := *s
	var missed time.Duration
	seen.Coverage.Gaps = slices.DeleteFunc(slices.Clone(s.Coverage.Gaps), func(g Span) bool { return !g.To.Before(now) })
	for _, g := range seen.Coverage.Gaps {
		missed += g.length()
	}
	if elapsed := now.Sub(s.Start); elapsed > 0 {
		seen.Coverage.Share = max(0, 1-float64(missed)/float64(elapsed))
	}
	last := stamp(now)
	seen.Reasons = slices.DeleteFunc(slices.Clone(s.Reasons), func(r Reason) bool { return r.Code == "not_observed" && r.Args["to"] == last })
	return seen.WarnHeld()
}

// until is the earliest of the moments added that come after now.
type until struct{ now, at time.Time }

// add takes a moment at which something changes, or right after which.
func (u *until) add(t time.Time) {
	for _, t := range [...]time.Time{t, t.Add(1)} {
		if t.After(u.now) && t.Before(u.at) {
			u.at = t
		}
	}
}

// evidence adds when a piece that is dated later begins to count, and when a
// question may be answered for all that is known.
func (u *until) evidence(e media.Evidence) {
	u.add(when(e))
	if !e.Verified.IsZero() {
		u.add(e.Verified.Add(gone))
	}
}

// standing adds what a standing itself turns on: its ends, its last save and the
// last moment to begin producing, its owner's habit, each piece due by an even pace.
func (u *until) standing(s *Standing, habit []time.Duration) {
	u.add(s.Start)
	u.add(s.End)
	if s.LastSave != nil {
		u.add(*s.LastSave)
	}
	if at, ok := s.ProduceBy(); ok {
		u.add(at)
	}
	if s.State != Open && !s.End.After(u.now) || s.Start.After(u.now) { // papers may be due after the period
		return
	}
	u.sight(s)
	for _, after := range habit {
		u.add(s.Start.Add(after))
	}
	whole, gone := int64(s.End.Sub(s.Start)/second), int64(u.now.Sub(s.Start)/second)
	for _, m := range s.Measures {
		if wanted := int64(m.Wanted); m.Name == "count" && wanted > 0 && whole > gone {
			next := wanted*gone/whole + 1
			u.add(s.Start.Add(time.Duration((next*whole+wanted-1)/wanted) * second))
		}
	}
}

// sight adds when so much of a period was not seen, or was, that a warning is held
// back, or no more (Standing.WarnHeld).
func (u *until) sight(s *Standing) {
	const held = 1 - enough
	elapsed, missed := u.now.Sub(s.Start), time.Duration(0)
	tail := false
	for _, g := range s.Coverage.Gaps {
		missed += g.length()
		tail = tail || !g.To.Before(u.now)
	}
	if !tail { // the share of what was not seen falls
		u.add(u.now.Add(time.Duration(float64(missed)/held) - elapsed).Add(second))
		return
	}
	whole := s.End.Sub(s.Start)
	for _, d := range [...]float64{(held*float64(elapsed) - float64(missed)) / enough, held*float64(whole) - float64(missed)} {
		for _, about := range [...]time.Duration{-second, 0, second} { // reasons tell whole seconds
			u.add(u.now.Add(time.Duration(d) + about))
		}
	}
}

// announced adds when transmissions begin that are announced, when a schedule was
// replaced, where what is known of schedules begins and ends, and the audience windows
// of the day before, today's and their last moments to begin.
func (u *until) announced(p *Plan, owner string, obs Observation) {
	for _, x := range obs.Planned {
		u.add(x.Start)
		u.add(x.Seen)
		if !x.Gone.IsZero() {
			u.add(x.Gone)
		}
	}
	for _, spans := range obs.Schedules {
		for _, s := range spans {
			u.add(s.From)
			u.add(s.To)
		}
	}
	if !slices.ContainsFunc(p.Channels, func(c Channel) bool { return c.Agency == owner }) {
		return
	}
	lengths := []time.Duration{second}
	for i := range p.Quotas {
		lengths = append(lengths, p.Quotas[i].minLength())
		for _, was := range p.Quotas[i].Was {
			lengths = append(lengths, was.Quota.minLength())
		}
	}
	slices.Sort(lengths)
	lengths = slices.Compact(lengths)
	today := calendar.Day(u.now)
	for _, w := range p.Windows {
		for _, day := range []time.Time{today.AddDate(0, 0, -1), today} {
			from, to := w.on(day)
			u.add(from)
			for _, n := range lengths {
				u.add(to.Add(-max(n, second)))
			}
		}
	}
}

// Sight names what is known of a source but for how long it has been so: where it
// is blind and since when, since when it has been read without a hole, and what
// its page and the things posted on it were last found to be. While it
// stays the same, looks at the source have found nothing new.
func (o Observation) Sight(src media.Source) string {
	var b strings.Builder
	blind := o.Blind[src.ID]
	b.WriteString(blind.Reason)
	if !blind.Since.IsZero() {
		b.WriteString(blind.Since.UTC().Format(time.RFC3339Nano))
	}
	spans := o.Spans[src.ID]
	b.WriteString(" " + strconv.Itoa(len(spans)))
	if n := len(spans); n > 0 {
		b.WriteString(" " + spans[n-1].From.UTC().Format(time.RFC3339Nano))
	}
	var probed []string
	if len(src.Proves) > 0 { // of others only who watches them asks
		probed = append(probed, src.ID)
	}
	for _, e := range src.Expect {
		probed = append(probed, src.Part(e.Name))
	}
	for _, id := range probed {
		b.WriteString("|")
		if n := len(o.Uptime[id]); n > 0 {
			last := o.Uptime[id][n-1]
			b.WriteString(string(last.State))
			if last.State != media.Up { // twice is not once
				b.WriteString(" " + strconv.Itoa(n) + " " + strconv.FormatBool(last.Probes > 1))
			}
		}
	}
	return b.String()
}

// ReadTo is until when a source has been read; zero if it never was.
func (o Observation) ReadTo(source string) time.Time {
	if spans := o.Spans[source]; len(spans) > 0 {
		return spans[len(spans)-1].To
	}
	return time.Time{}
}
