package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
)

// Uncompared returns current revisions whose text was not compared yet, by the
// rules named, with those that may say the same, oldest first.
func (s *Store) Uncompared(ctx context.Context, rules string, limit int) ([]media.Revision, error) {
	if err := s.forgetCopies(ctx, rules); err != nil {
		return nil, err
	}
	var out []media.Revision
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		rev, err := scanRevision(r)
		out = append(out, rev)
		return err
	}, "SELECT "+revisionColumns+" FROM item i JOIN revision r ON r.id = i.revision WHERE i.revision <> i.compared ORDER BY i.seen, i.id LIMIT $1", limit)
	if err != nil {
		return nil, fmt.Errorf("look for texts that were not compared: %w", err)
	}
	return out, nil
}

// forgetBatch is how many items are forgotten to be compared in one transaction.
const forgetBatch = 2000

// forgetCopies lets everything be compared anew where that was done by other
// rules: ids and marks of texts may be others by these. How items stood stays
// until they are compared. A process that is stopped on the way, or two that do
// it at once, do no harm: the rules are recorded last, and whoever finds them
// recorded stops.
func (s *Store) forgetCopies(ctx context.Context, rules string) error {
	for after, done := "", false; !done; {
		var is string
		if err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&is) }, "SELECT rules FROM copy_turn WHERE id = 1"); err != nil {
			return fmt.Errorf("read by which rules texts were compared: %w", err)
		}
		if is == rules {
			return nil
		}
		err := s.write(ctx, "forget copies", func(t *tx) error {
			done = false
			if _, err := t.exec(ctx, "UPDATE copy_turn SET n = n + 1 WHERE id = 1"); err != nil {
				return err
			}
			if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&is) }, "SELECT rules FROM copy_turn WHERE id = 1"); err != nil || is == rules {
				done = err == nil
				return err
			}
			ids, err := oneColumn(ctx, t, "SELECT id FROM item WHERE compared <> '' AND id > $1 ORDER BY id LIMIT $2", after, forgetBatch)
			if err != nil {
				return err
			}
			err = chunk(ids, maxIn, func(ids []string) error {
				var a args
				_, err := t.exec(ctx, "UPDATE item SET compared = '', words = 0 WHERE id IN "+a.in(ids), a...)
				return err
			})
			if err != nil || len(ids) == forgetBatch {
				if err == nil {
					after = ids[len(ids)-1]
				}
				return err
			}
			for _, q := range []string{
				"DELETE FROM copy_near", "DELETE FROM copy_mark",
				"DELETE FROM copy_text WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.words <> 0 AND i.words = copy_text.words)", // a look has just brought it
			} {
				if _, err := t.exec(ctx, q); err != nil {
					return err
				}
			}
			t.changed("copies", rules)
			done = true
			_, err = t.exec(ctx, "UPDATE copy_turn SET rules = $1 WHERE id = 1", rules)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// PutSketches makes texts known by their marks. Whoever looks for what is alike
// does so afterwards, so that of two who do it at the same time the later finds
// the other's.
func (s *Store) PutSketches(ctx context.Context, sketches []monitor.Sketch, at time.Time) error {
	texts := values{cols: []string{"words BIGINT", "revision TEXT", "seen BIGINT", "marks TEXT"}}
	marks := values{cols: []string{"mark BIGINT", "words BIGINT"}}
	known := map[int64]bool{0: true}
	for _, k := range sketches {
		if known[k.Words] {
			continue
		}
		known[k.Words] = true
		packed := ""
		if len(k.Marks) > 0 {
			packed = pack(k.Marks)
		}
		texts.rows = append(texts.rows, []any{k.Words, clean(k.Revision), micros(at), packed})
		for _, m := range k.Marks {
			marks.rows = append(marks.rows, []any{m, k.Words})
		}
	}
	if len(texts.rows) == 0 {
		return nil
	}
	slices.SortFunc(texts.rows, func(a, b []any) int { return compareInts(a[0], b[0]) })
	slices.SortFunc(marks.rows, func(a, b []any) int {
		if c := compareInts(a[0], b[0]); c != 0 {
			return c
		}
		return compareInts(a[1], b[1])
	})
	return s.write(ctx, "put the marks of texts", func(t *tx) error {
		_, err := t.insert(ctx, "copy_text", texts, "ON CONFLICT (words) DO UPDATE SET seen = excluded.seen, marks = excluded.marks WHERE copy_text.marks = ''")
		if err != nil {
			return err
		}
		_, err = t.insert(ctx, "copy_mark", marks, "ON CONFLICT DO NOTHING")
		return err
	})
}

