package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/web/access"
)

// TestTokens: a token is found by the hash of its secret alone, its use is noted, and it ends once.
func TestTokens(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		secret, shown, hash := access.NewSecret()
		k := access.Token{Shown: shown, Name: "Cổng", Scopes: []string{"standings"}, Agencies: []string{"tinh/a"}, Made: day0, Expires: day0.AddDate(1, 0, 0), Maker: "Cán bộ"}
		if err := s.AddToken(ctx, k, hash, day0); err != nil {
			t.Fatal(err)
		}
		if err := s.AddToken(ctx, access.Token{Name: "x"}, hash, day0); err == nil {
			t.Error("took a token without scope or end")
		}
		got, ok, err := s.Token(ctx, access.HashSecret(secret), day0.Add(time.Hour))
		if err != nil || !ok || got.Name != "Cổng" || !slices.Equal(got.Agencies, k.Agencies) || !got.Lives(day0) || got.Lives(k.Expires) || !got.May("standings") || got.May("items") || got.Sees("tinh/b") {
			t.Fatalf("%v %v %+v", ok, err, got)
		}
		if list := must(s.Tokens(ctx)); len(list) != 1 || !list[0].Used.Equal(day0.Add(time.Hour)) {
			t.Errorf("use is not noted: %+v", list)
		}
		if _, ok, _ := s.Token(ctx, access.HashSecret("loa_other"), day0); ok {
			t.Error("found what is not there")
		}
		if done := must(s.RevokeToken(ctx, shown+"…", "Cán bộ", day0, day0)); !done {
			t.Error("not revoked")
		}
		if done := must(s.RevokeToken(ctx, shown, "Cán bộ", day0, day0)); done {
			t.Error("revoked twice")
		}
		if got, ok, _ := s.Token(ctx, hash, day0); !ok || got.Lives(day0) {
			t.Error("lives on")
		}
		for _, e := range must(s.Events(ctx, 0, 99)) {
			if strings.Contains(e.Subject+e.After, secret) || strings.Contains(e.After, hash) {
				t.Error("the secret stands in the trail")
			}
		}
	})
}

