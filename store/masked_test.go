package store_test

import (
	"testing"

	"loa/crawler"
	"loa/media"
	"loa/store"
	"loa/web"
)

// What is masked on every page is not found by search either, whether an item
// came fresh, with a new text, or with its own page.
func TestSearchIsMasked(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		asked := item("1", "Ông Tạ Văn Út (thôn Bảy) hỏi về lệ phí chứng thực", day0)
		asked.Lead = "Ông Tạ Văn Út gửi câu hỏi"
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: asked, Entry: revision(asked, "h1", "", "entry", day0)}))
		found := func(text string, want int) {
			t.Helper()
			if _, n, err := s.Search(ctx, web.ItemQuery{Text: text, Limit: 5}); err != nil || n != want {
				t.Errorf("%q: %d found, want %d, %v", text, n, want, err)
			}
		}
		found("lệ phí chứng thực", 1)
		found("tạ văn út", 0)
		found("thon bay", 0)
		asked.Title = "Ông Tạ Văn Út hỏi về lệ phí hộ tịch"
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(1), media.OK, crawler.Seen{Item: asked, Entry: revision(asked, "h2", "", "entry", day0)}))
		found("hộ tịch", 1)
		found("tạ văn út", 0)
	})
}
