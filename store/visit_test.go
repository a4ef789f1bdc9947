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
	"loa/web/api"
)

var all = web.ItemQuery{Limit: 1000}

func TestVisitIsIdempotent(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, two := item("1", "Tin một", day0), item("2", "Tin hai", time.Time{})
		kept := &media.Kept{SHA256: strings.Repeat("ab", 32), URL: "https://bao.example/rss", Status: 200, Header: map[string][]string{"Etag": {`"x"`}}, At: day0, Size: 9}
		v := visit("tinh/feed", "v1", day0, media.OK,
			crawler.Seen{Item: one, Entry: revision(one, "h1", "thân một", "entry", day0)},
			crawler.Seen{Item: two, Fetch: true, Host: "bao.example"},
			crawler.Seen{Item: one}) // listed twice on one page
		v.Kept, v.ETag, v.LastModified, v.BodyHash, v.Mark, v.Full = kept, `"x"`, "Mon", "bh", "mark", true
		v.Covers = []crawler.Span{{From: day0.Add(-time.Hour), To: day0, How: "list"}}
		for range 3 {
			if known := put(t, s, l, v); !slices.Equal(known, []bool{false, false, false}) {
				t.Errorf("known = %v", known)
			}
		}
		h := must(s.Health(ctx))["tinh/feed"]
		if h.Items != 2 || h.Visits[media.OK] != 1 || !h.LastOK.Equal(day0) || !h.CoveredFrom.Equal(day0.Add(-time.Hour)) || !h.CoveredTo.Equal(day0) || h.Took != 120*time.Millisecond {
			t.Errorf("health: %+v", h)
		}
		// A later visit knows them, and moves the date of last sight alone.
		later := day0.Add(time.Hour)
		put(t, s, l, visit("tinh/feed", "v1a", later.Add(-time.Minute), media.OK, crawler.Seen{Item: one}))
		if row, _, _, err := s.Item(ctx, one.ID); err != nil || !row.Item.Verified.Equal(day0) { // to the hour
			t.Errorf("within the hour: %v, %v", row.Item.Verified, err)
		}
		three := item("3", "Tin ba", later)
		known := put(t, s, l, visit("tinh/feed", "v2", later, media.OK, crawler.Seen{Item: three}, crawler.Seen{Item: one}, crawler.Seen{Item: two}))
		if !slices.Equal(known, []bool{false, true, true}) {
			t.Errorf("known = %v", known)
		}
		row, revs, ok, err := s.Item(ctx, one.ID)
		if err != nil || !ok || len(revs) != 1 || revs[0].Body != "thân một" {
			t.Fatalf("item: %+v, %+v, %v, %v", row, revs, ok, err)
		}
		if !row.Item.Seen.Equal(day0) || !row.Item.Verified.Equal(later) || row.Item.Revision != revs[0].ID || !row.Item.Claimed.At.Equal(day0) ||
			row.Item.Claimed.Text != one.Claimed.Text || row.Item.Claimed.Precision != media.ToMinute || row.Item.Key != "1" || row.Item.Agency != "tinh/bao" {
			t.Errorf("item: %+v", row.Item)
		}
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		st := must(s.Load(ctx, l, 1)).Sources[0]
		// The second visit was OK and carried no validators: they are gone, LastFull stays.
		if st.ETag != "" || st.Mark != "" || !st.Visited || st.LastFull.IsZero() || !st.CoveredTo.Equal(day0) {
			t.Errorf("state: %+v", st)
		}
		put(t, s, l, v2("v3", later.Add(time.Hour), media.OK, `"y"`, "mark3"))
		put(t, s, l, v2("v4", later.Add(2*time.Hour), media.NotModified, "", ""))
		put(t, s, l, v2("v5", later.Add(3*time.Hour), media.Blocked, "", ""))
		if err := s.MakeDue(ctx); err != nil {
			t.Fatal(err)
		}
		if st := must(s.Load(ctx, l, 1)).Sources[0]; st.ETag != `"y"` || st.LastModified != "lm" || st.BodyHash != "bh" || st.Mark != "mark3" || st.Fails != 4 {
			t.Errorf("state after a blind visit: %+v", st)
		}
	})
}

