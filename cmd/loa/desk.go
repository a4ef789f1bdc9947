package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"loa/monitor"
	"loa/schedule"
	"loa/viet"
	"loa/web"
)

// inUse is the plan that a running server answers by.
func (e *engine) inUse() *schedule.Plan {
	if p := e.current.Load(); p != nil {
		return p
	}
	return e.plan
}

// refresh brings the stored standings of some owners up to date at once, so that who decided something sees what it
// changed. What the follower does in its next turn anyway is left to it: then nothing is told to the person as wrong.
func (e *engine) refresh(ctx context.Context, owners ...string) error {
	e.fresh.one.Lock() // what began earlier must not overwrite what began later and knows more
	defer e.fresh.one.Unlock()
	plan := e.inUse()
	decisions, err := e.store.Decisions(ctx, plan.ID, time.Time{})
	if err != nil {
		return fmt.Errorf("read decisions of %s: %w", plan.ID, err)
	}
	_, err = monitor.EvaluateOwners(ctx, e.store, plan, owners, decisions, e.cal, e.moment(), e.machine())
	if errors.Is(err, monitor.ErrWhole) {
		return nil
	}
	return err
}

// flagWords are the places in which a sentence of the command line names its flags or commands.
var flagWords = regexp.MustCompile(`\s*\((hoặc chọn |xem )?(--[a-z]|loa [a-z])[^()]*\)|\s*[;,] (hoặc )?[^;,]*(--[a-z]|loa (makegood|import|radio|suggest|decide|schedule|letters|evidence|close|review)\b)[^;,]*$`)

// plainly is a sentence of the command line without its flags and commands: nobody who reads a page has them.
func plainly(text string) string { return flagWords.ReplaceAllString(text, "") }

// deskError gives what a person did wrong as the desk says it: in one sentence, with a full stop.
func deskError(err error) error {
	var u usageError
	if errors.As(err, &u) {
		return web.Refusal{Text: viet.Capital(plainly(u.msg)) + "."}
	}
	return err
}
