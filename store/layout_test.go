package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
)

// The newest page reads come back, one an item; the source is blind for its
// layout from the page that says so until one that does not, with an event for
// each; putting a page twice is putting it once.
func TestLayoutOfASource(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		var seen []crawler.Seen
		for i := range crawler.LayoutReads + 10 {
			seen = append(seen, crawler.Seen{Item: item(fmt.Sprint(i), fmt.Sprint("Tin ", i), time.Time{}), Fetch: true, Host: "bao.example"})
		}
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, seen...))
		const last = crawler.LayoutReads + 5
		page := func(i int, layout string, odd ...string) {
			t.Helper()
			at := day0.Add(time.Duration(i+1) * time.Minute)
			id := seen[i].Item.ID
			p := crawler.PageVisit{
				Item: id, Source: "tinh/feed", At: at, Outcome: media.OK, Done: true, Odd: odd, Layout: layout,
				Revision: revision(seen[i].Item, fmt.Sprint("h", i), "thân", "page", at),
				Read:     &crawler.PageRead{Item: id, Version: "v1", At: at, Fields: int64(i)},
			}
			for range 2 {
				if err := s.PutPage(ctx, l, p); err != nil {
					t.Fatal(err)
				}
			}
		}
		layout := func() crawler.Layout { // of a source with a page awaited
			t.Helper()
			return must(s.Load(ctx, l, 999)).Layouts["tinh/feed"]
		}
		for i := range last + 1 {
			page(i, "")
		}
		got := layout()
		if len(got.Reads) != crawler.LayoutReads || got.Changed != "" {
			t.Fatalf("%d reads, changed %q", len(got.Reads), got.Changed)
		}
		for i, r := range got.Reads {
			if want := last - i; r.Item != seen[want].Item.ID || r.Fields != int64(want) || r.Version != "v1" || !r.At.Equal(day0.Add(time.Duration(want+1)*time.Minute)) {
				t.Fatalf("read %d: %+v", i, r)
			}
		}
		health := func() media.Health { return must(s.Health(ctx))["tinh/feed"] }
		if h := health(); h.Outcome != media.OK || !h.BlindSince.IsZero() {
			t.Errorf("%+v", h)
		}
		page(last+1, "body missing on the last 4 pages")
		page(last+2, "body missing on the last 5 pages", "spam")
		if h := health(); h.Outcome != media.LayoutChanged || h.Detail != "article pages: body missing on the last 5 pages" || !h.BlindSince.Equal(day0.Add((last+2)*time.Minute)) || !h.LastOK.Equal(day0) {
			t.Errorf("%+v", h)
		}
		if got := layout(); got.Changed != "body missing on the last 5 pages" {
			t.Errorf("changed %q", got.Changed)
		}
		if row, _, _, _ := s.Item(ctx, seen[last+2].Item.ID); !slices.Equal(row.Notes, []string{"spam"}) {
			t.Errorf("notes %q", row.Notes)
		}
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(3*time.Hour), media.Unreachable))
		if h := health(); h.Outcome != media.Unreachable { // the worse news is the one to tell
			t.Errorf("%+v", h)
		}
		put(t, s, l, visit("tinh/feed", "v3", day0.Add(4*time.Hour), media.OK, seen...))
		page(last+3, "")
		page(last+2, "") // read again, without the spam
		if h := health(); h.Outcome != media.OK || !h.BlindSince.IsZero() {
			t.Errorf("%+v", h)
		}
		if row, _, _, _ := s.Item(ctx, seen[last+2].Item.ID); len(row.Notes) != 0 {
			t.Errorf("notes %q", row.Notes)
		}
		var kinds []string
		for _, e := range must(s.Events(ctx, 0, 99)) {
			if e.Kind == "source.layout" {
				kinds = append(kinds, e.Before+"→"+e.After)
			}
		}
		if !slices.Equal(kinds, []string{"ok→layout_changed", "layout_changed→ok"}) {
			t.Errorf("events %q", kinds)
		}
		// Old pieces tell of the archive alone, without an event.
		id, at := seen[last+4].Item.ID, day0.Add(5*time.Hour)
		if err := s.PutPage(ctx, l, crawler.PageVisit{Item: id, Source: "tinh/feed", At: at, Outcome: media.OK, NextDue: at, Old: true, Layout: "body missing on old pages",
			Read: &crawler.PageRead{Item: id, Version: "v1", At: at}}); err != nil {
			t.Fatal(err)
		}
		if work := must(s.Load(ctx, l, 999)); work.Archives["tinh/feed"].Changed != "body missing on old pages" || len(work.Archives["tinh/feed"].Reads) != 1 ||
			work.Layouts["tinh/feed"].Changed != "" || len(work.Layouts["tinh/feed"].Reads) != crawler.LayoutReads {
			t.Errorf("%+v", work)
		}
		if h := health(); h.Outcome != media.OK {
			t.Errorf("of the archive: %+v", h)
		}
		for _, e := range must(s.Events(ctx, 0, 99)) {
			if e.Kind == "source.layout" && e.Subject != "tinh/feed" {
				t.Errorf("event %+v", e)
			}
		}
		texts := must(s.LastPages(ctx, "tinh/feed", 2))
		if len(texts) != 0 { // nothing of theirs was kept
			t.Errorf("%d pages without bytes", len(texts))
		}
	})
}

