package schedule

import (
	"testing"
	"time"

	"loa/media"
)

// TestAsIf: what is announced is judged as if it were broadcast so, and is never of a better grade than a claim.
func TestAsIf(t *testing.T) {
	p := world()
	line := func(start string, minutes int, run string) media.Planned {
		return media.Planned{Channel: "tv", Programme: "Chung tay CCHC", Column: "chung-tay", Start: at(start), Duration: time.Duration(minutes) * time.Minute, Run: run}
	}
	for name, c := range map[string]struct {
		planned media.Planned
		want    string
	}{
		"as the plan wants":  {line("2023-03-08 20:00", 20, "first"), "+long_enough,theme,first_run,in_window"},
		"nothing said of it": {line("2023-03-08 20:00", 20, ""), "+long_enough,theme,first_run,in_window"},
		"a repeat":           {line("2023-03-08 20:00", 20, "repeat"), "-is_repeat"},
		"too short":          {line("2023-03-08 20:00", 14, "first"), "-too_short"},
		"at night":           {line("2023-03-08 23:00", 20, "first"), "-outside_window"},
	} {
		t.Run(name, func(t *testing.T) {
			e := AsIf(p, c.planned.Airing(), at("2023-03-01"))
			if e.Grade != media.GradeD || e.Airing.Medium != "tv" || e.Agency != "mau/dai" {
				t.Errorf("evidence %+v of %+v", e, e.Airing)
			}
			if got := outcome(Match(p, []media.Evidence{e}, nil, tet()), "B-D1", "mau/dai", "2023-W10"); got[e.ID] != c.want {
				t.Errorf("got %q, want %q", got[e.ID], c.want)
			}
		})
	}
}
