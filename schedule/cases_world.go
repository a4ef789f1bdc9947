package schedule

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// CaseWorld is what acts of cases are held against: the evaluation with its
// Matching and its Evidence, what was observed, and every case of the plan.
type CaseWorld struct {
	Plan        *Plan
	Calendar    *calendar.Calendar
	Evaluation  Evaluation
	Observation Observation
	Cases       []Case
}

// Fit is how well a pledge fits: where a make-good is offered first.
type Fit struct {
	Programme bool     // in the very programme that the owner's broadcasts count in
	Part      bool     // in the same audience window as these
	Usual     string   // that programme, "" if nothing counted before the miss
	Window    string   // that window
	Why       []Reason // why it would count, per condition
}

func refusalOf(code string, a args) error {
	return Refusal{Code: code, Args: a, msg: fmt.Sprintf("%s %v", code, a)}
}

// MayOpen gives the misses with what each lacks, or refuses: only a confirmed
// miss opens a case, of a quota that counts broadcasts, whose policy knows
// make-goods, and that is in no other case that goes on. Each of the joined
// errors is a Refusal.
func (w CaseWorld) MayOpen(owner string, misses []Miss) ([]Miss, error) {
	var out []Miss
	var errs []error
	for _, m := range misses {
		of := args{"quota": m.Quota, "owner": owner, "period": m.Period, "plan": w.Plan.ID}
		i := slices.IndexFunc(w.Evaluation.Standings, func(s Standing) bool { return s.slot() == slotKey{m.Quota, owner, m.Period} })
		if i < 0 {
			errs = append(errs, refusalOf("no_standing", of))
			continue
		}
		s := w.Evaluation.Standings[i]
		q := w.definition(m)
		k, _ := kind(q.Kind)
		of["state"], of["confirmed"] = string(s.State), fmt.Sprint(s.Confirmed)
		other := slices.IndexFunc(w.Cases, func(c Case) bool { return c.Owner == owner && !c.State.Over() && slices.ContainsFunc(c.Misses, m.is) })
		switch {
		case !k.sees(q, media.EvAiring):
			errs = append(errs, refusalOf("not_broadcast", of))
		case q.makeGoodPolicy() == MadeGoodNone:
			errs = append(errs, refusalOf("no_make_good", of))
		case s.State != Missed || !s.Confirmed:
			errs = append(errs, refusalOf("not_confirmed", of))
		case other >= 0:
			of["case"] = w.Cases[other].ID
			errs = append(errs, refusalOf("in_case", of))
		case slices.ContainsFunc(out, m.is):
			errs = append(errs, refusalOf("twice", of))
		default:
			m.Short = 1
			if c := countOf(s); c.Shortfall >= 1 {
				m.Short = int(c.Shortfall)
			}
			out = append(out, m)
		}
	}
	return out, errors.Join(errs...)
}

func countOf(s Standing) Measure {
	for _, m := range s.Measures {
		if m.Name == "count" {
			return m
		}
	}
	return Measure{}
}

// definition is the quota as it is defined for a missed period.
func (w CaseWorld) definition(m Miss) Quota {
	i := slices.IndexFunc(w.Plan.Quotas, func(q Quota) bool { return q.ID == m.Quota })
	if i < 0 {
		return Quota{}
	}
	for _, s := range w.Evaluation.Standings {
		if s.Quota == m.Quota && s.Period == m.Period {
			q, _ := w.Plan.Quotas[i].in(calendar.Period{ID: s.Period, Start: s.Start, End: s.End})
			return q
		}
	}
	return w.Plan.Quotas[i]
}

// alone is what Match says of one piece by itself: its credit, or why not.
func (w CaseWorld) alone(quota, owner string, e media.Evidence) (Credit, *Reason) {
	p := w.Plan.For(owner)
	p.Quotas = slices.DeleteFunc(slices.Clone(p.Quotas), func(q Quota) bool { return q.ID != quota })
	m := Match(p, []media.Evidence{e}, nil, w.Calendar)
	if len(m.Credits) > 0 {
		return m.Credits[0], nil
	}
	if len(m.Rejections) > 0 {
		return Credit{}, &m.Rejections[0].Reason
	}
	why := because("outside_period", args{"at": stamp(when(e))})
	return Credit{}, &why
}