func v2(id string, when time.Time, outcome, etag, mark string) crawler.Visit {
	v := visit("tinh/feed", id, when, outcome)
	v.ETag, v.LastModified, v.BodyHash, v.Mark, v.Fails = etag, "lm", "bh", mark, 4
	return v
}

func TestKnownItemsAreOfTheSource(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		sync(t, s, source("tinh/a", "https://bao.example/a"), source("tinh/b", "https://bao.example/b"))
		l := claim(t, s, "x", "bao.example")[0]
		one, two := item("1", "Tin một", day0), item("2", "Tin hai", day0)
		put(t, s, l, visit("tinh/a", "v1", day0, media.OK, crawler.Seen{Item: one}))
		if known := put(t, s, l, visit("tinh/b", "v2", day0, media.OK, crawler.Seen{Item: two}, crawler.Seen{Item: one})); !slices.Equal(known, []bool{false, true}) {
			t.Errorf("known = %v", known)
		}
		ids := []string{one.ID, two.ID, "none"}
		for source, want := range map[string]string{"tinh/a": "1", "tinh/b": "12", "": "12", "tinh/c": ""} {
			known := must(s.KnownItems(ctx, source, ids))
			got := ""
			if known[one.ID] {
				got += "1"
			}
			if known[two.ID] {
				got += "2"
			}
			if got != want || len(known) != len(want) {
				t.Errorf("%q knows %v, want %q", source, known, want)
			}
		}
		if known, err := s.KnownItems(ctx, "tinh/a", nil); err != nil || len(known) != 0 {
			t.Errorf("none asked: %v, %v", known, err)
		}
		if h := must(s.Health(ctx)); h["tinh/a"].Items != 1 || h["tinh/b"].Items != 1 {
			t.Errorf("items first seen: %+v", h)
		}
	})
}

func TestAliases(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		one, moved := item("1", "Tin một", day0), item("cu-1", "Tin một", day0)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: one}))
		for range 2 {
			if err := s.AddAlias(ctx, moved.ID, one.ID); err != nil {
				t.Fatal(err)
			}
		}
		known := put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK,
			crawler.Seen{Item: moved, Fetch: true, Host: "bao.example", Entry: revision(moved, "h1", "thân", "entry", day0)}))
		if !slices.Equal(known, []bool{true}) {
			t.Errorf("known = %v", known)
		}
		if err := s.PutPage(ctx, l, crawler.PageVisit{Item: moved.ID, Source: "tinh/feed", At: day0, Outcome: media.OK, Done: true,
			Revision: revision(moved, "h2", "thân trang", "page", day0)}); err != nil {
			t.Fatal(err)
		}
		if _, total, _ := s.Search(ctx, all); total != 1 {
			t.Errorf("%d items, want 1", total)
		}
		row, revs, ok, err := s.Item(ctx, moved.ID)
		if err != nil || !ok || row.Item.ID != one.ID || len(revs) != 2 || revs[0].Item != one.ID || row.Item.Revision != media.RevisionID(one.ID, "h2", day0) {
			t.Errorf("by its alias: %+v, %+v, %v, %v", row.Item, revs, ok, err)
		}
		if known := must(s.KnownItems(ctx, "", []string{moved.ID})); !known[moved.ID] {
			t.Error("an alias is not known")
		}
	})
}

