package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"loa/viet/mask"
	"loa/web"
)

// A search of words does not read all that have them where many have: up to rareWords pieces are found by the index of
// words and put in order; of more, which any stretch of the list has some of, the list is walked in its order and looked
// through for them, mostWalked pieces at a time.
const (
	rareWords  = 1000
	mostWalked = 20000
)

// sought is a search whose filters are one condition on item i with its arguments.
type sought struct {
	q     web.ItemQuery
	words []string
	where string
	a     args
}

// Search finds items, newest first, those that wait for a person in the order in
// which it is worth asking: all words of the text must occur in title
// or lead, marks and case aside. total counts all that match; with a query's Most it may be fewer, which More
// tells (see web.ItemQuery). From is inclusive, To exclusive; a Limit of 0 means 50.
func (s *Store) Search(ctx context.Context, q web.ItemQuery) ([]web.ItemRow, int, error) {
	f := sought{q: q, words: words(q.Text), where: " WHERE 1 = 1"}
	if q.Text != "" && len(f.words) == 0 {
		return nil, 0, nil // nothing but punctuation occurs nowhere
	}
	if q.More != nil {
		*q.More = false
	}
	for _, x := range []struct{ col, val string }{{"agency", q.Agency}, {"source", q.Source}, {"outcome", q.Verdict}} {
		if x.val != "" {
			f.where += " AND i." + x.col + " = " + f.a.add(clean(x.val))
		}
	}
	if len(q.Agencies) > 0 {
		f.where += " AND i.agency IN " + f.a.in(q.Agencies)
	}
	if !q.From.IsZero() {
		f.where += " AND i.at >= " + f.a.add(micros(q.From))
	}
	if !q.To.IsZero() {
		f.where += " AND i.at < " + f.a.add(micros(q.To))
	}
	f.q.Offset = max(q.Offset, 0)
	if f.q.Limit <= 0 {
		f.q.Limit = 50
	}
	phrases := web.Phrases(q.Text)
	queue := q.Verdict == "review" && !q.Oldest
	if len(f.words) > 0 && (len(phrases) > 0 || queue) {
		f.where += " AND i.id IN (" + fmt.Sprintf(s.eng.matches, f.a.add(s.eng.query(f.words))) + ")"
	}
	if len(phrases) > 0 {
		return s.searchPhrases(ctx, f.q, phrases, f.where, f.a)
	}
	if queue {
		return s.searchQueue(ctx, f.q, f.where, f.a)
	}
	ids, total, more, err := s.find(ctx, f)
	if err != nil {
		return nil, 0, fmt.Errorf("search items: %w", err)
	}
	if q.More != nil {
		*q.More = more
	}
	rows, err := s.Rows(ctx, ids, nil)
	return rows, total, err
}

// find names a page of what is searched for; more tells that there are more than total.
func (s *Store) find(ctx context.Context, f sought) (ids []string, total int, more bool, err error) {
	place, err := s.placed(ctx, &f)
	if err != nil {
		return nil, 0, false, err
	}
	back := f.q.Back && place != nil
	defer func() {
		if back {
			slices.Reverse(ids)
		}
	}()
	most := f.q.Most
	if len(f.words) == 0 {
		if total, err = s.number(ctx, "SELECT 1 FROM item i"+f.where, f.a, most); err != nil {
			return nil, 0, false, err
		}
		query := "SELECT i.id FROM item i" + f.where + place.cond(&f.a) + f.order("i")
		ids, err = s.names(ctx, query, f)
		return ids, capped(total, most), most > 0 && total > most, err
	}
	common := false
	if most > 0 {
		n, err := s.number(ctx, fmt.Sprintf(s.eng.matches, "$1"), args{s.eng.query(f.words)}, rareWords)
		if err != nil {
			return nil, 0, false, err
		}
		common = n > rareWords
	}
	indexed := f
	indexed.a = slices.Clone(f.a)
	from := "WITH m(id) AS MATERIALIZED (" + fmt.Sprintf(s.eng.matches, indexed.a.add(s.eng.query(f.words))) + ") "
	join := " FROM m JOIN item i ON i.id = m.id" + f.where
	byIndex := func() ([]string, error) {
		b := indexed
		b.a = slices.Clone(indexed.a)
		query := from + "SELECT i.id" + join + place.cond(&b.a) + f.order("i")
		return s.names(ctx, query, b)
	}
	if !common {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&total) }, from+"SELECT COUNT(*)"+join, indexed.a...)
		if err != nil {
			return nil, 0, false, err
		}
		ids, err = byIndex()
		return ids, total, false, err
	}
	walk := f
	walk.a = slices.Clone(f.a)
	query := s.walked(&walk, place) + f.order("x")
	ids, err = s.names(ctx, query, walk)
	if err == nil && len(ids) < f.q.Limit {
		ids, err = byIndex()
	}
	if err != nil {
		return nil, 0, false, err
	}
	if f.where == " WHERE 1 = 1" {
		return ids, most, true, nil
	}
	total, more, err = s.atLeast(ctx, f)
	if seen := f.q.Offset + len(ids); err == nil && more && total < seen {
		total = seen
	}
	return ids, total, more && total > 0, err
}

