package store

import (
	"context"
	"errors"
)

// MigrateTo brings an empty database to an earlier version of the schema.
func MigrateTo(ctx context.Context, db string, version int) error {
	eng, p, err := openPools(ctx, db, Options{})
	if err != nil {
		return err
	}
	s := &Store{eng: eng, pools: p}
	return errors.Join(s.migrateOnce(ctx, eng.steps()[:version]), p.close())
}

// Misplaced counts the search words that do not stand where their item does.
func (s *Store) Misplaced(ctx context.Context) (n int, err error) {
	return n, s.pools.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM item_text t JOIN item i ON i.id = t.item WHERE t.at <> i.at").Scan(&n)
}

// Unmask gives an item search words as they were made before there was a masker.
func (s *Store) Unmask(ctx context.Context, item, words string) error {
	_, err := s.pools.write.ExecContext(ctx, "UPDATE item_text SET words = $2, masked = 0 WHERE item = $1", item, words)
	return err
}

// Unfacet leaves the verdicts as they were before facets were read.
func (s *Store) Unfacet(ctx context.Context) error {
	_, err := s.pools.write.ExecContext(ctx, "UPDATE verdict SET facets = ''")
	return err
}

// ExecIn runs one statement in a database, past the store.
func ExecIn(ctx context.Context, db, stmt string) error {
	_, p, err := openPools(ctx, db, Options{})
	if err != nil {
		return err
	}
	_, err = p.write.ExecContext(ctx, stmt)
	return errors.Join(err, p.close())
}

// Fails notes a change in a transaction that is not committed.
func (s *Store) Fails(ctx context.Context, kind string, why error) error {
	return s.write(ctx, "fail", func(t *tx) error {
		t.changed(kind, "")
		if err := t.putChanges(ctx); err != nil {
			return err
		}
		return why
	})
}

// Steps names the steps of the schema in their order.
func Steps(engine string) []string {
	if engine == "sqlite" {
		return sqliteEngine().steps()
	}
	return postgres().steps()
}

// WaitsForLock tells whether a statement of this database waits for a lock (PostgreSQL).
func (s *Store) WaitsForLock(ctx context.Context, waits *bool) error {
	return s.pools.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(waits)
}
