package store_test

import (
	"errors"
	"slices"
	"strings"
	gosync "sync"
	"testing"

	"loa/report"
	"loa/store"
)

// TestPapers: the last note of a section stands and its history with it; a paper is issued once for a revision, as it was seen,
// and a later revision is a draft again.
func TestPapers(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		of := report.PaperOf{Plan: "tinh/2023", Period: "2023-03@14", Paper: report.Supply}
		note := func(section, text string, day int) {
			t.Helper()
			if err := s.AddPaperNote(ctx, of, report.Note{Section: section, Text: text, Actor: "Chuyên viên", At: on(3, day)}); err != nil {
				t.Fatal(err)
			}
		}
		note("bao-chi", "Báo có số đặc biệt.", 16)
		note("bao-chi", "Báo có 02 số đặc biệt.", 17)
		note("bao-chi", "Báo có 02 số đặc biệt.", 17) // said already
		note("du-lieu", "Thiếu nhật ký.", 17)
		note("du-lieu", "", 18)
		if err := s.SetPaperShown(ctx, of, report.Shown{Units: true}, "Chuyên viên", on(3, 18)); err != nil {
			t.Fatal(err)
		}
		other := of
		other.Paper = report.Account
		if err := s.AddPaperNote(ctx, other, report.Note{Section: "ket-qua", Text: "Khác.", Actor: "Chuyên viên", At: on(3, 18)}); err != nil {
			t.Fatal(err)
		}
		d := must(s.PaperDraft(ctx, of, 0))
		if d.Acts != 5 || len(d.Notes) != 1 || d.Notes[0].Text != "Báo có 02 số đặc biệt." || len(d.History) != 4 || d.Shown != (report.Shown{Units: true}) || d.ShownBy != "Chuyên viên" || !d.ShownAt.Equal(on(3, 18)) {
			t.Errorf("%+v", d)
		}
		if d := must(s.PaperDraft(ctx, of, 3)); len(d.Notes) != 2 || d.Shown.Units || d.Acts != 3 {
			t.Errorf("as of act 3: %+v", d)
		}
		for _, bad := range []report.Note{{}, {Section: "x", Actor: "A"}, {Section: "x", At: on(3, 1)}, {Actor: "A", At: on(3, 1)}} {
			if s.AddPaperNote(ctx, of, bad) == nil {
				t.Errorf("%+v is taken", bad)
			}
		}
		signed, docx := strings.Repeat("a", 64), strings.Repeat("b", 64)
		issue := report.IssuedPaper{PaperOf: of, Issued: report.Issued{Number: "45/STTTT-TTBCXB", Date: on(3, 20), File: signed}, Revision: 1, Dataset: "d1", Acts: 5, FileName: "đã ký.pdf",
			At: on(3, 20), Actor: "Chuyên viên", Files: []report.IssuedFile{{Format: "docx", Hash: docx, Size: 9}, {Format: "pdf", Hash: strings.Repeat("c", 64), Size: 7}}}
		if err := s.IssuePaper(ctx, issue); !errors.Is(err, store.ErrPaperMoved) {
			t.Error("issued of a period that is not closed:", err)
		}
		if err := s.PutClosing(ctx, closing(1, "d1", on(3, 19))); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*report.IssuedPaper){
			"another dataset": func(p *report.IssuedPaper) { p.Dataset = "d2" }, "a note unseen": func(p *report.IssuedPaper) { p.Acts = 4 }, "a revision to come": func(p *report.IssuedPaper) { p.Revision = 2 },
		} {
			x := issue
			if change(&x); !errors.Is(s.IssuePaper(ctx, x), store.ErrPaperMoved) {
				t.Errorf("%s is issued", name)
			}
		}
		for name, change := range map[string]func(*report.IssuedPaper){
			"no number": func(p *report.IssuedPaper) { p.Number = "" }, "no file": func(p *report.IssuedPaper) { p.File = "" }, "no formats": func(p *report.IssuedPaper) { p.Files = nil },
		} {
			x := issue
			if change(&x); s.IssuePaper(ctx, x) == nil {
				t.Errorf("%s: issued", name)
			}
		}
		// Two at once: one is issued.
		var all gosync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			all.Go(func() {
				x := issue
				x.Number = []string{"45/STTTT-TTBCXB", "46/STTTT-TTBCXB"}[i]
				errs[i] = s.IssuePaper(ctx, x)
			})
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), store.ErrIssued) {
			t.Errorf("two at once: %v", errs)
		}
		if err := s.IssuePaper(ctx, issue); !errors.Is(err, store.ErrIssued) {
			t.Error("issued again:", err)
		}
		// The report of the closing itself: once, and only of what is closed.
		whole := []report.IssuedFile{{Format: "json", Hash: strings.Repeat("d", 64), Size: 5}, {Format: "pdf", Hash: strings.Repeat("e", 64), Size: 6}}
		if s.FreezeReport(ctx, of.Plan, of.Period, 2, whole) == nil || s.FreezeReport(ctx, of.Plan, of.Period, 1, nil) == nil {
			t.Error("a report is frozen of a revision that is none, or without files")
		}
		if got := must(s.FrozenReport(ctx, of.Plan, of.Period, 1)); got != nil {
			t.Errorf("frozen before: %+v", got)
		}
		for _, files := range [][]report.IssuedFile{whole, {{Format: "json", Hash: strings.Repeat("f", 64), Size: 1}}} { // the first stays
			if err := s.FreezeReport(ctx, of.Plan, of.Period, 1, files); err != nil {
				t.Fatal(err)
			}
		}
		if got := must(s.FrozenReport(ctx, of.Plan, of.Period, 1)); !slices.Equal(got, whole) {
			t.Errorf("frozen: %+v", got)
		}
		if u := must(s.KeptUses(ctx, whole[0].Hash)); len(u) != 1 || u[0].Kind != "paper" {
			t.Errorf("a frozen report is held by %+v", u)
		}
		note("bao-chi", "Sau khi ban hành.", 21)
		got := must(s.IssuedPapers(ctx, of.Plan, of.Period))
		if len(got) != 1 || len(got[0].Files) != 2 || got[0].Files[0] != issue.Files[0] || got[0].File != signed || !got[0].Date.Equal(on(3, 20)) || got[0].Acts != 5 || got[0].FileName != "đã ký.pdf" {
			t.Errorf("%+v", got)
		}
		if d := must(s.PaperDraft(ctx, of, got[0].Acts)); d.Notes[0].Text != "Báo có 02 số đặc biệt." {
			t.Errorf("the note of then: %+v", d.Notes)
		}
		for _, sha := range []string{signed, docx} {
			if u := must(s.KeptUses(ctx, sha)); len(u) != 1 || u[0].Kind != "paper" {
				t.Errorf("%.8s is held by %+v", sha, u)
			}
			if must(s.Unkept(ctx))[sha].Kind != "paper" {
				t.Errorf("%.8s is nowhere, and nobody says so", sha)
			}
		}
		second := closing(2, "d2", on(4, 2))
		if err := s.PutClosing(ctx, second); err != nil {
			t.Fatal(err)
		}
		issue.Revision, issue.Dataset, issue.Acts, issue.Number = 2, "d2", 6, "60/STTTT-TTBCXB"
		if err := s.IssuePaper(ctx, issue); err != nil {
			t.Error("the restated revision:", err)
		}
		if got := must(s.IssuedPapers(ctx, of.Plan, "")); len(got) != 2 || got[0].Revision+got[1].Revision != 3 {
			t.Errorf("%+v", got)
		}
		if must(s.IssuedPapers(ctx, of.Plan, "2023-04")) != nil {
			t.Error("another period's")
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 100)) {
			if strings.HasPrefix(e.Kind, "report.") {
				kinds += e.Kind + " " + e.Before + ";"
			}
		}
		for _, want := range []string{"report.note ;", "report.note Báo có số đặc biệt.;", "report.shown ;", "report.issued ;", "report.issued 4"} {
			if !strings.Contains(kinds, want) {
				t.Errorf("no %q in %s", want, kinds)
			}
		}
		if _, err := s.VerifyEvents(ctx); err != nil {
			t.Error(err)
		}
	})
}
