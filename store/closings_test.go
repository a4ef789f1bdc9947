package store_test

import (
	"errors"
	"fmt"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/store/storetest"
)

func closing(revision int, dataset string, when time.Time) schedule.Closing {
	st := schedule.Standing{Plan: "tinh/2023", Quota: "B-D1", Owner: "tinh/dai", Period: "2023-W10", Start: on(3, 6), End: on(3, 13), State: schedule.Missed,
		Reasons: []schedule.Reason{{Code: "below_wanted", Args: map[string]any{"n": 3, "share": 0.25}}}}
	ev := media.Evidence{ID: "e1", Kind: media.EvItem, At: on(3, 7), Precision: media.ToDay}
	return schedule.Closing{
		Plan: "tinh/2023", Period: "2023-03@14", Start: on(2, 15), End: on(3, 15), Revision: revision, At: when, Actor: "Chuyên viên",
		Dataset: dataset, PlanVersion: "v1", Classifier: "c1",
		Open: []schedule.OpenQuestion{{Quota: "B-D1", Owner: "tinh/dai", Period: "2023-W10", State: schedule.Missed, Reasons: []schedule.Reason{{Code: "x", Args: map[string]any{"n": 2}}}}},
		Rows: []schedule.ClosedRow{
			{Standing: st, Credits: []schedule.Credit{{Quota: "B-D1", Evidence: ev, Reasons: []schedule.Reason{{Code: "reform", Args: map[string]any{"count": 2}}}}}},
			{Standing: st, Rejections: []schedule.Rejection{{Quota: "B-D1", Evidence: ev, Reason: schedule.Reason{Code: "late", Args: map[string]any{"days": 4}}}}},
		},
	}
}

