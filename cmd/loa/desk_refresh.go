package main

import (
	"context"
	"maps"
	"slices"
	"sync"

	"loa/monitor"
)

// mostRefreshed is how many owners are refreshed at one go: others, asked for meanwhile, wait no longer than that.
const mostRefreshed = 20

// refreshing are the owners whose standings are brought up to date while nobody waits for it. What is lost when the
// program ends is done as it begins anew, for then everything is evaluated.
type refreshing struct {
	one sync.Mutex // held by whoever refreshes

	mu    sync.Mutex
	asked map[string]bool    // since the refresh under way began
	idle  chan struct{}      // closed when nothing is asked for and nothing under way any more; nil: so it is
	stop  context.CancelFunc // of what is under way
	ended bool               // nothing is begun any more
}

// refreshSoon has owners' standings brought up to date in the background, one go after another: those asked for while
// one is under way are the next's, each once however often it was asked for.
func (e *engine) refreshSoon(owners ...string) {
	f := &e.fresh
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended || len(owners) == 0 {
		return
	}
	if f.asked == nil {
		f.asked = map[string]bool{}
	}
	for _, o := range owners {
		f.asked[o] = true
	}
	if f.idle != nil {
		return
	}
	ctx, stop := context.WithCancel(e.app.ctx)
	f.idle, f.stop = make(chan struct{}), stop
	go func() {
		for some := f.next(ctx); some != nil; some = f.next(ctx) {
			err := monitor.Guard(ctx, e.store, "refresh", e.business(), func(ctx context.Context) error { return e.refresh(ctx, some...) })
			if err != nil && ctx.Err() == nil {
				e.app.log.ErrorContext(ctx, "refresh standings", "owners", some, "error", err)
			}
		}
	}()
}

// next takes what is to be refreshed; nil: there is nothing, and whoever refreshes ends.
func (f *refreshing) next(ctx context.Context) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.asked) == 0 || ctx.Err() != nil {
		f.stop()
		clear(f.asked)
		close(f.idle)
		f.idle = nil
		return nil
	}
	some := slices.Sorted(maps.Keys(f.asked))
	some = some[:min(len(some), mostRefreshed)]
	for _, o := range some {
		delete(f.asked, o)
	}
	return some
}

// refreshed waits until all that was asked for is refreshed.
func (e *engine) refreshed(ctx context.Context) error {
	f := &e.fresh
	f.mu.Lock()
	idle := f.idle
	f.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endRefreshing stops what is under way, and returns when it meets the store no more; nothing is begun after it.
func (e *engine) endRefreshing() {
	f := &e.fresh
	f.mu.Lock()
	f.ended = true
	idle := f.idle
	if idle != nil {
		f.stop()
	}
	f.mu.Unlock()
	if idle != nil {
		<-idle
	}
}
