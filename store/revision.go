package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"loa/media"
)

// Where a revision's text is from.
const (
	fromEntry = "entry"
	fromPage  = "page"
)

// text is one text read of a held item.
type text struct {
	holding
	media.Revision
	when time.Time // of the visit, business clock
}

// stored is a revision already there.
type stored struct{ id, hash, kind string }

// putRevisions writes texts of held items and makes them current. A text the
// item has already is no new revision; a listing's text never displaces a
// page's; an event is recorded when the publisher's text changed. It returns
// the items whose current text changed.
func (t *tx) putRevisions(ctx context.Context, texts []text) ([]string, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	ids := make([]string, len(texts))
	for i, x := range texts {
		ids[i] = x.id
	}
	have, err := t.revisions(ctx, ids)
	if err != nil {
		return nil, err
	}
	var read []media.Revision // new texts
	insert := revisionValues()
	update := values{cols: []string{"id TEXT", "revision TEXT", "title TEXT", "lead TEXT", "section TEXT", "byline TEXT", "credit TEXT"}}
	var changed, judged []string // judged: those that may have a verdict
	var again []string           // targets that were stored before, and so may have been judged
	for _, x := range texts {
		if x.Seen.IsZero() {
			x.Seen = x.when
		}
		var current, same stored
		for _, o := range have[x.id] {
			if o.id == x.revision {
				current = o
			}
			if o.hash == x.Hash {
				same = o
			}
		}
		if same.id == "" {
			same = stored{id: revisionID(x.id, x.Revision, x.when), hash: x.Hash, kind: x.From}
			read = append(read, x.Revision)
			insert.rows = append(insert.rows, revisionRow(same.id, x.id, x.Revision, x.when))
			t.changed("revision", same.id)
		} else {
			if same.kind == fromEntry && x.From == fromPage { // the page says what the listing said
				if _, err := t.exec(ctx, "UPDATE revision SET from_kind = 'page', kept = $2 WHERE id = $1", same.id, x.Kept); err != nil {
					return nil, fmt.Errorf("write revision: %w", err)
				}
			}
			again = append(again, same.id)
		}
		if same.id == x.revision || x.From == fromEntry && current.kind == fromPage {
			continue
		}
		if x.revision != "" && current.kind == x.From {
			t.happened(Event{At: x.when, ActorKind: "system", Kind: "item.revised", Subject: x.id, Before: current.hash, After: x.Hash},
				current.hash, x.Hash, x.Seen.UTC().Format(time.RFC3339Nano))
		}
		t.changed("item", x.id)
		changed = append(changed, x.id)
		if x.revision != "" {
			judged = append(judged, x.id)
		}
		update.rows = append(update.rows, []any{
			x.id, same.id, cmp.Or(nfc(x.Revision.Title), x.holding.title), cmp.Or(nfc(x.Revision.Lead), x.holding.lead),
			cmp.Or(nfc(x.Revision.Section), x.holding.section), cmp.Or(nfc(x.Revision.Byline), x.holding.byline),
			cmp.Or(nfc(x.Revision.Credit), x.holding.credit),
		})
	}
	if _, err := t.insert(ctx, "revision", insert, ""); err != nil {
		return nil, err
	}
	if err := t.putPersonal(ctx, personal(read)); err != nil {
		return nil, err
	}
	if err := t.makeCurrent(ctx, update, again); err != nil {
		return nil, err
	}
	return changed, t.settle(ctx, judged)
}

func revisionValues() values {
	return values{cols: []string{
		"id TEXT", "item TEXT", "hash TEXT", "from_kind TEXT", "seen BIGINT", "kept TEXT",
		"title TEXT", "section TEXT", "byline TEXT", "credit TEXT", "lead TEXT", "body TEXT",
	}}
}

func revisionRow(id, item string, r media.Revision, when time.Time) []any {
	if r.Seen.IsZero() {
		r.Seen = when
	}
	return []any{
		id, item, r.Hash, r.From, micros(r.Seen), r.Kept,
		nfc(r.Title), nfc(r.Section), nfc(r.Byline), nfc(r.Credit), nfc(r.Lead), nfc(r.Body),
	}
}

// revisionID is the id of a text of an item; under an alias it must be the true
// item's.
func revisionID(item string, r media.Revision, when time.Time) string {
	if id := clean(r.ID); id != "" && r.Item == item {
		return id
	}
	if !r.Seen.IsZero() {
		when = r.Seen
	}
	return media.RevisionID(item, r.Hash, when)
}

// revisions lists what texts the items have.
func (t *tx) revisions(ctx context.Context, items []string) (map[string][]stored, error) {
	have := map[string][]stored{}
	err := chunk(items, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var item string
			var o stored
			err := r.Scan(&item, &o.id, &o.hash, &o.kind)
			have[item] = append(have[item], o)
			return err
		}, "SELECT item, id, hash, from_kind FROM revision WHERE item IN "+a.in(ids), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	return have, nil
}

// makeCurrent points items at their current revision and takes over its text.
func (t *tx) makeCurrent(ctx context.Context, v values, again []string) error {
	err := chunk(v.rows, t.s.eng.maxRows(len(v.cols)), func(rows [][]any) error {
		var a args
		_, err := t.exec(ctx, t.s.eng.with(v, rows, &a)+`UPDATE item SET revision = v.revision, judged = '', title = v.title, lead = v.lead,
			section = v.section, byline = v.byline, credit = v.credit FROM v WHERE item.id = v.id`, a...)
		return err
	})
	if err != nil {
		return fmt.Errorf("write items: %w", err)
	}
	return chunk(again, maxIn, func(ids []string) error {
		var a args
		_, err := t.exec(ctx, `UPDATE item SET judged = COALESCE((SELECT v.classifier FROM verdict v WHERE v.revision = item.revision
			ORDER BY v.at DESC, v.classifier DESC LIMIT 1), '')
			WHERE judged = '' AND id IN (SELECT item FROM revision WHERE id IN `+a.in(ids)+")", a...)
		if err != nil {
			return fmt.Errorf("write items: %w", err)
		}
		return nil
	})
}

// settle sets the outcome of items from what is in force: the latest review by
// a person, else the verdict on the current revision. A «not about reform» on
// a listing's words alone, where the page was wanted and could not be read, is
// a question to a person. How doubtful the verdict is orders the questions.
func (t *tx) settle(ctx context.Context, items []string) error {
	return chunk(items, maxIn, func(ids []string) error {
		var a args
		_, err := t.exec(ctx, `UPDATE item SET outcome = CASE
			WHEN item.review <> '' THEN COALESCE((SELECT CASE WHEN w.reform THEN 'reform' ELSE 'other' END FROM review w WHERE w.id = item.review), 'unjudged')
			WHEN item.judged = '' THEN 'unjudged'
			ELSE COALESCE((SELECT CASE WHEN v.review THEN 'review' WHEN v.reform THEN 'reform'
					WHEN item.page_state <> `+strconv.Itoa(pageNone)+` AND r.from_kind = '`+fromEntry+`' THEN 'review' ELSE 'other' END
				FROM verdict v JOIN revision r ON r.id = v.revision WHERE v.revision = item.revision AND v.classifier = item.judged), 'unjudged') END,
			doubt = COALESCE((SELECT ABS(v.score - 0.5) FROM verdict v WHERE v.revision = item.revision AND v.classifier = item.judged), 0)
			WHERE id IN `+a.in(ids), a...)
		if err != nil {
			return fmt.Errorf("settle verdicts: %w", err)
		}
		return nil
	})
}
