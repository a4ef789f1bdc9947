package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Follower keeps the stored evaluation up to date from what changes: the
// owners whose pieces or sources changed are evaluated without the others, everything now
// and then (time passes, windows close, watched sites are others') and after
// whatever concerns the whole plan. Not safe for concurrent use.
type Follower struct {
	Store interface {
		Ledger
		Agencies
	}
	Changes Changes
	Plan    func(ctx context.Context) (*schedule.Plan, error) // the plan in force, with what was changed since
	Cal     *calendar.Calendar
	Moment  func() Moment
	Machine func() time.Time
	Whole   time.Duration // how often at least everything is evaluated, machine clock

	last time.Time // when everything was evaluated last, machine clock; zero: never
}

// mostOwners is how many owners are evaluated without all the others; for more
// everything is.
const mostOwners = 50

// workers is how many goes of some owners are evaluated in parallel.
const workers = 2 // with more their evidence is the most of what a server holds

// Turn brings the stored evaluation up to date. It tells which owners were
// evaluated, or that all were.
func (f *Follower) Turn(ctx context.Context) (owners []string, whole bool, err error) {
	plan, err := f.Plan(ctx)
	if err != nil {
		return nil, false, err
	}
	owners, whole, err = f.changed(ctx, plan)
	if err != nil {
		return nil, false, err
	}
	if !whole && f.Machine().Sub(f.last) < f.Whole {
		decisions, err := f.Store.Decisions(ctx, plan.ID, time.Time{})
		if err != nil {
			return nil, false, fmt.Errorf("read decisions of %s: %w", plan.ID, err)
		}
		for some := range slices.Chunk(owners, together) {
			if _, err = evaluateEach(ctx, f.Store, plan, quotaIDs(plan), some, decisions, f.Cal, f.Moment(), f.Machine()); err != nil {
				break
			}
		}
		if err == nil {
			return owners, false, nil
		}
		if !errors.Is(err, ErrWhole) {
			f.last = time.Time{} // these changes were taken: the next turn must do everything
			return owners, false, err
		}
	}
	f.last = time.Time{}
	began := f.Machine()
	if err := EvaluateAll(ctx, f.Store, plan, f.Cal, f.Moment(), began, workers); err != nil {
		return nil, true, err
	}
	f.last = began
	return nil, true, nil
}

// changed sorts the changes since the last turn: whose they are, or that they
// concern the whole plan.
func (f *Follower) changed(ctx context.Context, plan *schedule.Plan) (owners []string, whole bool, err error) {
	const batch = 1000
	var items []string
	of := map[string]bool{}
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
			f.last = time.Time{}
			return nil, false, fmt.Errorf("read what changed: %w", err)
		}
		for _, c := range changes {
			switch c.Kind {
			case "item", "page", "verdict", "review":
				items = append(items, c.Key)
			case "visit":
				of[agency[c.Key]] = true
			case "planned", "upload":
				of[agency[c.Key]] = true
			case "register":
				of[c.Key] = true
			case "airing", "decision", "plan", "closing":
				whole = true
			}
		}
		if len(changes) < batch {
			break
		}
	}
	slices.Sort(items)
	whose, err := f.Store.ItemAgencies(ctx, slices.Compact(items))
	if err != nil {
		f.last = time.Time{}
		return nil, false, err
	}
	for _, a := range whose {
		of[a] = true
	}
	for _, a := range plan.Agencies { // in the plan's order, and no other province's
		if of[a.ID] {
			owners = append(owners, a.ID)
		}
	}
	return owners, whole || len(owners) > mostOwners || f.last.IsZero(), nil
}
