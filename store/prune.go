package store

import (
	"context"
	"database/sql"
	"time"

	"loa/crawler"
)

// marksLonger is how much longer than visits the marks of texts are kept: a
// reprint after half a year is found only if it is word for word.
const marksLonger = 90 * 24 * time.Hour

// Prune deletes visits before the given business time (kept 90 days by the
// house's rule) a day at a time, folding what they covered into one row per
// day and span; counts, coverage, uptime, events and kept bodies stay, and
// whatever was handed in, decided or closed. Changes older than a week on the machine's clock go too: no reader is that far behind.
// The marks of old texts go 90 days after the visits. It returns how many visits went.
func (s *Store) Prune(ctx context.Context, before time.Time) (int64, error) {
	total := int64(0)
	for {
		n := int64(0)
		err := s.write(ctx, "prune visits", func(t *tx) error {
			var oldest time.Time
			err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(at(&oldest)) },
				"SELECT MIN(at) FROM visit WHERE at < $1", micros(before))
			if err != nil || oldest.IsZero() {
				return err
			}
			end := oldest.Add(24 * time.Hour)
			if end.After(before) {
				end = before
			}
			if err := t.foldCoverage(ctx, oldest, end); err != nil {
				return err
			}
			n, err = t.exec(ctx, "DELETE FROM visit WHERE at < $1", micros(end))
			t.changed("prune", "visit")
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
		if n == 0 {
			break
		}
	}
	if err := s.dropMarks(ctx, before.Add(-marksLonger)); err != nil {
		return total, err
	}
	return total, s.write(ctx, "prune changes", func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM change WHERE at < $1", micros(s.now().Add(-7*24*time.Hour)))
		return err
	})
}

// foldCoverage replaces the log rows of [from, end) by one per source and
// merged span, dated by the last of them: known a little later than it was,
// never earlier.
func (t *tx) foldCoverage(ctx context.Context, from, end time.Time) error {
	spans := map[string][]crawler.Span{}
	last := map[string]time.Time{}
	err := each(ctx, t, func(r *sql.Rows) error {
		var source string
		var c crawler.Span
		var when time.Time
		err := r.Scan(&source, at(&c.From), at(&c.To), &c.How, at(&when))
		spans[source] = append(spans[source], c)
		if when.After(last[source]) {
			last[source] = when
		}
		return err
	}, "SELECT source, from_at, to_at, how, at FROM coverage_log WHERE at >= $1 AND at < $2 AND visit NOT LIKE 'day:%'", micros(from), micros(end))
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM coverage_log WHERE at >= $1 AND at < $2 AND visit NOT LIKE 'day:%'", micros(from), micros(end)); err != nil {
		return err
	}
	v := values{cols: []string{"source TEXT", "visit TEXT", "from_at BIGINT", "to_at BIGINT", "how TEXT", "at BIGINT"}}
	for _, source := range sortedKeys(spans) {
		for _, c := range mergeSpans(spans[source]) {
			v.rows = append(v.rows, []any{source, "day:" + last[source].Format("20060102T150405.000000"), micros(c.From), micros(c.To), c.How, micros(last[source])})
		}
	}
	_, err = t.insert(ctx, "coverage_log", v, "ON CONFLICT DO NOTHING")
	return err
}
