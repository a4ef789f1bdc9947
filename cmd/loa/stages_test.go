package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestStages: a terminal sees one line that is rewritten from the first second on and is gone at the end; a file gets a line a
// stage of work that takes longer, and nothing of what is quick.
func TestStages(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		live bool
		secs []int // when each stage is said
		want []string
	}{
		{true, []int{0, 0, 0}, nil},
		{true, []int{0, 2, 7}, []string{"\r\x1b[KBa… 2 giây", "\r\x1b[KBốn… 7 giây"}},
		{false, []int{0, 2, 4}, nil},
		{false, []int{0, 6, 9}, []string{"Ba… (đã 6 giây)\n", "Bốn… (đã 9 giây)\n"}},
	} {
		var out bytes.Buffer
		at := time.Date(2023, 4, 1, 8, 0, 0, 0, time.UTC)
		s := &stages{w: &out, live: x.live, now: func() time.Time { return at }, start: at, stop: make(chan struct{})}
		for i, what := range []string{"Hai", "Ba", "Bốn"} {
			at = s.start.Add(time.Duration(x.secs[i]) * time.Second)
			s.to(what)
		}
		s.say() // the same again
		s.done()
		got := out.String()
		if len(x.want) == 0 && got != "" {
			t.Errorf("live %t, %v: said %q of what is quick", x.live, x.secs, got)
		}
		for _, w := range x.want {
			if !strings.Contains(got, w) {
				t.Errorf("live %t, %v: %q, want %q", x.live, x.secs, got, w)
			}
		}
		if len(x.want) > 0 && x.live != strings.HasSuffix(got, "\r\x1b[K") {
			t.Errorf("live %t: ends with %q", x.live, got)
		}
		if !x.live && strings.Count(got, "Bốn") > 1 {
			t.Errorf("a stage is said twice: %q", got)
		}
	}
}
