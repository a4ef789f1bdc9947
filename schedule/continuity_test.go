package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule/calendar"
)

// numberedRuns are first runs at 20:00 of "2023-03-08 Số 10", the last word "@day" when it was recorded.
func numberedRuns(lines ...string) []media.Evidence {
	var out []media.Evidence
	for i, l := range lines {
		day, title, _ := strings.Cut(l, " ")
		title, seen, late := strings.Cut(title, "@")
		e := airing(day+" 20:00", 16, func(a *media.Airing) { a.Title, a.EpisodeID, a.ID = strings.TrimSpace(title), "", fmt.Sprint("a", i) })
		e.ID, e.Column, e.Title = e.Airing.ID, "chung-tay", title
		e.Seen = e.At.AddDate(0, 0, 4)
		if late {
			e.Seen = at(seen)
		}
		out = append(out, e)
	}
	return out
}

func breakWords(b Break) string {
	a := b.Reason.Args
	out := b.At.In(calendar.Zone).Format("02/01 ") + b.Reason.Code
	for _, k := range []string{"first", "last", "n", "after", "title", "other", "weeks", "step", "unseen"} {
		if v, ok := a[k]; ok {
			out += fmt.Sprintf(" %s %v", k, v)
		}
	}
	return out
}

func TestContinuity(t *testing.T) {
	covered := seen("log:tv", "2022-01-01", "2024-01-01")
	for name, c := range map[string]struct {
		ev   []media.Evidence
		obs  Observation
		want []string
	}{
		"as it should be": {numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 10", "2023-03-15 Số 11"), covered, nil},
		"a number is skipped though every week has its broadcast": {numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 10", "2023-03-15 Số 12"), covered,
			[]string{"15/03 number_skipped first 11 last 11 after 12"}},
		"three are":                      {numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 13"), covered, []string{"08/03 number_skipped first 10 last 12 after 13"}},
		"one without a number may be it": {numberedRuns("2023-03-01 Số 9", "2023-03-08 Một cửa", "2023-03-15 Số 11"), covered, nil},
		"no log of the days between":     {numberedRuns("2023-03-01 Số 9", "2023-03-15 Số 11"), seen("log:tv", "2023-01-01", "2023-03-06"), []string{"15/03 number_skipped first 10 last 10 after 11 unseen 1"}},
		"back, and on": {numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 1", "2023-03-15 Số 10"), covered,
			[]string{"08/03 number_back n 1 after 9"}},
		"numbered anew in the year": {numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 1", "2023-03-15 Số 2", "2023-03-22 Số 3"), covered,
			[]string{"08/03 number_back n 1 after 9"}},
		"two titles": {numberedRuns("2023-03-01 Số 9: Một cửa", "2023-03-08 Số 9: Công vụ", "2023-03-15 Số 10"), covered,
			[]string{"08/03 number_double n 9 title Số 9: Một cửa other Số 9: Công vụ"}},
		"the same production again":        {numberedRuns("2023-03-01 Số 9: Một cửa", "2023-03-08 Số 09: Một cửa", "2023-03-15 Số 10"), covered, nil},
		"a new year":                       {numberedRuns("2022-12-21 Số 51", "2022-12-28 Số 52", "2023-01-04 Số 1", "2023-01-11 Số 2"), covered, nil},
		"a new year, its first is missing": {numberedRuns("2022-12-28 Số 52", "2023-01-04 Một cửa", "2023-01-11 Số 03"), covered, []string{"11/01 number_skipped first 1 last 1 after 3"}},
		"numbers with years":               {numberedRuns("2022-12-28 Số 52/2022", "2023-01-04 Số 01/2023", "2023-01-11 Số 53/2022"), covered, []string{"11/01 number_back n 53 after 1"}},
		"on through the new year":          {numberedRuns("2022-12-28 Số 52", "2023-01-04 Số 53", "2023-01-11 Số 55"), covered, []string{"11/01 number_skipped first 54 last 54 after 55"}},
		"recorded after its successor": {numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 10 @2023-04-01", "2023-03-15 Số 11"), covered,
			[]string{"08/03 number_late n 10 after 11"}},
		"a week of a weekly column": {numberedRuns("2023-02-01 a", "2023-02-08 b", "2023-02-15 c", "2023-02-22 d", "2023-03-08 e"), covered,
			[]string{"08/03 week_skipped weeks [tuần 9 (27/02–05/3/2023)]"}},
		"without its log": {numberedRuns("2023-02-01 a", "2023-02-08 b", "2023-02-15 c", "2023-02-22 d", "2023-03-08 e"), seen("log:tv", "2023-01-01", "2023-03-01"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			slices.Reverse(c.ev) // in whatever order
			var got []string
			for _, b := range Continuity(world(), c.ev, c.obs, Span{at("2022-12-01"), at("2024-01-01")}) {
				got = append(got, breakWords(b))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestContinuityOfPrint: a column in a daily paper skips as many issues as it
// usually does; two days of one issue are a slip.
func TestContinuityOfPrint(t *testing.T) {
	print := func(day, issue string) media.Evidence {
		return media.Evidence{ID: day + issue, Kind: media.EvPrint, Agency: "mau/bao", Column: "cchc", At: at(day), Precision: media.ToDay, Seen: at("2023-05-01"), Document: issue, Title: "Bài " + day}
	}
	obs := seen(RegisterSource(media.RegPrint, "mau/bao"), "2023-01-01", "2023-05-01")
	ev := []media.Evidence{print("2023-03-01", "Số 6100"), print("2023-03-08", "Số 6105"), print("2023-03-15", "6110"), print("2023-03-22", "Số 6115"), print("2023-03-29", "Số 6125"),
		print("2023-04-05", "Số 6130"), print("2023-04-06", "Số 6130")}
	var got []string
	for _, b := range Continuity(world(), ev, obs, Span{at("2023-01-01"), at("2024-01-01")}) {
		got = append(got, breakWords(b))
	}
	want := []string{"29/03 number_skipped first 6120 last 6120 after 6125 step 5", "06/04 number_double n 6130 title 05/4/2023 other 06/4/2023"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := Continuity(world(), ev[:3], obs, Span{at("2023-01-01"), at("2024-01-01")}); len(got) != 0 {
		t.Errorf("three issues make a habit: %+v", got)
	}
}

// TestContinuitySeries: channels do not mix, nor do repeats and other columns count.
func TestContinuitySeries(t *testing.T) {
	ev := numberedRuns("2023-03-01 Số 9", "2023-03-08 Số 10", "2023-03-15 Số 11")
	radio := numberedRuns("2023-03-02 Số 9", "2023-03-16 Số 11")
	for i := range radio {
		radio[i].ID += "fm"
		radio[i].Airing.Channel = "fm"
	}
	repeat := numberedRuns("2023-03-17 Số 4")
	repeat[0].ID, repeat[0].Airing.FirstRun = "pl", false
	other := numberedRuns("2023-03-18 Số 99")
	other[0].ID, other[0].Column = "khac", "thue"
	all := slices.Concat(ev, radio, repeat, other)
	got := Continuity(world(), all, seen(), Span{at("2023-01-01"), at("2024-01-01")})
	if len(got) != 1 || got[0].Channel != "fm" || got[0].Reason.Code != "number_skipped" || got[0].Before.At != at("2023-03-02 20:00") {
		t.Errorf("got %+v", got)
	}
	if got := Continuity(world(), all, seen(), Span{at("2023-03-17"), at("2024-01-01")}); len(got) != 0 {
		t.Errorf("what lies before is told: %+v", got)
	}
}
