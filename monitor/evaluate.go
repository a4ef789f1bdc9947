package monitor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// Moment says as of when to derive.
type Moment struct {
	Now        time.Time     // business clock
	KnownAt    time.Time     // nothing recorded later; zero: everything
	Ahead      time.Duration // adds the periods that start within it after Now
	Classifier string        // version of the judge, for the record
	Loose      bool          // closed periods as they would come out today, not as they were frozen
}

// Derive matches and stands everything the store knew as of a moment, without
// storing the result. Closed periods are as they were frozen, with proposals
// where they would come out otherwise today.
func Derive(ctx context.Context, store Account, plan *schedule.Plan, cal *calendar.Calendar, m Moment) (schedule.Evaluation, error) {
	e := schedule.Evaluation{Plan: plan.ID, Version: plan.Version, Now: m.Now, Classifier: m.Classifier}
	// What was observed is read before what was found: a crawl that goes on
	// meanwhile may add pieces, never a covered span whose pieces are missing.
	obs, err := store.Observation(ctx, plan, m.KnownAt)
	if err != nil {
		return e, fmt.Errorf("read observation of %s: %w", plan.ID, err)
	}
	decisions, err := store.Decisions(ctx, plan.ID, m.KnownAt)
	if err != nil {
		return e, fmt.Errorf("read decisions of %s: %w", plan.ID, err)
	}
	var closings []schedule.Closing
	if !m.Loose {
		if closings, err = store.Closings(ctx, plan.ID, m.KnownAt); err != nil {
			return e, fmt.Errorf("read closed periods of %s: %w", plan.ID, err)
		}
	}
	e.Evidence, err = store.Evidence(ctx, plan, m.KnownAt)
	if err != nil {
		return e, fmt.Errorf("read evidence of %s: %w", plan.ID, err)
	}
	all := slices.Concat(decisions, schedule.Held(plan, closings, m.Now))
	e.Matching = schedule.Match(plan, e.Evidence, all, cal)
	e.Standings = schedule.Stand(plan, e.Matching, obs, decisions, cal, m.Now)
	e = e.Frozen(closings).WithUsual(plan)
	e.Gains = schedule.Gains(plan, e.Evidence, all, cal, e.Standings, m.Now)
	if m.Ahead > 0 {
		e.Standings = append(e.Standings, schedule.Ahead(plan, e, obs, decisions, cal, m.Now.Add(m.Ahead))...)
		e.Slots = schedule.Slots(plan, e, obs, decisions, cal)
	}
	return e, nil
}

// Evaluate derives and stores the evaluation that every view reads.
func Evaluate(ctx context.Context, store Book, plan *schedule.Plan, cal *calendar.Calendar, m Moment, machine time.Time) (schedule.Evaluation, error) {
	e, err := Derive(ctx, store, plan, cal, m)
	if err != nil {
		return e, err
	}
	e.Ran = machine
	if err := store.PutEvaluation(ctx, e); err != nil {
		return e, fmt.Errorf("store evaluation of %s: %w", plan.ID, err)
	}
	return e, nil
}

// EvaluateOwners derives and stores what some agencies owe, from their own
// evidence, and leaves every other row alone. decisions are those of the whole
// plan: a person may have added another agency's piece. ErrWhole comes through
// where the whole plan has to be evaluated first.
func EvaluateOwners(ctx context.Context, store OwnerAccount, plan *schedule.Plan, owners []string, decisions []schedule.Decision, cal *calendar.Calendar, m Moment, machine time.Time) (schedule.Evaluation, error) {
	return evaluatePart(ctx, store, plan, quotaIDs(plan), owners, decisions, cal, m, machine)
}

func evaluatePart(ctx context.Context, store OwnerAccount, plan *schedule.Plan, quotas, owners []string, decisions []schedule.Decision, cal *calendar.Calendar, m Moment, machine time.Time) (schedule.Evaluation, error) {
	e, err := derivePart(ctx, store, plan, owners, decisions, cal, m)
	if err != nil {
		return e, err
	}
	e.Ran = machine
	if err := store.PutOwnerEvaluation(ctx, e, owners, quotas); err != nil {
		return e, fmt.Errorf("store evaluation of %v: %w", owners, err)
	}
	return e, nil
}

// DeriveOwners derives what some agencies owe, from their own evidence, without
// storing the result. It knows no KnownAt.
func DeriveOwners(ctx context.Context, store Ledger, plan *schedule.Plan, owners []string, cal *calendar.Calendar, m Moment) (schedule.Evaluation, error) {
	decisions, err := store.Decisions(ctx, plan.ID, time.Time{})
	if err != nil {
		return schedule.Evaluation{}, fmt.Errorf("read decisions of %s: %w", plan.ID, err)
	}
	return derivePart(ctx, store, plan, owners, decisions, cal, m)
}

