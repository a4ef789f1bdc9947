package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/store"
	"loa/store/storetest"
	"loa/web"
)

// Visits recorded together leave what they leave one by one: also where they
// tell of the same source or item, which keep their order.
func TestVisitsTogether(t *testing.T) {
	h := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }
	one, two, three, old := item("1", "Tin một", h(0)), item("2", "Tin hai", time.Time{}), item("3", "Tin ba", h(1)), item("cu", "Tin một", h(0))
	entry := func(it media.Item, hash string, at time.Time) crawler.Seen {
		return crawler.Seen{Item: it, Entry: revision(it, hash, "thân "+hash, "entry", at)}
	}
	var vs []crawler.Visit
	add := func(source, outcome string, n int, covers []crawler.Span, seen ...crawler.Seen) {
		v := visit(source, fmt.Sprint("v", len(vs)), h(n), outcome, seen...)
		v.ETag, v.Mark, v.Covers, v.Full, v.Fails = fmt.Sprint("etag", n), fmt.Sprint("mark", n), covers, n%2 == 0, n
		if len(seen) > 0 {
			v.Kept = &media.Kept{SHA256: strings.Repeat(fmt.Sprint(n%10), 64), URL: "https://bao.example/", At: h(n), Size: n}
		}
		vs = append(vs, v)
	}
	add("tinh/a", media.OK, 10, []crawler.Span{{From: h(0), To: h(10), How: "list"}}, entry(one, "h1", h(10)), crawler.Seen{Item: two, Fetch: true, Host: "khac.example"})
	add("tinh/b", media.OK, 11, []crawler.Span{{From: h(5), To: h(11), How: "list"}}, entry(three, "h3", h(11)), entry(three, "h4", h(11)))
	add("tinh/c", media.Unreachable, 11, nil)
	add("tinh/b", media.OK, 12, []crawler.Span{{From: h(11), To: h(12), How: "list"}, {From: h(1), To: h(2), How: "archive"}},
		entry(one, "h2", h(12)), crawler.Seen{Item: two}, entry(old, "h2", h(12))) // the same item as another source's, in other words
	add("tinh/a", media.NotModified, 13, []crawler.Span{{From: h(10), To: h(13), How: "not_modified"}})
	add("tinh/c", media.Blocked, 14, nil)
	add("tinh/b", media.OK, 15, []crawler.Span{{From: h(1), To: h(15), How: "list"}}, entry(one, "h1", h(15)))
	plan := &schedule.Plan{ID: "tinh/2023", From: h(0), To: h(1000), Sources: []media.Source{{ID: "tinh/a"}, {ID: "tinh/b"}, {ID: "tinh/c"}}}

	type left struct {
		known  [][]bool
		health map[string]media.Health
		seen   schedule.Observation
		items  []any
		events []string
		pages  int
	}
	run := func(t *testing.T, engine string, n int) left {
		s := storetest.Open(t, engine, store.Options{})
		sync(t, s, source("tinh/a", "https://bao.example/a"), source("tinh/b", "https://bao.example/b"), source("tinh/c", "https://bao.example/c"),
			source("tinh/x", "https://khac.example/"))
		leases := claim(t, s, "n", "bao.example", "khac.example")
		zero := item("0", "Tin không", h(0))
		put(t, s, leases[0], visit("tinh/a", "first", h(0), media.OK, entry(zero, "h0", h(0))))
		if err := s.AddAlias(ctx, old.ID, zero.ID); err != nil {
			t.Fatal(err)
		}
		var got left
		for range 2 { // recorded again, they say the same
			got.known = nil
			for some := range slices.Chunk(vs, n) {
				known, err := s.PutVisits(ctx, leases[0], some)
				if err != nil {
					t.Fatal(err)
				}
				got.known = append(got.known, known...)
			}
		}
		got.health, got.seen = must(s.Health(ctx)), must(s.Observation(ctx, plan, time.Time{}))
		for _, it := range []media.Item{zero, one, two, three} {
			row, revs, _, err := s.Item(ctx, it.ID)
			if err != nil {
				t.Fatal(err)
			}
			got.items = append(got.items, row, revs)
		}
		for _, e := range must(s.Events(ctx, 0, 100)) {
			got.events = append(got.events, strings.Join([]string{e.Kind, e.Subject, e.Before, e.After, e.At.String()}, " "))
		}
		slices.Sort(got.events)
		got.pages = len(must(s.Load(ctx, leases[1], 9)).Pages)
		return got
	}
	for _, engine := range storetest.Engines() {
		want := run(t, engine, 1)
		if len(want.events) == 0 || want.pages != 1 || want.health["tinh/b"].Items != 1 || !want.known[3][0] || want.known[1][1] {
			t.Fatalf("%s: one by one: %+v", engine, want)
		}
		for _, n := range []int{2, 3, len(vs)} {
			if got := run(t, engine, n); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %d at a time:\n%+v\nwant\n%+v", engine, n, got, want)
			}
		}
	}
}

