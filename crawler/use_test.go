package crawler

import (
	"context"
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
