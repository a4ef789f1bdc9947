package main

import (
	"context"
	"fmt"
	"io/fs"
	"testing/fstest"
	"time"

	"loa/schedule"
)

// replan puts the plan in force together anew.
func (e *engine) replan(ctx context.Context, knownAt time.Time) error {
	plan, err := e.inForce(ctx, knownAt)
	if err == nil {
		e.plan = plan
	}
	return err
}

// inForce is the plan in force: its file, the version before it for periods
// that began before the file's own date, and the numbers that persons changed
// from a day on, as they were known at knownAt (zero: now).
func (e *engine) inForce(ctx context.Context, knownAt time.Time) (*schedule.Plan, error) {
	plan := e.written
	if !plan.Effective.IsZero() {
		before, err := e.before(ctx, plan)
		if err != nil {
			return nil, err
		}
		if before != nil {
			plan = schedule.Amended(before, plan)
		}
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

// before is the version of the plan used last before this one, nil if there is
// none: of a day before the file's own.
func (e *engine) before(ctx context.Context, plan *schedule.Plan) (*schedule.Plan, error) {
	versions, err := e.store.PlanVersions(ctx, plan.ID)
	if err != nil {
		return nil, fmt.Errorf("đọc các bản kế hoạch đã dùng: %w", err)
	}
	var out *schedule.Plan
	for _, v := range versions {
		if v.Version == plan.Version {
			continue
		}
		old, err := e.planOf(plan.ID, v.Text)
		if err != nil {
			return nil, fmt.Errorf("bản kế hoạch cũ %s: %w", v.Version[:8], err)
		}
		if old.Effective.Before(plan.Effective) && (out == nil || !old.Effective.Before(out.Effective)) {
			out = old
		}
	}
	return out, nil
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
