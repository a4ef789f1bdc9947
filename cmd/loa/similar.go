package main

import (
	"fmt"
	"time"

	"loa/crawler/copies"
)

type similarCmd struct{}

// Run reads JSON lines {id,title,body} on stdin and writes {id,group,relation},
// one per line, in order.
func (similarCmd) Run(a *app) error {
	p := newProgress(a.Err)
	defer p.done()
	return copies.Stream(a.In, a.Out, func(done, all int) {
		now := time.Now()
		if !p.live || now.Sub(p.start) < time.Second || now.Sub(p.printed) < 100*time.Millisecond {
			return
		}
		p.printed = now
		if all == 0 {
			fmt.Fprintf(p.w, "\r\x1b[Kđã đọc %d dòng", done)
		} else {
			fmt.Fprintf(p.w, "\r\x1b[Kđã so %d/%d văn bản", done, all)
		}
	})
}
