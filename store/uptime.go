package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/crawler"
	"loa/media"
)

// joinable is how far two probes of a server may lie apart for the time between
// them to count as watched. Longer, and the machine may have been off: neither
// state is claimed for a night in which nobody looked.
const joinable = 2 * time.Hour

// putUptime adds what a visit says of the server. Two probes within joinable
// that found the same are one span, which counts them. Where they differ, the old state held until
// it was found changed, and the new one begins there. A visit that is not later
// than the last span changes nothing.
func (t *tx) putUptime(ctx context.Context, v crawler.Visit) error {
	state, ok := media.UptimeOf(v.Outcome, v.Status, v.Detail)
	if !ok {
		return nil
	}
	var last media.Uptime
	err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(at(&last.From), at(&last.To), &last.State) },
		"SELECT from_at, to_at, state FROM uptime WHERE source = $1 ORDER BY from_at DESC LIMIT 1", clean(v.Source))
	if err != nil {
		return fmt.Errorf("read uptime: %w", err)
	}
	when := fromMicros(micros(v.At))
	if !last.From.IsZero() && !when.After(last.To) {
		return nil
	}
	joins := !last.From.IsZero() && when.Sub(last.To) <= joinable
	if joins {
		again := 0
		if last.State == state {
			again = 1
		}
		if _, err := t.exec(ctx, "UPDATE uptime SET to_at = $3, probes = probes + $4 WHERE source = $1 AND from_at = $2",
			clean(v.Source), micros(last.From), micros(when), again); err != nil {
			return fmt.Errorf("write uptime: %w", err)
		}
	}
	if joins && last.State == state {
		return nil
	}
	if _, err := t.exec(ctx, "INSERT INTO uptime (source, from_at, to_at, state, probes) VALUES ($1, $2, $3, $4, 1)",
		clean(v.Source), micros(when), micros(when), string(state)); err != nil {
		return fmt.Errorf("write uptime: %w", err)
	}
	return nil
}

// uptime reads the spans of sources, ascending. With knownAt, those
// that had begun, cut off there.
func (s *Store) uptime(ctx context.Context, sources []string, knownAt time.Time) (map[string][]media.Uptime, error) {
	out := map[string][]media.Uptime{}
	err := s.ofSources(ctx, sources, func(r *sql.Rows) error {
		var source string
		var u media.Uptime
		if err := r.Scan(&source, at(&u.From), at(&u.To), &u.State, &u.Probes); err != nil {
			return err
		}
		if !knownAt.IsZero() && u.To.After(knownAt) {
			u.To = fromMicros(micros(knownAt))
		}
		out[source] = append(out[source], u)
		return nil
	}, "SELECT source, from_at, to_at, state, probes FROM uptime WHERE from_at <= $1 AND source", " ORDER BY source, from_at", upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read uptime: %w", err)
	}
	return out, nil
}
