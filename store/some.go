package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"

	"loa/schedule"
	"loa/web"
)

// Some returns what Evaluation does of the standings that q names.
func (s *Store) Some(ctx context.Context, plan string, q web.StandingQuery) (e schedule.Evaluation, ok bool, err error) {
	tx, err := s.pools.read.BeginTx(ctx, &sql.TxOptions{Isolation: s.eng.snapshot, ReadOnly: s.eng.snapshot != 0})
	if err != nil {
		return e, false, fmt.Errorf("read the evaluation of %s: %w", plan, err)
	}
	defer tx.Rollback() // a read
	var quotas []string
	edition, shrunk := int64(0), int64(0)
	err = each(ctx, tx, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&e.Plan, &e.Version, at(&e.Now), at(&e.Ran), into(&quotas), &e.Classifier, into(&e.Proposals), &edition, &shrunk)
	}, "SELECT plan, version, now_at, ran_at, quotas, classifier, proposals, edition, shrunk FROM evaluation WHERE plan = $1", clean(plan))
	if err != nil || !ok {
		return e, false, err
	}
	for i := range e.Proposals {
		wholeProposal(&e.Proposals[i])
	}
	if q.Brief {
		e.Standings, err = s.briefs.read(ctx, tx, e.Plan, [2]int64{edition, shrunk}, q, quotas)
	} else {
		e.Standings, err = standings(ctx, tx, e.Plan, q, quotas)
	}
	if err != nil {
		return e, false, fmt.Errorf("read some standings of %s: %w", plan, err)
	}
	return e, true, nil
}

// standings reads those that a query names, whole and in order.
func standings(ctx context.Context, tx querier, plan string, q web.StandingQuery, quotas []string) ([]schedule.Standing, error) {
	var out []schedule.Standing
	err := someOf(q, func(where string, a args) error {
		a[0] = plan
		return each(ctx, tx, func(r *sql.Rows) error {
			var st schedule.Standing
			err := r.Scan(into(&st))
			st.Reasons = wholeNumbers(st.Reasons)
			out = append(out, st)
			return err
		}, "SELECT body FROM standing WHERE plan = $1"+where, a...)
	})
	standingOrder(out, quotas)
	return out, err
}

func standingOrder(sts []schedule.Standing, quotas []string) {
	rank := ranks(quotas)
	slices.SortFunc(sts, func(a, b schedule.Standing) int {
		return cmp.Or(rank(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), a.Start.Compare(b.Start), cmp.Compare(a.Period, b.Period))
	})
}

// someOf calls fn with the condition for a query's lists, each piece by piece; the
// plan is the first parameter.
func someOf(q web.StandingQuery, fn func(where string, a args) error) error {
	lists := []struct {
		col  string
		vals []string
	}{{"quota", q.Quotas}, {"owner", q.Owners}, {"period", q.Periods}}
	var step func(i int, where string, a args) error
	step = func(i int, where string, a args) error {
		if i == len(lists) {
			return fn(where, a)
		}
		if len(lists[i].vals) == 0 {
			return step(i+1, where, a)
		}
		return chunk(lists[i].vals, maxIn/2, func(vals []string) error {
			b := slices.Clone(a)
			in := b.in(vals)
			return step(i+1, where+" AND "+lists[i].col+" IN "+in, b)
		})
	}
	return step(0, "", args{nil})
}

// briefs keeps what pages of many standings show, by what was asked. Of a newer
// edition of the evaluation only what was written since is read.
type briefs struct {
	mu    sync.Mutex
	known map[string]*brief
}

type brief struct {
	edition   int64
	used      int // the latest of all uses of the briefs, when it was last asked for
	standings []schedule.Standing
}

// How much is kept: questions, and standings of some hundred bytes each in all of them.
const mostAsked, mostBriefs = 12, 200_000

// read answers from what is kept. at is the edition, and the one in which rows were last taken away.
func (b *briefs) read(ctx context.Context, tx querier, plan string, at [2]int64, q web.StandingQuery, quotas []string) ([]schedule.Standing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := strings.Join([]string{plan, strings.Join(q.Quotas, sep), strings.Join(q.Owners, sep), strings.Join(q.Periods, sep)}, sep+sep)
	k := b.known[asked]
	if k != nil && k.edition == at[0] {
		return k.standings, nil
	}
	since := int64(-1)
	var had []schedule.Standing
	if k != nil && k.edition < at[0] && at[1] <= k.edition {
		since, had = k.edition, k.standings
	}
	fresh, err := brieflySince(ctx, tx, plan, q, since)
	if err != nil {
		return nil, err
	}
	out := fresh
	if since >= 0 {
		out = had
		if len(fresh) > 0 { // what was given out before is not touched
			out = merged(had, fresh)
		}
	}
	if len(out) > len(had) {
		standingOrder(out, quotas)
	}
	if b.known == nil {
		b.known = map[string]*brief{}
	}
	b.known[asked] = &brief{edition: at[0], standings: out}
	b.forget(asked)
	return out, nil
}

// forget lets go of what was not asked for lately.
func (b *briefs) forget(asked string) {
	last, rows := 0, 0
	for _, k := range b.known {
		last, rows = max(last, k.used), rows+len(k.standings)
	}
	b.known[asked].used = last + 1
	for len(b.known) > 1 && (len(b.known) > mostAsked || rows > mostBriefs) {
		oldest := ""
		for key, k := range b.known {
			if oldest == "" || k.used < b.known[oldest].used {
				oldest = key
			}
		}
		rows -= len(b.known[oldest].standings)
		delete(b.known, oldest)
	}
}

// merged is a copy of standings with the fresh ones in the place of those they are of.
func merged(had, fresh []schedule.Standing) []schedule.Standing {
	type key struct{ quota, owner, period string }
	at := make(map[key]int, len(fresh))
	for i, st := range fresh {
		at[key{st.Quota, st.Owner, st.Period}] = i
	}
	out := slices.Clone(had)
	for i, st := range out {
		k := key{st.Quota, st.Owner, st.Period}
		if n, ok := at[k]; ok {
			out[i] = fresh[n]
			delete(at, k)
		}
	}
	for _, n := range at {
		out = append(out, fresh[n])
	}
	return out
}

// brieflySince reads what was written after an edition, without the arguments of reasons.
func brieflySince(ctx context.Context, tx querier, plan string, q web.StandingQuery, since int64) ([]schedule.Standing, error) {
	var out []schedule.Standing
	err := someOf(q, func(where string, a args) error {
		a[0] = plan
		if since >= 0 {
			where += " AND edition > " + a.add(since)
		}
		return each(ctx, tx, func(r *sql.Rows) error {
			var st schedule.Standing
			err := r.Scan(into(&st))
			for i := range st.Reasons {
				st.Reasons[i].Args = nil
			}
			out = append(out, st)
			return err
		}, "SELECT body FROM standing WHERE plan = $1"+where, a...)
	})
	return out, err
}
