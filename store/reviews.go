package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
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
	// Seen: refused with web.Answered unless Over is the review in force, "" for none: somebody may have answered meanwhile.
	Seen bool
	Over string
}

// reviewInForce sets what an item's latest review that was not taken back is.
const reviewInForce = `review = COALESCE((SELECT w.id FROM review w WHERE w.item = item.id AND NOT EXISTS (SELECT 1 FROM review_undone u WHERE u.review = w.id)
		ORDER BY w.at DESC, w.batch DESC, w.id DESC LIMIT 1), ''),
	decided = COALESCE((SELECT w.actor FROM review w WHERE w.item = item.id AND NOT EXISTS (SELECT 1 FROM review_undone u WHERE u.review = w.id)
		ORDER BY w.at DESC, w.batch DESC, w.id DESC LIMIT 1), '')`

// AddReview records a person's verdict on an item, durably. It wins over every
// classifier's; of several the latest wins. topics has the primary one first.
func (s *Store) AddReview(ctx context.Context, item string, reform bool, topics []string, actor string, at time.Time, note string) error {
	return s.AddReviews(ctx, []Review{{Item: item, Reform: reform, Topics: topics, Actor: actor, At: at, Note: note}})
}

// AddReviews records words on several items that were given at one go, all or
// none, as AddReview does. They can be taken back together (UndoReviews).
func (s *Store) AddReviews(ctx context.Context, all []Review) error {
	doing := "add reviews"
	var ids []string
	for _, w := range all {
		if w.Actor == "" || w.At.IsZero() {
			return errors.New("add review: actor and time are needed")
		}
		doing = "add review of item " + w.Item
		ids = append(ids, w.Item)
	}
	batch := s.batch(ids...)
	return s.writeDurable(ctx, doing, func(t *tx) error {
		if err := t.unanswered(ctx, all); err != nil {
			return err
		}
		for _, w := range all {
			if err := t.addReview(ctx, w, batch); err != nil {
				return err
			}
		}
		return t.settle(ctx, ids)
	})
}

// batch names what is answered at one go, in the order of the machine's clock.
func (s *Store) batch(ids ...string) string {
	return fmt.Sprintf("%020d-%.8s", micros(s.now()), media.Hash(append([]string{"batch"}, ids...)...))
}

// unanswered refuses reviews by who did not see what stands now.
func (t *tx) unanswered(ctx context.Context, all []Review) error {
	over := map[string]string{}
	for _, w := range all {
		if w.Seen {
			over[w.Item] = w.Over
		}
	}
	var stand []string
	err := chunk(sortedKeys(over), maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var item, review string
			err := r.Scan(&item, &review)
			if review != over[item] {
				stand = append(stand, item)
			}
			return err
		}, "SELECT id, review FROM item WHERE id IN "+a.in(ids)+" ORDER BY id"+t.s.eng.forUpdate, a...)
	})
	if err != nil || len(stand) == 0 {
		return err
	}
	var answered web.Answered
	for _, item := range stand {
		w := web.Reviewed{Item: item}
		err := each(ctx, t, func(r *sql.Rows) error { return scanReviewed(r, &w) }, "SELECT "+reviewedColumns+reviewedFrom+" WHERE i.id = $1 AND i.review = w.id", item)
		if err != nil {
			return err
		}
		answered.By = append(answered.By, w) // without an id: a word that was seen is taken back
	}
	return answered
}

