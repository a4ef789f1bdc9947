package crawler

import (
	"context"
	"errors"
	"time"

	"loa/media"
)

// Visits of one turn are recorded together where that delays none of them: each
// record is a transaction, and what it costs hardly grows with the visits in it.
const (
	mostVisits  = 32          // held back at a time
	mostEntries = 1000        // of them all
	longestHeld = time.Second // before another look is begun
)

// finalWait is how long recording may take once the program is to stop.
const finalWait = 5 * time.Second

// made is a visit that is not recorded yet.
type made struct {
	src media.Source
	v   Visit
}

// put hands the visit on to be recorded: at once, or soon with others.
func (t *turn) put(ctx context.Context, src media.Source, v Visit) error {
	if len(t.made) == 0 {
		t.oldest = t.c.opt.Machine()
	}
	t.made = append(t.made, made{src, v})
	t.entries += len(v.Seen)
	if len(t.made) >= mostVisits || t.entries >= mostEntries {
		return t.record(ctx)
	}
	return nil
}

// recordBefore records what was held back if the next look has to wait, or what
// was held back has waited long enough.
func (t *turn) recordBefore(ctx context.Context, wait time.Duration) error {
	if len(t.made) > 0 && (wait > 0 || t.c.opt.Machine().Sub(t.oldest) > longestHeld) {
		return t.record(ctx)
	}
	return nil
}

// record hands the visits held back to the store and tells whoever watches.
func (t *turn) record(ctx context.Context) error {
	if len(t.made) == 0 {
		return nil
	}
	all := t.made
	t.made, t.entries = nil, 0
	err := t.recordAll(ctx, all)
	if err == nil || len(all) == 1 || errors.Is(err, ErrLost) || ctx.Err() != nil {
		return err
	}
	err = nil
	for i := range all { // one that cannot be recorded must not take the others with it
		err = first(err, t.recordAll(ctx, all[i:i+1]))
	}
	return err
}

func (t *turn) recordAll(ctx context.Context, all []made) error {
	vs := make([]Visit, len(all))
	for i, m := range all {
		vs[i] = m.v
	}
	known, err := t.c.opt.Records.PutVisits(ctx, t.now(), vs)
	if errors.Is(err, ErrGoing) && len(all) == 1 && (vs[0].Kept != nil || len(vs[0].Also) > 0) {
		src, v := all[0].src, vs[0]
		f := why(t.lost(src, src.URL, ErrGoing))
		v.Kept, v.Also = nil, nil
		return t.recordAll(ctx, []made{{src, t.blind(src, v, f)}})
	}
	if err != nil {
		return storeError{err}
	}
	for i, m := range all {
		t.c.recorded(m.src, m.v, known[i])
	}
	return nil
}

// recordLast records what a turn has made when it ends, however it ends, unless
// the store or the lease ended it.
func (t *turn) recordLast(ctx context.Context, err error) error {
	var se storeError
	if errors.As(err, &se) || errors.Is(err, ErrLost) || errors.Is(context.Cause(ctx), ErrLost) {
		return err
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), finalWait)
		defer cancel()
	}
	return first(err, t.record(ctx))
}

// recorded counts a visit and tells of it.
func (c *Crawler) recorded(src media.Source, v Visit, known []bool) {
	fresh := 0
	for _, k := range known {
		if !k {
			fresh++
		}
	}
	c.mu.Lock()
	c.sum.Visits[v.Outcome]++
	c.sum.Items += fresh
	c.sum.Bytes += int64(v.Bytes)
	c.seen[src.ID] = true
	c.mu.Unlock()
	c.opt.Log.Debug("visit", "source", src.ID, "outcome", v.Outcome, "detail", v.Detail, "listed", len(v.Seen), "new", fresh, "took", v.Took)
	c.opt.Progress(Event{Kind: "visit", Source: src.ID, URL: src.URL, Outcome: v.Outcome, Detail: v.Detail, New: fresh, Listed: len(v.Seen), Took: v.Took, ID: v.ID, Bytes: v.Bytes, Until: v.until})
}
