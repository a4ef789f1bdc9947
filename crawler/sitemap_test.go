package crawler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

func siteMap() media.Source {
	s := feed("so-do", "http://so.example/sitemap.xml", true)
	s.Kind = media.KindSitemap
	return s
}

// mapOf is a sitemap of pieces: number → lastmod; dated: a news sitemap.
func mapOf(dated bool, rows ...[2]string) string {
	var b strings.Builder
	b.WriteString("<urlset>")
	for _, r := range rows {
		fmt.Fprintf(&b, "<url><loc>http://so.example/%s</loc>", r[0])
		if dated {
			fmt.Fprintf(&b, "<n:news><n:publication_date>%s</n:publication_date><n:title>Tin số %s</n:title></n:news>", r[1], r[0])
		} else {
			fmt.Fprintf(&b, "<lastmod>%s</lastmod>", r[1])
		}
		b.WriteString("</url>")
	}
	return b.String() + "</urlset>"
}

// The files of an index are read newest first within a budget, the rest at the
// next visit although the index has not changed, and then only what changed.
func TestSitemapIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		index := func(last string) string {
			var b strings.Builder
			b.WriteString("<sitemapindex>")
			for i := 1; i <= 7; i++ {
				changed := fmt.Sprintf("2023-02-%02dT08:00:00+07:00", i)
				if i == 2 && last != "" {
					changed = last
				}
				fmt.Fprintf(&b, "<sitemap><loc>http://so.example/m%d.xml</loc><lastmod>%s</lastmod></sitemap>", i, changed)
			}
			return b.String() + "</sitemapindex>"
		}
		w.set("http://so.example/sitemap.xml", index(""))
		for i := 1; i <= 7; i++ {
			w.set(fmt.Sprintf("http://so.example/m%d.xml", i), mapOf(false, [2]string{fmt.Sprint("a", i), "2023-02-01"}, [2]string{fmt.Sprint("b", i), "2023-02-02"}))
		}
		b := build(t, newMemory(), w, Options{Sources: []media.Source{siteMap()}})
		steps := []struct {
			asked string
			items int
			open  bool
		}{
			{"sitemap m7 m6 m5 m4 m3", 10, true},
			{"sitemap m2 m1", 14, false},
			{"sitemap", 14, false},
			{"sitemap m2", 15, false},
		}
		for i, step := range steps {
			if i == 3 {
				w.set("http://so.example/sitemap.xml", index("2023-03-10T08:00:00+07:00"))
				w.set("http://so.example/m2.xml", mapOf(false, [2]string{"c2", "2023-03-10"}, [2]string{"a2", "2023-02-01"}, [2]string{"b2", "2023-02-01"}))
			}
			before := len(w.urls())
			round(t, b)
			var got []string
			for _, u := range w.urls()[before:] {
				if name, is := strings.CutSuffix(strings.TrimPrefix(u, "http://so.example/"), ".xml"); is {
					got = append(got, name)
				}
			}
			if strings.Join(got, " ") != step.asked || len(b.items) != step.items {
				t.Errorf("visit %d asked %v, %d items; want %s, %d", i+1, got, len(b.items), step.asked, step.items)
			}
			v := b.lastVisit("so-do")
			if len(v.Covers) > 0 {
				t.Errorf("visit %d: a plain sitemap covers %s", i+1, spansText(v.Covers))
			}
			if st := b.sources["tinh/so-do"].st; readFiles(st.Rest).Open != step.open || v.Outcome != media.OK && i != 2 {
				t.Errorf("visit %d: %s, rest %s", i+1, v.Outcome, st.Rest)
			}
			time.Sleep(2 * time.Hour)
		}
		for _, it := range b.items {
			if it.Claimed.Precision != media.NoDate {
				t.Errorf("%s: lastmod became a date of publication: %+v", it.URL, it.Claimed)
			}
		}
		politeness(t, w, 3*time.Second)
	})
}

// A news sitemap covers as a list does; a plain one never.
func TestNewsSitemapCovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		rows := [][2]string{{"1", "2023-03-09T08:00:00+07:00"}, {"2", "2023-03-09T18:00:00+07:00"}, {"3", "2023-03-10T07:00:00+07:00"}, {"4", "2023-03-10T11:00:00+07:00"}}
		w.set("http://so.example/sitemap.xml", mapOf(true, rows...))
		b := build(t, newMemory(), w, Options{Sources: []media.Source{siteMap()}})
		round(t, b)
		v := b.lastVisit("so-do")
		if len(v.Covers) != 1 || v.Covers[0].From.UTC().Format(time.DateTime) != "2023-03-09 11:00:00" {
			t.Errorf("covers %s", spansText(v.Covers))
		}
		for _, it := range b.items {
			if it.Claimed.Found != "sitemap" || it.Title == "" {
				t.Errorf("%+v", it)
			}
		}
		first := v.At
		time.Sleep(2 * time.Hour)
		w.set("http://so.example/sitemap.xml", mapOf(true, append(rows, [2]string{"5", "2023-03-10T13:00:00+07:00"})...))
		round(t, b)
		if v := b.lastVisit("so-do"); len(v.Covers) != 1 || !v.Covers[0].From.Equal(first) {
			t.Errorf("does not join: %s", spansText(v.Covers))
		}
	})
}

