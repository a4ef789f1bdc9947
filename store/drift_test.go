package store_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"loa/media"
	"loa/store"
)

func TestDrift(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		now := day0.AddDate(0, 0, 60)
		var items []media.Item
		for week := range 9 { // newest first, two pieces a day
			for i := range 14 {
				items = append(items, item(fmt.Sprintf("w%d-%d", week, i), fmt.Sprint("Tin ", week, i), now.AddDate(0, 0, -7*week-i/2).Add(-time.Hour)))
			}
		}
		revs := listed(t, s, l, items...)
		var vs []media.Verdict
		for i, rev := range revs {
			v := verdict(rev, "c1", i%7 == 0, false)
			v.Score, v.Unknown = 0.1, 0.1
			if i%7 == 0 {
				v.Score = 0.9
			}
			if i < 14 { // the last week
				v.Reform, v.Score = true, 0.9
				v.Unknown = -1
			}
			if i == 0 { // a person's word is not what the classifier made of it
				if err := s.AddReview(ctx, items[i].ID, false, nil, "Chuyên viên", now, ""); err != nil {
					t.Fatal(err)
				}
			}
			vs = append(vs, v)
		}
		judge(t, s, now, vs...)
		if h := must(s.Health(ctx))["tinh/feed"]; h.Drift.N != 0 {
			t.Errorf("before anything was compared: %+v", h.Drift)
		}
		for range 2 {
			if err := s.PutDrift(ctx, now); err != nil {
				t.Fatal(err)
			}
		}
		d := must(s.Health(ctx))["tinh/feed"].Drift
		if d.Days != 7 || d.N != 14 || !d.Unusual() || len(d.Figures) != 3 {
			t.Fatalf("%+v", d)
		}
		for _, f := range d.Figures {
			want := map[string][2]float64{"accepted": {1, 1. / 7}, "asked": {0, 0}, "score": {0.9, (0.9 + 6*0.1) / 7}}[f.Name]
			if math.Abs(f.Now-want[0]) > 1e-9 || math.Abs(f.Median-want[1]) > 1e-9 || f.Unusual != (f.Name != "asked") {
				t.Errorf("%+v, want %v", f, want)
			}
		}
		// Half a year on nothing is known of late.
		if err := s.PutDrift(ctx, now.AddDate(2, 0, 0)); err != nil {
			t.Fatal(err)
		}
		if h := must(s.Health(ctx))["tinh/feed"]; h.Drift.N != 0 || h.Drift.Unusual() {
			t.Errorf("long after: %+v", h.Drift)
		}
	})
}

func TestEachDecided(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		var items []media.Item
		for i := range 4 {
			items = append(items, item(fmt.Sprint("d", i), fmt.Sprint("Tin ", i), day0.AddDate(0, 0, i)))
		}
		revs := listed(t, s, l, items...)
		judge(t, s, day0, verdict(revs[0], "c1", true, false), verdict(revs[1], "c1", false, false), verdict(revs[2], "c1", true, true))
		for since, want := range map[time.Time]int{{}: 2, day0.AddDate(0, 0, 1): 1} {
			got := map[string]bool{}
			if err := s.EachDecided(ctx, since, func(id, title, lead, group string, reform bool) error {
				if title == "" || lead == "" || group != "" {
					t.Errorf("%s: %q, %q, %q", id, title, lead, group)
				}
				got[id] = reform
				return nil
			}); err != nil || len(got) != want || got[items[1].ID] || want == 2 && !got[items[0].ID] {
				t.Errorf("%v, %v", got, err)
			}
		}
	})
}
