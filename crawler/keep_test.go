package crawler

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// A store of kept bytes that is away stops nobody: the look is recorded as one
// that saw nothing, no other source suffers, no page is given up, the site is
// not asked again at once, and all is read once it is back.
func TestNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", threeNews)
		w.set("http://so.example/rss", "http://so.example/9 | Chín | 2023-03-10 11:00\n")
		for _, n := range []string{"1", "2", "3"} {
			w.set("http://bao.example/"+n, "thân bài "+n)
		}
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true), feed("so", "http://so.example/rss", false)}})
		away := errors.New("storage is away")
		m.fail = func(o string) error {
			if o == "keep" {
				return away
			}
			return nil
		}
		sum, err := b.c.Round(context.Background())
		if !errors.Is(err, away) {
			t.Errorf("the round says %v", err)
		}
		if sum.Visits[media.ParseError] != 2 {
			t.Errorf("visits %v, want both recorded as failing", sum.Visits)
		}
		for _, id := range []string{"bao", "so"} {
			v := b.lastVisit(id)
			if v.Outcome != media.ParseError || !strings.Contains(v.Detail, "not kept: storage is away") || v.Fails != 1 || v.Kept != nil || v.Covers != nil || v.Seen != nil || v.BodyHash != "" {
				t.Errorf("%s: %+v", id, v)
			}
			if state, ok := media.UptimeOf(v.Outcome, v.Status, v.Detail); !ok || state != media.Up {
				t.Errorf("%s: its server is told to be %q", id, state)
			}
		}
		m.fail = func(o string) error { // the lists can be kept now, the pages not for five days
			if o == "keep http://bao.example/1" || o == "keep http://bao.example/2" || o == "keep http://bao.example/3" {
				return away
			}
			return nil
		}
		list := w.count("/rss")
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- b.c.Run(ctx) }()
		time.Sleep(time.Minute) // less than the wait after a failure
		if n := w.count("/rss") - list; n != 0 {
			t.Errorf("asked %d times at once after a failure", n)
		}
		time.Sleep(5 * 24 * time.Hour)
		m.mu.Lock()
		waiting := 0
		for _, p := range m.wait {
			if p.done {
				t.Errorf("gave up %s after %d tries", p.a.URL, p.a.Tries)
			}
			waiting++
		}
		m.fail = nothing
		texts := len(m.texts)
		m.mu.Unlock()
		if waiting != 3 || texts != 1 {
			t.Errorf("%d pages wait, %d texts", waiting, texts)
		}
		time.Sleep(2 * 24 * time.Hour)
		cancel()
		<-done
		for id := range m.wait {
			if m.texts[id].Body == "" {
				t.Errorf("the page of %s was never read", m.items[id].URL)
			}
		}
		politeness(t, w, 3*time.Second)
	})
}

func nothing(string) error { return nil }

// Bytes whose deletion is under way are fetched anew, later.
func TestBytesBeingDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.set("http://bao.example/rss", "http://bao.example/1 | Một | 2023-03-10 09:00\n")
		w.set("http://bao.example/1", "thân bài")
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", true)}})
		going := map[string]int{"visit": 1, "page": 1}
		m.fail = func(o string) error {
			if going[o]--; going[o] >= 0 {
				return ErrGoing
			}
			return nil
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- b.c.Run(ctx) }()
		time.Sleep(3 * time.Hour)
		cancel()
		<-done
		if v := m.visits[0]; v.Outcome != media.ParseError || v.Kept != nil || v.Fails != 1 {
			t.Errorf("first visit %+v", v)
		}
		if p := m.pages[0]; p.Outcome != media.ParseError || p.Kept != nil || p.Done || p.Revision != nil {
			t.Errorf("first look at the page %+v", p)
		}
		if v := b.lastVisit("bao"); v.Outcome != media.OK && v.Outcome != media.NotModified {
			t.Errorf("last visit %+v", v)
		}
		if len(m.texts) != 1 {
			t.Errorf("%d texts", len(m.texts))
		}
	})
}

// The request's header is handed to the keeper with the response.
func TestKeepsWhatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w := newMemory(), newWeb(t)
		w.on("http://bao.example/rss", func(req fetch.Request) (*fetch.Response, error) {
			return &fetch.Response{Status: 200, Body: []byte(threeNews), Sent: http.Header{"User-Agent": {"loa"}}}, nil
		})
		b := build(t, m, w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
		round(t, b)
		if k := b.lastVisit("bao").Kept; k == nil || k.Sent["User-Agent"][0] != "loa" {
			t.Errorf("kept %+v", k)
		}
	})
}
