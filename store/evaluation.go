package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"loa/media"
	"loa/schedule"
)

// line is one stored row of an evaluation: its key (plan, quota, owner, period
// and, but for standings, evidence), its place, and its body.
type line struct {
	key  []string
	n    int
	body string
	hash string
}

// PutEvaluation replaces the stored evaluation of a plan in one transaction;
// only what differs is written.
func (s *Store) PutEvaluation(ctx context.Context, e schedule.Evaluation) error {
	plan := clean(e.Plan)
	var standings, credits, rejections []line
	for _, st := range e.Standings {
		standings = append(standings, newLine(st, plan, st.Quota, st.Owner, st.Period))
	}
	for _, c := range e.Matching.Credits {
		credits = append(credits, newLine(c, plan, c.Quota, c.Owner, c.Period, c.Evidence.ID))
	}
	for _, r := range e.Matching.Rejections {
		rejections = append(rejections, newLine(r, plan, r.Quota, r.Owner, r.Period, r.Evidence.ID))
	}
	return s.write(ctx, "put the evaluation of "+plan, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO evaluation (plan, version, now_at, ran_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (plan) DO UPDATE SET version = excluded.version, now_at = excluded.now_at, ran_at = excluded.ran_at`,
			plan, clean(e.Version), micros(e.Now), micros(e.Ran))
		if err != nil {
			return err
		}
		changed := false
		for _, part := range []struct {
			table string
			lines []line
			key   string
		}{
			{"standing", standings, "plan, quota, owner, period"},
			{"credit", credits, "plan, quota, owner, period, evidence"},
			{"rejection", rejections, "plan, quota, owner, period, evidence"},
		} {
			n, err := t.replace(ctx, part.table, part.key, plan, part.lines)
			if err != nil {
				return err
			}
			changed = changed || n > 0
		}
		t.changed("evaluation", plan)
		if changed {
			t.changed("standing", plan)
		}
		return nil
	})
}

func newLine(v any, key ...string) line {
	for i, k := range key {
		key[i] = clean(k)
	}
	body := clean(pack(v))
	return line{key: key, body: body, hash: media.Hash(body)}
}

const sep = "\x1f"

// replace makes the plan's rows of a table equal to lines; it returns how many
// it wrote or took away. Of two lines with one key the first stays.
func (t *tx) replace(ctx context.Context, table, key, plan string, lines []line) (int, error) {
	type had struct {
		hash string
		n    int
	}
	have := map[string]had{}
	cols := strings.Split(key, ", ")
	err := each(ctx, t, func(r *sql.Rows) error {
		k := make([]string, len(cols))
		var h had
		dest := []any{&h.hash, &h.n}
		for i := range k {
			dest = append(dest, &k[i])
		}
		err := r.Scan(dest...)
		have[strings.Join(k, sep)] = h
		return err
	}, "SELECT hash, n, "+key+" FROM "+table+" WHERE plan = $1", plan)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", table, err)
	}
	v := values{}
	for _, c := range cols {
		v.cols = append(v.cols, c+" TEXT")
	}
	v.cols = append(v.cols, "n BIGINT", "hash TEXT", "body TEXT")
	want := make(map[string]bool, len(lines))
	for i, l := range lines {
		k := strings.Join(l.key, sep)
		if want[k] {
			continue
		}
		want[k] = true
		if h, ok := have[k]; ok && h.hash == l.hash && h.n == i {
			continue
		}
		row := make([]any, 0, len(v.cols))
		for _, part := range l.key {
			row = append(row, part)
		}
		v.rows = append(v.rows, append(row, i, l.hash, l.body))
	}
	if _, err := t.insert(ctx, table, v, "ON CONFLICT ("+key+") DO UPDATE SET n = excluded.n, hash = excluded.hash, body = excluded.body"); err != nil {
		return 0, err
	}
	n := len(v.rows)
	gone := values{cols: v.cols[:len(cols)]}
	for k := range have {
		if !want[k] {
			var row []any
			for _, part := range strings.Split(k, sep) {
				row = append(row, part)
			}
			gone.rows = append(gone.rows, row)
		}
	}
	n += len(gone.rows)
	return n, chunk(gone.rows, maxRows(len(cols)), func(rows [][]any) error {
		var a args
		_, err := t.exec(ctx, gone.with(rows, &a)+"DELETE FROM "+table+" WHERE plan = "+a.add(plan)+" AND ("+key+") IN (SELECT "+key+" FROM v)", a...)
		if err != nil {
			return fmt.Errorf("clear %s: %w", table, err)
		}
		return nil
	})
}

// Evaluation returns the last stored evaluation's standings in their order;
// Matching is empty. ok is false if none is stored.
func (s *Store) Evaluation(ctx context.Context, plan string) (e schedule.Evaluation, ok bool, err error) {
	tx, err := s.pools.read.BeginTx(ctx, &sql.TxOptions{Isolation: s.eng.snapshot, ReadOnly: s.eng.snapshot != 0})
	if err != nil {
		return e, false, fmt.Errorf("read the evaluation of %s: %w", plan, err)
	}
	defer tx.Rollback() // a read
	err = each(ctx, tx, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&e.Plan, &e.Version, at(&e.Now), at(&e.Ran))
	}, "SELECT plan, version, now_at, ran_at FROM evaluation WHERE plan = $1", clean(plan))
	if err != nil || !ok {
		return e, false, err
	}
	err = each(ctx, tx, func(r *sql.Rows) error {
		var st schedule.Standing
		err := r.Scan(into(&st))
		st.Reasons = wholeNumbers(st.Reasons)
		e.Standings = append(e.Standings, st)
		return err
	}, "SELECT body FROM standing WHERE plan = $1 ORDER BY n", clean(plan))
	if err != nil {
		return e, false, fmt.Errorf("read the standings of %s: %w", plan, err)
	}
	return e, true, nil
}

// Detail returns credits and rejections of one standing, in their order; an
// empty quota, owner or period does not filter.
func (s *Store) Detail(ctx context.Context, plan, quota, owner, period string) (schedule.Matching, error) {
	var m schedule.Matching
	var a args
	where := " WHERE plan = " + a.add(clean(plan))
	for _, f := range []struct{ col, val string }{{"quota", quota}, {"owner", owner}, {"period", period}} {
		if f.val != "" {
			where += " AND " + f.col + " = " + a.add(clean(f.val))
		}
	}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var c schedule.Credit
		err := r.Scan(into(&c))
		c.Reasons = wholeNumbers(c.Reasons)
		m.Credits = append(m.Credits, c)
		return err
	}, "SELECT body FROM credit"+where+" ORDER BY n", a...)
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			var c schedule.Rejection
			err := r.Scan(into(&c))
			c.Reason = wholeNumbers([]schedule.Reason{c.Reason})[0]
			m.Rejections = append(m.Rejections, c)
			return err
		}, "SELECT body FROM rejection"+where+" ORDER BY n", a...)
	}
	if err != nil {
		return m, fmt.Errorf("read the detail of %s %s: %w", plan, quota, err)
	}
	return m, nil
}

// wholeNumbers gives arguments back as the integers they were: JSON makes every
// number a float, and a sentence wants «3», not «3.0».
func wholeNumbers(rs []schedule.Reason) []schedule.Reason {
	for _, r := range rs {
		for k, v := range r.Args {
			if f, ok := v.(float64); ok && f == float64(int(f)) {
				r.Args[k] = int(f)
			}
		}
	}
	return rs
}
