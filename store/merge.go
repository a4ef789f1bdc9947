package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/crawler"
)

// arrive follows a page that was asked for as item id and ended at the address of
// another: the two are one article under two addresses, and it is the one at
// which the site says it stands. What is known of the first goes over to it, and
// its id stays as an alias; so it comes out alike whichever was seen first. The
// publisher's headline has to be the one that was listed: sites send readers of
// an article that is gone to some other page. Once a page was read that headline
// is known no more, so where a later reading ends says nothing. It returns the
// item's id from now on.
func (t *tx) arrive(ctx context.Context, id string, p crawler.PageVisit) (string, error) {
	to := clean(p.Final.ID)
	if to == "" || to == id || p.Revision == nil {
		return id, nil
	}
	alias, err := aliases(ctx, t, []string{to})
	if err != nil {
		return "", err
	}
	if a := alias[to]; a != "" {
		to = a
	}
	if to == id {
		return id, nil
	}
	held, err := t.hold(ctx, []string{id, to})
	if err != nil {
		return "", err
	}
	of := map[string]holding{}
	for _, h := range held {
		of[h.id] = h
	}
	if !crawler.SameHeadline(of[id].title, p.Revision.Title) {
		return id, nil
	}
	if have, err := t.revisions(ctx, []string{id}); err != nil || slices.ContainsFunc(have[id], func(r stored) bool { return r.kind == fromPage }) {
		return id, err
	}
	if _, there := of[to]; !there {
		if err := t.copyItem(ctx, id, to, clean(p.Final.Key)); err != nil {
			return "", err
		}
	} else if same, err := t.oneAgency(ctx, id, to); err != nil || !same {
		return id, err // each of them owes and publishes for itself
	}
	return to, t.moveItem(ctx, id, to, p.At)
}

// oneAgency reports whether both items are of one agency.
func (t *tx) oneAgency(ctx context.Context, a, b string) (bool, error) {
	n := 0
	err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&n) }, "SELECT COUNT(DISTINCT agency) FROM item WHERE id IN ($1, $2)", a, b)
	return n == 1, err
}

// copyItem writes an item once more under another id and canonical key.
func (t *tx) copyItem(ctx context.Context, id, to, key string) error {
	rows, err := t.QueryContext(ctx, "SELECT * FROM item WHERE id = $1", id)
	if err != nil {
		return err
	}
	cols, err := rows.Columns()
	rows.Close()
	if err != nil {
		return err
	}
	from := strings.Join(cols, ", ")
	vals := strings.Split(from, ", ")
	for i, c := range vals {
		switch c {
		case "id":
			vals[i] = "CAST($2 AS TEXT)"
		case "canon":
			vals[i] = "CAST($3 AS TEXT)"
		}
	}
	_, err = t.exec(ctx, "INSERT INTO item ("+from+") SELECT "+strings.Join(vals, ", ")+" FROM item WHERE id = $1", id, to, key)
	if err != nil {
		return fmt.Errorf("write item: %w", err)
	}
	return nil
}

// moveItem gives all that belongs to one item to another, and leaves its id as
// an alias. Decisions keep the id they were made on: readers resolve it.
func (t *tx) moveItem(ctx context.Context, id, to string, when time.Time) error {
	for _, q := range []string{
		"INSERT INTO listing (source, item, seen) SELECT source, $2, seen FROM listing WHERE item = $1 ON CONFLICT (source, item) DO UPDATE SET seen = excluded.seen WHERE excluded.seen < listing.seen",
		"DELETE FROM listing WHERE item = $1 AND $2 <> $1",
		"UPDATE revision SET item = $2 WHERE item = $1",
		"UPDATE review SET item = $2 WHERE item = $1",
		"INSERT INTO audit (item, classifier, at, reform) SELECT $2, classifier, at, reform FROM audit WHERE item = $1 AND $2 <> $1 ON CONFLICT (item, classifier) DO NOTHING",
		"DELETE FROM audit WHERE item = $1 AND $2 <> $1",
		"UPDATE item_alias SET item = $2 WHERE item = $1",
		"INSERT INTO await (item, source, host, url, tries, due, at, kept) SELECT $2, source, host, url, tries, due, at, kept FROM await WHERE item = $1 ON CONFLICT (item) DO NOTHING",
		"DELETE FROM await WHERE item = $1 AND $2 <> $1",
		"DELETE FROM reread WHERE item = $1 AND $2 <> $1",
		"DELETE FROM item_text WHERE item = $1 AND $2 <> $1",
		"UPDATE item SET compared = '' WHERE id = $2 OR id IN (SELECT c.item FROM item_copy c WHERE c.grp IN (SELECT g.grp FROM item_copy g WHERE g.item = $1))",
		"DELETE FROM item_copy WHERE item = $1 AND $2 <> $1",
		`UPDATE item AS b SET seen = CASE WHEN a.seen < b.seen THEN a.seen ELSE b.seen END,
			first_visit = CASE WHEN a.seen < b.seen THEN a.first_visit ELSE b.first_visit END,
			verified = CASE WHEN a.verified > b.verified THEN a.verified ELSE b.verified END,
			col = CASE WHEN b.col = '' THEN a.col ELSE b.col END,
			revision = CASE WHEN b.revision = '' THEN a.revision ELSE b.revision END,
			judged = CASE WHEN b.revision = '' THEN a.judged ELSE b.judged END,
			page_state = CASE WHEN b.page_state = 0 THEN a.page_state ELSE b.page_state END
			FROM item a WHERE a.id = $1 AND b.id = $2`,
		`UPDATE item AS b SET claimed_at = a.claimed_at, claimed_precision = a.claimed_precision, claimed_text = a.claimed_text,
			claimed_found = a.claimed_found, claimed_zone = a.claimed_zone, claimed_known = a.claimed_known
			FROM item a WHERE a.id = $1 AND b.id = $2 AND b.claimed_precision = '' AND a.claimed_precision <> ''`,
		"UPDATE item SET at = CASE WHEN claimed_precision = '' THEN seen ELSE claimed_at END WHERE id = $2 AND $1 <> $2",
		"UPDATE item_text SET at = (SELECT i.at FROM item i WHERE i.id = $2) WHERE item = $2 AND $1 <> $2",
		"UPDATE item SET " + reviewInForce + " WHERE id = $2 AND $1 <> $2",
		"INSERT INTO item_note (item, at, notes) SELECT $2, at, notes FROM item_note WHERE item = $1 AND $2 <> $1 ON CONFLICT (item) DO NOTHING",
		"DELETE FROM item_note WHERE item = $1 AND $2 <> $1",
		"DELETE FROM item WHERE id = $1 AND $2 <> $1",
		"INSERT INTO item_alias (alias, item) VALUES ($1, $2) ON CONFLICT (alias) DO UPDATE SET item = excluded.item",
	} {
		if _, err := t.exec(ctx, q, id, to); err != nil {
			return fmt.Errorf("move item %s to %s: %w", id, to, err)
		}
	}
	t.changed("item", id)
	t.changed("item", to)
	t.happened(Event{At: when, ActorKind: "system", Kind: "item.merged", Subject: to, Before: id, After: to}, id, to)
	if err := t.index(ctx, []string{to}); err != nil {
		return err
	}
	return t.settle(ctx, []string{to})
}
