package store_test

import (
	"context"
	"errors"
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

// sha is a hash of nothing in particular.
func sha(n int) string { return fmt.Sprintf("%064x", n) }

func body(n int, when time.Time) *media.Kept {
	return &media.Kept{SHA256: sha(n), URL: fmt.Sprintf("https://bao.example/%d", n), Status: 200, Header: map[string][]string{"Etag": {"x"}}, At: when, Size: 100}
}

// shelf is a place of objects whose deletion can fail.
type shelf struct {
	objects map[string]bool
	fail    func(sha string) error // called before the object is deleted
}

func (f *shelf) remove(_ context.Context, sha string) error {
	if f.fail != nil {
		if err := f.fail(sha); err != nil {
			return err
		}
	}
	delete(f.objects, sha)
	return nil
}

const days = 24 * time.Hour

var terms = store.Retention{List: 90 * days, Page: 730 * days, Personal: 365 * days, Evidence: 3650 * days}

// kept is a store with one of everything that refers to bytes. All of it was
// fetched at day0.
func kept(t *testing.T, s *store.Store) *shelf {
	t.Helper()
	l := crawled(t, s)
	listed := item("1", "Tin một", day0)
	v := visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: listed, Fetch: true, Host: "bao.example"})
	v.Kept, v.BodyHash = body(1, day0), sha(1) // a list, since replaced
	put(t, s, l, v)
	v = visit("tinh/feed", "v2", day0.Add(time.Hour), media.OK, crawler.Seen{Item: listed, Fetch: true, Host: "bao.example"})
	v.Kept, v.BodyHash = body(2, day0), sha(2) // the list that holds now
	put(t, s, l, v)
	v = visit("tinh/feed", "v3", day0.Add(2*time.Hour), media.Empty)
	v.Kept = body(3, day0) // an error page
	put(t, s, l, v)
	page := func(key, title string, n int) media.Item {
		it := item(key, title, day0)
		r := revision(it, "h"+key, "thân", "entry", day0)
		r.Kept = sha(n)
		v := visit("tinh/feed", "v-"+key, day0.Add(time.Duration(n)*time.Hour), media.NotModified, crawler.Seen{Item: it, Entry: r})
		v.Kept = body(n, day0)
		put(t, s, l, v)
		return it
	}
	page("4", "Bài không được ghi nhận", 4)
	page("5", "Ông Tạ Văn Út hỏi về lệ phí", 5)
	credited, struck, reviewed := page("6", "Bài được ghi nhận", 6), page("7", "Bài bị bỏ", 7), page("8", "Bài được duyệt", 8)
	e := schedule.Evaluation{Plan: "tinh/2023", Now: day0, Matching: schedule.Matching{Credits: []schedule.Credit{{
		Quota: "A-1", Owner: "tinh/bao", Period: "2023-03", Evidence: media.Evidence{ID: credited.ID, Kind: media.EvItem, Kept: sha(6)}}}},
		Standings: []schedule.Standing{{Plan: "tinh/2023", Quota: "A-1", Owner: "tinh/bao", Period: "2023-03", State: schedule.Met}}}
	if err := s.PutEvaluation(ctx, e); err != nil {
		t.Fatal(err)
	}
	if err := s.AddDecision(ctx, schedule.Decision{Kind: schedule.Strike, Plan: "tinh/2023", Quota: "A-1", Owner: "tinh/bao", Evidence: struck.ID, At: day0, Actor: "Chuyên viên", Reason: "trùng", File: sha(9)}, "person"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddAlias(ctx, "an-older-id", reviewed.ID); err != nil { // what a decision of before a merger names
		t.Fatal(err)
	}
	if err := s.AddDecision(ctx, schedule.Decision{Kind: schedule.Add, Plan: "tinh/2023", Quota: "A-1", Owner: "tinh/bao", Evidence: "an-older-id", At: day0, Actor: "Chuyên viên", Reason: "đúng"}, "person"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddReview(ctx, reviewed.ID, true, nil, "Chuyên viên", day0, "đúng"); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{9, 10} { // a decision's file, and one that nothing refers to any more
		if err := s.PutKept(ctx, *body(n, day0)); err != nil {
			t.Fatal(err)
		}
	}
	page("11", "Bài trong kỳ đã chốt", 11)
	c := closing(1, "d1", on(3, 20))
	c.Rows[1].Rejections[0].Evidence.Kept = sha(11)
	if err := s.PutClosing(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutRegister(ctx, media.Register{Kind: media.RegPrint, Agency: "tinh/bao", From: on(3, 1), To: on(4, 1), Sender: "Báo", FileHash: sha(12), FileName: "so.csv", At: day0, Kept: body(12, day0),
		Rows: []media.Entry{{Row: 2, Number: "1", Title: "Tin in", At: on(3, 2)}}}); err != nil {
		t.Fatal(err)
	}
	v = visit("tinh/feed", "v-13", day0.Add(20*time.Hour), media.OK)
	v.Kept, v.BodyHash = body(13, day0), sha(2) // a page that was looked for; the list's hash stays
	put(t, s, l, v)
	f := &shelf{objects: map[string]bool{}}
	for n := 1; n <= 13; n++ {
		f.objects[sha(n)] = true
	}
	return f
}

// left are the numbers of the bodies that are there, as the rows and the shelf say.
func left(t *testing.T, s *store.Store, f *shelf) string {
	t.Helper()
	var rows, objects []int
	for n := 1; n <= 13; n++ {
		k, ok := must(s.KeptOf(ctx, []string{sha(n)}))[sha(n)]
		if !ok {
			t.Errorf("the row of %d is gone", n)
		}
		if k.Gone.IsZero() {
			rows = append(rows, n)
			if k.Going.IsZero() && !f.objects[sha(n)] {
				t.Errorf("%d is said to be kept, and is not", n)
			}
		}
		if f.objects[sha(n)] {
			objects = append(objects, n)
		}
	}
	if !slices.Equal(rows, objects) {
		t.Errorf("rows %v, objects %v", rows, objects)
	}
	return fmt.Sprint(rows)
}

func TestRetain(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		f := kept(t, s)
		for _, step := range []struct {
			after time.Duration
			left  string
		}{
			{89 * days, "[1 2 3 4 5 6 7 8 9 10 11 12 13]"},
			{91 * days, "[2 4 5 6 7 8 9 10 11 12 13]"},     // lists that nothing holds
			{366 * days, "[2 4 6 7 8 9 10 11 12 13]"},      // a citizen is told, nothing was credited
			{731 * days, "[2 6 7 8 9 10 11 12]"},           // pages of which nothing was made
			{3651 * days, "[2 6 7 8 9 11 12]"},             // a file that nothing refers to
			{20 * 365 * days, "[2 6 7 8 9 11 12]"},         // what is referred to stays
			{20*365*days + time.Hour, "[2 6 7 8 9 11 12]"}, // and again
		} {
			now := day0.Add(step.after)
			before := left(t, s, f)
			dry, err := s.Retain(ctx, terms, now, true, func(context.Context, string) error { t.Error("a trial deletes"); return nil })
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "after a trial", left(t, s, f), before)
			did, err := s.Retain(ctx, terms, now, false, f.remove)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, fmt.Sprint("after ", step.after), left(t, s, f), step.left)
			if fmt.Sprint(dry.Deleted, dry.Bytes) != fmt.Sprint(did.Deleted, did.Bytes) {
				t.Errorf("after %s: said %+v, did %+v", step.after, dry, did)
			}
		}
		// A person who looks at an item is told that what stood behind its text is gone, and
		// nothing of what is there.
		for key, want := range map[string]string{"5": "personal 365", "6": ""} {
			row, revs, _, err := s.Item(ctx, item(key, "", day0).ID)
			got := ""
			if d, gone := row.Deleted[revs[0].Kept]; gone {
				got = fmt.Sprint(d.Class, " ", d.Days)
			}
			if err != nil || got != want || len(row.Deleted) > 1 {
				t.Errorf("item %s: %v, %v; want %q", key, row.Deleted, err, want)
			}
		}
		k := must(s.KeptOf(ctx, []string{sha(5)}))[sha(5)]
		if k.Class != "personal" || k.Term != 365 || !k.Gone.Equal(day0.Add(366*days)) || k.Header != nil || k.URL != "https://bao.example/5" {
			t.Errorf("what is told of deleted bytes: %+v", k)
		}
		var told []string
		for _, e := range must(s.Events(ctx, 0, 99)) {
			if e.Kind == "evidence.deleted" {
				told = append(told, e.After)
			}
		}
		equal(t, "events", strings.Join(told, " "), `{"bytes":200,"objects":{"list":2}} {"bytes":100,"objects":{"personal":1}} {"bytes":200,"objects":{"page":2}} {"bytes":100,"objects":{"evidence":1}}`)
		if _, err := s.VerifyEvents(ctx); err != nil {
			t.Error(err)
		}
		for _, bad := range []store.Retention{{List: time.Hour}, {Page: -days}} {
			if _, err := s.Retain(ctx, bad, day0, false, f.remove); err == nil {
				t.Errorf("took %+v", bad)
			}
		}
		if did, err := s.Retain(ctx, store.Retention{}, day0.Add(200*365*days), false, f.remove); err != nil || len(did.Deleted) != 0 {
			t.Errorf("for ever ends: %+v, %v", did, err)
		}
	})
}

