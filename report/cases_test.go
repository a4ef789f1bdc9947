package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/schedule"
)

// TestReportListsItsCases: cases of rows told here are listed, in HTML; the
// JSON keeps its keys.
func TestReportListsItsCases(t *testing.T) {
	in := world()
	_, before := written(t, in)
	act := func(id string, seq int, a schedule.CaseAct) schedule.CaseAct {
		a.Plan, a.Case, a.Seq, a.Actor, a.At = in.Plan.ID, id, seq, "Chuyên viên", at("2023-03-14 09:00")
		return a
	}
	miss := func(week string) []schedule.Miss { return []schedule.Miss{{Quota: "B-D1", Period: week, Short: 1}} }
	var err error
	in.Cases, err = schedule.Cases([]schedule.CaseAct{
		act("PB-01", 1, schedule.CaseAct{Kind: schedule.CaseOpen, Owner: "mau/dai", Misses: miss("2023-W10"), Reason: "too_short"}),
		act("PB-01", 2, schedule.CaseAct{Kind: schedule.CasePropose, Pledge: &schedule.Pledge{Channel: "th", Start: at("2023-03-15 20:00"), Length: 20 * time.Minute}}),
		act("PB-02", 3, schedule.CaseAct{Kind: schedule.CaseOpen, Owner: "mau/dai", Misses: miss("2023-W30"), Reason: "live"}),
		act("PB-03", 4, schedule.CaseAct{Kind: schedule.CaseOpen, Owner: "mau/dai", Misses: miss("2023-W11"), Reason: "live"}),
		act("PB-03", 5, schedule.CaseAct{Kind: schedule.CasePreempt, Document: "19/PTTH"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	html, after := written(t, in)
	for _, s := range []string{"Phát bù</h2>", "PB-01", "Phát nhưng không đủ thời lượng", "20h00 ngày 15/3/2023", "PB-03", "theo 19/PTTH"} {
		if !strings.Contains(html, s) && !strings.Contains(html, strings.ToLower(s[:1])+s[1:]) {
			t.Errorf("does not say %q", s)
		}
	}
	if strings.Contains(html, "PB-02") {
		t.Error("a case of another period is listed")
	}
	if before != after {
		t.Error("the JSON changed its keys")
	}
}

// written is a report as HTML, and the keys of its JSON.
func written(t *testing.T, in Input) (html, keys string) {
	t.Helper()
	r := Build(in)
	var h, j bytes.Buffer
	for i, to := range []*bytes.Buffer{&h, &j} {
		if err := inFormat([]string{"html", "json"}[i]).Write(to, r); err != nil {
			t.Fatal(err)
		}
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(j.Bytes(), &top); err != nil {
		t.Fatal(err)
	}
	return h.String(), strings.Join(slices.Sorted(maps.Keys(top)), " ")
}