func compareInts(a, b any) int {
	x, y := a.(int64), b.(int64)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// Alike finds for every text that no item was compared with yet the texts that
// share enough marks with it; a mark of more than crowd texts counts for none.
func (s *Store) Alike(ctx context.Context, sketches []monitor.Sketch, shared, crowd int) (map[int64][]int64, error) {
	fresh := map[int64]bool{}
	for _, k := range sketches {
		if k.Words != 0 {
			fresh[k.Words] = true
		}
	}
	err := s.inWords(slices.Collect(maps.Keys(fresh)), func(list string, a args) error {
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var w int64
			err := r.Scan(&w)
			delete(fresh, w)
			return err
		}, "SELECT DISTINCT words FROM item WHERE words <> 0 AND words IN "+list, a...)
	})
	if err != nil {
		return nil, err
	}
	of := map[int64][]int64{} // texts by mark
	for _, k := range sketches {
		if fresh[k.Words] {
			delete(fresh, k.Words) // two items may have it
			for _, m := range k.Marks {
				of[m] = append(of[m], k.Words)
			}
		}
	}
	count := map[int64]map[int64]int{}
	marks := values{cols: []string{"mark BIGINT"}}
	for _, m := range slices.Sorted(maps.Keys(of)) {
		marks.rows = append(marks.rows, []any{m})
	}
	err = chunk(marks.rows, s.eng.maxRows(1), func(rows [][]any) error {
		var a args
		q := s.eng.with(marks, rows, &a) + `SELECT m.mark, m.words FROM v JOIN copy_mark m ON m.mark = v.mark
			WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM copy_mark x WHERE x.mark = v.mark LIMIT ` + strconv.Itoa(crowd+1) + `) y) <= ` + strconv.Itoa(crowd)
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var mark, other int64
			if err := r.Scan(&mark, &other); err != nil {
				return err
			}
			for _, w := range of[mark] {
				if w != other {
					if count[w] == nil {
						count[w] = map[int64]int{}
					}
					count[w][other]++
				}
			}
			return nil
		}, q, a...)
	})
	if err != nil {
		return nil, err
	}
	out := map[int64][]int64{}
	for w, others := range count {
		for o, n := range others {
			if n >= shared {
				out[w] = append(out[w], o)
			}
		}
		slices.Sort(out[w])
	}
	return out, nil
}

// inWords calls fn with lists of text ids for «IN», in pieces.
func (s *Store) inWords(words []int64, fn func(list string, a args) error) error {
	return chunk(words, maxIn, func(ws []int64) error {
		var a args
		var b strings.Builder
		for i := range pow2(len(ws)) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(a.add(ws[min(i, len(ws)-1)]))
		}
		return fn("("+b.String()+")", a)
	})
}

// Texts returns a revision for each text that is known.
func (s *Store) Texts(ctx context.Context, words []int64) (map[int64]media.Revision, error) {
	out := map[int64]media.Revision{}
	err := s.inWords(words, func(list string, a args) error {
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var w int64
			var v media.Revision
			err := r.Scan(&w, &v.ID, &v.Item, &v.Title, &v.Lead, &v.Body)
			out[w] = v
			return err
		}, "SELECT c.words, r.id, r.item, r.title, r.lead, r.body FROM copy_text c JOIN revision r ON r.id = c.revision WHERE c.words IN "+list, a...)
	})
	return out, err
}

// PutCopies records that texts are compared, and which are near, and sorts
// anew all items that this may concern: those whose text was compared, and
// whatever hangs together with their old texts or their new. It is one
// transaction, one at a time. Items whose text has changed meanwhile are left alone.
func (s *Store) PutCopies(ctx context.Context, sketches []monitor.Sketch, near [][2]int64,
	groups func(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool) []media.Copy) error {
	pairs := values{cols: []string{"words BIGINT", "other BIGINT"}}
	for _, p := range near {
		pairs.rows = append(pairs.rows, []any{p[0], p[1]}, []any{p[1], p[0]})
	}
	return s.write(ctx, "put copies", func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE copy_turn SET n = n + 1 WHERE id = 1"); err != nil {
			return err
		}
		if _, err := t.insert(ctx, "copy_near", pairs, "ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		items, touched, err := t.compared(ctx, sketches)
		if err != nil {
			return err
		}
		together, edges, err := t.hanging(ctx, touched)
		if err != nil {
			return err
		}
		now := map[string]media.Copy{}
		list, texts, words, err := t.worded(ctx, together)
		if err != nil {
			return err
		}
		for i, c := range groups(list, texts, words, func(a, b int64) bool { return edges[[2]int64{a, b}] }) {
			if c.Group != "" {
				now[list[i].ID] = c
			}
			items[list[i].ID] = true
		}
		return t.putGroups(ctx, items, now)
	})
}

