package monitor

import (
	"context"
	"log/slog"
	"time"
)

// Chore is one recurring job that a single node does at a time.
type Chore struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Loop runs the chores until ctx ends. Each is leased by name on the store's
// clock for its own interval, so that among many nodes one does it; a failure
// is logged and tried again at the next turn.
func Loop(ctx context.Context, leases Chores, node string, chores []Chore, log *slog.Logger) {
	done := make(chan struct{})
	for _, c := range chores {
		go func() {
			defer func() { done <- struct{}{} }()
			runChore(ctx, leases, node, c, log)
		}()
	}
	for range chores {
		<-done
	}
}

func runChore(ctx context.Context, leases Chores, node string, c Chore, log *slog.Logger) {
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		ok, err := leases.TakeChore(ctx, c.Name, node, c.Every)
		if err == nil && ok {
			err = c.Do(ctx)
		}
		if err != nil && ctx.Err() == nil {
			log.Error("chore failed", "chore", c.Name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
