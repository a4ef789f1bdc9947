package schedule

import (
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

func keeping(days, notice int) *Plan {
	p := world()
	p.Retention = []Retention{{Agency: "mau/dai", Days: days, Notice: notice, Basis: "Điều 52 Luật Báo chí 2016"}}
	return p
}

func noticeWords(n Notice) string {
	day := func(t time.Time) string { return t.In(calendar.Zone).Format("02/01") }
	out := n.Channel + " " + day(n.Start)
	if !n.To.IsZero() {
		out += "–" + day(n.To.Add(-second))
	}
	return out + " until " + day(n.Last) + " " + day(n.Whole) + " " + string(n.Claimed)
}

func noticesAt(p *Plan, obs Observation, aired []media.Airing, now string) []string {
	t := at(now)
	var out []string
	for _, n := range Notices(p, Reconcile(p, obs, aired, Span{t.AddDate(0, 0, -60), t}, t), obs, t) {
		out = append(out, noticeWords(n))
	}
	return out
}

// TestNotices: the days are those of the alert wanted for 16/02/2023: noticed from
// day 23, to be asked for until the end of 18/3.
func TestNotices(t *testing.T) {
	p := keeping(30, 23)
	obs := seen("log:tv", "2023-01-01", "2023-02-16", "log:tv", "2023-02-17", "2023-03-27")
	obs.Planned = []media.Planned{line("2023-02-16 20:00", 20), line("2023-02-15 20:00", 20)} // that of the 15th is in a log that has it not: dropped, no matter of proof
	for now, want := range map[string][]string{
		"2023-03-10 23:59": nil,
		"2023-03-11 00:00": {"tv 16/02–16/02 until 18/03 18/03 ", "tv 16/02 until 18/03 18/03 D"},
		"2023-03-18 23:59": {"tv 16/02–16/02 until 18/03 18/03 ", "tv 16/02 until 18/03 18/03 D"},
		"2023-03-19 00:00": nil,
	} {
		if got := noticesAt(p, obs, nil, now); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", now, got, want)
		}
	}
	// A log that comes ends it; an upload is no log.
	obs.Uploads = []media.Upload{{ID: "u", Channel: "tv", Column: "chung-tay", Title: "Chung tay CCHC ngày 16/02/2023", At: at("2023-02-18 08:00"), Precision: media.ToMinute}}
	if got := noticesAt(p, obs, nil, "2023-03-12"); len(got) != 2 {
		t.Errorf("with an upload: %q", got)
	}
	obs.Planned = nil
	if got := noticesAt(p, obs, nil, "2023-03-14"); !slices.Contains(got, "tv 16/02 until 18/03 18/03 C") || len(got) != 2 { // the title says when it was
		t.Errorf("an upload alone: %q", got)
	}
	obs.Spans["log:tv"] = []Span{{at("2023-01-01"), at("2023-03-27")}}
	if got := noticesAt(p, obs, nil, "2023-03-12"); got != nil {
		t.Errorf("with the log: %q", got)
	}
	// A list of uploads that was taken for the log proves nothing.
	obs.Uploads, obs.Proven = nil, map[string][]Span{"tv": {{at("2023-01-01"), at("2023-02-16")}, {at("2023-02-17"), at("2023-03-27")}}}
	listed := logOf("2023-02-16 20:00 16")
	listed[0].Grade = media.GradeC
	if got, want := noticesAt(p, obs, listed, "2023-03-12"), []string{"tv 16/02–16/02 until 18/03 18/03 ", "tv 16/02 until 18/03 18/03 C"}; !slices.Equal(got, want) {
		t.Errorf("an upload list: %q, want %q", got, want)
	}
	// The radio's log is needed by no duty; without the rule there is no notice.
	bare := seen()
	if got := noticesAt(p, bare, nil, "2023-03-12"); len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return s[:2] == "fm" }) {
		t.Errorf("no log at all: %q", got)
	}
	p.Retention[0].To = at("2023-02-10")
	if got := noticesAt(p, bare, nil, "2023-03-12"); got != nil {
		t.Errorf("the rule held until 9/2: %q", got)
	}
}

// TestUnloggedWeeks: days without a log are told by weeks; of a week that is
// deleted day by day what is left.
func TestUnloggedWeeks(t *testing.T) {
	p := keeping(30, 20)
	obs := seen("log:tv", "2023-02-08", "2023-02-09", "log:tv", "2023-02-20", "2023-04-01")
	want := []string{"tv 09/02–12/02 until 11/03 14/03 ", "tv 13/02–19/02 until 15/03 21/03 "} // the 19th is due a day later, and told with its week
	if got := noticesAt(p, obs, nil, "2023-03-10 08:00"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	obs = seen("log:tv", "2023-01-01", "2023-02-13", "log:tv", "2023-02-14", "2023-02-16", "log:tv", "2023-02-18", "2023-02-20") // none of the 13th, 16th, 17th, nor since the 20th
	for now, want := range map[string][]string{
		"2023-03-04 08:00": nil,
		"2023-03-05 08:00": {"tv 13/02–13/02 until 15/03 15/03 ", "tv 16/02–17/02 until 18/03 19/03 "},
	} {
		if got := noticesAt(p, obs, nil, now); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", now, got, want)
		}
	}
}

// TestRetentionOfStandings: the weeks concerned tell it, and no other.
func TestRetentionOfStandings(t *testing.T) {
	p := keeping(30, 23)
	obs := seen("log:tv", "2023-01-01", "2023-02-13", "log:tv", "2023-02-20", "2023-03-12")
	obs.Planned = []media.Planned{line("2023-02-15 20:00", 20)}
	now := at("2023-03-12 08:00")
	m := Match(p, nil, nil, tet())
	for _, s := range Stand(p, m, obs, nil, tet(), now) {
		got := slices.DeleteFunc(codes(s.Reasons), func(c string) bool { return c != "retention_run" && c != "retention_days" })
		switch {
		case s.Quota == "B-D1" && s.Period == "2023-W07":
			if want := []string{"retention_days", "retention_run"}; !slices.Equal(got, want) || s.State != Insufficient {
				t.Errorf("%s: %q, want %q", s.Period, got, want)
			}
		case len(got) > 0:
			t.Errorf("%s %s tells %q", s.Quota, s.Period, got)
		}
	}
	ds := []Decision{decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W07", "2023-03-01")}
	for _, s := range Stand(p, m, obs, ds, tet(), now) {
		if s.Confirmed && slices.Contains(codes(s.Reasons), "retention_days") {
			t.Error("a miss that is confirmed asks for recordings")
		}
	}
}
