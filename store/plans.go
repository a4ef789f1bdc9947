package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// PutPlan keeps the full text of a version of a plan, used first at the
// business time at; a version once kept stays.
func (s *Store) PutPlan(ctx context.Context, id, version, text string, at time.Time) error {
	return s.writeDurable(ctx, "put plan "+id, func(t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO plan_version (version, plan, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (version) DO NOTHING",
			clean(version), clean(id), clean(text), micros(at))
		if err != nil || n == 0 {
			return err
		}
		t.changed("plan", clean(id))
		t.happened(Event{At: at, ActorKind: "system", Kind: "plan.recorded", Subject: id, After: version}, version)
		return nil
	})
}

// Plans names the plans of which a version was ever used, in order.
func (s *Store) Plans(ctx context.Context) ([]string, error) {
	var ids []string
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT DISTINCT plan FROM plan_version ORDER BY plan")
	if err != nil {
		return nil, fmt.Errorf("read the plans that were used: %w", err)
	}
	return ids, nil
}

// Plan returns the kept text of a version.
func (s *Store) Plan(ctx context.Context, version string) (id, text string, ok bool, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&id, &text)
	}, "SELECT plan, body FROM plan_version WHERE version = $1", clean(version))
	if err != nil {
		return "", "", false, fmt.Errorf("read plan version %s: %w", version, err)
	}
	return id, text, ok, nil
}
