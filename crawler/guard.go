package crawler

import (
	"context"
	"fmt"

	"loa/crawler/extract"
	"loa/media"
)

// guard turns a reader's panic into an error: one poisoned document must not
// stop the loudspeaker. The document is quarantined, with the bytes that were kept
// of it until then.
func (t *turn) guard(ctx context.Context, src media.Source, a Await, kept **media.Kept, f func() error) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		err = &extract.BlindError{Reason: media.ParseError, Detail: fmt.Sprintf("reader panicked: %v", p)}
		q := media.Quarantined{Stage: media.StageRead, Kind: "source", ID: src.ID + " " + a.URL, Item: a.Item, Source: src.ID, URL: a.URL, Kept: keptHash(*kept), At: t.c.opt.Business()}
		if a.Item != "" {
			q.Kind = "page"
		}
		q.Words, q.Frames = media.CrashOf(p)
		t.c.opt.Log.Error("a reader panicked", "source", src.ID, "url", a.URL, "kept", q.Kept, "panic", q.Words, "frames", q.Frames)
		if t.c.opt.Quarantine == nil {
			return
		}
		if failed := t.c.opt.Quarantine.Quarantine(ctx, q); failed != nil && ctx.Err() == nil {
			err = storeError{failed}
		}
	}()
	return f()
}

// judge is what the judge says of the words of a listing; nil leaves it to
// whoever judges what is not judged yet, also where the judge panics.
func (c *Crawler) judge(r media.Revision) (v *media.Verdict) {
	defer func() {
		if recover() != nil {
			v = nil
		}
	}()
	verdict := c.opt.Judge.Judge(r)
	verdict.Revision, verdict.Classifier = r.ID, c.opt.Judge.Version()
	return &verdict
}

// words is Options.Words, which leaves what it panics on to be compared later.
func (c *Crawler) words(r media.Revision) (id int64, ok bool) {
	defer func() {
		if recover() != nil {
			id, ok = 0, false
		}
	}()
	return c.opt.Words(r)
}
