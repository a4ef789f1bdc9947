package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/crawler/copies"
	"loa/media"
	"loa/monitor"
	"loa/store"
)

// sore reads texts, and panics on those that say a word while it is set.
type sore struct {
	copies.Comparer
	version string
	word    *string
	groups  *string
}

func (c sore) Version() string { return c.version }
func (c sore) Rules() string   { return c.version }
func (c sore) Judge(r media.Revision) media.Verdict {
	c.bite(r)
	return media.Verdict{Reform: true, Score: 0.9}
}
func (c sore) Sketch(r media.Revision) (int64, []int64) {
	c.bite(r)
	return c.Comparer.Sketch(r)
}
func (c sore) Groups(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool) []media.Copy {
	for _, r := range texts {
		if *c.groups != "" && strings.Contains(r.Title, *c.groups) {
			panic(r.Title)
		}
	}
	return c.Comparer.Groups(items, texts, words, near)
}
func (c sore) bite(r media.Revision) {
	if *c.word != "" && strings.Contains(r.Title, *c.word) {
		panic(r.Title)
	}
}

// TestQuarantine: a text on which the judge and the comparer panic waits for a
// person with its bytes; the rest is read; it is tried again when somebody
// releases it, and by itself when the version changes.
func TestQuarantine(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		sum := strings.Repeat("ab", 32)
		bad := piece("bad", "Bài độc hại của xã", saying(1, 6), minute(day0))
		bad.Entry.Kept = sum
		v := visit("tinh/feed", "v1", day0, media.OK, bad, piece("good", "Bài lành của xã", saying(2, 6), minute(day0)), piece("copy", "Bài lành của xã", saying(2, 6), minute(day0.Add(time.Hour))))
		v.Kept = &media.Kept{SHA256: sum, URL: "https://bao.example/rss", Status: 200, At: day0, Size: 9}
		put(t, s, l, v)
		word, groups := "độc", ""
		c := sore{version: "v1", word: &word, groups: &groups}
		judge := func(want int) {
			t.Helper()
			if n, err := monitor.JudgeAll(ctx, c, s, day0); err != nil || n != want {
				t.Errorf("%d judged, %v; want %d", n, err, want)
			}
		}
		compare := func(want int) {
			t.Helper()
			if n, err := monitor.CompareAll(ctx, c, s, day0); err != nil || n != want {
				t.Errorf("%d compared, %v; want %d", n, err, want)
			}
		}
		open := func(want ...string) (out []media.Quarantined) {
			t.Helper()
			out = must(s.Quarantined(ctx, false, 100))
			var got []string
			for _, q := range out {
				got = append(got, q.Stage+" "+q.Version)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("open: %v, want %v", got, want)
			}
			return out
		}
		outcomes := func(want map[string]int) {
			t.Helper()
			for k, n := range must(s.VerdictCounts(ctx)) {
				if n != want[k] {
					t.Errorf("%d items are %s, want %d", n, k, want[k])
				}
			}
		}

		judge(3)
		judge(0) // not retried, not counted again
		compare(3)
		compare(0)
		outcomes(map[string]int{"reform": 2, "review": 1})
		if got := standing(t, s, "good", "copy", "bad"); !strings.HasPrefix(got, "good=good original") || !strings.Contains(got, "copy=good exact") || strings.Contains(got, "bad") {
			t.Errorf("the rest is compared: %s", got)
		}
		id := media.ItemID("tinh", "bad")
		for _, q := range open("compare v1", "judge v1") {
			q.At, q.First = q.At.In(zone), q.First.In(zone)
			if q.Kind != "revision" || q.ID != bad.Entry.ID || q.Item != id || q.Source != "tinh/feed" || q.URL != bad.Item.URL || q.Kept != sum || q.Times != 1 || q.At != day0 || q.First != day0 || q.Machine.IsZero() || !q.Open {
				t.Errorf("%+v", q)
			}
		}
		if got := must(s.QuarantinedItems(ctx, []string{id, media.ItemID("tinh", "good")})); len(got) != 1 || !got[id] {
			t.Errorf("items: %v", got)
		}
		if n := must(s.QuarantineCounts(ctx)); len(n) != 2 || n["judge"] != 1 || n["compare"] != 1 {
			t.Errorf("counts: %v", n)
		}
		if uses := must(s.KeptUses(ctx, sum)); !slices.ContainsFunc(uses, func(u store.KeptUse) bool { return u.Kind == "quarantine" }) {
			t.Errorf("the bytes are held by %+v", uses)
		}

		// Released they are tried again, and counted once more where it is no better.
		release := func(who string) {
			t.Helper()
			for _, q := range must(s.Quarantined(ctx, false, 100)) {
				for range 2 {
					if err := s.ReleaseQuarantined(ctx, q.Key, who, day0.Add(time.Hour)); err != nil {
						t.Fatal(err)
					}
				}
			}
			open()
		}
		release("Cán bộ A")
		outcomes(map[string]int{"reform": 2, "unjudged": 1})
		judge(1)
		compare(1)
		for _, q := range open("compare v1", "judge v1") {
			if q.Times != 2 || q.By != "" || !q.Released.IsZero() {
				t.Errorf("after another try: %+v", q)
			}
		}
		release("Cán bộ B")
		word = ""
		judge(1)
		compare(1)
		open()
		outcomes(map[string]int{"reform": 3})
		for _, q := range must(s.Quarantined(ctx, true, 100)) {
			if q.By != "Cán bộ B" || q.Open || !q.Released.Equal(day0.Add(time.Hour)) {
				t.Errorf("what was released: %+v", q)
			}
		}

		// A new version reads it by itself, and what another panicked on is over.
		word, c.version = "độc", "v2"
		judge(3)
		compare(3)
		open("compare v2", "judge v2")
		word, c.version = "", "v3"
		judge(3)
		compare(3)
		open()
		outcomes(map[string]int{"reform": 3})

		// Of those that hang together with a bad one each stands alone, others are grouped.
		groups, c.version = "lành", "v4"
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK,
			piece("one", "Tin khác", saying(5, 6), minute(day0)), piece("two", "Tin khác", saying(5, 6), minute(day0.Add(time.Hour)))))
		compare(5)
		if got := standing(t, s, "good", "copy", "one", "two"); strings.Contains(got, "good") || !strings.Contains(got, "two=one exact") {
			t.Errorf("after grouping panicked: %s", got)
		}
		open("compare v4", "compare v4")

		if err := s.ReleaseQuarantined(ctx, "none", "A", day0); !errors.Is(err, store.ErrNotQuarantined) {
			t.Errorf("what is not there was released: %v", err)
		}
	})
}

