package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
)

// TestCaseActs: an act is stored with what it decides, once, and refused to who
// saw an older state; nothing of it is half stored.
func TestCaseActs(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		open := schedule.CaseAct{Plan: "tinh/2023", Seq: 1, Case: "PB-01", Kind: schedule.CaseOpen, At: day0, Actor: "Chuyên viên", Owner: "tinh/dai",
			Misses: []schedule.Miss{{Quota: "B-D1", Period: "2023-W09", Short: 1}}, Reason: "technical", Words: "hỏng máy phát"}
		propose := schedule.CaseAct{Plan: "tinh/2023", Seq: 2, Case: "PB-01", Kind: schedule.CasePropose, At: day0.Add(time.Hour), Actor: "Chuyên viên",
			Pledge: &schedule.Pledge{Channel: "tv", Programme: "Chung tay", Start: day0.AddDate(0, 0, 2), Length: 20 * time.Minute}}
		never := schedule.CaseAct{Plan: "tinh/2023", Seq: 3, Case: "PB-01", Kind: schedule.CasePreempt, At: day0.Add(2 * time.Hour), Actor: "Chuyên viên", Document: "19/PTTH",
			File: strings.Repeat("ab", 32), FileName: "cv19.pdf"}
		for _, a := range []schedule.CaseAct{open, open, propose} {
			if err := s.AddCaseAct(ctx, a, nil); err != nil {
				t.Fatal(err)
			}
		}
		acts := must(s.CaseActs(ctx, "tinh/2023", time.Time{}))
		cases, err := schedule.Cases(acts)
		if err != nil || len(cases) != 1 || cases[0].State != schedule.CaseProposed || cases[0].Words != "hỏng máy phát" || !cases[0].Pledges[0].Start.Equal(propose.Pledge.Start) {
			t.Fatalf("%v: %+v", err, cases)
		}
		for _, seq := range []int{2, 4} { // another's place, and one too far
			late := never
			late.Seq = seq
			if err := s.AddCaseAct(ctx, late, cases[0].Decisions(late)); !errors.Is(err, store.ErrCaseMoved) {
				t.Errorf("place %d: %v", seq, err)
			}
		}
		if ds := must(s.Decisions(ctx, "tinh/2023", time.Time{})); len(ds) != 0 {
			t.Errorf("decided by an act that was refused: %+v", ds)
		}
		if err := s.AddCaseAct(ctx, never, cases[0].Decisions(never)); err != nil {
			t.Fatal(err)
		}
		if ds := must(s.Decisions(ctx, "tinh/2023", time.Time{})); len(ds) != 1 || ds[0].Kind != schedule.MakeGood || !ds[0].None || ds[0].Period != "2023-W09" || ds[0].Document != "19/PTTH" {
			t.Errorf("decisions %+v", ds)
		}
		if acts := must(s.CaseActs(ctx, "tinh/2023", day0.Add(time.Hour))); len(acts) != 2 {
			t.Errorf("%d acts known an hour later", len(acts))
		}
		if acts := must(s.CaseActs(ctx, "tinh/2024", time.Time{})); len(acts) != 0 {
			t.Errorf("another plan's: %+v", acts)
		}
		if uses := must(s.KeptUses(ctx, never.File)); len(uses) != 2 || uses[0].Kind != "decision" && uses[1].Kind != "decision" {
			t.Errorf("the paper is held by %+v", uses)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		if kinds != "case.open case.propose decision.make-good case.preempt " {
			t.Errorf("events: %s", kinds)
		}
		if err := s.AddCaseAct(ctx, schedule.CaseAct{}, nil); err == nil {
			t.Error("took nothing")
		}
	})
}

// TestCaseActsAtOnce: of many who act on what they saw at once, one is recorded.
func TestCaseActsAtOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		errs := make(chan error)
		for i := range 8 {
			go func() {
				errs <- s.AddCaseAct(ctx, schedule.CaseAct{Plan: "p", Seq: 1, Case: "PB-01", Kind: schedule.CaseOpen, At: day0, Actor: strings.Repeat("A", i+1)}, nil)
			}()
		}
		done := 0
		for range 8 {
			if err := <-errs; err == nil {
				done++
			} else if !errors.Is(err, store.ErrCaseMoved) {
				t.Error(err)
			}
		}
		if acts := must(s.CaseActs(ctx, "p", time.Time{})); done != 1 || len(acts) != 1 {
			t.Errorf("%d recorded, %d stored", done, len(acts))
		}
	})
}
