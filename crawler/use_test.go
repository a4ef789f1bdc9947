package crawler

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"loa/media"
)

// A running crawler takes up a new source at once, reads a changed one by its
// new rule at once, and leaves a retired one alone.
func TestUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.set("http://so.example/rss", threeNews)
		w.set("http://so.example/moi", threeNews)
		bao, so := feed("bao", "http://bao.example/rss", false), feed("so", "http://so.example/rss", false)
		b := build(t, m, w, Options{Sources: []media.Source{bao}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- b.c.Run(ctx) }()
		time.Sleep(time.Minute)
		if n, other := w.count("bao.example/rss"), w.count("so.example"); n != 1 || other != 0 {
			t.Fatalf("asked %d and %d times", n, other)
		}
		if err := b.c.Use(ctx, []media.Source{bao, so}, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if n := w.count("so.example/rss"); n != 1 {
			t.Errorf("the new source was read %d times within ten seconds", n)
		}
		if n := w.count("bao.example/rss"); n != 1 {
			t.Errorf("the old source was read %d times: nothing of it changed", n)
		}
		so.URL = "http://so.example/moi"
		if err := b.c.Use(ctx, []media.Source{so}, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if n := w.count("so.example/moi"); n != 1 {
			t.Errorf("the changed source was read %d times within ten seconds", n)
		}
		bad := so
		bad.URL = "ftp://so.example/"
		if err := b.c.Use(ctx, []media.Source{bad}, nil); err == nil {
			t.Error("took up an address that cannot be read")
		}
		time.Sleep(3 * 24 * time.Hour)
		if n := w.count("bao.example/rss"); n != 1 {
			t.Errorf("the retired source was read %d times", n)
		}
		if n := w.count("so.example/moi"); n < 2 {
			t.Errorf("what is in use was read %d times in three days", n)
		}
		cancel()
		<-ended
	})
}

// stumbling are hosts whose store fails once, at Sync or at MakeDue.
type stumbling struct {
	Hosts
	sync, due bool
	asked     []string
}

var errStumbled = errors.New("stumbled")

func (s *stumbling) Sync(ctx context.Context, all []media.Source, group func(string) string) error {
	if s.sync {
		s.sync = false
		return errStumbled
	}
	return s.Hosts.Sync(ctx, all, group)
}

func (s *stumbling) MakeDue(ctx context.Context, only ...string) error {
	if s.due {
		s.due = false
		return errStumbled
	}
	s.asked = append(s.asked, only...)
	return s.Hosts.MakeDue(ctx, only...)
}

// What a failing store kept from being taken up is taken up when it is asked for again.
func TestUseAgain(t *testing.T) {
	for _, hosts := range []*stumbling{{sync: true}, {due: true}} {
		m := newMemory()
		so := feed("so", "http://so.example/rss", false)
		b := build(t, m, newWeb(t), Options{Sources: []media.Source{so}})
		if err := m.Sync(t.Context(), []media.Source{so}, b.c.opt.Group); err != nil {
			t.Fatal(err)
		}
		hosts.Hosts = m
		b.c.opt.Hosts = hosts
		so.URL = "http://so.example/moi"
		if err := b.c.Use(t.Context(), []media.Source{so}, nil); !errors.Is(err, errStumbled) {
			t.Fatalf("a failing store: %v", err)
		}
		for range 2 {
			if err := b.c.Use(t.Context(), []media.Source{so}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if len(hosts.asked) != 1 || hosts.asked[0] != "tinh/so" {
			t.Errorf("made due: %v", hosts.asked)
		}
	}
}
