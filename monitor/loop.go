package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	otelcodes "go.opentelemetry.io/otel/codes"

	"loa/media"
)

// Chore is one recurring job that a single node does at a time.
type Chore struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Loop runs the chores until ctx ends. Each is leased by name on the store's
// clock for its own interval, so that among many nodes one does it; a failure
// is logged and tried again at the next turn, and so is a panic, which is
// quarantined too: the other chores go on. now is the business clock.
func Loop(ctx context.Context, leases Chores, node string, chores []Chore, now func() time.Time, log *slog.Logger) {
	done := make(chan struct{})
	for _, c := range chores {
		go func() {
			defer func() { done <- struct{}{} }()
			runChore(ctx, leases, node, c, now, log)
		}()
	}
	for range chores {
		<-done
	}
}

func runChore(ctx context.Context, leases Chores, node string, c Chore, now func() time.Time, log *slog.Logger) {
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		ok, err := leases.TakeChore(ctx, c.Name, node, c.Every)
		if err == nil && ok {
			err = traced(ctx, c.Name, func(ctx context.Context) error { return Guard(ctx, leases, c.Name, now(), c.Do) })
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

// traced does a job as a trace of its own, where traces are made.
func traced(ctx context.Context, name string, do func(context.Context) error) error {
	ctx, span := otel.Tracer("loa/monitor").Start(ctx, "chore "+name)
	defer span.End()
	err := do(ctx)
	if err != nil {
		span.SetStatus(otelcodes.Error, "")
	}
	return err
}

// Guard does a job and turns its panic into an error that tells the stack, after
// quarantining it under the job's name at the business time at.
func Guard(ctx context.Context, store Quarantine, name string, at time.Time, do func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q := media.Quarantined{Stage: media.StageChore, Kind: "chore", ID: name, At: at}
			q.Words, q.Frames = media.CrashOf(p)
			err = errors.Join(fmt.Errorf("%s panicked: %s\n%s", name, q.Words, q.Frames), store.Quarantine(ctx, q))
		}
	}()
	return do(ctx)
}
