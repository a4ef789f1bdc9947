package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/crawler/copies"
	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/store"
	"loa/store/storetest"
)

// saying is a text of n sentences that no other seed shares.
func saying(seed uint64, n int) string {
	list := strings.Fields("ủy ban nhân dân xã huyện tỉnh công khai thủ tục hồ sơ người dân cán bộ tiếp nhận trả kết quả đúng hẹn kiểm tra đánh giá hài lòng phục vụ lãnh đạo hội nghị tập huấn phần mềm ký số")
	r := rand.New(rand.NewPCG(seed, 6))
	var b strings.Builder
	for range n {
		for range 14 {
			b.WriteString(list[r.IntN(len(list))] + " ")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// piece is an item with its whole text, as a page gave it.
func piece(key, title, body string, claimed media.Date) crawler.Seen {
	it := item(key, title, time.Time{})
	it.Lead, it.Claimed = "", claimed
	return crawler.Seen{Item: it, Entry: revision(it, crawler.TextHash(title, "", body), body, "entry", day0)}
}

func minute(t time.Time) media.Date { return media.Date{At: t, Precision: media.ToMinute} }
func day(t time.Time) media.Date    { return media.Date{At: t, Precision: media.ToDay} }

func compareAll(t *testing.T, s *store.Store) int {
	t.Helper()
	n, err := monitor.CompareAll(ctx, copies.Comparer{}, s, day0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// standing writes how the items with these keys stand, by their keys.
func standing(t *testing.T, s *store.Store, keys ...string) string {
	t.Helper()
	of := map[string]string{}
	for _, k := range keys {
		of[media.ItemID("tinh", k)] = k
	}
	var out []string
	for _, k := range keys {
		row, _, ok, err := s.Item(ctx, media.ItemID("tinh", k))
		if err != nil || !ok {
			t.Fatalf("item %s: %v, %v", k, ok, err)
		}
		if c := row.Copy; c != nil {
			out = append(out, fmt.Sprintf("%s=%s %s %v %d beside %s", k, of[c.Group], c.Relation, c.Certain, c.Others, of[c.Item]))
		}
	}
	return strings.Join(out, "; ")
}

func TestCopies(t *testing.T) {
	const title = "Huyện đánh giá kết quả giải quyết hồ sơ tại bộ phận một cửa"
	body := saying(1, 6)
	half := body[:strings.Index(body[len(body)/2:], "\n")+len(body)/2]
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK,
			piece("first", title, body, minute(day0)),
			piece("alone", "Một tin khác hẳn về chuyện khác ở nơi khác", saying(2, 6), minute(day0)),
			piece("short", "Thông báo", "", minute(day0))))
		if n := compareAll(t, s); n != 3 {
			t.Errorf("%d texts compared, want 3", n)
		}
		if got := standing(t, s, "first", "alone", "short"); got != "" {
			t.Errorf("alone: %s", got)
		}
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK,
			piece("same", strings.ToUpper(title), body, day(day0.AddDate(0, 0, 1))),
			piece("half", title, half, minute(day0.Add(time.Hour)))))
		if n := compareAll(t, s); n != 2 {
			t.Errorf("%d texts compared, want 2", n)
		}
		if got, want := standing(t, s, "first", "same", "half", "alone"), "first=first original true 2 beside half; same=first exact true 2 beside first; half=first near true 2 beside first"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		// One that was dated to the same day without a time may have been first.
		put(t, s, l, visit("tinh/feed", "v3", day0.Add(2*time.Hour), media.OK, piece("someday", title, body, day(midnight(day0)))))
		compareAll(t, s)
		if got, want := standing(t, s, "someday", "first", "same"), "someday=someday exact false 3 beside first; first=someday exact false 3 beside someday; same=someday exact false 3 beside someday"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		for _, key := range []string{"first", "same", "half", "someday", "alone"} {
			if err := s.AddReview(ctx, media.ItemID("tinh", key), true, nil, "Chuyên viên", day0, ""); err != nil {
				t.Fatal(err)
			}
		}
		plan := &schedule.Plan{ID: "tinh/2023", From: day0.AddDate(0, 0, -5), To: day0.AddDate(0, 0, 30), Agencies: []media.Agency{{ID: "tinh/bao"}}}
		n := 0
		for _, e := range must(s.Evidence(ctx, plan, time.Time{})) {
			if (e.Copy != nil) == (e.Title == "Thông báo" || strings.HasPrefix(e.Title, "Một tin")) {
				t.Errorf("%s: %+v", e.Title, e.Copy)
			}
			if e.Copy != nil && e.Copy.Title != "" && e.Copy.URL != "" && e.Copy.Agency == "tinh/bao" {
				n++
			}
		}
		if n != 4 {
			t.Errorf("%d pieces of evidence with a copy beside them, want 4", n)
		}
		// A text that changed leaves its group, and the items left are told anew.
		other := piece("someday", "Xã khai trương trụ sở mới tại trung tâm", saying(3, 6), media.Date{})
		other.Entry.Seen = day0.Add(3 * time.Hour)
		put(t, s, l, visit("tinh/feed", "v4", day0.Add(3*time.Hour), media.OK, other))
		if n := compareAll(t, s); n != 1 {
			t.Errorf("%d texts compared, want 1", n)
		}
		if got, want := standing(t, s, "someday", "first", "same", "half"), "first=first original true 2 beside half; same=first exact true 2 beside first; half=first near true 2 beside first"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if n := compareAll(t, s); n != 0 {
			t.Errorf("%d texts compared again", n)
		}
		// Marks of old texts are dropped; what says the same word for word is still found.
		if _, err := s.Prune(ctx, day0.AddDate(1, 0, 0)); err != nil {
			t.Fatal(err)
		}
		put(t, s, l, visit("tinh/feed", "v5", day0.AddDate(1, 0, 0), media.OK,
			piece("year", title, body, minute(day0.AddDate(1, 0, 0))), piece("year2", title, half+" "+saying(4, 1), minute(day0.AddDate(1, 0, 0)))))
		compareAll(t, s)
		if got := standing(t, s, "year", "first"); !strings.HasPrefix(got, "year=first exact true") {
			t.Errorf("a year later: %s", got)
		}
	})
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// TestCopiesInAnyOrder: whatever the order in which pieces come, and however
// many at a time, the groups are the same, and the same on both engines.
func TestCopiesInAnyOrder(t *testing.T) {
	var pieces []crawler.Seen
	var keys []string
	for family := range uint64(3) {
		body, title := saying(10+family, 8), fmt.Sprintf("Tin về việc số %d của huyện và các xã vùng cao", family)
		lines := strings.SplitAfter(body, "\n")
		for k, text := range []string{
			body, body, strings.Join(lines[:5], ""), strings.Join(lines[3:8], ""), strings.Join(lines[4:8], "") + saying(20+family, 4), saying(30+family, 3),
		} {
			key := fmt.Sprint(family, k)
			keys = append(keys, key)
			when := minute(day0.Add(time.Duration(k*7%5) * time.Hour))
			if k == 3 {
				when = day(midnight(day0).AddDate(0, 0, int(family)))
			}
			pieces = append(pieces, piece(key, title, text, when))
		}
	}
	want := ""
	for seed := range uint64(4) {
		both(t, func(t *testing.T, s *store.Store) {
			l := crawled(t, s)
			r := rand.New(rand.NewPCG(seed, 8))
			list := slices.Clone(pieces)
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			for n := 0; len(list) > 0; n++ {
				k := min(1+r.IntN(6), len(list))
				put(t, s, l, visit("tinh/feed", fmt.Sprint("v", n), day0.Add(time.Duration(n)*time.Minute), media.OK, list[:k]...))
				list = list[k:]
				if r.IntN(2) == 0 {
					compareAll(t, s)
				}
			}
			compareAll(t, s)
			got := standing(t, s, keys...)
			if want == "" {
				want = got
			}
			if got != want || strings.Count(got, "near") < 3 || strings.Count(got, "exact") < 2 {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestCopiesOfTwoNodes: two nodes that compare at the same time miss nothing.
func TestCopiesOfTwoNodes(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			nodes := twoNodes(t, engine)
			sync(t, nodes[0], source("tinh/feed", "https://bao.example/rss"))
			l := claim(t, nodes[0], "a", "bao.example")[0]
			var seen []crawler.Seen
			var keys []string
			for i := range 40 {
				key := fmt.Sprint(i)
				keys = append(keys, key)
				seen = append(seen, piece(key, fmt.Sprintf("Tin về việc thứ %d ở các xã vùng cao", i/2), saying(uint64(100+i/2), 5)+saying(uint64(200+i), 1), minute(day0.Add(time.Duration(i)*time.Minute))))
			}
			put(t, nodes[0], l, visit("tinh/feed", "v1", day0, media.OK, seen...))
			done := make(chan error)
			for _, s := range nodes {
				go func() {
					_, err := monitor.CompareAll(ctx, copies.Comparer{}, s, day0)
					done <- err
				}()
			}
			for range nodes {
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
			if got := standing(t, nodes[1], keys...); strings.Count(got, "original true 1") != 20 || strings.Count(got, "near true 1") != 20 {
				t.Errorf("%s", got)
			}
		})
	}
}

// article is a text of n words that are as often as words are: few very often,
// most seldom.
func article(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 7))
	often := rand.NewZipf(r, 1.1, 8, 6000)
	var b strings.Builder
	for i := range n {
		w := often.Uint64()
		b.WriteString(string([]rune{rune('a' + w%23), rune('a' + w/23%23), 'ô', rune('a' + w/529)}))
		if b.WriteByte(' '); i%20 == 19 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// BenchmarkCopies is the cost of one new item: twenty are compared at a time,
// among 4,000 known ones, of which every tenth is a reprint.
func BenchmarkCopies(b *testing.B) {
	for _, engine := range storetest.Engines() {
		s := storetest.Open(b, engine, store.Options{})
		if err := s.Sync(ctx, []media.Source{source("tinh/feed", "https://bao.example/rss")}, nil); err != nil {
			b.Fatal(err)
		}
		l := must(s.Claim(ctx, "a", 1, time.Hour))[0]
		n := 0
		more := func() {
			var seen []crawler.Seen
			for range 20 {
				body := article(uint64(n), 600)
				if n%10 == 9 {
					body = article(uint64(n-5), 600)
				}
				seen = append(seen, piece(fmt.Sprint(n), fmt.Sprintf("Tin về việc thứ %d ở các xã vùng cao", n), body, minute(day0.Add(time.Duration(n)*time.Minute))))
				n++
			}
			must(s.PutVisits(ctx, l, []crawler.Visit{visit("tinh/feed", fmt.Sprint("v", n), day0, media.OK, seen...)}))
		}
		compare := func() { must(monitor.CompareAll(ctx, copies.Comparer{}, s, day0)) }
		for n < 4000 {
			more()
		}
		compare()
		b.Run(engine, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				more()
				b.StartTimer()
				compare()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/20, "µs/item")
		})
	}
}

// teaser is an item with what a listing says of it, and the id of that.
func teaser(key, title, lead string, claimed media.Date) crawler.Seen {
	it := item(key, title, time.Time{})
	it.Lead, it.Claimed = lead, claimed
	e := revision(it, crawler.TextHash(title, lead, ""), "", "entry", day0)
	words, ok := copies.Comparer{}.Teaser(*e)
	return crawler.Seen{Item: it, Entry: e, Words: words, Compared: ok}
}

// What a listing says needs no comparing unless another item says it too.
func TestTeasers(t *testing.T) {
	const title, lead = "Huyện mở cửa bộ phận một cửa sáng thứ bảy", "Từ tháng tới người dân nộp được hồ sơ vào sáng thứ bảy hằng tuần."
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK,
			teaser("first", title, lead, minute(day0)),
			teaser("alone", "Một tin khác hẳn", "Chuyện khác ở nơi khác, kể trong một câu dài hơn mười chữ.", minute(day0)),
			teaser("short", "Thông báo", "", minute(day0))))
		if n := compareAll(t, s); n != 0 {
			t.Errorf("%d texts left to be compared, want none", n)
		}
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK,
			teaser("same", title, lead, minute(day0.Add(time.Hour))),
			teaser("twin", "Tin hai lần", "Câu này đến hai lần trong cùng một danh sách của cùng một nguồn.", minute(day0)),
			teaser("twin again", "Tin hai lần", "Câu này đến hai lần trong cùng một danh sách của cùng một nguồn.", minute(day0.Add(time.Hour)))))
		if n := compareAll(t, s); n != 3 {
			t.Errorf("%d texts left to be compared, want 3", n)
		}
		if got, want := standing(t, s, "first", "same", "twin", "twin again", "alone", "short"), "first=first original true 1 beside same; same=first exact true 1 beside first; twin=twin original true 1 beside twin again; twin again=twin exact true 1 beside twin"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		// An article with the words of a teaser is found by them too.
		put(t, s, l, visit("tinh/feed", "v3", day0.Add(2*time.Hour), media.OK, piece("page", title, lead, minute(day0.Add(2*time.Hour)))))
		compareAll(t, s)
		if got, want := standing(t, s, "page", "first", "same"), "page=first exact true 2 beside first; first=first original true 2 beside same; same=first exact true 2 beside first"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// Two nodes that bring the same texts at the same time, in orders of their own,
