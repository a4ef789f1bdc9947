package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
)

// Handed is what a person handed in and looks at before it is stored.
type Handed struct {
	ID     string // not to be guessed
	Plan   string
	Person string // account, or session of a link
	Body   string // JSON: what was declared
	Name   string // of the file, for the trail; not read back
	File   string // hex SHA-256 of the file as kept, "" if there is none
	Scan   string
	Made   time.Time // machine clock
	Until  time.Time // machine clock: gone after that
	Done   string    // JSON of what was stored of it, "" while it waits
}

// ErrNoHanded says that the person has nothing of that id that waits: never, no longer, or not theirs.
var ErrNoHanded = errors.New("nothing such was handed in by the person")

// PutHanded keeps what a person handed in until they have looked at it, in the
// place of what the same person sent under the same id before, and forgets what
// waited too long. file and scan are the bytes as kept just now; nil keeps those
// of before. Another's id is ErrNoHanded. by is the person as the trail names
// them, at the business clock's time.
func (s *Store) PutHanded(ctx context.Context, h Handed, file, scan *media.Kept, by string, now time.Time) error {
	if h.ID == "" || h.Plan == "" || h.Person == "" || h.Body == "" || by == "" || h.Made.IsZero() || !h.Until.After(h.Made) || now.IsZero() {
		return errors.New("put handed: id, plan, person, body, name and times are needed")
	}
	for _, k := range []struct {
		kept *media.Kept
		to   *string
	}{{file, &h.File}, {scan, &h.Scan}} {
		if k.kept != nil {
			*k.to = k.kept.SHA256
		}
	}
	return s.writeDurable(ctx, "put handed "+h.ID, func(t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM handed WHERE until < $1", micros(h.Made)); err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO handed (id, plan, person, body, file, scan, made, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (id) DO UPDATE SET body = excluded.body, file = excluded.file, scan = excluded.scan, until = excluded.until
			WHERE handed.person = excluded.person AND handed.done = ''`,
			clean(h.ID), clean(h.Plan), clean(h.Person), nfc(h.Body), clean(h.File), clean(h.Scan), micros(h.Made), micros(h.Until))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoHanded
		}
		if err := t.putKept(ctx, keptAs{file, classPersonal}, keptAs{scan, classPersonal}); err != nil {
			return err
		}
		if file != nil || scan != nil {
			t.happened(Event{At: now, ActorKind: "person", Actor: by, Kind: "handed.received", Subject: h.ID,
				After: pack(map[string]string{"filename": h.Name, "file": h.File, "scan": h.Scan})}, h.ID, h.File, h.Scan)
		}
		return nil
	})
}

// Handed is what the person handed in under an id; ErrNoHanded if there is
// nothing, if its time has passed, or if it is another's.
func (s *Store) Handed(ctx context.Context, id, person string, now time.Time) (h Handed, err error) {
	found := false
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		found = true
		return r.Scan(&h.ID, &h.Plan, &h.Person, &h.Body, &h.File, &h.Scan, at(&h.Made), at(&h.Until), &h.Done)
	}, "SELECT id, plan, person, body, file, scan, made, until, done FROM handed WHERE id = $1 AND person = $2 AND until >= $3", clean(id), clean(person), micros(now))
	switch {
	case err != nil:
		return h, fmt.Errorf("read what was handed in: %w", err)
	case !found || person == "":
		return Handed{}, ErrNoHanded
	}
	return h, nil
}

// HandedDone notes what was stored of what a person handed in; it does not wait any longer.
func (s *Store) HandedDone(ctx context.Context, id, person, done string) error {
	return s.writeDurable(ctx, "handed done "+id, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE handed SET done = $3 WHERE id = $1 AND person = $2", clean(id), clean(person), nfc(done))
		return err
	})
}

// DropHanded forgets what a person handed in and does not want stored; now is the
// business clock.
func (s *Store) DropHanded(ctx context.Context, id, person, by string, now time.Time) error {
	return s.writeDurable(ctx, "drop handed "+id, func(t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM handed WHERE id = $1 AND person = $2", clean(id), clean(person))
		if err == nil && n > 0 {
			t.happened(Event{At: now, ActorKind: "person", Actor: by, Kind: "handed.dropped", Subject: id}, id)
		}
		return err
	})
}
