package schedule

import (
	"strings"
	"testing"

	"loa/viet"
)

// TestRefusalsHaveSentences: everything CheckDecision says is a Refusal whose
// code has a Vietnamese sentence.
func TestRefusalsHaveSentences(t *testing.T) {
	const once = "2022-12-30..2023-01-30"
	codes := map[string]bool{}
	for _, d := range []Decision{
		decide(ConfirmMissed, "B-D1", "mau/dai", "2023-W03", "2023-01-22 23:00", func(d *Decision) { d.Actor, d.Plan = "", "x" }),
		decide(ConfirmMissed, "B-D9", "mau/dai", "2023-W03", "2023-01-23"),
		decide(ConfirmMissed, "B-D1", "mau/bao", "2023-W03", "2023-01-23"),
		decide(ConfirmMissed, "B-D1", "mau/dai", "", "2023-04-23"),
		decide(ExemptKind, "B-D1", "mau/dai", "2023-03", "2023-01-23"),
		decide(Attest, "B-A1", "mau/so-a", once, "2023-01-23"),
		decide(Attest, "B-A1", "mau/so-a", once, "2023-01-23", dated("2023-01-24")),
		decide(Attest, "B-D1", "mau/dai", "2023-W03", "2023-01-23", dated("2023-01-20")),
		decide(Strike, "B-D1", "mau/dai", "2023-W03", "2023-01-23", func(d *Decision) { d.Reason = "" }),
		decide("praise", "B-D1", "mau/dai", "2023-W03", "2023-01-23"),
	} {
		err := CheckDecision(world(), d)
		many, ok := err.(interface{ Unwrap() []error })
		if !ok {
			t.Fatalf("%+v: %v", d, err)
		}
		for _, one := range many.Unwrap() {
			r, ok := one.(Refusal)
			if !ok {
				t.Fatalf("%v is no Refusal", one)
			}
			codes[r.Code] = true
			if s := viet.Refusal(r.Code, r.Args); s == "" || strings.Contains(s, "mã «"+r.Code+"»") {
				t.Errorf("%s: %q", r.Code, s)
			}
		}
	}
	for _, c := range []string{"other_plan", "no_actor", "no_quota", "no_owner", "no_period", "not_over", "not_attestable", "no_date", "future", "no_paper", "no_evidence", "no_reason", "no_act"} {
		if !codes[c] {
			t.Errorf("nothing was refused for %s", c)
		}
	}
}
