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
	ids, err := oneColumn(ctx, s.pools.read, "SELECT DISTINCT plan FROM plan_version ORDER BY plan")
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

// PlanVersion is the kept text of one version of a plan, and when it was first
// used (business clock).
type PlanVersion struct {
	Version string
	At      time.Time
	Text    string
}

// PlanVersions returns every version of a plan that was ever used, oldest first.
func (s *Store) PlanVersions(ctx context.Context, plan string) ([]PlanVersion, error) {
	var out []PlanVersion
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var v PlanVersion
		err := r.Scan(&v.Version, at(&v.At), &v.Text)
		out = append(out, v)
		return err
	}, "SELECT version, at, body FROM plan_version WHERE plan = $1 ORDER BY at, version", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the versions of plan %s: %w", plan, err)
	}
	return out, nil
}

// AddChange records a changed number of a plan, durably. An empty id is made
// from the change, so that the same one told twice is one.
func (s *Store) AddChange(ctx context.Context, plan string, c schedule.Change) error {
	if plan == "" || c.Quota == "" || c.Field == "" || c.Actor == "" || c.From.IsZero() || c.At.IsZero() {
		return errors.New("add change: plan, quota, field, actor, first day and time are needed")
	}
	id := cmp.Or(clean(c.ID), media.Hash("change", plan, c.Quota, c.Field, c.Value, c.From.UTC().Format(time.RFC3339Nano),
		c.At.UTC().Format(time.RFC3339Nano), c.Actor, c.Basis))
	return s.writeDurable(ctx, "add a change of "+c.Quota+" in "+plan, func(t *tx) error {
		var before string
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&before) },
			"SELECT body FROM plan_override WHERE plan = $1 AND quota = $2 AND field = $3 ORDER BY at DESC, id DESC LIMIT 1", clean(plan), clean(c.Quota), clean(c.Field))
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO plan_override (id, plan, quota, field, body, valid_from, at, actor, basis)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
			id, clean(plan), clean(c.Quota), clean(c.Field), nfc(c.Value), micros(c.From), micros(c.At), nfc(c.Actor), nfc(c.Basis))
		if err != nil || n == 0 {
			return err
		}
		t.changed("plan", clean(plan))
		t.happened(Event{
			At: c.At, ActorKind: "person", Actor: c.Actor, Kind: "plan.changed", Subject: plan + " " + c.Quota + " " + c.Field, Before: before,
			After: pack(map[string]string{"value": c.Value, "from": dayOf(c.From), "basis": c.Basis}),
		}, id)
		return nil
	})
}

// Changes returns the changed numbers of a plan up to knownAt (zero: all),
// oldest first.
func (s *Store) Changes(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Change, error) {
	var out []schedule.Change
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var c schedule.Change
		err := r.Scan(&c.ID, &c.Quota, &c.Field, &c.Value, at(&c.From), at(&c.At), &c.Actor, &c.Basis)
		out = append(out, c)
		return err
	}, "SELECT id, quota, field, body, valid_from, at, actor, basis FROM plan_override WHERE plan = $1 AND at <= $2 ORDER BY at, id", clean(plan), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read the changes of %s: %w", plan, err)
	}
	return out, nil
}
