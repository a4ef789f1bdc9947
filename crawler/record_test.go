package crawler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// Visits are recorded together only where none of them waits for it.
func TestRecordedTogether(t *testing.T) {
	for _, c := range []struct {
		name    string
		spacing time.Duration
		slow    time.Duration
		want    []int
	}{
		{"spaced", 0, 100 * time.Millisecond, slices.Repeat([]int{1}, 40)},
		{"at once", -1, time.Millisecond, []int{32, 8}},
		{"slow answers", -1, 400 * time.Millisecond, slices.Repeat([]int{4}, 10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWeb(t)
				w.slow = c.slow
				var sources []media.Source
				for i := range 40 {
					u := fmt.Sprintf("http://bao.example/%02d", i)
					w.set(u, fmt.Sprintf("%s/1 | Một\n", u))
					sources = append(sources, feed(fmt.Sprintf("%02d", i), u, false))
				}
				b := build(t, newMemory(), w, Options{Sources: sources, Spacing: c.spacing})
				if s := round(t, b); s.Visits[media.OK] != 40 || s.Items != 40 {
					t.Errorf("%+v", s)
				}
				if !slices.Equal(b.together, c.want) {
					t.Errorf("recorded %v at a time, want %v", b.together, c.want)
				}
			})
		})
	}
}

// A visit that cannot be recorded takes no other with it; a stop that was asked
// for loses none that was made.
func TestRecordedInTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.slow = time.Millisecond
		var sources []media.Source
		for i := range 5 {
			u := fmt.Sprintf("http://bao.example/%d", i)
			w.set(u, fmt.Sprintf("%s/1 | Một\n", u))
			sources = append(sources, feed(fmt.Sprint(i), u, false))
		}
		m := newMemory()
		poison := errors.New("cannot be written")
		m.poison = func(v Visit) error {
			if v.Source == "tinh/2" {
				return poison
			}
			return nil
		}
		b := build(t, m, w, Options{Sources: sources, Spacing: -1})
		if _, err := b.c.Round(context.Background()); !errors.Is(err, poison) {
			t.Errorf("error %v", err)
		}
		if len(m.visits) != 4 {
			t.Errorf("%d visits recorded, want the 4 good ones", len(m.visits))
		}

		m = newMemory()
		ctx, cancel := context.WithCancel(context.Background())
		b = build(t, m, w, Options{Sources: sources, Spacing: -1})
		w.asking = func(u string) {
			if u == "http://bao.example/3" {
				cancel()
			}
		}
		if _, err := b.c.Round(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if len(m.visits) != 3 {
			t.Errorf("%d visits recorded, want the 3 made before the stop", len(m.visits))
		}
	})
}

// While nothing can be recorded, a host that does not answer is no more left
// alone than one that does: nobody knows that it does not. Both are asked ever
// less often, and soon once the store is well.
func TestUnrecordedIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.set("http://bao.example/rss", "http://bao.example/1 | Một\n")
		w.on("http://xa.example/rss", func(fetch.Request) (*fetch.Response, error) {
			return nil, &fetch.Error{Reason: media.Unreachable, Down: true, Err: errors.New("no route")}
		})
		m := newMemory()
		full, begin := errors.New("disk full"), time.Now()
		m.poison = func(Visit) error {
			if time.Since(begin) < 30*time.Minute {
				return full
			}
			return nil
		}
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false), feed("xa", "http://xa.example/rss", false)}})
		ctx, cancel := context.WithTimeout(context.Background(), 32*time.Minute)
		defer cancel()
		_ = b.c.Run(ctx)
		asked := map[string]int{}
		for _, a := range w.asked {
			asked[a.url]++
		}
		for _, u := range []string{"http://bao.example/rss", "http://xa.example/rss"} {
			if n := asked[u]; n < 20 || n > 40 {
				t.Errorf("%s was asked %d times in half an hour of trying in vain", u, n)
			}
		}
		if len(m.visits) != 2 {
			t.Errorf("%d visits were recorded two minutes after the store was well, want 2", len(m.visits))
		}
	})
}

type sure struct{}

func (sure) Judge(r media.Revision) media.Verdict {
	return media.Verdict{Reform: true, Score: float64(len(r.Title))}
}
func (sure) Version() string { return "v7" }

// What is all there is to read is judged as it is read, what is known is not
// judged again.
func TestJudgedAsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.set("http://bao.example/rss", "http://bao.example/1 | Một\n")
		w.set("http://bao.example/tin", "http://bao.example/2 | Hai\n")
		w.set("http://bao.example/2", "thân")
		b := build(t, newMemory(), w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false), feed("tin", "http://bao.example/tin", true)}, Judge: sure{}})
		round(t, b)
		s := b.lastVisit("bao").Seen[0]
		if v := s.Verdict; v == nil || v.Revision != s.Entry.ID || v.Classifier != "v7" || !v.Reform || v.Score != 5 {
			t.Errorf("verdict %+v", s.Verdict)
		}
		if s := b.lastVisit("tin").Seen[0]; s.Verdict != nil {
			t.Errorf("judged before its page was read: %+v", s.Verdict)
		}
		w.set("http://bao.example/rss", "http://bao.example/3 | Ba\nhttp://bao.example/1 | Một\n")
		time.Sleep(time.Hour)
		round(t, b)
		if seen := b.lastVisit("bao").Seen; seen[0].Verdict == nil || seen[1].Verdict != nil {
			t.Errorf("at the second visit: %+v", seen)
		}
	})
}
