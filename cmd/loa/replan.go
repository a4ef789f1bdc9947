package main

import (
	"context"
	"fmt"
	"io/fs"
	"testing/fstest"
	"time"

	"loa/monitor"
	"loa/schedule"
)

// openAsOf opens what a command reads, with the plan as it was known then (zero: now).
func (a *app) openAsOf(plan string, business func() time.Time, knownAt time.Time) (*engine, error) {
	e, err := a.open(a.planFiles(), plan, business)
	if err != nil {
		return nil, err
	}
	if err := e.replan(a.ctx, knownAt); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// deriveAhead derives everything from what was known then, with the periods ahead.
func (e *engine) deriveAhead(knownAt time.Time, ahead span) (schedule.Evaluation, error) {
	m := e.moment()
	m.KnownAt, m.Ahead = knownAt, time.Duration(ahead)
	return monitor.Derive(e.app.ctx, e.store, e.plan, e.cal, m)
}

// replan puts the plan in force together anew.
func (e *engine) replan(ctx context.Context, knownAt time.Time) error {
	plan, err := e.inForce(ctx, knownAt)
	if err == nil {
		e.plan = plan
		if o := e.over.Load(); e.cal != nil {
			e.cal.Replace(o.cal)
		}
	}
	return err
}

// inForce is the plan in force: its files with what persons set over them in the
// database, the version before it for periods that began before the file's own
// date, and the numbers that persons changed from a day on, as they were known at
// knownAt (zero: now).
func (e *engine) inForce(ctx context.Context, knownAt time.Time) (*schedule.Plan, error) {
	over, err := e.overlaid(ctx, knownAt)
	if err != nil {
		return nil, err
	}
	plan, err := e.amended(ctx, over)
	if err != nil {
		return nil, err
	}
	changes, err := e.store.Changes(ctx, plan.ID, knownAt)
	if err != nil {
		return nil, fmt.Errorf("đọc các mức đã điều chỉnh: %w", err)
	}
	plan, errs := schedule.Changed(plan, changes)
	for _, err := range errs { // the plan's file moved under it: the number is the file's again
		e.app.log.Warn("change of a reference level left out", "error", err)
	}
	return plan, nil
}

// amended is the plan as written, with what the versions before it said of
// periods that began before each one's own day. A version takes back those that
// hold from its own day or later: they were mistaken. One that can no longer be
// read, because an agency or column it names is gone, is left out with a warning.
func (e *engine) amended(ctx context.Context, over *laidOver) (*schedule.Plan, error) {
	if e.written.Effective.IsZero() {
		return over.plan, nil
	}
	versions, err := e.store.PlanVersions(ctx, e.written.ID)
	if err != nil {
		return nil, fmt.Errorf("đọc các bản kế hoạch đã dùng: %w", err)
	}
	var chain []*schedule.Plan
	add := func(p *schedule.Plan) {
		for n := len(chain); n > 0 && !chain[n-1].Effective.Before(p.Effective); n-- {
			chain = chain[:n-1]
		}
		chain = append(chain, p)
	}
	for _, v := range versions {
		if v.Version == e.written.Version {
			continue
		}
		old, err := e.planOver(over, v.Text)
		if err != nil {
			e.app.log.Warn("earlier version of the plan left out", "version", v.Version, "error", err)
			continue
		}
		add(old)
	}
	add(over.plan)
	plan := chain[0]
	for _, next := range chain[1:] {
		plan = schedule.Amended(plan, next)
	}
	return plan, nil
}

// planOf reads a text of a plan with the agencies and sources of today.
func (e *engine) planOf(id, text string) (*schedule.Plan, error) {
	return loadPlan(over{e.files, fstest.MapFS{id + ".yaml": &fstest.MapFile{Data: []byte(text)}}}, id)
}

// over shows some files in the place of others.
type over struct {
	fs.FS
	mine fs.FS
}

// Open prefers the files that lie over the others.
func (o over) Open(name string) (fs.File, error) {
	if f, err := o.mine.Open(name); err == nil {
		if info, err := f.Stat(); err == nil && !info.IsDir() {
			return f, nil
		}
		_ = f.Close() // a folder: the one below has more in it
	}
	return o.FS.Open(name)
}
