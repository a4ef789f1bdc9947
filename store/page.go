package store

import (
	"context"
	"database/sql"
	"fmt"

	"loa/crawler"
	"loa/media"
)

// PutPage records one look at an article page: one transaction, fenced by the
// lease, and idempotent. When no further try is wanted and the item still has
// no text, what its listing said becomes its text, so that it is judged at all.
func (s *Store) PutPage(ctx context.Context, l crawler.Lease, p crawler.PageVisit) error {
	return s.write(ctx, "put the page of item "+p.Item, func(t *tx) error {
		if err := t.fence(ctx, l); err != nil {
			return err
		}
		alias, err := aliases(ctx, t, []string{clean(p.Item)})
		if err != nil {
			return err
		}
		id := clean(p.Item)
		if to := alias[id]; to != "" {
			id = to
		}
		if id, err = t.arrive(ctx, id, p); err != nil {
			return err
		}
		held, err := t.hold(ctx, []string{id})
		if err != nil {
			return err
		}
		if len(held) == 0 {
			return fmt.Errorf("item %s is not known", id)
		}
		h := held[0]
		if err := t.putKept(ctx, keptAs{p.Kept, classPage}); err != nil {
			return err
		}
		if p.Outcome == media.OK || p.Outcome == media.NotModified {
			if err := t.verified(ctx, []string{id}, p.At); err != nil {
				return err
			}
		}
		if err := t.claim(ctx, h, p.Claimed, p.At); err != nil {
			return err
		}
		if h.col == "" && p.Column != "" {
			if _, err := t.exec(ctx, "UPDATE item SET col = $2 WHERE id = $1", id, clean(p.Column)); err != nil {
				return err
			}
		}
		r := p.Revision
		if r == nil && p.Done && h.revision == "" {
			if r, err = t.standIn(ctx, h, p); err != nil {
				return err
			}
		}
		if r != nil {
			changed, err := t.putRevisions(ctx, []text{{h, *r, p.At}})
			if err != nil {
				return err
			}
			if err := t.index(ctx, changed); err != nil {
				return err
			}
		}
		if err := t.putNotes(ctx, id, p); err != nil {
			return err
		}
		if err := t.putLayout(ctx, p); err != nil {
			return err
		}
		return t.putAwait(ctx, l, id, p)
	})
}

// putAwait ends the wait for a page, or sets its next try.
func (t *tx) putAwait(ctx context.Context, l crawler.Lease, id string, p crawler.PageVisit) error {
	t.changed("page", id)
	if !p.Done {
		_, err := t.exec(ctx, "UPDATE await SET tries = tries + 1, due = $3 WHERE item = $1 AND host = $2 AND due <> $3", id, l.Host, micros(p.NextDue))
		return err
	}
	if err := t.rereadLater(ctx, l, id, p); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM await WHERE item = $1", id); err != nil {
		return err
	}
	_, err := t.exec(ctx, "UPDATE item SET page_state = $2 WHERE id = $1", id, pageDone)
	return err
}

// standIn is the listing's title and lead as a text.
func (t *tx) standIn(ctx context.Context, h holding, p crawler.PageVisit) (*media.Revision, error) {
	r := media.Revision{
		Item: h.id, Hash: crawler.TextHash(h.title, h.lead, ""), Title: h.title, Lead: h.lead, Section: h.section,
		Byline: h.byline, Credit: h.credit, From: fromEntry, Seen: p.At,
	}
	// The body it was read from is the list's page on which it stood; of what was
	// awaited before that was noted, its visit's, as long as that is held.
	err := each(ctx, t, func(rows *sql.Rows) error { return rows.Scan(&r.Kept) }, "SELECT kept FROM await WHERE item = $1", h.id)
	if err == nil && r.Kept == "" {
		err = each(ctx, t, func(rows *sql.Rows) error { return rows.Scan(&r.Kept) },
			"SELECT v.kept FROM visit v JOIN item i ON i.first_visit = v.id WHERE i.id = $1", h.id)
	}
	if err != nil {
		return nil, fmt.Errorf("read the listing's kept body: %w", err)
	}
	r.ID = media.RevisionID(r.Item, r.Hash, r.Seen)
	return &r, nil
}
