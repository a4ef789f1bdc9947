package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
)

// A page of a walk leaves items, coverage and where the walk stands, and no
// visit: the source's state and counts stay as they were.
func TestWalkIsNoVisit(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.Blocked, crawler.Seen{Item: item("1", "Tin một", day0)}))
		before := must(s.Health(ctx))["tinh/feed"]
		one, two := item("1", "Tin một", day0), item("2", "Tin hai", day0.Add(-48*time.Hour))
		v := visit("tinh/feed", "w1", day0.Add(time.Minute), media.OK, crawler.Seen{Item: one}, crawler.Seen{Item: two, Fetch: true, Host: "bao.example"})
		v.Kept = &media.Kept{SHA256: strings.Repeat("cd", 32), URL: "https://bao.example/tin?page=2", Status: 200, At: day0, Size: 9}
		v.Covers = []crawler.Span{{From: day0.Add(-72 * time.Hour), To: day0, How: "archive"}}
		w := crawler.Walk{Source: "tinh/feed", Since: day0.Add(-720 * time.Hour), Started: day0, At: day0.Add(time.Minute), Pages: 1, Oldest: day0.Add(-72 * time.Hour),
			Share: 0.25, State: crawler.WalkOpen, Note: `{"last":{"n":2}}`}
		if known := must(s.PutWalk(ctx, l, w, v)); !slices.Equal(known, []bool{true, false}) {
			t.Errorf("known %v", known)
		}
		h := must(s.Health(ctx))["tinh/feed"]
		if h.Outcome != media.Blocked || h.Fails != before.Fails || !h.LastVisit.Equal(before.LastVisit) || h.Visits[media.OK] != 0 || h.Items != before.Items+1 ||
			!h.CoveredFrom.Equal(day0.Add(-72*time.Hour)) || !h.CoveredTo.Equal(day0) {
			t.Errorf("health %+v, before %+v", h, before)
		}
		got := must(s.Walks(ctx, []string{"tinh/feed", "tinh/khac"}))
		want := w
		want.Items = 1
		if g := got["tinh/feed"]; len(got) != 1 || !g.Since.Equal(want.Since) || !g.Until.IsZero() || !g.Started.Equal(want.Started) || !g.At.Equal(want.At) || g.Pages != 1 || g.Items != 1 ||
			!g.Oldest.Equal(want.Oldest) || g.Share != 0.25 || g.State != want.State || g.Note != want.Note {
			t.Errorf("walk %+v, want %+v", got, want)
		}
		if work := must(s.Load(ctx, l, 10)); len(work.Pages) != 1 || work.Pages[0].Item != two.ID {
			t.Errorf("awaited %+v", work.Pages)
		}
		// Put again after a crash that hid the answer: nothing is counted twice.
		w.Items, w.State = 1, crawler.WalkReached
		if _, err := s.PutWalk(ctx, l, w, v); err != nil {
			t.Fatal(err)
		}
		if g := must(s.Walks(ctx, []string{"tinh/feed"}))["tinh/feed"]; g.Items != 1 || g.State != crawler.WalkReached {
			t.Errorf("walk put twice: %+v", g)
		}
		if h := must(s.Health(ctx))["tinh/feed"]; h.Items != before.Items+1 {
			t.Errorf("%d items", h.Items)
		}
		l.Token--
		if _, err := s.PutWalk(ctx, l, w, v); !errors.Is(err, crawler.ErrLost) {
			t.Errorf("an old lease: %v", err)
		}
	})
}

// What a walk reads of a column of questions years later is evidence by the days
// it prints; lists of documents leave what they say of each.
func TestWalkOfRows(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		late := day0.AddDate(3, 0, 0)
		q := func(id string, asked time.Time) crawler.Asked {
			return crawler.Asked{ID: id, Agency: "tinh/bao", Title: "Câu hỏi " + id, URL: "https://bao.example/h/" + id, Asked: asked, Answered: asked.AddDate(0, 0, 2), State: "answered", Kept: "k" + id}
		}
		v := visit("tinh/feed", "w1", late, media.OK, crawler.Seen{Item: media.Item{ID: "vb", Key: "vb", Agency: "tinh/bao", URL: "https://bao.example/vb", Title: "Về việc công bố", Listed: true, Number: "12/QĐ-UBND", Signed: on(3, 1)}})
		v.Asked = []crawler.Asked{q("1", on(3, 1)), q("2", late)}
		w := crawler.Walk{Source: "tinh/feed", Since: day0.Add(-720 * time.Hour), Started: late, At: late, Pages: 1, State: crawler.WalkOpen}
		if known := must(s.PutWalk(ctx, l, w, v)); !slices.Equal(known, []bool{false, false, false}) {
			t.Errorf("known %v", known)
		}
		if g := must(s.Walks(ctx, []string{"tinh/feed"}))["tinh/feed"]; g.Items != 3 {
			t.Errorf("%d things new", g.Items)
		}
		w.Items = 3
		if known := must(s.PutWalk(ctx, l, w, v)); !slices.Equal(known, []bool{true, true, true}) {
			t.Errorf("known the second time %v", known)
		}
		var got []string
		for _, e := range must(s.Evidence(ctx, samplePlan(), time.Time{})) {
			if e.Kind == media.EvQuestion {
				got = append(got, e.ID+" "+e.Kept)
			}
		}
		if !slices.Equal(got, []string{"1 k1"}) {
			t.Errorf("questions that are evidence: %v", got)
		}
		if row, _, ok, err := s.Item(ctx, "vb"); err != nil || !ok || row.Item.Number != "12/QĐ-UBND" {
			t.Errorf("%+v, %v", row.Item, err)
		}
	})
}

