package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/store"
)

// TestDeclarations: editions follow each other and none is lost; who saw an older
// one is refused; what is declared is no evidence until it is accepted.
func TestDeclarations(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sha := strings.Repeat("ab", 32)
		d := schedule.Declaration{Plan: "tinh/2023", Agency: "tinh/bao", Period: "2023-03", Edition: 1, At: day0, Actor: "Văn thư", Via: "xlsx", File: sha, FileName: "bieu.xlsx",
			Claims: []schedule.Claim{{Kind: schedule.ClaimPiece, Title: "Tin chưa ai thấy", Date: on(3, 9), URL: "http://a.example/1", File: strings.Repeat("cd", 32)}}}
		for range 2 {
			if err := s.AddDeclaration(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		other := d
		other.Claims = nil
		if err := s.AddDeclaration(ctx, other); !errors.Is(err, store.ErrDeclarationMoved) {
			t.Errorf("another first edition: %v", err)
		}
		far := d
		far.Edition = 3
		if err := s.AddDeclaration(ctx, far); !errors.Is(err, store.ErrDeclarationMoved) {
			t.Errorf("an edition too far: %v", err)
		}
		second := d
		second.Edition, second.At, second.Via = 2, day0.Add(time.Hour), "web"
		if err := s.AddDeclaration(ctx, second); err != nil {
			t.Fatal(err)
		}
		now := must(s.Declarations(ctx, "tinh/2023", "2023-03", time.Time{}))
		then := must(s.Declarations(ctx, "tinh/2023", "", day0))
		if len(now) != 1 || now[0].Edition != 2 || now[0].Via != "web" || len(then) != 1 || then[0].Edition != 1 || len(then[0].Claims) != 1 || !then[0].Claims[0].Date.Equal(on(3, 9)) {
			t.Errorf("now %+v then %+v", now, then)
		}
		if other := must(s.Declarations(ctx, "tinh/2023", "2023-04", time.Time{})); len(other) != 0 {
			t.Errorf("another period: %+v", other)
		}
		if had := told(t, s, time.Time{}); strings.Contains(had, "Tin chưa ai thấy") {
			t.Errorf("a claim is evidence: %s", had)
		}
		if uses := must(s.KeptUses(ctx, sha)); len(uses) != 2 || uses[0].Kind != "declaration" {
			t.Errorf("the file is held by %+v", uses)
		}
		if uses := must(s.KeptUses(ctx, strings.Repeat("cd", 32))); len(uses) != 2 {
			t.Errorf("a line's file is held by %+v", uses)
		}

		of := schedule.Discrepancy{ID: "x1", Kind: schedule.ClaimedOnly, Claim: &d.Claims[0]}
		ask := schedule.DisputeAct{Plan: d.Plan, Agency: d.Agency, Period: d.Period, Difference: "x1", Seq: 1, Kind: schedule.SettleAsk, At: day0, Actor: "Chuyên viên", Due: on(4, 11), Of: of}
		accept := ask
		accept.Seq, accept.Kind, accept.At, accept.Quota, accept.Grade, accept.Words = 2, schedule.SettleAccept, day0.Add(2*time.Hour), "A-6.1", media.GradeC, "đã xem trang"
		does := schedule.Settle(accept, nil)
		if err := s.AddDisputeAct(ctx, accept, does); !errors.Is(err, store.ErrDeclarationMoved) {
			t.Errorf("an act too far: %v", err)
		}
		if ds := must(s.Decisions(ctx, d.Plan, time.Time{})); len(ds) != 0 || strings.Contains(told(t, s, time.Time{}), "chưa ai thấy") {
			t.Errorf("a refused act left something: %+v", ds)
		}
		for _, a := range []schedule.DisputeAct{ask, ask} {
			if err := s.AddDisputeAct(ctx, a, schedule.Settlement{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddDisputeAct(ctx, accept, does); err != nil {
			t.Fatal(err)
		}
		acts := must(s.DisputeActs(ctx, d.Plan, "2023-03", time.Time{}))
		if len(acts) != 2 || acts[1].Kind != schedule.SettleAccept || acts[1].Of.Claim == nil || acts[1].Of.Claim.Title != "Tin chưa ai thấy" || !acts[0].Due.Equal(on(4, 11)) {
			t.Errorf("acts %+v", acts)
		}
		if early := must(s.DisputeActs(ctx, d.Plan, "", day0)); len(early) != 1 {
			t.Errorf("%d acts known at first", len(early))
		}
		if ds := must(s.Decisions(ctx, d.Plan, time.Time{})); len(ds) != 1 || ds[0].Kind != schedule.Add || ds[0].Evidence != does.Piece.ID {
			t.Errorf("decisions %+v", ds)
		}
		if got := told(t, s, time.Time{}); got != "Tin chưa ai thấy 9/3" {
			t.Errorf("accepted: %q", got)
		}
		if got := told(t, s, day0.Add(time.Hour)); got != "" {
			t.Errorf("known before it was accepted: %q", got)
		}
		ev := must(s.Evidence(ctx, samplePlan(), time.Time{}))
		if len(ev) != 1 || ev[0].Kind != media.EvDeclared || ev[0].Grade != media.GradeC || ev[0].Verdict != nil {
			t.Errorf("evidence %+v", ev)
		}
		kinds := ""
		for _, e := range must(s.Events(ctx, 0, 99)) {
			kinds += e.Kind + " "
		}
		if kinds != "declaration.added declaration.added dispute.ask decision.add dispute.accept " {
			t.Errorf("events: %s", kinds)
		}
	})
}

// TestCollectNotes: what happened to a period's forms, in its order, each once.
func TestCollectNotes(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		due := schedule.CollectNote{Plan: "tinh/2023", Period: "2023-03", Kind: schedule.NoteDue, At: day0, Actor: "Chuyên viên", Due: on(4, 10)}
		bad := schedule.CollectNote{Plan: "tinh/2023", Period: "2023-03", Agency: "tinh/bao", Kind: schedule.NoteFaulty, At: day0.Add(time.Hour), Actor: "Chuyên viên", Problems: 3, FileName: "b.xlsx", File: strings.Repeat("ef", 32)}
		for _, n := range []schedule.CollectNote{due, bad, due} {
			if err := s.AddCollectNote(ctx, n); err != nil {
				t.Fatal(err)
			}
		}
		got := must(s.CollectNotes(ctx, "tinh/2023", "2023-03"))
		if len(got) != 2 || got[0].Kind != schedule.NoteDue || !got[0].Due.Equal(on(4, 10)) || got[1].Problems != 3 || got[1].Agency != "tinh/bao" {
			t.Errorf("%+v", got)
		}
		if got := must(s.CollectNotes(ctx, "tinh/2023", "2023-04")); len(got) != 0 {
			t.Errorf("another period: %+v", got)
		}
		if err := s.AddCollectNote(ctx, schedule.CollectNote{Kind: schedule.NoteDue}); err == nil {
			t.Error("took an empty note")
		}
		if uses := must(s.KeptUses(ctx, bad.File)); len(uses) != 1 {
			t.Errorf("held by %+v", uses)
		}
	})
}

// TestItemsOfDeclared: a declared piece names the items that stand at its address under the ids that they have now, and their copies.
func TestItemsOfDeclared(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		text := saying(1, 12)
		here, copied, other := piece("a.example/1", "Một cửa", text, minute(on(3, 9))), piece("b.example/9", "Một cửa", text, minute(on(3, 9))), piece("a.example/3", "Khác", saying(2, 12), minute(on(3, 9)))
		sync(t, s, source("tinh/s", "http://a.example/"))
		put(t, s, claim(t, s, "n", "a.example")[0], visit("tinh/s", "v1", day0, media.OK, here, copied, other))
		compareAll(t, s)
		old := media.ItemID("tinh", "old.a.example/1")
		if err := s.AddAlias(ctx, old, here.Item.ID); err != nil {
			t.Fatal(err)
		}
		e := media.Evidence{ID: "d1", Kind: media.EvDeclared, Agency: "tinh/bao", At: on(3, 9), Precision: media.ToDay, Seen: day0, Title: "Khai", Items: []string{old}}
		act := schedule.DisputeAct{Plan: "tinh/2023", Agency: "tinh/bao", Period: "2023-03", Difference: "x1", Seq: 1, Kind: schedule.SettleAccept, At: day0, Actor: "Chuyên viên"}
		if err := s.AddDisputeAct(ctx, act, schedule.Settlement{Piece: &e}); err != nil {
			t.Fatal(err)
		}
		want := []string{old, here.Item.ID, copied.Item.ID}
		slices.Sort(want)
		for name, read := range map[string]func() ([]media.Evidence, error){
			"all": func() ([]media.Evidence, error) { return s.Evidence(ctx, samplePlan(), time.Time{}) },
			"of owner": func() ([]media.Evidence, error) {
				return s.OwnerEvidence(ctx, samplePlan(), []string{"tinh/bao"}, nil, time.Time{})
			},
		} {
			ev, err := read()
			i := slices.IndexFunc(ev, func(e media.Evidence) bool { return e.ID == "d1" })
			if err != nil || i < 0 || !slices.Equal(ev[i].Items, want) {
				t.Errorf("%s: %+v, want the items %v: %v", name, ev, want, err)
			}
		}
	})
}

// TestOnePaperOnce: of two who let one paper count at once one is told that it counts already, and by which entry.
func TestOnePaperOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		errs := make(chan error)
		for _, who := range []string{"Một", "Hai", "Ba", "Bốn"} {
			go func() {
				errs <- s.AddDecision(ctx, schedule.Decision{Kind: schedule.Attest, Plan: "tinh/2023", Quota: "A-1", Owner: "tinh/s", Period: "2023-Q1", At: day0, Actor: who, Document: "12/BB-S", Date: on(3, 1)}, "person")
			}()
		}
		done := 0
		for range 4 {
			err := <-errs
			var twice schedule.Refusal
			switch {
			case err == nil:
				done++
			case !errors.As(err, &twice) || twice.Code != "paper_twice" || twice.Args["document"] != "12/BB-S":
				t.Errorf("refused with %v", err)
			}
		}
		if ds := must(s.Decisions(ctx, "tinh/2023", time.Time{})); done != 1 || len(ds) != 1 {
			t.Errorf("%d of four are told that it counts, %d decisions", done, len(ds))
		}
	})
}
