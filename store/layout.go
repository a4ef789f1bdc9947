package store

import (
	"context"
	"database/sql"
	"fmt"

	"loa/crawler"
	"loa/media"
)

// archived stands behind a source's id where its old article pages are meant.
const archived = "#archive"

// loadLayouts tells what is known of the article pages of the pages' sources;
// part is "" or archived.
func (s *Store) loadLayouts(ctx context.Context, pages []crawler.Await, part string) (map[string]crawler.Layout, error) {
	out := map[string]crawler.Layout{}
	for _, a := range pages {
		if _, ok := out[a.Source]; ok {
			continue
		}
		var l crawler.Layout
		err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&l.Changed) },
			"SELECT detail FROM source_layout WHERE source = $1", clean(a.Source)+part)
		if err == nil {
			err = each(ctx, s.pools.read, func(r *sql.Rows) error {
				var p crawler.PageRead
				err := r.Scan(&p.Item, &p.Version, at(&p.At), &p.Fields)
				l.Reads = append(l.Reads, p)
				return err
			}, "SELECT item, version, at, fields FROM page_read WHERE source = $1 ORDER BY at DESC, item LIMIT $2", clean(a.Source)+part, crawler.LayoutReads)
		}
		if err != nil {
			return nil, fmt.Errorf("load the layout of %s: %w", a.Source, err)
		}
		out[a.Source] = l
	}
	return out, nil
}

// putLayout notes what a page told of its source's layout, and records an event
// when the source's pages stop or begin again to be trusted.
func (t *tx) putLayout(ctx context.Context, p crawler.PageVisit) error {
	if p.Read == nil {
		return nil
	}
	source := clean(p.Source)
	if p.Old {
		source += archived
	}
	if _, err := t.exec(ctx, `INSERT INTO page_read (source, item, version, at, fields) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (source, item) DO UPDATE SET version = $3, at = $4, fields = $5`,
		source, clean(p.Read.Item), p.Read.Version, micros(p.Read.At), p.Read.Fields); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM page_read WHERE source = $1 AND at < (SELECT at FROM page_read WHERE source = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)",
		source, crawler.LayoutReads); err != nil {
		return err
	}
	var was string
	err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&was) }, "SELECT detail FROM source_layout WHERE source = $1", source)
	if err != nil || was == p.Layout {
		return err
	}
	if !p.Old { // of the archive whoever walks is told
		t.changed("layout", source)
	}
	if p.Layout == "" {
		if !p.Old {
			t.happened(Event{At: p.At, ActorKind: "system", Kind: "source.layout", Subject: source, Before: media.LayoutChanged, After: media.OK}, p.Item, p.At.UTC().String())
		}
		_, err = t.exec(ctx, "DELETE FROM source_layout WHERE source = $1", source)
		return err
	}
	if was == "" && !p.Old {
		t.happened(Event{At: p.At, ActorKind: "system", Kind: "source.layout", Subject: source, Before: media.OK, After: media.LayoutChanged}, p.Item, p.At.UTC().String())
	}
	_, err = t.exec(ctx, "INSERT INTO source_layout (source, since, detail) VALUES ($1, $2, $3) ON CONFLICT (source) DO UPDATE SET detail = $3",
		source, micros(p.At), clean(p.Layout))
	return err
}

// putNotes keeps what was odd on a page that was read.
func (t *tx) putNotes(ctx context.Context, id string, p crawler.PageVisit) error {
	var err error
	switch {
	case len(p.Odd) > 0:
		_, err = t.exec(ctx, "INSERT INTO item_note (item, at, notes) VALUES ($1, $2, $3) ON CONFLICT (item) DO UPDATE SET at = $2, notes = $3",
			id, micros(p.At), pack(p.Odd))
	case p.Outcome == media.OK:
		_, err = t.exec(ctx, "DELETE FROM item_note WHERE item = $1", id)
	}
	return err
}

// PageText is one text of an item as it was read from a kept page.
type PageText struct {
	URL      string
	Revision media.Revision
	Claimed  media.Date
}

// LastPages gives the texts of a source's newest pieces that were read from
// their own pages and whose bytes were kept, newest first.
func (s *Store) LastPages(ctx context.Context, source string, n int) ([]PageText, error) {
	var out []PageText
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var p PageText
		v, d := &p.Revision, &p.Claimed
		err := r.Scan(&p.URL, at(&d.At), &d.Precision, &d.Text, &d.Found, &d.ZoneGiven,
			&v.ID, &v.Item, &v.Hash, &v.From, at(&v.Seen), &v.Kept, &v.Title, &v.Section, &v.Byline, &v.Credit, &v.Lead, &v.Body)
		out = append(out, p)
		return err
	}, `SELECT i.url, i.claimed_at, i.claimed_precision, i.claimed_text, i.claimed_found, i.claimed_zone,
			r.id, r.item, r.hash, r.from_kind, r.seen, r.kept, r.title, r.section, r.byline, r.credit, r.lead, r.body
		FROM item i JOIN revision r ON r.id = i.revision
		WHERE i.source = $1 AND r.from_kind = 'page' AND r.kept <> '' ORDER BY i.at DESC, i.id LIMIT $2`, clean(source), n)
	if err != nil {
		return nil, fmt.Errorf("read the last pages of %s: %w", source, err)
	}
	return out, nil
}
