package crawler

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/media"
)

// A site that makes up pieces without end brings so many in a day. It is told,
// the visit covers nothing, and what was left comes on another day.
func TestTooManyNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 5
		list := func(from, n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "http://bao.example/%d | Tin %d | 2023-03-10 10:%02d\n", from+i, from+i, 59-i)
			}
			return b.String()
		}
		w := newWeb(t)
		w.set("http://bao.example/rss", list(0, 3))
		src := feed("bao", "http://bao.example/rss", false)
		src.Limits.New = most
		b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
		look := func(news, left int, covers bool) {
			t.Helper()
			s := round(t, b)
			v := b.lastVisit("bao")
			if want := fmt.Sprintf("%s: %d entries left for another day", media.TooManyNew, left); left > 0 && v.Detail != want || left == 0 && v.Detail != "" {
				t.Errorf("detail %q", v.Detail)
			}
			if s.Items != news || v.Outcome != media.OK && left > 0 || (len(v.Covers) > 0) != covers || left > 0 && (v.Mark != "" || v.BodyHash != "") {
				t.Errorf("%d new, want %d; %s %q, covers %s, mark %q, hash %q", s.Items, news, v.Outcome, v.Detail, spansText(v.Covers), v.Mark, v.BodyHash)
			}
		}
		look(3, 0, true)
		w.set("http://bao.example/rss", list(100, 10))
		look(2, 8, false)
		look(0, 8, false) // the same list, and nothing more today
		time.Sleep(24 * time.Hour)
		look(5, 3, false)
		time.Sleep(24 * time.Hour)
		look(3, 0, true)
		if len(b.items) != 13 {
			t.Errorf("%d items", len(b.items))
		}
	})
}