// atLeast counts what has common words among the newest that the filters let through; more tells that it is not all.
func (s *Store) atLeast(ctx context.Context, f sought) (total int, more bool, err error) {
	let, err := s.number(ctx, "SELECT 1 FROM item i"+f.where, f.a, mostWalked)
	if err != nil {
		return 0, false, err
	}
	walk := f
	walk.a = slices.Clone(f.a)
	query := s.walked(&walk, nil)
	total, err = s.number(ctx, query, walk.a, f.q.Most)
	return capped(total, f.q.Most), let > mostWalked || total > f.q.Most, err
}

// walked is a query for the first of the list, from a place on, that have the words: x.id of each.
func (s *Store) walked(f *sought, place *place) string {
	some := "SELECT i.id, i.at FROM item i" + f.where + place.cond(&f.a) + f.order("i") + " LIMIT " + f.a.add(mostWalked+4*f.q.Offset)
	// A scalar query is asked of one piece after another until there are enough; a join would be of all.
	return "SELECT x.id FROM (" + some + ") x WHERE (SELECT " + s.eng.has(f.words, &f.a) + " FROM item_text t WHERE t.item = x.id)"
}

// number counts the rows of a query, at most one more than most (0: all).
func (s *Store) number(ctx context.Context, query string, a args, most int) (n int, err error) {
	a = slices.Clone(a)
	if most > 0 {
		query += " LIMIT " + a.add(most+1)
	}
	return n, each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&n) }, "SELECT COUNT(*) FROM ("+query+") y", a...)
}

// names reads the ids of one page of a query.
func (s *Store) names(ctx context.Context, query string, f sought) (ids []string, err error) {
	query += " LIMIT " + f.a.add(f.q.Limit)
	if f.q.Offset > 0 {
		query += " OFFSET " + f.a.add(f.q.Offset)
	}
	return ids, each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, query, f.a...)
}

func capped(n, most int) int {
	if most > 0 {
		return min(n, most)
	}
	return n
}

// place is where in the list a page begins.
type place struct {
	at   int64
	id   string
	than string // < or >
}

// placed finds the piece that a page follows or, read backwards, goes before; nil if it begins at the offset.
func (s *Store) placed(ctx context.Context, f *sought) (*place, error) {
	if f.q.Past == "" {
		f.q.Back = false
		return nil, nil
	}
	var p *place
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		p = &place{id: clean(f.q.Past), than: "<"}
		return r.Scan(&p.at)
	}, "SELECT at FROM item WHERE id = $1", clean(f.q.Past))
	if err != nil || p == nil {
		f.q.Back = false
		return nil, err
	}
	if f.q.Oldest != f.q.Back {
		p.than = ">"
	}
	f.q.Offset = 0
	return p, nil
}

func (p *place) cond(a *args) string {
	if p == nil {
		return ""
	}
	return " AND (i.at, i.id) " + p.than + " (" + a.add(p.at) + ", " + a.add(p.id) + ")"
}

// order is that of the list, or backwards.
func (f *sought) order(table string) string {
	if f.q.Oldest != f.q.Back {
		return " ORDER BY " + table + ".at, " + table + ".id"
	}
	return " ORDER BY " + table + ".at DESC, " + table + ".id DESC"
}

func newest(q web.ItemQuery) string {
	if q.Oldest {
		return " ORDER BY i.at, i.id"
	}
	return " ORDER BY i.at DESC, i.id DESC"
}

// mostPhrases is how many items that have all the words are looked through for a phrase.
const mostPhrases = 20000

// searchPhrases is Search of words that stand one after another: the index knows
// only which words a text has, so those that have all are looked through.
func (s *Store) searchPhrases(ctx context.Context, q web.ItemQuery, phrases []string, where string, a args) ([]web.ItemRow, int, error) {
	var ids []string
	looked := 0
	b := slices.Clone(a)
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id, title, lead, section string
		if err := r.Scan(&id, &title, &lead, &section); err != nil {
			return err
		}
		looked++
		if web.Contains(phrases, title, lead) { // most do not, and a mask takes longer
			m := mask.Of(section, title, lead)
			if web.Contains(phrases, m.Text(title), m.Text(lead)) {
				ids = append(ids, id)
			}
		}
		return nil
	}, "SELECT i.id, i.title, i.lead, i.section FROM item i"+where+newest(q)+" LIMIT "+b.add(mostPhrases), b...)
	if err != nil {
		return nil, 0, fmt.Errorf("search items: %w", err)
	}
	if q.Cut != nil {
		*q.Cut = looked == mostPhrases
	}
	from := min(max(q.Offset, 0), len(ids))
	rows, err := s.Rows(ctx, ids[from:min(from+q.Limit, len(ids))], nil)
	return rows, len(ids), err
}
