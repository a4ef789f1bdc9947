package store_test

import (
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
	"loa/store/storetest"
)

// TestReread: an article's page is read once more some days later if it is about
// reform, and again when its listing says other words, a few times at most; what
// was changed is a revision beside the first.
func TestReread(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			clock := time.Now().Add(-4 * 24 * time.Hour)
			s := storetest.Open(t, engine, store.Options{Now: func() time.Time { return clock }})
			l := crawled(t, s)
			awaited := func() (keys []string) {
				t.Helper()
				for _, a := range must(s.Load(ctx, l, 100)).Pages {
					keys = append(keys, a.URL[len("https://bao.example/"):])
				}
				return keys
			}
			one, other, old := item("one", "Tin một", day0), item("other", "Tin hai", day0), item("old", "Tin ba", day0.AddDate(-1, 0, 0))
			var seen []crawler.Seen
			for _, it := range []media.Item{one, other, old} {
				seen = append(seen, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"})
			}
			put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, seen...))
			for _, it := range []media.Item{one, other, old} {
				putPage(t, s, l, crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: day0, Outcome: media.OK, Done: true, Revision: revision(it, "h1"+it.Key, "thân", "page", day0)})
				if err := s.AddReview(ctx, it.ID, it.Key != "other", nil, "Chuyên viên", day0, ""); err != nil {
					t.Fatal(err)
				}
			}
			if n := must(s.Reread(ctx)); n != 0 || len(awaited()) != 0 {
				t.Errorf("%d pages at once: %v", n, awaited())
			}
			clock = time.Now()
			if n := must(s.Reread(ctx)); n != 1 || len(awaited()) != 1 || awaited()[0] != "one" {
				t.Errorf("%d pages some days later: %v", n, awaited())
			}
			later := day0.AddDate(0, 0, 4)
			changed := crawler.PageVisit{Item: one.ID, Source: "tinh/feed", At: later, Outcome: media.OK, Done: true, Revision: revision(one, "h2", "thân đã sửa", "page", later)}
			putPage(t, s, l, changed)
			row, revs, _, err := s.Item(ctx, one.ID)
			if err != nil || len(revs) != 2 || row.Item.Revision != changed.Revision.ID {
				t.Errorf("%+v, %v, %v", row.Item, revs, err)
			}
			if n := must(s.Reread(ctx)); n != 0 || len(awaited()) != 0 {
				t.Errorf("%d pages yet again: %v", n, awaited())
			}
			// The same listing says nothing new; another does, up to a bound.
			list := func(n int, title string) {
				t.Helper()
				it := one
				it.Title = title
				put(t, s, l, visit("tinh/feed", "w"+string(rune('a'+n)), later.Add(time.Duration(n)*time.Hour), media.OK, crawler.Seen{Item: it}))
			}
			list(0, "Tin một")
			list(1, "Tin một")
			if p := awaited(); len(p) != 0 {
				t.Errorf("awaited without a change: %v", p)
			}
			again := 0
			for n := range 8 {
				list(2+n, "Tin một, bản "+string(rune('1'+n)))
				if again += len(awaited()); len(awaited()) > 0 {
					putPage(t, s, l, changed)
				}
			}
			if again != 3 { // and the one some days later
				t.Errorf("read again %d times as the listing changed", again)
			}
		})
	}
}
