package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
)

// peopled fills a store with pieces of every kind by several agencies, and
// returns the plan that knows them.
func peopled(t *testing.T, s *store.Store) *schedule.Plan {
	t.Helper()
	l := crawled(t, s)
	plan := samplePlan()
	plan.Agencies = append(plan.Agencies, media.Agency{ID: "tinh/so"})
	plan.Channels = append(plan.Channels, schedule.Channel{ID: "bao-radio", Agency: "tinh/bao"}, schedule.Channel{ID: "dai-khac"})
	var items []media.Item
	for i, agency := range []string{"tinh/bao", "tinh/dai", "tinh/so", "khac/bao", "tinh/bao"} {
		it := item(fmt.Sprint(i), "Tin "+agency, day0.Add(time.Duration(-i)*24*time.Hour))
		it.Agency = agency
		items = append(items, it)
	}
	revs := listed(t, s, l, items...)
	judge(t, s, day0.Add(10*time.Hour), verdict(revs[0], "c1", true, false, media.TTHC), verdict(revs[2], "c1", true, false))
	for i, channel := range []string{"dai-tv", "bao-radio", "dai-khac", "la"} {
		a := airing(2, day0.Add(time.Duration(i)*time.Hour), "Bản tin "+channel, "")
		a.Channel = channel
		rc := media.Receipt{FileHash: channel, FileName: channel + ".csv", At: day0.Add(24 * time.Hour)}
		if _, err := s.PutAirings(ctx, rc, []media.Airing{a}, "tinh/dai"); err != nil {
			t.Fatal(err)
		}
	}
	for i, agency := range []string{"tinh/bao", "tinh/so", "khac/so"} {
		g := register(media.RegQuestions, "q"+agency, on(4, 1), on(3, 1), on(4, 1), media.Entry{Title: "Hỏi " + agency, Asked: on(3, 3+i)}, media.Entry{Title: "Chưa rõ " + agency})
		g.Agency = agency
		hand(t, s, g)
	}
	return plan
}

func TestOwnerEvidence(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plan := peopled(t, s)
		for _, knownAt := range []time.Time{{}, day0.Add(3 * time.Hour), day0.Add(30 * time.Hour), on(4, 2)} {
			all := must(s.Evidence(ctx, plan, knownAt))
			var ids []string
			for _, e := range all {
				ids = append(ids, e.ID)
			}
			for owner, n := range map[string]int{"tinh/bao": 5, "tinh/dai": 4, "tinh/so": 3, "khac/bao": 0, "": 0} {
				for _, also := range [][]string{nil, {"none"}, ids, {ids[0], ids[0], ids[len(ids)-1]}} {
					var want []media.Evidence
					for _, e := range all {
						if e.Agency == owner || slices.Contains(also, e.ID) {
							want = append(want, e)
						}
					}
					got := must(s.OwnerEvidence(ctx, plan, []string{owner}, also, knownAt))
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%q and %d more as known at %v:\n%+v\nwant\n%+v", owner, len(also), knownAt, got, want)
					}
					if also == nil && knownAt.IsZero() && len(got) != n {
						t.Errorf("%q has %d pieces, want %d", owner, len(got), n)
					}
				}
			}
		}
		var everybody []string
		for _, a := range plan.Agencies {
			everybody = append(everybody, a.ID)
		}
		for i := range 5 { // so many that they are read month by month
			everybody = append(everybody, fmt.Sprint("tinh/none", i))
		}
		for _, knownAt := range []time.Time{{}, day0.Add(3 * time.Hour)} {
			var want []media.Evidence
			for _, e := range must(s.Evidence(ctx, plan, knownAt)) {
				if slices.Contains(everybody, e.Agency) {
					want = append(want, e)
				}
			}
			if got := must(s.OwnerEvidence(ctx, plan, everybody, nil, knownAt)); !reflect.DeepEqual(got, want) || len(got) < 3 {
				t.Errorf("everybody as known at %v:\n%+v\nwant\n%+v", knownAt, got, want)
			}
		}
		// More ids than one statement takes.
		many := make([]string, 1500)
		for i := range many {
			many[i] = fmt.Sprint("none", i)
		}
		if got := must(s.OwnerEvidence(ctx, plan, []string{"tinh/so"}, append(many, media.ItemID("tinh", "1")), time.Time{})); len(got) != 4 {
			t.Errorf("%d pieces, want 3 and the one named", len(got))
		}
	})
}

