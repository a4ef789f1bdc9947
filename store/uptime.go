package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/media"
)

// joinable is how far two probes of a server may lie apart for the time between
// them to count as watched. Longer, and the machine may have been off: neither
// state is claimed for a night in which nobody looked.
const joinable = 2 * time.Hour

// putUptime adds what visits to different sources say of their servers. Two
// probes within joinable that found the same are one span, which counts them.
// Where they differ, the old state held until it was found changed, and the new
// one begins there. A visit that is not later than the last span changes nothing.
func (t *tx) putUptime(ctx context.Context, w []*look) error {
	found := map[string]media.UptimeState{}
	for _, k := range w {
		if state, ok := media.UptimeOf(k.Outcome, k.Status, k.Detail); ok {
			found[k.Source] = state
		}
	}
	last, err := t.lastUptime(ctx, sortedKeys(found))
	if err != nil {
		return fmt.Errorf("read uptime: %w", err)
	}
	longer := values{cols: []string{"source TEXT", "from_at BIGINT", "to_at BIGINT", "again BIGINT"}}
	begun := values{cols: []string{"source TEXT", "from_at BIGINT", "to_at BIGINT", "state TEXT", "probes BIGINT"}}
	for _, k := range w {
		state, ok := found[k.Source]
		before, when := last[k.Source], fromMicros(micros(k.At))
		if !ok || !before.From.IsZero() && !when.After(before.To) {
			continue
		}
		joins := !before.From.IsZero() && when.Sub(before.To) <= joinable
		if joins {
			again := int64(0)
			if before.State == state {
				again = 1
			}
			longer.rows = append(longer.rows, []any{k.Source, micros(before.From), micros(when), again})
		}
		if !joins || before.State != state {
			begun.rows = append(begun.rows, []any{k.Source, micros(when), micros(when), string(state), int64(1)})
		}
	}
	if err := t.update(ctx, longer, "UPDATE uptime AS u SET to_at = v.to_at, probes = u.probes + v.again FROM v WHERE u.source = v.source AND u.from_at = v.from_at"); err != nil {
		return fmt.Errorf("write uptime: %w", err)
	}
	_, err = t.insert(ctx, "uptime", begun, "")
	return err
}

// lastUptime reads the last span of each source.
func (t *tx) lastUptime(ctx context.Context, sources []string) (map[string]media.Uptime, error) {
	out := map[string]media.Uptime{}
	err := chunk(sources, maxIn, func(sources []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var source string
			var u media.Uptime
			err := r.Scan(&source, at(&u.From), at(&u.To), &u.State)
			out[source] = u
			return err
		}, `SELECT u.source, u.from_at, u.to_at, u.state FROM source_state s
			JOIN uptime u ON u.source = s.source AND u.from_at = (SELECT MAX(x.from_at) FROM uptime x WHERE x.source = s.source)
			WHERE s.source IN `+a.in(sources), a...)
	})
	return out, err
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
