package schedule

import (
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// TestCheckRelease: an owner is told of a warning or of a confirmed miss alone;
// outlets in the officer's name, departments by the month's summary in the name of
// the body that reminds.
func TestCheckRelease(t *testing.T) {
	p := &Plan{ID: "p/2023", Tell: Tell{Officer: "p/so", Reminders: "p/noi-vu"}, Agencies: []media.Agency{{ID: "p/dai", Level: media.Press}, {ID: "p/y-te", Level: media.Department}}}
	now := time.Date(2023, 4, 3, 9, 0, 0, 0, calendar.Zone)
	st := func(owner, period string, state State, confirmed bool, risk string, codes ...string) Standing {
		s := Standing{Plan: p.ID, Quota: "Q", Owner: owner, Period: period, State: state, Confirmed: confirmed, Risk: risk}
		for _, c := range codes {
			s.Reasons = append(s.Reasons, Reason{Code: c})
		}
		return s
	}
	sts := []Standing{st("p/dai", "risk", Open, false, "at_risk"), st("p/dai", "fine", Open, false, "on_track"), st("p/dai", "asked", Missed, false, ""),
		st("p/dai", "missed", Missed, true, ""), st("p/dai", "unseen", Insufficient, false, ""), st("p/dai", "tried", Missed, true, "", "shadow"), st("p/y-te", "missed", Missed, true, "")}
	one := func(kind ReleaseKind, owner, period, office string) Release {
		return Release{Plan: p.ID, Kind: kind, Quota: "Q", Owner: owner, Period: period, Office: office, Actor: "Chuyên viên", At: now}
	}
	month := func(period, office string) Release {
		return Release{Plan: p.ID, Kind: ReleaseSummary, Period: period, Office: office, Actor: "Chuyên viên", At: now}
	}
	for name, c := range map[string]struct {
		r    Release
		code string
	}{
		"warning":              {one(ReleaseEarly, "p/dai", "risk", "p/so"), ""},
		"confirmed":            {one(ReleaseMissed, "p/dai", "missed", "p/so"), ""},
		"on track":             {one(ReleaseEarly, "p/dai", "fine", "p/so"), "release_nothing"},
		"not confirmed":        {one(ReleaseMissed, "p/dai", "asked", "p/so"), "release_nothing"},
		"a miss as a warning":  {one(ReleaseEarly, "p/dai", "missed", "p/so"), "release_nothing"},
		"not seen":             {one(ReleaseMissed, "p/dai", "unseen", "p/so"), "release_nothing"},
		"tried out":            {one(ReleaseMissed, "p/dai", "tried", "p/so"), "release_nothing"},
		"a department":         {one(ReleaseMissed, "p/y-te", "missed", "p/noi-vu"), "release_by_summary"},
		"in another's name":    {one(ReleaseEarly, "p/dai", "risk", "p/noi-vu"), "release_officer"},
		"none such":            {one(ReleaseEarly, "p/dai", "2023", "p/so"), "release_no_standing"},
		"a month":              {month("2023-03", "p/noi-vu"), ""},
		"a month by the other": {month("2023-03", "p/so"), "release_office"},
		"a month that runs":    {month("2023-04", "p/noi-vu"), "release_not_over"},
		"a week as a month":    {month("2023-W10", "p/noi-vu"), "release_no_month"},
		"no month":             {month("tháng 3", "p/noi-vu"), "release_no_month"},
	} {
		err := CheckRelease(p, sts, c.r)
		if c.code == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var codes []string
		for _, e := range joinedOf(err) {
			r, ok := e.(Refusal)
			if !ok {
				t.Fatalf("%s: %v is no Refusal", name, e)
			}
			codes = append(codes, r.Code)
			if s := viet.Refusal(r.Code, r.Args); s == "" || strings.Contains(s, "mã «"+r.Code+"»") {
				t.Errorf("%s has no sentence", r.Code)
			}
		}
		if strings.Join(codes, " ") != c.code {
			t.Errorf("%s: %v, want %s", name, codes, c.code)
		}
	}
	p.Tell.Reminders = ""
	if err := CheckRelease(p, nil, month("2023-03", "p/noi-vu")); err == nil || viet.Refusal(joinedOf(err)[0].(Refusal).Code, nil) == "" {
		t.Errorf("nobody reminds: %v", err)
	}
	rs := []Release{one(ReleaseEarly, "p/dai", "risk", "p/so"), one(ReleaseEarly, "p/dai", "missed", "p/so")}
	if !Released(rs, sts[0]) || Released(rs, sts[3]) || Released(rs, sts[1]) {
		t.Error("released: a warning is not a miss")
	}
}

func joinedOf(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}
