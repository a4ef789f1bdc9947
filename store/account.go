package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
)

// Evidence returns everything that may be credited under the plan: items of
// its agencies, airings of its channels and rows of its agencies' registers
// that were not superseded, dated within its span and 31 days around, oldest
// first. With knownAt, as it was known then.
func (s *Store) Evidence(ctx context.Context, plan *schedule.Plan, knownAt time.Time) ([]media.Evidence, error) {
	return s.sights(plan, knownAt).all(ctx)
}

// OwnerEvidence returns what Evidence does of some agencies, and those of its
// pieces whose ids are in also, whoever published them.
func (s *Store) OwnerEvidence(ctx context.Context, plan *schedule.Plan, owners, also []string, knownAt time.Time) ([]media.Evidence, error) {
	return s.sights(plan, knownAt).of(ctx, owners, also)
}

// Observation returns what was seen of the plan's sources and channels, and
// which sources are blind. With knownAt, as it was known then.
func (s *Store) Observation(ctx context.Context, plan *schedule.Plan, knownAt time.Time) (schedule.Observation, error) {
	obs := schedule.Observation{Spans: map[string][]schedule.Span{}, Blind: map[string]schedule.Blind{}, Proven: map[string][]schedule.Span{}}
	sources := sourcesOf(plan)
	var err error
	if obs.Uptime, err = s.uptime(ctx, probedOf(plan), knownAt); err != nil {
		return obs, err
	}
	wanted := map[string]bool{} // that are not sources
	for _, c := range plan.Channels {
		wanted["log:"+c.ID] = true
	}
	for _, a := range plan.Agencies {
		for _, kind := range media.RegisterKinds() {
			wanted[schedule.RegisterSource(kind, a.ID)] = true
		}
	}
	spans := map[string][]crawler.Span{}
	collect := func(r *sql.Rows) error {
		var source string
		var c crawler.Span
		err := r.Scan(&source, at(&c.From), at(&c.To), &c.How)
		spans[source] = append(spans[source], c)
		return err
	}
	covered, params := "SELECT source, from_at, to_at, how FROM coverage WHERE source", args{}
	if !knownAt.IsZero() {
		covered, params = "SELECT source, from_at, to_at, how FROM coverage_log WHERE at <= $1 AND source", args{micros(knownAt)}
	}
	if err := s.ofSources(ctx, sources, collect, covered, "", params...); err != nil {
		return obs, fmt.Errorf("read coverage: %w", err)
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		c := crawler.Span{How: "log"}
		var channel string
		var grade media.Grade
		err := r.Scan(&channel, at(&c.From), at(&c.To), &grade)
		if source := "log:" + channel; wanted[source] {
			spans[source] = append(spans[source], c)
			if grade <= media.GradeB { // or no rows: a log that declares its span empty
				obs.Proven[channel] = append(obs.Proven[channel], schedule.Span{From: c.From, To: c.To})
			}
		}
		return err
	}, `SELECT r.channel, r.from_at, r.to_at, COALESCE((SELECT MIN(a.grade) FROM airing a WHERE a.file_hash = r.file_hash), '')
		FROM receipt r WHERE r.at <= $1`, upTo(knownAt))
	if err != nil {
		return obs, fmt.Errorf("read receipts: %w", err)
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var kind media.RegisterKind
		var agency string
		c := crawler.Span{How: "register"}
		err := r.Scan(&kind, &agency, at(&c.From), at(&c.To))
		if source := schedule.RegisterSource(kind, agency); wanted[source] {
			spans[source] = append(spans[source], c)
		}
		return err
	}, "SELECT kind, agency, from_at, to_at FROM register WHERE at <= $1", upTo(knownAt))
	if err != nil {
		return obs, fmt.Errorf("read registers: %w", err)
	}
	if err := s.announced(ctx, plan, knownAt, &obs); err != nil {
		return obs, err
	}
	for source, list := range spans {
		for _, c := range mergeSpans(list) {
			obs.Spans[source] = append(obs.Spans[source], schedule.Span{From: c.From, To: c.To})
		}
	}
	if knownAt.IsZero() {
		err = s.blindNow(ctx, sources, obs.Blind)
	} else {
		err = s.blindThen(ctx, sources, knownAt, obs.Blind)
	}
	return obs, err
}

// sourcesOf lists the ids of a plan's sources, each once.
func sourcesOf(plan *schedule.Plan) []string {
	ids := make(map[string]bool, len(plan.Sources))
	for _, src := range plan.Sources {
		ids[clean(src.ID)] = true
	}
	return sortedKeys(ids)
}

// probedOf lists what of a plan is probed: its sources, and what has to be
// posted on their pages.
func probedOf(plan *schedule.Plan) []string {
	out := sourcesOf(plan)
	for _, src := range plan.Sources {
		for _, e := range src.Expect {
			out = append(out, clean(src.Part(e.Name)))
		}
	}
	return out
}

// ofSources runs a query for the given sources alone: it ends in the column
// that names them, and tail follows.
func (s *Store) ofSources(ctx context.Context, sources []string, scan func(*sql.Rows) error, query, tail string, params ...any) error {
	return chunk(sources, maxIn, func(ids []string) error {
		a := args(slices.Clone(params))
		return each(ctx, s.pools.read, scan, query+" IN "+a.in(ids)+tail, a...)
	})
}

func (s *Store) blindNow(ctx context.Context, sources []string, out map[string]schedule.Blind) error {
	err := s.ofSources(ctx, sources, func(r *sql.Rows) error {
		var b schedule.Blind
		err := r.Scan(&b.Source, &b.Reason, at(&b.Since))
		out[b.Source] = b
		return err
	}, "SELECT source, outcome, blind_since FROM source_state WHERE blind_since > 0 AND source", "")
	if err != nil {
		return fmt.Errorf("read blind sources: %w", err)
	}
	return nil
}

// blindThen replays the recorded changes of state, which outlive the visits.
func (s *Store) blindThen(ctx context.Context, sources []string, knownAt time.Time, out map[string]schedule.Blind) error {
	err := s.ofSources(ctx, sources, func(r *sql.Rows) error {
		var source, after string
		var when time.Time
		if err := r.Scan(&source, &after, at(&when)); err != nil {
			return err
		}
		if after == media.OK {
			delete(out, source)
			return nil
		}
		b, ok := out[source]
		if !ok {
			b = schedule.Blind{Source: source, Since: when}
		}
		b.Reason = after
		out[source] = b
		return nil
	}, "SELECT subject, state_after, at FROM event WHERE kind = 'source.state' AND at <= $1 AND subject", " ORDER BY seq", micros(knownAt))
	if err != nil {
		return fmt.Errorf("replay the states of sources: %w", err)
	}
	return nil
}
