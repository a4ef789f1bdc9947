package store_test

import (
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
)

// TestSessionDrafts: what is drafted of a period is stored once, whoever comes second changes nothing.
func TestSessionDrafts(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		d := store.SessionDraft{Plan: "tinh/2023", Period: "2023-03@14", At: day0, Body: `{"draft":"một"}`}
		if !must(s.PutSessionDraft(ctx, d)) {
			t.Error("the first is not first")
		}
		again := d
		again.Body, again.At = `{"draft":"hai"}`, day0.Add(time.Hour)
		if must(s.PutSessionDraft(ctx, again)) {
			t.Error("the second is first")
		}
		got, ok, err := s.SessionDraft(ctx, d.Plan, d.Period)
		if err != nil || !ok || got.Body != d.Body || !got.At.Equal(d.At) {
			t.Errorf("%+v %v %v", got, ok, err)
		}
		if _, ok, err := s.SessionDraft(ctx, d.Plan, "2023-04@14"); ok || err != nil {
			t.Errorf("%v %v", ok, err)
		}
		if events := must(s.Events(ctx, 0, 9)); len(events) != 1 || events[0].Kind != "draft.session" {
			t.Errorf("%+v", events)
		}
		if _, err := s.PutSessionDraft(ctx, store.SessionDraft{}); err == nil {
			t.Error("took nothing")
		}
	})
}

// TestScoreBases: decisions on points are kept all, the latest first, each with its event.
func TestScoreBases(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		b := schedule.ScoreBasis{Plan: "tinh/2023", Number: "2524/QĐ-UBND", Day: day0, Words: "Tiêu chí 4.1", At: day0.Add(time.Hour), Actor: "Sở Nội vụ"}
		later := b
		later.Number, later.At = "99/QĐ-UBND", day0.Add(2*time.Hour)
		for _, x := range []schedule.ScoreBasis{b, b, later} {
			if err := s.AddScoreBasis(ctx, x); err != nil {
				t.Fatal(err)
			}
		}
		got := must(s.ScoreBases(ctx, b.Plan))
		if len(got) != 2 || got[0].Number != "99/QĐ-UBND" || got[1].Words != b.Words || !got[1].Day.Equal(b.Day) || got[1].Actor != b.Actor {
			t.Errorf("%+v", got)
		}
		if other := must(s.ScoreBases(ctx, "tinh/2024")); len(other) != 0 {
			t.Errorf("%+v", other)
		}
		if events := must(s.Events(ctx, 0, 9)); len(events) != 2 || events[0].Kind != "score.entered" {
			t.Errorf("%+v", events)
		}
		if err := s.AddScoreBasis(ctx, schedule.ScoreBasis{Plan: "tinh/2023"}); err == nil {
			t.Error("took nothing")
		}
	})
}
