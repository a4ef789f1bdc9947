package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/web"
)

// TestQueueOrder: what would change a standing first, copies together, and the
// rest by doubt; the same by pages, and under a filter.
func TestQueueOrder(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		body := saying(1, 6)
		keys := []string{"sure", "doubt", "gains", "copy", "other", "decided"}
		var seen []crawler.Seen
		for i, k := range keys {
			text := saying(uint64(10+i), 6)
			if k == "copy" || k == "gains" {
				text = body
			}
			seen = append(seen, piece(k, "Huyện đánh giá kết quả "+map[bool]string{true: "chung", false: k}[text == body], text, minute(day0.Add(time.Duration(i)*time.Hour))))
		}
		put(t, s, l, visit("tinh/feed", "v1", day0.Add(9*time.Hour), media.OK, seen...))
		compareAll(t, s)
		score := map[string]float64{"sure": 0.3, "doubt": 0.48, "gains": 0.31, "copy": 0.3, "other": 0.4, "decided": 0.5}
		ids, name := map[string]string{}, map[string]string{}
		for i, k := range keys {
			ids[k] = media.ItemID("tinh", k)
			name[ids[k]] = k
			v := verdict(seen[i].Entry.ID, "c1", false, true)
			v.Score = score[k]
			judge(t, s, day0, v)
		}
		if err := s.AddReview(ctx, ids["decided"], true, nil, "Chuyên viên", day0, ""); err != nil {
			t.Fatal(err)
		}
		plan := samplePlan()
		gain := schedule.Gain{Item: ids["gains"], Quota: "A-4", Owner: "tinh/bao", Period: "2023-03", Missing: 2, Due: day0.AddDate(0, 0, 9)}
		other := schedule.Gain{Item: ids["other"], Quota: "A-4", Owner: "tinh/dai", Period: "2023-02", Missing: 1, Over: true, Due: day0.AddDate(0, 0, -5)}
		e := schedule.Evaluation{Plan: plan.ID, Version: "v", Now: day0, Gains: []schedule.Gain{other, gain}}
		if err := s.PutEvaluation(ctx, e); err != nil {
			t.Fatal(err)
		}
		order := func(q web.ItemQuery) string {
			t.Helper()
			rows, total, err := s.Search(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, r := range rows {
				out = append(out, fmt.Sprintf("%s%d", name[r.Item.ID], len(r.Gains)))
			}
			return fmt.Sprint(strings.Join(out, " "), "/", total)
		}
		want := "gains1 copy0 other1 doubt0 sure0/5"
		if got := order(web.ItemQuery{Verdict: "review", Plan: plan.ID}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		for at, want := range map[int]string{0: "gains1 copy0/5", 2: "other1 doubt0/5", 4: "sure0/5", 9: "/5"} {
			if got := order(web.ItemQuery{Verdict: "review", Plan: plan.ID, Limit: 2, Offset: at}); got != want {
				t.Errorf("from %d: %s, want %s", at, got, want)
			}
		}
		if got := order(web.ItemQuery{Verdict: "review", Plan: plan.ID, Text: "chung"}); got != "gains1 copy0/2" {
			t.Errorf("searched: %s", got)
		}
		if got := order(web.ItemQuery{Verdict: "review", Plan: "another"}); !strings.HasPrefix(got, "doubt0 other0 ") { // each by its doubt
			t.Errorf("of another plan: %s", got)
		}
		// One owner's evaluation replaces its own gains alone; whoever is evaluated no more has none.
		e.Gains = nil
		if err := s.PutOwnerEvaluation(ctx, e, []string{"tinh/dai"}, nil); err != nil {
			t.Fatal(err)
		}
		if got := must(s.Gains(ctx, plan.ID)); len(got) != 1 || got[0].Item != gain.Item || !got[0].Due.Equal(gain.Due) || got[0].Missing != 2 {
			t.Errorf("gains %+v", got)
		}
		if err := s.BeginEvaluation(ctx, e, []string{"tinh/dai"}, nil); err != nil {
			t.Fatal(err)
		}
		if got := must(s.Gains(ctx, plan.ID)); len(got) != 0 {
			t.Errorf("gains %+v", got)
		}
		questions := must(s.Questions(ctx, []schedule.Gain{gain}))
		if len(questions) != 4 || len(questions[0].Items) != 2 || questions[0].Items[0] != ids["gains"] {
			t.Errorf("questions %+v", questions)
		}
		// All answers or none.
		answers := []store.Review{{Item: ids["gains"], Reform: true, Actor: "Chuyên viên", At: day0.Add(time.Hour)}, {Item: "none", Actor: "Chuyên viên", At: day0.Add(time.Hour)}}
		if err := s.AddReviews(ctx, answers); err == nil {
			t.Error("took an answer on no item")
		}
		if got := must(s.Questions(ctx, nil)); len(got) != 4 {
			t.Errorf("%d questions after a failure", len(got))
		}
		answers[1].Item = ids["copy"]
		if err := s.AddReviews(ctx, answers); err != nil {
			t.Fatal(err)
		}
		row, _, _, _ := s.Item(ctx, ids["copy"])
		if got := must(s.Questions(ctx, nil)); len(got) != 3 || row.Decided != "Chuyên viên" || row.Verdict.Reform {
			t.Errorf("%d questions, %+v", len(got), row.Verdict)
		}
	})
}

