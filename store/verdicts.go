package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"loa/media"
)

// Unjudged returns current revisions that this classifier version has not
// judged: first those that none has judged, oldest first, then those that only
// another version has.
func (s *Store) Unjudged(ctx context.Context, classifier string, limit int) ([]media.Revision, error) {
	var out []media.Revision
	// Two ranges of one index, not «<>», which no index serves.
	for _, other := range []string{"<", ">"} {
		if len(out) >= limit {
			break
		}
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			rev, err := scanRevision(r)
			out = append(out, rev)
			return err
		}, `SELECT `+revisionColumns+` FROM item i JOIN revision r ON r.id = i.revision
			WHERE i.revision <> '' AND i.judged `+other+` $1
				AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.revision = i.revision AND v.classifier = $1)
			ORDER BY i.judged, i.seen, i.id LIMIT $2`, clean(classifier), limit-len(out))
		if err != nil {
			return nil, fmt.Errorf("look for unjudged revisions: %w", err)
		}
	}
	return out, nil
}

const revisionColumns = "r.id, r.item, r.hash, r.from_kind, r.seen, r.kept, r.title, r.section, r.byline, r.credit, r.lead, r.body"

func scanRevision(r *sql.Rows) (v media.Revision, err error) {
	err = r.Scan(&v.ID, &v.Item, &v.Hash, &v.From, at(&v.Seen), &v.Kept, &v.Title, &v.Section, &v.Byline, &v.Credit, &v.Lead, &v.Body)
	return v, err
}

// PutVerdicts stores judgements made at the business time at; a later one of
// the same classifier version on the same revision replaces the earlier.
func (s *Store) PutVerdicts(ctx context.Context, vs []media.Verdict, at time.Time) error {
	byKey := map[string]media.Verdict{} // the last of several on one revision and version counts
	for _, v := range vs {
		v.Revision, v.Classifier = clean(v.Revision), clean(v.Classifier)
		byKey[v.Revision+"\x00"+v.Classifier] = v
	}
	if len(byKey) == 0 {
		return nil
	}
	rows := verdictValues()
	judged := map[string]string{} // revision → classifier
	for _, k := range sortedKeys(byKey) {
		v := byKey[k]
		rows.rows = append(rows.rows, verdictRow(v, at))
		judged[v.Revision] = v.Classifier
	}
	return s.write(ctx, "put verdicts", func(t *tx) error {
		items := values{cols: []string{"id TEXT", "revision TEXT", "judged TEXT"}}
		var ids []string
		err := chunk(sortedKeys(judged), maxIn, func(revs []string) error {
			var a args
			return each(ctx, t, func(r *sql.Rows) error {
				var item, rev string
				err := r.Scan(&item, &rev)
				items.rows = append(items.rows, []any{item, rev, judged[rev]})
				ids = append(ids, item)
				t.changed("verdict", item)
				return err
			}, "SELECT id, revision FROM item WHERE id IN (SELECT item FROM revision WHERE id IN "+a.in(revs)+") ORDER BY id"+t.s.eng.forUpdate, a...)
		})
		if err != nil {
			return err
		}
		if _, err := t.insert(ctx, "verdict", rows, `ON CONFLICT (revision, classifier) DO UPDATE SET at = excluded.at,
			reform = excluded.reform, score = excluded.score, review = excluded.review, topics = excluded.topics, cues = excluded.cues, facets = excluded.facets, unknown = excluded.unknown`); err != nil {
			return err
		}
		// A verdict on a text that is current no more is kept, and changes nothing.
		items.rows = slices.DeleteFunc(items.rows, func(r []any) bool { return r[2] == "" })
		err = chunk(items.rows, t.s.eng.maxRows(len(items.cols)), func(rows [][]any) error {
			var a args
			_, err := t.exec(ctx, t.s.eng.with(items, rows, &a)+"UPDATE item SET judged = v.judged FROM v WHERE item.id = v.id AND item.revision = v.revision", a...)
			return err
		})
		if err != nil {
			return err
		}
		if err := t.settle(ctx, ids); err != nil {
			return err
		}
		by := make(map[string]string, len(items.rows))
		for _, r := range items.rows {
			by[r[0].(string)] = r[2].(string)
		}
		return t.draw(ctx, by, at)
	})
}

func verdictValues() values {
	return values{cols: []string{
		"revision TEXT", "classifier TEXT", "at BIGINT", "reform BOOLEAN", "score DOUBLE PRECISION", "review BOOLEAN", "topics TEXT", "cues TEXT", "facets TEXT", "unknown DOUBLE PRECISION",
	}}
}

func verdictRow(v media.Verdict, at time.Time) []any {
	return []any{clean(v.Revision), clean(v.Classifier), micros(at), v.Reform, v.Score, v.Review, pack(v.Topics), pack(v.Cues), pack(v.Facets), v.Unknown}
}

// EachReviewed hands every item that a person decided to each: whose list it
// stood in, its current text, and the decision in force (v.Reform, v.Topics) with
// who made it and when; in the order of the items' ids.
func (s *Store) EachReviewed(ctx context.Context, fn func(source string, text media.Revision, v media.Verdict, actor string, at time.Time) error) error {
	after := ""
	for {
		n := 0
		err := each(ctx, s.pools.read, func(r *sql.Rows) error {
			var rev media.Revision
			var v media.Verdict
			var source, actor string
			var when time.Time
			err := r.Scan(&source, &v.Reform, into(&v.Topics), &actor, at(&when), &rev.ID, &rev.Item, &rev.Hash, &rev.From, at(&rev.Seen), &rev.Kept,
				&rev.Title, &rev.Section, &rev.Byline, &rev.Credit, &rev.Lead, &rev.Body)
			if err != nil {
				return err
			}
			n, after = n+1, rev.Item
			v.Revision = rev.ID
			return fn(source, rev, v, actor, when)
		}, `SELECT i.source, w.reform, w.topics, w.actor, w.at, `+revisionColumns+` FROM item i
			JOIN review w ON w.id = i.review JOIN revision r ON r.id = i.revision WHERE i.review <> '' AND i.id > $1 ORDER BY i.id LIMIT 200`, after)
		if err != nil {
			return fmt.Errorf("read reviews: %w", err)
		}
		if n < 200 {
			return nil
		}
	}
}

// VerdictCounts counts items by outcome: reform, other, review, unjudged.
func (s *Store) VerdictCounts(ctx context.Context) (map[string]int, error) {
	out := map[string]int{"reform": 0, "other": 0, "review": 0, "unjudged": 0}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var outcome string
		var n int
		err := r.Scan(&outcome, &n)
		out[outcome] = n
		return err
	}, "SELECT outcome, COUNT(*) FROM item GROUP BY outcome")
	if err != nil {
		return nil, fmt.Errorf("count verdicts: %w", err)
	}
	return out, nil
}
