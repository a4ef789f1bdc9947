package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"loa/crawler"
	"loa/media"
	"loa/viet"
)

// States of an item's page.
const (
	pageNone = iota
	pageAwaited
	pageDone
)

// holding is what a transaction knows of a stored item, locked for it.
type holding struct {
	id, revision            string // revision is the current one, "" if none
	precision               media.Precision
	fetch                   int
	title, lead             string
	col                     string
	section, byline, credit string
}

// putSeen writes the entries of a listing: new items, the claims and texts that
// older ones gained, and the pages now awaited. list[i] is the id of v.Seen[i].
func (t *tx) putSeen(ctx context.Context, l crawler.Lease, v crawler.Visit, list []string) (int, error) {
	byID := make(map[string]crawler.Seen, len(list))
	for i, id := range list {
		if _, dup := byID[id]; !dup { // the first mention is the nearest to the top of the page
			byID[id] = v.Seen[i]
		}
	}
	if len(byID) == 0 {
		return 0, nil
	}
	held, fresh, err := t.holdOrAdd(ctx, v, byID)
	if err != nil {
		return 0, err
	}
	lists := values{cols: []string{"item TEXT", "source TEXT", "seen BIGINT"}}
	for _, h := range held {
		lists.rows = append(lists.rows, []any{h.id, clean(v.Source), micros(v.At)})
	}
	sortRows(lists.rows)
	if _, err := t.insert(ctx, "listing", lists, "ON CONFLICT DO NOTHING"); err != nil {
		return 0, err
	}
	if err := t.verified(ctx, sortedKeys(byID), v.At); err != nil {
		return 0, err
	}
	touched := map[string]bool{} // title or lead changed: search must follow
	waits := values{cols: []string{"item TEXT", "source TEXT", "host TEXT", "url TEXT", "tries BIGINT", "due BIGINT", "at BIGINT"}}
	others := map[string]bool{}
	var texts []text
	for _, h := range held {
		e := byID[h.id]
		if fresh[h.id] {
			touched[h.id] = true
			t.changed("item", h.id)
		} else if err := t.claim(ctx, h, e.Item.Claimed, v.At); err != nil {
			return 0, err
		}
		if e.Entry != nil {
			texts = append(texts, text{h, *e.Entry})
		}
		if e.Fetch && h.fetch == pageNone {
			host := pageHost(l, e)
			waits.rows = append(waits.rows, []any{h.id, clean(v.Source), host, clean(e.Item.URL), 0, t.dueNow(), micros(v.At)})
			others[host] = true
		}
	}
	if err := t.await(ctx, l, waits, others); err != nil {
		return 0, err
	}
	changed, err := t.putRevisions(ctx, texts, v.At)
	if err != nil {
		return 0, err
	}
	for _, id := range changed {
		touched[id] = true
	}
	return len(fresh), t.index(ctx, sortedKeys(touched))
}

