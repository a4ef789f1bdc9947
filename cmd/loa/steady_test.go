package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
)

// lookedUntil is a store as if nothing had been looked at after a moment. What
// it reads it remembers.
type lookedUntil struct {
	*store.Store
	sources   map[string]bool
	owner     string // whose what is read is
	seen      time.Time
	told      schedule.Observation // what was told last
	decisions []schedule.Decision
	evidence  map[string][]media.Evidence
	closings  map[string][]schedule.Closing
	observed  map[string]schedule.Observation
}

// once reads what is asked for of an owner for the first time.
func once[T any](known map[string]T, owner string, read func() (T, error)) (T, error) {
	if v, ok := known[owner]; ok {
		return v, nil
	}
	v, err := read()
	known[owner] = v
	return v, err
}

func (l *lookedUntil) Decisions(context.Context, string, time.Time) ([]schedule.Decision, error) {
	return l.decisions, nil
}

func (l *lookedUntil) OwnerEvidence(ctx context.Context, p *schedule.Plan, owners, also []string, knownAt time.Time) ([]media.Evidence, error) {
	return once(l.evidence, owners[0], func() ([]media.Evidence, error) { return l.Store.OwnerEvidence(ctx, p, owners, also, knownAt) })
}

func (l *lookedUntil) OwnerClosings(ctx context.Context, plan string, owners []string) ([]schedule.Closing, error) {
	return once(l.closings, owners[0], func() ([]schedule.Closing, error) { return l.Store.OwnerClosings(ctx, plan, owners) })
}

func (l *lookedUntil) Observation(ctx context.Context, p *schedule.Plan, knownAt time.Time) (schedule.Observation, error) {
	all, err := once(l.observed, l.owner, func() (schedule.Observation, error) { return l.Store.Observation(ctx, p, knownAt) })
	obs := all
	obs.Spans, obs.Uptime = maps.Clone(all.Spans), maps.Clone(all.Uptime)
	for id, spans := range obs.Spans {
		if !l.sources[id] {
			continue
		}
		obs.Spans[id] = slices.DeleteFunc(slices.Clone(spans), func(s schedule.Span) bool { return !s.From.Before(l.seen) })
		for i := range obs.Spans[id] {
			if s := &obs.Spans[id][i]; s.To.After(l.seen) {
				s.To = l.seen
			}
		}
	}
	for id, ups := range obs.Uptime {
		obs.Uptime[id] = slices.DeleteFunc(slices.Clone(ups), func(u media.Uptime) bool { return !u.From.Before(l.seen) })
		for i := range obs.Uptime[id] {
			if u := &obs.Uptime[id][i]; u.To.After(l.seen) {
				u.To = l.seen
			}
		}
	}
	l.told = obs
	return obs, err
}

