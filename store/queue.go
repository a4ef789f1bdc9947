package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"loa/monitor"
	"loa/schedule"
	"loa/web"
)

// NextReview returns at most n items of which a person is asked and none has
// answered, in the order of Questions by the gains that are stored.
func (s *Store) NextReview(ctx context.Context, n int) ([]web.ItemRow, error) {
	rows, _, err := s.Search(ctx, web.ItemQuery{Verdict: "review", Limit: n})
	return rows, err
}

// Questions gives what waits for a person, in the order in which it is worth
// asking (monitor.Questions), by these gains; items that say the same together.
func (s *Store) Questions(ctx context.Context, gains []schedule.Gain) ([]monitor.Question, error) {
	asked, err := s.asked(ctx, " WHERE i.outcome = 'review'", nil)
	if err != nil {
		return nil, err
	}
	return monitor.Questions(asked, gains), nil
}

// asked reads the items that a condition picks, by no more than their order needs.
func (s *Store) asked(ctx context.Context, where string, a args) ([]monitor.Asked, error) {
	var out []monitor.Asked
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var q monitor.Asked
		err := r.Scan(&q.Item, at(&q.At), &q.Score, &q.Group)
		out = append(out, q)
		return err
	}, `SELECT i.id, i.at, COALESCE(v.score, 0.5), COALESCE(c.grp, '') FROM item i
		LEFT JOIN verdict v ON v.revision = i.revision AND v.classifier = i.judged
		LEFT JOIN item_copy c ON c.item = i.id`+where+" ORDER BY i.id", a...)
	if err != nil {
		return nil, fmt.Errorf("read what waits for a person: %w", err)
	}
	return out, nil
}

// Gains are those of the last stored evaluation of a plan, or of every plan.
func (s *Store) Gains(ctx context.Context, plan string) ([]schedule.Gain, error) {
	var out []schedule.Gain
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var g schedule.Gain
		err := r.Scan(into(&g))
		out = append(out, g)
		return err
	}, "SELECT body FROM gain WHERE plan = $1 OR $1 = '' ORDER BY plan, quota, owner, period, item", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read what answers would change: %w", err)
	}
	return out, nil
}

// searchQueue is Search of what waits for a person: in the order in which it is
// worth asking, not newest first.
func (s *Store) searchQueue(ctx context.Context, q web.ItemQuery, where string, a args) ([]web.ItemRow, int, error) {
	from := max(q.Offset, 0)
	if q.Plan != "" && from+q.Limit <= mostAhead {
		total := 0
		err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&total) }, "SELECT COUNT(*) FROM item i"+where, a...)
		if err != nil {
			return nil, 0, fmt.Errorf("count what waits for a person: %w", err)
		}
		first, err := s.ahead(ctx, q.Plan, from+q.Limit, where, a)
		if err != nil {
			return nil, 0, err
		}
		rows, err := s.page(ctx, first, from, q.Limit)
		return rows, total, err
	}
	asked, err := s.asked(ctx, where, a)
	if err != nil {
		return nil, 0, err
	}
	gains, err := s.Gains(ctx, q.Plan)
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.page(ctx, monitor.Questions(asked, gains), from, q.Limit)
	return rows, len(asked), err
}

// page reads some of the pieces that questions are about.
func (s *Store) page(ctx context.Context, questions []monitor.Question, from, limit int) ([]web.ItemRow, error) {
	var ids []string
	var gained []schedule.Gain // the most urgent first
	for _, x := range questions {
		ids, gained = append(ids, x.Items...), append(gained, x.Gains...)
	}
	from = min(from, len(ids))
	return s.Rows(ctx, ids[from:min(from+limit, len(ids))], gained)
}

// Ahead returns the first n questions or a few more, in the order of Questions by
// the gains that are stored of a plan, and how many pieces wait in all. Unlike
// Questions it does not read everything that waits.
func (s *Store) Ahead(ctx context.Context, plan string, n int) ([]monitor.Question, int, error) {
	waiting := 0
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&waiting) }, "SELECT COUNT(*) FROM item WHERE outcome = 'review'")
	if err != nil {
		return nil, 0, fmt.Errorf("count what waits for a person: %w", err)
	}
	first, err := s.ahead(ctx, plan, n, " WHERE i.outcome = 'review'", nil)
	return first, waiting, err
}