// TestQuarantinedPages: a page is asked for again once it is released, whatever
// became of it; what is over by itself is told of owners alone.
func TestQuarantinedPages(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("page", "Tin", day0)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it, Fetch: true, Host: l.Host}))
		if err := s.PutPage(ctx, l, crawler.PageVisit{Item: it.ID, Source: "tinh/feed", At: day0, Outcome: media.ParseError, Done: true}); err != nil {
			t.Fatal(err)
		}
		waiting := func() int { return len(must(s.Load(ctx, l, 10)).Pages) }
		q := media.Quarantined{Stage: media.StageRead, Kind: "page", ID: "tinh/feed " + it.URL, Item: it.ID, Source: "tinh/feed", URL: it.URL, At: day0}
		for range 3 {
			if err := s.Quarantine(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		got := must(s.Quarantined(ctx, false, 10, media.StageRead))
		if len(got) != 1 || got[0].Times != 3 || waiting() != 0 {
			t.Fatalf("%+v, %d wait", got, waiting())
		}
		for _, owner := range []string{"tinh/a", "tinh/b"} {
			if err := s.Quarantine(ctx, media.Quarantined{Stage: media.StageEvaluate, Kind: "owner", ID: owner, At: day0}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Recovered(ctx, media.StageEvaluate, "", []string{"tinh/b"}); err != nil {
			t.Fatal(err)
		}
		if n := must(s.QuarantineCounts(ctx)); len(n) != 2 || n["evaluate"] != 1 || n["read"] != 1 {
			t.Errorf("counts: %v", n)
		}
		if err := s.ReleaseQuarantined(ctx, got[0].Key, "Cán bộ", day0); err != nil {
			t.Fatal(err)
		}
		if waiting() != 1 {
			t.Errorf("%d pages wait after the release, want it", waiting())
		}
	})
}
