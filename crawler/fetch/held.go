package fetch

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Bodies are counted from freeBody on, in bytes: nearly every page and feed is
// smaller. What lies between that and largeBody is counted apart, so that
// whoever sends what is large, or sends slowly, holds up only others that do.
const (
	freeBody  = 128 << 10
	largeBody = 512 << 10
)

// held counts the bytes of bodies, read and not yet done with.
type held struct{ middle, large pool }

type pool struct {
	*semaphore.Weighted
	size int64
}

// newHeld sets n bytes aside for the large ones, and half of it for the middle.
func newHeld(n int64) *held {
	return &held{pool{semaphore.NewWeighted(n / 2), n / 2}, pool{semaphore.NewWeighted(n), n}}
}

// Hold is what one caller has of Options.InFlight. The zero value has nothing.
// It is not for concurrent use.
type Hold struct {
	// Waits, if set, is called before a body waits for others to be done with.
	Waits func()

	from *held

	middle, large int64 // taken
	besides       int64 // bytes held beside the body: what it is unpacked from
}

// Release gives everything back.
func (h *Hold) Release() { h.keep(0) }

// reach makes sure of what a body needs that has come to size bytes and may
// become most, all of it at once, so that no two bodies wait for each other; a
// body larger than all that there is takes all of it. It waits for others to be
// done, as long as a request may take; its own time stands still.
func (h *Hold) reach(ctx context.Context, c *Client, total *stopwatch, size, most int64) error {
	h.from = c.held
	size, most = size+h.besides, most+h.besides
	if size >= freeBody {
		if err := h.take(ctx, c, total, c.held.middle, min(most, largeBody)-freeBody, &h.middle); err != nil {
			return err
		}
	}
	if size >= largeBody {
		return h.take(ctx, c, total, c.held.large, most-largeBody, &h.large)
	}
	return nil
}

func (h *Hold) take(ctx context.Context, c *Client, total *stopwatch, p pool, n int64, has *int64) error {
	if n = min(n, p.size) - *has; n <= 0 {
		return nil
	}
	if !p.TryAcquire(n) {
		if h.Waits != nil {
			h.Waits()
		}
		total.pause()
		defer total.resume()
		ctx, cancel := context.WithTimeout(ctx, c.opt.TotalTimeout)
		defer cancel()
		if err := p.Acquire(ctx, n); err != nil {
			return errBusy
		}
	}
	*has += n
	return nil
}

// keep gives back all but what a body of size bytes needs.
func (h *Hold) keep(size int64) {
	if h.besides = 0; h.from == nil {
		return
	}
	shrink := func(p pool, has *int64, n int64) {
		if n = max(n, 0); *has > n {
			p.Release(*has - n)
			*has = n
		}
	}
	shrink(h.from.middle, &h.middle, size-freeBody)
	shrink(h.from.large, &h.large, size-largeBody)
}
