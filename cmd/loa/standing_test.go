package main

import (
	"bytes"
	"strings"
	"testing"

	"loa/schedule"
)

// Nothing measured is not nothing available.
func TestStandingTableOfNothingMeasured(t *testing.T) {
	share := func(seen, delivered float64) schedule.Standing {
		return schedule.Standing{Quota: "B-C2", Basis: schedule.ByReference, Owner: "mau/cong", Period: "2023-03", State: schedule.Insufficient,
			Measures: []schedule.Measure{{Name: "availability", Unit: "percent", Bound: "at_least", Wanted: 99, Delivered: delivered}}, Coverage: schedule.Coverage{Share: seen}}
	}
	for want, st := range map[string]schedule.Standing{"–/99": share(0, 0), "0/99": share(0.5, 0), "98.5/99": share(1, 98.5)} {
		var out bytes.Buffer
		a := &app{stdio: stdio{Out: &out}}
		if err := standingTable(a, &schedule.Plan{}, []schedule.Standing{st}); err != nil || !strings.Contains(out.String(), " "+want+" ") {
			t.Errorf("no %s (%v): %s", want, err, out.String())
		}
	}
}
