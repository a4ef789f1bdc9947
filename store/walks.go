package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/crawler"
)

// ClaimFor leases at most n of the hosts named, if they are free, whether they
// are due or not. A host that is to be left alone is left alone.
func (s *Store) ClaimFor(ctx context.Context, owner string, hosts []string, n int, ttl time.Duration) ([]crawler.Lease, error) {
	if len(hosts) == 0 {
		return nil, nil
	}
	var a args
	return s.claim(ctx, owner, n, ttl, "name IN "+a.in(hosts)+" AND not_before <= "+s.eng.clock, a)
}

// Walks gives the archive walks of sources as they were put last, by source.
func (s *Store) Walks(ctx context.Context, sources []string) (map[string]crawler.Walk, error) {
	out := map[string]crawler.Walk{}
	err := chunk(sources, maxIn, func(sources []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var w crawler.Walk
			err := r.Scan(&w.Source, at(&w.Since), at(&w.Until), at(&w.Started), at(&w.At), &w.Pages, &w.Items, at(&w.Oldest), &w.Share, &w.State, &w.Note)
			out[w.Source] = w
			return err
		}, "SELECT source, since_at, until_at, started, at, pages, items, oldest, share, state, body FROM walk WHERE source IN "+a.in(sources), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the walks: %w", err)
	}
	return out, nil
}

// PutWalk records a page of an archive walk: what v saw, kept and covers, and
// where the walk stands. It is no visit: the source's state and its count of
// visits stay as they were. w.Items counts without this page's. known is
// of v.Seen, then of v.Asked.
func (s *Store) PutWalk(ctx context.Context, l crawler.Lease, w crawler.Walk, v crawler.Visit) ([]bool, error) {
	var known []bool
	err := s.write(ctx, "put the walk of "+v.Source, func(t *tx) error {
		if err := t.lockPageHosts(ctx, l, []crawler.Visit{v}); err != nil {
			return err
		}
		if err := t.fence(ctx, l); err != nil {
			return err
		}
		looks, err := t.looks(ctx, []crawler.Visit{v})
		if err != nil {
			return err
		}
		k := looks[0]
		k.put = true
		kept := []keptAs{{k.Kept, classList}}
		for i := range k.Also {
			kept = append(kept, keptAs{&k.Also[i], classList})
		}
		if err := t.putKept(ctx, kept...); err != nil {
			return err
		}
		if err := t.putSeen(ctx, l, looks); err != nil {
			return err
		}
		if err := t.putListed(ctx, looks); err != nil {
			return err
		}
		if err := t.putCoverage(ctx, looks); err != nil {
			return err
		}
		if len(k.fresh) > 0 {
			if _, err := t.exec(ctx, "UPDATE source_state SET items = items + $2 WHERE source = $1", k.Source, len(k.fresh)); err != nil {
				return err
			}
		}
		t.changed("walk", k.Source)
		_, err = t.exec(ctx, `INSERT INTO walk (source, since_at, until_at, started, at, pages, items, oldest, share, state, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (source) DO UPDATE SET since_at = excluded.since_at,
				until_at = excluded.until_at, started = excluded.started, at = excluded.at, pages = excluded.pages, items = excluded.items,
				oldest = excluded.oldest, share = excluded.share, state = excluded.state, body = excluded.body`,
			k.Source, micros(w.Since), micros(w.Until), micros(w.Started), micros(w.At), w.Pages, w.Items+len(k.fresh)+len(k.newAsked), micros(w.Oldest), w.Share, w.State, clean(w.Note))
		if err != nil {
			return err
		}
		all, err := t.knownBefore(ctx, looks)
		if err != nil {
			return err
		}
		known = all[0]
		for _, q := range k.Asked {
			known = append(known, !k.newAsked[clean(q.ID)])
		}
		return nil
	})
	return known, err
}

// NoteWalk records that a person began to read a source's archive back to a day,
// or, with a zero day, stopped it.
func (s *Store) NoteWalk(ctx context.Context, source, actor string, since, at time.Time) error {
	return s.writeDurable(ctx, "note a walk of "+source, func(t *tx) error {
		e := Event{At: at, ActorKind: "person", Actor: actor, Kind: "walk.stopped", Subject: source}
		if !since.IsZero() {
			e.Kind, e.After = "walk.begun", dayOf(since)
		}
		t.happened(e, fmt.Sprint(micros(at)))
		return nil
	})
}