// compared marks items as compared; it returns them, and the texts they had
// before and have now.
func (t *tx) compared(ctx context.Context, sketches []monitor.Sketch) (items map[string]bool, touched map[int64]bool, err error) {
	items, touched = map[string]bool{}, map[int64]bool{}
	want := map[string]monitor.Sketch{}
	for _, k := range sketches {
		want[clean(k.Item)] = k
	}
	done := values{cols: []string{"id TEXT", "revision TEXT", "words BIGINT"}}
	err = chunk(sortedKeys(want), maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, rev string
			var was int64
			err := r.Scan(&id, &rev, &was)
			if k := want[id]; rev == k.Revision {
				items[id] = true
				touched[was], touched[k.Words] = true, true
				done.rows = append(done.rows, []any{id, rev, k.Words})
			}
			return err
		}, "SELECT id, revision, words FROM item WHERE id IN "+a.in(ids)+" ORDER BY id"+t.s.eng.forUpdate, a...)
	})
	if err != nil {
		return nil, nil, err
	}
	delete(touched, 0)
	return items, touched, t.update(ctx, done, "UPDATE item AS i SET compared = v.revision, words = v.words FROM v WHERE i.id = v.id")
}

// hanging are the texts that near copies join with the ones given, those
// included, and the pairs among them.
func (t *tx) hanging(ctx context.Context, touched map[int64]bool) (together map[int64]bool, edges map[[2]int64]bool, err error) {
	together, edges = maps.Clone(touched), map[[2]int64]bool{}
	for front := slices.Collect(maps.Keys(touched)); len(front) > 0; {
		var next []int64
		err := t.s.inWords(front, func(list string, a args) error {
			return each(ctx, t, func(r *sql.Rows) error {
				var w, o int64
				err := r.Scan(&w, &o)
				edges[[2]int64{w, o}], edges[[2]int64{o, w}] = true, true
				if !together[o] {
					together[o] = true
					next = append(next, o)
				}
				return err
			}, "SELECT words, other FROM copy_near WHERE words IN "+list, a...)
		})
		if err != nil {
			return nil, nil, err
		}
		front = next
	}
	return together, edges, nil
}

// worded are the items that have any of the texts, with their texts. One that
// is alone with a text that no other is near to is left out.
func (t *tx) worded(ctx context.Context, together map[int64]bool) (items []media.Item, texts []media.Revision, words []int64, err error) {
	err = t.s.inWords(slices.Sorted(maps.Keys(together)), func(list string, a args) error {
		return each(ctx, t, func(r *sql.Rows) error {
			var i media.Item
			var v media.Revision
			var w int64
			err := r.Scan(&i.ID, &i.Agency, &i.Source, &i.Title, &i.URL, at(&i.Claimed.At), &i.Claimed.Precision, at(&i.Seen), &w,
				&v.ID, &v.Title, &v.Lead, &v.Body)
			v.Item = i.ID
			items, texts, words = append(items, i), append(texts, v), append(words, w)
			return err
		}, `SELECT i.id, i.agency, i.source, i.title, i.url, i.claimed_at, i.claimed_precision, i.seen, i.words, r.id, r.title, r.lead, r.body
			FROM item i JOIN revision r ON r.id = i.compared
			WHERE i.words <> 0 AND i.words IN `+list+` AND (EXISTS (SELECT 1 FROM copy_near n WHERE n.words = i.words)
				OR (SELECT COUNT(*) FROM item o WHERE o.words <> 0 AND o.words = i.words) > 1) ORDER BY i.id`, a...)
	})
	return items, texts, words, err
}