// Wherever a process is killed, nothing is said to be kept that is not, and the
// next one ends what was begun.
func TestRetainIsCutOff(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		f := kept(t, s)
		now := day0.Add(731 * days)
		killed := errors.New("killed")
		for cut := range 6 {
			n := 0
			f.fail = func(sha string) error {
				if n++; n > cut {
					return killed
				}
				if cut == 2 && n == 1 {
					delete(f.objects, sha) // deleted, and killed before it was told so
					return killed
				}
				return nil
			}
			_, err := s.Retain(ctx, terms, now, false, f.remove)
			if err != nil && !errors.Is(err, killed) {
				t.Fatal(err)
			}
			for i := 1; i <= 13; i++ {
				if k := must(s.KeptOf(ctx, []string{sha(i)}))[sha(i)]; k.Going.IsZero() && !f.objects[sha(i)] {
					t.Errorf("cut %d: %d is said to be kept, and is not", cut, i)
				}
			}
		}
		f.fail = nil
		if _, err := s.Retain(ctx, terms, now, false, f.remove); err != nil {
			t.Fatal(err)
		}
		equal(t, "in the end", left(t, s, f), "[2 6 7 8 9 10 11 12]")
	})
}

// The same bytes fetched again while they are being deleted are refused, so that
// they are fetched and kept anew; fetched later they are kept like any others.
func TestBytesComeBack(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		f := kept(t, s)
		now := day0.Add(91 * days)
		f.fail = func(string) error { return errors.New("killed") }
		if _, err := s.Retain(ctx, terms, now, false, f.remove); err == nil {
			t.Fatal("not cut off")
		}
		again := func(when time.Time) error { return s.PutKept(ctx, *body(1, when)) }
		if err := again(now.Add(time.Hour)); !errors.Is(err, crawler.ErrGoing) {
			t.Errorf("while the deletion is under way: %v", err)
		}
		f.fail = nil
		if _, err := s.Retain(ctx, terms, now, false, f.remove); err != nil {
			t.Fatal(err)
		}
		if err := again(now.Add(-time.Minute)); !errors.Is(err, crawler.ErrGoing) {
			t.Errorf("fetched before they were deleted: %v", err)
		}
		if k := must(s.KeptOf(ctx, []string{sha(1)}))[sha(1)]; k.Gone.IsZero() {
			t.Errorf("came to life by what was refused: %+v", k)
		}
		if err := again(now.Add(time.Hour)); err != nil {
			t.Errorf("fetched after: %v", err)
		}
		k := must(s.KeptOf(ctx, []string{sha(1)}))[sha(1)]
		if !k.Gone.IsZero() || !k.Going.IsZero() || k.Term != 0 || k.Header["Etag"] == nil || k.Class != "evidence" || !k.Since.Equal(now.Add(time.Hour)) {
			t.Errorf("came back as %+v", k)
		}
	})
}

