package schedule_test

import (
	"errors"
	"testing"

	"loa/schedule"
)

// TestMayConfirm: a log that never came may be gone past; a source that we could not read, and a level of reference, may not.
func TestMayConfirm(t *testing.T) {
	for name, c := range map[string]struct {
		state schedule.State
		basis schedule.Basis
		codes []string
		past  bool
		want  string
	}{
		"short":                {schedule.Missed, schedule.ByPlan, []string{"short", "unconfirmed"}, false, ""},
		"no log":               {schedule.Insufficient, schedule.ByPlan, []string{"receipt_missing", "short"}, true, ""},
		"no register":          {schedule.Insufficient, schedule.ByPlan, []string{"register_missing"}, true, ""},
		"no paper":             {schedule.Insufficient, schedule.ByPlan, []string{"evidence_missing", "short"}, true, ""},
		"no log, blind source": {schedule.Insufficient, schedule.ByPlan, []string{"receipt_missing", "source_blind", "short"}, false, "confirm_unseen"},
		"blind":                {schedule.Insufficient, schedule.ByPlan, []string{"source_blind", "short"}, false, "confirm_unseen"},
		"not observed":         {schedule.Insufficient, schedule.ByPlan, []string{"not_observed", "short"}, false, "confirm_unseen"},
		"no source":            {schedule.Insufficient, schedule.ByPlan, []string{"source_none"}, false, "confirm_unseen"},
		"not read":             {schedule.Insufficient, schedule.ByPlan, []string{"awaiting_review", "short"}, false, "confirm_unseen"},
		"met":                  {schedule.Met, schedule.ByPlan, []string{"enough_delivered"}, false, "confirm_not_short"},
		"exempt":               {schedule.Exempt, schedule.ByPlan, []string{"exempted"}, false, "confirm_not_short"},
		"open":                 {schedule.Open, schedule.ByPlan, []string{"receipt_missing"}, false, "confirm_not_short"},
		"reference":            {schedule.Missed, schedule.ByReference, []string{"short"}, false, "confirm_reference"},
		"reference, no log":    {schedule.Insufficient, schedule.ByReference, []string{"receipt_missing"}, false, "confirm_reference"},
	} {
		s := schedule.Standing{State: c.state, Basis: c.basis}
		for _, code := range c.codes {
			s.Reasons = append(s.Reasons, schedule.Reason{Code: code})
		}
		past, err := schedule.MayConfirm(s)
		var r schedule.Refusal
		if errors.As(err, &r); past != c.past || r.Code != c.want || (err != nil) != (c.want != "") {
			t.Errorf("%s: past %t, %v, want %t %q", name, past, err, c.past, c.want)
		}
	}
}