func derivePart(ctx context.Context, store OwnerAccount, plan *schedule.Plan, owners []string, decisions []schedule.Decision, cal *calendar.Calendar, m Moment) (schedule.Evaluation, error) {
	part := plan.For(owners...)
	e := schedule.Evaluation{Plan: plan.ID, Version: plan.Version, Now: m.Now, Classifier: m.Classifier}
	obs, err := store.Observation(ctx, part, time.Time{})
	if err != nil {
		return e, fmt.Errorf("read observation of %v: %w", owners, err)
	}
	closings, err := store.OwnerClosings(ctx, plan.ID, owners)
	if err != nil {
		return e, fmt.Errorf("read closed periods of %v: %w", owners, err)
	}
	var mine []schedule.Decision
	var also []string
	for _, d := range decisions {
		if slices.Contains(owners, d.Owner) {
			mine = append(mine, d)
			if d.Kind == schedule.Add {
				also = append(also, d.Evidence)
			}
		}
	}
	if e.Evidence, err = store.OwnerEvidence(ctx, part, owners, also, time.Time{}); err != nil {
		return e, fmt.Errorf("read evidence of %v: %w", owners, err)
	}
	all := slices.Concat(mine, schedule.Held(part, closings, m.Now))
	e.Matching = schedule.Match(part, e.Evidence, all, cal)
	e.Standings = schedule.Stand(part, e.Matching, obs, mine, cal, m.Now)
	e = e.Frozen(closings).WithUsual(part)
	e.Gains = schedule.Gains(part, e.Evidence, all, cal, e.Standings, m.Now)
	if m.Ahead > 0 {
		e.Standings = append(e.Standings, schedule.Ahead(part, e, obs, mine, cal, m.Now.Add(m.Ahead))...)
		e.Slots = schedule.Slots(part, e, obs, mine, cal)
	}
	return e, nil
}

func quotaIDs(plan *schedule.Plan) []string {
	ids := make([]string, len(plan.Quotas))
	for i := range plan.Quotas {
		ids[i] = plan.Quotas[i].ID
	}
	return ids
}

// together is how many owners are evaluated in one go: enough that what each
// go costs does not count, few enough that their evidence is little memory.
const together = 8

// EvaluateAll derives and stores everything some owners at a time, so that no
// more than their evidence is in memory at once; workers of such goes in
// parallel. Of an owner on whose evidence deriving panics the last evaluation
// stays, and it is quarantined.
func EvaluateAll(ctx context.Context, store Ledger, plan *schedule.Plan, cal *calendar.Calendar, m Moment, machine time.Time, workers int) error {
	decisions, err := store.Decisions(ctx, plan.ID, time.Time{})
	if err != nil {
		return fmt.Errorf("read decisions of %s: %w", plan.ID, err)
	}
	owners := make([]string, 0, len(plan.Agencies))
	for _, a := range plan.Agencies {
		owners = append(owners, a.ID)
	}
	quotas := quotaIDs(plan)
	head := schedule.Evaluation{Plan: plan.ID, Version: plan.Version, Now: m.Now, Ran: machine, Classifier: m.Classifier}
	if err := store.BeginEvaluation(ctx, head, owners, quotas); err != nil {
		return fmt.Errorf("begin evaluation of %s: %w", plan.ID, err)
	}
	var mu sync.Mutex
	var still []string // owners that are not derived
	work, goes := errgroup.WithContext(ctx)
	work.SetLimit(max(1, workers))
	for some := range slices.Chunk(owners, together) {
		if goes.Err() != nil {
			break
		}
		work.Go(func() error {
			failed, err := evaluateEach(goes, store, plan, quotas, some, decisions, cal, m, machine)
			mu.Lock()
			defer mu.Unlock()
			still = append(still, failed...)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return store.Recovered(ctx, media.StageEvaluate, "", still)
}

// evaluateEach is evaluatePart of owners of whom one may be such that deriving
// panics: then each is evaluated alone, and those that panic are quarantined and
// named. What is stored of them stays.
func evaluateEach(ctx context.Context, store Ledger, plan *schedule.Plan, quotas, owners []string, decisions []schedule.Decision, cal *calendar.Calendar, m Moment, machine time.Time) (still []string, err error) {
	crash, err := evaluateGuarded(ctx, store, plan, quotas, owners, decisions, cal, m, machine)
	switch {
	case crash == nil:
		return nil, err
	case len(owners) == 1:
		crash.Kind, crash.ID, crash.At = "owner", owners[0], m.Now
		if err := store.Quarantine(ctx, *crash); err != nil {
			return owners, fmt.Errorf("quarantine the evaluation of %s: %w", owners[0], err)
		}
		return owners, nil
	}
	for i := range owners {
		one, err := evaluateEach(ctx, store, plan, quotas, owners[i:i+1], decisions, cal, m, machine)
		if still = append(still, one...); err != nil {
			return still, err
		}
	}
	return still, nil
}

func evaluateGuarded(ctx context.Context, store Ledger, plan *schedule.Plan, quotas, owners []string, decisions []schedule.Decision, cal *calendar.Calendar, m Moment, machine time.Time) (crash *media.Quarantined, err error) {
	defer func() {
		if p := recover(); p != nil {
			crash = &media.Quarantined{Stage: media.StageEvaluate}
			crash.Words, crash.Frames = media.CrashOf(p)
		}
	}()
	_, err = evaluatePart(ctx, store, plan, quotas, owners, decisions, cal, m, machine)
	return nil, err
}