// MayPropose holds a pledge against the plan as if it were broadcast just so
// (AsIf): it has to count for every quota of the case. The error is a Refusal,
// whose reasons are in its Args under "reasons", by quota. fit tells whether it
// is in the same programme, and the same part of the day, as is offered first.
func (w CaseWorld) MayPropose(c Case, p Pledge, at time.Time) (fit Fit, err error) {
	if !p.Start.After(at) {
		return fit, refusalOf("pledge_past", args{"at": stamp(p.Start)})
	}
	if i := slices.IndexFunc(w.Plan.Channels, func(ch Channel) bool { return ch.ID == p.Channel && ch.Agency == c.Owner }); i < 0 {
		return fit, refusalOf("no_channel", args{"channel": p.Channel, "owner": c.Owner})
	}
	as := AsIf(w.Plan, media.Airing{Channel: p.Channel, Programme: p.Programme, Column: p.Column, Start: p.Start, Duration: p.Length, FirstRun: true}, at)
	for i, m := range c.Misses {
		if slices.ContainsFunc(c.Misses[:i], func(o Miss) bool { return o.Quota == m.Quota }) {
			continue
		}
		credit, why := w.alone(m.Quota, c.Owner, as)
		if why != nil {
			return fit, refusalOf("pledge_fails", args{"quota": m.Quota, "why": *why})
		}
		if i == 0 {
			fit.Why = credit.Reasons
		}
	}
	w.usual(c, p, &fit)
	return fit, nil
}

// usual compares a pledge with the owner's broadcast that counted last before the miss.
func (w CaseWorld) usual(c Case, p Pledge, fit *Fit) {
	m := c.Misses[0]
	var last *media.Airing
	for _, credit := range w.Evaluation.Matching.Credits {
		if a := credit.Evidence.Airing; credit.Quota == m.Quota && credit.Owner == c.Owner && a != nil && a.Start.Before(p.Start) && (last == nil || a.Start.After(last.Start)) {
			last = a
		}
	}
	if last == nil {
		return
	}
	fit.Usual, fit.Programme = last.Programme, last.Programme == p.Programme || last.Column != "" && last.Column == p.Column
	for _, win := range w.Plan.WindowsOf(last.Channel, last.Medium, calendar.Day(last.Start)) {
		if win.holds(last.Start) {
			fit.Window = win.String()
			fit.Part = slices.Contains(w.Plan.WindowsOf(p.Channel, "", calendar.Day(p.Start)), win) && win.holds(p.Start)
		}
	}
}

// holds reports whether a moment's time of day lies in the window.
func (w Window) holds(t time.Time) bool {
	for _, d := range []time.Time{calendar.Day(t).AddDate(0, 0, -1), calendar.Day(t)} {
		if from, to := w.on(d); !t.Before(from) && t.Before(to) {
			return true
		}
	}
	return false
}

// MayAir gives the misses that an airing repairs, the earliest of each quota
// that is not covered yet, or refuses it as the proof of a make-good: it has to
// stand in a log of grade A or B that nothing has superseded, come after the
// missed period, count by itself, be no other case's proof, and be spare where it
// counts now: what is matched already is not used twice. The error is a Refusal.
func (w CaseWorld) MayAir(c Case, airing string) ([]Miss, media.Evidence, error) {
	i := slices.IndexFunc(w.Evaluation.Evidence, func(e media.Evidence) bool { return e.ID == airing && e.Kind == media.EvAiring && e.Airing != nil })
	if i < 0 {
		return nil, media.Evidence{}, refusalOf("airing_unknown", args{"evidence": airing})
	}
	e := w.Evaluation.Evidence[i]
	of := args{"evidence": airing, "at": stamp(e.Airing.Start), "grade": string(e.Grade)}
	if e.Grade != media.GradeA && e.Grade != media.GradeB {
		return nil, e, refusalOf("airing_grade", of)
	}
	for _, o := range w.Cases {
		for _, p := range o.Pledges {
			if p.aired() && p.Outcome.Airing == airing && o.State != CaseWithdrawn {
				of["case"] = o.ID
				return nil, e, refusalOf("airing_used", of)
			}
		}
	}
	var out []Miss
	var first error
	for _, m := range c.Misses {
		if c.Covered(m) >= m.Short || slices.ContainsFunc(out, func(o Miss) bool { return o.Quota == m.Quota }) {
			continue
		}
		if err := w.proves(c.Owner, m, e); err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		out = append(out, m)
	}
	switch {
	case len(out) > 0:
		return out, e, nil
	case first == nil:
		return nil, e, refusalOf("case_repaired", args{"case": c.ID})
	}
	return nil, e, first
}

