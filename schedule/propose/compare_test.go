package propose

import (
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func TestCompare(t *testing.T) {
	p := world(0)
	p.Quotas = append(p.Quotas, schedule.Quota{ID: "A-5.2", Class: schedule.Reg, Kind: "count", Basis: schedule.ByReference, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Month, Wanted: 4,
		Conditions: []schedule.Condition{{Name: "theme", Basis: schedule.ByPlan, List: []string{"chung-tay"}}}})
	show := func(when string, minute, minutes int, column string) media.Airing {
		a := aired(when, minute)
		a.Programme, a.Column, a.Duration = map[bool]string{true: "Chung tay cải cách", false: "Phim"}[column != ""], column, time.Duration(minutes)*time.Minute
		a.ID = media.Hash(when, a.Start.String(), column)
		return a
	}
	repeat := show("2023-04-20", 1215, 20, "chung-tay")
	repeat.FirstRun = false
	a := []media.Airing{show("2023-04-06", 1215, 20, "chung-tay"), show("2023-04-13", 1215, 10, "chung-tay"), repeat, show("2023-04-27", 1215, 20, "chung-tay"), show("2023-04-28", 1215, 90, "")}
	b := []media.Airing{show("2023-04-06", 1215, 20, "chung-tay"), show("2023-04-14", 1215, 15, "chung-tay"), show("2023-04-20", 840, 20, "chung-tay"), show("2023-04-27", 1215, 20, "chung-tay"), show("2023-04-30", 1215, 20, "")}
	rows, changed := Compare(p, &calendar.Calendar{}, "mau/dai", day("2023-04-01"), day("2023-05-01"), now, a, b)
	type side struct {
		a, b   int
		am, bm bool
		part   bool
	}
	want := map[string]side{"2023-W13": {part: true}, "2023-W14": {1, 1, true, true, false}, "2023-W15": {0, 1, false, true, false}, "2023-W16": {0, 0, false, false, false}, "2023-W17": {1, 1, true, true, false},
		"2023-04": {4, 4, true, true, false}} // a repeat counts for the month, whose quota asks the theme alone
	for _, r := range rows {
		w, ok := want[r.Period.ID]
		if got := (side{r.A.Counted, r.B.Counted, r.A.Met, r.B.Met, r.Partial}); !ok || got != w {
			t.Errorf("%s %s: %+v, want %+v", r.Quota, r.Period.ID, got, w)
		}
		delete(want, r.Period.ID)
		var why []string
		for _, x := range append(slices.Clone(r.A.Rejections), r.B.Rejections...) {
			why = append(why, x.Reason.Code)
		}
		switch r.Period.ID {
		case "2023-W15":
			if !slices.Equal(why, []string{"too_short"}) {
				t.Errorf("why: %v", why)
			}
		case "2023-W17": // other programmes are no failures of the column
			if len(why) != 0 {
				t.Errorf("why: %v", why)
			}
		case "2023-W16":
			if !slices.Equal(why, []string{"is_repeat", "outside_window"}) {
				t.Errorf("why: %v", why)
			}
		}
	}
	if len(changed) != 3 || changed[0].From.Start.Day() != 13 || changed[0].To.Start.Day() != 14 || changed[1].To.FirstRun == changed[1].From.FirstRun || changed[2].To.Start.Day() != 30 {
		t.Errorf("changes %+v", changed)
	}
	if len(want) != 0 {
		t.Errorf("no rows for %v", want)
	}
	_, more := Compare(p, nil, "mau/dai", day("2023-04-01"), day("2023-05-01"), now, a[:4], append(a[:4:4], show("2023-04-05", 600, 30, "")))
	if len(more) != 1 || more[0].From != nil || more[0].To.Start.Day() != 5 {
		t.Errorf("put in: %+v", more)
	}
	if _, none := Compare(p, nil, "mau/dai", day("2023-04-01"), day("2023-05-01"), now, a, a); len(none) != 0 {
		t.Errorf("a draft differs from itself: %+v", none)
	}
}
