package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"loa/media"
	"loa/schedule"
)

// ErrCaseMoved says that somebody else acted in a case of the plan since the
// acts were read: read them again, and decide again.
var ErrCaseMoved = errors.New("another act was recorded in the plan's cases meanwhile")

// AddCaseAct records a person's act in a make-good case with what it decides
// about the standings, durably and together. Seq has to be the next of the plan
// (ErrCaseMoved); the same act told twice is one.
func (s *Store) AddCaseAct(ctx context.Context, a schedule.CaseAct, ds []schedule.Decision) error {
	if a.Plan == "" || a.Case == "" || a.Kind == "" || a.Actor == "" || a.At.IsZero() || a.Seq < 1 {
		return errors.New("add case act: plan, case, kind, actor, time and place are needed")
	}
	a.ID = ""
	body := nfc(pack(a))
	id := media.Hash("case act", clean(a.Plan), strconv.Itoa(a.Seq), body)
	return s.writeDurable(ctx, "add act "+string(a.Kind)+" of case "+a.Case, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO case_act (id, plan, seq, case_id, kind, at, actor, file_hash, body)
			SELECT $1, $2, CAST($3 AS BIGINT), $4, $5, CAST($6 AS BIGINT), $7, $8, $9
			WHERE (SELECT COALESCE(MAX(seq), 0) FROM case_act WHERE plan = $2) = CAST($3 AS BIGINT) - 1 ON CONFLICT DO NOTHING`,
			id, clean(a.Plan), a.Seq, clean(a.Case), string(a.Kind), micros(a.At), nfc(a.Actor), clean(a.File), body)
		if err != nil {
			return err
		}
		if n == 0 {
			var had string
			if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&had) }, "SELECT id FROM case_act WHERE plan = $1 AND seq = $2", clean(a.Plan), a.Seq); err != nil {
				return err
			}
			if had == id {
				return nil
			}
			return ErrCaseMoved
		}
		for _, d := range ds {
			if err := t.addDecision(ctx, d, "person"); err != nil {
				return err
			}
		}
		t.changed("case", clean(a.Plan))
		t.happened(Event{At: a.At, ActorKind: "person", Actor: a.Actor, Kind: "case." + string(a.Kind), Subject: a.Plan + " " + a.Case, After: body}, id)
		return nil
	})
}

// CaseActs returns the acts in a plan's make-good cases up to knownAt (zero:
// all), in their order; schedule.Cases makes the cases of them.
func (s *Store) CaseActs(ctx context.Context, plan string, knownAt time.Time) ([]schedule.CaseAct, error) {
	var out []schedule.CaseAct
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		var a schedule.CaseAct
		err := r.Scan(&id, into(&a))
		a.ID = id
		out = append(out, a)
		return err
	}, "SELECT id, body FROM case_act WHERE plan = $1 AND at <= $2 ORDER BY seq", clean(plan), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read the make-good cases of %s: %w", plan, err)
	}
	return out, nil
}
