package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/web"
)

// reviewPlan owes six pieces about reform in March.
func reviewPlan() *schedule.Plan {
	from := time.Date(2023, 1, 1, 0, 0, 0, 0, calendar.Zone)
	return &schedule.Plan{ID: "tinh/2023", Province: "tinh", Year: 2023, From: from, To: from.AddDate(1, 0, 0), Version: "v1",
		Agencies: []media.Agency{{ID: "tinh/bao", Name: "Báo", Level: media.Press, Binding: true}},
		Sources:  []media.Source{{ID: "tinh/feed", Agency: "tinh/bao", Kind: media.KindFeed, Stream: "tinh/feed"}},
		Quotas: []schedule.Quota{{ID: "A-1", Title: "Tin, bài", Class: schedule.Hard, Kind: "regular", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "tinh/bao"}, Cadence: calendar.Month,
			Wanted: 6, WantedBasis: schedule.ByPlan, Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}}}}
}

// reviewWorld is a store with n pieces, every third of which waits, judged by c1.
func reviewWorld(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	l := crawled(t, s)
	var items []media.Item
	for i := range n {
		it := item(fmt.Sprint("r", i), fmt.Sprint("Tin số ", i), day0.Add(time.Duration(i)*time.Hour))
		it.Claimed = media.Date{At: day0.Add(time.Duration(i) * time.Hour), Precision: media.ToMinute}
		items = append(items, it)
	}
	var ids []string
	for i, rev := range listed(t, s, l, items...) {
		v := verdict(rev, "c1", i%2 == 0, i%3 != 0, media.TTHC)
		v.Score = float64(i%10) / 10
		judge(t, s, day0, v)
		ids = append(ids, items[i].ID)
	}
	return ids
}

