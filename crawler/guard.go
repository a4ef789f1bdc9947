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
		if failed := t.pen(ctx, q, p); failed != nil {
			err = failed
		}
	}()
	return f()
}

// pen quarantines what was looked at when p was recovered; to be called there.
func (t *turn) pen(ctx context.Context, q media.Quarantined, p any) error {
	q.Words, q.Frames = media.CrashOf(p)
	t.c.opt.Log.Error("the crawler panicked", "of", q.ID, "kept", q.Kept, "panic", q.Words, "frames", q.Frames)
	if t.c.opt.Quarantine == nil {
		return nil
	}
	if err := t.c.opt.Quarantine.Quarantine(ctx, q); err != nil && ctx.Err() == nil {
		return storeError{err}
	}
	return nil
}

// survive does a part of a turn. If that panics outside of any reader the host is
// quarantined and put off, and the others' turns go on.
func (t *turn) survive(ctx context.Context, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			t.hold(firstRetry)
			err = t.pen(ctx, media.Quarantined{Stage: media.StageRead, Kind: "host", ID: t.host, At: t.c.opt.Business()}, p)
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
