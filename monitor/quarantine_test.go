package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// pen keeps what is quarantined as the store does: each once.
type pen struct {
	penned    sync.Mutex
	held      []media.Quarantined
	recovered []string // "stage version still…"
}

func (p *pen) Quarantine(_ context.Context, q media.Quarantined) error {
	p.penned.Lock()
	defer p.penned.Unlock()
	for i, h := range p.held {
		if h.Stage == q.Stage && h.ID == q.ID && h.Version == q.Version {
			p.held[i].Times++
			return nil
		}
	}
	q.Times = 1
	p.held = append(p.held, q)
	return nil
}

func (p *pen) Recovered(_ context.Context, stage, version string, still []string) error {
	p.penned.Lock()
	defer p.penned.Unlock()
	p.recovered = append(p.recovered, strings.TrimSpace(fmt.Sprint(stage, " ", version, " ", strings.Join(still, " "))))
	return nil
}

// poisoned is a judge that panics on one text, quoting it.
type poisoned struct{ judge }

const secret = "họ tên của người dân"

func (j poisoned) Judge(r media.Revision) media.Verdict {
	switch r.Title {
	case secret:
		panic("cannot read " + r.Title)
	case "short":
		_ = []byte(r.Body)[len(r.Title)]
	}
	return j.judge.Judge(r)
}

func TestJudgeAllQuarantinesWhatItPanicsOn(t *testing.T) {
	s := &shelf{verdicts: map[[2]string]media.Verdict{}}
	for i := range judgeBatch + 10 {
		s.revs = append(s.revs, media.Revision{ID: fmt.Sprint("r", i), Item: fmt.Sprint("i", i), Title: "ab"})
	}
	s.revs[3].Title, s.revs[3].Kept = secret, "hash"
	s.revs[judgeBatch+1].Title = "short"
	at := day(2023, 3, 6)
	for run, want := range []int{judgeBatch + 10, 0} {
		if n, err := JudgeAll(t.Context(), poisoned{"v1"}, s, at); err != nil || n != want {
			t.Fatalf("run %d: %d judged, %v; want %d", run+1, n, err, want)
		}
	}
	for id, asks := range map[string]bool{"r2": false, "r3": true, "r4": false, fmt.Sprint("r", judgeBatch+1): true} {
		v, there := s.verdicts[[2]string{id, "v1"}]
		if !there || v.Review != asks || asks && (v.Reform || len(v.Topics)+len(v.Cues) > 0) || !asks && !v.Reform {
			t.Errorf("verdict of %s: %v, %+v", id, there, v)
		}
	}
	if len(s.held) != 2 || s.held[0].Times != 1 {
		t.Fatalf("quarantined: %+v; want two, each once", s.held)
	}
	q := s.held[0]
	if q.Stage != media.StageJudge || q.Kind != "revision" || q.ID != "r3" || q.Item != "i3" || q.Version != "v1" || q.Kept != "hash" || !q.At.Equal(at) {
		t.Errorf("%+v", q)
	}
	if q.Words != "panic(string)" || strings.Contains(q.Frames, secret) || !strings.HasPrefix(q.Frames, "loa/monitor.poisoned.Judge quarantine_test.go:") {
		t.Errorf("what is noted of the panic: %q in %q; nothing of the text may be, and its place must", q.Words, q.Frames)
	}
	if q := s.held[1]; !strings.Contains(q.Words, "index out of range [5] with length 0") || !strings.HasPrefix(q.Frames, "loa/monitor.poisoned.Judge ") {
		t.Errorf("what is noted of a runtime error: %q in %q", q.Words, q.Frames)
	}
	// A new version reads it by itself.
	if n, err := JudgeAll(t.Context(), judge("v2"), s, at); err != nil || n != judgeBatch+10 {
		t.Fatalf("a new version judged %d, %v", n, err)
	}
	if v := s.verdicts[[2]string{"r3", "v2"}]; v.Review || len(s.held) != 2 || !slices.Contains(s.recovered, "judge v2") {
		t.Errorf("after a new version: %+v, %d held, recovered %v", v, len(s.held), s.recovered)
	}
}

// TestPanickingChore: a chore that panics is quarantined, logged with its stack
// and has its next turn; the others go on.
func TestPanickingChore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := &leases{until: map[string]time.Time{}}
		var out strings.Builder
		var ran, bad int
		done := make(chan struct{})
		go func() {
			defer close(done)
			Loop(ctx, l, "n", []Chore{
				{Name: "bad", Every: time.Minute, Do: func(context.Context) error { bad++; panic(errors.New(secret)) }},
				{Name: "good", Every: time.Minute, Do: func(context.Context) error { ran++; return nil }},
			}, time.Now, slog.New(slog.NewTextHandler(&out, nil)))
		}()
		time.Sleep(4*time.Minute + 30*time.Second)
		cancel()
		<-done
		if ran != 5 || bad != 5 {
			t.Errorf("in five turns the good chore ran %d times, the bad one %d times", ran, bad)
		}
		if len(l.held) != 1 || l.held[0].Stage != media.StageChore || l.held[0].ID != "bad" || l.held[0].Times != 5 {
			t.Errorf("quarantined: %+v", l.held)
		}
		if log := out.String(); !strings.Contains(log, "bad panicked: panic(*errors.errorString)") || !strings.Contains(log, "loa/monitor.TestPanickingChore") || strings.Contains(log, secret) {
			t.Errorf("logged: %s", log)
		}
	})
}

// TestPanickingOwner: what one agency owes cannot be derived; all others' is, whole
// and in part, and once it can be it is over.
func TestPanickingOwner(t *testing.T) {
	plan := onePlan()
	plan.Agencies = append(plan.Agencies, media.Agency{ID: "mau/so-b", Level: media.Department, Binding: true}, media.Agency{ID: "mau/so-c", Level: media.Department, Binding: true})
	l := &ledger{poison: "mau/so-b"}
	m := Moment{Now: day(2023, 2, 10)}
	all := func() {
		t.Helper()
		l.owners = nil
		if err := EvaluateAll(t.Context(), l, plan, &calendar.Calendar{}, m, m.Now, 1); err != nil {
			t.Fatal(err)
		}
	}
	all()
	if l.begun != 1 {
		t.Errorf("%d owners were not evaluated, want the one that panics", l.begun)
	}
	if len(l.held) != 1 || l.held[0].Stage != media.StageEvaluate || l.held[0].Kind != "owner" || l.held[0].ID != "mau/so-b" || strings.Contains(l.held[0].Words, "evidence") {
		t.Errorf("quarantined: %+v", l.held)
	}
	l.begun = 0
	if still, err := evaluateEach(t.Context(), l, &pass{plan: plan, cal: &calendar.Calendar{}, moment: m, machine: m.Now}, []string{"mau/so-b", "mau/so-c"}); err != nil || !slices.Equal(still, []string{"mau/so-b"}) || !slices.Equal(l.owners, []string{"mau/so-c"}) {
		t.Errorf("of two: still %v, %v, stored %v", still, err, l.owners)
	}
	l.poison = ""
	all()
	if want := []string{"evaluate  mau/so-b", "evaluate"}; !slices.Equal(l.recovered, want) {
		t.Errorf("over by itself: %q, want %q", l.recovered, want)
	}
}
