package report

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// TestProgramsGetWhatThePaperShows: JSON and CSV of a paper that goes out, and the list of evidence of its workbook, name no unit
// that the paper does not name, and count what it counts; the internal table carries all.
func TestProgramsGetWhatThePaperShows(t *testing.T) {
	in := rich()
	in.Now = at("2023-04-03 08:00") // within the right of reply
	units := []string{"Sở A", "Sở C", "mau/so-a", "mau/so-c"}
	csv := func(raw string) (rows int) { return strings.Count(raw, "\r\n") - 1 }
	whole := Build(in)
	for _, name := range units {
		if !strings.Contains(write(t, inFormat("json"), on(whole, Internal)), name) {
			t.Fatalf("the internal table does not name %s", name)
		}
	}
	for _, shown := range []bool{false, true} {
		in.Shown.Units = shown
		r := on(Build(in), Supply)
		raw, table := write(t, inFormat("json"), r), write(t, inFormat("csv"), r)
		evidence := structure(t, inFormat("xlsx"), write(t, inFormat("xlsx"), r))
		paper := docxText(t, write(t, inFormat("docx"), r))
		for _, name := range units[:2] {
			told := regexp.MustCompile(regexp.QuoteMeta(name) + `\b`)
			for format, text := range map[string]string{"JSON": raw, "CSV": table, "XLSX": evidence} {
				if told.MatchString(text) && !told.MatchString(paper) {
					t.Errorf("units shown %t: %s names %s, the paper does not: %q", shown, format, name, regexp.MustCompile(`.{0,300}`+regexp.QuoteMeta(name)+`\b.{0,80}`).FindString(text))
				}
			}
		}
		if !shown {
			for _, id := range units[2:] {
				if strings.Contains(raw, `"`+id+`"`) || strings.Contains(table, id) {
					t.Errorf("%s is named by its id", id)
				}
			}
		}
		for _, own := range []string{`"actor": "`, `"first_of"`, `"differences"`} { // who said what inside the house
			for _, line := range strings.Split(raw, "\n") {
				if strings.Contains(line, own) && !strings.Contains(line, `"actor": ""`) {
					t.Errorf("what goes out carries %s", strings.TrimSpace(line))
				}
			}
		}
		var j struct {
			ByPlan, Reference Tally
			Duties            []struct {
				Tally Tally
				Rows  []struct {
					InProgress bool `json:"in_progress"`
					Shadow     bool
					Statistics bool `json:"counted_only"`
					Measures   []any
				}
			}
		}
		if err := json.Unmarshal([]byte(raw), &j); err != nil {
			t.Fatal(err)
		}
		lines := 0
		for i, d := range j.Duties {
			n := 0
			for _, row := range d.Rows {
				lines += max(1, len(row.Measures))
				if row.Shadow {
					t.Errorf("a level that is being tried goes out")
				}
				if !row.InProgress && !row.Statistics {
					n++
				}
			}
			if n != d.Tally.Total() {
				t.Errorf("duty %d: %d rows, %d tallied", i, n, d.Tally.Total())
			}
		}
		if got := csv(table); got != lines {
			t.Errorf("CSV has %d lines, JSON %d", got, lines)
		}
		out := r.on(Supply)
		if again := out.carried(); again.ByPlan != out.ByPlan || again.Reference != out.Reference || len(again.Regulars) != len(out.Regulars) {
			t.Error("a figure of the paper changed")
		} else {
			for i, g := range again.Regulars {
				if w := out.Regulars[i]; len(g.Zero) != len(w.Zero) || len(g.Unknown) != len(w.Unknown) || len(g.PerOwner) != len(w.PerOwner) || g.Pieces != w.Pieces {
					t.Errorf("%s: a count changed", g.Quota)
				}
			}
		}
	}
	if raw := write(t, inFormat("json"), on(whole, Internal)); !strings.Contains(raw, `"items": [`) || len(whole.Items) == 0 {
		t.Error("the internal table lost its items")
	}
}
