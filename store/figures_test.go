package store_test

import (
	"slices"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/metrics"
	"loa/schedule"
	"loa/store"
)

// TestFigures: what waits and since when, who judged how many, what is kept, whose
// connections are counted, and which writes make another edition.
func TestFigures(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		if n, first, err := s.Waiting(ctx); err != nil || n != 0 || !first.IsZero() {
			t.Errorf("nothing waits: %d %s %v", n, first, err)
		}
		l := crawled(t, s)
		var seen []crawler.Seen
		for i, k := range []string{"asked", "asked2", "other", "late"} {
			seen = append(seen, piece(k, "Tin "+k, saying(uint64(20+i), 6), minute(day0.Add(time.Duration(i)*time.Hour))))
		}
		at := day0.Add(9 * time.Hour)
		put(t, s, l, visit("tinh/feed", "v1", at, media.OK, seen...))
		judge(t, s, day0, verdict(seen[0].Entry.ID, "c1", false, true), verdict(seen[1].Entry.ID, "c2", false, true), verdict(seen[2].Entry.ID, "c2", false, false))
		if n, first, err := s.Waiting(ctx); err != nil || n != 2 || !first.Equal(at) {
			t.Errorf("%d wait since %s (%v), want 2 since %s", n, first, err, at)
		}
		got, err := s.VerdictsBy(ctx, "c2")
		want := []metrics.VerdictCount{{Classifier: "current", State: "other", N: 1}, {Classifier: "current", State: "review", N: 1},
			{Classifier: "earlier", State: "review", N: 1}, {Classifier: "none", State: "unjudged", N: 1}}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("verdicts %v (%v), want %v", got, err, want)
		}
		kept, err := s.KeptCounts(ctx)
		by, _, _, ferr := s.KeptFigures(ctx)
		if err != nil || ferr != nil || len(kept) != len(by) {
			t.Fatalf("kept %v %v, want %v %v", kept, err, by, ferr)
		}
		for i, k := range kept {
			if k.Class != by[i].Class || k.Objects != by[i].Objects || k.Bytes != by[i].Bytes || k.Gone != by[i].Gone {
				t.Errorf("kept %+v, want %+v", k, by[i])
			}
		}
		editions := map[string]bool{}
		edition := func() {
			t.Helper()
			got, err := s.Edition(ctx, "p")
			if err != nil || editions[got] {
				t.Errorf("edition %q (%v) was there before: %v", got, err, editions)
			}
			editions[got] = true
			if again, err := s.Edition(ctx, "p"); err != nil || again != got {
				t.Errorf("edition %q, asked again %q (%v)", got, again, err)
			}
		}
		edition() // nothing stored
		e := schedule.Evaluation{Plan: "p", Version: "v", Now: day0, Standings: []schedule.Standing{{Plan: "p", Quota: "Q", Owner: "tinh/bao", Period: "2023-03", State: schedule.Open}}}
		for _, write := range []func() error{
			func() error { return s.PutEvaluation(ctx, e) },
			func() error { return s.PutOwnerEvaluation(ctx, e, []string{"tinh/bao"}, []string{"Q"}) },
			func() error { return s.BeginEvaluation(ctx, e, []string{"tinh/bao"}, []string{"Q"}) },
			func() error { return s.RenewEvaluation(ctx, e) },
			func() error {
				return s.AddRelease(ctx, schedule.Release{Plan: "p", Kind: schedule.ReleaseEarly, Quota: "Q", Owner: "tinh/bao", Period: "2023-03", At: day0, Actor: "Chuyên viên", Office: "tinh/so"})
			},
		} {
			if err := write(); err != nil {
				t.Fatal(err)
			}
			edition()
		}
		for pool, st := range s.Pools() {
			if int64(st.OpenConnections)+st.MaxIdleClosed == 0 {
				t.Errorf("pool %s never had a connection: %+v", pool, st)
			}
		}
	})
}
