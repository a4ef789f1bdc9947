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

// AddEntry records a part of the plan's files as a person set it, durably. The
// same one told twice is one. It gives the entry's id.
func (s *Store) AddEntry(ctx context.Context, e schedule.Entry) (id string, err error) {
	if e.Scope == "" || e.Kind == "" || e.Key == "" || e.Body == "" || e.Actor == "" || e.From.IsZero() || e.At.IsZero() {
		return "", errors.New("add entry: scope, kind, key, body, actor, first day and time are needed")
	}
	body, base := nfc(e.Body), nfc(e.Base)
	id = media.Hash("entry", e.Scope, e.Kind, e.Key, body, e.From.UTC().Format(time.RFC3339Nano), e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Basis)
	return id, s.writeDurable(ctx, "add an entry of "+e.Kind+" "+e.Key, func(t *tx) error {
		before := base
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&before) },
			"SELECT body FROM plan_entry WHERE scope = $1 AND kind = $2 AND name = $3 ORDER BY at DESC, id DESC LIMIT 1", clean(e.Scope), e.Kind, clean(e.Key))
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO plan_entry (id, scope, kind, name, body, base, valid_from, at, actor, basis)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
			id, clean(e.Scope), e.Kind, clean(e.Key), body, base, micros(e.From), micros(e.At), nfc(e.Actor), nfc(e.Basis))
		if err != nil || n == 0 {
			return err
		}
		t.changed("plan", clean(e.Scope))
		t.happened(Event{At: e.At, ActorKind: "person", Actor: e.Actor, Kind: "entry.set", Subject: e.Scope + " " + e.Kind + " " + e.Key, Before: before,
			After: pack(map[string]string{"value": body, "from": dayOf(e.From), "basis": e.Basis})}, id)
		return nil
	})
}

// Entries returns what was set over the files of some scopes up to knownAt
// (zero: all), oldest first.
func (s *Store) Entries(ctx context.Context, scopes []string, knownAt time.Time) ([]schedule.Entry, error) {
	var a args
	var out []schedule.Entry
	query := "SELECT id, scope, kind, name, body, base, valid_from, at, actor, basis FROM plan_entry WHERE scope IN " + a.in(scopes) + " AND at <= " + a.add(upTo(knownAt)) + " ORDER BY at, id"
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var e schedule.Entry
		err := r.Scan(&e.ID, &e.Scope, &e.Kind, &e.Key, &e.Body, &e.Base, at(&e.From), at(&e.At), &e.Actor, &e.Basis)
		out = append(out, e)
		return err
	}, query, a...)
	if err != nil {
		return nil, fmt.Errorf("read what was set over the plan's files: %w", err)
	}
	return out, nil
}
