package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/schedule/calendar"
)

// PutVisit records one look at a source: one transaction, fenced by the lease,
// and idempotent by the visit's id. known[i] tells whether v.Seen[i] existed
// before this visit; a repeated call answers the same.
func (s *Store) PutVisit(ctx context.Context, l crawler.Lease, v crawler.Visit) ([]bool, error) {
	var known []bool
	err := s.write(ctx, "put the visit to "+v.Source, func(t *tx) error {
		if err := t.lockPageHosts(ctx, l, v.Seen); err != nil {
			return err
		}
		if err := t.fence(ctx, l); err != nil {
			return err
		}
		list, err := t.resolve(ctx, v.Seen)
		if err != nil {
			return err
		}
		fresh, err := t.putVisitRow(ctx, v)
		if err != nil {
			return err
		}
		newItems := 0
		if fresh {
			if newItems, err = t.putSeen(ctx, l, v, list); err != nil {
				return err
			}
			if err := t.putCoverage(ctx, v); err != nil {
				return err
			}
			if err := t.putUptime(ctx, v); err != nil {
				return err
			}
			if err := t.putSourceState(ctx, l, v, newItems); err != nil {
				return err
			}
		}
		known, err = t.knownBefore(ctx, v, list)
		return err
	})
	return known, err
}

// resolve gives every entry the id that stands for it (aliases), in the order
// of v.Seen.
func (t *tx) resolve(ctx context.Context, seen []crawler.Seen) ([]string, error) {
	ids := make([]string, len(seen))
	for i, e := range seen {
		ids[i] = clean(e.Item.ID)
	}
	alias, err := aliases(ctx, t, ids)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		ids[i] = cmp.Or(alias[id], id)
	}
	return ids, nil
}

// knownBefore: an item was first seen by this visit or by an earlier one.
func (t *tx) knownBefore(ctx context.Context, v crawler.Visit, list []string) ([]bool, error) {
	first := map[string]string{}
	err := chunk(list, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, visit string
			err := r.Scan(&id, &visit)
			first[id] = visit
			return err
		}, "SELECT id, first_visit FROM item WHERE id IN "+a.in(ids), a...)
	})
	known := make([]bool, len(list))
	for i, id := range list {
		known[i] = first[id] != clean(v.ID)
	}
	return known, err
}

