// Package monitor is order and loops only: judge what was read, match and
// stand what is owed, keep, close. Each chore is one file behind a small door.
package monitor

import (
	"context"
	"errors"
	"time"

	"loa/media"
	"loa/schedule"
)

// Judge reads a revision. classify.Classifier implements it.
type Judge interface {
	Version() string
	Judge(r media.Revision) media.Verdict
}

// Quarantine is where goes what a stage panicked on, so that the rest goes on.
type Quarantine interface {
	// Quarantine records it, or that it happened once more.
	Quarantine(ctx context.Context, q media.Quarantined) error
	// Recovered ends what is over by itself: of media.StageJudge and StageCompare
	// texts that this version has read though another did not, of StageEvaluate
	// every owner but those that still are not derived.
	Recovered(ctx context.Context, stage, version string, still []string) error
}

// Verdicts is where judgements go.
type Verdicts interface {
	Quarantine
	// Unjudged returns current revisions that this classifier version has not judged, oldest first.
	Unjudged(ctx context.Context, classifier string, limit int) ([]media.Revision, error)
	PutVerdicts(ctx context.Context, vs []media.Verdict, at time.Time) error
}

// Account is what an evaluation is derived from. A zero knownAt means everything.
type Account interface {
	Evidence(ctx context.Context, plan *schedule.Plan, knownAt time.Time) ([]media.Evidence, error)
	Decisions(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Decision, error)
	Observation(ctx context.Context, plan *schedule.Plan, knownAt time.Time) (schedule.Observation, error)
	Closings(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Closing, error)
}

// Book is an Account that keeps the last evaluation too.
type Book interface {
	Account
	PutEvaluation(ctx context.Context, e schedule.Evaluation) error
}

// OwnerAccount is what the evaluation of some owners is derived from, without
// reading any other's, and where it is kept.
type OwnerAccount interface {
	OwnerEvidence(ctx context.Context, plan *schedule.Plan, owners, also []string, knownAt time.Time) ([]media.Evidence, error)
	Observation(ctx context.Context, plan *schedule.Plan, knownAt time.Time) (schedule.Observation, error)
	OwnerClosings(ctx context.Context, plan string, owners []string) ([]schedule.Closing, error)
	PutOwnerEvaluation(ctx context.Context, e schedule.Evaluation, owners, quotas []string) error
}

// Ledger is an OwnerAccount that can be filled some owners at a time.
type Ledger interface {
	OwnerAccount
	Quarantine
	Decisions(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Decision, error)
	BeginEvaluation(ctx context.Context, e schedule.Evaluation, owners, quotas []string) error
}

// ErrWhole says that some owners' part of an evaluation cannot be stored, since
// the rest is not there or was derived from another version of the plan.
var ErrWhole = errors.New("the whole plan has to be evaluated first")

// Change says that something was written by any process: what kind of thing,
// by its key ("item" and its id, "visit" and its source …).
type Change struct{ Kind, Key string }

// Changes follows what is written.
type Changes interface {
	// Next returns at most limit changes not returned before.
	Next(ctx context.Context, limit int) ([]Change, error)
}

// Agencies tells whose items are.
type Agencies interface {
	ItemAgencies(ctx context.Context, items []string) (map[string]string, error)
}

// Chores leases singletons by name on the store's clock.
type Chores interface {
	Quarantine
	TakeChore(ctx context.Context, name, owner string, ttl time.Duration) (ok bool, err error)
}
