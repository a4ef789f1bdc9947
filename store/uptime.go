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

// finding is what one visit found: of a source, its server's state; of what has
// to be posted on a page, whether it was there.
type finding struct {
	of    string // a source's id, or that of a part of its page
	part  bool
	when  time.Time
	state media.UptimeState
}

func findings(w []*look) []finding {
	var out []finding
	for _, k := range w {
		when := fromMicros(micros(k.At))
		if state, ok := media.UptimeOf(k.Outcome, k.Status, k.Detail); ok {
			out = append(out, finding{k.Source, false, when, state})
		}
		src := media.Source{ID: k.Source}
		for _, p := range k.Parts {
			state := media.Absent
			if p.There {
				state = media.Up
			}
			out = append(out, finding{clean(src.Part(p.Name)), true, when, state})
		}
	}
	return out
}

// putUptime adds what visits to different sources say of their servers, and of
// what has to be posted on their pages. Two
// probes within joinable that found the same are one span, which counts them.
// Where they differ, the old state held until it was found changed, and the new
// one begins there. A visit that is not later than the last span changes nothing.
func (t *tx) putUptime(ctx context.Context, w []*look) error {
	found := findings(w)
	last, err := t.lastUptime(ctx, found)
	if err != nil {
		return fmt.Errorf("read uptime: %w", err)
	}
	longer := values{cols: []string{"source TEXT", "from_at BIGINT", "to_at BIGINT", "again BIGINT"}}
	begun := values{cols: []string{"source TEXT", "from_at BIGINT", "to_at BIGINT", "state TEXT", "probes BIGINT"}}
	for _, f := range found {
		before := last[f.of]
		if !before.From.IsZero() && !f.when.After(before.To) {
			continue
		}
		joins := !before.From.IsZero() && f.when.Sub(before.To) <= joinable
		if joins {
			again := int64(0)
			if before.State == f.state {
				again = 1
			}
			longer.rows = append(longer.rows, []any{f.of, micros(before.From), micros(f.when), again})
		}
		if !joins || before.State != f.state {
			begun.rows = append(begun.rows, []any{f.of, micros(f.when), micros(f.when), string(f.state), int64(1)})
		}
	}
	if err := t.update(ctx, longer, "UPDATE uptime AS u SET to_at = v.to_at, probes = u.probes + v.again FROM v WHERE u.source = v.source AND u.from_at = v.from_at"); err != nil {
		return fmt.Errorf("write uptime: %w", err)
	}
	_, err = t.insert(ctx, "uptime", begun, "")
	return err
}

// lastUptime reads the last span of each source, all at once, and of each part
// of a page, of which there are few.
func (t *tx) lastUptime(ctx context.Context, found []finding) (map[string]media.Uptime, error) {
	out := map[string]media.Uptime{}
	scan := func(r *sql.Rows) error {
		var source string
		var u media.Uptime
		err := r.Scan(&source, at(&u.From), at(&u.To), &u.State)
		out[source] = u
		return err
	}
	sources := map[string]bool{}
	for _, f := range found {
		if !f.part {
			sources[f.of] = true
			continue
		}
		if err := each(ctx, t, scan, "SELECT source, from_at, to_at, state FROM uptime WHERE source = $1 ORDER BY from_at DESC LIMIT 1", f.of); err != nil {
			return nil, err
		}
	}
	err := chunk(sortedKeys(sources), maxIn, func(sources []string) error {
		var a args
		return each(ctx, t, scan, `SELECT u.source, u.from_at, u.to_at, u.state FROM source_state s
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
