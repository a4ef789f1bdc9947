package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Follower keeps the stored evaluation up to date from what changes and as time
// passes: owners whose pieces or sources changed are evaluated without the
// others, and so are those of whom time may have changed something; everything
// is after whatever concerns the whole plan. Not safe for concurrent use.
type Follower struct {
	Store interface {
		Ledger
		Agencies
		// RenewEvaluation says that what is stored of the head's plan and version
		// holds at its moment too; ErrWhole if another version's is stored.
		RenewEvaluation(ctx context.Context, head schedule.Evaluation) error
	}
	Changes Changes
	Plan    func(ctx context.Context) (*schedule.Plan, error) // the plan in force, with what was changed since
	Cal     *calendar.Calendar
	Moment  func() Moment
	Machine func() time.Time
	Pass    time.Duration // how often at least it is seen to that everything holds, machine clock
	Again   time.Duration // how often at least each owner is evaluated, though nothing changed, machine clock

	last  time.Time         // when everything was seen to last, machine clock; zero: never
	marks map[string]marked // what holds of owners, by id
}

// marked is what is known of an owner since it was evaluated.
type marked struct {
	schedule.Steady
	now, ran time.Time            // for and when it was, business and machine clock
	sights   map[string]string    // of its sources, as they were then
	to       map[string]time.Time // until when they had been read
}

// workers is how many goes of some owners are evaluated in parallel.
const workers = 2 // with more their evidence is the most of what a server holds

// Turn brings the stored evaluation up to date. It tells which owners were
// evaluated, in the plan's order, or that all were.
func (f *Follower) Turn(ctx context.Context) (owners []string, whole bool, err error) {
	plan, err := f.Plan(ctx)
	if err != nil {
		return nil, false, err
	}
	news, err := f.changed(ctx, plan)
	if err != nil {
		f.last = time.Time{} // what changed may be taken already: the next turn does everything
		return nil, false, err
	}
	p := &pass{plan: plan, quotas: quotaIDs(plan), cal: f.Cal, moment: f.Moment(), machine: f.Machine()}
	p.told = f.mark(p)
	if !news.whole && !f.last.IsZero() {
		owners, err := f.some(ctx, p, news)
		if err == nil {
			return owners, false, nil
		}
		if !errors.Is(err, ErrWhole) {
			f.last = time.Time{}
			return owners, false, err
		}
	}
	f.last, f.marks = time.Time{}, nil
	if err := evaluateAll(ctx, f.Store, p, workers); err != nil {
		return nil, true, err
	}
	f.last = p.machine
	return nil, true, nil
}

// some evaluates whom something came of and whom time may have changed something
// of. Once in every Pass it sees to everybody and says so.
func (f *Follower) some(ctx context.Context, p *pass, news news) (owners []string, err error) {
	if err := f.seen(ctx, p, news); err != nil {
		return nil, err
	}
	everybody := p.machine.Sub(f.last) >= f.Pass
	for _, a := range p.plan.Agencies { // in the plan's order, and no other province's
		m, ok := f.marks[a.ID]
		due := ok && m.over(p.moment.Now) || everybody && (!ok || m.Watches || p.machine.Sub(m.ran) >= f.Again)
		if news.of[a.ID] || due {
			owners = append(owners, a.ID)
		}
	}
	var still []string // on whose evidence deriving panics
	if len(owners) > 0 {
		if p.decisions, err = f.Store.Decisions(ctx, p.plan.ID, time.Time{}); err != nil {
			return nil, fmt.Errorf("read decisions of %s: %w", p.plan.ID, err)
		}
		for _, a := range owners {
			delete(f.marks, a) // one on whose evidence deriving panics has none, and is tried again with everybody
		}
		if still, err = evaluateSome(ctx, f.Store, p, owners, workers); err != nil {
			return owners, err
		}
	}
	if !everybody {
		return owners, nil
	}
	if err := f.Store.Recovered(ctx, media.StageEvaluate, "", still); err != nil {
		return owners, err
	}
	if err := f.Store.RenewEvaluation(ctx, p.head()); err != nil {
		return owners, err
	}
	f.last = p.machine
	return owners, nil
}