// TestHookMessages: a change is told in the transaction that makes it, once, to whoever wants it; an owner's first evaluation tells
// nothing, what is being tried neither; a lease that was lost settles nothing.
func TestHookMessages(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		hook := access.Hook{Plan: "tinh/2023", Name: "Phòng họp", URL: "https://nhan.example/x?khoa=bimat", Secret: access.NewHookSecret(), Agencies: []string{"tinh/a"}, Results: []string{"missed", "insufficient_data"}, Made: day0, Maker: "Cán bộ"}
		id := must(s.AddHook(ctx, hook))
		if _, err := s.AddHook(ctx, access.Hook{Plan: "p", Name: "x", URL: "https://x.example", Secret: "kurz", Maker: "m", Made: day0}); err == nil {
			t.Error("took a secret that is none")
		}
		st := func(owner string, state schedule.State, confirmed bool, reasons ...schedule.Reason) schedule.Standing {
			return schedule.Standing{Plan: "tinh/2023", Quota: "Q", Basis: schedule.ByPlan, Owner: owner, Period: "2023-W10", Start: day0, End: day0.AddDate(0, 0, 7), State: state, Confirmed: confirmed, Reasons: reasons}
		}
		put := func(sts ...schedule.Standing) {
			t.Helper()
			if err := s.PutEvaluation(ctx, schedule.Evaluation{Plan: "tinh/2023", Version: "v", Now: day0, Ran: day0, Standings: sts}); err != nil {
				t.Fatal(err)
			}
		}
		put(st("tinh/a", schedule.Missed, false), st("tinh/b", schedule.Missed, false))
		put(st("tinh/a", schedule.Missed, true), st("tinh/b", schedule.Missed, true))
		put(st("tinh/a", schedule.Missed, true), st("tinh/b", schedule.Missed, true))
		put(st("tinh/a", schedule.Insufficient, false), st("tinh/b", schedule.Missed, true))
		put(st("tinh/a", schedule.Met, false), st("tinh/b", schedule.Missed, true))                                    // not asked for
		put(st("tinh/a", schedule.Missed, true, schedule.Reason{Code: "shadow"}), st("tinh/b", schedule.Missed, true)) // being tried
		list := must(s.HookMessages(ctx, id, 99))
		if len(list) != 2 {
			t.Fatalf("%d messages: %+v", len(list), list)
		}
		for _, m := range list {
			missed := strings.Contains(m.Body, `"result":"missed"`)
			if missed == strings.Contains(m.Body, `"result":"insufficient_data"`) || missed && !strings.Contains(m.Body, `"previous":"review"`) || strings.Contains(m.Body, "tinh/b") {
				t.Errorf("message %s", m.Body)
			}
		}
		m := must(s.NextHookMessage(ctx, "n1", day0, time.Minute))
		n := must(s.NextHookMessage(ctx, "n2", day0, time.Minute))
		if m == nil || n == nil || m.ID == n.ID || m.Tries != 1 || m.Hook.Secret != hook.Secret || must(s.NextHookMessage(ctx, "n3", day0, time.Minute)) != nil {
			t.Fatalf("leased %+v and %+v", m, n)
		}
		again := must(s.NextHookMessage(ctx, "n2", day0.Add(2*time.Minute), time.Minute)) // a node died
		if again == nil || again.Tries != 2 {
			t.Fatalf("after the lease: %+v", again)
		}
		old := m
		if again.ID != m.ID {
			old = n
		}
		if err := s.SettleHookMessage(ctx, *old, day0, false, "too late", time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := s.SettleHookMessage(ctx, *again, day0, true, "", time.Time{}); err != nil {
			t.Fatal(err)
		}
		h := must(s.Hooks(ctx, "tinh/2023"))
		if len(h) != 1 || h[0].Sent != 1 || h[0].Waiting != 1 || h[0].Dead != 0 {
			t.Errorf("hook %+v", h)
		}
		if done := must(s.EndHook(ctx, id, "Cán bộ", day0)); !done {
			t.Error("not ended")
		}
		if h := must(s.Hooks(ctx, "tinh/2023")); h[0].Dead != 1 || h[0].Waiting != 0 || h[0].Ended.IsZero() {
			t.Errorf("ended hook %+v", h)
		}
		for _, e := range must(s.Events(ctx, 0, 99)) {
			if strings.Contains(e.Before+e.After, "bimat") || strings.Contains(e.After, hook.Secret) {
				t.Error("a secret stands in the trail")
			}
		}
	})
}

// TestRefusedProposals: a person's word is about one difference; another of the same row is another question.
func TestRefusedProposals(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		p := schedule.Proposal{Closing: "c", Quota: "Q", Owner: "tinh/a", Period: "2023-W10", Now: schedule.Standing{State: schedule.Met}, Added: []schedule.Credit{{Evidence: media.Evidence{ID: "e1"}}}}
		for _, words := range []string{"không hợp lệ", "ý khác"} {
			if err := s.RefuseProposal(ctx, "tinh/2023", p, store.RefusedProposal{At: day0, Actor: "Cán bộ", Reason: words}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.RefuseProposal(ctx, "tinh/2023", p, store.RefusedProposal{At: day0, Actor: "Cán bộ"}); err == nil {
			t.Error("took a word without a reason")
		}
		got := must(s.RefusedProposals(ctx, "tinh/2023"))
		if x := got[store.ProposalID(p)]; len(got) != 1 || x.Reason != "không hợp lệ" || !x.At.Equal(day0) {
			t.Errorf("%+v", got)
		}
		p.Added[0].Evidence.ID = "e2"
		if _, ok := got[store.ProposalID(p)]; ok {
			t.Error("another difference is taken for the same")
		}
		if n, err := s.VerifyEvents(ctx); n != 1 || err != nil {
			t.Errorf("%d events, %v", n, err)
		}
	})
}
