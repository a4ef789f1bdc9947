package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/web"
)

// Review is a person's word on an item.
type Review struct {
	Item   string
	Reform bool
	Topics []string // primary first
	Actor  string
	At     time.Time // business clock
	Note   string
	Audit  bool // given on the sample of what the machine decided alone, before its answer was shown
}

// AddReview records a person's verdict on an item, durably. It wins over every
// classifier's; of several the latest wins. topics has the primary one first.
func (s *Store) AddReview(ctx context.Context, item string, reform bool, topics []string, actor string, at time.Time, note string) error {
	return s.AddReviews(ctx, []Review{{Item: item, Reform: reform, Topics: topics, Actor: actor, At: at, Note: note}})
}

// AddReviews records words on several items, all or none, as AddReview does.
func (s *Store) AddReviews(ctx context.Context, all []Review) error {
	doing := "add reviews"
	for _, w := range all {
		if w.Actor == "" || w.At.IsZero() {
			return errors.New("add review: actor and time are needed")
		}
		doing = "add review of item " + w.Item
	}
	return s.writeDurable(ctx, doing, func(t *tx) error {
		var ids []string
		for _, w := range all {
			if err := t.addReview(ctx, w); err != nil {
				return err
			}
			ids = append(ids, w.Item)
		}
		return t.settle(ctx, ids)
	})
}

func (t *tx) addReview(ctx context.Context, w Review) error {
	id := media.Hash("review", w.Item, w.Actor, w.At.UTC().Format(time.RFC3339Nano))
	after := "other"
	if w.Reform {
		after = "reform"
	}
	var before string
	err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&before) }, "SELECT outcome FROM item WHERE id = $1"+t.s.eng.forUpdate, w.Item)
	if err != nil {
		return err
	}
	if before == "" {
		return errors.New("there is no such item")
	}
	n, err := t.exec(ctx, "INSERT INTO review (id, item, at, actor, reform, topics, note, audit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
		id, w.Item, micros(w.At), nfc(w.Actor), w.Reform, pack(w.Topics), nfc(w.Note), w.Audit)
	if err != nil || n == 0 {
		return err
	}
	_, err = t.exec(ctx, `UPDATE item SET review = COALESCE((SELECT w.id FROM review w WHERE w.item = item.id ORDER BY w.at DESC, w.id DESC LIMIT 1), ''),
		decided = COALESCE((SELECT w.actor FROM review w WHERE w.item = item.id ORDER BY w.at DESC, w.id DESC LIMIT 1), '') WHERE id = $1`, w.Item)
	if err != nil {
		return err
	}
	t.changed("review", w.Item)
	kind := "review.decided"
	if w.Audit {
		kind = "review.audited"
	}
	t.happened(Event{At: w.At, ActorKind: "person", Actor: w.Actor, Kind: kind, Subject: w.Item, Before: before,
		After: after + " " + pack(w.Topics)}, id)
	return nil
}

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
	asked, err := s.asked(ctx, where, a)
	if err != nil {
		return nil, 0, err
	}
	gains, err := s.Gains(ctx, q.Plan)
	if err != nil {
		return nil, 0, err
	}
	var ids []string
	gained := gains[:0:0] // the most urgent first
	for _, x := range monitor.Questions(asked, gains) {
		ids, gained = append(ids, x.Items...), append(gained, x.Gains...)
	}
	from := min(max(q.Offset, 0), len(ids))
	rows, err := s.Rows(ctx, ids[from:min(from+q.Limit, len(ids))], gained)
	return rows, len(ids), err
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
