package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/store"
)

func TestDecisions(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		d := schedule.Decision{
			Kind: schedule.ConfirmMissed, Plan: "tinh/2023", Quota: "B-D1", Owner: "tinh/dai", Period: "2023-W10", At: day0, Actor: "Chuyên viên",
			Reason: "Không phát", Document: "12/SNV-CCHC", Date: day0.Add(-24 * time.Hour),
			Issuer: "Sở Nội vụ", Issued: day0.Add(-72 * time.Hour), File: strings.Repeat("ef", 32), FileName: "công văn 12.pdf", Grade: media.GradeC,
			None: true, Form: "integrated",
		}
		for range 2 {
			if err := s.AddDecision(ctx, d, "person"); err != nil {
				t.Fatal(err)
			}
		}
		later := d
		later.Kind, later.At, later.ID = schedule.ExemptKind, day0.Add(time.Hour), "mine"
		earlier := d
		earlier.At = day0.Add(-time.Hour)
		for _, d := range []schedule.Decision{later, earlier} {
			if err := s.AddDecision(ctx, d, "person"); err != nil {
				t.Fatal(err)
			}
		}
		ds := must(s.Decisions(ctx, "tinh/2023", time.Time{}))
		if len(ds) != 3 || !ds[0].At.Equal(earlier.At) || ds[2].ID != "mine" || ds[1].ID == "" {
			t.Fatalf("decisions: %+v", ds)
		}
		got := ds[1]
		got.ID, got.At, got.Date, got.Issued = "", got.At.In(zone), got.Date.In(zone), got.Issued.In(zone)
		if got != d {
			t.Errorf("decision %+v, want %+v", got, d)
		}
		if ds := must(s.Decisions(ctx, "tinh/2024", time.Time{})); len(ds) != 0 {
			t.Errorf("another plan's: %+v", ds)
		}
		ev := must(s.Events(ctx, 0, 99))
		if len(ev) != 3 || ev[0].Kind != "decision.confirm-missed" || ev[0].Subject != "tinh/2023 B-D1 tinh/dai 2023-W10" || ev[0].Actor != "Chuyên viên" ||
			!strings.Contains(ev[0].After, "12/SNV-CCHC") || !strings.Contains(ev[0].After, "công văn 12.pdf") {
			t.Errorf("events: %+v", ev)
		}
		for _, bad := range []schedule.Decision{{}, {Kind: schedule.Add, Plan: "p", At: day0}, {Kind: schedule.Add, Plan: "p", Actor: "a"}} {
			if err := s.AddDecision(ctx, bad, "person"); err == nil {
				t.Errorf("took %+v", bad)
			}
		}
	})
}

func TestPutKept(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		k := media.Kept{SHA256: strings.Repeat("ef", 32), At: day0, ContentType: "application/pdf", Size: 7}
		for range 2 {
			if err := s.PutKept(ctx, k); err != nil {
				t.Fatal(err)
			}
		}
		if lines := must(s.Digest(ctx)); len(lines) != 1 || !strings.HasPrefix(lines[0], "kept "+k.SHA256) {
			t.Errorf("digest: %q", lines)
		}
		if err := s.PutKept(ctx, media.Kept{}); err == nil {
			t.Error("kept nothing")
		}
	})
}

// The id of an act covers all that it says, and one without a paper keeps the
// id it always had.
func TestDecisionIDs(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		plain := schedule.Decision{Kind: schedule.Absent, Plan: "p", Quota: "B-C1", Owner: "tinh/so", Period: "2023-Q1", At: day0, Actor: "Chuyên viên",
			Reason: "Đã họp", Document: "03/BB", Date: day0}
		acts := []schedule.Decision{plain}
		for _, edit := range []func(*schedule.Decision){
			func(d *schedule.Decision) { d.Issuer = "x" }, func(d *schedule.Decision) { d.Issued = day0 }, func(d *schedule.Decision) { d.File = "x" },
			func(d *schedule.Decision) { d.FileName = "x" }, func(d *schedule.Decision) { d.Grade = "x" }, func(d *schedule.Decision) { d.None = true },
			func(d *schedule.Decision) { d.Form = "x" },
		} {
			d := plain
			edit(&d)
			acts = append(acts, d)
		}
		for _, d := range append(acts, acts...) {
			if err := s.AddDecision(ctx, d, "person"); err != nil {
				t.Fatal(err)
			}
		}
		ds := must(s.Decisions(ctx, "p", time.Time{}))
		old := media.Hash("decision", "absent", "p", "B-C1", "tinh/so", "2023-Q1", "", "Chuyên viên", "2023-03-06T01:00:00Z", "Đã họp", "03/BB", day0.Format(time.RFC3339))
		if len(ds) != len(acts) || !slices.ContainsFunc(ds, func(d schedule.Decision) bool { return d.ID == old }) {
			t.Errorf("%d decisions, want %d and one %s: %+v", len(ds), len(acts), old, ds)
		}
	})
}
