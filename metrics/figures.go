package metrics

import (
	"context"
	"database/sql"
	"time"

	"loa/schedule"
)

// Figures is what is counted in the store beside the evaluation.
type Figures interface {
	// Waiting counts the items that wait for a person; first is when the oldest of
	// them was first seen, zero while none waits.
	Waiting(ctx context.Context) (n int, first time.Time, err error)
	// VerdictsBy counts items by who judged them and by state.
	VerdictsBy(ctx context.Context, classifier string) ([]VerdictCount, error)
	KeptCounts(ctx context.Context) ([]KeptCount, error)
	// Releases are what persons let be told to owners (schedule.Released).
	Releases(ctx context.Context, plan string) ([]schedule.Release, error)
	// Edition tells one state of the stored evaluation and its releases from every other.
	Edition(ctx context.Context, plan string) (string, error)
	// Pools is how the connections to the database are used, by pool.
	Pools() map[string]sql.DBStats
}

// VerdictCount counts items: Classifier "current", "earlier" or "none" (not
// judged), State as of loa_items.
type VerdictCount struct {
	Classifier, State string
	N                 int
}

// KeptCount counts what is kept of a class, and what was deleted.
type KeptCount struct {
	Class                string
	Objects, Bytes, Gone int64
}

func (s scrape) figures(ctx context.Context, classifier string) error {
	from := s.c.opt.Figures
	n, first, err := from.Waiting(ctx)
	if err != nil {
		return err
	}
	age := 0.0
	if n > 0 {
		age = max(0, s.c.opt.Business().Sub(first).Seconds())
	}
	s.gauge("loa_review_queue_items", float64(n))
	s.gauge("loa_review_oldest_seconds", age)
	verdicts, err := from.VerdictsBy(ctx, classifier)
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		s.gauge("loa_verdicts", float64(v.N), v.Classifier, v.State)
	}
	kept, err := from.KeptCounts(ctx)
	if err != nil {
		return err
	}
	for _, k := range kept {
		s.gauge("loa_evidence_objects", float64(k.Objects), k.Class)
		s.gauge("loa_evidence_bytes", float64(k.Bytes), k.Class)
		s.gauge("loa_evidence_deleted", float64(k.Gone), k.Class)
	}
	for pool, st := range from.Pools() {
		s.gauge("loa_store_connections", float64(st.InUse), pool, "in_use")
		s.gauge("loa_store_connections", float64(st.Idle), pool, "idle")
		s.counter("loa_store_waits_total", float64(st.WaitCount), pool)
		s.counter("loa_store_wait_seconds_total", st.WaitDuration.Seconds(), pool)
	}
	return nil
}