func TestKeptUses(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		f := kept(t, s)
		if _, err := s.Retain(ctx, terms, day0, false, f.remove); err != nil { // looks through the closing
			t.Fatal(err)
		}
		for n, want := range map[int]string{2: "source visit", 6: "credit revision visit", 7: "decision revision visit", 8: "decision review revision visit", 9: "decision", 10: "", 11: "closing revision visit", 12: "register"} {
			var kinds []string
			for _, u := range must(s.KeptUses(ctx, sha(n))) {
				kinds = append(kinds, u.Kind)
			}
			equal(t, fmt.Sprint("uses of ", n), strings.Join(kinds, " "), want)
		}
		if lost := must(s.Unkept(ctx)); len(lost) != 0 {
			t.Errorf("refer to nothing: %v", lost)
		}
		if err := s.AddDecision(ctx, schedule.Decision{Kind: schedule.ExemptKind, Plan: "tinh/2023", Quota: "A-1", Owner: "tinh/bao", At: day0, Actor: "Chuyên viên", Reason: "x", File: sha(99)}, "person"); err != nil {
			t.Fatal(err)
		}
		if lost := must(s.Unkept(ctx)); lost[sha(99)].Kind != "decision" {
			t.Errorf("a file that nobody has: %v", lost)
		}
		if err := s.NoteRead(ctx, sha(5), "Chuyên viên", "khiếu nại", day0); err != nil {
			t.Error(err)
		}
		for _, bad := range [][3]string{{"", "a", "b"}, {sha(5), "", "b"}, {sha(5), "a", ""}} {
			if err := s.NoteRead(ctx, bad[0], bad[1], bad[2], day0); err == nil {
				t.Errorf("noted %v", bad)
			}
		}
		ev := must(s.Events(ctx, 0, 99))
		if last := ev[len(ev)-1]; last.Kind != "evidence.read" || last.Actor != "Chuyên viên" || last.Subject != sha(5) || !strings.Contains(last.After, "khiếu nại") {
			t.Errorf("%+v", last)
		}
		if rows := must(s.KeptAt(ctx, "https://bao.example/4")); len(rows) != 1 || rows[0].SHA256 != sha(4) || rows[0].Class != "list" {
			t.Errorf("of an address: %+v", rows)
		}
		if rows := must(s.KeptAfter(ctx, sha(11), 1)); len(rows) != 1 || rows[0].SHA256 != sha(12) {
			t.Errorf("in order: %+v", rows)
		}
	})
}

