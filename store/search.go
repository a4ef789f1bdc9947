package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"loa/viet/mask"
	"loa/web"
)

// A search of words does not read all that have them where many have: up to rareWords pieces are found by the index of
// words and put in order; of more, which any stretch of the list has some of, the list is walked in its order and looked
// through for them, mostWalked pieces at a time. What words alone (and dates) ask for is answered without a look at items.
const (
	rareWords  = 1000
	mostWalked = 20000
	firstWalk  = 1000 // most words that many have fill a page out of this
	mostLooked = 5000 // pieces that filters let through of which it is told how many have words that many have
)

// sought is a search whose filters are conditions on item i with their arguments.
type sought struct {
	q     web.ItemQuery
	words []string
	only  string // filters, each after AND
	span  string // dates, each after AND; also of item_text, with its name for the «i.»
	a     args
}

// where is the condition on items.
func (f *sought) where() string { return " WHERE 1 = 1" + f.only + f.span }

// fork is the same search whose arguments are its own.
func (f sought) fork() *sought {
	f.a = slices.Clone(f.a)
	return &f
}

// soughtOf takes the filters of a query.
func soughtOf(q web.ItemQuery) sought {
	f := sought{q: q, words: words(q.Text)}
	for _, x := range []struct{ col, val string }{{"agency", q.Agency}, {"source", q.Source}, {"outcome", q.Verdict}} {
		if x.val != "" {
			f.only += " AND i." + x.col + " = " + f.a.add(clean(x.val))
		}
	}
	if len(q.Agencies) > 0 {
		f.only += " AND i.agency IN " + f.a.in(q.Agencies)
	}
	if !q.From.IsZero() {
		f.span += " AND i.at >= " + f.a.add(micros(q.From))
	}
	if !q.To.IsZero() {
		f.span += " AND i.at < " + f.a.add(micros(q.To))
	}
	f.q.Offset = max(q.Offset, 0)
	if f.q.Limit <= 0 {
		f.q.Limit = 50
	}
	return f
}

// Search finds items, newest first, those that wait for a person in the order in
// which it is worth asking: all words of the text must occur in title
// or lead, marks and case aside. total counts all that match; with a query's Most it may be fewer, which More
// tells (see web.ItemQuery). From is inclusive, To exclusive; a Limit of 0 means 50.
func (s *Store) Search(ctx context.Context, q web.ItemQuery) ([]web.ItemRow, int, error) {
	f := soughtOf(q)
	if q.Text != "" && len(f.words) == 0 {
		return nil, 0, nil // nothing but punctuation occurs nowhere
	}
	if q.More != nil {
		*q.More = false
	}
	if phrases := web.Phrases(q.Text); len(phrases) > 0 {
		return s.searchPhrases(ctx, f, phrases)
	}
	if q.Verdict == "review" && !q.Oldest {
		if len(f.words) > 0 { // each that waits is asked: there are not many
			f.only += " AND (SELECT " + s.eng.has(f.words, &f.a) + " FROM item_text t WHERE t.item = i.id)"
		}
		return s.searchQueue(ctx, f.q, f.where(), f.a)
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
	defer func() {
		if f.q.Back {
			slices.Reverse(ids)
		}
	}()
	most := f.q.Most
	if len(f.words) == 0 {
		if total, err = s.number(ctx, "SELECT 1 FROM item i"+f.where(), f.a, most); err != nil {
			return nil, 0, false, err
		}
		ids, err = s.inOrder(ctx, f, place)
		return ids, capped(total, most), most > 0 && total > most, err
	}
	if most == 0 {
		b := f.fork()
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&total) }, s.indexed(b)+"SELECT COUNT(*) FROM "+b.among()+f.where(), b.a...)
		if err == nil {
			ids, err = s.byIndex(ctx, f, place)
		}
		return ids, total, false, err
	}
	if ids, total, all, err := s.rare(ctx, f, place); err != nil || all {
		return ids, total, false, err
	}
	if f.only+f.span == "" {
		ids, err = s.common(ctx, f, place)
		return ids, most, true, err
	}
	let, err := s.number(ctx, "SELECT 1 FROM "+f.table()+f.where(), f.a, mostLooked)
	if err != nil {
		return nil, 0, false, err
	}
	if let <= mostLooked { // all that the filters let through is looked through, once
		b := f.fork()
		is := place.is(&b.a)
		ids, total, _, err = s.told(ctx, f, "SELECT 0, i.id, "+is+" FROM "+s.walked(b, nil, mostLooked)+" WHERE "+s.has(b)+f.order("i"), b.a)
		return ids, total, false, err
	}
	b := f.fork()
	if total, err = s.number(ctx, "SELECT 1 FROM "+s.walked(b, nil, mostLooked)+" WHERE "+s.has(b), b.a, most); err != nil {
		return nil, 0, false, err
	}
	ids, err = s.common(ctx, f, place)
	total = max(capped(total, most), f.q.Offset+len(ids))
	return ids, total, total > 0, err
}

