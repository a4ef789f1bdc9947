package crawler

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

// Hosts that answer slowly, and hosts whose documents take long to read, all due
// before the others, keep nobody from them; and of large documents one is read at
// a time.
func TestOthersGoBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bad, good = 60, 20
		w := newWeb(t)
		var sources []media.Source
		add := func(name, url string) { sources = append(sources, feed(name, url, strings.HasPrefix(name, "z"))) }
		for i := range bad {
			slow, heavy := fmt.Sprintf("http://a%02d.example/rss", i), fmt.Sprintf("http://b%02d.example/rss", i)
			w.on(slow, func(fetch.Request) (*fetch.Response, error) {
				time.Sleep(25 * time.Second)
				return nil, status(503, 0)
			})
			w.set(heavy, heavy+"/1 | nặng "+strings.Repeat("x", heavyBody))
			add(fmt.Sprintf("a%02d", i), slow)
			add(fmt.Sprintf("b%02d", i), heavy)
		}
		for i := range good {
			url := fmt.Sprintf("http://z%02d.example/rss", i)
			w.set(url, strings.ReplaceAll(threeNews, "bao", fmt.Sprintf("z%02d", i)))
			for n := 1; n <= 3; n++ {
				w.set(fmt.Sprintf("http://z%02d.example/%d", i, n), "thân bài")
			}
			add(fmt.Sprintf("z%02d", i), url)
		}
		b := build(t, newMemory(), w, Options{Sources: sources, Spacing: 10 * time.Millisecond})
		var mu sync.Mutex
		reading := 0
		b.c.opt.Read.Feed = func(text string, src media.Source, base string) (extract.Listing, error) {
			if len(text) >= heavyBody {
				mu.Lock()
				if reading++; reading > 1 {
					t.Error("two large documents are read at a time")
				}
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				reading--
				mu.Unlock()
			}
			return lines(text, src, base)
		}
		start := time.Now()
		s := round(t, b)
		if s.Visits[media.OK] != bad+good || s.Visits[media.Unreachable] != bad || s.Pages != 3*good {
			t.Errorf("%+v", s)
		}
		last := time.Time{}
		for _, a := range w.asked {
			if strings.HasPrefix(a.host, "z") && a.end.After(last) {
				last = a.end
			}
		}
		if took := last.Sub(start); took > 5*time.Second { // the bad take 25 s and a minute
			t.Errorf("the others were done after %s", took)
		}
	})
}

// Large documents go in the order of arrival, set back by what they are thought
// to take; they wait for a moment when nobody is at work, but not for ever; and
// what was begun goes first.
func TestLargeDocumentsGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes(time.Now)
		var mu sync.Mutex
		var order []string
		var all sync.WaitGroup
		read := func(host string, size int, begun bool, takes time.Duration) {
			all.Go(func() {
				l.read(host, size, begun, func() {}, func() {
					mu.Lock()
					order = append(order, host)
					mu.Unlock()
					time.Sleep(takes)
				})
			})
			synctest.Wait()
		}
		const mb = 1 << 20
		read("slow", mb, false, 3*time.Second) // nobody is at work: at once
		read("b", 4*mb, false, time.Millisecond)
		read("c", mb, false, time.Millisecond) // later, and smaller
		read("begun", 4*mb, true, time.Millisecond)
		read("small", 1000, false, time.Millisecond)
		all.Wait()
		if want := []string{"slow", "small", "begun", "c", "b"}; !slices.Equal(order, want) {
			t.Errorf("%v, want %v", order, want)
		}

		order = nil
		l.begins() // somebody is at work
		start := time.Now()
		read("slow", mb, false, time.Millisecond) // took long the last time
		read("b", 4*mb, false, time.Millisecond)
		read("small", 1000, false, time.Millisecond)
		if want := []string{"small"}; !slices.Equal(order, want) {
			t.Errorf("at work: %v, want %v", order, want)
		}
		time.Sleep(time.Second)
		l.waits()
		all.Wait()
		if want := []string{"small", "b", "slow"}; !slices.Equal(order, want) || time.Since(start) >= givesWay {
			t.Errorf("%v after %s, want %v", order, time.Since(start), want)
		}

		order, start = nil, time.Now()
		l.begins()
		read("b", mb, false, 0)
		all.Wait()
		if time.Since(start) != givesWay {
			t.Errorf("waited %s for others to be done, want %s", time.Since(start), givesWay)
		}
		l.waits()
	})
}

// A reader that panics leaves its lane.
func TestPanicLeavesTheLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		for _, h := range []string{"a", "b"} {
			w.on("http://"+h+".example/rss", func(fetch.Request) (*fetch.Response, error) {
				return &fetch.Response{Status: 200, Body: []byte("!panic" + strings.Repeat(" ", heavyBody)), Header: http.Header{}}, nil
			})
		}
		b := build(t, newMemory(), w, Options{Sources: []media.Source{feed("a", "http://a.example/rss", false), feed("b", "http://b.example/rss", false)}})
		if s := round(t, b); s.Visits[media.ParseError] != 2 {
			t.Errorf("%+v", s)
		}
	})
}
