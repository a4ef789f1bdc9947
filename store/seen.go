package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"loa/crawler"
	"loa/media"
	"loa/viet"
	"loa/viet/mask"
)

// States of an item's page.
const (
	pageNone = iota
	pageAwaited
	pageDone
)

// countedBack is where media.Date.Found says that a date was counted from the
// time of fetching.
const countedBack = "relative"

// seenAgain is how far the date of last sight may lie behind what was seen: writing it
// at each look was most of the work of a look that brought one new item.
const seenAgain = int64(time.Hour / time.Microsecond)

// holding is what a transaction knows of a stored item.
type holding struct {
	id                      string
	revision, hash          string // the current text and its hash, "" if none
	verified                int64
	precision               media.Precision
	found                   string // where the claimed date was
	fetch                   int
	title, lead             string
	col                     string
	section, byline, credit string
}

// mention is an entry of a listing that brings an item up first in its wave.
type mention struct {
	crawler.Seen
	by *look
}

// putSeen writes the entries of listings that have no item in common: new items,
// the claims and texts that older ones gained, and the pages now awaited. It
// notes in each look which items are fresh.
func (t *tx) putSeen(ctx context.Context, l crawler.Lease, w []*look) error {
	byID := map[string]mention{}
	lists := values{cols: []string{"item TEXT", "source TEXT", "seen BIGINT"}}
	for _, k := range w {
		for i, id := range k.items {
			if _, dup := byID[id]; !dup { // the first mention is the nearest to the top of the page
				byID[id] = mention{k.Seen[i], k}
				lists.rows = append(lists.rows, []any{id, k.Source, micros(k.At)})
			}
		}
	}
	if len(byID) == 0 {
		return nil
	}
	known, err := t.knowOrAdd(ctx, byID)
	if err != nil {
		return err
	}
	sortRows(lists.rows)
	if _, err := t.insert(ctx, "listing", lists, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	waits := values{cols: []string{"item TEXT", "source TEXT", "host TEXT", "url TEXT", "tries BIGINT", "due BIGINT", "at BIGINT", "kept TEXT"}}
	others := map[string]bool{}
	wait := func(id string, m mention) {
		host := pageHost(l, m.Seen)
		waits.rows = append(waits.rows, []any{id, m.by.Source, host, clean(m.Item.URL), int64(0), t.dueNow(), micros(m.by.At), clean(m.Kept)})
		others[host] = true
	}
	seen := values{cols: []string{"id TEXT", "at BIGINT"}}
	var texts []text
	said := map[string]mention{}
	held, err := t.holdChanged(ctx, known, byID)
	if err != nil {
		return err
	}
	for _, h := range known {
		if m := byID[h.id]; m.Entry == nil && h.fetch == pageDone {
			said[h.id] = m
		}
	}
	for _, h := range held {
		m := byID[h.id]
		if h.unseen(m) {
			seen.rows = append(seen.rows, []any{h.id, micros(m.by.At)})
		}
		if err := t.claim(ctx, h, m.Item.Claimed, m.by.At); err != nil {
			return err
		}
		if h.reworded(m) {
			texts = append(texts, text{h, *m.Entry, m.by.At})
		}
		if h.unasked(m) {
			wait(h.id, m)
		}
	}
	if err := t.update(ctx, seen, "UPDATE item AS i SET verified = v.at FROM v WHERE i.id = v.id AND i.verified < v.at"); err != nil {
		return err
	}
	for _, id := range sortedKeys(byID) {
		if m := byID[id]; m.Fetch && m.by.fresh[id] {
			wait(id, m)
		}
	}
	if err := t.await(ctx, l, waits, others); err != nil {
		return err
	}
	if err := t.saidAnew(ctx, l, said); err != nil {
		return err
	}
	changed, err := t.putRevisions(ctx, texts)
	if err != nil {
		return err
	}
	return t.index(ctx, changed)
}

// What a mention says of an item that the store does not: these alone are locked and
// written, for most of a listing is as it was.
func (h holding) unseen(m mention) bool { return h.verified <= micros(m.by.At)-seenAgain }

func (h holding) reworded(m mention) bool {
	return m.Entry != nil && (h.hash != m.Entry.Hash || h.revision == "")
}

func (h holding) unasked(m mention) bool { return m.Fetch && h.fetch == pageNone }

// dates reports whether d is the publisher's date of an item that had none, or one that
// was only counted back («2 giờ trước») and is printed now.
func (h holding) dates(d media.Date) bool {
	return d.Precision != media.NoDate && (h.precision == media.NoDate || h.found == countedBack && d.Found != countedBack)
}

// holdChanged locks those of the known items of which a mention says something new.
func (t *tx) holdChanged(ctx context.Context, known []holding, byID map[string]mention) ([]holding, error) {
	var ids []string
	for _, h := range known {
		if m := byID[h.id]; h.unseen(m) || h.reworded(m) || h.unasked(m) || h.dates(m.Item.Claimed) {
			ids = append(ids, h.id)
		}
	}
	return t.hold(ctx, ids)
}

// knowOrAdd reads the items that are there and adds the others as their listing
// tells of them, whole: with their text and the words they are found by.
func (t *tx) knowOrAdd(ctx context.Context, byID map[string]mention) (known []holding, err error) {
	ids := sortedKeys(byID)
	if known, err = t.holdings(ctx, ids, ""); err != nil || len(known) == len(byID) {
		return known, err
	}
	have := make(map[string]bool, len(known))
	for _, h := range known {
		have[h.id] = true
	}
	items := itemValues()
	var missing []string
	for _, id := range ids {
		if !have[id] {
			missing = append(missing, id)
			items.rows = append(items.rows, itemRow(id, byID[id]))
		}
	}
	fresh, err := t.insertNew(ctx, "item", items)
	if err != nil {
		return nil, err
	}
	if err := t.putFresh(ctx, byID, items, fresh); err != nil {
		return nil, err
	}
	if len(fresh) == len(missing) {
		return known, nil
	}
	missing = slices.DeleteFunc(missing, func(id string) bool { return fresh[id] })
	added, err := t.holdings(ctx, missing, "") // another visit has added them meanwhile
	return append(known, added...), err
}

// putFresh writes what belongs to items that were just added.
func (t *tx) putFresh(ctx context.Context, byID map[string]mention, items values, fresh map[string]bool) error {
	texts, verdicts, found := revisionValues(), verdictValues(), searchValues()
	personal := map[string]bool{}
	for _, row := range items.rows {
		id := row[0].(string)
		if !fresh[id] {
			continue
		}
		m := byID[id]
		m.by.fresh[id] = true
		t.changed("item", id) // and with it its text and the verdict on it
		title, lead, body := row[colTitle].(string), row[colLead].(string), ""
		if r := m.Entry; r != nil {
			body = r.Body
			rev := freshRevision(id, m)
			texts.rows = append(texts.rows, revisionRow(rev, id, *r, m.by.At))
			if m.Compared && m.Words != 0 {
				t.teased(m.Words, teased{id, rev, micros(m.by.At)})
			}
			if m.Verdict != nil {
				v := *m.Verdict
				v.Revision = rev
				verdicts.rows = append(verdicts.rows, verdictRow(v, m.by.At))
			}
		}
		citizens := mask.Of(row[colSection].(string), title, lead, body)
		if r := m.Entry; r != nil && r.Kept != "" && (citizens.Found(title) || citizens.Found(lead) || citizens.Found(body)) {
			personal[r.Kept] = true
		}
		found.rows = append(found.rows, []any{id, searched(citizens, title, lead), int64(mask.Version), row[colAt]})
	}
	if _, err := t.insert(ctx, "revision", texts, ""); err != nil {
		return err
	}
	if _, err := t.insert(ctx, "verdict", verdicts, ""); err != nil {
		return err
	}
	if err := t.putPersonal(ctx, personal); err != nil {
		return err
	}
	return t.putSearched(ctx, found)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Places of an item's row (see itemRow).
const (
	colTitle   = 5
	colLead    = 6
	colSection = 7
	colAt      = 17
)

func itemValues() values {
	return values{cols: []string{
		"id TEXT", "canon TEXT", "source TEXT", "agency TEXT", "url TEXT", "title TEXT", "lead TEXT", "section TEXT", "col TEXT",
		"byline TEXT", "credit TEXT", "claimed_at BIGINT", "claimed_precision TEXT", "claimed_text TEXT", "claimed_found TEXT",
		"claimed_zone BOOLEAN", "claimed_known BIGINT", "at BIGINT", "seen BIGINT", "verified BIGINT", "first_visit TEXT", "page_state BIGINT",
		"revision TEXT", "judged TEXT", "outcome TEXT", "doubt DOUBLE PRECISION", "compared TEXT", "words BIGINT",
	}}
}

// itemRow is an item as its first listing tells of it. The text of the listing,
// if it stands in for a page, is its current one.
func itemRow(id string, m mention) []any {
	it, v := m.Item, m.by
	seen := it.Seen
	if seen.IsZero() {
		seen = v.At
	}
	claimed, known, when := int64(0), int64(0), micros(seen)
	if it.Claimed.Precision != media.NoDate {
		claimed, known = micros(it.Claimed.At), micros(v.At)
		when = claimed
	}
	page := int64(pageNone)
	if m.Fetch {
		page = pageAwaited
	}
	var r media.Revision
	rev, judged, outcome, compared, words, doubt := "", "", "unjudged", "", int64(0), 0.0
	if m.Entry != nil {
		r, rev = *m.Entry, freshRevision(id, m)
		if v := m.Verdict; v != nil {
			judged, outcome, doubt = clean(v.Classifier), settled(*v, m), math.Abs(v.Score-0.5)
		}
		if m.Compared {
			compared, words = rev, m.Words
		}
	}
	return []any{
		id, clean(it.Key), clean(cmp.Or(it.Source, v.Source)), clean(it.Agency), clean(it.URL), cmp.Or(nfc(r.Title), nfc(it.Title)),
		cmp.Or(nfc(r.Lead), nfc(it.Lead)), cmp.Or(nfc(r.Section), nfc(it.Section)), clean(it.Column),
		cmp.Or(nfc(r.Byline), nfc(it.Byline)), cmp.Or(nfc(r.Credit), nfc(it.Credit)), claimed, string(it.Claimed.Precision),
		nfc(it.Claimed.Text), it.Claimed.Found, it.Claimed.ZoneGiven, known, when, micros(seen), micros(v.At), v.ID, page, rev,
		judged, outcome, doubt, compared, words,
	}
}

// settled is what settle makes of the verdict on the text a fresh item comes with.
func settled(v media.Verdict, m mention) string {
	switch {
	case v.Review:
		return "review"
	case v.Reform:
		return "reform"
	case m.Fetch && m.Entry.From == fromEntry:
		return "review"
	}
	return "other"
}

// freshRevision is the id of the text a fresh item comes with.
func freshRevision(id string, m mention) string { return revisionID(id, *m.Entry, m.by.At) }

// hold reads items in the order of their ids and locks them.
func (t *tx) hold(ctx context.Context, ids []string) ([]holding, error) {
	return t.holdings(ctx, ids, t.s.eng.forUpdate)
}

// holdings reads items in the order of their ids.
func (t *tx) holdings(ctx context.Context, ids []string, lock string) ([]holding, error) {
	var out []holding
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		q := `SELECT i.id, i.revision, COALESCE((SELECT r.hash FROM revision r WHERE r.id = i.revision), ''), i.claimed_precision, i.claimed_found, i.page_state,
				i.title, i.lead, i.section, i.byline, i.credit, i.col, i.verified FROM item i
			WHERE i.id IN ` + a.in(ids) + ` ORDER BY i.id` + lock
		return each(ctx, t, func(r *sql.Rows) error {
			var h holding
			err := r.Scan(&h.id, &h.revision, &h.hash, &h.precision, &h.found, &h.fetch, &h.title, &h.lead, &h.section, &h.byline, &h.credit, &h.col, &h.verified)
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

// claim sets the publisher's date of an item (see dates).
func (t *tx) claim(ctx context.Context, h holding, d media.Date, known time.Time) error {
	if !h.dates(d) {
		return nil
	}
	t.changed("item", h.id)
	_, err := t.exec(ctx, `UPDATE item SET claimed_at = $2, at = $2, claimed_precision = $3, claimed_text = $4, claimed_found = $5,
			claimed_zone = $6, claimed_known = $7, compared = '' WHERE id = $1`,
		h.id, micros(d.At), string(d.Precision), nfc(d.Text), d.Found, d.ZoneGiven, micros(known))
	if err == nil {
		_, err = t.exec(ctx, "UPDATE item_text SET at = $2 WHERE item = $1 AND at <> $2", h.id, micros(d.At))
	}
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
		_, err := t.exec(ctx, fmt.Sprintf("UPDATE item SET page_state = %[1]d WHERE page_state <> %[1]d AND id IN %[2]s", pageAwaited, a.in(ids)), a...)
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
	v := searchValues()
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, section, title, lead string
			var at int64
			err := r.Scan(&id, &section, &title, &lead, &at)
			v.rows = append(v.rows, []any{id, searched(mask.Of(section, title, lead), title, lead), int64(mask.Version), at})
			return err
		}, "SELECT id, section, title, lead, at FROM item WHERE id IN "+a.in(ids)+" ORDER BY id", a...)
	})
	if err != nil || len(v.rows) == 0 {
		return err
	}
	return t.putSearched(ctx, v)
}

func searchValues() values {
	return values{cols: []string{"item TEXT", "words TEXT", "masked BIGINT", "at BIGINT"}}
}

func (t *tx) putSearched(ctx context.Context, v values) error {
	_, err := t.insert(ctx, "item_text", v, "ON CONFLICT (item) DO UPDATE SET words = excluded.words, masked = excluded.masked, at = excluded.at")
	return err
}

// MaskSearch makes the search words anew that an older masker made (or none),
// and returns of how many items.
func (s *Store) MaskSearch(ctx context.Context) (n int, err error) {
	for {
		var ids []string
		err := s.write(ctx, "mask search words", func(t *tx) error {
			ids = nil
			err := each(ctx, t, func(r *sql.Rows) error {
				var id string
				err := r.Scan(&id)
				ids = append(ids, id)
				return err
			}, "SELECT item FROM item_text WHERE masked < $1 ORDER BY item LIMIT $2", int64(mask.Version), maxIn)
			if err != nil || len(ids) == 0 {
				return err
			}
			return t.index(ctx, ids)
		})
		n += len(ids)
		if err != nil || len(ids) < maxIn {
			return n, err
		}
	}
}

// searched are the words an item is found by, each once: those that people may see.
func searched(m mask.Mask, title, lead string) string {
	text := viet.Fold(m.Text(title) + " " + m.Text(lead))
	seen := seenWords.Get().(map[string]bool)
	defer func() { clear(seen); seenWords.Put(seen) }()
	var out strings.Builder
	out.Grow(len(text))
	for w := range strings.FieldsFuncSeq(text, noWord) {
		if w = longest(w); seen[w] {
			continue
		}
		seen[w] = true
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(w)
	}
	return out.String()
}

// seenWords are the sets by which words are told apart, used again: a first read
// needs twenty thousand of them.
var seenWords = sync.Pool{New: func() any { return map[string]bool{} }}

// longestWord is what an index takes of a word, in bytes: what is longer is an
// address or no word.
const longestWord = 256

// words folds a text for search: runs of letters and digits, lower case, no
// marks. Cutting here, not in the engines, makes both find the same.
func words(s string) []string {
	all := strings.FieldsFunc(viet.Fold(s), noWord)
	for i, w := range all {
		all[i] = longest(w)
	}
	return all
}

func noWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func longest(w string) string {
	if len(w) > longestWord {
		return strings.ToValidUTF8(w[:longestWord], "")
	}
	return w
}