// TestSteady holds what is said of how long standings stand by themselves
// against deriving them again: at any moment before that, with later looks
// that found nothing new, they are the same but for how long ago something was seen.
func TestSteady(t *testing.T) {
	e := seededEngine(t)
	plan, ctx := e.inUse(), t.Context()
	view := &lookedUntil{Store: e.store, sources: map[string]bool{}, evidence: map[string][]media.Evidence{}, closings: map[string][]schedule.Closing{},
		observed: map[string]schedule.Observation{}}
	var err error
	if view.decisions, err = e.store.Decisions(ctx, plan.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range plan.Sources {
		view.sources[s.ID] = true
	}
	random := rand.New(rand.NewPCG(7, 11))
	year := plan.To.Sub(plan.From)
	tried, quiet, short := 0, 0, 0
	for range 600 {
		now := plan.From.Add(time.Duration(random.Int64N(int64(year)))).Truncate(time.Second)
		if random.IntN(2) == 0 { // what is there is mostly of the months before the seed's moment
			now = seededNow.Add(-time.Duration(random.Int64N(int64(60 * 24 * time.Hour)))).Truncate(time.Second)
		}
		owner := plan.Agencies[random.IntN(len(plan.Agencies))].ID
		if random.IntN(3) == 0 {
			owner = "mau/dai-ptth" // of broadcasts most can be said
		}
		derive := func(at, seen time.Time) (schedule.Evaluation, schedule.Observation) {
			view.owner, view.seen = owner, seen
			ev, err := monitor.DeriveOwners(ctx, view, plan, []string{owner}, e.cal, monitor.Moment{Now: at})
			if err != nil {
				t.Fatal(err)
			}
			return ev, view.told
		}
		first, known := derive(now, now)
		if turns := turning(first, known); random.IntN(4) > 0 { // begin where something is about to turn, or just has
			now = turns[random.IntN(len(turns))].Add(time.Duration(random.Int64N(int64(150*time.Minute))) - 2*time.Hour).Truncate(time.Second)
		}
		seen := now.Add(-time.Duration(random.Int64N(int64(90 * time.Minute))))
		was, obs := derive(now, seen)
		s := was.Steady(plan, owner, obs)
		if !s.Until.After(now) || s.Until.After(calendar.Day(now).AddDate(0, 0, 1)) {
			t.Fatalf("%s at %s: steady until %s", owner, now, s.Until)
		}
		if s.Watches {
			continue
		}
		if s.Until.Before(calendar.Day(now).AddDate(0, 0, 1).Add(-time.Second)) {
			short++
		}
		for _, at := range []time.Time{s.Until.Add(-1), now.Add(time.Duration(random.Int64N(int64(s.Until.Sub(now)))))} {
			if slices.ContainsFunc(view.closings[owner], func(c schedule.Closing) bool { return c.At.After(now) && !c.At.After(at) }) {
				continue // what is closed is told by a change
			}
			tried++
			again, _ := derive(at, seen)
			same(t, "time alone", owner, now, at, seen, was, again)
			if !s.Quiet || !at.After(seen) {
				continue
			}
			later := seen.Add(time.Duration(random.Int64N(int64(at.Sub(seen)))))
			again, then := derive(at, later)
			if !slices.ContainsFunc(plan.Sources, func(src media.Source) bool {
				return src.Agency == owner && (src.Kind == media.KindQuestions || obs.Sight(src) != then.Sight(src) || obs.ReadTo(src.ID).Before(s.Seen) && then.ReadTo(src.ID).After(obs.ReadTo(src.ID)))
			}) {
				quiet++
				same(t, "looks that found nothing new, until "+later.String(), owner, now, at, seen, was, again)
			}
		}
	}
	if tried < 800 || quiet < 300 || short < 120 {
		t.Errorf("%d moments tried, %d with later looks, %d before the day's end: too few to tell", tried, quiet, short)
	}
	t.Logf("%d moments tried, %d with later looks, %d before the day's end", tried, quiet, short)
}

// turning are moments at which what an evaluation says may change.
func turning(e schedule.Evaluation, obs schedule.Observation) []time.Time {
	out := []time.Time{calendar.Day(e.Now), calendar.Day(e.Now).AddDate(0, 0, 1)}
	for _, s := range e.Standings {
		out = append(out, s.End)
		if s.LastSave != nil {
			out = append(out, *s.LastSave)
		}
		if at, ok := s.ProduceBy(); ok {
			out = append(out, at)
		}
	}
	for _, c := range e.Matching.Credits {
		out = append(out, c.Evidence.At)
	}
	for _, x := range obs.Planned {
		out = append(out, x.Start)
	}
	return out
}

// same compares two derivations but for how long ago something was seen.
func same(t *testing.T, what, owner string, now, at, seen time.Time, was, is schedule.Evaluation) {
	t.Helper()
	one, other := ageless(was, now), ageless(is, at)
	if len(one) != len(other) {
		t.Fatalf("%s: %s: %d standings at %s, %d at %s", what, owner, len(one), now, len(other), at)
	}
	for i := range one {
		if one[i] != other[i] {
			t.Fatalf("%s: %s, seen until %s\nat %s: %s\nat %s: %s", what, owner, seen, now, one[i], at, other[i])
		}
	}
}

// ageless are an evaluation's standings and gains as text, without what only tells
// how long ago something was seen.
func ageless(e schedule.Evaluation, now time.Time) []string {
	var out []string
	for _, s := range e.Standings {
		held := s.WarnHeld()
		s.Coverage.Share = 0
		runs := s.State == schedule.Open || s.End.After(now)
		s.Coverage.Gaps = slices.DeleteFunc(slices.Clone(s.Coverage.Gaps), func(g schedule.Span) bool { return runs && !g.To.Before(now) })
		s.Reasons = slices.DeleteFunc(slices.Clone(s.Reasons), func(r schedule.Reason) bool {
			return runs && r.Code == "not_observed" || r.Code == "page_found"
		})
		text, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		out = append(out, fmt.Sprint(string(text), " held back: ", held))
	}
	gains, err := json.Marshal(e.Gains)
	if err != nil {
		panic(err)
	}
	return append(out, string(gains))
}