// snapshot is all that an answer may change, as text.
func snapshot(t *testing.T, s *store.Store, plan *schedule.Plan, ids []string, now time.Time) string {
	t.Helper()
	if _, err := monitor.Evaluate(ctx, s, plan, &calendar.Calendar{}, monitor.Moment{Now: now}, now); err != nil {
		t.Fatal(err)
	}
	e, _, err := s.Evaluation(ctx, plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	var rows []web.ItemRow
	for _, id := range ids {
		row, _, _, err := s.Item(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	ahead, left, err := s.Ahead(ctx, plan.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.ItemMatching(ctx, plan.ID, ids[0], []string{"tinh/bao"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal([]any{rows, must(s.ReviewsInForce(ctx, ids)), must(s.Gains(ctx, plan.ID)), e.Standings, ahead, left, must(s.VerdictCounts(ctx)), must(s.Audit(ctx, "c1", time.Time{})), m})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestUndoRestores: whatever two people answer and take back, in whatever order,
// an answer that was taken back leaves everything as it was before it, and the record whole.
func TestUndoRestores(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plan, now := reviewPlan(), day0.AddDate(0, 0, 5)
		ids := reviewWorld(t, s, 45) // two or three of which are in the sample
		rnd := rand.New(rand.NewPCG(8, 32))
		people := []string{"Người một", "Người hai"}
		type done struct{ before, batch, actor string }
		var stack []done
		changed, words := 0, 0
		for i := range 24 {
			at := now.Add(time.Duration(i) * time.Minute)
			if i%5 == 4 { // the clock stood still, or was set back
				at = now
			}
			before := snapshot(t, s, plan, ids, now)
			if rnd.IntN(2) == 0 || len(stack) == 0 {
				actor := people[rnd.IntN(2)]
				var all []store.Review
				for _, k := range rnd.Perm(len(ids))[:1+rnd.IntN(3)] {
					all = append(all, store.Review{Item: ids[k], Reform: rnd.IntN(2) == 0, Topics: []string{media.TheChe}, Actor: actor, At: at})
				}
				if err := s.AddReviews(ctx, all); err != nil {
					t.Fatal(err)
				}
				last := must(s.LastReviews(ctx, actor, time.Time{}))
				if len(last) != len(all) {
					t.Fatalf("step %d: the last answer has %d words, want %d", i, len(last), len(all))
				}
				words += len(all)
				stack = append(stack, done{before, last[0].Batch, actor})
				if snapshot(t, s, plan, ids, now) != before {
					changed++
				}
				continue
			}
			d := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			taken, err := s.UndoReviews(ctx, d.batch, d.actor, at)
			if err != nil || len(taken) == 0 {
				t.Fatalf("step %d: %d taken back, %v", i, len(taken), err)
			}
			if after := snapshot(t, s, plan, ids, now); after != d.before {
				t.Fatalf("step %d: after taking back\n%s\nbefore the answer\n%s", i, after, d.before)
			}
			if again, err := s.UndoReviews(ctx, d.batch, d.actor, at); err != nil || len(again) != 0 {
				t.Errorf("taken back twice: %d, %v", len(again), err)
			}
		}
		for _, d := range slices.Backward(stack) {
			if _, err := s.UndoReviews(ctx, d.batch, d.actor, now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if changed < 5 {
			t.Errorf("only %d answers changed anything", changed)
		}
		if len(stack) > 0 && snapshot(t, s, plan, ids, now) != stack[0].before {
			t.Error("with all taken back it is not as at first")
		}
		kept, undone := 0, 0
		for _, id := range ids {
			for _, w := range must(s.ReviewsOf(ctx, id)) {
				kept++
				if !w.Undone.IsZero() && w.UndoneBy == w.Actor && !w.Undone.Before(w.At) {
					undone++
				}
			}
		}
		if kept != words || undone != words {
			t.Errorf("%d words on record, %d of them taken back, want %d", kept, undone, words)
		}
		if _, err := s.VerifyEvents(ctx); err != nil {
			t.Error(err)
		}
	})
}

// What was known at a time has the answer that was taken back later.
func TestUndoAsItWasKnown(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plan := reviewPlan()
		ids := reviewWorld(t, s, 3)
		said, taken := day0.Add(24*time.Hour), day0.Add(30*time.Hour)
		if err := s.AddReviews(ctx, []store.Review{{Item: ids[1], Reform: true, Actor: "Người một", At: said}}); err != nil {
			t.Fatal(err)
		}
		last := must(s.LastReviews(ctx, "Người một", said))
		must(s.UndoReviews(ctx, last[0].Batch, "Người một", taken))
		for _, c := range []struct {
			known time.Time
			by    string
		}{{said.Add(-time.Hour), ""}, {said, "Người một"}, {taken.Add(-time.Minute), "Người một"}, {taken, ""}, {time.Time{}, ""}} {
			ev := must(s.Evidence(ctx, plan, c.known))
			i := slices.IndexFunc(ev, func(e media.Evidence) bool { return e.ID == ids[1] })
			if i < 0 || ev[i].Decided != c.by {
				t.Errorf("known at %v: %+v", c.known, ev)
			}
		}
	})
}

// Of two who answer the same question the second is told, and nothing of the answer is recorded.
func TestAnsweredMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ids := reviewWorld(t, s, 6)
		word := func(actor, item, over string, reform bool) store.Review {
			return store.Review{Item: item, Reform: reform, Actor: actor, At: day0.Add(time.Hour), Seen: true, Over: over}
		}
		if err := s.AddReviews(ctx, []store.Review{word("A", ids[1], "", true)}); err != nil {
			t.Fatal(err)
		}
		err := s.AddReviews(ctx, []store.Review{word("B", ids[2], "", false), word("B", ids[1], "", false)})
		var answered web.Answered
		if !errors.As(err, &answered) || len(answered.By) != 1 || answered.By[0].Actor != "A" || !answered.By[0].Reform || answered.By[0].Item != ids[1] || answered.By[0].Title == "" {
			t.Fatalf("%v %+v", err, answered)
		}
		if row, _, _, _ := s.Item(ctx, ids[2]); row.Decided != "" {
			t.Error("half an answer was recorded")
		}
		if err := s.AddReviews(ctx, []store.Review{word("B", ids[1], answered.By[0].ID, false)}); err != nil {
			t.Errorf("over what was seen: %v", err)
		}
		// Who saw a word that was taken back since is told too.
		over := must(s.ReviewsInForce(ctx, ids))[ids[1]]
		must(s.UndoReviews(ctx, must(s.LastReviews(ctx, "B", time.Time{}))[0].Batch, "B", day0.Add(2*time.Hour)))
		if err := s.AddReviews(ctx, []store.Review{word("C", ids[1], over, false)}); !errors.As(err, &answered) || answered.By[0].Actor != "A" {
			t.Errorf("over what was taken back: %v", err)
		}
		// Many at once: one gets in.
		errs := make(chan error)
		for i := range 6 {
			go func() { errs <- s.AddReviews(ctx, []store.Review{word(fmt.Sprint("N", i), ids[4], "", true)}) }()
		}
		in := 0
		for range 6 {
			if err := <-errs; err == nil {
				in++
			} else if !errors.As(err, &answered) {
				t.Error(err)
			}
		}
		if in != 1 || must(s.ReviewedSince(ctx, "A", day0)) != 1 {
			t.Errorf("%d answered at once", in)
		}
	})
}

// An answer of the sample that was taken back counts no more; given again it is
// not blind any more.
func TestUndoInTheSample(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		reviewWorld(t, s, 200)
		ids, total, err := s.Unchecked(ctx, "c1", 2)
		if err != nil || len(ids) != 2 || total < 3 {
			t.Fatalf("%v of %d, %v", ids, total, err)
		}
		checked := func() (n, blind int) {
			for _, x := range must(s.Audit(ctx, "c1", time.Time{})) {
				if x.Checked {
					n++
				}
				if x.Blind {
					blind++
				}
			}
			return n, blind
		}
		word := []store.Review{{Item: ids[0], Reform: true, Actor: "A", At: day0.Add(time.Hour), Audit: true, Seen: true}}
		if err := s.AddReviews(ctx, word); err != nil {
			t.Fatal(err)
		}
		if n, blind := checked(); n != 1 || blind != 1 || must(s.InSample(ctx, "c1", ids))[ids[0]] {
			t.Errorf("%d checked, %d blind", n, blind)
		}
		must(s.UndoReviews(ctx, must(s.LastReviews(ctx, "A", day0))[0].Batch, "A", day0.Add(2*time.Hour)))
		if again, n, _ := s.Unchecked(ctx, "c1", 2); !slices.Equal(again, ids) || n != total {
			t.Errorf("waiting %v of %d, want %v of %d", again, n, ids, total)
		}
		word[0].At = day0.Add(3 * time.Hour)
		if err := s.AddReviews(ctx, word); err != nil {
			t.Fatal(err)
		}
		if n, blind := checked(); n != 1 || blind != 0 {
			t.Errorf("given again: %d checked, %d blind", n, blind)
		}
	})
}

