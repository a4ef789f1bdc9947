package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"loa/media"
	"loa/schedule"
)

// TestSettled: a screen that many see tells the newest closed or confirmed
// period, never a computed miss, and no zero where nothing is settled.
func TestSettled(t *testing.T) {
	now := time.Date(2023, 1, 25, 12, 0, 0, 0, time.UTC) // in week 4
	closed := schedule.Reason{Code: "closed"}
	of := func(n int, state schedule.State, confirmed bool, reasons ...schedule.Reason) schedule.Standing {
		st := week(n, state, now)
		st.Basis, st.Confirmed, st.Reasons = schedule.ByPlan, confirmed, append(reasons, st.Reasons...)
		return st
	}
	reference := func(st schedule.Standing) schedule.Standing { st.Basis = schedule.ByReference; return st }
	for _, c := range []struct {
		name     string
		sts      []schedule.Standing
		state    string
		measured bool
		periods  map[string]int
	}{
		{"a computed miss is nobody's to see", []schedule.Standing{of(3, schedule.Missed, false), of(4, schedule.Open, false)}, "unsettled", false, map[string]int{"unsettled": 1}},
		{"closed, then not closed yet", []schedule.Standing{of(2, schedule.Met, false, closed), of(3, schedule.Missed, false)}, "met", true, map[string]int{"met": 1, "unsettled": 1}},
		{"confirmed", []schedule.Standing{of(2, schedule.Met, false, closed), of(3, schedule.Missed, true)}, "missed", true, map[string]int{"met": 1, "missed": 1}},
		{"closed without anybody's word", []schedule.Standing{of(3, schedule.Missed, false, closed)}, "unsettled", false, map[string]int{"unsettled": 1}},
		{"reference", []schedule.Standing{reference(of(3, schedule.Missed, false, closed))}, "below", true, map[string]int{"below": 1}},
		{"reference that asks", []schedule.Standing{reference(of(3, schedule.Missed, false, schedule.Reason{Code: "needs_judgement"}, closed))}, "unsettled", false, map[string]int{"unsettled": 1}},
		{"unseen", []schedule.Standing{of(3, schedule.Insufficient, false, closed)}, "insufficient_data", false, map[string]int{"insufficient_data": 1}},
		{"a trial", []schedule.Standing{of(3, schedule.Met, false, closed, schedule.Reason{Code: "shadow"})}, "", false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := setup(t, fake{e: schedule.Evaluation{Plan: "mau/2023", Now: now, Standings: c.sts}})
			var want strings.Builder
			if c.state != "" {
				fmt.Fprintf(&want, "# HELP loa_settled_state x\n# TYPE loa_settled_state gauge\nloa_settled_state{owner=\"mau/dai\",plan=\"mau/2023\",quota=\"B-D1\",state=%q} 1\n", c.state)
			}
			if c.measured {
				want.WriteString("# HELP loa_settled_wanted x\n# TYPE loa_settled_wanted gauge\nloa_settled_wanted{basis=\"plan\",measure=\"count\",owner=\"mau/dai\",plan=\"mau/2023\",quota=\"B-D1\"} 1\n")
			}
			want.WriteString("# HELP loa_settled_periods x\n# TYPE loa_settled_periods gauge\n")
			for _, s := range SettledStates() {
				fmt.Fprintf(&want, "loa_settled_periods{plan=\"mau/2023\",quota=\"B-D1\",state=%q} %d\n", s, c.periods[s])
			}
			text := want.String()
			for _, m := range Names() {
				text = strings.ReplaceAll(text, "# HELP "+m.Name+" x", "# HELP "+m.Name+" "+m.Help)
			}
			if err := testutil.GatherAndCompare(reg, strings.NewReader(text), "loa_settled_state", "loa_settled_wanted", "loa_settled_periods"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPlaces: owners keep the plan's order, and only who owes is among them.
func TestPlaces(t *testing.T) {
	now := time.Date(2023, 1, 18, 12, 0, 0, 0, time.UTC)
	f := fake{e: schedule.Evaluation{Plan: "mau/2023", Now: now, Standings: []schedule.Standing{week(3, schedule.Open, now)}}}
	want := `
# HELP loa_owner_place Place of whoever owes something in the plan's list of agencies, which is the official order, from 1.
# TYPE loa_owner_place gauge
loa_owner_place{level="press",name="Đài",owner="mau/dai"} 2
`
	if err := testutil.GatherAndCompare(setup(t, f, media.Agency{ID: "mau/khac"}, media.Agency{ID: "mau/dai", Name: "Đài", Level: media.Press}), strings.NewReader(want), "loa_owner_place"); err != nil {
		t.Error(err)
	}
}
