package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/web"
)

// TestArrivingAtAnotherAddress: a page that was listed at one address and ended
// at another is one item, alike whichever address was listed first, and nothing
// known of either is lost.
func TestArrivingAtAnotherAddress(t *testing.T) {
	const title = "Huyện đánh giá kết quả giải quyết hồ sơ tại bộ phận một cửa"
	old, now := item("old", title, day0), item("new", title, day0)
	old.Section, now.Section = "", ""
	final := crawler.Address{ID: now.ID, Key: "new"}
	read := func(it media.Item, at crawler.Address, body string, when time.Time) crawler.PageVisit {
		p := crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: when, Outcome: media.OK, Done: true, Final: at}
		p.Revision = revision(it, crawler.TextHash(title, "", body), body, "page", when)
		p.Revision.Lead = ""
		return p
	}
	h := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }
	for name, steps := range map[string]func(t *testing.T, s *store.Store, l crawler.Lease){
		"the old address alone, then the new": func(t *testing.T, s *store.Store, l crawler.Lease) {
			put(t, s, l, visit("tinh/feed", "v1", h(0), media.OK, crawler.Seen{Item: old, Fetch: true, Host: "bao.example"}))
			putPage(t, s, l, read(old, final, "thân bài", h(1)))
			put(t, s, l, visit("tinh/feed", "v2", h(2), media.OK, crawler.Seen{Item: now, Fetch: true, Host: "bao.example"}, crawler.Seen{Item: old}))
		},
		"the new address first, the old merged into it": func(t *testing.T, s *store.Store, l crawler.Lease) {
			put(t, s, l, visit("tinh/feed", "v1", h(0), media.OK, crawler.Seen{Item: now, Fetch: true, Host: "bao.example"}))
			putPage(t, s, l, read(now, crawler.Address{}, "thân bài", h(1)))
			put(t, s, l, visit("tinh/feed", "v2", h(2), media.OK, crawler.Seen{Item: old, Fetch: true, Host: "bao.example"}))
			putPage(t, s, l, read(old, final, "thân bài", h(2)))
		},
		"both listed, the old reviewed before it is read": func(t *testing.T, s *store.Store, l crawler.Lease) {
			put(t, s, l, visit("tinh/feed", "v1", h(0), media.OK, crawler.Seen{Item: old, Fetch: true, Host: "bao.example"}, crawler.Seen{Item: now, Fetch: true, Host: "bao.example"}))
			if err := s.AddReview(ctx, old.ID, true, []string{media.TTHC}, "Chuyên viên", h(1), ""); err != nil {
				t.Fatal(err)
			}
			putPage(t, s, l, read(old, final, "thân bài", h(2)))
			putPage(t, s, l, read(now, crawler.Address{}, "thân bài", h(2)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, s *store.Store) {
				l := crawled(t, s)
				strike := schedule.Decision{ID: "d1", Kind: schedule.Strike, Plan: "tinh/2023", Quota: "A", Owner: "tinh/bao", Period: "2023-03", Evidence: old.ID, At: day0, Actor: "Chuyên viên", Reason: "trùng"}
				if err := s.AddDecision(ctx, strike, "person"); err != nil {
					t.Fatal(err)
				}
				steps(t, s, l)
				rows, total, err := s.Search(ctx, all)
				if err != nil || total != 1 || rows[0].Item.ID != now.ID || rows[0].Item.Key != "new" || !rows[0].Item.Seen.Equal(h(0)) {
					t.Fatalf("%d items: %+v, %v", total, rows, err)
				}
				if ds := must(s.Decisions(ctx, "tinh/2023", time.Time{})); len(ds) != 1 || ds[0].Evidence != now.ID {
					t.Errorf("decisions: %+v", ds)
				}
				row, revs, ok, err := s.Item(ctx, old.ID)
				if err != nil || !ok || row.Item.ID != now.ID || !slices.ContainsFunc(revs, func(r media.Revision) bool { return r.ID == row.Item.Revision && r.Body == "thân bài" }) {
					t.Errorf("by its old id: %+v, %+v, %v", row.Item, revs, err)
				}
				if strings.Contains(name, "reviewed") && (row.Verdict == nil || !row.Verdict.Reform || row.Decided != "Chuyên viên") {
					t.Errorf("the review is lost: %+v", row)
				}
				if found, _, err := s.Search(ctx, web.ItemQuery{Text: "mot cua"}); err != nil || len(found) != 1 {
					t.Errorf("found %+v, %v", found, err)
				}
				if w := must(s.Load(ctx, l, 10)); len(w.Pages) != 0 {
					t.Errorf("awaited still: %+v", w.Pages)
				}
				for _, it := range []media.Item{old, now} {
					if k := must(s.KnownItems(ctx, "tinh/feed", []string{it.ID})); !k[it.ID] {
						t.Errorf("%s is not known", it.Key)
					}
				}
			})
		})
	}
}

// TestArrivingElsewhere: a page of another headline, or another agency's item,
// is not the article that was listed.
func TestArrivingElsewhere(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, other := item("one", "Huyện khai trương bộ phận một cửa", day0), item("other", "Danh sách tin tức", day0)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: one, Fetch: true, Host: "bao.example"}))
		p := crawler.PageVisit{Item: one.ID, Source: "tinh/feed", At: day0, Outcome: media.OK, Done: true, Final: crawler.Address{ID: other.ID, Key: "other"}}
		p.Revision = revision(other, "h", "Danh sách", "page", day0)
		putPage(t, s, l, p)
		if rows, total, err := s.Search(ctx, all); err != nil || total != 1 || rows[0].Item.ID != one.ID {
			t.Errorf("%+v, %v", rows, err)
		}
		foreign := item("foreign", one.Title, day0)
		foreign.Agency = "tinh/so"
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK, crawler.Seen{Item: foreign}))
		p.Final, p.Revision = crawler.Address{ID: foreign.ID, Key: "foreign"}, revision(one, "h2", "thân", "page", day0)
		putPage(t, s, l, p)
		if _, total, err := s.Search(ctx, all); err != nil || total != 2 {
			t.Errorf("%d items, want both agencies': %v", total, err)
		}
	})
}

func putPage(t *testing.T, s *store.Store, l crawler.Lease, p crawler.PageVisit) {
	t.Helper()
	for range 2 { // idempotent
		if err := s.PutPage(ctx, l, p); err != nil {
			t.Fatal(fmt.Errorf("put page: %w", err))
		}
	}
}
