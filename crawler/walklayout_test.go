package crawler

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/extract"
	"loa/media"
)

// oldSite is a list of 150 articles, one every two days, five a page; those from
// before a number are printed in the layout of a software that the site had once:
// what the selector finds there readability does not.
func oldSite(w *web, before int) {
	for p := range 30 {
		var b strings.Builder
		for i := 150 - p*5; i > 145-p*5; i-- {
			day := at("2023-03-10 00:00").AddDate(0, 0, 2*(i-150)).Add(7 * time.Hour)
			fmt.Fprintf(&b, "http://cong.example/%d | Tin %d | %s\n", i, i, day.UTC().Format("2006-01-02 15:04"))
			body := strings.Repeat(fmt.Sprintf("chữ của bài %d ", i), 20)
			if i < before {
				body = "cũ " + body
			}
			w.set(fmt.Sprintf("http://cong.example/%d", i), body)
		}
		u := "http://cong.example/tin"
		if p > 0 {
			u += fmt.Sprintf("?page=%d", p+1)
		}
		w.set(u, b.String())
	}
}

func oldReaders(b *bench) *bench {
	b.c.opt.Read.Page = func(text string, _ media.Source, _ string) (extract.Article, error) {
		return extract.Article{Title: "Tiêu đề", Body: text, How: "selector"}, nil
	}
	b.c.opt.Read.Second = func(text string, _ media.Source, _ string, _ extract.Article) (extract.Article, float64, bool) {
		if strings.HasPrefix(text, "cũ") {
			return extract.Article{}, 0.1, true
		}
		return extract.Article{}, 1, true
	}
	return b
}

// The old layout of old articles is told of the archive and of nothing else:
// what a walk reads there neither accuses the live source nor clears it.
func TestWalkOldLayout(t *testing.T) {
	for _, c := range []struct {
		name   string
		before int
		live   string // why the source's pages are not trusted before the walk
		doubt  bool
	}{
		{"the site's own software from some day on", 80, "", true},
		{"no old article is printed as the new ones are", 110, "", true},
		{"all are", 0, "", false},
		{"the source has changed", 0, "body missing on the last 4 pages", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, w := newMemory(), newWeb(t)
				oldSite(w, c.before)
				src := paged()
				src.Articles = true
				live := Layout{Changed: c.live}
				for i := range 60 {
					live.Reads = append(live.Reads, PageRead{Item: fmt.Sprint("x", i), Version: articleVersion(src.Rule), At: at("2023-03-01 00:00").Add(-time.Duration(i) * time.Hour), Fields: hasTitle | hasBody | bySelector | asked | agreed})
				}
				for i := range live.Reads[:4] {
					if c.live != "" {
						live.Reads[i].Fields = hasTitle | bySelector
					}
				}
				m.layouts[src.ID] = live
				b := oldReaders(build(t, m, w, Options{Sources: []media.Source{src}}))
				r := walkOf(t, b, WalkOptions{Since: at("2022-06-01 00:00")})
				if r.State != WalkReached || r.OldPages != "" != c.doubt {
					t.Errorf("%s, old pages %q", r.State, r.OldPages)
				}
				young, refused, taken := 0, 0, 0
				for _, p := range m.pages {
					i := 0
					if _, err := fmt.Sscanf(m.items[p.Item].URL, "http://cong.example/%d", &i); err != nil {
						t.Fatal(err)
					}
					old := i < 105 // ninety days before the tenth of March
					if old != p.Old && i != 105 {
						t.Errorf("piece %d is told of the archive: %v", i, p.Old)
					}
					switch {
					case !old:
						young++
					case i < c.before && p.Outcome == media.OK:
						taken++
					case p.Outcome == media.LayoutChanged:
						refused++
					}
				}
				now := m.layouts[src.ID]
				if c.live == "" && now.Changed != "" {
					t.Errorf("the live source is accused: %s", now.Changed)
				}
				for _, p := range m.pages {
					if p.Old && c.live != "" && p.Layout != "" {
						t.Errorf("an old page that is as it should be: %+v", p)
					}
				}
				if c.doubt && (taken > 2*leastRun+firstAsk || refused < 20) || !c.doubt && refused > 0 || young < 40 {
					t.Errorf("%d young pages; of the old layout %d taken, %d refused", young, taken, refused)
				}
			})
		})
	}
}