func TestClosings(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		w := must(s.Watch(ctx))
		first := closing(1, "d1", on(3, 20))
		for range 2 {
			if err := s.PutClosing(ctx, first); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "changes", changes(t, w, 9), "closing:tinh/2023")
		again, gap, zero := closing(1, "other", on(3, 21)), closing(3, "d3", on(3, 21)), closing(0, "d0", on(3, 21))
		rows := closing(1, "d1", on(3, 20))
		rows.Rows[1].Rejections[0].Reason.Args["days"] = 5
		for name, c := range map[string]schedule.Closing{"taken": again, "not the next": gap, "none": zero, "other rows": rows} {
			if err := s.PutClosing(ctx, c); !errors.Is(err, store.ErrRevision) {
				t.Errorf("%s: %v", name, err)
			}
		}
		nobody, never, backwards := first, first, first
		nobody.Actor, never.At, backwards.End = "", time.Time{}, first.Start
		for _, c := range []schedule.Closing{{}, nobody, never, backwards} {
			if err := s.PutClosing(ctx, c); err == nil || errors.Is(err, store.ErrRevision) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		second := closing(2, "d2", on(4, 20))
		second.Reason, second.Open, second.Rows = "Bổ sung minh chứng", nil, second.Rows[:1]
		other := closing(1, "d9", on(4, 1))
		other.Period = "2023-04@14"
		for _, c := range []schedule.Closing{second, other} {
			if err := s.PutClosing(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		list := must(s.Closings(ctx, "tinh/2023", time.Time{}))
		if len(list) != 3 || list[0].Dataset != "d1" || list[1].Dataset != "d9" || list[2].Dataset != "d2" || list[0].ID == "" || list[0].ID == list[2].ID {
			t.Fatalf("closings: %+v", list)
		}
		got := list[0]
		got.ID, got.Start, got.End, got.At = "", got.Start.In(zone), got.End.In(zone), got.At.In(zone)
		if !sameJSON(got, first) {
			t.Errorf("closing\n%+v\nwant\n%+v", got, first)
		}
		for _, n := range []any{got.Open[0].Reasons[0].Args["n"], got.Rows[0].Standing.Reasons[0].Args["n"], got.Rows[0].Credits[0].Reasons[0].Args["count"],
			got.Rows[1].Rejections[0].Reason.Args["days"]} {
			if _, whole := n.(int); !whole {
				t.Errorf("%v came back as %T", n, n)
			}
		}
		if got.Rows[0].Standing.Reasons[0].Args["share"] != 0.25 {
			t.Errorf("a fraction: %+v", got.Rows[0].Standing.Reasons)
		}
		if list := must(s.Closings(ctx, "tinh/2023", on(4, 10))); len(list) != 2 || len(list[0].Rows) != 2 {
			t.Errorf("as known before: %+v", list)
		}
		third := closing(3, "d3", on(5, 20))
		third.Rows[1].Standing.Owner = "tinh/bao"
		if err := s.PutClosing(ctx, third); err != nil {
			t.Fatal(err)
		}
		part := must(s.OwnerClosings(ctx, "tinh/2023", []string{"tinh/bao"}))
		if len(part) != 4 || len(part[0].Rows)+len(part[1].Rows)+len(part[2].Rows) != 0 || !sameJSON(part[3].Rows, third.Rows[1:]) {
			t.Errorf("one owner's: %+v", part)
		}
		if rows := must(s.ClosingRows(ctx, part[3].ID)); !sameJSON(rows, third.Rows) {
			t.Errorf("rows: %+v", rows)
		}
		if both := must(s.OwnerClosings(ctx, "tinh/2023", []string{"tinh/bao", third.Rows[0].Standing.Owner})); !sameJSON(both[3].Rows, third.Rows) {
			t.Errorf("two owners': %+v", both)
		}
		for _, nobody := range [][]string{nil, {""}} {
			if _, err := s.OwnerClosings(ctx, "tinh/2023", nobody); err == nil {
				t.Errorf("read the rows of nobody: %q", nobody)
			}
		}
		if heads := must(s.ClosingHeads(ctx, "tinh/2023", on(3, 25))); len(heads) != 1 || heads[0].Rows != nil || heads[0].PlanVersion != "v1" {
			t.Errorf("heads: %+v", heads)
		}
		if list := must(s.Closings(ctx, "tinh/2024", time.Time{})); len(list) != 0 {
			t.Errorf("another plan's: %+v", list)
		}
		var ev []string
		for _, e := range must(s.Events(ctx, 0, 99)) {
			ev = append(ev, e.Kind+" "+e.Subject+" "+e.Before)
			if !strings.Contains(e.After, `"dataset":"d`) {
				t.Errorf("event: %+v", e)
			}
		}
		if want := "period.closed tinh/2023 2023-03@14 |period.restated tinh/2023 2023-03@14 d1|period.closed tinh/2023 2023-04@14 |period.restated tinh/2023 2023-03@14 d2"; strings.Join(ev, "|") != want {
			t.Errorf("events %q, want %q", strings.Join(ev, "|"), want)
		}
	})
}

// Of several who close one period at once one is first, and the rest are told.
func TestClosingsAtOnce(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			nodes := twoNodes(t, engine)
			const rounds = 10
			taken, refused := make([]int, 4), make([]int, 4)
			var wg gosync.WaitGroup
			for w := range 4 {
				wg.Go(func() {
					for i := range rounds {
						c := closing(1, fmt.Sprint("d", w/2), on(3, 20)) // two tell the same
						c.Period = fmt.Sprint("2023-", i)
						switch err := nodes[w%2].PutClosing(ctx, c); {
						case err == nil:
							taken[w]++
						case errors.Is(err, store.ErrRevision):
							refused[w]++
						default:
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if taken[0]+taken[2] != rounds || taken[0] != taken[1] || taken[2] != taken[3] || refused[0] != taken[2] {
				t.Errorf("taken %v, refused %v", taken, refused)
			}
			list := must(nodes[0].Closings(ctx, "tinh/2023", time.Time{}))
			if len(list) != rounds {
				t.Errorf("%d closings", len(list))
			}
			for _, c := range list {
				if len(c.Rows) != 2 {
					t.Errorf("rows of %s: %+v", c.Period, c.Rows)
				}
			}
			if n, err := nodes[0].VerifyEvents(ctx); n != rounds || err != nil {
				t.Errorf("events: %d, %v", n, err)
			}
		})
	}
}

func TestChangesOfPlans(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		w := must(s.Watch(ctx))
		c := schedule.Change{Quota: "B-D1", Field: "wanted", Value: "2", From: on(4, 1), At: on(3, 20), Actor: "Chuyên viên", Basis: "Công văn 9/SNV"}
		later, mine := c, c
		later.Value, later.At = "3", on(3, 25)
		mine.Quota, mine.At, mine.ID = "B-D2", on(3, 22), "mine"
		for _, c := range []schedule.Change{c, c, later, mine} {
			if err := s.AddChange(ctx, "tinh/2023", c); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "changes", changes(t, w, 9), "plan:tinh/2023 plan:tinh/2023 plan:tinh/2023")
		cs := must(s.Changes(ctx, "tinh/2023", time.Time{}))
		if len(cs) != 3 || cs[1].ID != "mine" || cs[2].Value != "3" {
			t.Fatalf("changes: %+v", cs)
		}
		got := cs[0]
		got.ID, got.From, got.At = "", got.From.In(zone), got.At.In(zone)
		if got != c {
			t.Errorf("change %+v, want %+v", got, c)
		}
		if cs := must(s.Changes(ctx, "tinh/2023", on(3, 22))); len(cs) != 2 {
			t.Errorf("as known before: %+v", cs)
		}
		if cs := must(s.Changes(ctx, "tinh/2024", time.Time{})); len(cs) != 0 {
			t.Errorf("another plan's: %+v", cs)
		}
		ev := must(s.Events(ctx, 0, 99))
		if len(ev) != 3 || ev[1].Kind != "plan.changed" || ev[1].Subject != "tinh/2023 B-D1 wanted" || ev[1].Before != "2" || !strings.Contains(ev[1].After, `"value":"3"`) ||
			ev[0].Before != "" || ev[0].Actor != "Chuyên viên" {
			t.Errorf("events: %+v", ev)
		}
		nobody, never, undated := c, c, c
		nobody.Actor, never.At, undated.From = "", time.Time{}, time.Time{}
		for _, c := range []schedule.Change{{}, nobody, never, undated} {
			if err := s.AddChange(ctx, "tinh/2023", c); err == nil {
				t.Errorf("took %+v", c)
			}
		}
		if err := s.AddChange(ctx, "", c); err == nil {
			t.Error("took a change of no plan")
		}
	})
}

func TestChangesAtOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		var wg gosync.WaitGroup
		for w := range 2 {
			wg.Go(func() {
				for i := range 10 {
					c := schedule.Change{Quota: "B-D1", Field: "wanted", Value: fmt.Sprint(i), From: on(4, 1), At: on(3, 20).Add(time.Duration(i) * time.Hour), Actor: "Chuyên viên"}
					own := c
					own.Actor = fmt.Sprint("Người ", w)
					for _, c := range []schedule.Change{c, own} {
						if err := s.AddChange(ctx, "tinh/2023", c); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		if n := len(must(s.Changes(ctx, "tinh/2023", time.Time{}))); n != 30 {
			t.Errorf("%d changes, want 10 of both and 10 of each", n)
		}
		if n, err := s.VerifyEvents(ctx); n != 30 || err != nil {
			t.Errorf("events: %d, %v", n, err)
		}
	})
}