// What is observed is that of the plan's sources, however many, and no others'.
func TestObservationIsOfThePlansSources(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, source("tinh/a", "https://bao.example/a"), source("tinh/b", "https://bao.example/b"))
		l := claim(t, s, "x", "bao.example")[0]
		for i, src := range []string{"tinh/a", "tinh/b"} {
			v := visit(src, fmt.Sprint("ok", i), day0, media.OK)
			v.Covers = []crawler.Span{{From: day0.Add(-time.Hour), To: day0, How: "list"}}
			put(t, s, l, v)
			put(t, s, l, visit(src, fmt.Sprint("blind", i), day0.Add(time.Hour), media.Unreachable))
		}
		many := &schedule.Plan{ID: "p"}
		for i := range 1200 {
			many.Sources = append(many.Sources, media.Source{ID: fmt.Sprint("x/", i)})
		}
		many.Sources = append(many.Sources, media.Source{ID: "tinh/a"}, media.Source{ID: "tinh/a"})
		for _, knownAt := range []time.Time{{}, day0.Add(2 * time.Hour)} {
			obs := must(s.Observation(ctx, many, knownAt))
			if len(obs.Spans) != 1 || len(obs.Spans["tinh/a"]) != 1 || len(obs.Blind) != 1 || obs.Blind["tinh/a"].Reason != media.Unreachable || len(obs.Uptime) != 1 {
				t.Errorf("as known at %v: %+v", knownAt, obs)
			}
			if obs := must(s.Observation(ctx, &schedule.Plan{ID: "p"}, knownAt)); len(obs.Spans)+len(obs.Blind)+len(obs.Uptime) != 0 {
				t.Errorf("of no source: %+v", obs)
			}
		}
	})
}

// owned is an evaluation of two quotas, the second of which has not begun for
// anybody but has a piece already.
func owned() schedule.Evaluation {
	e := schedule.Evaluation{Plan: "tinh/2023", Version: "v1", Now: day0, Ran: day0, Classifier: "c1"}
	for _, quota := range []string{"B-D1", "A-1"} { // not in the order of their ids
		for _, owner := range []string{"tinh/Xã", "tinh/bao", "tinh/so"} { // by bytes, as Go sorts
			for _, week := range []int{10, 11} {
				period := fmt.Sprint("2023-W", week)
				e.Standings = append(e.Standings, schedule.Standing{Plan: e.Plan, Quota: quota, Owner: owner, Period: period, Start: on(3, week), State: schedule.Open})
				for _, id := range []string{"e2", "e1"} {
					ev := media.Evidence{ID: id, At: on(3, week).Add(time.Hour), Precision: media.ToDay}
					if id == "e1" {
						ev.At, ev.Precision, ev.Seen = time.Time{}, media.NoDate, on(3, week).Add(2*time.Hour)
					}
					e.Matching.Credits = append(e.Matching.Credits, schedule.Credit{Quota: quota, Owner: owner, Period: period, Evidence: ev})
					e.Matching.Rejections = append(e.Matching.Rejections, schedule.Rejection{Quota: quota, Owner: owner, Period: period, Evidence: ev})
				}
			}
		}
		e.Matching.Credits = append(e.Matching.Credits, schedule.Credit{Quota: quota + "-later", Owner: "tinh/so", Period: "2023-W20"})
	}
	return e
}

var ownedQuotas = []string{"never", "B-D1", "B-D1-later", "A-1", "A-1-later"}

// holds says in order what an evaluation holds.
func holds(t *testing.T, s *store.Store, plan string) string {
	t.Helper()
	e, ok, err := s.Evaluation(ctx, plan)
	if err != nil || !ok {
		t.Fatalf("evaluation: %t, %v", ok, err)
	}
	e.Matching = must(s.Detail(ctx, plan, "", "", ""))
	return says(e)
}