func TestCoverageMerges(t *testing.T) {
	h := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		plan := &schedule.Plan{ID: "tinh/2023", From: day0, To: h(1000), Sources: []media.Source{{ID: "tinh/feed"}}}
		for i, step := range []struct {
			covers []crawler.Span
			want   string
		}{
			{[]crawler.Span{{From: h(0), To: h(2)}}, "0-2"},
			{[]crawler.Span{{From: h(2), To: h(3)}}, "0-3"},                                               // touches
			{[]crawler.Span{{From: h(10), To: h(12)}}, "0-3 10-12"},                                       // a gap
			{[]crawler.Span{{From: h(11), To: h(11)}}, "0-3 10-12"},                                       // empty
			{[]crawler.Span{{From: h(20), To: h(21)}, {From: h(15), To: h(16)}}, "0-3 10-12 15-16 20-21"}, // an archive walk
			{[]crawler.Span{{From: h(12), To: h(15)}}, "0-3 10-16 20-21"},                                 // closes a gap
			{[]crawler.Span{{From: h(1), To: h(25)}}, "0-25"},                                             // swallows all
			{[]crawler.Span{{From: h(5), To: h(6)}}, "0-25"},                                              // inside
		} {
			v := visit("tinh/feed", fmt.Sprint("v", i), h(100+i), media.OK)
			v.Covers = step.covers
			put(t, s, l, v)
			put(t, s, l, v)
			if got := spans(must(s.Observation(ctx, plan, time.Time{}))); got != step.want {
				t.Errorf("step %d: covered %s, want %s", i, got, step.want)
			}
			if got := spans(must(s.Observation(ctx, plan, h(100+i)))); got != step.want {
				t.Errorf("step %d as known then: covered %s, want %s", i, got, step.want)
			}
		}
		if got := spans(must(s.Observation(ctx, plan, h(102)))); got != "0-3 10-12" {
			t.Errorf("as known at the third visit: %s", got)
		}
		if hl := must(s.Health(ctx))["tinh/feed"]; !hl.CoveredFrom.Equal(h(0)) || !hl.CoveredTo.Equal(h(25)) {
			t.Errorf("last span: %v to %v", hl.CoveredFrom, hl.CoveredTo)
		}
		// Pruned visits leave counts, coverage and what was known of it on their day.
		n, err := s.Prune(ctx, h(104))
		if err != nil || n != 4 {
			t.Errorf("pruned %d, %v", n, err)
		}
		if got := spans(must(s.Observation(ctx, plan, time.Time{}))); got != "0-25" {
			t.Errorf("after pruning: %s", got)
		}
		if got := spans(must(s.Observation(ctx, plan, h(104)))); got != "0-3 10-12 15-16 20-21" {
			t.Errorf("after pruning, as known then: %s", got)
		}
		if hl := must(s.Health(ctx))["tinh/feed"]; hl.Visits[media.OK] != 8 {
			t.Errorf("visits counted after pruning: %v", hl.Visits)
		}
	})
}

// spans writes the covered hours of tinh/feed.
func spans(o schedule.Observation) string {
	var out []string
	for _, s := range o.Spans["tinh/feed"] {
		out = append(out, fmt.Sprintf("%d-%d", int(s.From.Sub(day0)/time.Hour), int(s.To.Sub(day0)/time.Hour)))
	}
	return strings.Join(out, " ")
}

func TestBlindSourcesAreTold(t *testing.T) {
	h := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		plan := &schedule.Plan{ID: "tinh/2023", From: day0, To: h(1000), Sources: []media.Source{{ID: "tinh/feed"}}}
		for i, outcome := range []string{media.OK, media.NotModified, media.Unreachable, media.Unreachable, media.Blocked, media.NotModified, media.OK} {
			put(t, s, l, visit("tinh/feed", fmt.Sprint("v", i), h(i), outcome))
			o := must(s.Observation(ctx, plan, time.Time{}))
			b, blind := o.Blind["tinh/feed"]
			if want := i >= 2 && i <= 4; blind != want || blind && (b.Reason != outcome || !b.Since.Equal(h(2)) || b.Source != "tinh/feed") {
				t.Errorf("after %d visits: %+v", i+1, o.Blind)
			}
		}
		for at, want := range map[int]string{1: "", 2: media.Unreachable, 3: media.Unreachable, 4: media.Blocked, 5: "", 6: ""} {
			b := must(s.Observation(ctx, plan, h(at))).Blind["tinh/feed"]
			if b.Reason != want || want != "" && !b.Since.Equal(h(2)) {
				t.Errorf("as known at %d: %+v, want %q", at, b, want)
			}
		}
		// Seven visits, and an event only where the state changed.
		var got []string
		for _, e := range must(s.Events(ctx, 0, 100)) {
			got = append(got, e.Kind+" "+e.Before+">"+e.After)
		}
		want := []string{"source.state ok>unreachable", "source.state unreachable>blocked", "source.state blocked>ok"}
		if !slices.Equal(got, want) {
			t.Errorf("events %q, want %q", got, want)
		}
	})
}

