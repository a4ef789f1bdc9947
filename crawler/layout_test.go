package crawler

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/extract"
	"loa/media"
)

const whole = hasTitle | hasLead | hasBody | hasByline | hasDate | hasSection | bySelector

// reads makes a layout of pages read one after the other by one rule version.
func reads(l Layout, version string, fields ...int64) Layout {
	for _, f := range fields {
		n := len(l.Reads)
		at := time.Unix(0, 0)
		if n > 0 {
			at = l.Reads[0].At.Add(time.Minute)
		}
		l = l.with(PageRead{Item: fmt.Sprint(version, rand.Uint64()), Version: version, At: at, Fields: f})
	}
	return l
}

func times(n int, f int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = f
	}
	return out
}

func TestLayoutChanged(t *testing.T) {
	asked := int64(whole | asked)
	good := asked | agreed
	old := reads(Layout{}, "v1", times(40, good)...)
	for _, c := range []struct {
		name string
		l    Layout
		want string // begins so; "" for not changed
	}{
		{"nothing yet", Layout{}, ""},
		{"all is well", old, ""},
		{"one odd page accuses nobody", reads(old, "v1", 0), ""},
		{"nor do three", reads(old, "v1", 0, 0, 0), ""},
		{"four in a row do", reads(old, "v1", times(4, good&^hasBody)...), "body missing on the last 4 pages, on 0 of 40 before"},
		{"a selector that finds nothing any more", reads(old, "v1", times(4, good&^bySelector)...), "body selector missing"},
		{"readability reads another text", reads(old, "v1", times(4, asked)...), "agreement with readability missing"},
		{"it was asked about some pages only", reads(old, "v1", asked, whole, whole, asked, whole, asked), ""},
		{"the fourth it was asked about", reads(old, "v1", asked, whole, whole, asked, whole, asked, asked), "agreement with readability missing on the last 4 pages"},
		{"a good page clears it", reads(old, "v1", append(times(9, good&^hasBody), good)...), ""},
		{"a new rule is not accused by what the old one read", reads(reads(old, "v1", times(9, 0)...), "v2", good), ""},
		{"nor until it has failed itself", reads(old, "v2", times(3, 0)...), ""},
		{"the pages of the old rule are its history", reads(old, "v2", times(4, good&^hasBody)...), "body missing on the last 4 pages"},
		{"a field of every other page is missed late", reads(reads(Layout{}, "v1", alternate(40, good)...), "v1", times(12, good&^hasByline)...), ""},
		{"yet it is missed", reads(reads(Layout{}, "v1", alternate(36, good)...), "v1", times(24, good&^hasByline)...), "byline missing on the last 24 pages"},
		{"a field never there is not missed", reads(Layout{}, "v1", times(60, good&^hasByline)...), ""},
		{"without history nobody is accused", reads(reads(Layout{}, "v1", times(7, good)...), "v1", times(20, 0)...), ""},
	} {
		if got := c.l.Changed; !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	// One page looked at ten times is one page.
	l := old
	for i := range 10 {
		l = l.with(PageRead{Item: "x", Version: "v1", At: l.Reads[0].At.Add(time.Duration(i+1) * time.Hour)})
	}
	if l.Changed != "" || len(l.Reads) != 41 {
		t.Errorf("one page accused: %q, %d reads", l.Changed, len(l.Reads))
	}
	// What is read while the layout is changed is no history of it.
	l = old
	for range 60 {
		l = reads(l, "v1", asked)
	}
	if l.Changed == "" || len(l.Reads) != 44 {
		t.Error("what was read meanwhile became the history")
	}
}

func alternate(n int, f int64) []int64 {
	out := times(n, f)
	for i := range out {
		if i%2 == 0 {
			out[i] &^= hasByline
		}
	}
	return out
}

// Sources that are as they always were are accused once in a hundred thousand
// pages at most, whatever share of their pages has a field.
func TestLayoutAccusesFew(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accused, pages := 0, 0
	for _, share := range []float64{0.3, 0.5, 0.7, 0.9, 0.97, 1} {
		l := Layout{}
		for range 1500 {
			f := int64(whole)
			for _, bit := range []int64{hasLead, hasByline, hasSection} {
				if r.Float64() >= share {
					f &^= bit
				}
			}
			was := l.Changed
			l = reads(l, "v1", f)
			if pages++; l.Changed != "" && was == "" {
				accused++
			}
		}
	}
	if accused > 1 {
		t.Errorf("%d false accusations in %d pages", accused, pages)
	}
}

func TestAskReadability(t *testing.T) {
	good := int64(whole | asked | agreed)
	ask := func(l Layout, version string, f int64) (n int) {
		for i := range 1000 {
			if l.ask(PageRead{Item: fmt.Sprint("tin-", i), Version: version, Fields: f}) {
				n++
			}
		}
		return n
	}
	old := reads(Layout{}, "v1", times(40, good)...)
	for _, c := range []struct {
		name     string
		n        int
		from, to int
	}{
		{"the first pages", ask(reads(Layout{}, "v1", times(9, good)...), "v1", whole), 1000, 1000},
		{"a new rule's first pages", ask(old, "v2", whole), 1000, 1000},
		{"a sample", ask(old, "v1", whole), 150, 250},
		{"a field missing that was always there", ask(old, "v1", whole&^hasDate), 1000, 1000},
		{"after a disagreement", ask(reads(old, "v1", whole|asked, whole), "v1", whole), 1000, 1000},
	} {
		if c.n < c.from || c.n > c.to {
			t.Errorf("%s: asked about %d of 1000", c.name, c.n)
		}
	}
}

// A source that is asked about by samples alone is accused all the same, by the
// page before which few were read wrongly.
func TestLayoutChangesInTheLongRun(t *testing.T) {
	l, n := Layout{}, 0
	read := func(right bool) {
		n++
		r := PageRead{Item: fmt.Sprint("tin-", n), Version: "v1", At: time.Unix(int64(n), 0), Fields: whole}
		if l.ask(r) {
			if r.Fields |= asked; right {
				r.Fields |= agreed
			}
		}
		l = l.with(r)
	}
	for range 500 {
		if read(true); l.Changed != "" {
			t.Fatalf("after %d good pages: %s", n, l.Changed)
		}
	}
	wrong := 0
	for ; l.Changed == "" && wrong < 60; wrong++ {
		read(false)
	}
	t.Logf("told after %d pages read wrongly", wrong)
	if wrong > 25 {
		t.Errorf("told after %d pages read wrongly: %q", wrong, l.Changed)
	}
}

// A site changes its layout so that the body's selector catches a teaser: four
// pages on, the source is told and later pages give way to the listing's words;
// when the rule is right again, the next page clears it.
func TestLayoutChangesUnderTheCrawler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		src := feed("bao", "http://bao.example/rss", true)
		b := build(t, m, w, Options{Sources: []media.Source{src}})
		long := strings.Repeat("chữ của bài báo ", 40)
		alike := 1.0
		b.c.opt.Read.Page = func(text string, _ media.Source, _ string) (extract.Article, error) {
			if strings.HasPrefix(text, "!") {
				return article(text, src, "")
			}
			return extract.Article{Title: "Tiêu đề", Body: text, How: "selector"}, nil
		}
		b.c.opt.Read.Second = func(string, media.Source, string, extract.Article) (extract.Article, float64, bool) {
			return extract.Article{}, alike, true
		}
		n := 0
		publish := func(many int, body string) {
			var list strings.Builder
			for range many {
				n++
				u := fmt.Sprintf("http://bao.example/%d", n)
				fmt.Fprintf(&list, "%s | Tin %d | 2023-03-10 09:00\n", u, n)
				w.set(u, body)
			}
			w.set("http://bao.example/rss", list.String())
			time.Sleep(2 * time.Hour)
			round(t, b)
		}
		last := func() PageVisit { return m.pages[len(m.pages)-1] }
		publish(40, long)
		if p := last(); p.Outcome != media.OK || p.Layout != "" || p.Read == nil || p.Read.Fields&hasBody == 0 {
			t.Fatalf("%+v", p)
		}
		publish(1, "!soft_404")
		if p := last(); p.Read != nil {
			t.Errorf("an error page tells of the layout: %+v", p.Read)
		}
		alike = 0.1
		before := len(m.pages)
		publish(30, long)
		refused := 0
		for i, p := range m.pages[before:] {
			switch {
			case p.Outcome == media.LayoutChanged:
				refused++
				if p.Revision != nil || p.Detail != m.layouts["tinh/bao"].Changed {
					t.Errorf("refused page %d: %+v", i, p)
				}
			case p.Outcome == media.OK && refused > 0:
				t.Errorf("page %d was taken after the change was seen", i)
			}
		}
		if taken := len(m.pages) - before - refused; refused == 0 || taken < leastRun-1 {
			t.Errorf("%d pages taken, %d refused", taken, refused)
		}
		alike = 0.9
		publish(1, long)
		if p := last(); p.Outcome != media.OK || p.Layout != "" || m.layouts["tinh/bao"].Changed != "" {
			t.Errorf("a good page: %+v", p)
		}
	})
}
