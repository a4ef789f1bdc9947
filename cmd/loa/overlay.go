package main

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing/fstest"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/plans"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
)

// laidOver is the plan's files with what persons set over them in the database.
type laidOver struct {
	key     string           // of the entries that are in it
	entries []schedule.Entry // those in force
	all     []schedule.Entry // with those of days to come, and those that no longer fit
	unfit   map[string]string
	files   fs.FS // of the plan
	days    fs.FS // of the days off
	plan    *schedule.Plan
	cal     *calendar.Calendar
}

// scopes are whose entries lie over this plan: the province's, and its own.
func (e *engine) scopes() []string { return []string{e.written.Province, e.written.ID} }

// below is what entries lie over: the files, with the text of the plan that is in use.
func (e *engine) below() fs.FS {
	if e.text == "" {
		return e.files
	}
	return over{e.files, fstest.MapFS{e.written.ID + ".yaml": &fstest.MapFile{Data: []byte(e.text)}}}
}

// overlaid is what lies over the files as it is known now, or was at knownAt. An entry that
// holds from a later day waits for it; windows, letterheads and days off name their days
// themselves. One that no longer fits the files is left out with a warning.
func (e *engine) overlaid(ctx context.Context, knownAt time.Time) (*laidOver, error) {
	all, err := e.store.Entries(ctx, e.scopes(), knownAt)
	if err != nil {
		return nil, err
	}
	now := e.business()
	if !e.asOf.IsZero() {
		now = e.asOf
	}
	entries := slices.DeleteFunc(slices.Clone(all), func(x schedule.Entry) bool {
		return x.Kind != schedule.EntryWindows && x.Kind != schedule.EntryHolidays && x.Kind != schedule.EntryLetterhead && x.From.After(now)
	})
	ids := []string{"entries", e.written.Version}
	for _, x := range entries {
		ids = append(ids, x.ID)
	}
	key := media.Hash(ids...)
	if o := e.over.Load(); o != nil && o.key == key && len(o.all) == len(all) {
		return o, nil
	}
	o, err := e.lay(entries, all)
	if err != nil {
		return nil, err
	}
	o.key = key
	e.over.Store(o)
	return o, nil
}

// lay puts entries over the files.
func (e *engine) lay(entries, all []schedule.Entry) (*laidOver, error) {
	o := &laidOver{entries: entries, all: all, unfit: map[string]string{}, files: e.below(), days: dayFiles(e.files), plan: e.written}
	err := o.read(e)
	if err != nil { // the file moved under one of them: what still fits holds
		o.entries = nil
		for _, x := range entries {
			if faults := plans.Faults(e.below(), dayFiles(e.files), e.written.ID, o.entries, x); len(faults) > 0 {
				o.unfit[x.ID] = faults[0].Msg
				e.app.log.Warn("what was set over the plan's files left out", "kind", x.Kind, "key", x.Key, "why", faults[0].Msg)
				continue
			}
			o.entries = append(o.entries, x)
		}
		err = o.read(e)
	}
	return o, err
}

// read reads the files with the entries over them.
func (o *laidOver) read(e *engine) (err error) {
	var days, rest []schedule.Entry
	for _, x := range o.entries {
		if x.Kind == schedule.EntryHolidays {
			days = append(days, x)
		} else {
			rest = append(rest, x)
		}
	}
	if o.days, err = plans.Merged(dayFiles(e.files), e.written.ID, days); err != nil {
		return err
	}
	if o.cal, err = holidays(o.days); err != nil {
		return err
	}
	o.files, o.plan = e.below(), e.written
	if len(rest) > 0 {
		if o.files, err = plans.Merged(e.below(), e.written.ID, rest); err != nil {
			return err
		}
		if o.plan, err = loadPlan(o.files, e.written.ID); err != nil {
			return err
		}
	}
	if len(o.entries) > 0 {
		plan := *o.plan
		ids := []string{e.written.Version}
		for _, x := range o.entries {
			ids = append(ids, x.ID)
		}
		plan.Version = media.Hash(ids...)
		o.plan = &plan
	}
	return nil
}

// planOver reads a text of the plan with the agencies and sources of today, and
// with what was set over the files since.
func (e *engine) planOver(o *laidOver, text string) (*schedule.Plan, error) {
	below := over{e.files, fstest.MapFS{e.written.ID + ".yaml": &fstest.MapFile{Data: []byte(text)}}}
	rest := slices.DeleteFunc(slices.Clone(o.entries), func(x schedule.Entry) bool { return x.Kind == schedule.EntryHolidays })
	files, err := plans.Merged(below, e.written.ID, rest)
	if err != nil {
		return nil, err
	}
	return loadPlan(files, e.written.ID)
}

// takeUpEvery is how often a server looks whether somebody changed the plan,
// here or on another node, or the day of a change has come.
const takeUpEvery = 10 * time.Second

// reader is the crawler of a running server.
type reader struct {
	*crawler.Crawler
	version string // of the plan that it took up last; under engine.taking
}

// takeUp makes a running server answer, crawl and evaluate by the plan in force now.
func (e *engine) takeUp(ctx context.Context) error {
	e.taking.Lock()
	defer e.taking.Unlock()
	plan, err := e.inForce(ctx, time.Time{})
	if err != nil {
		return err
	}
	e.current.Store(plan)
	if o := e.over.Load(); o != nil {
		e.cal.Replace(o.cal)
	}
	if r := e.reader.Load(); r != nil && r.version != plan.Version {
		// Half of it done would be made good only by the next turn: who asked for it may have gone.
		if err := r.Use(context.WithoutCancel(ctx), plan.Sources, plan.Columns); err != nil {
			return fmt.Errorf("take up the plan's sources: %w", err)
		}
		r.version = plan.Version
	}
	return nil
}

// follow takes up what changes until ctx ends.
func (e *engine) follow(ctx context.Context, cr *crawler.Crawler) {
	told := make(chan struct{}, 1)
	var listening sync.WaitGroup
	defer listening.Wait()
	listening.Go(func() {
		e.store.Listen(ctx, func(kind string) {
			if kind != "plan" {
				cr.Wake()
			}
			select {
			case told <- struct{}{}:
			default:
			}
		})
	})
	var seen store.Seen
	for {
		seen = e.heed(ctx, seen)
		select {
		case <-ctx.Done():
			return
		case <-told:
		case <-time.After(takeUpEvery):
		}
		if err := e.takeUp(ctx); err != nil && ctx.Err() == nil {
			e.app.log.Error("take up the plan", "error", err)
		}
	}
}

// heed looks whether the database still knows what it knew at the last look.
func (e *engine) heed(ctx context.Context, seen store.Seen) store.Seen {
	head, forgot, err := e.store.Heed(ctx, seen, e.business())
	switch {
	case err != nil:
		if ctx.Err() == nil {
			e.app.log.Error("look for the newest act", "error", err)
		}
		return seen
	case forgot:
		e.app.log.Error("the database has forgotten acts that it knew: another server took its place", "knew", seen.Seq, "at", seen.At, "knows", head.Seq)
	}
	e.app.log.Debug("the newest act is known", "seq", head.Seq)
	return head
}
