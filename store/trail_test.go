package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
	"loa/web/trail"
)

// acts records a few hundred acts of several people and kinds.
func acts(t *testing.T, s *store.Store, n int) {
	t.Helper()
	kinds := []string{"export.sheet", "login.ok", "token.added"}
	for i := range n {
		a := store.Act{At: day0.Add(time.Duration(i/2) * time.Minute), Actor: fmt.Sprint("Cán bộ ", i%4), Kind: kinds[i%3], Subject: fmt.Sprint("/trang-", i%5), After: fmt.Sprintf(`{"format":"tệp số %d"}`, i), System: i%10 == 9}
		if err := s.RecordAct(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
}

// whole walks a query page by page.
func whole(t *testing.T, s *store.Store, q trail.Query, keep func(trail.Event) bool) []trail.Event {
	t.Helper()
	var out []trail.Event
	for range 1000 {
		p := must(s.Trail(ctx, q, keep))
		out = append(out, p.Events...)
		if len(p.Events) > q.Limit || p.Next.Seq == 0 && p.Partly {
			t.Fatalf("%d events on a page of %d, next %v", len(p.Events), q.Limit, p.Next)
		}
		if p.Next.Seq == 0 {
			return out
		}
		q.After = trail.ParseCursor(p.Next.String())
	}
	t.Fatal("no end")
	return nil
}

// TestTrail: every filter gives, page by page, what looking through all the events gives, each once, newest first.
func TestTrail(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		acts(t, s, 120)
		all := whole(t, s, trail.Query{Limit: 7}, nil)
		if len(all) != 120 || !slices.IsSortedFunc(all, func(a, b trail.Event) int {
			if c := b.At.Compare(a.At); c != 0 {
				return c
			}
			return int(b.Seq - a.Seq)
		}) {
			t.Fatalf("%d events, or not newest first", len(all))
		}
		from, to := day0.Add(10*time.Minute), day0.Add(40*time.Minute)
		says := func(e trail.Event) bool { return strings.Contains(e.After, "số 1") }
		for name, c := range map[string]struct {
			q    trail.Query
			keep func(trail.Event) bool
			want func(trail.Event) bool
		}{
			"person":  {trail.Query{Actor: "Cán bộ 2"}, nil, func(e trail.Event) bool { return e.Person && e.Actor == "Cán bộ 2" }},
			"program": {trail.Query{System: true}, nil, func(e trail.Event) bool { return !e.Person }},
			"kind":    {trail.Query{Kinds: []string{"login.ok"}}, nil, func(e trail.Event) bool { return e.Kind == "login.ok" }},
			"kinds":   {trail.Query{Kinds: []string{"login.ok", "token.added", "none"}, From: from}, nil, func(e trail.Event) bool { return e.Kind != "export.sheet" && !e.At.Before(from) }},
			"object":  {trail.Query{Subject: "/trang-3", Kinds: []string{"login.ok", "export.sheet"}}, nil, func(e trail.Event) bool { return e.Subject == "/trang-3" && e.Kind != "token.added" }},
			"span":    {trail.Query{From: from, To: to}, nil, func(e trail.Event) bool { return !e.At.Before(from) && e.At.Before(to) }},
			"words":   {trail.Query{}, says, says},
			"kinds,words": {trail.Query{Kinds: []string{"login.ok", "token.added"}, Actor: "Cán bộ 1"}, says, func(e trail.Event) bool {
				return e.Kind != "export.sheet" && e.Actor == "Cán bộ 1" && e.Person && says(e)
			}},
		} {
			c.q.Limit = 5
			got := whole(t, s, c.q, c.keep)
			want := slices.DeleteFunc(slices.Clone(all), func(e trail.Event) bool { return !c.want(e) })
			if len(want) < 2 || !slices.Equal(got, want) {
				t.Errorf("%s: %d events, want %d", name, len(got), len(want))
			}
		}
		if p := must(s.TrailActors(ctx, 99)); strings.Join(p, ",") != "Cán bộ 0,Cán bộ 1,Cán bộ 2,Cán bộ 3" {
			t.Errorf("people %v", p)
		}
		if k := must(s.TrailKinds(ctx)); strings.Join(k, ",") != "export.sheet,login.ok,token.added" {
			t.Errorf("kinds %v", k)
		}
		if err := s.RecordAct(ctx, store.Act{Kind: "x"}); err == nil {
			t.Error("recorded nobody's act")
		}
	})
}

// TestAnchor: a chain that was made anew as a whole holds in itself and not against what was put on paper before.
func TestAnchor(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			old, anew := storetest.Open(t, engine, store.Options{}), storetest.Open(t, engine, store.Options{})
			acts(t, old, 9)
			anchor := must(old.TrailHead(ctx))
			if read, ok := trail.ParseAnchor(" " + anchor.String() + "\n"); !ok || read != anchor {
				t.Fatalf("%v read as %v", anchor, read)
			}
			acts(t, old, 5)
			acts(t, anew, 14)
			if c := must(old.VerifyTrail(ctx, anchor)); c.Fault != "" || !c.Anchored || c.Count != 14 || c.Seq != 14 {
				t.Errorf("the true chain: %+v", c)
			}
			if c := must(anew.VerifyTrail(ctx, trail.Anchor{})); c.Fault != "" || c.Count != 14 {
				t.Errorf("a chain made anew in itself: %+v", c)
			}
			if c := must(anew.VerifyTrail(ctx, anchor)); c.Fault != trail.Rewritten || c.Broken != 9 {
				t.Errorf("a chain made anew against the anchor: %+v", c)
			}
			if c := must(old.VerifyTrail(ctx, trail.Anchor{Seq: 99, Hash: anchor.Hash})); c.Fault != trail.Rewritten {
				t.Errorf("a chain cut off before the anchor: %+v", c)
			}
		})
	}
}