func TestBlindFromTheStart(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.Soft404))
		if ev := must(s.Events(ctx, 0, 9)); len(ev) != 1 || ev[0].Before != "" || ev[0].After != media.Soft404 {
			t.Errorf("events: %+v", ev)
		}
		if h := must(s.Health(ctx))["tinh/feed"]; !h.BlindSince.Equal(day0) || !h.LastOK.IsZero() || h.Outcome != media.Soft404 {
			t.Errorf("health: %+v", h)
		}
	})
}

func TestPages(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin một", time.Time{})
		listing := visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"})
		listing.Kept = &media.Kept{SHA256: strings.Repeat("11", 32), At: day0}
		put(t, s, l, listing)
		if row, _, _, _ := s.Item(ctx, it.ID); row.Item.Revision != "" || row.Item.Claimed.Precision != media.NoDate || !row.Item.Claimed.At.IsZero() {
			t.Errorf("before its page is read: %+v", row.Item)
		}
		r := revision(it, "p1", "thân trang", "page", day0.Add(time.Hour))
		r.Title, r.Section, r.Credit, r.Kept = "Tiêu đề trên trang", "Cải cách hành chính", "Theo Báo Mẫu", strings.Repeat("cd", 32)
		claimed := media.Date{At: day0.Add(-time.Hour), Precision: media.ToDay, Text: "06/03/2023", Found: "selector", ZoneGiven: true}
		page := crawler.PageVisit{
			Item: it.ID, Source: "tinh/feed", At: day0.Add(time.Hour), Outcome: media.OK, Revision: r, Claimed: claimed, Column: "cchc", Done: true,
			Kept: &media.Kept{SHA256: r.Kept, URL: it.URL, Status: 200, At: day0, Size: 3},
		}
		for range 2 {
			if err := s.PutPage(ctx, l, page); err != nil {
				t.Fatal(err)
			}
		}
		row, revs, _, _ := s.Item(ctx, it.ID)
		if len(revs) != 1 || row.Item.Revision != r.ID || row.Item.Title != r.Title || row.Item.Section != r.Section || row.Item.Credit != r.Credit ||
			row.Item.Lead != it.Lead || row.Item.Column != "cchc" || !row.Item.Claimed.At.Equal(claimed.At) || row.Item.Claimed.Found != "selector" ||
			!row.Item.Claimed.ZoneGiven || !row.Item.Verified.Equal(page.At) {
			t.Errorf("item: %+v\nrevisions: %+v", row.Item, revs)
		}
		// Listed again it is not awaited again; and the date it has stays.
		it.Claimed = media.Date{At: day0, Precision: media.ToMinute, Found: "feed"}
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(2*time.Hour), media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"}))
		if w := must(s.Load(ctx, l, 9)); len(w.Pages) != 0 {
			t.Errorf("awaited again: %+v", w.Pages)
		}
		if row, _, _, _ := s.Item(ctx, it.ID); !row.Item.Claimed.At.Equal(claimed.At) {
			t.Errorf("claimed date moved to %v", row.Item.Claimed.At)
		}
		if n := len(must(s.Events(ctx, 0, 9))); n != 0 {
			t.Errorf("%d events for a first text", n)
		}
		if err := s.PutPage(ctx, l, crawler.PageVisit{Item: "none", At: day0, Done: true}); err == nil {
			t.Error("took a page of an unknown item")
		}
	})
}

