package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/crawler"
	"loa/media"
)

// putListed records what visits tell beside items: what lists say of documents,
// the questions of columns, what stations announce and upload. There are few such visits.
func (t *tx) putListed(ctx context.Context, w []*look) error {
	for _, k := range w {
		if err := t.putDocuments(ctx, k); err != nil {
			return fmt.Errorf("write documents: %w", err)
		}
		if err := t.putQuestions(ctx, k); err != nil {
			return fmt.Errorf("write questions: %w", err)
		}
		if err := t.putPlanned(ctx, k); err != nil {
			return fmt.Errorf("write the announced schedule: %w", err)
		}
		if len(k.Uploads) > 0 {
			if _, err := t.putUploads(ctx, k.Uploads, k.Kept, k.At); err != nil {
				return fmt.Errorf("write uploads: %w", err)
			}
		}
	}
	return nil
}

// document is what a list says of one.
type document struct {
	number string
	signed time.Time
	issuer string
}

// putDocuments adds what a list says of its documents where that is not what
// was known.
func (t *tx) putDocuments(ctx context.Context, k *look) error {
	said := map[string]document{}
	for i, s := range k.Seen {
		if _, twice := said[k.items[i]]; s.Item.Listed && !twice {
			said[k.items[i]] = document{nfc(s.Item.Number), s.Item.Signed, nfc(s.Item.Issuer)}
		}
	}
	if len(said) == 0 {
		return nil
	}
	ids := sortedKeys(said)
	known := map[string]document{}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id string
			var d document
			err := r.Scan(&id, &d.number, at(&d.signed), &d.issuer)
			known[id] = d
			return err
		}, "SELECT item, number, signed_at, issuer FROM document WHERE item IN "+a.in(ids)+" ORDER BY item, seen", a...)
	})
	if err != nil {
		return err
	}
	v := values{cols: []string{"item TEXT", "seen BIGINT", "number TEXT", "signed_at BIGINT", "issuer TEXT"}}
	for _, id := range ids {
		d := said[id]
		was, ok := known[id]
		if ok && was.number == d.number && micros(was.signed) == micros(d.signed) && was.issuer == d.issuer {
			continue
		}
		v.rows = append(v.rows, []any{id, micros(k.At), d.number, micros(d.signed), d.issuer})
		t.changed("item", id)
	}
	_, err = t.insert(ctx, "document", v, "ON CONFLICT (item, seen) DO UPDATE SET number = excluded.number, signed_at = excluded.signed_at, issuer = excluded.issuer")
	return err
}

// putQuestions adds the questions of a column, and how each stands where that
// has changed; one that stands as it did was seen so until now.
func (t *tx) putQuestions(ctx context.Context, k *look) error {
	if len(k.Asked) == 0 {
		return nil
	}
	asked := map[string]crawler.Asked{}
	questions := values{cols: []string{"id TEXT", "source TEXT", "agency TEXT", "number TEXT", "title TEXT", "url TEXT", "seen BIGINT"}}
	for _, q := range k.Asked {
		id := clean(q.ID)
		if _, twice := asked[id]; twice || id == "" {
			continue
		}
		asked[id] = q
		questions.rows = append(questions.rows, []any{id, k.Source, clean(q.Agency), nfc(q.Number), nfc(q.Title), clean(q.URL), micros(k.At)})
	}
	sortRows(questions.rows)
	var err error
	if k.newAsked, err = t.insertNew(ctx, "question", questions); err != nil {
		return err
	}
	type state struct {
		seen, until     time.Time
		state           string
		asked, answered int64
	}
	last := map[string]state{}
	err = chunk(sortedKeys(asked), maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id string
			var s state
			err := r.Scan(&id, at(&s.seen), at(&s.until), &s.state, &s.asked, &s.answered)
			last[id] = s
			return err
		}, "SELECT question, seen, until_at, state, asked_at, answered_at FROM question_state WHERE question IN "+a.in(ids)+" ORDER BY question, seen", a...)
	})
	if err != nil {
		return err
	}
	longer := values{cols: []string{"question TEXT", "seen BIGINT", "until_at BIGINT"}}
	begun := values{cols: []string{"question TEXT", "seen BIGINT", "until_at BIGINT", "state TEXT", "asked_at BIGINT", "answered_at BIGINT", "kept TEXT"}}
	kept := ""
	if k.Kept != nil {
		kept = k.Kept.SHA256
	}
	when := fromMicros(micros(k.At))
	for _, id := range sortedKeys(asked) {
		q, was := asked[id], last[id]
		switch {
		case !was.seen.IsZero() && !when.After(was.until): // an older visit
		case !was.seen.IsZero() && was.state == q.State && was.asked == micros(q.Asked) && was.answered == micros(q.Answered):
			longer.rows = append(longer.rows, []any{id, micros(was.seen), micros(when)})
		default:
			begun.rows = append(begun.rows, []any{id, micros(when), micros(when), q.State, micros(q.Asked), micros(q.Answered), cmp.Or(clean(q.Kept), kept)})
		}
	}
	if err := t.update(ctx, longer, "UPDATE question_state AS q SET until_at = v.until_at FROM v WHERE q.question = v.question AND q.seen = v.seen"); err != nil {
		return err
	}
	if len(begun.rows) > 0 {
		for _, q := range asked {
			t.changed("question", clean(q.Agency))
		}
	}
	_, err = t.insert(ctx, "question_state", begun, "")
	return err
}

