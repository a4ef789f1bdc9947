package fetch

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// freeBody is how much of each body is not counted, in bytes: nearly every page
// and feed is smaller.
const freeBody = 512 << 10

// held counts the bytes of large bodies, read and not yet done with.
type held struct {
	sem  *semaphore.Weighted
	size int64
}

func newHeld(n int64) *held { return &held{semaphore.NewWeighted(n), n} }

// Hold is what one caller has of Options.InFlight. The zero value has nothing.
// It is not for concurrent use.
type Hold struct {
	from *held
	n    int64 // taken
}

// Release gives everything back.
func (h *Hold) Release() { h.keep(0) }

// take sets n bytes aside, all at once, so that no two bodies wait for each
// other; a body larger than all that there is takes all of it. It waits for others to be done, no longer than ctx lasts.
func (h *Hold) take(ctx context.Context, from *held, n int64) error {
	n = min(n, from.size)
	if err := from.sem.Acquire(ctx, n); err != nil {
		return errBusy
	}
	h.from = from
	h.n += n
	return nil
}

// keep gives back all but n bytes.
func (h *Hold) keep(n int64) {
	if n = max(n, 0); h.n > n {
		h.from.sem.Release(h.n - n)
		h.n = n
	}
}