// The page of the list on which a piece stood is behind the listing's words, be it
// a walk's or a further page of a visit; it is kept as a page behind an item is.
func TestListPageStandsBehindTheWords(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		walked, further := item("w", "Tin cũ", day0), item("f", "Tin trang hai", day0)
		v := visit("tinh/feed", "w1", day0, media.OK, crawler.Seen{Item: walked, Fetch: true, Host: "bao.example", Kept: sha(21)})
		v.Kept = body(21, day0)
		must(s.PutWalk(ctx, l, crawler.Walk{Source: "tinh/feed", Since: day0, Started: day0, At: day0, State: crawler.WalkOpen}, v))
		v = visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: further, Fetch: true, Host: "bao.example", Kept: sha(23)})
		v.Kept, v.Also = body(22, day0), []media.Kept{*body(23, day0)}
		put(t, s, l, v)
		for it, want := range map[string]string{walked.ID: sha(21), further.ID: sha(23)} {
			if uses := must(s.KeptUses(ctx, want)); len(uses) == 0 || uses[0].Kind != "visit" {
				t.Errorf("%s is referred to by %v while its piece is awaited", want, uses)
			}
			if err := s.PutPage(ctx, l, crawler.PageVisit{Item: it, Source: "tinh/feed", At: day0.Add(time.Hour), Outcome: media.Unreachable, Done: true}); err != nil {
				t.Fatal(err)
			}
			_, revs, _, err := s.Item(ctx, it)
			if err != nil || len(revs) != 1 || revs[0].From != "entry" || revs[0].Kept != want {
				t.Errorf("%+v, %v; want kept %s", revs, err, want)
			}
		}
		if _, err := s.Retain(ctx, terms, day0.Add(91*days), false, func(context.Context, string) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{21, 23} {
			if k := must(s.KeptOf(ctx, []string{sha(n)}))[sha(n)]; !k.Gone.IsZero() || k.Class != "page" {
				t.Errorf("%d: %+v", n, k)
			}
		}
	})
}

// A walk leases its hosts whether they are due or not, but never one that is
// held, or that is to be left alone.
func TestClaimFor(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, source("tinh/a", "https://a.example/rss"), source("tinh/b", "https://b.example/rss"), source("tinh/c", "https://c.example/rss"), source("tinh/d", "https://d.example/rss"))
		for _, l := range claim(t, s, "x", "a.example", "b.example", "c.example", "d.example") {
			v := visit("tinh/"+l.Host[:1], "v"+l.Host, day0, media.OK)
			v.NextDue = time.Now().Add(time.Hour)
			put(t, s, l, v)
			switch l.Host {
			case "b.example":
				l.NotBefore = time.Now().Add(time.Hour)
			case "c.example":
				l.Rest = time.Hour
			}
			release(t, s, l)
		}
		claim(t, s, "y") // nothing is due
		hosts := []string{"a.example", "b.example", "c.example", "khong-co.example"}
		ls := must(s.ClaimFor(ctx, "x", hosts, 4, time.Minute))
		if len(ls) != 1 || ls[0].Host != "a.example" {
			t.Fatalf("leased %+v", ls)
		}
		if again := must(s.ClaimFor(ctx, "y", hosts, 4, time.Minute)); len(again) != 0 {
			t.Errorf("leased twice: %+v", again)
		}
		release(t, s, ls[0])
		if none := must(s.ClaimFor(ctx, "x", nil, 4, time.Minute)); len(none) != 0 {
			t.Errorf("%+v", none)
		}
		two := must(s.ClaimFor(ctx, "x", []string{"a.example", "d.example"}, 1, time.Minute))
		if len(two) != 1 {
			t.Errorf("leased %+v, wanted one at most", two)
		}
	})
}

// What an index left unread comes back at the next visit; further pages read in
// a visit are on record.
func TestRestAndFurtherPages(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		v := visit("tinh/feed", "v1", day0, media.OK)
		v.Rest = `{"open":true}`
		v.Also = []media.Kept{{SHA256: strings.Repeat("ef", 32), URL: "https://bao.example/m1.xml", Status: 200, At: day0, Size: 7}}
		put(t, s, l, v)
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.Blocked))
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		if st := must(s.Load(ctx, l, 1)).Sources[0]; st.Rest != v.Rest {
			t.Errorf("rest %q", st.Rest)
		}
		if lines := must(s.Digest(ctx)); !slices.ContainsFunc(lines, func(s string) bool { return strings.HasPrefix(s, "kept "+v.Also[0].SHA256) }) {
			t.Errorf("the further page is not on record: %v", lines)
		}
	})
}
