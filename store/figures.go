package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/metrics"
)

// Waiting counts the items that wait for a person's word, and tells when the
// first of them was first seen.
func (s *Store) Waiting(ctx context.Context) (n int, first time.Time, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&n, at(&first)) },
		"SELECT COUNT(*), COALESCE(MIN(seen), 0) FROM item WHERE outcome = 'review'")
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("count what waits for a person: %w", err)
	}
	return n, first, nil
}

// VerdictsBy counts items by state, apart by whether this version of the
// classifier judged them, an earlier one, or none.
func (s *Store) VerdictsBy(ctx context.Context, classifier string) ([]metrics.VerdictCount, error) {
	var out []metrics.VerdictCount
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var v metrics.VerdictCount
		err := r.Scan(&v.Classifier, &v.State, &v.N)
		out = append(out, v)
		return err
	}, `SELECT CASE WHEN judged = '' THEN 'none' WHEN judged = $1 THEN 'current' ELSE 'earlier' END AS who, outcome, COUNT(*)
		FROM item GROUP BY who, outcome ORDER BY who, outcome`, clean(classifier))
	if err != nil {
		return nil, fmt.Errorf("count verdicts by version: %w", err)
	}
	return out, nil
}

// KeptCounts counts what is kept by class.
func (s *Store) KeptCounts(ctx context.Context) ([]metrics.KeptCount, error) {
	var out []metrics.KeptCount
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var k metrics.KeptCount
		err := r.Scan(&k.Class, &k.Objects, &k.Bytes, &k.Gone)
		out = append(out, k)
		return err
	}, `SELECT class, SUM(CASE WHEN gone = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN gone = 0 THEN size ELSE 0 END), SUM(CASE WHEN gone = 0 THEN 0 ELSE 1 END)
		FROM kept GROUP BY class ORDER BY class`)
	if err != nil {
		return nil, fmt.Errorf("count what is kept by class: %w", err)
	}
	return out, nil
}

// Pools is how the connections of this process are used: "write" and "read", or
// "all" where one pool does both.
func (s *Store) Pools() map[string]sql.DBStats {
	if s.pools.write == s.pools.read {
		return map[string]sql.DBStats{"all": s.pools.read.Stats()}
	}
	return map[string]sql.DBStats{"write": s.pools.write.Stats(), "read": s.pools.read.Stats()}
}

// Edition tells one state of what is stored of a plan's evaluation, and of what
// was released of it, from every other; "" if nothing is stored.
func (s *Store) Edition(ctx context.Context, plan string) (string, error) {
	out := ""
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var edition, ran, releases int64
		err := r.Scan(&edition, &ran, &releases)
		out = fmt.Sprint(edition, " ", ran, " ", releases)
		return err
	}, "SELECT edition, ran_at, (SELECT COUNT(*) FROM notice_release WHERE plan = $1) FROM evaluation WHERE plan = $1", clean(plan))
	if err != nil {
		return "", fmt.Errorf("read the edition of %s: %w", plan, err)
	}
	return out, nil
}