// putGroups writes how items stand; those of which nothing is said are alone.
func (t *tx) putGroups(ctx context.Context, items map[string]bool, now map[string]media.Copy) error {
	was := map[string]media.Copy{}
	err := chunk(sortedKeys(items), maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id string
			var c media.Copy
			err := r.Scan(&id, &c.Group, &c.Relation, &c.Item, &c.Certain, &c.Others)
			was[id] = c
			return err
		}, "SELECT item, grp, relation, shown, certain, others FROM item_copy WHERE item IN "+a.in(ids), a...)
	})
	if err != nil {
		return fmt.Errorf("read copies: %w", err)
	}
	rows := values{cols: []string{"item TEXT", "grp TEXT", "relation TEXT", "shown TEXT", "certain BOOLEAN", "others BIGINT"}}
	var gone []string
	for _, id := range sortedKeys(items) {
		c, there := now[id]
		old, had := was[id]
		c.Agency, c.Title, c.URL = "", "", ""
		if there == had && c == old {
			continue
		}
		t.changed("item", id)
		if !there {
			gone = append(gone, id)
			continue
		}
		rows.rows = append(rows.rows, []any{id, c.Group, c.Relation, c.Item, c.Certain, int64(c.Others)})
	}
	err = chunk(gone, maxIn, func(ids []string) error {
		var a args
		_, err := t.exec(ctx, "DELETE FROM item_copy WHERE item IN "+a.in(ids), a...)
		return err
	})
	if err != nil {
		return fmt.Errorf("write copies: %w", err)
	}
	_, err = t.insert(ctx, "item_copy", rows, `ON CONFLICT (item) DO UPDATE SET grp = excluded.grp, relation = excluded.relation,
		shown = excluded.shown, certain = excluded.certain, others = excluded.others`)
	return err
}

// copies tells how items stand to others that were seen until then, of those
// that are not alone.
func (s *Store) copies(ctx context.Context, items []string, until int64) (map[string]*media.Copy, error) {
	out := map[string]*media.Copy{}
	err := chunk(items, maxIn, func(ids []string) error {
		a := args{until}
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			c := &media.Copy{}
			err := r.Scan(&id, &c.Group, &c.Relation, &c.Certain, &c.Others, &c.Item, &c.Agency, &c.Title, &c.URL)
			out[id] = c
			return err
		}, `SELECT c.item, c.grp, c.relation, c.certain, c.others, c.shown, o.agency, o.title, o.url
			FROM item_copy c JOIN item o ON o.id = c.shown WHERE o.seen <= $1 AND c.item IN `+a.in(ids), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read copies: %w", err)
	}
	return out, nil
}

// dropMarks drops the marks of texts that were seen last before the given time:
// what is published later is compared with them no more, unless it says the same
// word for word.
func (s *Store) dropMarks(ctx context.Context, before time.Time) error {
	for {
		n := 0
		err := s.write(ctx, "drop the marks of old texts", func(t *tx) error {
			n = 0
			var words []int64
			marks := values{cols: []string{"mark BIGINT", "words BIGINT"}}
			err := each(ctx, t, func(r *sql.Rows) error {
				var w int64
				var of []int64
				err := r.Scan(&w, into(&of))
				words = append(words, w)
				for _, m := range of {
					marks.rows = append(marks.rows, []any{m, w})
				}
				return err
			}, "SELECT words, marks FROM copy_text WHERE marks <> '' AND seen < $1 ORDER BY seen LIMIT 200", micros(before))
			if err != nil || len(words) == 0 {
				return err
			}
			n = len(words)
			if err := t.update(ctx, marks, "DELETE FROM copy_mark WHERE (mark, words) IN (SELECT mark, words FROM v)"); err != nil {
				return err
			}
			t.changed("prune", "copy_text")
			return t.s.inWords(words, func(list string, a args) error {
				_, err := t.exec(ctx, "UPDATE copy_text SET marks = '' WHERE words IN "+list, a...)
				return err
			})
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// teased is a fresh item whose text has an id and no marks.
type teased struct {
	item, revision string
	seen           int64
}

func (t *tx) teased(words int64, of teased) {
	if t.teasers == nil {
		t.teasers = map[int64][]teased{}
	}
	t.teasers[words] = append(t.teasers[words], of)
}

// putTeasers makes such texts known, of the whole transaction at once and in one
// order for everybody. Items whose text another has too are left to be compared:
// of two nodes that bring one text at the same time the later waits here for the
// other.
func (t *tx) putTeasers(ctx context.Context) error {
	if len(t.teasers) == 0 {
		return nil
	}
	texts := values{cols: []string{"words BIGINT", "revision TEXT", "seen BIGINT", "marks TEXT"}}
	for _, w := range slices.Sorted(maps.Keys(t.teasers)) {
		first := t.teasers[w][0]
		texts.rows = append(texts.rows, []any{w, first.revision, first.seen, ""})
	}
	added, err := t.insertNew(ctx, "copy_text", texts)
	if err != nil {
		return err
	}
	var again []string
	for w, items := range t.teasers {
		if added[strconv.FormatInt(w, 10)] && len(items) == 1 {
			continue
		}
		for _, i := range items {
			again = append(again, i.item)
		}
	}
	slices.Sort(again)
	return chunk(again, maxIn, func(ids []string) error {
		var a args
		_, err := t.exec(ctx, "UPDATE item SET compared = '', words = 0 WHERE id IN "+a.in(ids), a...)
		return err
	})
}
