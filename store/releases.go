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

// ErrReleased says that a person released the same before.
var ErrReleased = errors.New("it was released before")

// AddRelease records a person's word that somebody may be told, durably. The same
// word told twice is one; another on the same is ErrReleased.
func (s *Store) AddRelease(ctx context.Context, r schedule.Release) error {
	if r.Plan == "" || r.Kind == "" || r.Period == "" || r.Actor == "" || r.Office == "" || r.At.IsZero() {
		return errors.New("add release: plan, kind, period, actor, office and time are needed")
	}
	id := media.Hash("release", clean(r.Plan), string(r.Kind), clean(r.Quota), clean(r.Owner), clean(r.Period), r.At.UTC().Format(time.RFC3339Nano), nfc(r.Actor), clean(r.Office), nfc(r.Words))
	return s.writeDurable(ctx, "add release "+string(r.Kind), func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO notice_release (id, plan, kind, quota, owner, period, at, actor, office, words)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
			id, clean(r.Plan), string(r.Kind), clean(r.Quota), clean(r.Owner), clean(r.Period), micros(r.At), nfc(r.Actor), clean(r.Office), nfc(r.Words))
		if err != nil {
			return err
		}
		if n == 0 {
			had := 0
			err := each(ctx, t, func(rows *sql.Rows) error { return rows.Scan(&had) }, "SELECT COUNT(*) FROM notice_release WHERE id = $1", id)
			if err == nil && had == 0 {
				err = ErrReleased
			}
			return err
		}
		t.changed("release", clean(r.Plan))
		t.happened(Event{At: r.At, ActorKind: "person", Actor: r.Actor, Kind: "notice.released",
			Subject: r.Plan + " " + string(r.Kind) + " " + r.Quota + " " + r.Owner + " " + r.Period,
			After:   pack(map[string]string{"office": r.Office, "words": r.Words})}, id)
		return nil
	})
}

// Releases returns a plan's releases, oldest first.
func (s *Store) Releases(ctx context.Context, plan string) ([]schedule.Release, error) {
	var out []schedule.Release
	err := each(ctx, s.pools.read, func(rows *sql.Rows) error {
		var r schedule.Release
		err := rows.Scan(&r.ID, &r.Plan, &r.Kind, &r.Quota, &r.Owner, &r.Period, at(&r.At), &r.Actor, &r.Office, &r.Words)
		out = append(out, r)
		return err
	}, "SELECT id, plan, kind, quota, owner, period, at, actor, office, words FROM notice_release WHERE plan = $1 ORDER BY at, id", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the releases of %s: %w", plan, err)
	}
	return out, nil
}