// What was odd on a piece's page goes with the piece when it turns out to be another.
func TestNotesOfAMergedItem(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, two := item("1", "Tin một của huyện về thủ tục", time.Time{}), item("2", "Tin một của huyện về thủ tục", time.Time{})
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: one, Fetch: true, Host: "bao.example"}, crawler.Seen{Item: two, Fetch: true, Host: "bao.example"}))
		for i, final := range []crawler.Address{{}, {ID: two.ID, Key: two.Key}} {
			at := day0.Add(time.Duration(i+1) * time.Hour)
			r := revision(one, "h", "thân", "page", at)
			r.Title = one.Title
			p := crawler.PageVisit{Item: one.ID, Source: "tinh/feed", At: at, Outcome: media.OK, Done: i > 0, NextDue: at, Odd: []string{"spam"}, Revision: r, Final: final}
			if i == 0 {
				p.Revision = nil
			}
			if err := s.PutPage(ctx, l, p); err != nil {
				t.Fatal(err)
			}
		}
		var ids []string
		for _, id := range []string{one.ID, two.ID} {
			row, _, ok, err := s.Item(ctx, id)
			if err != nil || !ok || !slices.Equal(row.Notes, []string{"spam"}) {
				t.Errorf("item %s, notes %q, %v", row.Item.ID, row.Notes, err)
			}
			ids = append(ids, row.Item.ID)
		}
		if ids[0] != ids[1] {
			t.Errorf("not merged: %q", ids)
		}
	})
}

// A date that was counted back gives way to one that is printed, and to no other.
func TestClaimCountedBack(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin một", time.Time{})
		it.Claimed = media.Date{At: day0, Precision: media.ToDay, Text: "2 giờ trước", Found: "relative"}
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"}))
		again := it
		again.Claimed.At = day0.Add(24 * time.Hour)
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK, crawler.Seen{Item: again, Fetch: true, Host: "bao.example"}))
		claim := func() media.Date {
			row, _, _, err := s.Item(ctx, it.ID)
			if err != nil {
				t.Fatal(err)
			}
			return row.Item.Claimed
		}
		if c := claim(); !c.At.Equal(day0) || c.Found != "relative" {
			t.Errorf("counted back again: %+v", c)
		}
		printed := media.Date{At: day0.Add(-time.Hour), Precision: media.ToMinute, Text: "06/03/2023 06:00", Found: "selector"}
		for _, d := range []media.Date{printed, {At: day0, Precision: media.ToSecond, Found: "json-ld"}} {
			if err := s.PutPage(ctx, l, crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: day0.Add(2 * time.Hour), Outcome: media.OK, Claimed: d, Done: true}); err != nil {
				t.Fatal(err)
			}
			if c := claim(); !c.At.Equal(printed.At) || c.Found != "selector" || c.Precision != media.ToMinute {
				t.Errorf("printed: %+v", c)
			}
		}
	})
}
