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

// SessionDraft is what was drafted of a reporting period on the morning after its cut-off.
type SessionDraft struct {
	Plan, Period string
	At           time.Time // business clock
	Body         string    // JSON
}

// PutSessionDraft stores what was drafted of a period, once: first is false where it was there, and stays as it was.
func (s *Store) PutSessionDraft(ctx context.Context, d SessionDraft) (first bool, err error) {
	if d.Plan == "" || d.Period == "" || d.Body == "" || d.At.IsZero() {
		return false, errors.New("put session draft: plan, period, time and body are needed")
	}
	body := nfc(d.Body)
	return first, s.writeDurable(ctx, "put the drafts of "+d.Period, func(t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO session_draft (plan, period, at, body) VALUES ($1, $2, $3, $4) ON CONFLICT (plan, period) DO NOTHING", clean(d.Plan), clean(d.Period), micros(d.At), body)
		first = n > 0
		if err != nil || n == 0 {
			return err
		}
		t.happened(Event{At: d.At, ActorKind: "system", Kind: "draft.session", Subject: d.Plan + " " + d.Period, After: media.Hash("session", body)}, d.Plan, d.Period)
		return nil
	})
}

// SessionDraft is what was drafted of a period; false if nothing was.
func (s *Store) SessionDraft(ctx context.Context, plan, period string) (d SessionDraft, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&d.Plan, &d.Period, at(&d.At), &d.Body)
	}, "SELECT plan, period, at, body FROM session_draft WHERE plan = $1 AND period = $2", clean(plan), clean(period))
	if err != nil {
		return d, false, fmt.Errorf("read the drafts of %s: %w", period, err)
	}
	return d, ok, nil
}

// AddScoreBasis records by which decision scores are given; the same told twice is one.
func (s *Store) AddScoreBasis(ctx context.Context, b schedule.ScoreBasis) error {
	if b.Plan == "" || b.Number == "" || b.Day.IsZero() || b.Words == "" || b.Actor == "" || b.At.IsZero() {
		return errors.New("add score basis: plan, number, day, words, actor and time are needed")
	}
	after := pack(map[string]string{"number": b.Number, "day": dayOf(b.Day), "words": b.Words})
	id := media.Hash("score", clean(b.Plan), nfc(after), b.At.UTC().Format(time.RFC3339Nano), nfc(b.Actor))
	return s.writeDurable(ctx, "add score basis", func(t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO score_basis (id, plan, number, day, words, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
			id, clean(b.Plan), nfc(b.Number), micros(b.Day), nfc(b.Words), micros(b.At), nfc(b.Actor))
		if err != nil || n == 0 {
			return err
		}
		t.happened(Event{At: b.At, ActorKind: "person", Actor: b.Actor, Kind: "score.entered", Subject: b.Plan, After: after}, id)
		return nil
	})
}

// ScoreBases are the decisions by which scores are given, as they were entered, the latest first.
func (s *Store) ScoreBases(ctx context.Context, plan string) ([]schedule.ScoreBasis, error) {
	var out []schedule.ScoreBasis
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var b schedule.ScoreBasis
		err := r.Scan(&b.Plan, &b.Number, at(&b.Day), &b.Words, at(&b.At), &b.Actor)
		out = append(out, b)
		return err
	}, "SELECT plan, number, day, words, at, actor FROM score_basis WHERE plan = $1 ORDER BY at DESC, id", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the decisions on scores of %s: %w", plan, err)
	}
	return out, nil
}
