package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/schedule"
)

// AddDecision records a person's act, durably; actorKind is "person" or
// "system". An empty id is made from the act, so that the same act told twice
// is one.
func (s *Store) AddDecision(ctx context.Context, d schedule.Decision, actorKind string) error {
	if d.Kind == "" || d.Plan == "" || d.Actor == "" || d.At.IsZero() {
		return errors.New("add decision: kind, plan, actor and time are needed")
	}
	id := cmp.Or(clean(d.ID), media.Hash("decision", string(d.Kind), d.Plan, d.Quota, d.Owner, d.Period, d.Evidence,
		d.Actor, d.At.UTC().Format(time.RFC3339Nano), d.Reason, d.Document, dayOf(d.Date)))
	return s.writeDurable(ctx, "add decision "+string(d.Kind), func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO decision (id, kind, plan, quota, owner, period, evidence, at, actor, reason, document, date_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`,
			id, string(d.Kind), clean(d.Plan), clean(d.Quota), clean(d.Owner), clean(d.Period), clean(d.Evidence), micros(d.At),
			nfc(d.Actor), nfc(d.Reason), nfc(d.Document), micros(d.Date))
		if err != nil || n == 0 {
			return err
		}
		t.changed("decision", clean(d.Plan))
		t.happened(Event{
			At: d.At, ActorKind: actorKind, Actor: d.Actor, Kind: "decision." + string(d.Kind),
			Subject: d.Plan + " " + d.Quota + " " + d.Owner + " " + d.Period,
			After: pack(map[string]string{
				"evidence": d.Evidence, "reason": d.Reason, "document": d.Document, "date": dayOf(d.Date),
			}),
		}, id)
		return nil
	})
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// Decisions returns what people decided about a plan up to knownAt (zero:
// everything), oldest first.
func (s *Store) Decisions(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Decision, error) {
	var out []schedule.Decision
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var d schedule.Decision
		err := r.Scan(&d.ID, &d.Kind, &d.Plan, &d.Quota, &d.Owner, &d.Period, &d.Evidence, at(&d.At), &d.Actor, &d.Reason, &d.Document, at(&d.Date))
		out = append(out, d)
		return err
	}, `SELECT id, kind, plan, quota, owner, period, evidence, at, actor, reason, document, date_at FROM decision
		WHERE plan = $1 AND at <= $2 ORDER BY at, id`, clean(plan), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read the decisions of %s: %w", plan, err)
	}
	return out, nil
}

// upTo is the last microsecond that counts as known.
func upTo(knownAt time.Time) int64 {
	if knownAt.IsZero() {
		return never
	}
	return micros(knownAt)
}
