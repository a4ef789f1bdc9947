package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"loa/media"
	"loa/web"
)

// itemFrom joins an item with its verdict and review in force.
const itemFrom = ` FROM item i
	LEFT JOIN verdict v ON v.revision = i.revision AND v.classifier = i.judged
	LEFT JOIN review w ON w.id = i.review`

const itemColumns = `i.id, i.canon, i.source, i.agency, i.url, i.title, i.lead, i.section, i.col, i.byline, i.credit,
	i.claimed_at, i.claimed_precision, i.claimed_text, i.claimed_found, i.claimed_zone, i.seen, i.verified, i.revision, i.outcome, ` + verdictColumns

const verdictColumns = `v.revision, v.classifier, v.reform, v.score, v.review, v.topics, v.cues, v.facets, w.reform, w.topics, w.actor`

// verdictScan takes the joined columns of a verdict and a review, either of
// which may be absent.
type verdictScan struct {
	revision, classifier sql.NullString
	reform, review       sql.NullBool
	score                sql.NullFloat64
	topics, personal     []string
	cues                 []media.Cue
	facets               []media.Facet
	personReform         sql.NullBool
	actor                sql.NullString
}

func (v *verdictScan) dest() []any {
	return []any{
		&v.revision, &v.classifier, &v.reform, &v.score, &v.review, into(&v.topics), into(&v.cues), into(&v.facets),
		&v.personReform, into(&v.personal), &v.actor,
	}
}

// inForce is the verdict that counts, nil if there is none, and who decided it:
// a person's word replaces the machine's decision and topics, and its cues stay.
func (v *verdictScan) inForce() (*media.Verdict, string) {
	if !v.classifier.Valid && !v.actor.Valid {
		return nil, ""
	}
	out := &media.Verdict{
		Revision: v.revision.String, Classifier: v.classifier.String, Reform: v.reform.Bool,
		Score: v.score.Float64, Review: v.review.Bool, Topics: v.topics, Cues: v.cues, Facets: v.facets,
	}
	if v.actor.Valid {
		out.Reform, out.Topics, out.Review = v.personReform.Bool, v.personal, false
	}
	return out, v.actor.String
}

func scanItem(r *sql.Rows) (web.ItemRow, error) {
	var row web.ItemRow
	var v verdictScan
	outcome := ""
	i := &row.Item
	err := r.Scan(append([]any{
		&i.ID, &i.Key, &i.Source, &i.Agency, &i.URL, &i.Title, &i.Lead, &i.Section, &i.Column, &i.Byline, &i.Credit,
		at(&i.Claimed.At), &i.Claimed.Precision, &i.Claimed.Text, &i.Claimed.Found, &i.Claimed.ZoneGiven,
		at(&i.Seen), at(&i.Verified), &i.Revision, &outcome,
	}, v.dest()...)...)
	row.Verdict, row.Decided = v.inForce()
	row.Unread = outcome == "review" && row.Verdict != nil && !row.Verdict.Review
	return row, err
}

// Item returns one item with its texts, newest first. An alias serves as id.
func (s *Store) Item(ctx context.Context, id string) (row web.ItemRow, revs []media.Revision, ok bool, err error) {
	id = clean(id)
	alias, err := aliases(ctx, s.pools.read, []string{id})
	if err != nil {
		return row, nil, false, err
	}
	if to := alias[id]; to != "" {
		id = to
	}
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		ok = true
		row, err = scanItem(r)
		return err
	}, "SELECT "+itemColumns+itemFrom+" WHERE i.id = $1", id)
	if err == nil && ok {
		err = s.documentOf(ctx, &row.Item)
	}
	if err == nil && ok {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			rev, err := scanRevision(r)
			revs = append(revs, rev)
			return err
		}, "SELECT "+revisionColumns+" FROM revision r WHERE r.item = $1 ORDER BY r.seen DESC, r.id DESC", id)
	}
	if err == nil && ok {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(into(&row.Notes)) }, "SELECT notes FROM item_note WHERE item = $1", id)
	}
	if err == nil && ok {
		row.Deleted, err = s.deleted(ctx, revs)
	}
	if err != nil {
		return row, nil, false, fmt.Errorf("read item %s: %w", id, err)
	}
	rows := []web.ItemRow{row}
	err = s.withCopies(ctx, rows)
	return rows[0], revs, ok, err
}

// deleted tells which of the bodies behind texts are there no more.
func (s *Store) deleted(ctx context.Context, revs []media.Revision) (map[string]web.Deleted, error) {
	sums := map[string]bool{}
	for _, r := range revs {
		if r.Kept != "" {
			sums[r.Kept] = true
		}
	}
	rows, err := s.KeptOf(ctx, sortedKeys(sums))
	out := map[string]web.Deleted{}
	for sum, k := range rows {
		if at := cmp.Or(micros(k.Gone), micros(k.Going)); at != 0 {
			out[sum] = web.Deleted{Class: k.Class, Days: k.Term, At: fromMicros(at)}
		}
	}
	return out, err
}

// withCopies tells of items how they stand to others that say the same.
func (s *Store) withCopies(ctx context.Context, rows []web.ItemRow) error {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Item.ID
	}
	of, err := s.copies(ctx, ids, never)
	for i := range rows {
		rows[i].Copy = of[ids[i]]
	}
	return err
}

// Receipts lists what senders declared complete, newest first.
func (s *Store) Receipts(ctx context.Context) ([]media.Receipt, error) {
	var out []media.Receipt
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		rc, err := scanReceipt(r)
		out = append(out, rc)
		return err
	}, "SELECT "+receiptColumns+" FROM receipt ORDER BY at DESC, from_at DESC, id")
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	return out, nil
}

const receiptColumns = "id, channel, from_at, to_at, sender, file_hash, file_name, at, n"

func scanReceipt(r *sql.Rows) (rc media.Receipt, err error) {
	err = r.Scan(&rc.ID, &rc.Channel, at(&rc.From), at(&rc.To), &rc.Sender, &rc.FileHash, &rc.FileName, at(&rc.At), &rc.Rows)
	return rc, err
}

// ItemAgencies tells whose each item is; items that are not there are left out.
func (s *Store) ItemAgencies(ctx context.Context, items []string) (map[string]string, error) {
	out := make(map[string]string, len(items))
	err := chunk(items, maxIn, func(ids []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id, agency string
			err := r.Scan(&id, &agency)
			out[id] = agency
			return err
		}, "SELECT id, agency FROM item WHERE id IN "+a.in(ids), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read whose items are: %w", err)
	}
	return out, nil
}