// putVisitRow writes the visit itself with its counts and kept body; fresh is
// false if it was there.
func (t *tx) putVisitRow(ctx context.Context, v crawler.Visit) (fresh bool, err error) {
	kept := ""
	if v.Kept != nil {
		kept = v.Kept.SHA256
	}
	n, err := t.exec(ctx, `INSERT INTO visit (id, source, at, outcome, detail, status, took, bytes, body_hash, is_full, kept)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
		clean(v.ID), clean(v.Source), micros(v.At), v.Outcome, clean(v.Detail), v.Status, v.Took.Microseconds(), v.Bytes, v.BodyHash, v.Full, kept)
	if err != nil || n == 0 {
		return false, err
	}
	t.changed("visit", clean(v.Source))
	day := v.At.In(calendar.Zone).Format(time.DateOnly)
	if _, err := t.exec(ctx, `INSERT INTO visit_day (source, day, outcome, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (source, day, outcome) DO UPDATE SET n = visit_day.n + 1`, clean(v.Source), day, v.Outcome); err != nil {
		return false, err
	}
	if _, err := t.exec(ctx, `INSERT INTO visit_count (source, outcome, n) VALUES ($1, $2, 1)
		ON CONFLICT (source, outcome) DO UPDATE SET n = visit_count.n + 1`, clean(v.Source), v.Outcome); err != nil {
		return false, err
	}
	return true, t.putKept(ctx, v.Kept)
}

// putKept records a kept body; the first record of the same bytes stays.
func (t *tx) putKept(ctx context.Context, k *media.Kept) error {
	if k == nil {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO kept (sha256, url, status, header, at, content_type, size)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256) DO NOTHING`,
		k.SHA256, clean(k.URL), k.Status, pack(k.Header), micros(k.At), clean(k.ContentType), k.Size)
	return err
}

// putSourceState moves the source's state on, and records an event when it
// goes blind, sees again, or is blind for another reason.
func (t *tx) putSourceState(ctx context.Context, l crawler.Lease, v crawler.Visit, newItems int) error {
	var was string
	var since time.Time
	found := false
	err := each(ctx, t, func(r *sql.Rows) error {
		found = true
		return r.Scan(&was, at(&since))
	}, "SELECT outcome, blind_since FROM source_state WHERE source = $1 AND host = $2", clean(v.Source), l.Host)
	if err != nil {
		return err
	}
	if !found { // the plan moved it to another host meanwhile
		return crawler.ErrLost
	}
	sees := v.Outcome == media.OK || v.Outcome == media.NotModified
	blindSince, lastOK := time.Time{}, v.At
	if !sees {
		blindSince, lastOK = v.At, time.Time{}
		if !since.IsZero() && !v.At.Before(since) {
			blindSince = since
		}
	}
	if before, after := sight(was), sight(v.Outcome); before != after && !(before == "" && sees) {
		t.happened(Event{At: v.At, ActorKind: "system", Kind: "source.state", Subject: v.Source, Before: before, After: after}, v.ID)
	}
	_, err = t.exec(ctx, `UPDATE source_state SET due = $2, visited = TRUE, fails = $3, outcome = $4, detail = $5, last_visit = $6,
			last_ok = CASE WHEN $7 > last_ok THEN $7 ELSE last_ok END, blind_since = $8, took = $9, items = items + $10
		WHERE source = $1`, clean(v.Source), micros(v.NextDue), v.Fails, v.Outcome, clean(v.Detail), micros(v.At),
		micros(lastOK), micros(blindSince), v.Took.Microseconds(), newItems)
	if err == nil && sees && v.Full {
		_, err = t.exec(ctx, "UPDATE source_state SET last_full = $2 WHERE source = $1", clean(v.Source), micros(t.s.now()))
	}
	if err == nil && v.Outcome == media.OK {
		_, err = t.exec(ctx, "UPDATE source_state SET etag = $2, last_modified = $3, body_hash = $4, mark = $5 WHERE source = $1",
			clean(v.Source), clean(v.ETag), clean(v.LastModified), v.BodyHash, clean(v.Mark))
	}
	return err
}

// sight folds both good outcomes into one.
func sight(outcome string) string {
	if outcome == media.NotModified {
		return media.OK
	}
	return outcome
}

// putCoverage widens what the source has covered, merging spans that touch or
// overlap, and logs what this visit covered.
func (t *tx) putCoverage(ctx context.Context, v crawler.Visit) error {
	source := clean(v.Source)
	log := values{cols: []string{"source TEXT", "visit TEXT", "from_at BIGINT", "to_at BIGINT", "how TEXT", "at BIGINT"}}
	covers := mergeSpans(v.Covers)
	for _, c := range covers {
		log.rows = append(log.rows, []any{source, clean(v.ID), micros(c.From), micros(c.To), c.How, micros(v.At)})
	}
	if len(covers) == 0 {
		return nil
	}
	if _, err := t.insert(ctx, "coverage_log", log, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	for _, c := range covers {
		all := []crawler.Span{c}
		err := each(ctx, t, func(r *sql.Rows) error {
			var o crawler.Span
			err := r.Scan(at(&o.From), at(&o.To), &o.How)
			all = append(all, o)
			return err
		}, "SELECT from_at, to_at, how FROM coverage WHERE source = $1 AND from_at <= $3 AND to_at >= $2", source, micros(c.From), micros(c.To))
		if err != nil {
			return err
		}
		m := mergeSpans(all)[0]
		if len(all) == 2 && micros(m.From) == micros(all[1].From) { // the usual case: one span grows at its end
			if _, err := t.exec(ctx, "UPDATE coverage SET to_at = $3, how = $4 WHERE source = $1 AND from_at = $2",
				source, micros(m.From), micros(m.To), c.How); err != nil {
				return err
			}
			continue
		}
		if _, err := t.exec(ctx, "DELETE FROM coverage WHERE source = $1 AND from_at <= $3 AND to_at >= $2", source, micros(c.From), micros(c.To)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "INSERT INTO coverage (source, from_at, to_at, how) VALUES ($1, $2, $3, $4)",
			source, micros(m.From), micros(m.To), c.How); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `UPDATE source_state SET (covered_from, covered_to) =
			(SELECT from_at, to_at FROM coverage WHERE source = $1 ORDER BY to_at DESC LIMIT 1) WHERE source = $1`, source)
	return err
}

// mergeSpans joins spans that touch or overlap and drops empty ones; ascending.
func mergeSpans(spans []crawler.Span) []crawler.Span {
	var out []crawler.Span
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b crawler.Span) int { return a.From.Compare(b.From) }) {
		if s.From.IsZero() || !s.To.After(s.From) {
			continue
		}
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			if s.To.After(out[n-1].To) {
				out[n-1].To, out[n-1].How = s.To, s.How
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// lockPageHosts makes the other hosts of wanted pages known and locks them
// together with the visited one, in the order everybody locks them.
func (t *tx) lockPageHosts(ctx context.Context, l crawler.Lease, seen []crawler.Seen) error {
	names := map[string]bool{}
	for _, e := range seen {
		if e.Fetch {
			names[pageHost(l, e)] = true
		}
	}
	delete(names, l.Host)
	if len(names) == 0 {
		return nil
	}
	v := values{cols: []string{"name TEXT", "due BIGINT"}}
	for _, h := range slices.Sorted(maps.Keys(names)) {
		v.rows = append(v.rows, []any{h, never})
	}
	if _, err := t.insert(ctx, "host", v, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	return t.lockHosts(ctx, append(slices.Collect(maps.Keys(names)), l.Host))
}

// pageHost is the leased row on which a wanted page is awaited.
func pageHost(l crawler.Lease, e crawler.Seen) string { return cmp.Or(clean(e.Host), l.Host) }
