package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule"
)

// ErrRevision says that a closing cannot be stored as it is numbered: its
// revision exists with another content, or is not the next one.
var ErrRevision = errors.New("the revision of the closed period is taken, or not the next one")

// PutClosing stores a closing with all its rows, durably, in one transaction;
// nothing of it ever changes afterwards. The very same closing again is one;
// else its revision must be the next of its plan and period (ErrRevision).
func (s *Store) PutClosing(ctx context.Context, c schedule.Closing) error {
	if c.Plan == "" || c.Period == "" || c.Actor == "" || c.At.IsZero() || !c.End.After(c.Start) {
		return errors.New("put closing: plan, period, its span, actor and time are needed")
	}
	id := cmp.Or(clean(c.ID), media.Hash("closing", c.Plan, c.Period, strconv.Itoa(c.Revision)))
	rows := values{cols: []string{"closing TEXT", "n BIGINT", "owner TEXT", "at BIGINT", "standing TEXT", "credits TEXT", "rejections TEXT"}}
	head := c
	head.Rows = nil
	content := []string{clean(pack(head))}
	for i, r := range c.Rows {
		standing, credits, rejections := clean(pack(r.Standing)), clean(pack(r.Credits)), clean(pack(r.Rejections))
		rows.rows = append(rows.rows, []any{id, i, clean(r.Standing.Owner), micros(r.At), standing, credits, rejections})
		content = append(content, strconv.FormatInt(micros(r.At), 10), standing, credits, rejections)
	}
	hash := media.Hash(content...)
	return s.writeDurable(ctx, "close "+c.Period+" of "+c.Plan, func(t *tx) error {
		var last int
		var before string
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&last, &before) },
			"SELECT revision, dataset FROM closing WHERE plan = $1 AND period = $2 ORDER BY revision DESC LIMIT 1", clean(c.Plan), clean(c.Period))
		if err != nil {
			return err
		}
		// Looked for after the last: another writer may be storing it meanwhile.
		if had, err := t.closed(ctx, c); err != nil || had != "" {
			return sameClosing(had, hash, err)
		}
		if c.Revision != last+1 {
			return fmt.Errorf("revision %d follows revision %d: %w", c.Revision, last, ErrRevision)
		}
		n, err := t.exec(ctx, `INSERT INTO closing (id, plan, period, revision, start_at, end_at, at, actor, reason, dataset, plan_version, classifier, unsettled, n, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
			id, clean(c.Plan), clean(c.Period), c.Revision, micros(c.Start), micros(c.End), micros(c.At), nfc(c.Actor), nfc(c.Reason), clean(c.Dataset),
			clean(c.PlanVersion), clean(c.Classifier), clean(pack(c.Open)), len(c.Rows), hash)
		if err != nil {
			return err
		}
		if n == 0 { // another writer was first
			had, err := t.closed(ctx, c)
			return sameClosing(had, hash, err)
		}
		if _, err := t.insert(ctx, "closing_row", rows, ""); err != nil {
			return err
		}
		t.changed("closing", clean(c.Plan))
		kind := "period.closed"
		if c.Revision > 1 {
			kind = "period.restated"
		}
		t.happened(Event{
			At: c.At, ActorKind: "person", Actor: c.Actor, Kind: kind, Subject: c.Plan + " " + c.Period, Before: before,
			After: pack(map[string]any{"dataset": c.Dataset, "revision": c.Revision, "reason": c.Reason, "rows": len(c.Rows), "open": len(c.Open)}),
		}, id)
		return nil
	})
}

// closed is the hash of the stored closing of that plan, period and revision.
func (t *tx) closed(ctx context.Context, c schedule.Closing) (hash string, err error) {
	err = each(ctx, t, func(r *sql.Rows) error { return r.Scan(&hash) },
		"SELECT hash FROM closing WHERE plan = $1 AND period = $2 AND revision = $3", clean(c.Plan), clean(c.Period), c.Revision)
	return hash, err
}

// sameClosing: the same told twice is one, anything else under its name is refused.
func sameClosing(had, hash string, err error) error {
	if err == nil && had != hash {
		return ErrRevision
	}
	return err
}

// Closings returns every closing of a plan up to knownAt (zero: all) with its
// rows, oldest first.
func (s *Store) Closings(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Closing, error) {
	return s.closings(ctx, plan, nil, knownAt)
}

// OwnerClosings returns every closing of a plan with some owners' rows alone,
// oldest first.
func (s *Store) OwnerClosings(ctx context.Context, plan string, owners []string) ([]schedule.Closing, error) {
	if len(owners) == 0 || slices.Contains(owners, "") {
		return nil, errors.New("read the closed periods of an owner: none is named")
	}
	return s.closings(ctx, plan, owners, time.Time{})
}

func (s *Store) closings(ctx context.Context, plan string, owners []string, knownAt time.Time) ([]schedule.Closing, error) {
	out, err := s.ClosingHeads(ctx, plan, knownAt)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Rows, err = s.closingRows(ctx, out[i].ID, owners); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ClosingHeads is Closings without the rows.
func (s *Store) ClosingHeads(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Closing, error) {
	var out []schedule.Closing
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var c schedule.Closing
		err := r.Scan(&c.ID, &c.Plan, &c.Period, &c.Revision, at(&c.Start), at(&c.End), at(&c.At), &c.Actor, &c.Reason, &c.Dataset,
			&c.PlanVersion, &c.Classifier, into(&c.Open))
		for i := range c.Open {
			c.Open[i].Reasons = wholeNumbers(c.Open[i].Reasons)
		}
		out = append(out, c)
		return err
	}, `SELECT id, plan, period, revision, start_at, end_at, at, actor, reason, dataset, plan_version, classifier, unsettled FROM closing
		WHERE plan = $1 AND at <= $2 ORDER BY at, revision, id`, clean(plan), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read the closed periods of %s: %w", plan, err)
	}
	return out, nil
}

// ClosingRows returns the rows of one closing, in the order they were closed in.
func (s *Store) ClosingRows(ctx context.Context, closing string) ([]schedule.ClosedRow, error) {
	return s.closingRows(ctx, closing, nil)
}

// closingRows reads the rows of some owners, or of all if none is given.
func (s *Store) closingRows(ctx context.Context, closing string, owners []string) ([]schedule.ClosedRow, error) {
	var out []schedule.ClosedRow
	a := args{clean(closing)}
	where := " WHERE closing = $1"
	if len(owners) > maxIn {
		for part := range slices.Chunk(owners, maxIn) {
			rows, err := s.closingRows(ctx, closing, part)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
		}
		return out, nil
	}
	if len(owners) > 0 {
		where += " AND owner IN " + a.in(sortedKeys(set(owners)))
	}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var row schedule.ClosedRow
		err := r.Scan(at(&row.At), into(&row.Standing), into(&row.Credits), into(&row.Rejections))
		row.Standing.Reasons = wholeNumbers(row.Standing.Reasons)
		for i := range row.Credits {
			row.Credits[i].Reasons = wholeNumbers(row.Credits[i].Reasons)
		}
		for i := range row.Rejections {
			row.Rejections[i].Reason = wholeNumbers([]schedule.Reason{row.Rejections[i].Reason})[0]
		}
		out = append(out, row)
		return err
	}, "SELECT at, standing, credits, rejections FROM closing_row"+where+" ORDER BY n", a...)
	if err != nil {
		return nil, fmt.Errorf("read the rows of closing %s: %w", closing, err)
	}
	return out, nil
}