// after names what follows a place, without counting.
func (s *Store) after(ctx context.Context, f sought, place *place) ([]string, error) {
	if len(f.words) == 0 {
		return s.inOrder(ctx, f, place)
	}
	ids, _, all, err := s.rare(ctx, f, place)
	if err != nil || all {
		return ids, err
	}
	return s.common(ctx, f, place)
}

// inOrder names a page of what the filters let through.
func (s *Store) inOrder(ctx context.Context, f sought, place *place) ([]string, error) {
	b := f.fork()
	return s.names(ctx, "SELECT i.id FROM item i"+f.where()+place.cond(&b.a)+f.order("i"), b)
}

// rare names a page of what has words that few have, and tells how many that is; all is false if many have them.
func (s *Store) rare(ctx context.Context, f sought, place *place) (ids []string, total int, all bool, err error) {
	b := f.fork()
	// The index is asked once: which have the words, how many those are, and which of them the page is about.
	few := "WITH m(id, at) AS MATERIALIZED (" + fmt.Sprintf(s.eng.matches, b.a.add(s.eng.query(f.words))) + " LIMIT " + b.a.add(rareWords+1) + "), n(n) AS (SELECT COUNT(*) FROM m) "
	is := place.is(&b.a)
	ids, total, n, err := s.told(ctx, f, few+"SELECT n.n, COALESCE(i.id, ''), COALESCE("+is+", FALSE) FROM n LEFT JOIN "+b.among()+" ON n.n <= "+b.a.add(rareWords)+f.only+f.span+f.order("i"), b.a)
	return ids, total, n <= rareWords, err
}

// told reads rows of a number, a piece's id ("": none) and whether the page may hold it, and names those that it holds; total
// counts the pieces, and n is the last number.
func (s *Store) told(ctx context.Context, f sought, query string, a args) (ids []string, total, n int, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		id, here := "", false
		err := r.Scan(&n, &id, &here)
		if id == "" {
			return err
		}
		if total++; here {
			ids = append(ids, id)
		}
		return err
	}, query, a...)
	from := min(f.q.Offset, len(ids))
	return ids[from:min(from+f.q.Limit, len(ids))], total, n, err
}

// common names a page of what has words that many have.
func (s *Store) common(ctx context.Context, f sought, place *place) ([]string, error) {
	for _, most := range []int{firstWalk, mostWalked} {
		b := f.fork()
		ids, err := s.names(ctx, "SELECT i.id FROM "+s.walked(b, place, most+4*f.q.Offset)+" WHERE "+s.has(b)+f.order("i"), b)
		if err != nil || len(ids) == f.q.Limit {
			return ids, err
		}
		c := f.fork()
		let, err := s.number(ctx, "SELECT 1 FROM "+f.table()+f.where()+place.cond(&c.a), c.a, most)
		if err != nil || let <= most { // it was all
			return ids, err
		}
		if len(ids)*mostWalked < f.q.Limit*firstWalk { // a longer walk would not find enough either
			break
		}
	}
	return s.byIndex(ctx, f, place)
}

// indexed begins a query for what the index of words finds, m.
func (s *Store) indexed(f *sought) string {
	return "WITH m(id, at) AS MATERIALIZED (" + fmt.Sprintf(s.eng.matches, f.a.add(s.eng.query(f.words))) + ") "
}

// among is what of m is an item i of which the filters can be asked.
func (f *sought) among() string {
	if f.only == "" {
		return "m i"
	}
	return "(m JOIN item i ON i.id = m.id)"
}

