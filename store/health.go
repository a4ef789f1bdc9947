package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/media"
)

// dailyFor is how many days back daily counts are told: twenty weeks and a day
// for the one that is not over.
const dailyFor = 141

// Health tells how every source that was ever in the plan is working, by
// source id. One whose lists are read while its article pages cannot be trusted
// is in layout_changed.
func (s *Store) Health(ctx context.Context) (map[string]media.Health, error) {
	out := map[string]media.Health{}
	newest := int64(0)
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		h := media.Health{Visits: map[string]int64{}}
		var took, wait int64
		var due, since time.Time
		var layout string
		err := r.Scan(&h.Source, &h.Active, &h.Outcome, &h.Detail, at(&h.LastVisit), at(&h.LastOK), at(&h.BlindSince), &h.Fails, &took,
			&h.Items, at(&h.CoveredFrom), at(&h.CoveredTo), at(&due), &wait, &h.Listed, &h.Usual, &h.Changed, at(&h.NewAt), at(&since), &layout)
		h.Took, h.Wait = time.Duration(took)*time.Microsecond, time.Duration(wait)*time.Microsecond
		if layout != "" && (h.Outcome == media.OK || h.Outcome == media.NotModified) {
			h.Outcome, h.Detail, h.BlindSince = media.LayoutChanged, "article pages: "+layout, since
		}
		if h.Active {
			h.NextDue = due
		}
		out[h.Source] = h
		if !h.LastVisit.IsZero() {
			newest = max(newest, localDay(h.LastVisit))
		}
		return err
	}, `SELECT s.source, s.active, s.outcome, s.detail, s.last_visit, s.last_ok, s.blind_since, s.fails, s.took, s.items, s.covered_from, s.covered_to,
			CASE WHEN s.due < h.not_before AND h.rest <= h.not_before THEN h.not_before WHEN s.due < h.rest THEN h.rest ELSE s.due END,
			s.wait, s.listed, (s.usual + 50) / 100, s.changed, s.new_at,
			COALESCE(l.since, 0), COALESCE(l.detail, '')
		FROM source_state s JOIN host h ON h.name = s.host LEFT JOIN source_layout l ON l.source = s.source`)
	if err != nil {
		return nil, fmt.Errorf("read the health of sources: %w", err)
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source, outcome string
		var n int64
		err := r.Scan(&source, &outcome, &n)
		if h, ok := out[source]; ok {
			h.Visits[outcome] = n
		}
		return err
	}, "SELECT source, outcome, n FROM visit_count")
	if err != nil {
		return nil, fmt.Errorf("read the counts of visits: %w", err)
	}
	if err := s.drift(ctx, out); err != nil {
		return nil, err
	}
	return out, s.daily(ctx, out, newest)
}

// daily fills in what each source published on the days that were wholly seen.
func (s *Store) daily(ctx context.Context, out map[string]media.Health, newest int64) error {
	from := newest - dailyFor
	seen := map[string]map[int64]int{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source string
		var begin, end time.Time
		if err := r.Scan(&source, at(&begin), at(&end)); err != nil {
			return err
		}
		if seen[source] == nil {
			seen[source] = map[int64]int{}
		}
		for day := max(from, localDay(begin.Add(24*time.Hour-time.Microsecond))); day < localDay(end); day++ {
			seen[source][day] = 0
		}
		return nil
	}, "SELECT source, from_at, to_at FROM coverage WHERE to_at >= $1", (from*86400-7*3600)*1e6)
	if err != nil {
		return fmt.Errorf("read what sources have covered: %w", err)
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var source string
		var day int64
		var n int
		err := r.Scan(&source, &day, &n)
		if _, ok := seen[source][day]; ok {
			seen[source][day] = n
		}
		return err
	}, "SELECT source, day, n FROM source_day WHERE day >= $1", from)
	if err != nil {
		return fmt.Errorf("read the daily counts of sources: %w", err)
	}
	for source, days := range seen {
		if h, ok := out[source]; ok {
			h.Daily = make(map[string]int, len(days))
			for day, n := range days {
				h.Daily[time.Unix(day*86400, 0).UTC().Format(time.DateOnly)] = n
			}
			out[source] = h
		}
	}
	return nil
}