func says(e schedule.Evaluation) string {
	var b strings.Builder
	for _, st := range e.Standings {
		fmt.Fprintln(&b, "standing", st.Quota, st.Owner, st.Period, st.State)
	}
	for _, c := range e.Matching.Credits {
		fmt.Fprintln(&b, "credit", c.Quota, c.Owner, c.Period, c.Evidence.ID, c.By)
	}
	for _, r := range e.Matching.Rejections {
		fmt.Fprintln(&b, "rejection", r.Quota, r.Owner, r.Period, r.Evidence.ID)
	}
	for _, p := range e.Proposals {
		fmt.Fprintln(&b, "proposal", p.Closing, p.Quota, p.Owner, p.Period, p.Now.Reasons, p.Added)
	}
	return b.String()
}

func proposal(quota, owner, period string) schedule.Proposal {
	why := []schedule.Reason{{Code: "below_wanted", Args: map[string]any{"n": 3}}}
	return schedule.Proposal{Closing: "c", Quota: quota, Owner: owner, Period: period, Now: schedule.Standing{Reasons: why},
		Added: []schedule.Credit{{Quota: quota, Reasons: why}}}
}

func TestOwnerEvaluation(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		e := owned()
		if err := s.PutOwnerEvaluation(ctx, e, []string{"tinh/so"}, ownedQuotas); !errors.Is(err, monitor.ErrWhole) {
			t.Errorf("without the rest: %v", err)
		}
		e.Proposals = []schedule.Proposal{proposal("B-D1", "tinh/bao", "2023-W10"), proposal("B-D1", "tinh/so", "2023-W10"), proposal("A-1", "tinh/so", "2023-W10")}
		if err := s.PutEvaluation(ctx, e); err != nil {
			t.Fatal(err)
		}
		equal(t, "the whole", holds(t, s, e.Plan), says(e))
		got, _, _ := s.Evaluation(ctx, e.Plan)
		if got.Classifier != "c1" || len(got.Proposals) != 3 || got.Proposals[0].Now.Reasons[0].Args["n"] != 3 || got.Proposals[0].Added[0].Reasons[0].Args["n"] != 3 {
			t.Errorf("evaluation: %+v", got)
		}
		// One owner anew: a state, a piece less, one more, other proposals.
		part := e
		part.Now, part.Ran, part.Classifier = day0.Add(time.Hour), day0.Add(time.Hour), "c2"
		part.Standings, part.Matching.Credits = slices.Clone(e.Standings), slices.Clone(e.Matching.Credits)
		for i := range part.Standings {
			if part.Standings[i].Owner == "tinh/so" {
				part.Standings[i].State = schedule.Met
			}
		}
		part.Matching.Credits = slices.DeleteFunc(part.Matching.Credits, func(c schedule.Credit) bool { return c.Owner == "tinh/so" && c.Evidence.ID == "e1" })
		part.Matching.Credits[0].By = "not of this owner"
		part.Proposals = []schedule.Proposal{proposal("A-1", "tinh/bao", "2023-W11"), proposal("B-D1", "tinh/so", "2023-W11")}
		w := must(s.Watch(ctx))
		for range 2 {
			if err := s.PutOwnerEvaluation(ctx, part, []string{"tinh/so"}, ownedQuotas); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "changes", changes(t, w, 9), "evaluation:tinh/2023 standing:tinh/2023 evaluation:tinh/2023")
		want := part
		want.Matching.Credits = slices.Clone(part.Matching.Credits)
		want.Matching.Credits[0].By = ""
		want.Proposals = []schedule.Proposal{e.Proposals[0], part.Proposals[1]}
		equal(t, "with one owner anew", holds(t, s, e.Plan), says(want))
		got, _, _ = s.Evaluation(ctx, e.Plan)
		if !got.Now.Equal(e.Now) || !got.Ran.Equal(e.Ran) || got.Classifier != "c1" {
			t.Errorf("the rest was not run again: %+v", got)
		}
		// An owner with nothing left, and a quota that nobody had.
		none := schedule.Evaluation{Plan: e.Plan, Version: "v1", Standings: []schedule.Standing{{Quota: "never", Owner: "tinh/bao", Period: "2023-W10"}}}
		if err := s.PutOwnerEvaluation(ctx, none, []string{"tinh/bao"}, ownedQuotas); err != nil {
			t.Fatal(err)
		}
		of := func(x string) bool { return x == "tinh/bao" }
		want.Standings = slices.Insert(slices.DeleteFunc(want.Standings, func(x schedule.Standing) bool { return of(x.Owner) }), 0, none.Standings[0])
		want.Matching.Credits = slices.DeleteFunc(want.Matching.Credits, func(x schedule.Credit) bool { return of(x.Owner) })
		want.Matching.Rejections = slices.DeleteFunc(slices.Clone(want.Matching.Rejections), func(x schedule.Rejection) bool { return of(x.Owner) })
		want.Proposals = want.Proposals[1:]
		equal(t, "with one gone", holds(t, s, e.Plan), says(want))
		none.Version = "v2"
		if err := s.PutOwnerEvaluation(ctx, none, []string{"tinh/bao"}, ownedQuotas); !errors.Is(err, monitor.ErrWhole) {
			t.Errorf("of another version: %v", err)
		}
		if err := s.PutOwnerEvaluation(ctx, schedule.Evaluation{Plan: "khac/2023"}, []string{"tinh/bao"}, nil); !errors.Is(err, monitor.ErrWhole) {
			t.Errorf("of another plan: %v", err)
		}
		none.Version = "v1"
		for _, nobody := range [][]string{nil, {""}, {"tinh/bao", ""}} {
			if err := s.PutOwnerEvaluation(ctx, none, nobody, ownedQuotas); err == nil {
				t.Errorf("took an evaluation of nobody: %q", nobody)
			}
		}
		// The whole again is as it was.
		if err := s.PutEvaluation(ctx, e); err != nil {
			t.Fatal(err)
		}
		equal(t, "the whole again", holds(t, s, e.Plan), says(e))
	})
}