func TestRevisions(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin một", day0)
		step := 0
		list := func(hash string) {
			step++
			when := day0.Add(time.Duration(step) * time.Hour)
			put(t, s, l, visit("tinh/feed", fmt.Sprint("v", step), when, media.OK, crawler.Seen{Item: it, Entry: revision(it, hash, "thân "+hash, "entry", when)}))
		}
		page := func(hash string) {
			step++
			when := day0.Add(time.Duration(step) * time.Hour)
			r := revision(it, hash, "thân "+hash, "page", when)
			if err := s.PutPage(ctx, l, crawler.PageVisit{Item: it.ID, At: when, Outcome: media.OK, Revision: r, Done: true}); err != nil {
				t.Fatal(err)
			}
		}
		check := func(current string, revs, events int) {
			t.Helper()
			row, rs, _, err := s.Item(ctx, it.ID)
			if err != nil {
				t.Fatal(err)
			}
			cur := ""
			for _, r := range rs {
				if r.ID == row.Item.Revision {
					cur = r.Hash + " " + r.From
				}
			}
			if n := len(must(s.Events(ctx, 0, 99))); cur != current || len(rs) != revs || n != events {
				t.Errorf("step %d: current %q of %d, %d events; want %q of %d, %d", step, cur, len(rs), n, current, revs, events)
			}
		}
		list("e1")
		check("e1 entry", 1, 0)
		list("e1")
		check("e1 entry", 1, 0)
		list("e2") // the publisher changed it
		check("e2 entry", 2, 1)
		list("e1") // and back
		check("e1 entry", 2, 2)
		page("p1") // a better reading, no change by the publisher
		check("p1 page", 3, 2)
		list("e3") // kept, but the page's text stays in force
		check("p1 page", 4, 2)
		page("p2")
		check("p2 page", 5, 3)
		page("e3") // the page now says what the listing said
		check("e3 page", 5, 4)
		ev := must(s.Events(ctx, 0, 1))[0]
		if ev.Kind != "item.revised" || ev.Subject != it.ID || ev.Before != "e1" || ev.After != "e2" || ev.ActorKind != "system" {
			t.Errorf("event: %+v", ev)
		}
	})
}

// An item whose page cannot be read is judged by what its listing said.
func TestListingStandsIn(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin một", day0)
		v := visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Fetch: true, Host: "bao.example"})
		v.Kept = &media.Kept{SHA256: strings.Repeat("11", 32), At: day0}
		put(t, s, l, v)
		gone := crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: day0.Add(time.Hour), Outcome: media.Soft404, Done: true}
		for range 2 {
			if err := s.PutPage(ctx, l, gone); err != nil {
				t.Fatal(err)
			}
		}
		revs := must(s.Unjudged(ctx, "c1", 9))
		if len(revs) != 1 || revs[0].Title != it.Title || revs[0].Lead != it.Lead || revs[0].From != "entry" || revs[0].Kept != v.Kept.SHA256 ||
			revs[0].Hash != crawler.TextHash(it.Title, it.Lead, "") {
			t.Errorf("stands in: %+v", revs)
		}
	})
}

// What PostgreSQL refuses and SQLite takes must not reach either.
func TestBoundaryIsCleaned(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Đẩy ma\u0323nh\x00 cải cách\xff", day0)
		it.URL += "\x00?q=\xff1"
		r := revision(it, "h", "thân\x00 bài\xfe", "entry", day0)
		v := visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Entry: r})
		v.Detail, v.ETag = "lỗi\x00\xff", "\"\x00\xff\""
		v.Kept = &media.Kept{SHA256: strings.Repeat("ab", 32), URL: it.URL, Header: map[string][]string{"X": {"\x00\xff"}}, ContentType: "text/\x00", At: day0}
		put(t, s, l, v)
		row, revs, _, err := s.Item(ctx, it.ID)
		if err != nil || row.Item.Title != "Đẩy mạnh cải cách" || row.Item.URL != "https://bao.example/1?q=1" || revs[0].Body != "thân bài" {
			t.Errorf("%+v, %+v, %v", row.Item, revs, err)
		}
	})
}

