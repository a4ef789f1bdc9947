package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/store/storetest"
	"loa/web"
)

// manyStandings are those of weekly duties that agencies owe each.
func manyStandings(plan string, quotas, owners, weeks int) schedule.Evaluation {
	e := schedule.Evaluation{Plan: plan, Version: "v1", Now: day0, Ran: day0}
	for q := range quotas {
		for o := range owners {
			for w, p := range calendar.WeeksOf(2023)[:weeks] {
				st := schedule.Standing{Plan: plan, Quota: fmt.Sprintf("Q-%02d", q), Owner: fmt.Sprintf("tinh/so-%03d", o), Period: p.ID, Start: p.Start, End: p.End, Basis: schedule.ByPlan, State: schedule.Met,
					Measures: []schedule.Measure{{Name: "count", Unit: "pieces", Bound: "at_least", Basis: schedule.ByPlan, Wanted: 1, Delivered: 2}},
					Reasons:  []schedule.Reason{{Code: "counted", Args: map[string]any{"delivered": 2, "wanted": 1, "unit": "pieces"}}, {Code: "last_piece", Args: map[string]any{"at": p.Start.Format(time.RFC3339)}}}}
				if (o+w)%5 == 0 {
					st.State = schedule.Missed
				}
				e.Standings = append(e.Standings, st)
			}
		}
	}
	return e
}

// TestSome: a query gets what it names of the last evaluation, in its order; briefly,
// the same without the arguments of reasons, also after some rows or all were changed.
func TestSome(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		if _, ok, err := s.Some(ctx, "p/2023", web.StandingQuery{Brief: true}); ok || err != nil {
			t.Fatal(ok, err)
		}
		e := manyStandings("p/2023", 3, 5, 6)
		check := func(why string) {
			t.Helper()
			if err := s.PutEvaluation(ctx, e); err != nil {
				t.Fatal(err)
			}
			all, _, err := s.Evaluation(ctx, "p/2023")
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range []web.StandingQuery{{}, {Quotas: []string{"Q-01"}}, {Owners: []string{"tinh/so-004", "tinh/so-001"}}, {Periods: []string{"2023-W02", "2023-W05"}},
				{Quotas: []string{"Q-02", "Q-00"}, Owners: []string{"tinh/so-003"}, Periods: []string{"2023-W01"}}, {Quotas: []string{"none"}}} {
				in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
				var want, brief []schedule.Standing
				for _, st := range all.Standings {
					if in(q.Quotas, st.Quota) && in(q.Owners, st.Owner) && in(q.Periods, st.Period) {
						want = append(want, st)
						st.Reasons = slices.Clone(st.Reasons)
						for i := range st.Reasons {
							st.Reasons[i].Args = nil
						}
						brief = append(brief, st)
					}
				}
				got, ok, err := s.Some(ctx, "p/2023", q)
				if err != nil || !ok || !reflect.DeepEqual(got.Standings, want) || !got.Now.Equal(day0) || got.Version != "v1" {
					t.Errorf("%s: %+v: %d standings, want %d (%v)", why, q, len(got.Standings), len(want), err)
				}
				q.Brief = true
				for range 2 {
					if got, _, err := s.Some(ctx, "p/2023", q); err != nil || len(got.Standings) != len(brief) || len(brief) > 0 && !reflect.DeepEqual(got.Standings, brief) {
						t.Errorf("%s: %+v briefly: %d standings, want %d (%v)", why, q, len(got.Standings), len(brief), err)
					}
				}
			}
		}
		check("first")
		e.Standings[7].State = schedule.Exempt
		check("one changed")
		e.Standings = append(e.Standings[:3:3], e.Standings[9:]...)
		check("some gone")
		other := manyStandings("q/2023", 1, 1, 1)
		if err := s.PutEvaluation(ctx, other); err != nil {
			t.Fatal(err)
		}
		if got := must2(s.Some(ctx, "q/2023", web.StandingQuery{Brief: true})); len(got.Standings) != 1 {
			t.Errorf("another plan: %d", len(got.Standings))
		}
		check("back again")
		part := schedule.Evaluation{Plan: e.Plan, Version: "v1", Now: day0, Standings: slices.Clone(e.Standings)}
		part.Standings[2].State = schedule.Exempt
		before := must2(s.Some(ctx, "p/2023", web.StandingQuery{Brief: true}))
		if err := s.PutOwnerEvaluation(ctx, part, []string{e.Standings[2].Owner}, []string{"Q-00", "Q-01", "Q-02"}); err != nil {
			t.Fatal(err)
		}
		after := must2(s.Some(ctx, "p/2023", web.StandingQuery{Brief: true}))
		if before.Standings[2].State == schedule.Exempt || after.Standings[2].State != schedule.Exempt || len(after.Standings) != len(before.Standings) {
			t.Error("what changed is not told, or told to who asked before")
		}
	})
}

func must2(e schedule.Evaluation, _ bool, err error) schedule.Evaluation {
	if err != nil {
		panic(err)
	}
	return e
}

// BenchmarkSome measures what the board reads of 300 agencies that owe 20 weekly duties
// each for a year, 312,000 standings: eight weeks, after a start, after one owner was
// evaluated anew, and again; and all of it, as a comparison.
//
//	go test ./store -run '^$' -bench Some -benchtime 1x
func BenchmarkSome(b *testing.B) {
	for _, engine := range storetest.Engines() {
		db := storetest.DB(b, engine)
		s, err := store.Open(ctx, db, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		e := manyStandings("p/2023", 20, 300, 52)
		if err := s.PutEvaluation(ctx, e); err != nil {
			b.Fatal(err)
		}
		s.Close()
		if s, err = store.Open(ctx, db, store.Options{}); err != nil {
			b.Fatal(err)
		}
		q := web.StandingQuery{Brief: true}
		for _, p := range calendar.WeeksOf(2023)[30:38] {
			q.Periods = append(q.Periods, p.ID)
		}
		read := func(name string, ask func() error) {
			b.Run(engine+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := ask(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		brief := func() error { _, _, err := s.Some(ctx, "p/2023", q); return err }
		read("start", brief)
		e.Standings[33].State = schedule.Exempt
		if err := s.PutOwnerEvaluation(ctx, e, []string{"tinh/so-000"}, []string{"Q-00"}); err != nil {
			b.Fatal(err)
		}
		read("changed", brief)
		read("again", brief)
		read("one owner", func() error {
			_, _, err := s.Some(ctx, "p/2023", web.StandingQuery{Owners: []string{"tinh/so-100"}})
			return err
		})
		read("all", func() error { _, _, err := s.Evaluation(ctx, "p/2023"); return err })
		s.Close()
	}
}