// Bytes that come again are one object and spare their size; what differs only
// in a token that changes is another.
func TestKeptFigures(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Tin", day0)
		for i, c := range []struct {
			outcome string
			body    int
		}{{media.OK, 1}, {media.NotModified, 0}, {media.NotModified, 0}, {media.OK, 2}} {
			v := visit("tinh/feed", fmt.Sprint("v", i), day0.Add(time.Duration(i)*time.Hour), c.outcome, crawler.Seen{Item: it})
			v.Bytes = 100
			if c.body > 0 {
				v.Kept = body(c.body, day0)
			}
			put(t, s, l, v)
		}
		by, same, bytes, err := s.KeptFigures(ctx)
		if err != nil || len(by) != 1 || by[0] != (store.KeptFigures{Class: "list", Objects: 2, Bytes: 200}) || same != 2 || bytes != 200 {
			t.Errorf("%+v, %d looks brought %d bytes again, %v", by, same, bytes, err)
		}
	})
}

// Search words that an older masker made are made anew.
func TestMaskSearch(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		l := crawled(t, s)
		it := item("1", "Ông Tạ Văn Út hỏi về lệ phí", day0)
		put(t, s, l, visit("tinh/feed", "v1", day0, media.OK, crawler.Seen{Item: it}))
		if n, err := s.MaskSearch(ctx); n != 0 || err != nil {
			t.Errorf("%d made anew of those just made, %v", n, err)
		}
		if err := s.Unmask(ctx, it.ID, "ong ta van ut hoi ve le phi"); err != nil {
			t.Fatal(err)
		}
		find := func(text string) int {
			_, n, err := s.Search(ctx, web.ItemQuery{Text: text, Limit: 5})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		equal(t, "found by name before", find("tạ văn út"), 1)
		if n, err := s.MaskSearch(ctx); n != 1 || err != nil {
			t.Errorf("%d made anew, %v", n, err)
		}
		equal(t, "found by name", find("tạ văn út"), 0)
		equal(t, "found by what it is about", find("lệ phí"), 1)
	})
}