// A long list goes through in pieces.
func TestLongList(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		var seen []crawler.Seen
		for i := range 1500 {
			it := item(fmt.Sprint(i), fmt.Sprint("Tin số ", i), day0.Add(time.Duration(i)*time.Minute))
			seen = append(seen, crawler.Seen{Item: it, Fetch: i%2 == 0, Host: "bao.example", Entry: revision(it, fmt.Sprint("h", i), "thân", "entry", day0)})
		}
		known := put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, seen...))
		if len(known) != 1500 || slices.Contains(known, true) {
			t.Errorf("%d known", len(known))
		}
		pagesMeet(t, s, 1500)
		if rows, total, err := s.Search(ctx, web.ItemQuery{Text: "tin so", Limit: 3}); err != nil || total != 1500 || rows[0].Item.Title != "Tin số 1499" {
			t.Errorf("%d items, %v", total, err)
		}
		if w := must(s.Load(ctx, l, 2000)); len(w.Pages) != 750 {
			t.Errorf("%d pages awaited", len(w.Pages))
		}
	})
}

// pagesMeet reads a list of which n pieces have «tin so» by what each page follows, and back, as by offsets.
func pagesMeet(t *testing.T, s *store.Store, n int) {
	t.Helper()
	more, ctx := false, t.Context()
	for _, q := range []web.ItemQuery{{Text: "tin so"}, {Text: "tin so", Oldest: true}, {}, {Text: "tin so", Verdict: "unjudged"}, {Text: "tin so", From: day0}, {Text: "tin so", Agency: "tinh/bao"}, {Text: "1499"}} {
		q.Limit, q.Most, q.More = 400, 1000, &more
		all, by := []string(nil), q
		for by.Offset = 0; ; by.Offset += q.Limit {
			rows, total, err := s.Search(ctx, by)
			if want := min(n, 1000); err != nil || q.Text != "1499" && (total < want || !more && total < n) || q.Text == "1499" && (total != 1 || more) {
				t.Fatalf("%+v: %d, more %v, %v", by, total, more, err)
			}
			if len(rows) == 0 {
				break
			}
			if past := q; len(all) > 0 {
				past.Past = all[len(all)-1]
				after, _, err := s.Search(ctx, past)
				past.Past, past.Back = rows[0].Item.ID, true
				before, _, err2 := s.Search(ctx, past)
				if err != nil || err2 != nil || len(after) != len(rows) || after[0].Item.ID != rows[0].Item.ID || before[len(before)-1].Item.ID != all[len(all)-1] || before[0].Item.ID != all[len(all)-400] {
					t.Fatalf("%+v at %d: other pieces than by offset; %v, %v", q, by.Offset, err, err2)
				}
			}
			for _, r := range rows {
				all = append(all, r.Item.ID)
			}
		}
		if len(all) != n && q.Text != "1499" {
			t.Errorf("%+v: %d of %d", q, len(all), n)
		}
		if q.Oldest {
			continue
		}
		var told []string
		for a := (api.ItemQuery{Text: q.Text, Verdict: q.Verdict, Limit: 400}); ; {
			rows, err := s.APIItems(ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				told = append(told, r.Item.ID)
			}
			if len(rows) < a.Limit {
				break
			}
			a.After, a.AfterID = rows[len(rows)-1].Sort, rows[len(rows)-1].Item.ID
		}
		if !slices.Equal(told, all) {
			t.Errorf("%+v: programs are told %d of %d", q, len(told), len(all))
		}
	}
}
