package monitor

import (
	"context"
	"fmt"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
)

// Derive matches and stands everything the store knew at knownAt (zero: all of
// it) as of the business time now, without storing the result. ahead adds the
// periods that start within it after now.
func Derive(ctx context.Context, store Account, plan *schedule.Plan, cal *calendar.Calendar, now, knownAt time.Time, ahead time.Duration) (schedule.Evaluation, error) {
	e := schedule.Evaluation{Plan: plan.ID, Version: plan.Version, Now: now}
	// What was observed is read before what was found: a crawl that goes on
	// meanwhile may add pieces, never a covered span whose pieces are missing.
	obs, err := store.Observation(ctx, plan, knownAt)
	if err != nil {
		return e, fmt.Errorf("read observation of %s: %w", plan.ID, err)
	}
	decisions, err := store.Decisions(ctx, plan.ID, knownAt)
	if err != nil {
		return e, fmt.Errorf("read decisions of %s: %w", plan.ID, err)
	}
	e.Evidence, err = store.Evidence(ctx, plan, knownAt)
	if err != nil {
		return e, fmt.Errorf("read evidence of %s: %w", plan.ID, err)
	}
	e.Matching = schedule.Match(plan, e.Evidence, decisions, cal)
	e.Standings = schedule.Stand(plan, e.Matching, obs, decisions, cal, now)
	if ahead > 0 {
		e.Standings = append(e.Standings, schedule.Ahead(plan, cal, now, now.Add(ahead))...)
	}
	return e, nil
}

// Evaluate derives and stores the evaluation that every view reads.
func Evaluate(ctx context.Context, store Account, plan *schedule.Plan, cal *calendar.Calendar, now, machine time.Time) (schedule.Evaluation, error) {
	e, err := Derive(ctx, store, plan, cal, now, time.Time{}, 0)
	if err != nil {
		return e, err
	}
	e.Ran = machine
	if err := store.PutEvaluation(ctx, e); err != nil {
		return e, fmt.Errorf("store evaluation of %s: %w", plan.ID, err)
	}
	return e, nil
}
