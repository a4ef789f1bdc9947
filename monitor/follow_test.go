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
	renewed int
	seen    schedule.Observation

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
	return l.seen, nil
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
func (l *ledger) RenewEvaluation(_ context.Context, head schedule.Evaluation) error {
	if head.Version != l.version {
		return ErrWhole
	}
	l.renewed++
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
	plan.Sources = []media.Source{{ID: "mau/so-b-tin", Agency: "mau/so-b", Kind: media.KindFeed}, {ID: "mau/so-b-hoi", Agency: "mau/so-b", Kind: media.KindQuestions}, {ID: "mau/so-a-tin", Agency: "mau/so-a"}}
	plan.Channels = []schedule.Channel{{ID: "so-a-tv", Agency: "mau/so-a", Medium: "tv"}}
	clock, now := time.Unix(1000, 0), day(2023, 2, 10)
	l := &ledger{}
	l.seen.Spans = map[string][]schedule.Span{"mau/so-b-tin": {{From: day(2023, 1, 1), To: day(2023, 2, 10)}}}
	f := &Follower{Store: l, Changes: l, Cal: &calendar.Calendar{}, Moment: func() Moment { return Moment{Now: now} },
		Machine: func() time.Time { return clock }, Pass: time.Minute, Again: time.Hour, Plan: func(context.Context) (*schedule.Plan, error) { return plan, nil }}
	a, b, both := []string{"mau/so-a"}, []string{"mau/so-b"}, []string{"mau/so-a", "mau/so-b"}
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
	turn("an item", a, false, Change{"item", "so-a1"}, Change{"verdict", "so-a1"}, Change{"page", "gone"})
	turn("a look that found nothing new", nil, false, Change{"visit", "mau/so-b-tin"}, Change{"visit", "other/source"})
	l.seen.Spans["mau/so-b-tin"][0].To = day(2023, 2, 11)
	turn("another", nil, false, Change{"visit", "mau/so-b-tin"})
	l.seen.Spans["mau/so-b-tin"] = append(l.seen.Spans["mau/so-b-tin"], schedule.Span{From: day(2023, 2, 12), To: day(2023, 2, 13)})
	turn("a look after a hole", b, false, Change{"visit", "mau/so-b-tin"})
	turn("one after it", nil, false, Change{"visit", "mau/so-b-tin"})
	l.seen.Blind = map[string]schedule.Blind{"mau/so-b-tin": {Reason: media.Unreachable, Since: day(2023, 2, 13)}}
	turn("a look at a site that is away", b, false, Change{"visit", "mau/so-b-tin"})
	turn("a look at a column of questions", b, false, Change{"visit", "mau/so-b-hoi"})
	turn("a look where nothing was ever seen, in vain", nil, false, Change{"visit", "mau/so-a-tin"})
	l.seen.Spans["mau/so-a-tin"] = []schedule.Span{{From: day(2023, 2, 1), To: day(2023, 2, 9)}}
	turn("the first that is read", a, false, Change{"visit", "mau/so-a-tin"})
	turn("one in vain of what was read until yesterday", nil, false, Change{"visit", "mau/so-a-tin"})
	l.seen.Spans["mau/so-a-tin"][0].To = day(2023, 2, 10).Add(time.Hour)
	turn("the first of a day", a, false, Change{"visit", "mau/so-a-tin"})
	l.seen.Spans["mau/so-a-tin"][0].To = day(2023, 2, 10).Add(2 * time.Hour)
	turn("the second of a day", nil, false, Change{"visit", "mau/so-a-tin"})
	turn("two owners'", both, false, Change{"visit", "mau/so-b-hoi"}, Change{"item", "so-a1"})
	turn("a register", a, false, Change{"register", "mau/so-a"})
	turn("a schedule page", b, false, Change{"planned", "mau/so-b-tin"})
	turn("a schedule handed in", a, false, Change{"planned", "guide:so-a-tv"})
	turn("an upload", a, false, Change{"upload", "so-a-tv"}, Change{"upload", "khac-tv"})
	turn("another province's item", nil, false, Change{"item", "khac"})
	turn("a decision", nil, true, Change{"decision", plan.ID})
	turn("what it writes itself", nil, false, Change{"standing", plan.ID}, Change{"evaluation", plan.ID})

	now = now.Add(23 * time.Hour)
	turn("before the day ends", nil, false)
	now = day(2023, 2, 11)
	turn("a new day", both, false)
	turn("seen to", nil, false)
	now = day(2023, 2, 10)
	turn("the clock was set back", both, false)
	clock = clock.Add(time.Minute)
	turn("everybody, of whom nothing came", nil, false)
	if l.renewed != 1 {
		t.Errorf("said %d times that all holds, want once", l.renewed)
	}
	clock = clock.Add(59 * time.Minute)
	turn("an hour", both, false)
	plan.Quotas = append(plan.Quotas, schedule.Quota{ID: "W", Class: schedule.Reg, Kind: "availability", Owner: schedule.Owner{Agency: "mau/so-b"}, Cadence: calendar.Month,
		Share: schedule.Level{Value: 99}, Watch: []media.Level{media.Department}})
	plan.Version = "v2"
	turn("the plan changed", nil, true, Change{"item", "so-a1"})
	clock = clock.Add(time.Minute)
	turn("who depends on others' sites", b, false)
	clock, l.version = clock.Add(time.Minute), "v3"
	turn("another version was stored", nil, true)

	l.failing = errors.New("disk")
	if _, _, err := f.Turn(t.Context()); err == nil {
		t.Error("a failure is told")
	}
	l.failing = nil
	turn("after a failure", nil, true)

	l.poison = "mau/so-b" // who is not derived is tried again with everybody
	clock = clock.Add(time.Minute)
	for n := range 3 {
		if n == 2 {
			l.poison = ""
		}
		l.changes, l.owners, l.recovered = nil, nil, nil
		got, whole, err := f.Turn(t.Context())
		if err != nil || whole || !slices.Equal(got, b) || len(l.held) != 1 || l.held[0].Times != min(n+1, 2) {
			t.Errorf("%d: on whose evidence deriving panics: %v, %v, %v; quarantined %v", n, got, whole, err, l.held)
		}
		if want := []string{[]string{"evaluate  mau/so-b", "evaluate  mau/so-b", "evaluate"}[n]}; !slices.Equal(l.recovered, want) {
			t.Errorf("%d: told %q, want %q", n, l.recovered, want)
		}
		clock = clock.Add(time.Minute)
	}
	turn("after it: watches others' sites", b, false)
}
