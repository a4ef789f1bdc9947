package report

import (
	"fmt"
	"strings"
	"testing"

	"loa/schedule"
)

// lackLines are the lacks of a world in lines.
func lackLines(in Input) string {
	var out []string
	for _, u := range Lacks(in) {
		for _, l := range u.Lacks {
			out = append(out, fmt.Sprintf("%s %s %s %s %s %s", u.Owner, l.Kind, l.Quota, l.Period, l.Figure, l.What))
		}
		out = append(out, fmt.Sprintf("%s held %d", u.Owner, u.Held))
	}
	return strings.Join(out, "\n")
}

// TestLacks: what a letter may tell an owner is what was seen and is past its right of reply; a missing log is asked for, a
// blind source is nobody's fault but ours.
func TestLacks(t *testing.T) {
	in := world()
	got := lackLines(in) // 5 April: the month ended on 31 March, the right of reply runs until 5 April
	if strings.Contains(got, "mau/bao review") || strings.Contains(got, "mau/bao missed") {
		t.Errorf("within the right of reply the newspaper is told of March:\n%s", got)
	}
	if !strings.Contains(got, "mau/dai log B-D1") || !strings.Contains(got, "nhật ký phát sóng") {
		t.Errorf("the log that is missing is not asked for:\n%s", got)
	}
	in.Now = at("2023-04-12 08:00")
	got = lackLines(in)
	for _, want := range []string{"mau/bao review A-6.1 tháng 3/2023 1/2 kỳ chuyên mục", "mau/so-b review A-4"} {
		if !strings.Contains(got, want) {
			t.Errorf("no «%s» in:\n%s", want, got)
		}
	}
	for _, never := range []string{"mau/so-c review A-4", "mau/so-c missed", "mau/so-c running"} { // its site could not be read
		if strings.Contains(got, never) {
			t.Errorf("«%s» in:\n%s", never, got)
		}
	}
	if strings.Contains(got, " missed ") {
		t.Errorf("nobody confirmed anything:\n%s", got)
	}
	for i, s := range in.Evaluation.Standings {
		if s.Quota == "A-6.1" && s.Period == "2023-03" {
			in.Evaluation.Standings[i].Confirmed = true
		}
	}
	if got = lackLines(in); !strings.Contains(got, "mau/bao missed A-6.1") {
		t.Errorf("the confirmed miss is not told:\n%s", got)
	}
	for i, s := range in.Evaluation.Standings {
		if s.Quota == "A-6.1" {
			in.Evaluation.Standings[i].Reasons = append([]schedule.Reason{{Code: "shadow"}}, s.Reasons...)
		}
	}
	if got = lackLines(in); strings.Contains(got, "A-6.1") {
		t.Errorf("what is being tried out is told:\n%s", got)
	}
}

// TestLacksOfARunningPeriod: while a period runs only what can still be met is told, with until when.
func TestLacksOfARunningPeriod(t *testing.T) {
	s := small()
	s.now = at("2023-03-24 10:00")
	s.evidence = s.evidence[:1] // one instalment, nothing else
	in := s.input()
	found := false
	for _, u := range Lacks(in) {
		for _, l := range u.Lacks {
			if l.Kind == LackRunning {
				found = true
				if l.Save.Before(in.Now) || l.Figure == "" {
					t.Errorf("%s %+v", u.Owner, l)
				}
			}
			if u.Owner == "mau/bao" && l.Kind != LackRunning {
				t.Errorf("%s is told as %s while its month runs", l.Quota, l.Kind)
			}
		}
	}
	if !found {
		t.Errorf("nothing that can still be met is told:\n%s", lackLines(in))
	}
}

// TestSilentUnits: a unit without a piece is listed with whether that is known.
func TestSilentUnits(t *testing.T) {
	var got []string
	for _, u := range SilentUnits(world()) {
		got = append(got, u.Owner+" "+string(u.Level)+" "+u.Word())
	}
	if fmt.Sprint(got) != "[mau/so-b department chưa ghi nhận mau/so-c department chưa đủ dữ liệu]" {
		t.Errorf("%q", got)
	}
}