func (t *tx) addReview(ctx context.Context, w Review, batch string) error {
	id := media.Hash("review", w.Item, w.Actor, w.At.UTC().Format(time.RFC3339Nano), batch)
	after := "other"
	if w.Reform {
		after = "reform"
	}
	before, taken := "", 0
	err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&before) }, "SELECT outcome FROM item WHERE id = $1"+t.s.eng.forUpdate, w.Item)
	if err != nil {
		return err
	}
	if before == "" {
		return errors.New("there is no such item")
	}
	same := 0 // the same word twice is one
	err = each(ctx, t, func(r *sql.Rows) error { return r.Scan(&same) }, `SELECT COUNT(*) FROM review w WHERE w.item = $1 AND w.at = $2 AND w.actor = $3 AND w.reform = $4 AND w.topics = $5
		AND NOT EXISTS (SELECT 1 FROM review_undone u WHERE u.review = w.id)`, w.Item, micros(w.At), nfc(w.Actor), w.Reform, pack(w.Topics))
	if err != nil || same > 0 {
		return err
	}
	// Who answers the sample once more after taking a word back may have seen the machine's answer meanwhile.
	err = each(ctx, t, func(r *sql.Rows) error { return r.Scan(&taken) }, "SELECT COUNT(*) FROM review w JOIN review_undone u ON u.review = w.id WHERE w.item = $1", w.Item)
	if err != nil {
		return err
	}
	w.Audit = w.Audit && taken == 0
	_, err = t.exec(ctx, "INSERT INTO review (id, item, at, actor, reform, topics, note, audit, batch) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		id, w.Item, micros(w.At), nfc(w.Actor), w.Reform, pack(w.Topics), nfc(w.Note), w.Audit, batch)
	if err != nil {
		return err
	}
	if _, err = t.exec(ctx, "UPDATE item SET "+reviewInForce+" WHERE id = $1", w.Item); err != nil {
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

// UndoReviews takes back what a person answered at one go, durably: the records
// stay, and what was in force before them is in force again. It returns what was
// taken back; nothing of it may have been taken back before.
func (s *Store) UndoReviews(ctx context.Context, batch, actor string, at time.Time) ([]web.Reviewed, error) {
	if batch == "" || actor == "" || at.IsZero() {
		return nil, errors.New("undo reviews: which, by whom and when are needed")
	}
	var out []web.Reviewed
	err := s.writeDurable(ctx, "undo the reviews "+batch, func(t *tx) error {
		out = nil
		err := each(ctx, t, func(r *sql.Rows) error {
			var w web.Reviewed
			err := scanReviewed(r, &w)
			out = append(out, w)
			return err
		}, "SELECT "+reviewedColumns+reviewedFrom+" WHERE w.actor = $1 AND w.batch = $2 AND u.review IS NULL ORDER BY w.item", nfc(actor), clean(batch))
		if err != nil || len(out) == 0 {
			return err
		}
		var ids []string
		for _, w := range out {
			ids = append(ids, w.Item)
		}
		before, err := t.outcomes(ctx, ids, t.s.eng.forUpdate)
		if err != nil {
			return err
		}
		for _, w := range out {
			when := at
			if when.Before(w.At) {
				when = w.At // the business clock was set back since
			}
			if _, err := t.exec(ctx, "INSERT INTO review_undone (review, at, actor) VALUES ($1, $2, $3)", w.ID, micros(when), nfc(actor)); err != nil {
				return err
			}
			if _, err := t.exec(ctx, "UPDATE item SET "+reviewInForce+" WHERE id = $1", w.Item); err != nil {
				return err
			}
			t.changed("review", w.Item)
		}
		if err := t.settle(ctx, ids); err != nil {
			return err
		}
		after, err := t.outcomes(ctx, ids, "")
		if err != nil {
			return err
		}
		for _, w := range out {
			t.happened(Event{At: at, ActorKind: "person", Actor: actor, Kind: "review.undone", Subject: w.Item, Before: before[w.Item][0] + " " + pack(w.Topics), After: after[w.Item][0]}, w.ID)
		}
		judged := map[string]string{} // what the machine decides alone again belongs to the sample as ever
		for id, o := range after {
			judged[id] = o[1]
		}
		return t.draw(ctx, judged, at)
	})
	return out, err
}

// outcomes reads the outcome of items and the version of the classifier behind it.
func (t *tx) outcomes(ctx context.Context, items []string, lock string) (map[string][2]string, error) {
	out := map[string][2]string{}
	return out, chunk(items, maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, outcome, judged string
			err := r.Scan(&id, &outcome, &judged)
			out[id] = [2]string{outcome, judged}
			return err
		}, "SELECT id, outcome, judged FROM item WHERE id IN "+a.in(ids)+" ORDER BY id"+lock, a...)
	})
}

const (
	reviewedColumns = "w.id, w.batch, w.item, w.actor, w.at, w.reform, w.topics, w.note, w.audit, u.at, u.actor, i.title, i.section"
	reviewedFrom    = " FROM review w JOIN item i ON i.id = w.item LEFT JOIN review_undone u ON u.review = w.id"
)

func scanReviewed(r *sql.Rows, w *web.Reviewed) error {
	var by sql.NullString
	err := r.Scan(&w.ID, &w.Batch, &w.Item, &w.Actor, at(&w.At), &w.Reform, into(&w.Topics), &w.Note, &w.Audit, at(&w.Undone), &by, &w.Title, &w.Section)
	w.UndoneBy = by.String
	return err
}

// ReviewsOf lists every word on an item, the latest first, those taken back among them.
func (s *Store) ReviewsOf(ctx context.Context, item string) ([]web.Reviewed, error) {
	var out []web.Reviewed
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var w web.Reviewed
		err := scanReviewed(r, &w)
		out = append(out, w)
		return err
	}, "SELECT "+reviewedColumns+reviewedFrom+" WHERE w.item = $1 ORDER BY w.at DESC, w.batch DESC, w.id DESC", clean(item))
	return out, wrapped("read the reviews of "+item, err)
}

