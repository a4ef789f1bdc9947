package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// judge calls reform what has an even number; its version is its name.
type judge string

func (j judge) Version() string { return string(j) }
func (j judge) Judge(r media.Revision) media.Verdict {
	return media.Verdict{Reform: len(r.Title)%2 == 0, Score: 0.7}
}

// shelf keeps revisions and verdicts as the store does: by revision and version.
type shelf struct {
	pen
	revs     []media.Revision
	verdicts map[[2]string]media.Verdict
	puts     int
	failAt   int // the put that fails, 1-based
}

func (s *shelf) Unjudged(_ context.Context, classifier string, limit int) ([]media.Revision, error) {
	var out []media.Revision
	for _, r := range s.revs {
		if _, done := s.verdicts[[2]string{r.ID, classifier}]; !done && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

var errDisk = errors.New("disk full")

func (s *shelf) PutVerdicts(_ context.Context, vs []media.Verdict, _ time.Time) error {
	if s.puts++; s.puts == s.failAt {
		return errDisk
	}
	for _, v := range vs {
		s.verdicts[[2]string{v.Revision, v.Classifier}] = v
	}
	return nil
}

func TestJudgeAllReadsEachOncePerVersion(t *testing.T) {
	s := &shelf{verdicts: map[[2]string]media.Verdict{}}
	for i := range 2*judgeBatch + 50 {
		s.revs = append(s.revs, media.Revision{ID: fmt.Sprint("r", i), Title: fmt.Sprint(i)})
	}
	for i, want := range []int{450, 0} {
		if n, err := JudgeAll(t.Context(), judge("v1"), s, time.Time{}); err != nil || n != want {
			t.Fatalf("run %d: %d judged, %v; want %d", i+1, n, err, want)
		}
	}
	if s.puts != 3 {
		t.Errorf("%d writes for 450 revisions, want 3 batches", s.puts)
	}
	if n, err := JudgeAll(t.Context(), judge("v2"), s, time.Time{}); err != nil || n != 450 {
		t.Fatalf("a new version judged %d, %v; want all anew", n, err)
	}
	if len(s.verdicts) != 900 {
		t.Errorf("%d verdicts: the old version's must stay beside the new", len(s.verdicts))
	}
	if v := s.verdicts[[2]string{"r12", "v1"}]; !v.Reform || v.Revision != "r12" || v.Classifier != "v1" {
		t.Errorf("verdict of r12: %+v", v)
	}
}

func TestJudgeAllGoesOnAfterAFailure(t *testing.T) {
	s := &shelf{verdicts: map[[2]string]media.Verdict{}, failAt: 2}
	for i := range judgeBatch + 1 {
		s.revs = append(s.revs, media.Revision{ID: fmt.Sprint("r", i)})
	}
	if n, err := JudgeAll(t.Context(), judge("v"), s, time.Time{}); !errors.Is(err, errDisk) || n != judgeBatch {
		t.Fatalf("%d judged, %v; want the first batch and the cause", n, err)
	}
	if n, err := JudgeAll(t.Context(), judge("v"), s, time.Time{}); err != nil || n != 1 {
		t.Fatalf("the next run judged %d, %v; want the one that was left", n, err)
	}
}

// books is an Account with one document attested.
type books struct {
	read      []string // what was asked for, in order
	decisions []schedule.Decision
	knownAt   time.Time
	stored    []schedule.Evaluation
	closings  []schedule.Closing
}

func (b *books) Evidence(context.Context, *schedule.Plan, time.Time) ([]media.Evidence, error) {
	b.read = append(b.read, "evidence")
	return nil, nil
}
func (b *books) Decisions(_ context.Context, _ string, knownAt time.Time) ([]schedule.Decision, error) {
	b.knownAt = knownAt
	return b.decisions, nil
}
func (b *books) Observation(context.Context, *schedule.Plan, time.Time) (schedule.Observation, error) {
	b.read = append(b.read, "observation")
	return schedule.Observation{}, nil
}
func (b *books) Closings(_ context.Context, _ string, knownAt time.Time) ([]schedule.Closing, error) {
	b.read = append(b.read, "closings")
	return b.closings, nil
}
func (b *books) PutEvaluation(_ context.Context, e schedule.Evaluation) error {
	b.stored = append(b.stored, e)
	return nil
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone) }

func onePlan() *schedule.Plan {
	return &schedule.Plan{ID: "mau/2023", Province: "mau", Year: 2023, From: day(2022, 12, 30), To: day(2024, 1, 1), Version: "v",
		Agencies: []media.Agency{{ID: "mau/so-a", Name: "Sở A", Level: media.Department, Binding: true}},
		Quotas: []schedule.Quota{
			{ID: "B-A1", Class: schedule.OnceClass, Kind: "deadline", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/so-a"},
				Cadence: calendar.Once, Deadline: day(2023, 1, 31), Wanted: 1, Attestable: true},
			{ID: "A-4", Class: schedule.Reg, Kind: "count", Basis: schedule.ByReference, Owner: schedule.Owner{Agency: "mau/so-a"}, Cadence: calendar.Month,
				Wanted: 2, Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}},
		}}
}

