package store

import (
	"context"
	"database/sql"
	"fmt"

	"loa/crawler"
)

// Load returns what a leased host has to offer now: its robots.txt as
// remembered, the sources due and at most pages awaited pages, oldest first.
func (s *Store) Load(ctx context.Context, l crawler.Lease, pages int) (crawler.Work, error) {
	var w crawler.Work
	held := false
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		held = true
		var m crawler.Robots
		err := r.Scan(&m.Site, &m.Body, &m.Status, at(&m.Fetched))
		if m.Site != "" {
			w.Robots = append(w.Robots, m)
		}
		return err
	}, `SELECT COALESCE(r.site, ''), COALESCE(r.body, ''), COALESCE(r.status, 0), COALESCE(r.at, 0)
		FROM host h LEFT JOIN robots r ON r.host = h.name WHERE h.name = $1 AND h.token = $2 AND h.owner = $3 ORDER BY r.site`,
		l.Host, l.Token, clean(l.Owner))
	if err == nil && !held {
		err = crawler.ErrLost
	}
	if err != nil {
		return w, fmt.Errorf("load %s: %w", l.Host, err)
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var st crawler.SourceState
		err := r.Scan(&st.Source, &st.ETag, &st.LastModified, &st.BodyHash, at(&st.LastFull), &st.Fails, at(&st.CoveredTo), &st.Visited, &st.Mark, &st.Rest, &st.Rhythm)
		w.Sources = append(w.Sources, st)
		return err
	}, `SELECT source, etag, last_modified, body_hash, last_full, fails, covered_to, visited, mark, rest, rhythm FROM source_state
		WHERE host = $1 AND active AND due <= `+s.eng.clock+` ORDER BY due, source`, l.Host)
	if err != nil {
		return w, fmt.Errorf("load the sources of %s: %w", l.Host, err)
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var a crawler.Await
		err := r.Scan(&a.Item, &a.Source, &a.URL, &a.Tries, at(&a.At))
		w.Pages = append(w.Pages, a)
		return err
	}, `SELECT a.item, a.source, a.url, a.tries, i.at FROM await a JOIN source_state s ON s.source = a.source AND s.active JOIN item i ON i.id = a.item
		WHERE a.host = $1 AND a.due <= `+s.eng.clock+` ORDER BY a.at, a.item LIMIT $2`, l.Host, pages)
	if err != nil {
		return w, fmt.Errorf("load the awaited pages of %s: %w", l.Host, err)
	}
	if w.Layouts, err = s.loadLayouts(ctx, w.Pages, ""); err == nil {
		w.Archives, err = s.loadLayouts(ctx, w.Pages, archived)
	}
	return w, err
}

// PutRobots remembers the robots.txt of one of a host's sites.
func (s *Store) PutRobots(ctx context.Context, l crawler.Lease, r crawler.Robots) error {
	return s.write(ctx, "put the robots.txt of "+l.Host, func(t *tx) error {
		if err := t.fence(ctx, l); err != nil {
			return err
		}
		t.changed("host", l.Host)
		_, err := t.exec(ctx, `INSERT INTO robots (host, site, status, at, body) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (host, site) DO UPDATE SET status = excluded.status, at = excluded.at, body = excluded.body`,
			l.Host, clean(r.Site), r.Status, micros(r.Fetched), clean(r.Body))
		return err
	})
}

// KnownItems tells which of the items this source listed before; with an empty
// source, which exist at all. The map holds the known ids alone.
func (s *Store) KnownItems(ctx context.Context, source string, ids []string) (map[string]bool, error) {
	known := map[string]bool{}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		q := "SELECT id FROM item WHERE id IN "
		if source != "" {
			q = "SELECT item FROM listing WHERE source = " + a.add(clean(source)) + " AND item IN "
		}
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			known[id] = true
			return err
		}, q+a.in(ids), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("look up the items of %s: %w", source, err)
	}
	// An id under an older key rule is known by its alias.
	var rest []string
	for _, id := range ids {
		if !known[id] {
			rest = append(rest, id)
		}
	}
	alias, err := aliases(ctx, s.pools.read, rest)
	if err != nil {
		return nil, err
	}
	for old := range alias {
		known[old] = true
	}
	return known, nil
}

// AddAlias makes an id of an older or second key rule stand for an item.
func (s *Store) AddAlias(ctx context.Context, alias, item string) error {
	return s.write(ctx, "add alias "+alias, func(t *tx) error {
		t.changed("item", item)
		_, err := t.exec(ctx, "INSERT INTO item_alias (alias, item) VALUES ($1, $2) ON CONFLICT (alias) DO NOTHING", clean(alias), clean(item))
		return err
	})
}

// aliases maps those of the ids that are aliases to their items.
func aliases(ctx context.Context, q querier, ids []string) (map[string]string, error) {
	out := map[string]string{}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		return each(ctx, q, func(r *sql.Rows) error {
			var alias, item string
			err := r.Scan(&alias, &item)
			out[alias] = item
			return err
		}, "SELECT alias, item FROM item_alias WHERE alias IN "+a.in(ids), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("look up aliases: %w", err)
	}
	return out, nil
}
