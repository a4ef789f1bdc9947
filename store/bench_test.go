package store_test

import (
	"fmt"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
	"loa/store/storetest"
)

// BenchmarkVisit is one visit to a feed of 20 entries: all new with a text of
// their listing, all new with pages awaited, nothing new, not modified.
func BenchmarkVisit(b *testing.B) {
	for _, engine := range storetest.Engines() {
		s := storetest.Open(b, engine, store.Options{})
		if err := s.Sync(ctx, []media.Source{source("tinh/feed", "https://bao.example/rss")}, nil); err != nil {
			b.Fatal(err)
		}
		l := must(s.Claim(ctx, "a", 1, time.Hour))[0]
		n := 0
		list := func(fresh bool, fetch bool) crawler.Visit {
			var seen []crawler.Seen
			for i := range 20 {
				key := fmt.Sprint(i)
				if fresh {
					key = fmt.Sprint(n, "-", i)
				}
				it := item(key, "Đẩy mạnh cải cách hành chính, nâng cao chất lượng phục vụ người dân "+key, day0)
				e := crawler.Seen{Item: it, Fetch: fetch, Host: "bao.example"}
				if !fetch {
					e.Entry = revision(it, "h"+key, "thân bài", "entry", day0)
				}
				seen = append(seen, e)
			}
			v := visit("tinh/feed", fmt.Sprint("v", n), day0.Add(time.Duration(n)*time.Second), media.OK, seen...)
			v.Kept = &media.Kept{SHA256: fmt.Sprintf("%064d", n), At: day0}
			v.Covers = []crawler.Span{{From: day0, To: v.At}}
			n++
			return v
		}
		for _, c := range []struct {
			name string
			make func() crawler.Visit
		}{
			{"new", func() crawler.Visit { return list(true, false) }},
			{"pages", func() crawler.Visit { return list(true, true) }},
			{"same", func() crawler.Visit { return list(false, false) }},
			{"not_modified", func() crawler.Visit {
				n++
				return visit("tinh/feed", fmt.Sprint("v", n), day0.Add(time.Duration(n)*time.Second), media.NotModified)
			}},
		} {
			b.Run(engine+"/"+c.name, func(b *testing.B) {
				for b.Loop() {
					if _, err := s.PutVisits(ctx, l, []crawler.Visit{c.make()}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
