package report

import (
	"strings"
	"testing"

	"loa/schedule"
)

// TestReportShowsBothColumns: what units declare stands beside what was observed, in HTML and JSON; figures that
// the differences do not bear out are not printed.
func TestReportShowsBothColumns(t *testing.T) {
	in := world()
	claim := schedule.Claim{Kind: schedule.ClaimPiece, Title: "Bài chỉ đơn vị khai", Date: at("2023-03-09 00:00")}
	only := schedule.Dispute{Discrepancy: schedule.Discrepancy{ID: "x", Kind: schedule.ClaimedOnly, Claim: &claim, Reason: schedule.Reason{Code: "claim_only_unit"}}, State: schedule.Accepted,
		Acts: []schedule.DisputeAct{{Words: "đã xem trang", Actor: "Chuyên viên"}}}
	open := schedule.Dispute{Discrepancy: schedule.Discrepancy{ID: "y", Kind: schedule.ObservedOnly, Title: "Bài chỉ hệ thống thấy", Date: at("2023-03-10 08:00"), Reason: schedule.Reason{Code: "claim_only_seen"}}, State: schedule.AwaitsUnit}
	gone := schedule.Dispute{Discrepancy: schedule.Discrepancy{ID: "z", Title: "Nay đã khớp", Reason: schedule.Reason{Code: "claim_both"}}, State: schedule.AwaitsUnit, Gone: true}
	in.Declared = []schedule.DeclaredTally{{Agency: in.Plan.Agencies[0].ID, Period: "2023-03", Declared: 7, Observed: 5, Both: 4, Settled: 1, Accepted: 1, Open: 1, Disputes: []schedule.Dispute{only, open, gone}}}
	page := write(t, Formats()[0], Build(in))
	for _, s := range []string{"Số đơn vị khai và số hệ thống ghi nhận", `<td class="n">7</td><td class="n">5</td><td class="n">4</td><td class="n">1</td><td class="n">1</td><td class="n">1</td>`, "Bài chỉ đơn vị khai", "09/3/2023", "đã xem trang", "Bài chỉ hệ thống thấy", "Chờ đơn vị trả lời"} {
		if !strings.Contains(page, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if strings.Contains(page, "Nay đã khớp") {
		t.Error("what no longer differs is told")
	}
	if text := write(t, inFormat("json"), Build(in)); !strings.Contains(text, `"declared"`) || !strings.Contains(text, "only_unit") {
		t.Error("JSON says nothing of what was declared")
	}
	r := Build(in)
	r.Declared[0].Open = 0
	if err := Verify(r); err == nil || !strings.Contains(err.Error(), "declared by") {
		t.Errorf("a figure without its difference: %v", err)
	}
}
