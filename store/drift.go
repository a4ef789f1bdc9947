package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/monitor"
)

// PutDrift compares, for every source, what the classifier made of late of its
// pieces with what it made before, by the days on which they were published, and
// keeps the result for Health. now is the business time.
func (s *Store) PutDrift(ctx context.Context, now time.Time) error {
	today := localDay(now)
	days := map[string][]monitor.DayScores{} // newest first
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source string
		var day int64
		var d monitor.DayScores
		if err := r.Scan(&source, &day, &d.N, &d.Accepted, &d.Asked, &d.Score, &d.Known, &d.Unknown); err != nil {
			return err
		}
		if days[source] == nil {
			days[source] = make([]monitor.DayScores, monitor.DriftDays)
		}
		if back := today - day; back >= 0 && back < monitor.DriftDays {
			days[source][back] = d
		}
		return nil
	}, `SELECT i.source, (i.at + 25200000000) / 86400000000, COUNT(*), SUM(CASE WHEN v.reform AND NOT v.review THEN 1 ELSE 0 END),
			SUM(CASE WHEN v.review THEN 1 ELSE 0 END), SUM(v.score), SUM(CASE WHEN v.unknown >= 0 THEN 1 ELSE 0 END),
			SUM(CASE WHEN v.unknown >= 0 THEN v.unknown ELSE 0 END)
		FROM item i JOIN verdict v ON v.revision = i.revision AND v.classifier = i.judged
		WHERE i.at > $1 AND i.at <= $2 GROUP BY 1, 2`, micros(now.AddDate(0, 0, -monitor.DriftDays)), micros(now))
	if err != nil {
		return fmt.Errorf("read the scores of sources: %w", err)
	}
	rows := values{cols: []string{"source TEXT", "at BIGINT", "body TEXT"}}
	for _, source := range sortedKeys(days) {
		rows.rows = append(rows.rows, []any{source, micros(now), pack(monitor.DriftOf(days[source]))})
	}
	return s.write(ctx, "put the drift of sources", func(t *tx) error {
		var had []string
		if err := each(ctx, t, func(r *sql.Rows) error {
			var source string
			err := r.Scan(&source)
			if days[source] == nil {
				had = append(had, source)
			}
			return err
		}, "SELECT source FROM source_drift"); err != nil {
			return err
		}
		slices.Sort(had)
		if err := chunk(had, maxIn, func(gone []string) error { // nothing is known of late
			var a args
			_, err := t.exec(ctx, "DELETE FROM source_drift WHERE source IN "+a.in(gone), a...)
			return err
		}); err != nil {
			return err
		}
		_, err := t.insert(ctx, "source_drift", rows, "ON CONFLICT (source) DO UPDATE SET at = excluded.at, body = excluded.body")
		return err
	})
}

// drift fills in what PutDrift kept.
func (s *Store) drift(ctx context.Context, out map[string]media.Health) error {
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source string
		var d media.Drift
		err := r.Scan(&source, into(&d))
		if h, ok := out[source]; ok {
			h.Drift = d
			out[source] = h
		}
		return err
	}, "SELECT source, body FROM source_drift")
	if err != nil {
		return fmt.Errorf("read the drift of sources: %w", err)
	}
	return nil
}

// EachDecided hands the headline and lead of every item that is decided, by the
// classifier alone or by a person, to each, in the order of the items' ids: with
// whether it is about reform, and the group of those that say the same ("" if
// none does). since leaves out what was published before.
func (s *Store) EachDecided(ctx context.Context, since time.Time, fn func(item, title, lead, group string, reform bool) error) error {
	const batch = 1000
	after := ""
	for {
		n := 0
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			var title, lead, group string
			var reform bool
			if err := r.Scan(&after, &title, &lead, &group, &reform); err != nil {
				return err
			}
			n++
			return fn(after, title, lead, group, reform)
		}, `SELECT i.id, r.title, r.lead, COALESCE(c.grp, ''), i.outcome = 'reform' FROM item i JOIN revision r ON r.id = i.revision
			LEFT JOIN item_copy c ON c.item = i.id
			WHERE i.id > $1 AND i.at >= $2 AND i.outcome IN ('reform', 'other') ORDER BY i.id LIMIT `+fmt.Sprint(batch), after, micros(since))
		if err != nil {
			return fmt.Errorf("read decided items: %w", err)
		}
		if n < batch {
			return nil
		}
	}
}
