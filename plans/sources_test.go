package plans

import (
	"os"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// The rule in force is that of the day; outside all spans it is the single one.
func TestDatedRulesOfASource(t *testing.T) {
	p, pos, problems := Load(province(t, nil), "thu/2024")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var src media.Source
	for _, s := range p.Sources {
		if s.ID == "thu/so-niem-yet" {
			src = s
		}
	}
	day := func(s string) time.Time {
		d, err := time.ParseInLocation(time.DateOnly, s, calendar.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for at, want := range map[string]media.Rule{
		"2024-01-31": {DateFormat: "d/M/yyyy | h:mm:ss tt", Zone: "+07:00"},
		"2024-02-01": {Body: ".cu"},
		"2024-05-31": {Body: ".cu"},
		"2024-06-01": {Body: ".moi", Zone: "Asia/Ho_Chi_Minh"},
		"2030-06-01": {Body: ".moi", Zone: "Asia/Ho_Chi_Minh"},
	} {
		if got := src.RuleAt(day(at)); got != want {
			t.Errorf("on %s: %+v, want %+v", at, got, want)
		}
		want.Now = day(at)
		if got := src.At(day(at)).Rule; got != want {
			t.Errorf("as read on %s: %+v, want %+v", at, got, want)
		}
	}
	raw, err := os.ReadFile("testdata/good/sources.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := pos.Of("sources/thu/so-niem-yet/rules/1/rule/body").Line; got != lineOf(string(raw), "body: .moi") {
		t.Errorf("the second rule's body is on line %d", got)
	}
}

// lineOf is the number of the first line that holds the words.
func lineOf(text, words string) int {
	n := 1
	for i := range text {
		if text[i] == '\n' {
			n++
		}
		if len(text)-i >= len(words) && text[i:i+len(words)] == words {
			return n
		}
	}
	return 0
}
