package crawler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

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