// TestAheadIsTheOrder: the first questions that are found without reading all
// are those that reading all would find.
func TestAheadIsTheOrder(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ids := reviewWorld(t, s, 160)
		plan := reviewPlan()
		rnd := rand.New(rand.NewPCG(1, 2))
		var gains []schedule.Gain
		for _, k := range rnd.Perm(len(ids))[:60] {
			for q := range 1 + rnd.IntN(3) {
				gains = append(gains, schedule.Gain{Item: ids[k], Quota: fmt.Sprint("Q", q), Owner: "tinh/bao", Period: "2023-03", Missing: 1, Over: rnd.IntN(3) == 0, Due: day0.AddDate(0, 0, rnd.IntN(4))})
			}
		}
		if err := s.PutEvaluation(ctx, schedule.Evaluation{Plan: plan.ID, Version: "v1", Now: day0, Gains: gains}); err != nil {
			t.Fatal(err)
		}
		want := must(s.Questions(ctx, must(s.Gains(ctx, plan.ID))))
		for _, n := range []int{1, 3, 20, 100} {
			got, left, err := s.Ahead(ctx, plan.ID, n)
			if err != nil || left != len(want) || len(got) < min(n, len(want)) {
				t.Fatalf("%d of %d, %d left, %v", len(got), n, left, err)
			}
			for i := range min(n, len(want)) {
				if a, b := fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want[i]); a != b {
					t.Fatalf("of %d the %d.: %s, want %s", n, i, a, b)
				}
			}
		}
	})
}

// TestPhraseSearch: words in quotation marks stand one after another.
func TestPhraseSearch(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, two, three := item("1", "Bộ phận một cửa liên thông", day0), item("2", "Cửa hàng số một", day0), item("3", "Một, cửa", day0)
		listed(t, s, l, one, two, three)
		for text, want := range map[string]int{"mot cua": 3, `"mot cua"`: 2, `"Một cửa liên thông"`: 1, `"mot cua" "cua lien"`: 1, `"phan cua"`: 0} {
			cut := true
			rows, total, err := s.Search(ctx, web.ItemQuery{Text: text, Cut: &cut})
			if err != nil || len(rows) != want || total != want || cut && text[0] == '"' {
				t.Errorf("%s: %d of %d, %v, %v", text, len(rows), total, cut, err)
			}
		}
		rows, _, err := s.Search(ctx, web.ItemQuery{Text: `"mot cua"`, Limit: 1, Offset: 1})
		if err != nil || len(rows) != 1 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}
