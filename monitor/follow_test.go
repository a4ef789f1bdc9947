package monitor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// ledger is a store whose changes are told by hand.
type ledger struct {
	books
	pen
	poison  string // owner on whose evidence deriving panics
	changes []Change
	owners  []string // evaluated without the rest, in order
	whole   int
	version string // of the stored evaluation
	failing error

	mu    sync.Mutex
	begun int // owners that follow a whole evaluation
}

func (l *ledger) Next(_ context.Context, limit int) ([]Change, error) {
	n := min(limit, len(l.changes))
	out := l.changes[:n]
	l.changes = l.changes[n:]
	return out, l.failing
}
func (l *ledger) ItemAgencies(_ context.Context, items []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range items {
		if id != "gone" {
			out[id] = "mau/" + id[:4]
		}
	}
	return out, nil
}
func (l *ledger) Observation(context.Context, *schedule.Plan, time.Time) (schedule.Observation, error) {
	return schedule.Observation{}, nil
}
func (l *ledger) OwnerEvidence(_ context.Context, _ *schedule.Plan, owners, _ []string, _ time.Time) ([]media.Evidence, error) {
	if slices.Contains(owners, l.poison) {
		panic("evidence of " + l.poison)
	}
	return nil, nil
}
func (l *ledger) OwnerClosings(context.Context, string, []string) ([]schedule.Closing, error) {
	return nil, nil
}
func (l *ledger) PutOwnerEvaluation(_ context.Context, e schedule.Evaluation, owners, _ []string) error {
	if e.Version != l.version {
		return ErrWhole
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.begun > 0 { // one of all
		l.begun -= len(owners)
		return nil
	}
	l.owners = append(l.owners, owners...)
	return nil
}
func (l *ledger) BeginEvaluation(_ context.Context, e schedule.Evaluation, owners, _ []string) error {
	l.whole++
	l.version = e.Version
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = len(owners)
	return nil
}

func TestFollower(t *testing.T) {
	plan := onePlan()
	plan.Agencies = append(plan.Agencies, media.Agency{ID: "mau/so-b", Level: media.Department, Binding: true})
	plan.Sources = []media.Source{{ID: "mau/so-b-tin", Agency: "mau/so-b"}}
	plan.Channels = []schedule.Channel{{ID: "so-a-tv", Agency: "mau/so-a", Medium: "tv"}}
	clock := time.Unix(1000, 0)
	l := &ledger{}
	f := &Follower{Store: l, Changes: l, Cal: &calendar.Calendar{}, Moment: func() Moment { return Moment{Now: day(2023, 2, 10)} },
		Machine: func() time.Time { return clock }, Whole: time.Minute, Plan: func(context.Context) (*schedule.Plan, error) { return plan, nil }}
	turn := func(name string, owners []string, whole bool, changes ...Change) {
		t.Helper()
		l.changes, l.owners = changes, nil
		before := l.whole
		got, all, err := f.Turn(t.Context())
		if err != nil || all != whole || (l.whole > before) != whole || !slices.Equal(got, owners) || !slices.Equal(l.owners, owners) {
			t.Errorf("%s: %v alone, whole %v, %v; want %v, %v", name, got, all, err, owners, whole)
		}
	}
	turn("the first", nil, true)
	turn("nothing", nil, false)
	turn("an item", []string{"mau/so-a"}, false, Change{"item", "so-a1"}, Change{"verdict", "so-a1"}, Change{"page", "gone"})
	turn("a visit", []string{"mau/so-b"}, false, Change{"visit", "mau/so-b-tin"}, Change{"visit", "other/source"})
	turn("two owners'", []string{"mau/so-a", "mau/so-b"}, false, Change{"visit", "mau/so-b-tin"}, Change{"item", "so-a1"})
	turn("a register", []string{"mau/so-a"}, false, Change{"register", "mau/so-a"})
	turn("a schedule page", []string{"mau/so-b"}, false, Change{"planned", "mau/so-b-tin"})
	turn("a schedule handed in", []string{"mau/so-a"}, false, Change{"planned", "guide:so-a-tv"})
	turn("an upload", []string{"mau/so-a"}, false, Change{"upload", "so-a-tv"}, Change{"upload", "khac-tv"})
	turn("another province's item", nil, false, Change{"item", "khac"})
	turn("a decision", nil, true, Change{"decision", plan.ID})
	turn("what it writes itself", nil, false, Change{"standing", plan.ID}, Change{"evaluation", plan.ID})
	clock = clock.Add(time.Minute)
	turn("time passes", nil, true)
	plan.Version = "v2"
	turn("the plan changed", nil, true, Change{"item", "so-a1"})

	l.failing = errors.New("disk")
	if _, _, err := f.Turn(t.Context()); err == nil {
		t.Error("a failure is told")
	}
	l.failing = nil
	turn("after a failure", nil, true)
}