// leave every pair to be compared: neither takes its text for the only one.
func TestTeasersOfTwoNodes(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			nodes := twoNodes(t, engine)
			sync(t, nodes[0], source("tinh/feed", "https://bao.example/rss"), source("tinh/site", "https://so.example/rss"))
			leases := claim(t, nodes[0], "a", "bao.example", "so.example")
			done := make(chan error)
			var keys []string
			for n, from := range []string{"tinh/feed", "tinh/site"} {
				var vs []crawler.Visit
				for k := range 10 {
					i := k
					if n == 1 {
						i = 9 - k
					}
					key := fmt.Sprintf("%s %d", from, i)
					keys = append(keys, key)
					vs = append(vs, visit(from, fmt.Sprint(n, k), day0.Add(time.Duration(k)*time.Minute), media.OK,
						teaser(key, fmt.Sprintf("Việc thứ %d ở xã", i), fmt.Sprintf("Câu này nói về việc thứ %d ở xã vùng cao trong tháng ba.", i), minute(day0.Add(time.Duration(n)*time.Minute)))))
				}
				go func() {
					_, err := nodes[n].PutVisits(ctx, leases[n], vs)
					done <- err
				}()
			}
			for range nodes {
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
			compareAll(t, nodes[0])
			if got := standing(t, nodes[1], keys...); strings.Count(got, "original true 1") != 10 || strings.Count(got, "exact true 1") != 10 {
				t.Errorf("%s", got)
			}
		})
	}
}

