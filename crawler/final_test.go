package crawler

import (
	"net/http"
	"testing"
	"testing/synctest"

	"loa/crawler/fetch"
	"loa/media"
)

// TestFinalAddress: where redirects of a page end is told if it is another
// item's address, and not if it is its own.
func TestFinalAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", "http://bao.example/old | A | 2023-03-10 11:00\nhttp://bao.example/stays | B | 2023-03-10 10:00\n")
		w.on("http://bao.example/old", func(fetch.Request) (*fetch.Response, error) {
			return &fetch.Response{Status: 200, Body: []byte("thân"), FinalURL: "http://bao.example/new", Header: http.Header{}}, nil
		})
		w.set("http://bao.example/stays", "thân")
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true)}})
		round(t, b)
		id := func(u string) string { return media.ItemID("tinh", "http://"+u) }
		for _, p := range m.pages {
			want := Address{}
			if p.Item == id("bao.example/old") {
				want = Address{ID: id("bao.example/new"), Key: "http://bao.example/new"}
			}
			if p.Outcome != media.OK || p.Final != want {
				t.Errorf("%s: %s, ended at %+v, want %+v", p.Item, p.Outcome, p.Final, want)
			}
		}
		if len(m.pages) != 2 {
			t.Errorf("%d pages", len(m.pages))
		}
	})
}

func TestSameHeadline(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Huyện khai trương bộ phận một cửa", "HUYỆN KHAI TRƯƠNG BỘ PHẬN MỘT CỬA", true},
		{"Huyện khai trương bộ phận một cửa...", "Huyện khai trương bộ phận một cửa hiện đại cấp xã", true},
		{"Huyện khai trương bộ phận một cửa", "Danh sách tin tức", false},
		{"Tin", "", false},
		{"", "", false},
	} {
		if got := SameHeadline(c.a, c.b); got != c.want || SameHeadline(c.b, c.a) != c.want {
			t.Errorf("%q, %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