// What a file of an index meets does not blind the others, but is told; an
// index none of whose files can be had is blind.
func TestSitemapFilesFail(t *testing.T) {
	index := "<sitemapindex><sitemap><loc>http://so.example/a.xml</loc><lastmod>2023-03-02</lastmod></sitemap><sitemap><loc>http://so.example/b.xml</loc><lastmod>2023-03-01</lastmod></sitemap></sitemapindex>"
	good := page(mapOf(false, [2]string{"1", "2023-03-01"}))
	fails := func(code int) func(fetch.Request) (*fetch.Response, error) {
		return func(fetch.Request) (*fetch.Response, error) { return nil, status(code, 0) }
	}
	for _, c := range []struct {
		name    string
		a, b    func(fetch.Request) (*fetch.Response, error)
		outcome string
		again   int // files asked at the next visit
	}{
		{"one fails", fails(500), good, media.OK, 1},
		{"one is gone", fails(404), good, media.OK, 0},
		{"all fail", fails(500), fails(500), media.Unreachable, 2},
		{"all are gone", fails(404), fails(404), media.Unreachable, 2},
		{"one is a page", page("<html><body>xin chào</body></html>"), good, media.OK, 1},
		{"one at another host", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.RedirectError{To: "http://khac.example/a.xml"}
		}, good, media.OK, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWeb(t)
				w.set("http://so.example/sitemap.xml", index)
				w.on("http://so.example/a.xml", c.a)
				w.on("http://so.example/b.xml", c.b)
				b := build(t, newMemory(), w, Options{Sources: []media.Source{siteMap()}})
				round(t, b)
				v := b.lastVisit("so-do")
				if v.Outcome != c.outcome || v.Detail == "" || len(v.Covers) > 0 {
					t.Errorf("%s %q", v.Outcome, v.Detail)
				}
				before := w.count("/a.xml") + w.count("/b.xml")
				time.Sleep(13 * time.Hour)
				round(t, b)
				if n := w.count("/a.xml") + w.count("/b.xml") - before; n != c.again {
					t.Errorf("asked %d files again, want %d: %v", n, c.again, w.urls())
				}
			})
		})
	}
}

// An index that names itself, or indexes without end, is read to a depth.
func TestSitemapDepth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		child := func(names ...string) string {
			var b strings.Builder
			b.WriteString("<sitemapindex>")
			for _, n := range names {
				fmt.Fprintf(&b, "<sitemap><loc>http://so.example/%s.xml</loc></sitemap>", n)
			}
			return b.String() + "</sitemapindex>"
		}
		w.set("http://so.example/sitemap.xml", child("sitemap", "1"))
		w.set("http://so.example/1.xml", child("2"))
		w.set("http://so.example/2.xml", child("3"))
		w.set("http://so.example/3.xml", child("4"))
		w.set("http://so.example/4.xml", mapOf(false, [2]string{"x", "2023-03-01"}))
		b := build(t, newMemory(), w, Options{Sources: []media.Source{siteMap()}})
		for range 4 {
			before := len(w.urls())
			round(t, b)
			if n := len(w.urls()) - before; n > 1+filesPerVisit {
				t.Errorf("%d requests in one visit", n)
			}
			time.Sleep(2 * time.Hour)
		}
		if slices.Contains(w.urls(), "http://so.example/4.xml") {
			t.Errorf("went deeper than %d: %v", filesDeep, w.urls())
		}
	})
}

// A file of an index that names pages, tags or pictures alone is no failure: it is
// read once, and again when the index says that it changed.
func TestSitemapOfPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		src := siteMap()
		src.Rule.ArticleURL = `/bai-\d+$`
		index := func(last string) string {
			return "<sitemapindex><sitemap><loc>http://so.example/misc.xml</loc><lastmod>" + last + "</lastmod></sitemap><sitemap><loc>http://so.example/bai.xml</loc><lastmod>2023-03-01T08:00:00+07:00</lastmod></sitemap></sitemapindex>"
		}
		w.set("http://so.example/sitemap.xml", index("2023-03-02T08:00:00+07:00"))
		w.set("http://so.example/misc.xml", mapOf(false, [2]string{"gioi-thieu", "2023-02-01"}, [2]string{"lien-he", "2023-02-01"}))
		w.set("http://so.example/bai.xml", mapOf(false, [2]string{"bai-1", "2023-02-01"}))
		b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
		for i, want := range []int{1, 1, 2} {
			if i == 2 {
				w.set("http://so.example/sitemap.xml", index("2023-03-10T08:00:00+07:00"))
			}
			round(t, b)
			if v := b.lastVisit("so-do"); w.count("misc.xml") != want || v.Outcome != media.OK && v.Outcome != media.NotModified || len(v.Covers) > 0 && v.Covers[0].How == "list" {
				t.Errorf("visit %d: misc asked %d times, want %d: %s %q", i, w.count("misc.xml"), want, v.Outcome, v.Detail)
			}
			time.Sleep(24 * time.Hour)
		}
		walked := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
		if r := walkOf(t, walked, WalkOptions{Since: at("2023-01-01 00:00")}); r.State != WalkAll || r.Lost != 0 || r.Items != 1 {
			t.Errorf("%+v", r)
		}
	})
}
