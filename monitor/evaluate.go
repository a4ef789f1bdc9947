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
	e, _, err := evaluatePart(ctx, store, &pass{plan: plan, quotas: quotaIDs(plan), decisions: decisions, cal: cal, moment: m, machine: machine}, owners)
	return e, err
}

// pass is one run over owners of a plan.
type pass struct {
	plan      *schedule.Plan
	quotas    []string // all of the plan's
	decisions []schedule.Decision
	cal       *calendar.Calendar
	moment    Moment
	machine   time.Time

	// told, if set, hears what was derived of an owner and from what, by several goroutines.
	told func(owner string, e schedule.Evaluation, obs schedule.Observation)
}

func evaluatePart(ctx context.Context, store OwnerAccount, p *pass, owners []string) (schedule.Evaluation, schedule.Observation, error) {
	e, obs, err := derivePart(ctx, store, p.plan, owners, p.decisions, p.cal, p.moment)
	if err != nil {
		return e, obs, err
	}
	e.Ran = p.machine
	if err := store.PutOwnerEvaluation(ctx, e, owners, p.quotas); err != nil {
		return e, obs, fmt.Errorf("store evaluation of %v: %w", owners, err)
	}
	return e, obs, nil
}

// DeriveOwners derives what some agencies owe, from their own evidence, without
// storing the result. It knows no KnownAt.
func DeriveOwners(ctx context.Context, store Ledger, plan *schedule.Plan, owners []string, cal *calendar.Calendar, m Moment) (schedule.Evaluation, error) {
	decisions, err := store.Decisions(ctx, plan.ID, time.Time{})
	if err != nil {
		return schedule.Evaluation{}, fmt.Errorf("read decisions of %s: %w", plan.ID, err)
	}
	e, _, err := derivePart(ctx, store, plan, owners, decisions, cal, m)
	return e, err
}

func derivePart(ctx context.Context, store OwnerAccount, plan *schedule.Plan, owners []string, decisions []schedule.Decision, cal *calendar.Calendar, m Moment) (schedule.Evaluation, schedule.Observation, error) {
	part := plan.For(owners...)
	e := schedule.Evaluation{Plan: plan.ID, Version: plan.Version, Now: m.Now, Classifier: m.Classifier}
	obs, err := store.Observation(ctx, part, time.Time{})
	if err != nil {
		return e, obs, fmt.Errorf("read observation of %v: %w", owners, err)
	}
	closings, err := store.OwnerClosings(ctx, plan.ID, owners)
	if err != nil {
		return e, obs, fmt.Errorf("read closed periods of %v: %w", owners, err)
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
		return e, obs, fmt.Errorf("read evidence of %v: %w", owners, err)
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
	return e, obs, nil
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
	return evaluateAll(ctx, store, &pass{plan: plan, quotas: quotaIDs(plan), cal: cal, moment: m, machine: machine}, workers)
}

func evaluateAll(ctx context.Context, store Ledger, p *pass, workers int) (err error) {
	if p.decisions, err = store.Decisions(ctx, p.plan.ID, time.Time{}); err != nil {
		return fmt.Errorf("read decisions of %s: %w", p.plan.ID, err)
	}
	owners := make([]string, 0, len(p.plan.Agencies))
	for _, a := range p.plan.Agencies {
		owners = append(owners, a.ID)
	}
	if err := store.BeginEvaluation(ctx, p.head(), owners, p.quotas); err != nil {
		return fmt.Errorf("begin evaluation of %s: %w", p.plan.ID, err)
	}
	still, err := evaluateSome(ctx, store, p, owners, workers)
	if err != nil {
		return err
	}
	return store.Recovered(ctx, media.StageEvaluate, "", still)
}

// head is the evaluation without what it says.
func (p *pass) head() schedule.Evaluation {
	return schedule.Evaluation{Plan: p.plan.ID, Version: p.plan.Version, Now: p.moment.Now, Ran: p.machine, Classifier: p.moment.Classifier}
}

// evaluateSome is evaluatePart of owners some at a time, in the plan's order and
// workers in parallel; still are those on whose evidence deriving panics.
func evaluateSome(ctx context.Context, store Ledger, p *pass, owners []string, workers int) (still []string, err error) {
	var mu sync.Mutex
	work, goes := errgroup.WithContext(ctx)
	work.SetLimit(max(1, workers))
	for some := range slices.Chunk(owners, together) {
		if goes.Err() != nil {
			break
		}
		work.Go(func() error {
			failed, err := evaluateEach(goes, store, p, some)
			mu.Lock()
			defer mu.Unlock()
			still = append(still, failed...)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return still, err
	}
	return still, context.Cause(ctx)
}

// evaluateEach is evaluatePart of owners of whom one may be such that deriving
// panics: then each is evaluated alone, and those that panic are quarantined and
// named. What is stored of them stays.
func evaluateEach(ctx context.Context, store Ledger, p *pass, owners []string) (still []string, err error) {
	crash, err := evaluateGuarded(ctx, store, p, owners)
	switch {
	case crash == nil:
		return nil, err
	case len(owners) == 1:
		crash.Kind, crash.ID, crash.At = "owner", owners[0], p.moment.Now
		if err := store.Quarantine(ctx, *crash); err != nil {
			return owners, fmt.Errorf("quarantine the evaluation of %s: %w", owners[0], err)
		}
		return owners, nil
	}
	for i := range owners {
		one, err := evaluateEach(ctx, store, p, owners[i:i+1])
		if still = append(still, one...); err != nil {
			return still, err
		}
	}
	return still, nil
}

func evaluateGuarded(ctx context.Context, store Ledger, p *pass, owners []string) (crash *media.Quarantined, err error) {
	defer func() {
		if r := recover(); r != nil {
			crash = &media.Quarantined{Stage: media.StageEvaluate}
			crash.Words, crash.Frames = media.CrashOf(r)
		}
	}()
	e, obs, err := evaluatePart(ctx, store, p, owners)
	if err == nil && p.told != nil {
		for _, owner := range owners {
			p.told(owner, e, obs)
		}
	}
	return nil, err
}