// proves refuses an airing that may not make one miss good.
func (w CaseWorld) proves(owner string, m Miss, e media.Evidence) error {
	of := args{"quota": m.Quota, "period": m.Period, "at": stamp(e.Airing.Start)}
	i := slices.IndexFunc(w.Evaluation.Standings, func(s Standing) bool { return s.slot() == slotKey{m.Quota, owner, m.Period} })
	if i >= 0 && e.Airing.Start.Before(w.Evaluation.Standings[i].End) {
		return refusalOf("airing_early", of)
	}
	if _, why := w.alone(m.Quota, owner, e); why != nil {
		of["why"] = *why
		return refusalOf("airing_fails", of)
	}
	for _, r := range w.Evaluation.Matching.Rejections {
		if r.Quota == m.Quota && r.Owner == owner && r.Evidence.ID == e.ID {
			of["why"] = r.Reason
			return refusalOf("airing_fails", of)
		}
	}
	var in *Credit
	n := map[string]int{}
	for i, c := range w.Evaluation.Matching.Credits {
		if c.Quota != m.Quota || c.Owner != owner {
			continue
		}
		if c.Evidence.ID == e.ID {
			in = &w.Evaluation.Matching.Credits[i]
		}
		if !slices.ContainsFunc(c.Reasons, func(r Reason) bool {
			return r.Code == "agreed_make_good" && r.Args["from"] == nil && r.Args["for"] != c.Period
		}) {
			n[c.Period]++ // not spoken for as another period's make-good
		}
	}
	if in == nil {
		return refusalOf("airing_unmatched", of)
	}
	wanted := 0
	for _, s := range w.Evaluation.Standings {
		if s.slot() == (slotKey{m.Quota, owner, in.Period}) { // an exempt week too: Match sets aside only what is over its number
			wanted = int(countOf(s).Wanted)
		}
	}
	if n[in.Period] <= wanted {
		of["needs"] = in.Period
		return refusalOf("airing_needed", of)
	}
	return nil
}

// CaseMark is what the machine finds of an outstanding, agreed pledge. It is
// shown beside what people entered and stored nowhere.
type CaseMark struct {
	Code   string // "found", "not_found", "no_log", or "not_due"
	Airing *media.Evidence
}

// Mark looks for the broadcast of pledge n in the logs: the nearest in time to
// what was pledged, on its channel and broadcasting day, that could prove it.
func (w CaseWorld) Mark(c Case, n int) CaseMark {
	if n < 1 || n > len(c.Pledges) || !c.Pledges[n-1].outstanding() || c.Pledges[n-1].Approved == nil {
		return CaseMark{}
	}
	p := c.Pledges[n-1]
	var best *media.Evidence
	apart := func(e *media.Evidence) time.Duration { return e.Airing.Start.Sub(p.Start).Abs() }
	for i := range w.Evaluation.Evidence {
		e := &w.Evaluation.Evidence[i]
		if e.Airing == nil || e.Airing.Channel != p.Channel || !calendar.Day(e.Airing.Start).Equal(calendar.Day(p.Start)) || e.Airing.Start.After(w.Evaluation.Now) {
			continue
		}
		if best != nil && apart(best) <= apart(e) {
			continue
		}
		if _, _, err := w.MayAir(c, e.ID); err == nil {
			best = e
		}
	}
	switch {
	case best != nil:
		return CaseMark{Code: "found", Airing: best}
	case w.Evaluation.Now.Before(p.Start.Add(p.Length)):
		return CaseMark{Code: "not_due"}
	case !w.logged(p):
		return CaseMark{Code: "no_log"}
	}
	return CaseMark{Code: "not_found"}
}

// logged reports whether a log covers the whole pledged broadcast.
func (w CaseWorld) logged(p Pledge) bool {
	return slices.ContainsFunc(w.Observation.Spans["log:"+p.Channel], func(s Span) bool {
		return !p.Start.Before(s.From) && !p.Start.Add(p.Length).After(s.To)
	})
}

// MayMiss refuses to call a make-good missed before its time has passed, while
// no log tells of it (unless a document says so), or where the log shows it. The
// error is a Refusal.
func (w CaseWorld) MayMiss(c Case, n int, document string) error {
	mark := w.Mark(c, n)
	of := args{"n": n}
	switch {
	case mark.Code == "found":
		of["at"], of["evidence"] = stamp(mark.Airing.Airing.Start), mark.Airing.ID
		return refusalOf("pledge_found", of)
	case mark.Code == "not_due":
		of["at"] = stamp(c.Pledges[n-1].Start)
		return refusalOf("pledge_ahead", of)
	case mark.Code == "no_log" && document == "":
		of["channel"] = c.Pledges[n-1].Channel
		return refusalOf("pledge_no_log", of)
	}
	return nil
}
