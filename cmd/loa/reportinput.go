package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
)

// reportAsOf gathers what the report of a period is built from. With a
// revision, everything is as it was known when that revision was closed, the
// plan with it; without one, as it is known now.
func (e *engine) reportAsOf(ctx context.Context, period calendar.Period, revision int) (report.Input, error) {
	plan, cal := e.inUse(), e.cal
	closings, err := e.store.Closings(ctx, plan.ID, time.Time{})
	if err != nil {
		return report.Input{}, fmt.Errorf("read closed periods: %w", err)
	}
	var closing *schedule.Closing
	for _, c := range closings {
		if c.Period == period.ID && (revision == 0 || c.Revision == revision) && (closing == nil || c.Revision > closing.Revision) {
			closing = &c
		}
	}
	m := e.moment()
	if revision > 0 {
		if closing == nil {
			return report.Input{}, usagef("%s chưa có lần chốt %d (xem loa close --list)", period.Name(), revision)
		}
		m.Now, m.KnownAt, m.Loose = closing.At, closing.At, true
		if plan, cal, err = e.planAsOf(ctx, *closing); err != nil {
			return report.Input{}, err
		}
	}
	ev, err := monitor.Derive(ctx, e.store, plan, cal, m)
	if err != nil {
		return report.Input{}, err
	}
	if revision > 0 { // what was closed by then stands as it was closed
		ev = ev.Frozen(slices.DeleteFunc(closings, func(c schedule.Closing) bool { return c.At.After(closing.At) }))
	}
	judge := m.Classifier
	if revision > 0 {
		judge = closing.Classifier
	}
	sample, err := e.store.Audit(ctx, judge, m.KnownAt)
	if err != nil {
		return report.Input{}, fmt.Errorf("read the sample: %w", err)
	}
	health, err := e.store.Health(ctx)
	if err != nil {
		return report.Input{}, fmt.Errorf("read the sources' health: %w", err)
	}
	acts, err := e.store.CaseActs(ctx, plan.ID, m.KnownAt)
	if err != nil {
		return report.Input{}, err
	}
	cases, err := schedule.Cases(acts)
	if err != nil {
		return report.Input{}, err
	}
	declared, err := e.tallies(ctx, plan, ev, period, m.KnownAt)
	if err != nil {
		return report.Input{}, err
	}
	amounts, err := e.store.HandinSums(ctx, plan.ID, period.Start, period.End)
	if err != nil {
		return report.Input{}, fmt.Errorf("add up what was handed in: %w", err)
	}
	in := report.Input{Plan: plan, Cases: cases, Amounts: amounts, Declared: declared, Calendar: cal, Period: period, Evaluation: ev, Health: health, Now: m.Now, Closing: closing, Audit: sample, Facets: e.judge.Facets()}
	for _, p := range ev.Proposals {
		if closing != nil && p.Closing == closing.ID {
			in.Proposals++
		}
	}
	return in, nil
}

// planAsOf gives the plan that a period was closed under, with its days off: the
// version whose hash the closing bears, with the numbers changed by then.
// Agencies and sources are today's. What is in force now stays so: others are reading it.
func (e *engine) planAsOf(ctx context.Context, c schedule.Closing) (*schedule.Plan, *calendar.Calendar, error) {
	versions, err := e.store.PlanVersions(ctx, e.written.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("đọc các bản kế hoạch đã dùng: %w", err)
	}
	for _, v := range slices.Backward(versions) {
		old, err := e.planOf(e.written.ID, v.Text)
		if err != nil {
			e.app.log.Warn("earlier version of the plan left out", "version", v.Version, "error", err)
			continue
		}
		then := e.back(old, v.Text, c.At)
		if err := then.replan(ctx, c.At); err != nil {
			return nil, nil, err
		}
		if then.plan.Version == c.PlanVersion {
			return then.plan, then.cal, nil
		}
	}
	e.app.log.Warn("the plan a period was closed under cannot be read any more; today's names are printed", "period", c.Period, "version", c.PlanVersion)
	then := e.back(e.written, e.text, c.At)
	err = then.replan(ctx, c.At)
	return then.plan, then.cal, err
}

// back is an engine beside this one that reads the plan as it was written and known at a moment. It shares the store and
// nothing that changes.
func (e *engine) back(written *schedule.Plan, text string, at time.Time) *engine {
	return &engine{app: e.app, files: e.files, written: written, text: text, asOf: at, plan: written, cal: calendar.Living(e.cal), store: e.store, judge: e.judge,
		business: e.business, machine: e.machine, node: e.node}
}