// Writers of several owners and of the whole do not undo each other.
func TestOwnerEvaluationsAtOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		e := owned()
		if err := s.PutEvaluation(ctx, e); err != nil {
			t.Fatal(err)
		}
		var wg gosync.WaitGroup
		for _, owner := range []string{"tinh/Xã", "tinh/bao", "tinh/so"} {
			wg.Go(func() {
				for i := range 10 {
					part := owned()
					for j := range part.Standings {
						part.Standings[j].State = schedule.States()[i%5]
					}
					part.Proposals = []schedule.Proposal{proposal("B-D1", owner, fmt.Sprint("2023-W", 10+i))}
					if err := s.PutOwnerEvaluation(ctx, part, []string{owner}, ownedQuotas); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for i := range e.Standings {
			e.Standings[i].State = schedule.States()[4]
		}
		e.Proposals = []schedule.Proposal{proposal("B-D1", "tinh/Xã", "2023-W19"), proposal("B-D1", "tinh/bao", "2023-W19"), proposal("B-D1", "tinh/so", "2023-W19")}
		equal(t, "all of them", holds(t, s, e.Plan), says(e))
	})
}

// What several owners are evaluated to together is what each is alone, and
// what they are in the evaluation of everything at once.
func TestEvaluatedTogether(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plan := peopled(t, s)
		plan.Province, plan.Year, plan.Version = "tinh", 2023, "v1"
		var owners []string
		for i := range 60 {
			plan.Agencies = append(plan.Agencies, media.Agency{ID: fmt.Sprintf("tinh/xa-%02d", i), Level: media.Commune, Binding: true})
		}
		ref := schedule.ByReference
		reform := []schedule.Condition{{Name: "reform", Basis: ref}}
		for i, a := range plan.Agencies {
			owners = append(owners, a.ID)
			if a.Level == media.Commune {
				continue
			}
			of := schedule.Owner{Agency: a.ID}
			plan.Quotas = append(plan.Quotas,
				schedule.Quota{ID: fmt.Sprint("N", i), Class: schedule.Reg, Kind: "count", Basis: ref, Owner: of, Cadence: calendar.Month, Wanted: 1, WantedBasis: ref, Conditions: reform},
				schedule.Quota{ID: fmt.Sprint("H", i), Class: schedule.Reg, Kind: "answered", Basis: ref, Owner: of, Cadence: calendar.Quarter, Wanted: 1, WantedBasis: ref, MaxLag: schedule.Level{Value: 5, Basis: ref}},
				schedule.Quota{ID: fmt.Sprint("S", i), Class: schedule.Reg, Kind: "airing", Basis: ref, Owner: of, Cadence: calendar.Week, Wanted: 1, WantedBasis: ref})
		}
		plan.Quotas = append(plan.Quotas, schedule.Quota{ID: "X", Class: schedule.Proc, Kind: "attested", Basis: ref, Owner: schedule.Owner{Each: []media.Level{media.Commune}}, Cadence: calendar.Year, Wanted: 1, WantedBasis: ref})
		add := schedule.Decision{ID: "d1", Kind: schedule.Add, Plan: plan.ID, Quota: "N0", Owner: "tinh/bao", Period: "2023-03", Evidence: media.ItemID("tinh", "2"), At: on(4, 3), Actor: "A", Reason: "đăng chung"}
		if err := s.AddDecision(ctx, add, "person"); err != nil {
			t.Fatal(err)
		}
		cal, m := &calendar.Calendar{}, monitor.Moment{Now: on(5, 2)}
		whole, err := monitor.Evaluate(ctx, s, plan, cal, m, day0)
		if err != nil || len(whole.Standings) < 100 || len(whole.Matching.Credits) < 5 || len(whole.Matching.Rejections) == 0 {
			t.Fatalf("%d standings, %d credits, %d rejections, %v", len(whole.Standings), len(whole.Matching.Credits), len(whole.Matching.Rejections), err)
		}
		want := holds(t, s, plan.ID)
		w := must(s.Watch(ctx))
		decisions := must(s.Decisions(ctx, plan.ID, time.Time{}))
		for _, n := range []int{1, 2, 7, len(owners)} {
			for some := range slices.Chunk(owners, n) {
				if _, err := monitor.EvaluateOwners(ctx, s, plan, some, decisions, cal, m, day0); err != nil {
					t.Fatal(err)
				}
			}
			equal(t, fmt.Sprint(n, " at a time"), holds(t, s, plan.ID), want)
		}
		if err := monitor.EvaluateAll(ctx, s, plan, cal, m, day0, 2); err != nil {
			t.Fatal(err)
		}
		equal(t, "all", holds(t, s, plan.ID), want)
		if got := changes(t, w, 999); strings.Contains(got, "standing") {
			t.Errorf("rows were written again: %s", got)
		}
		// What holds later too.
		head := schedule.Evaluation{Plan: plan.ID, Version: plan.Version, Now: m.Now.Add(time.Hour), Ran: day0.Add(time.Hour), Classifier: "c2"}
		if err := s.RenewEvaluation(ctx, head); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Evaluation(ctx, plan.ID); err != nil || !ok || !got.Now.Equal(head.Now) || !got.Ran.Equal(head.Ran) || got.Classifier != "c2" || len(got.Standings) != len(whole.Standings) {
			t.Errorf("renewed: %+v, %v, %v", got.Now, ok, err)
		}
		equal(t, "renewed", holds(t, s, plan.ID), want)
		for _, of := range []schedule.Evaluation{{Plan: plan.ID, Version: "another", Now: m.Now}, {Plan: "none", Version: plan.Version, Now: m.Now}} {
			if err := s.RenewEvaluation(ctx, of); !errors.Is(err, monitor.ErrWhole) {
				t.Errorf("%s %s was renewed: %v", of.Plan, of.Version, err)
			}
		}
		// From nothing, and with nothing left of who is not in the plan any more.
		fewer := *plan
		fewer.Agencies = plan.Agencies[1:]
		for _, p := range []*schedule.Plan{&fewer, plan} {
			if err := monitor.EvaluateAll(ctx, s, p, cal, m, day0, 2); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "after some were away", holds(t, s, plan.ID), want)
	})
}
