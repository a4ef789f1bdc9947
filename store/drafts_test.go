package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/store"
)

// TestDrafts: a draft is its owner's until it is shared; a letter's number and the
// decision it is evidence by come together, once.
func TestDrafts(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		d := store.Draft{Plan: "tinh/2023", Kind: "suggestion", Owner: "tinh/bao", Title: "Gợi ý tháng 4", Made: day0, Actor: "Biên tập viên", Body: `{"n":1}`}
		id := must(s.AddDraft(ctx, d))
		if again := must(s.AddDraft(ctx, d)); again != id || id == "" {
			t.Errorf("twice: %q, %q", id, again)
		}
		letter := d
		letter.Kind, letter.Owner, letter.Made = "orient", "tinh/so-tttt", day0.Add(time.Hour)
		lid := must(s.AddDraft(ctx, letter))
		sees := func(agency string, others bool) string {
			var out []string
			for _, d := range must(s.Drafts(ctx, "tinh/2023", agency, others)) {
				out = append(out, d.Owner)
			}
			return strings.Join(out, " ")
		}
		if sees("tinh/bao", false) != "tinh/bao" || sees("tinh/so-tttt", true) != "tinh/so-tttt" || sees("tinh/dai", false) != "" {
			t.Errorf("before sharing: %q, %q, %q", sees("tinh/bao", false), sees("tinh/so-tttt", true), sees("tinh/dai", false))
		}
		got := must(s.Drafts(ctx, "tinh/2023", "tinh/bao", false))[0]
		got.Made = got.Made.In(zone)
		if d.ID = id; got != d {
			t.Errorf("%+v, want %+v", got, d)
		}
		if err := s.ShareDraft(ctx, id, "tinh/dai", "X", day0); !errors.Is(err, store.ErrNoDraft) {
			t.Errorf("another's draft shared: %v", err)
		}
		for range 2 {
			if err := s.ShareDraft(ctx, id, "tinh/bao", "Thư ký", day0.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if sees("tinh/so-tttt", true) != "tinh/so-tttt tinh/bao" || sees("tinh/dai", false) != "" {
			t.Errorf("after sharing: %q, %q", sees("tinh/so-tttt", true), sees("tinh/dai", false))
		}

		dec := schedule.Decision{Kind: schedule.Attest, Plan: "tinh/2023", Quota: "B-C1", Owner: "tinh/so-tttt", Period: "2023-Q1", At: day0.Add(48 * time.Hour), Actor: "Văn thư", Document: "12/STTTT", Date: day0.Add(24 * time.Hour)}
		issue := func(owner, number string) error { return s.IssueDraft(ctx, lid, owner, number, dec.Date, dec) }
		if err := issue("tinh/bao", "12/STTTT"); !errors.Is(err, store.ErrNoDraft) {
			t.Errorf("another's letter issued: %v", err)
		}
		if n := len(must(s.Decisions(ctx, "tinh/2023", time.Time{}))); n != 0 {
			t.Errorf("%d decisions of a letter without number", n)
		}
		bad := dec
		bad.Kind = ""
		if err := s.IssueDraft(ctx, lid, "tinh/so-tttt", "", dec.Date, bad); err == nil {
			t.Error("issued without a number")
		}
		for range 2 {
			if err := issue("tinh/so-tttt", "12/STTTT"); err != nil {
				t.Fatal(err)
			}
		}
		if err := issue("tinh/so-tttt", "13/STTTT"); !errors.Is(err, store.ErrIssued) {
			t.Errorf("issued twice: %v", err)
		}
		if ds := must(s.Decisions(ctx, "tinh/2023", time.Time{})); len(ds) != 1 || ds[0].Document != "12/STTTT" {
			t.Errorf("decisions %+v", ds)
		}
		if l := must(s.Drafts(ctx, "tinh/2023", "tinh/so-tttt", false))[0]; l.Number != "12/STTTT" || !l.Issued.Equal(dec.Date) {
			t.Errorf("%+v", l)
		}
		var kinds []string
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds = append(kinds, e.Kind)
		}
		if got := strings.Join(kinds, " "); got != "draft.added draft.added draft.shared decision.attest draft.issued" {
			t.Errorf("events: %s", got)
		}
		if err := s.ShareDraft(ctx, "none", "tinh/bao", "X", day0); !errors.Is(err, store.ErrNoDraft) {
			t.Errorf("%v", err)
		}
		if _, err := s.AddDraft(ctx, store.Draft{Plan: "p"}); err == nil {
			t.Error("took an empty draft")
		}
	})
}
