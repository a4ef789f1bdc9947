package store

import (
	"context"
	"fmt"
	"time"
)

// TakeChore leases the named singleton for ttl on the store's clock. The owner
// may take it again before it runs out.
func (s *Store) TakeChore(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	res, err := s.pools.write.ExecContext(ctx, `INSERT INTO chore (name, owner, until) VALUES ($1, $2, `+s.eng.clock+` + $3)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
		WHERE chore.owner = excluded.owner OR chore.until <= `+s.eng.clock, clean(name), clean(owner), ttl.Microseconds())
	if err != nil {
		return false, fmt.Errorf("take chore %s: %w", name, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