func TestEvaluateStoresWhatIsDerived(t *testing.T) {
	plan, cal := onePlan(), &calendar.Calendar{}
	b := &books{decisions: []schedule.Decision{{ID: "d1", Kind: schedule.Attest, Plan: plan.ID, Quota: "B-A1", Owner: "mau/so-a", Period: "2022-12-30..2023-01-30",
		At: day(2023, 1, 20), Date: day(2023, 1, 12), Actor: "Chuyên viên", Document: "01/KH-SA"}}}
	now, machine := day(2023, 2, 10), time.Unix(1, 0)
	e, err := Evaluate(t.Context(), b, plan, cal, Moment{Now: now, Classifier: "c1"}, machine)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.stored) != 1 || !b.stored[0].Ran.Equal(machine) || !b.stored[0].Now.Equal(now) || b.stored[0].Version != "v" {
		t.Fatalf("stored %+v", b.stored)
	}
	states := map[string]schedule.State{}
	for _, s := range e.Standings {
		states[s.Quota+" "+s.Period] = s.State
	}
	if states["B-A1 2022-12-30..2023-01-30"] != schedule.Met || states["A-4 2023-01"] != schedule.Insufficient {
		t.Errorf("states %v: the document counts, and an owner without any source is never missed", states)
	}
	if len(e.Matching.Credits) != 1 {
		t.Errorf("%d credits, want the document's", len(e.Matching.Credits))
	}
}

func TestDeriveAheadAndKnownAt(t *testing.T) {
	plan, b := onePlan(), &books{}
	known := day(2023, 1, 5)
	e, err := Derive(t.Context(), b, plan, &calendar.Calendar{}, Moment{Now: day(2023, 2, 10), KnownAt: known, Ahead: 60 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var months []string
	for _, s := range e.Standings {
		if s.Quota == "A-4" {
			months = append(months, s.Period)
		}
	}
	if !slices.Equal(months, []string{"2023-01", "2023-02", "2023-03", "2023-04"}) {
		t.Errorf("months %v: want those begun and those that begin within 60 days", months)
	}
	if !b.knownAt.Equal(known) || len(b.stored) != 0 {
		t.Errorf("known at %v, %d stored: derive hides what came later and stores nothing", b.knownAt, len(b.stored))
	}
}

// TestDeriveReadsWhatWasObservedFirst: a crawl that goes on between the two
// reads must not leave a covered span without the pieces found in it, for that
// is a shortfall announced of what was published.
func TestDeriveReadsWhatWasObservedFirst(t *testing.T) {
	b := &books{}
	if _, err := Derive(t.Context(), b, onePlan(), &calendar.Calendar{}, Moment{Now: day(2023, 2, 10)}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.read, []string{"observation", "closings", "evidence"}) {
		t.Errorf("read %v", b.read)
	}
}

// leases gives a name to one owner for its time, on the test's clock.
type leases struct {
	pen
	mu    sync.Mutex
	until map[string]time.Time
	err   error
}

func (l *leases) TakeChore(_ context.Context, name, _ string, ttl time.Duration) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return false, l.err
	}
	now := time.Now()
	if now.Before(l.until[name]) {
		return false, nil
	}
	l.until[name] = now.Add(ttl)
	return true, nil
}

func TestLoopDoesEachChoreOnOneNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := &leases{until: map[string]time.Time{}}
		log := slog.New(slog.NewTextHandler(io.Discard, nil))
		var mu sync.Mutex
		ran := map[string]int{}
		chores := func(node string) []Chore {
			return []Chore{{Name: "a", Every: time.Minute, Do: func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				ran["a"]++
				return errDisk // a failure is logged and tried again
			}}, {Name: "own " + node, Every: 10 * time.Minute, Do: func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				ran["own"]++
				return nil
			}}}
		}
		var wg sync.WaitGroup
		for _, node := range []string{"n1", "n2", "n3"} {
			wg.Go(func() { Loop(ctx, l, node, chores(node), time.Now, log) })
		}
		time.Sleep(59*time.Minute + 30*time.Second)
		cancel()
		wg.Wait() // every loop ends with its context
		if ran["a"] != 60 || ran["own"] != 18 {
			t.Errorf("ran %v in an hour on three nodes; want the shared chore 60 times in all and each own one 6 times", ran)
		}
	})
}
