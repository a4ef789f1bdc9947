// Package year plays a year of the plan's own quotas hour by hour: broadcasts that
// come, fail and are told late, a newspaper behind outages, papers of many
// agencies, Tết. What loa measured at each hour becomes the input of the shipped
// rules, and what they say is judged against what really happened.
package year

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// duty is one period of one owner, as it really was.
type duty struct {
	quota, owner, period string
	start, end           time.Time
	wanted               int
	done                 []time.Time // when each piece that counts was there for all to see, ascending
	announced            bool        // the schedule promised what was wanted
	unknown              []span      // while loa could not know: no log and no schedule, source not readable
	exempt               time.Time   // from when a document exempts it; zero: none
}

type span struct{ from, to time.Time }

func (d duty) at(t time.Time) int {
	n := 0
	for _, x := range d.done {
		if !x.After(t) {
			n++
		}
	}
	return n
}

func (d duty) missed() bool { return len(d.done) < d.wanted && d.exempt.IsZero() }

func (d duty) unknownAt(t time.Time) bool {
	return slices.ContainsFunc(d.unknown, func(s span) bool { return !t.Before(s.from) && t.Before(s.to) })
}

// world is everything that happens, each with the moment from which it is known.
type world struct {
	plan      *schedule.Plan
	cal       *calendar.Calendar
	duties    []duty
	evidence  []media.Evidence // known from Seen
	decisions []schedule.Decision
	logs      []received      // of the station's channels
	announced []received      // schedules
	planned   []media.Planned // known from Seen
	outages   []span          // of the newspaper's source
	registers []received      // of the newspaper's print
	from, to  time.Time
}

type received struct {
	of schedule.Span
	at time.Time
}

const (
	tv, fm = "mau-tv", "mau-fm"
	day    = 24 * time.Hour
)

// newWorld draws a year. The plan is narrowed to the plan's own numbers.
func newWorld(p *schedule.Plan, cal *calendar.Calendar, seed uint64) (*world, error) {
	few := *p
	few.Quotas = nil
	for _, q := range p.Quotas {
		if q.Basis == schedule.ByPlan && slices.Contains([]string{"B-D1", "A-6.1", "B-A1"}, q.ID) {
			few.Quotas = append(few.Quotas, q)
		}
	}
	if len(few.Quotas) != 3 {
		return nil, fmt.Errorf("the plan %s has %d of the three quotas that are played", p.ID, len(few.Quotas))
	}
	w := &world{plan: &few, cal: cal, from: time.Date(p.Year, 1, 2, 0, 0, 0, 0, calendar.Zone), to: time.Date(p.Year+1, 2, 1, 0, 0, 0, 0, calendar.Zone)}
	r := rand.New(rand.NewPCG(seed, 285))
	w.station(r)
	w.newspaper(r)
	w.agencies(r)
	return w, nil
}

