package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/schedule"
)

// ErrSettled says that somebody answered an objection before.
var ErrSettled = errors.New("the objection was settled before")

// AddNote records what was said, durably; the same said twice is one. A second
// answer to an objection is ErrSettled.
func (s *Store) AddNote(ctx context.Context, n schedule.Note) error {
	if n.Plan == "" || n.Kind == "" || n.Owner == "" || n.Actor == "" || n.Words == "" || n.At.IsZero() {
		return errors.New("add note: plan, kind, owner, actor, words and time are needed")
	}
	n.ID = ""
	body := nfc(pack(n))
	id := media.Hash("note", clean(n.Plan), body)
	return s.writeDurable(ctx, "add note "+string(n.Kind), func(t *tx) error {
		done, err := t.exec(ctx, `INSERT INTO note (id, plan, kind, owner, quota, period, at, actor, of_note, file_hash, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
			id, clean(n.Plan), string(n.Kind), clean(n.Owner), clean(n.Quota), clean(n.Period), micros(n.At), nfc(n.Actor), clean(n.Of), clean(n.File), body)
		if err != nil {
			return err
		}
		if done == 0 {
			had := 0
			if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&had) }, "SELECT COUNT(*) FROM note WHERE id = $1", id); err != nil || had == 1 {
				return err
			}
			return ErrSettled
		}
		t.changed("note", clean(n.Plan))
		t.happened(Event{At: n.At, ActorKind: "person", Actor: n.Actor, Kind: "note." + string(n.Kind), Subject: n.Plan + " " + n.Quota + " " + n.Owner + " " + n.Period, Before: n.Of, After: body}, id)
		return nil
	})
}

// Notes returns a plan's notes up to knownAt (zero: all), oldest first.
func (s *Store) Notes(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Note, error) {
	var out []schedule.Note
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		var n schedule.Note
		err := r.Scan(&id, into(&n))
		n.ID = id
		out = append(out, n)
		return err
	}, "SELECT id, body FROM note WHERE plan = $1 AND at <= $2 ORDER BY at, id", clean(plan), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read the notes of %s: %w", plan, err)
	}
	return out, nil
}