// TestAudit: the draw depends on nothing but ids and version, holds what was
// decided alone, and keeps every later word, corrections too.
func TestAudit(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		var items []media.Item
		const n = 400
		for i := range n {
			items = append(items, item(fmt.Sprint("n", i), fmt.Sprint("Tin ", i), day0.Add(time.Duration(i)*time.Minute)))
		}
		revs := listed(t, s, l, items...)
		var vs []media.Verdict
		var want []string
		early := -1 // a piece of the sample on which a person spoke before it was drawn
		for i, it := range items {
			sampled := store.Sampled(it.ID, "c1")
			if sampled && early < 0 {
				early = i
				if err := s.AddReview(ctx, it.ID, true, nil, "Chuyên viên", day0, ""); err != nil {
					t.Fatal(err)
				}
			}
			asked := i%7 == 0
			vs = append(vs, verdict(revs[i], "c1", i%2 == 0, asked))
			if sampled && !asked && i != early {
				want = append(want, it.ID)
			}
		}
		judge(t, s, day0, vs...)
		slices.Sort(want)
		drawn := func(classifier string, until time.Time) (ids []string, checked, right, blind int) {
			t.Helper()
			for _, x := range must(s.Audit(ctx, classifier, until)) {
				ids = append(ids, x.Item)
				for _, c := range []struct {
					is bool
					n  *int
				}{{x.Checked, &checked}, {x.Right, &right}, {x.Blind, &blind}} {
					if c.is {
						*c.n++
					}
				}
				if x.Agency != "tinh/bao" || x.At.IsZero() {
					t.Errorf("%+v", x)
				}
			}
			return ids, checked, right, blind
		}
		ids, checked, _, _ := drawn("c1", time.Time{})
		if !slices.Equal(ids, want) || len(ids) < n/40 || len(ids) > n/12 || checked != 0 {
			t.Fatalf("%d drawn, %d checked, want %d", len(ids), checked, len(want))
		}
		if err := s.DrawAudit(ctx, "c1", day0.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if again, _, _, _ := drawn("c1", time.Time{}); !slices.Equal(again, want) {
			t.Error("drawn again, the sample is another")
		}
		said := map[string]bool{}
		for i, it := range items {
			said[it.ID] = i%2 == 0
		}
		at := day0.Add(24 * time.Hour)
		for i, answer := range []store.Review{{Item: want[0], Reform: said[want[0]], Audit: true}, {Item: want[1], Reform: !said[want[1]], Audit: true}, {Item: want[2], Reform: !said[want[2]]}} {
			answer.Actor, answer.At = "Chuyên viên", at.Add(time.Duration(i)*time.Hour)
			if err := s.AddReviews(ctx, []store.Review{answer}); err != nil {
				t.Fatal(err)
			}
		}
		if ids, checked, right, blind := drawn("c1", time.Time{}); len(ids) != len(want) || checked != 3 || right != 1 || blind != 2 {
			t.Errorf("%d drawn, %d checked, %d right, %d blind", len(ids), checked, right, blind)
		}
		if _, checked, right, _ := drawn("c1", at.Add(time.Minute)); checked != 1 || right != 1 {
			t.Errorf("as it was known then: %d checked, %d right", checked, right)
		}
		// A later word corrects; a new version has its own sample, without what people spoke on.
		if err := s.AddReview(ctx, want[1], said[want[1]], nil, "Lãnh đạo phòng", at.Add(9*time.Hour), ""); err != nil {
			t.Fatal(err)
		}
		if _, checked, right, blind := drawn("c1", time.Time{}); checked != 3 || right != 2 || blind != 1 {
			t.Errorf("corrected: %d checked, %d right, %d blind", checked, right, blind)
		}
		for i := range vs {
			vs[i].Classifier, vs[i].Review = "c2", false
		}
		judge(t, s, at, vs...)
		ids, checked, _, _ = drawn("c2", time.Time{})
		for _, id := range ids {
			if !store.Sampled(id, "c2") || slices.Contains(want[:3], id) || id == items[early].ID {
				t.Errorf("%s is drawn for c2", id)
			}
		}
		if len(ids) < n/40 || checked != 0 || slices.Equal(ids, want) {
			t.Errorf("%d drawn, %d checked for the new version", len(ids), checked)
		}
		// A piece of which a person is asked after all is in the sample no more.
		i := slices.IndexFunc(items, func(it media.Item) bool { return it.ID == ids[0] })
		v := verdict(revs[i], "c2", true, true)
		judge(t, s, at, v)
		if now, _, _, _ := drawn("c2", time.Time{}); len(now) != len(ids)-1 || slices.Contains(now, ids[0]) {
			t.Errorf("%d of %d left", len(now), len(ids))
		}
	})
}
