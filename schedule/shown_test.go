package schedule

import "testing"

// TestPointed: a word points at one period of each quota and owner; only what
// was closed, confirmed or exempted is settled, and nothing that is being tried.
func TestPointed(t *testing.T) {
	now := at("2023-02-10 12:00")
	closed := []Reason{{Code: "closed"}}
	st := func(quota, period, from, to string, s State, confirmed bool, why []Reason) Standing {
		return Standing{Quota: quota, Owner: "mau/a", Period: period, Start: at(from), End: at(to), State: s, Confirmed: confirmed, Reasons: why}
	}
	sts := []Standing{
		st("Q", "1", "2023-01-02", "2023-01-09", Met, false, closed),
		st("Q", "3", "2023-01-16", "2023-01-23", Missed, false, nil),
		st("Q", "2", "2023-01-09", "2023-01-16", Missed, true, nil),
		st("Q", "5", "2023-02-06", "2023-02-13", Open, false, nil),
		st("Q", "6", "2023-02-13", "2023-02-20", Open, false, nil),
		st("R", "1", "2023-01-02", "2023-02-01", Met, false, append([]Reason{{Code: "shadow"}}, closed...)),
		st("S", "1", "2023-01-02", "2023-02-01", Exempt, false, nil),
	}
	for word, want := range map[string]string{CurrentPeriod: "Q5 ", LastPeriod: "Q3 R1 S1 ", SettledPeriod: "Q2 S1 "} {
		got := ""
		for _, s := range Pointed(sts, word, now) {
			got += s.Quota + s.Period + " "
		}
		if got != want {
			t.Errorf("%s points at %q, want %q", word, got, want)
		}
	}
}