// LastReviews are what a person answered at one go last and has not taken back, none if there is nothing since a time.
func (s *Store) LastReviews(ctx context.Context, actor string, since time.Time) ([]web.Reviewed, error) {
	var out []web.Reviewed
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var w web.Reviewed
		err := scanReviewed(r, &w)
		out = append(out, w)
		return err
	}, "SELECT "+reviewedColumns+reviewedFrom+` WHERE w.actor = $1 AND u.review IS NULL AND w.batch = (SELECT x.batch FROM review x WHERE x.actor = $1 AND x.at >= $2 AND x.batch <> ''
		AND NOT EXISTS (SELECT 1 FROM review_undone y WHERE y.review = x.id) ORDER BY x.batch DESC LIMIT 1) ORDER BY w.item`, nfc(actor), micros(since))
	return out, wrapped("read the last answers of "+actor, err)
}

// ReviewsInForce gives the id of the review in force of each item, "" where there is none.
func (s *Store) ReviewsInForce(ctx context.Context, items []string) (map[string]string, error) {
	out := map[string]string{}
	err := chunk(items, maxIn, func(ids []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id, review string
			err := r.Scan(&id, &review)
			out[id] = review
			return err
		}, "SELECT id, review FROM item WHERE id IN "+a.in(ids), a...)
	})
	return out, wrapped("read the reviews in force", err)
}

// ReviewedSince counts the items on which a person has spoken since a time and not taken it back.
func (s *Store) ReviewedSince(ctx context.Context, actor string, since time.Time) (int, error) {
	n := 0
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&n) }, `SELECT COUNT(DISTINCT w.item) FROM review w WHERE w.actor = $1 AND w.at >= $2
		AND NOT EXISTS (SELECT 1 FROM review_undone u WHERE u.review = w.id)`, nfc(actor), micros(since))
	return n, wrapped("count the answers of "+actor, err)
}

// Unchecked returns at most n items of the sample of what this version of the
// classifier decided alone on which nobody has spoken, in the order of their ids after one, with how many there are in all.
func (s *Store) Unchecked(ctx context.Context, classifier string, n int) (items []string, total int, err error) {
	const from = " FROM audit a JOIN item i ON i.id = a.item WHERE a.classifier = $1 AND i.judged = $1 AND i.review = ''"
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&total) }, "SELECT COUNT(*)"+from, clean(classifier))
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			items = append(items, id)
			return err
		}, "SELECT a.item"+from+" ORDER BY a.item LIMIT $2", clean(classifier), n)
	}
	return items, total, wrapped("read the sample", err)
}

// InSample tells which of some items wait in the sample of a version of the classifier.
func (s *Store) InSample(ctx context.Context, classifier string, items []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := chunk(items, maxIn, func(some []string) error {
		a := args{clean(classifier)}
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			out[id] = true
			return err
		}, "SELECT a.item FROM audit a JOIN item i ON i.id = a.item WHERE a.classifier = $1 AND i.judged = $1 AND i.review = '' AND a.item IN "+a.in(some), a...)
	})
	return out, wrapped("read the sample", err)
}

// SameQuestion is an item with those that wait for a person and say the same, it
// being the first. One that waits no more is by itself.
func (s *Store) SameQuestion(ctx context.Context, item string) ([]string, error) {
	out := []string{clean(item)}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `SELECT o.id FROM item i JOIN item_copy c ON c.item = i.id JOIN item_copy d ON d.grp = c.grp JOIN item o ON o.id = d.item
		WHERE i.id = $1 AND c.grp <> '' AND i.outcome = 'review' AND o.outcome = 'review' AND o.id <> i.id ORDER BY o.doubt, o.at DESC, o.id`, clean(item))
	return out, wrapped("read the copies of "+item, err)
}

// ItemMatching is where an item counts and where it does not, by the last stored
// evaluation of a plan, as far as owners owe it.
func (s *Store) ItemMatching(ctx context.Context, plan, item string, owners []string) (schedule.Matching, error) {
	var m schedule.Matching
	read := func(table string, scan func(*sql.Rows) error) error {
		return chunk(slices.Compact(slices.Sorted(slices.Values(owners))), maxIn, func(some []string) error {
			a := args{clean(plan), clean(item)}
			return each(ctx, s.pools.read, scan, "SELECT body FROM "+table+" WHERE plan = $1 AND evidence = $2 AND owner IN "+a.in(some)+" ORDER BY quota, owner, period", a...)
		})
	}
	err := read("credit", func(r *sql.Rows) error {
		var c schedule.Credit
		err := r.Scan(into(&c))
		c.Reasons = wholeNumbers(c.Reasons)
		m.Credits = append(m.Credits, c)
		return err
	})
	if err == nil {
		err = read("rejection", func(r *sql.Rows) error {
			var c schedule.Rejection
			err := r.Scan(into(&c))
			c.Reason = wholeNumbers([]schedule.Reason{c.Reason})[0]
			m.Rejections = append(m.Rejections, c)
			return err
		})
	}
	return m, wrapped("read where "+strings.TrimSpace(item)+" counts", err)
}
