package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"loa/media"
	"loa/web/trail"
)

// Event is one row of the audit log. Hash is the SHA-256 of every other field,
// so a row can be neither altered nor taken out unseen.
type Event struct {
	Seq           int64
	ID            string    // made from what happened: the same happening is recorded once
	At            time.Time // business clock
	ActorKind     string    // "person" or "system"
	Actor         string
	Kind          string // "source.state", "source.layout", "item.revised", "item.merged", "decision.…", "case.…", "radio.sampled", "radio.checked", "review.decided", "review.audited", "review.undone", "airings.imported", "airings.scanned", "schedule.imported", "uploads.imported", "map.set", "map.dropped", "register.imported", "plan.recorded", "plan.changed", "walk.stopped", "walk.begun", "quarantine.added", "quarantine.released", "entry.set", "backup.made", "database.copied", "database.forgot", "period.closed", "period.restated", "draft.added", "draft.shared", "draft.issued", "handin.handed", "handin.accepted", "handin.returned", "handin.withdrawn", "handin.replaced", "notice.released", "notice.made", "notice.sent", "notice.dead", "notice.answered", "note.call", "note.objection", "note.settled", "handed.received", "handed.dropped"
	Subject       string
	Before, After string
	Prev, Hash    string
}

// sum is the hash of an event, each part with its length so that no two lists
// of parts collide.
func (e Event) sum() string {
	h := sha256.New()
	for _, part := range []string{
		strconv.FormatInt(e.Seq, 10), e.ID, strconv.FormatInt(micros(e.At), 10), e.ActorKind, e.Actor,
		e.Kind, e.Subject, e.Before, e.After, e.Prev,
	} {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// happened records an event when the transaction commits. keys, with the kind
// and subject, name the happening.
func (t *tx) happened(e Event, keys ...string) {
	e.Actor, e.Subject, e.Before, e.After = nfc(e.Actor), clean(e.Subject), nfc(e.Before), nfc(e.After)
	e.ID = media.Hash(append([]string{"event", e.Kind, e.Subject}, keys...)...)
	t.events = append(t.events, e)
}

// putEvents appends the events to the chain. Appending queues behind one lock
// held to the end of the transaction, so nothing may be locked after it.
func (t *tx) putEvents(ctx context.Context) error {
	if len(t.events) == 0 {
		return nil
	}
	if q := t.s.eng.lockEvents; q != "" {
		if _, err := t.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("lock the event chain: %w", err)
		}
	}
	var last Event
	err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&last.Seq, &last.Hash) },
		"SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return fmt.Errorf("read the event chain: %w", err)
	}
	for _, e := range t.events {
		e.At = fromMicros(micros(e.At))
		e.Seq, e.Prev = last.Seq+1, last.Hash
		e.Hash = e.sum()
		n, err := t.exec(ctx, `INSERT INTO event (seq, id, at, actor_kind, actor, kind, subject, state_before, state_after, prev, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
			e.Seq, e.ID, micros(e.At), e.ActorKind, e.Actor, e.Kind, e.Subject, e.Before, e.After, e.Prev, e.Hash)
		if err != nil {
			return fmt.Errorf("append event %s: %w", e.Kind, err)
		}
		if n == 1 {
			last = e
		}
	}
	return nil
}

const eventColumns = "seq, id, at, actor_kind, actor, kind, subject, state_before, state_after, prev, hash"

func scanEvent(r *sql.Rows) (e Event, err error) {
	err = r.Scan(&e.Seq, &e.ID, at(&e.At), &e.ActorKind, &e.Actor, &e.Kind, &e.Subject, &e.Before, &e.After, &e.Prev, &e.Hash)
	return e, err
}

// Events returns at most limit events after the given number, oldest first.
func (s *Store) Events(ctx context.Context, after int64, limit int) ([]Event, error) {
	var out []Event
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		e, err := scanEvent(r)
		out = append(out, e)
		return err
	}, "SELECT "+eventColumns+" FROM event WHERE seq > $1 ORDER BY seq LIMIT $2", after, limit)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

// VerifyEvents walks the whole chain and returns how many events it holds; the
// error names the first one that does not follow from its predecessor.
func (s *Store) VerifyEvents(ctx context.Context) (int64, error) {
	c, err := s.VerifyTrail(ctx, trail.Anchor{})
	switch {
	case err != nil:
		return c.Count, err
	case c.Fault == trail.Gap:
		return c.Count, fmt.Errorf("verify events: event %d follows event %d", c.Broken, c.Seq)
	case c.Fault == trail.Unlinked:
		return c.Count, fmt.Errorf("verify events: event %d does not name the hash of event %d", c.Broken, c.Seq)
	case c.Fault == trail.Altered:
		return c.Count, fmt.Errorf("verify events: event %d was altered", c.Broken)
	}
	return c.Count, nil
}

// VerifyTrail walks the whole chain up to the first event that does not follow from
// its predecessor, and looks whether the event an anchor names is still the one it
// was when the anchor was taken: a chain that was written anew as a whole holds in itself.
func (s *Store) VerifyTrail(ctx context.Context, anchor trail.Anchor) (trail.Check, error) {
	c := trail.Check{Anchor: anchor}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		if c.Fault != "" {
			return nil
		}
		e, err := scanEvent(r)
		switch {
		case err != nil:
			return err
		case e.Seq != c.Seq+1:
			c.Fault = trail.Gap
		case e.Prev != c.Hash:
			c.Fault = trail.Unlinked
		case e.Hash != e.sum():
			c.Fault = trail.Altered
		}
		if c.Fault != "" {
			c.Broken = e.Seq
			return nil
		}
		c.Count, c.Seq, c.Hash, c.At = c.Count+1, e.Seq, e.Hash, e.At
		if e.Seq == anchor.Seq {
			c.Anchored = e.Hash == anchor.Hash
		}
		return nil
	}, "SELECT "+eventColumns+" FROM event ORDER BY seq")
	if err != nil {
		return c, fmt.Errorf("verify events: %w", err)
	}
	if c.Fault == "" && anchor.Seq > 0 && !c.Anchored {
		c.Fault, c.Broken = trail.Rewritten, anchor.Seq
	}
	return c, nil
}

// TrailHead is the newest event's number and hash: what is put on paper.
func (s *Store) TrailHead(ctx context.Context) (a trail.Anchor, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&a.Seq, &a.Hash) }, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return a, fmt.Errorf("read the head of the trail: %w", err)
	}
	return a, nil
}

// Seen is the newest event that somebody has seen.
type Seen struct {
	trail.Anchor
	At time.Time // business clock, of the event
}

// Heed looks whether the database still knows what it knew: the newest event that was seen the last time must be there as it was (zero:
// nothing was seen yet). If it is not, a server was put in place of another that had told it not all. That is recorded in the
// trail, once for all that look: up to which event everything is there, and up to which it was. It gives the newest event there is.
func (s *Store) Heed(ctx context.Context, last Seen, now time.Time) (head Seen, forgot bool, err error) {
	read := func(where string, params ...any) (e Event, ok bool, err error) {
		err = each(ctx, s.pools.read, func(r *sql.Rows) (err error) {
			ok = true
			e, err = scanEvent(r)
			return err
		}, "SELECT "+eventColumns+" FROM event "+where, params...)
		return e, ok, err
	}
	e, ok, err := read("ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return last, false, fmt.Errorf("heed the trail: %w", err)
	}
	head = Seen{trail.Anchor{Seq: e.Seq, Hash: e.Hash}, e.At}
	if last.Seq == 0 {
		return head, false, nil
	}
	there, ok, err := read("WHERE seq = $1", last.Seq)
	if err != nil || ok && there.Hash == last.Hash {
		return head, false, err
	}
	// Others may have noticed before, and their note is an event too.
	noted, ok, err := read("WHERE kind = 'database.forgot' ORDER BY seq DESC LIMIT 1")
	var before forgotten
	if err != nil || ok && into(&before).Scan(noted.Before) == nil && before.Seq >= last.Seq && !before.At.Before(last.At) {
		return head, true, err
	}
	left, _, err := read("WHERE seq <= $1 AND kind <> 'database.forgot' ORDER BY seq DESC LIMIT 1", last.Seq)
	if err != nil {
		return head, true, fmt.Errorf("heed the trail: %w", err)
	}
	err = s.writeDurable(ctx, "note what the database forgot", func(t *tx) error {
		t.happened(Event{At: now, ActorKind: "system", Actor: "loa", Kind: "database.forgot", Subject: "event",
			Before: pack(forgotten{last.Seq, last.At}), After: pack(forgotten{left.Seq, left.At})}, last.Hash)
		return nil
	})
	return head, true, err
}

// forgotten is the place of an event in what is recorded of a loss.
type forgotten struct {
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
}