// station: a week is aired, missed, too short, or announced and dropped; its log
// comes on Monday or weeks late; most weeks are announced on the Friday before.
func (w *world) station(r *rand.Rand) {
	q := w.quota("B-D1")
	station := q.Owner.Agency
	for i, week := range calendar.WeeksOf(w.plan.Year) {
		d := duty{quota: q.ID, owner: station, period: week.ID, start: week.Start, end: week.End, wanted: 1}
		at := week.Start.Add(time.Duration(1+r.IntN(5))*day + 20*time.Hour + 15*time.Minute)
		length, kind := 20*time.Minute, r.IntN(100)
		holiday := w.cal.WorkingDaysBetween(week.Start.Add(-day), week.End.Add(-day)) < 5
		if holiday && r.IntN(2) == 0 || i == 2 || i == 34 { // the weeks of Tết and Quốc khánh
			kind = 80
		}
		missed := kind >= 78 && kind < 90
		promised, airs := !missed, kind < 78 || kind >= 90 && kind < 95 // else dropped
		if kind >= 90 && kind < 95 {
			length = 12*time.Minute + 40*time.Second
		}
		logged := week.End.Add(9 * time.Hour)
		if r.IntN(100) < 30 {
			logged = logged.AddDate(0, 0, 2+r.IntN(24))
		}
		w.logs = append(w.logs, received{schedule.Span{From: week.Start, To: week.End}, logged})
		told := r.IntN(100) < 80 || missed && r.IntN(2) == 0
		if told {
			since := week.Start.AddDate(0, 0, -3).Add(17 * time.Hour)
			w.announced = append(w.announced, received{schedule.Span{From: week.Start, To: week.End}, since})
			if promised {
				d.announced = true
				w.planned = append(w.planned, media.Planned{ID: "plan " + week.ID, Source: "mau/dai-lich", Channel: tv, Day: calendar.Day(at).UTC(), Start: at.UTC(), Duration: 20 * time.Minute,
					Programme: "Chung tay cải cách hành chính", Column: "chung-tay-cchc", Run: "first", Seen: since})
			}
		} else {
			d.unknown = append(d.unknown, span{week.Start, week.End})
		}
		d.unknown = append(d.unknown, span{week.End, logged})
		if airs {
			a := &media.Airing{ID: media.Hash("airing", week.ID), Channel: tv, Medium: "tv", Programme: "Chung tay cải cách hành chính", Column: "chung-tay-cchc", EpisodeID: "số " + week.ID,
				Start: at, Duration: length, FirstRun: true, Grade: media.GradeA}
			w.evidence = append(w.evidence, media.Evidence{ID: a.ID, Kind: media.EvAiring, Agency: station, Source: "log:" + tv, At: at, Precision: media.ToMinute, Seen: logged, Grade: a.Grade, Airing: a})
			if length >= 15*time.Minute {
				d.done = []time.Time{at}
			}
		}
		if i == 20 && len(d.done) == 0 || i == 25 && len(d.done) == 0 {
			d.exempt = week.Start.Add(8 * time.Hour)
			w.decide(schedule.Decision{Kind: schedule.ExemptKind, Quota: q.ID, Owner: station, Period: week.ID, At: d.exempt, Document: "55/UBND-NC", Issuer: "UBND tỉnh", Issued: week.Start, File: media.Hash("55")})
		}
		if d.missed() && r.IntN(3) > 0 { // the officer confirms some days after the log
			w.decide(schedule.Decision{Kind: schedule.ConfirmMissed, Quota: q.ID, Owner: station, Period: week.ID, At: logged.AddDate(0, 0, 2+r.IntN(4))})
		}
		w.duties = append(w.duties, d)
	}
}

// newspaper: months with none to three instalments, behind a source that cannot be
// read for hours or days; some items appear days after the date they bear.
func (w *world) newspaper(r *rand.Rand) {
	q := w.quota("A-6.1")
	for range 7 {
		from := w.from.Add(time.Duration(r.IntN(350*24)) * time.Hour)
		w.outages = append(w.outages, span{from, from.Add(time.Duration(3+r.IntN(110)) * time.Hour)})
	}
	slices.SortFunc(w.outages, func(a, b span) int { return a.from.Compare(b.from) })
	for _, m := range calendar.Month.Periods(w.from, w.to.AddDate(0, -1, 0)) {
		d := duty{quota: q.ID, owner: q.Owner.Agency, period: m.ID, start: m.Start, end: m.End, wanted: 2}
		n := []int{2, 2, 2, 2, 2, 1, 1, 0, 3, 2}[r.IntN(10)]
		days := r.Perm(m.LastDay().Day())[:n]
		slices.Sort(days)
		for k, x := range days {
			at := m.Start.AddDate(0, 0, x).Add(9 * time.Hour)
			seen := at.Add(30 * time.Minute)
			if r.IntN(8) == 0 { // bears an older date than it appears
				seen = seen.AddDate(0, 0, 1+r.IntN(5))
			}
			there := seen
			for _, o := range w.outages {
				if !seen.Before(o.from) && seen.Before(o.to) {
					seen = o.to
				}
			}
			id := media.Hash("item", m.ID, fmt.Sprint(k))
			w.evidence = append(w.evidence, media.Evidence{ID: id, Kind: media.EvItem, Agency: d.owner, Source: w.column(), At: at, Precision: media.ToMinute, Seen: seen, Grade: media.GradeC, Column: "cchc",
				Title: "Kỳ chuyên mục " + id[:6], Verdict: &media.Verdict{Reform: true, Score: 0.9, Topics: []string{media.TTHC}}})
			d.done = append(d.done, there)
		}
		slices.SortFunc(d.done, time.Time.Compare)
		for _, o := range w.outages {
			d.unknown = append(d.unknown, o)
		}
		handed := calendar.Day(w.cal.AddWorkingDays(m.LastDay(), 3)).Add(10 * time.Hour)
		if r.IntN(4) == 0 {
			handed = handed.AddDate(0, 0, 5+r.IntN(9))
		}
		d.unknown = append(d.unknown, span{m.End, handed})
		w.registers = append(w.registers, received{schedule.Span{From: m.Start, To: m.End}, handed})
		w.duties = append(w.duties, d)
	}
}