// holdOrAdd locks the items and adds those not there yet; fresh are the added.
func (t *tx) holdOrAdd(ctx context.Context, v crawler.Visit, byID map[string]crawler.Seen) (held []holding, fresh map[string]bool, err error) {
	if held, err = t.hold(ctx, sortedKeys(byID)); err != nil || len(held) == len(byID) {
		return held, nil, err
	}
	have := make(map[string]bool, len(held))
	for _, h := range held {
		have[h.id] = true
	}
	items := itemValues()
	var missing []string
	for _, id := range sortedKeys(byID) {
		if !have[id] {
			missing = append(missing, id)
			items.rows = append(items.rows, itemRow(id, v, byID[id].Item))
		}
	}
	if fresh, err = t.insertNew(ctx, "item", items); err != nil {
		return nil, nil, err
	}
	added, err := t.hold(ctx, missing) // another visit may have added some meanwhile
	return append(held, added...), fresh, err
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func itemValues() values {
	return values{cols: []string{
		"id TEXT", "canon TEXT", "source TEXT", "agency TEXT", "url TEXT", "title TEXT", "lead TEXT", "section TEXT", "col TEXT",
		"byline TEXT", "credit TEXT", "claimed_at BIGINT", "claimed_precision TEXT", "claimed_text TEXT", "claimed_found TEXT",
		"claimed_zone BOOLEAN", "claimed_known BIGINT", "at BIGINT", "seen BIGINT", "verified BIGINT", "first_visit TEXT", "page_state BIGINT",
	}}
}

func itemRow(id string, v crawler.Visit, it media.Item) []any {
	seen := it.Seen
	if seen.IsZero() {
		seen = v.At
	}
	claimed, known, when := int64(0), int64(0), micros(seen)
	if it.Claimed.Precision != media.NoDate {
		claimed, known = micros(it.Claimed.At), micros(v.At)
		when = claimed
	}
	return []any{
		id, clean(it.Key), clean(cmp.Or(it.Source, v.Source)), clean(it.Agency), clean(it.URL), nfc(it.Title), nfc(it.Lead), nfc(it.Section), clean(it.Column),
		nfc(it.Byline), nfc(it.Credit), claimed, string(it.Claimed.Precision), nfc(it.Claimed.Text), it.Claimed.Found,
		it.Claimed.ZoneGiven, known, when, micros(seen), micros(v.At), clean(v.ID), pageNone,
	}
}

// hold reads items in the order of their ids and locks them.
func (t *tx) hold(ctx context.Context, ids []string) ([]holding, error) {
	var out []holding
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		q := `SELECT i.id, i.revision, i.claimed_precision, i.page_state, i.title, i.lead, i.section, i.byline, i.credit, i.col FROM item i
			WHERE i.id IN ` + a.in(ids) + ` ORDER BY i.id` + t.s.eng.forUpdate
		return each(ctx, t, func(r *sql.Rows) error {
			var h holding
			err := r.Scan(&h.id, &h.revision, &h.precision, &h.fetch, &h.title, &h.lead, &h.section, &h.byline, &h.credit, &h.col)
			out = append(out, h)
			return err
		}, q, a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	return out, nil
}

// verified moves the date of last sight of items.
func (t *tx) verified(ctx context.Context, ids []string, when time.Time) error {
	return chunk(ids, maxIn, func(ids []string) error {
		var a args
		q := "UPDATE item SET verified = " + a.add(micros(when)) + " WHERE verified < $1 AND id IN " + a.in(ids)
		_, err := t.exec(ctx, q, a...)
		return err
	})
}

// claim sets the publisher's date of an item that had none.
func (t *tx) claim(ctx context.Context, h holding, d media.Date, known time.Time) error {
	if h.precision != media.NoDate || d.Precision == media.NoDate {
		return nil
	}
	t.changed("item", h.id)
	_, err := t.exec(ctx, `UPDATE item SET claimed_at = $2, at = $2, claimed_precision = $3, claimed_text = $4, claimed_found = $5,
			claimed_zone = $6, claimed_known = $7 WHERE id = $1`,
		h.id, micros(d.At), string(d.Precision), nfc(d.Text), d.Found, d.ZoneGiven, micros(known))
	return err
}

// dueNow is due by every clock: SQLite's counts whole milliseconds, and those of
// nodes differ.
func (t *tx) dueNow() int64 { return micros(t.s.now().Truncate(time.Second)) }

// await queues pages, and wakes the other hosts on which they are.
func (t *tx) await(ctx context.Context, l crawler.Lease, waits values, hosts map[string]bool) error {
	if len(waits.rows) == 0 {
		return nil
	}
	ids := make([]string, len(waits.rows))
	for i, r := range waits.rows {
		ids[i] = r[0].(string)
	}
	if _, err := t.insert(ctx, "await", waits, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		_, err := t.exec(ctx, fmt.Sprintf("UPDATE item SET page_state = %d WHERE id IN %s", pageAwaited, a.in(ids)), a...)
		return err
	})
	delete(hosts, l.Host) // its own release looks
	if err != nil || len(hosts) == 0 {
		return err
	}
	var a args
	_, err = t.exec(ctx, "UPDATE host SET due = CASE WHEN not_before > "+a.add(t.dueNow())+" THEN not_before ELSE $1 END WHERE due > $1 AND name IN "+a.in(sortedKeys(hosts)), a...)
	return err
}

// index brings the search words of items up to date.
func (t *tx) index(ctx context.Context, ids []string) error {
	v := values{cols: []string{"item TEXT", "words TEXT"}}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, title, lead string
			err := r.Scan(&id, &title, &lead)
			v.rows = append(v.rows, []any{id, strings.Join(words(title+" "+lead), " ")})
			return err
		}, "SELECT id, title, lead FROM item WHERE id IN "+a.in(ids)+" ORDER BY id", a...)
	})
	if err != nil || len(v.rows) == 0 {
		return err
	}
	_, err = t.insert(ctx, "item_text", v, "ON CONFLICT (item) DO UPDATE SET words = excluded.words")
	return err
}

// words folds a text for search: runs of letters and digits, lower case, no
// marks. Cutting here, not in the engines, makes both find the same.
func words(s string) []string {
	return strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
