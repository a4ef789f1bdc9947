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