// agencies issue their plans before the deadline, after it, or never; the paper
// comes some days later.
func (w *world) agencies(r *rand.Rand) {
	q := w.quota("B-A1")
	for _, a := range w.plan.Agencies {
		if !slices.Contains(q.Owner.Each, a.Level) || !a.Binding {
			continue
		}
		d := duty{quota: q.ID, owner: a.ID, start: w.plan.Issued, end: q.Deadline, wanted: 1}
		x := r.IntN(100)
		issued := w.from.AddDate(0, 0, 1+r.IntN(24)).Add(10 * time.Hour)
		if x >= 70 && x < 90 {
			issued = q.Deadline.AddDate(0, 0, 1+r.IntN(20)).Add(10 * time.Hour)
		}
		if x < 90 {
			known := issued.AddDate(0, 0, r.IntN(4))
			w.decide(schedule.Decision{Kind: schedule.Attest, Quota: q.ID, Owner: a.ID, Period: calendar.Span(w.plan.Issued, q.Deadline).ID, At: known, Date: issued, Document: "01/KH", Grade: media.GradeB})
			d.done = []time.Time{known}
		}
		w.duties = append(w.duties, d)
	}
}

func (w *world) quota(id string) schedule.Quota {
	return w.plan.Quotas[slices.IndexFunc(w.plan.Quotas, func(q schedule.Quota) bool { return q.ID == id })]
}

// column is the source of the newspaper's column.
func (w *world) column() string {
	stream := w.quota("A-6.1").Streams[0]
	return w.plan.Sources[slices.IndexFunc(w.plan.Sources, func(s media.Source) bool { return s.Stream == stream })].ID
}

func (w *world) decide(d schedule.Decision) {
	d.Plan, d.Actor, d.Reason = w.plan.ID, "Chuyên viên", "mô phỏng"
	d.ID = media.Hash(string(d.Kind), d.Quota, d.Owner, d.Period)
	w.decisions = append(w.decisions, d)
}

// evaluate is what loa derives from what is known at a moment, and how the
// newspaper's source is.
func (w *world) evaluate(now time.Time) (schedule.Evaluation, map[string]media.Health) {
	known := func(at time.Time) bool { return !at.After(now) }
	var ev []media.Evidence
	for _, e := range w.evidence {
		if known(e.Seen) {
			ev = append(ev, e)
		}
	}
	var ds []schedule.Decision
	for _, d := range w.decisions {
		if known(d.At) {
			ds = append(ds, d)
		}
	}
	obs := schedule.Observation{Spans: map[string][]schedule.Span{}, Blind: map[string]schedule.Blind{}, Schedules: map[string][]schedule.Span{}}
	for _, l := range w.logs {
		if known(l.at) {
			for _, c := range []string{tv, fm} {
				obs.Spans["log:"+c] = append(obs.Spans["log:"+c], l.of)
			}
		}
	}
	for _, s := range w.announced {
		if known(s.at) {
			for _, c := range []string{tv, fm} {
				obs.Schedules[c] = append(obs.Schedules[c], s.of)
			}
		}
	}
	for _, p := range w.planned {
		if known(p.Seen) {
			obs.Planned = append(obs.Planned, p)
		}
	}
	paper := w.quota("A-6.1").Owner.Agency
	for _, x := range w.registers {
		if known(x.at) {
			id := schedule.RegisterSource(media.RegPrint, paper)
			obs.Spans[id] = append(obs.Spans[id], x.of)
		}
	}
	src, to := w.column(), now
	h := media.Health{Source: src, Active: true, Outcome: media.OK, LastOK: now, LastVisit: now}
	for _, o := range w.outages { // its list covers what it missed, once it is read again
		if !now.Before(o.from) && now.Before(o.to) {
			to = o.from
			obs.Blind[src] = schedule.Blind{Source: src, Reason: media.Unreachable, Since: o.from}
			h.Outcome, h.BlindSince, h.LastOK = media.Unreachable, o.from, o.from
		}
	}
	obs.Spans[src] = []schedule.Span{{From: w.from.AddDate(0, 0, -5), To: to}}
	e := schedule.Evaluation{Plan: w.plan.ID, Now: now, Ran: now}
	e.Matching = schedule.Match(w.plan, ev, ds, w.cal)
	e.Standings = schedule.Stand(w.plan, e.Matching, obs, ds, w.cal, now)
	return e, map[string]media.Health{src: h}
}