// A new item that comes with a verdict stands as if it had been judged later;
// one that was there keeps what it has until its new text is judged.
func TestVisitBringsVerdicts(t *testing.T) {
	outcomes := map[string]media.Verdict{"reform": {Reform: true, Score: 2, Topics: []string{media.TTHC}}, "other": {Score: -1}, "review": {Score: 0.1, Review: true}}
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		var together, later []crawler.Seen
		for name, v := range outcomes {
			for _, way := range []string{"together", "later"} {
				it := item(name+"-"+way, "Tin "+name, day0)
				e := crawler.Seen{Item: it, Entry: revision(it, "h"+way, "thân", "entry", day0)}
				if v.Revision, v.Classifier = e.Entry.ID, "c1"; way == "together" {
					e.Verdict = &v
					together = append(together, e)
				} else {
					later = append(later, e)
				}
			}
		}
		awaited := item("awaited", "Tin chờ trang", day0)
		no := media.Verdict{Classifier: "c1"}
		together = append(together, crawler.Seen{Item: awaited, Fetch: true, Host: "bao.example", Entry: revision(awaited, "ha", "thân", "entry", day0), Verdict: &no})
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, append(together, later...)...))
		revs := must(s.Unjudged(ctx, "c1", 100))
		if len(revs) != len(outcomes) {
			t.Fatalf("%d texts to judge, want those that came without a verdict", len(revs))
		}
		var vs []media.Verdict
		for _, r := range revs {
			v := outcomes[strings.TrimPrefix(r.Title, "Tin ")]
			v.Revision, v.Classifier = r.ID, "c1"
			vs = append(vs, v)
		}
		if err := s.PutVerdicts(ctx, vs, day0); err != nil {
			t.Fatal(err)
		}
		for name := range outcomes {
			rows, n, err := s.Search(ctx, web.ItemQuery{Verdict: name})
			want := 2
			if name == "review" { // also what was not about reform as far as its listing went
				want = 3
			}
			if err != nil || n != want {
				t.Errorf("%s: %d items, want %d (%v)", name, n, want, err)
			}
			var verdicts []media.Verdict
			for _, r := range rows {
				if v := *r.Verdict; r.Item.ID != awaited.ID {
					v.Revision = ""
					verdicts = append(verdicts, v)
				}
			}
			if len(verdicts) == 2 && !reflect.DeepEqual(verdicts[0], verdicts[1]) {
				t.Errorf("%s: with its item %+v, later %+v", name, verdicts[0], verdicts[1])
			}
		}
		// The same item in new words, with a verdict on them: judged by the chore.
		it := item("reform-together", "Tin reform", day0)
		other := media.Verdict{Classifier: "c1", Score: -3}
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK,
			crawler.Seen{Item: it, Entry: revision(it, "h2", "thân khác", "entry", day0.Add(time.Hour)), Verdict: &other}))
		if revs := must(s.Unjudged(ctx, "c1", 100)); len(revs) != 1 || revs[0].Hash != "h2" {
			t.Errorf("to judge: %+v", revs)
		}
	})
}