// ruled compares by the rules it is told to have.
type ruled struct {
	copies.Comparer
	rules string
	ids   int64 // added to every text's id, as other rules would
}

func (r ruled) Rules() string { return r.rules }

func (r ruled) Sketch(v media.Revision) (int64, []int64) {
	w, marks := r.Comparer.Sketch(v)
	if w != 0 {
		w += r.ids
	}
	for i := range marks {
		marks[i] += r.ids
	}
	return w, marks
}

// Other rules compare everything anew, whoever finds them first and however often
// that is broken off; until it is done all stands as it did.
func TestOtherRules(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		text := saying(1, 20)
		title := "Sở Nội vụ kiểm tra cải cách hành chính"
		teaser := func(key string) crawler.Seen {
			return teaser(key, "Khai trương trung tâm phục vụ hành chính công", "Từ tháng tới người dân nộp được hồ sơ vào sáng thứ bảy hằng tuần.", minute(day0))
		}
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, piece("first", title, text, minute(day0)), piece("same", title, text, minute(day0.Add(time.Hour))),
			piece("half", title+" tại xã", saying(1, 11), minute(day0.Add(2*time.Hour))), piece("alone", "Giá nông sản", saying(2, 20), minute(day0)), teaser("word")))
		compareAll(t, s)
		keys := []string{"first", "same", "half", "alone", "word"}
		before := standing(t, s, keys...)
		if !strings.Contains(before, "half=first near") || compareAll(t, s) != 0 {
			t.Fatal(before)
		}
		run := func(c monitor.Comparer) int {
			t.Helper()
			n, err := monitor.CompareAll(ctx, c, s, day0)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		other := ruled{rules: "copies-2", ids: 12345}
		if revs := must(s.Uncompared(ctx, other.rules, 10)); len(revs) != 5 || standing(t, s, keys...) != before {
			t.Errorf("%d texts to compare anew, meanwhile %s", len(revs), standing(t, s, keys...))
		}
		if n := run(other); n != 5 || standing(t, s, keys...) != before {
			t.Errorf("%d compared by other rules: %s; before %s", n, standing(t, s, keys...), before)
		}
		if n := run(other); n != 0 {
			t.Errorf("%d compared again by the same", n)
		}
		// Rules by which nothing is near.
		if n := run(apart{ruled{rules: "copies-3"}}); n != 5 {
			t.Errorf("%d compared by the third", n)
		}
		if got := standing(t, s, keys...); strings.Contains(got, "near") || !strings.Contains(got, "same=first exact") {
			t.Errorf("nothing is near any more: %s", got)
		}
		// A teaser that was compared anew is known to the next that says the same.
		put(t, s, l, visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK, teaser("again")))
		run(apart{ruled{rules: "copies-3"}})
		if got := standing(t, s, "word", "again"); !strings.Contains(got, "exact") {
			t.Errorf("teasers: %q", got)
		}
	})
}

// apart finds nothing near.
type apart struct{ ruled }

func (apart) Near(a, b media.Revision) bool { return false }