// over reports whether time may have changed what was said, or the clock was set back.
func (m marked) over(now time.Time) bool { return !now.Before(m.Until) || now.Before(m.now) }

// mark keeps what holds of owners as they are evaluated.
func (f *Follower) mark(p *pass) func(string, schedule.Evaluation, schedule.Observation) {
	var mu sync.Mutex
	return func(owner string, e schedule.Evaluation, obs schedule.Observation) {
		m := marked{Steady: e.Steady(p.plan, owner, obs), now: p.moment.Now, ran: p.machine, sights: map[string]string{}, to: map[string]time.Time{}}
		for _, s := range p.plan.Sources {
			if s.Agency == owner {
				m.sights[s.ID], m.to[s.ID] = obs.Sight(s), obs.ReadTo(s.ID)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if f.marks == nil {
			f.marks = map[string]marked{}
		}
		f.marks[owner] = m
	}
}

// moved reports whether a look at a source has shown something, or may have: of a
// time that is over, or of how long a question waits.
func (m marked) moved(s media.Source, obs schedule.Observation) bool {
	to := obs.ReadTo(s.ID)
	return s.Kind == media.KindQuestions || m.sights[s.ID] != obs.Sight(s) || m.to[s.ID].Before(m.Seen) && to.After(m.to[s.ID])
}

// seen adds to the news those who were only looked at and of whose sources
// something else is known now. Questions wait for as long as they are seen to:
// their columns tell something at every look.
func (f *Follower) seen(ctx context.Context, p *pass, news news) error {
	var ask []string
	for a := range news.looked {
		if news.of[a] {
			continue
		}
		if m, ok := f.marks[a]; ok && m.Quiet {
			ask = append(ask, a)
		} else {
			news.of[a] = true
		}
	}
	if len(ask) == 0 {
		return nil
	}
	slices.Sort(ask)
	obs, err := f.Store.Observation(ctx, p.plan.For(ask...), time.Time{})
	if err != nil {
		return fmt.Errorf("read observation of %v: %w", ask, err)
	}
	for _, s := range p.plan.Sources {
		if slices.Contains(ask, s.Agency) && slices.Contains(news.looked[s.Agency], s.ID) && f.marks[s.Agency].moved(s, obs) {
			news.of[s.Agency] = true
		}
	}
	return nil
}

// news is what changed since the last turn.
type news struct {
	of     map[string]bool     // agencies of whom something came
	looked map[string][]string // sources that were looked at, by agency
	whole  bool                // something concerns the whole plan
}

// changed sorts the changes since the last turn: whose they are, or that they
// concern the whole plan.
func (f *Follower) changed(ctx context.Context, plan *schedule.Plan) (news, error) {
	const batch = 1000
	var items []string
	n := news{of: map[string]bool{}, looked: map[string][]string{}}
	agency := make(map[string]string, len(plan.Sources))
	for _, s := range plan.Sources {
		agency[s.ID] = s.Agency
	}
	for _, c := range plan.Channels { // whose schedules and uploads are handed in
		agency[media.GuideSource(c.ID)], agency[c.ID] = c.Agency, c.Agency
	}
	for {
		changes, err := f.Changes.Next(ctx, batch)
		if err != nil {
			return n, fmt.Errorf("read what changed: %w", err)
		}
		for _, c := range changes {
			switch c.Kind {
			case "item", "page", "verdict", "review":
				items = append(items, c.Key)
			case "visit":
				if a := agency[c.Key]; a != "" && !slices.Contains(n.looked[a], c.Key) {
					n.looked[a] = append(n.looked[a], c.Key)
				}
			case "planned", "upload":
				n.of[agency[c.Key]] = true
			case "register":
				n.of[c.Key] = true
			case "airing", "decision", "plan", "closing":
				n.whole = true
			}
		}
		if len(changes) < batch {
			break
		}
	}
	slices.Sort(items)
	whose, err := f.Store.ItemAgencies(ctx, slices.Compact(items))
	if err != nil {
		return n, err
	}
	for _, a := range whose {
		n.of[a] = true
	}
	return n, nil
}