const (
	mostAhead = 500 // questions that are found without reading all
	spare     = 100 // pieces that are looked at beyond those asked for: copies of a text rank together
)

// ahead finds the first n of what a condition on items picks. The database
// names the pieces that come first by themselves, those with gains and those
// without; they are put in order with their copies and all their gains. Only a
// text that owes its place to more quotas than its copies have each by
// themselves, with spare pieces equally urgent before it, may come later than it does among all.
func (s *Store) ahead(ctx context.Context, plan string, n int, where string, a args) ([]monitor.Question, error) {
	plan = clean(plan)
	b := slices.Clone(a)
	p := b.add(plan)
	limit := b.add(n + spare)
	var ids []string
	take := func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}
	err := each(ctx, s.pools.read, take, `SELECT i.id FROM gain g JOIN item i ON i.id = g.item`+where+` AND i.outcome = 'review' AND g.plan = `+p+`
		GROUP BY i.id, i.doubt, i.at ORDER BY MIN(g.urgency), COUNT(DISTINCT g.quota) DESC, i.doubt, i.at DESC, i.id LIMIT `+limit, b...)
	if err == nil && len(ids) < n+spare {
		c := slices.Clone(a)
		err = each(ctx, s.pools.read, take, "SELECT i.id FROM item i"+where+" AND i.outcome = 'review' ORDER BY i.doubt, i.at DESC, i.id LIMIT "+c.add(n+spare), c...)
	}
	if err != nil || len(ids) == 0 {
		return nil, wrapped("look for the next questions", err)
	}
	seen := set(ids)
	var more []string // copies of them
	err = chunk(ids, maxIn, func(some []string) error {
		var b args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			if !seen[id] {
				seen[id], more = true, append(more, id)
			}
			return err
		}, "SELECT o.item FROM item_copy o WHERE o.grp <> '' AND o.grp IN (SELECT c.grp FROM item_copy c WHERE c.item IN "+b.in(some)+")", b...)
	})
	if err != nil {
		return nil, fmt.Errorf("look for copies of the next questions: %w", err)
	}
	var asked []monitor.Asked
	var gains []schedule.Gain
	all := slices.Compact(slices.Sorted(slices.Values(append(ids, more...))))
	err = chunk(all, maxIn/2, func(some []string) error {
		b := slices.Clone(a)
		part, err := s.asked(ctx, where+" AND i.outcome = 'review' AND i.id IN "+b.in(some), b)
		if err != nil {
			return err
		}
		asked = append(asked, part...)
		c := args{plan}
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var g schedule.Gain
			err := r.Scan(into(&g))
			gains = append(gains, g)
			return err
		}, "SELECT body FROM gain WHERE plan = $1 AND item IN "+c.in(some), c...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the next questions: %w", err)
	}
	slices.SortFunc(asked, func(a, b monitor.Asked) int { return cmp.Compare(a.Item, b.Item) })
	slices.SortFunc(gains, func(a, b schedule.Gain) int {
		return cmp.Or(cmp.Compare(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Item, b.Item))
	})
	return monitor.Questions(asked, gains), nil
}

func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// urgency orders gains as monitor.Questions does: what can still be saved by its
// last moment, then what is over, the last to end first.
func urgency(g schedule.Gain) int64 {
	if g.Over {
		return math.MaxInt64/2 - micros(g.Due)
	}
	return micros(g.Due)
}

// Rows reads items for a list, in the order of their ids as given; those that
// are not there are left out. gains are told beside those they are of.
func (s *Store) Rows(ctx context.Context, ids []string, gains []schedule.Gain) ([]web.ItemRow, error) {
	by := make(map[string]web.ItemRow, len(ids))
	err := chunk(ids, maxIn, func(some []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			row, err := scanItem(r)
			by[row.Item.ID] = row
			return err
		}, "SELECT "+itemColumns+itemFrom+" WHERE i.id IN "+a.in(some), a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	of := map[string][]schedule.Gain{}
	for _, g := range gains {
		of[g.Item] = append(of[g.Item], g)
	}
	var rows []web.ItemRow
	for _, id := range ids {
		if row, ok := by[id]; ok {
			row.Gains = of[id]
			rows = append(rows, row)
		}
	}
	return rows, s.withCopies(ctx, rows)
}
