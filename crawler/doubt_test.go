package crawler

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/crawler/fetch"
	"loa/media"
)

// A server that says 304 for ever must not carry coverage over the end of a
// period: the first look of a day is in full, whatever the hour of the last.
func TestMidnightIsReadInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		w.on("http://bao.example/rss", func(r fetch.Request) (*fetch.Response, error) {
			if r.ETag != "" {
				return &fetch.Response{Status: 304, NotModified: true, Header: http.Header{}}, nil
			}
			return &fetch.Response{Status: 200, Body: []byte(threeNews), Header: http.Header{"Etag": {`"1"`}}}, nil
		})
		b := build(t, newMemory(), w, Options{Sources: []media.Source{feed("bao", "http://bao.example/rss", false)}})
		day, nights := 0, 0
		for hour := range 60 {
			round(t, b)
			now := b.lastVisit("bao").At.In(time.FixedZone("+07", 7*3600)).Day()
			sent := w.asked[len(w.asked)-1].etag
			if first := now != day; first != (sent == "") {
				t.Errorf("after %d hours, on the %d: sent %q, first look of the day %t", hour, now, sent, first)
			} else if first {
				nights++
			}
			day = now
			time.Sleep(time.Hour)
		}
		if nights < 3 {
			t.Errorf("%d days seen", nights)
		}
	})
}

// A list whose newest piece is gone and on which nothing is new may be
// yesterday's copy: it covers nothing, also when it comes again.
func TestListGoneBackCoversNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(t)
		src := feed("bao", "http://bao.example/tin", false)
		src.Kind = media.KindList
		b := build(t, newMemory(), w, Options{Sources: []media.Source{src}})
		for _, c := range []struct {
			pieces  []int
			outcome string
			covers  string
		}{
			{[]int{8, 7, 6, 5, 4}, media.OK, "05 10:00→"},
			{[]int{7, 6, 5, 4, 3}, media.OK, ""}, // 3 was never listed, and says nothing: it is older
			{[]int{7, 6, 5, 4, 3}, media.NotModified, ""},
			{[]int{9, 8, 7, 6, 5}, media.OK, "06 10:00→"}, // reaches back by its own dates
			{[]int{10, 8, 7, 6, 5}, media.OK, "10 "},      // 9 was withdrawn, but 10 is new: joined
		} {
			var list strings.Builder
			for _, i := range c.pieces {
				fmt.Fprintf(&list, "http://bao.example/%d | T%d | 2023-03-%02d 10:00\n", i, i, i)
			}
			w.set("http://bao.example/tin", list.String())
			round(t, b)
			v := b.lastVisit("bao")
			if got := spansText(v.Covers); v.Outcome != c.outcome || (got == "") != (c.covers == "") || !strings.HasPrefix(got, c.covers) {
				t.Errorf("%v: %s covers %q; want %s, %q…", c.pieces, v.Outcome, got, c.outcome, c.covers)
			}
			time.Sleep(time.Hour)
		}
	})
}