// documents fills in what lists say of the pieces that stand in them, as known
// at v.knownAt. Of documents there are few beside the items: they are read once,
// whoever's they are, for a join would go through the items.
func (v sights) documents(ctx context.Context, items []media.Evidence) error {
	if *v.listed == nil {
		listed := map[string]document{}
		err := each(ctx, v.s.pools.read, func(r *sql.Rows) error {
			var id string
			var d document
			err := r.Scan(&id, &d.number, at(&d.signed))
			listed[id] = d
			return err
		}, "SELECT item, number, signed_at FROM document WHERE seen <= $1 ORDER BY item, seen", upTo(v.knownAt))
		if err != nil {
			return fmt.Errorf("read documents: %w", err)
		}
		*v.listed = listed
	}
	for i := range items {
		if d, ok := (*v.listed)[items[i].ID]; ok {
			items[i].Listed, items[i].Document, items[i].Signed = true, d.number, d.signed
		}
	}
	return nil
}

// questionWindow is how long a question may have waited before the span that
// evidence is read of, and still be answered in it.
const questionWindow = 366 * 24 * time.Hour

// looked is when each source was last read before knownAt, as far as visits are kept; nil without a knownAt.
func (v sights) looked(ctx context.Context) (map[string]time.Time, error) {
	if v.knownAt.IsZero() {
		return nil, nil
	}
	out := map[string]time.Time{}
	err := each(ctx, v.s.pools.read, func(r *sql.Rows) error {
		var source string
		var last time.Time
		err := r.Scan(&source, at(&last))
		out[source] = last
		return err
	}, "SELECT source, MAX(at) FROM visit WHERE at <= $1 AND outcome IN ('ok', 'not_modified') AND source IN (SELECT DISTINCT source FROM question) GROUP BY source", micros(v.knownAt))
	if err != nil {
		return nil, fmt.Errorf("read when sources were last read: %w", err)
	}
	return out, nil
}

// questions reads the questions of columns as evidence. One that does not say
// whether it is answered is none.
func (v sights) questions(ctx context.Context, by only) ([]media.Evidence, error) {
	// What an archive walk found years later is of the days that it prints.
	a := args{micros(v.from.Add(-questionWindow)), micros(v.to), upTo(v.knownAt)}
	type told struct {
		media.Evidence
		state  string
		waited time.Time
	}
	looked, err := v.looked(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]*told{}
	err = each(ctx, v.s.pools.read, func(r *sql.Rows) error {
		var e media.Evidence
		var state string
		var seen, until time.Time
		if err := r.Scan(&e.ID, &e.Source, &e.Agency, &e.Document, &e.Title, &e.URL, at(&e.Seen), at(&seen), at(&until), &state, at(&e.Asked), at(&e.Answered), &e.Kept); err != nil {
			return err
		}
		if !v.agencies[e.Agency] {
			return nil
		}
		if !v.knownAt.IsZero() && until.After(v.knownAt) { // it was seen later too: then it had been seen at the last look before
			if until = v.knownAt; looked[e.Source].After(seen) {
				until = looked[e.Source]
			}
		}
		e.Verified = until
		n := &told{Evidence: e, state: state}
		if was := byID[e.ID]; was != nil { // the states come in order: the latest stands
			if was.state == "answered" && state != "answered" { // an older copy of the page: an answer does not go away
				was.Verified = until
				return nil
			}
			n.waited = was.waited
			if was.state == "answered" && state == "answered" { // a corrected day
				n.Seen = was.Seen
			} else if state == "answered" && e.Answered.IsZero() {
				n.Seen = seen
			}
		} else if state == "answered" && e.Answered.IsZero() {
			n.Seen = seen
		}
		if state == "waiting" {
			n.waited = until
		}
		byID[e.ID] = n
		return nil
	}, `SELECT q.id, q.source, q.agency, q.number, q.title, q.url, q.seen, s.seen, s.until_at, s.state, s.asked_at, s.answered_at, s.kept
		FROM question q JOIN question_state s ON s.question = q.id
		WHERE q.seen >= $1 AND s.seen <= $3 AND (q.seen < $2 OR EXISTS (SELECT 1 FROM question_state d WHERE d.question = q.id
			AND (d.asked_at >= $1 AND d.asked_at < $2 OR d.answered_at >= $1 AND d.answered_at < $2)))`+by.sql("q", &a)+" ORDER BY q.id, s.seen", a...)
	if err != nil {
		return nil, err
	}
	var out []media.Evidence
	for _, id := range sortedKeys(byID) {
		n := byID[id]
		if n.state == "" {
			continue
		}
		e := n.Evidence
		e.Kind, e.Grade, e.Precision = media.EvQuestion, media.GradeC, media.ToDay
		switch {
		case n.state == "answered" && e.Answered.IsZero():
			e.Precision, e.Answered = media.NoDate, e.Seen
			if e.Waited = n.waited; e.Asked.After(e.Waited) {
				e.Waited = e.Asked
			}
			e.At = e.Seen
		case !e.Answered.IsZero():
			e.At = e.Answered
		case !e.Asked.IsZero():
			e.At = e.Asked
		default:
			e.At, e.Precision = e.Seen, media.NoDate
		}
		out = append(out, e)
	}
	return out, nil
}

// documentOf is what a list says of an item now.
func (s *Store) documentOf(ctx context.Context, it *media.Item) error {
	return each(ctx, s.pools.read, func(r *sql.Rows) error {
		it.Listed = true
		return r.Scan(&it.Number, at(&it.Signed), &it.Issuer)
	}, "SELECT number, signed_at, issuer FROM document WHERE item = $1 ORDER BY seen DESC LIMIT 1", it.ID)
}