// table is the smallest that the filters can be asked of, i.
func (f *sought) table() string {
	if f.only == "" {
		return "(SELECT item AS id, at FROM item_text) i"
	}
	return "item i"
}

func (s *Store) byIndex(ctx context.Context, f sought, place *place) ([]string, error) {
	b := f.fork()
	return s.names(ctx, s.indexed(b)+"SELECT i.id FROM "+b.among()+f.where()+place.cond(&b.a)+f.order("i"), b)
}

// walked is the first of the list that the filters let through, from a place on, i; has tells of each whether it has the words.
func (s *Store) walked(f *sought, place *place, most int) string {
	from := "SELECT i.id, i.at FROM item i"
	if f.only == "" {
		from = "SELECT i.id, i.at, i.has FROM (SELECT t.item AS id, t.at, " + s.eng.has(f.words, &f.a) + " AS has FROM item_text t) i"
	}
	return "(" + from + f.where() + place.cond(&f.a) + f.order("i") + " LIMIT " + f.a.add(most) + ") i"
}

// has is whether one of what was walked has the words. A scalar query is asked of one piece after another until there are
// enough; a join would be of all.
func (s *Store) has(f *sought) string {
	if f.only == "" {
		return "i.has"
	}
	return "(SELECT " + s.eng.has(f.words, &f.a) + " FROM item_text t WHERE t.item = i.id)"
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
func (s *Store) names(ctx context.Context, query string, f *sought) (ids []string, err error) {
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

// is tells of each whether the page may hold it.
func (p *place) is(a *args) string {
	if p == nil {
		return "TRUE"
	}
	return strings.TrimPrefix(p.cond(a), " AND ")
}

// order is that of the list, or backwards.
func (f *sought) order(table string) string {
	if f.q.Oldest != f.q.Back {
		return " ORDER BY " + table + ".at, " + table + ".id"
	}
	return " ORDER BY " + table + ".at DESC, " + table + ".id DESC"
}

// How many pieces are looked through for a phrase: those that the index finds, if they are no more than mostPhrases, else of
// the newest walkedPhrases those that have the words.
const mostPhrases, walkedPhrases = 5000, 10000

// searchPhrases is Search of words that stand one after another: the index knows
// only which words a text has, so those that have all are looked through.
func (s *Store) searchPhrases(ctx context.Context, f sought, phrases []string) ([]web.ItemRow, int, error) {
	f.q.Back = false
	found, err := s.number(ctx, fmt.Sprintf(s.eng.matches, "$1"), args{s.eng.query(f.words)}, mostPhrases)
	if err != nil {
		return nil, 0, fmt.Errorf("search items: %w", err)
	}
	b, query := f.fork(), ""
	cut := found > mostPhrases
	if cut {
		let, err := s.number(ctx, "SELECT 1 FROM "+f.table()+f.where(), f.a, walkedPhrases)
		if err != nil {
			return nil, 0, fmt.Errorf("search items: %w", err)
		}
		cut = let > walkedPhrases
		query = "WITH x(id, at) AS MATERIALIZED (SELECT i.id, i.at FROM " + s.walked(b, nil, walkedPhrases) + " WHERE " + s.has(b) + ")"
	} else {
		query = s.indexed(b) + ", x(id, at) AS (SELECT i.id, i.at FROM " + b.among() + f.where() + ")"
	}
	var ids []string
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id, title, lead, section string
		if err := r.Scan(&id, &title, &lead, &section); err != nil {
			return err
		}
		if web.Contains(phrases, title, lead) { // most do not, and a mask takes longer
			m := mask.Of(section, title, lead)
			if web.Contains(phrases, m.Text(title), m.Text(lead)) {
				ids = append(ids, id)
			}
		}
		return nil
	}, query+" SELECT j.id, j.title, j.lead, j.section FROM x JOIN item j ON j.id = x.id"+f.order("x"), b.a...)
	if err != nil {
		return nil, 0, fmt.Errorf("search items: %w", err)
	}
	if f.q.Cut != nil {
		*f.q.Cut = cut
	}
	from := min(f.q.Offset, len(ids))
	rows, err := s.Rows(ctx, ids[from:min(from+f.q.Limit, len(ids))], nil)
	return rows, len(ids), err
}
