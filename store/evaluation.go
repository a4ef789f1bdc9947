package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/schedule"
)

// line is one stored row of an evaluation: its key (plan, quota, owner, period
// and, but for standings, evidence) and its body.
type line struct {
	key  []string
	body string
	hash string
	rank int64 // of gains alone
}

// table is one of the tables of an evaluation with its lines.
type table struct {
	name  string
	key   []string
	rank  string // a column by which the database finds the first, "" if there is none
	lines []line
}

// tables makes the rows of an evaluation, or of some owners' part of it.
func tables(e schedule.Evaluation, owners map[string]bool) []table {
	plan := clean(e.Plan)
	other := func(o string) bool { return owners != nil && !owners[clean(o)] }
	standings := table{name: "standing", key: []string{"plan", "quota", "owner", "period"}}
	credits := table{name: "credit", key: []string{"plan", "quota", "owner", "period", "evidence"}}
	rejections := table{name: "rejection", key: credits.key}
	standings.lines = make([]line, 0, len(e.Standings))
	credits.lines = make([]line, 0, len(e.Matching.Credits))
	rejections.lines = make([]line, 0, len(e.Matching.Rejections))
	for _, st := range e.Standings {
		if !other(st.Owner) {
			standings.lines = append(standings.lines, newLine(pack(st), plan, st.Quota, st.Owner, st.Period))
		}
	}
	var b body
	for i := range e.Matching.Credits {
		if c := &e.Matching.Credits[i]; !other(c.Owner) {
			credits.lines = append(credits.lines, newLine(b.credit(c), plan, c.Quota, c.Owner, c.Period, c.Evidence.ID))
		}
	}
	for i := range e.Matching.Rejections {
		if r := &e.Matching.Rejections[i]; !other(r.Owner) {
			rejections.lines = append(rejections.lines, newLine(b.rejection(r), plan, r.Quota, r.Owner, r.Period, r.Evidence.ID))
		}
	}
	gains := table{name: "gain", key: []string{"plan", "quota", "owner", "period", "item"}, rank: "urgency"}
	for _, g := range e.Gains {
		if !other(g.Owner) {
			l := newLine(pack(g), plan, g.Quota, g.Owner, g.Period, g.Item)
			l.rank = urgency(g)
			gains.lines = append(gains.lines, l)
		}
	}
	return []table{standings, credits, rejections, gains}
}

// PutEvaluation replaces the stored evaluation of a plan in one transaction;
// only what differs is written.
func (s *Store) PutEvaluation(ctx context.Context, e schedule.Evaluation) error {
	plan := clean(e.Plan)
	parts, quotas := tables(e, nil), quotaOrder(e)
	proposals := pack(proposalsInOrder(e.Proposals, quotas))
	return s.write(ctx, "put the evaluation of "+plan, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO evaluation (plan, version, now_at, ran_at, quotas, classifier, proposals) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (plan) DO UPDATE SET version = excluded.version, now_at = excluded.now_at, ran_at = excluded.ran_at,
				quotas = excluded.quotas, classifier = excluded.classifier, proposals = excluded.proposals, edition = evaluation.edition + 1`,
			plan, clean(e.Version), micros(e.Now), micros(e.Ran), pack(quotas), clean(e.Classifier), clean(proposals))
		if err != nil {
			return err
		}
		return t.replaceAll(ctx, plan, e.Now, nil, parts)
	})
}

// PutOwnerEvaluation replaces what an evaluation says of some owners, and
// leaves the others' and the time it was run for as they are. e may hold more
// than the owners'; quotas are all of the plan's, in its order. It is refused
// with monitor.ErrWhole without a stored evaluation of the same version of the
// plan.
func (s *Store) PutOwnerEvaluation(ctx context.Context, e schedule.Evaluation, owners, quotas []string) error {
	plan, mine := clean(e.Plan), set(owners)
	if len(mine) == 0 || mine[""] {
		return errors.New("put the evaluation of an owner: none is named")
	}
	parts := tables(e, mine)
	return s.write(ctx, "put the evaluation of "+named(owners)+" in "+plan, func(t *tx) error {
		var version, known string
		var proposals []schedule.Proposal
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&version, &known, into(&proposals)) },
			"SELECT version, quotas, proposals FROM evaluation WHERE plan = $1"+t.s.eng.forUpdate, plan)
		if err != nil {
			return err
		}
		if version == "" || version != clean(e.Version) {
			return monitor.ErrWhole
		}
		order, text := quotas, pack(quotas)
		if text != known { // as a rule they are the same, and there may be thousands
			var had []string
			if err := json.Unmarshal([]byte(known), &had); err != nil {
				return fmt.Errorf("read the order of the quotas: %w", err)
			}
			order = joined(quotas, had)
			text = pack(order)
		}
		others := slices.DeleteFunc(slices.Clone(proposals), func(p schedule.Proposal) bool { return mine[clean(p.Owner)] })
		theirs := slices.DeleteFunc(slices.Clone(e.Proposals), func(p schedule.Proposal) bool { return !mine[clean(p.Owner)] })
		if len(others) < len(proposals) || len(theirs) > 0 || text != known {
			_, err = t.exec(ctx, "UPDATE evaluation SET quotas = $2, proposals = $3 WHERE plan = $1", plan, text,
				clean(pack(proposalsInOrder(append(others, theirs...), order))))
			if err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "UPDATE evaluation SET edition = edition + 1 WHERE plan = $1", plan); err != nil {
			return err
		}
		return t.replaceAll(ctx, plan, e.Now, sortedKeys(mine), parts)
	})
}

// joined is a list with what another has besides.
func joined(a, b []string) []string {
	if slices.Equal(a, b) {
		return a
	}
	have := make(map[string]bool, len(a))
	for _, x := range a {
		have[x] = true
	}
	out := slices.Clone(a)
	for _, x := range b {
		if !have[x] {
			out = append(out, x)
		}
	}
	return out
}

// BeginEvaluation stores the head of an evaluation whose owners follow some
// at a time (PutOwnerEvaluation), and clears away the rows of whoever is none of them.
func (s *Store) BeginEvaluation(ctx context.Context, e schedule.Evaluation, owners, quotas []string) error {
	plan := clean(e.Plan)
	is := set(owners)
	return s.write(ctx, "begin the evaluation of "+plan, func(t *tx) error {
		var had []schedule.Proposal
		err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(into(&had)) }, "SELECT proposals FROM evaluation WHERE plan = $1"+t.s.eng.forUpdate, plan)
		if err != nil {
			return err
		}
		had = slices.DeleteFunc(had, func(p schedule.Proposal) bool { return !is[clean(p.Owner)] })
		_, err = t.exec(ctx, `INSERT INTO evaluation (plan, version, now_at, ran_at, quotas, classifier, proposals) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (plan) DO UPDATE SET version = excluded.version, now_at = excluded.now_at, ran_at = excluded.ran_at,
				quotas = excluded.quotas, classifier = excluded.classifier, proposals = excluded.proposals, edition = evaluation.edition + 1`,
			plan, clean(e.Version), micros(e.Now), micros(e.Ran), pack(quotas), clean(e.Classifier), clean(pack(proposalsInOrder(had, quotas))))
		if err != nil {
			return err
		}
		t.changed("evaluation", plan)
		for _, name := range []string{"standing", "credit", "rejection", "gain"} {
			var gone []string
			err := each(ctx, t, func(r *sql.Rows) error {
				var owner string
				err := r.Scan(&owner)
				if !is[owner] {
					gone = append(gone, owner)
				}
				return err
			}, ownersIn(name), plan)
			if err != nil {
				return fmt.Errorf("read the owners in %s: %w", name, err)
			}
			if name == "standing" && len(gone) > 0 {
				if err := t.shrunk(ctx, plan); err != nil {
					return err
				}
			}
			for _, owner := range gone {
				if _, err := t.exec(ctx, "DELETE FROM "+name+" WHERE plan = $1 AND owner = $2", plan, owner); err != nil {
					return fmt.Errorf("clear %s: %w", name, err)
				}
			}
		}
		return nil
	})
}

// RenewEvaluation says that the stored evaluation of the head's plan holds at the
// head's moment too. It is refused with monitor.ErrWhole unless one of the same
// version of the plan is stored.
func (s *Store) RenewEvaluation(ctx context.Context, head schedule.Evaluation) error {
	plan := clean(head.Plan)
	return s.write(ctx, "renew the evaluation of "+plan, func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE evaluation SET now_at = $3, ran_at = $4, classifier = $5, edition = edition + 1 WHERE plan = $1 AND version = $2",
			plan, clean(head.Version), micros(head.Now), micros(head.Ran), clean(head.Classifier))
		if err != nil {
			return err
		}
		if n == 0 {
			return monitor.ErrWhole
		}
		t.changed("evaluation", plan)
		return nil
	})
}

// ownersIn lists the owners that have rows of a plan in a table: each is looked
// up after the one before it, where DISTINCT would read every row.
func ownersIn(table string) string {
	return "WITH RECURSIVE o(owner) AS (SELECT MIN(owner) FROM " + table + " WHERE plan = $1 UNION ALL SELECT (SELECT MIN(t.owner) FROM " + table +
		" t WHERE t.plan = $1 AND t.owner > o.owner) FROM o WHERE o.owner IS NOT NULL) SELECT owner FROM o WHERE owner IS NOT NULL"
}

func (t *tx) replaceAll(ctx context.Context, plan string, now time.Time, owners []string, parts []table) error {
	if err := t.tellHooks(ctx, plan, now, owners, parts[0]); err != nil {
		return err
	}
	changed := false
	for _, part := range parts {
		n, err := t.replace(ctx, part, plan, owners)
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
}

// newLine is a row with its body, which is clean: JSON escapes NUL, and what is
// not UTF-8 is replaced in it.
func newLine(body string, key ...string) line {
	for i, k := range key {
		key[i] = clean(k)
	}
	return line{key: key, body: body, hash: media.Hash(body)}
}

const sep = "\x1f"

// stored reads the keys and hashes of the plan's rows of a table, or of some
// owners' of them.
func (t *tx) stored(ctx context.Context, part table, plan string, owners []string) (map[string]string, error) {
	have := make(map[string]string, len(part.lines))
	read := func(where string, of args) error {
		k := make([]string, len(part.key))
		var hash string
		dest := []any{&hash}
		for i := range k {
			dest = append(dest, &k[i])
		}
		err := each(ctx, t, func(r *sql.Rows) error {
			err := r.Scan(dest...)
			have[strings.Join(k, sep)] = hash
			return err
		}, "SELECT hash, "+strings.Join(part.key, ", ")+" FROM "+part.name+" WHERE plan = $1"+where, of...)
		if err != nil {
			return fmt.Errorf("read %s: %w", part.name, err)
		}
		return nil
	}
	if owners == nil {
		return have, read("", args{plan})
	}
	return have, chunk(owners, maxIn, func(owners []string) error {
		of := args{plan}
		return read(" AND owner IN "+of.in(owners), of)
	})
}

// replace makes the plan's rows of a table, or some owners' of them, equal to
// its lines; it returns how many it wrote or took away. Of two lines with one
// key the first stays. Nil owners are all.
func (t *tx) replace(ctx context.Context, part table, plan string, owners []string) (int, error) {
	have, err := t.stored(ctx, part, plan, owners)
	if err != nil {
		return 0, err
	}
	key := strings.Join(part.key, ", ")
	v := values{}
	for _, c := range part.key {
		v.cols = append(v.cols, c+" TEXT")
	}
	v.cols = append(v.cols, "hash TEXT", "body TEXT")
	set, edition := "hash = excluded.hash, body = excluded.body", int64(0)
	if part.name == "standing" {
		v.cols, set = append(v.cols, "edition BIGINT"), set+", edition = excluded.edition"
		if err := each(ctx, t, func(r *sql.Rows) error { return r.Scan(&edition) }, "SELECT edition FROM evaluation WHERE plan = $1", plan); err != nil {
			return 0, err
		}
	}
	if part.rank != "" {
		v.cols = append(v.cols, part.rank+" BIGINT")
		set += ", " + part.rank + " = excluded." + part.rank
	}
	want := make(map[string]bool, len(part.lines))
	for _, l := range part.lines {
		k := strings.Join(l.key, sep)
		if want[k] {
			continue
		}
		want[k] = true
		if h, ok := have[k]; ok && h == l.hash {
			continue
		}
		row := make([]any, 0, len(v.cols))
		for _, part := range l.key {
			row = append(row, part)
		}
		if row = append(row, l.hash, l.body); part.name == "standing" {
			row = append(row, edition)
		}
		if part.rank != "" {
			row = append(row, l.rank)
		}
		v.rows = append(v.rows, row)
	}
	if _, err := t.insert(ctx, part.name, v, "ON CONFLICT ("+key+") DO UPDATE SET "+set); err != nil {
		return 0, err
	}
	n := len(v.rows)
	gone := values{cols: v.cols[:len(part.key)]}
	for k := range have {
		if !want[k] {
			var row []any
			for _, part := range strings.Split(k, sep) {
				row = append(row, part)
			}
			gone.rows = append(gone.rows, row)
		}
	}
	if n += len(gone.rows); part.name == "standing" && len(gone.rows) > 0 {
		if err := t.shrunk(ctx, plan); err != nil {
			return 0, err
		}
	}
	return n, chunk(gone.rows, t.s.eng.maxRows(len(part.key)), func(rows [][]any) error {
		var a args
		_, err := t.exec(ctx, t.s.eng.with(gone, rows, &a)+"DELETE FROM "+part.name+" WHERE plan = "+a.add(plan)+" AND ("+key+") IN (SELECT "+key+" FROM v)", a...)
		if err != nil {
			return fmt.Errorf("clear %s: %w", part.name, err)
		}
		return nil
	})
}

// shrunk notes that rows are taken away in this edition.
func (t *tx) shrunk(ctx context.Context, plan string) error {
	_, err := t.exec(ctx, "UPDATE evaluation SET shrunk = edition WHERE plan = $1", plan)
	return err
}

// quotaOrder is the order of the quotas in an evaluation. Standings and what
// Match derived each name some of the plan's, in its order; a quota that has
// only one of them stands after the one before it there.
func quotaOrder(e schedule.Evaluation) []string {
	var order []string
	last := -1
	add := func(quota string) {
		if i := slices.Index(order, quota); i >= 0 {
			last = i
			return
		}
		last++
		order = slices.Insert(order, last, quota)
	}
	for _, st := range e.Standings {
		add(st.Quota)
	}
	last = -1
	for _, c := range e.Matching.Credits {
		add(c.Quota)
	}
	last = -1
	for _, r := range e.Matching.Rejections {
		add(r.Quota)
	}
	return order
}

// Evaluation returns the last stored evaluation's standings, by quota in plan
// order, owner, start; Matching is empty. ok is false if none is stored.
func (s *Store) Evaluation(ctx context.Context, plan string) (e schedule.Evaluation, ok bool, err error) {
	tx, err := s.pools.read.BeginTx(ctx, &sql.TxOptions{Isolation: s.eng.snapshot, ReadOnly: s.eng.snapshot != 0})
	if err != nil {
		return e, false, fmt.Errorf("read the evaluation of %s: %w", plan, err)
	}
	defer tx.Rollback() // a read
	var quotas []string
	err = each(ctx, tx, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&e.Plan, &e.Version, at(&e.Now), at(&e.Ran), into(&quotas), &e.Classifier, into(&e.Proposals))
	}, "SELECT plan, version, now_at, ran_at, quotas, classifier, proposals FROM evaluation WHERE plan = $1", clean(plan))
	if err != nil || !ok {
		return e, false, err
	}
	for i := range e.Proposals {
		wholeProposal(&e.Proposals[i])
	}
	err = each(ctx, tx, func(r *sql.Rows) error {
		var st schedule.Standing
		err := r.Scan(into(&st))
		st.Reasons = wholeNumbers(st.Reasons)
		e.Standings = append(e.Standings, st)
		return err
	}, "SELECT body FROM standing WHERE plan = $1", clean(plan))
	if err != nil {
		return e, false, fmt.Errorf("read the standings of %s: %w", plan, err)
	}
	rank := ranks(quotas)
	slices.SortFunc(e.Standings, func(a, b schedule.Standing) int {
		return cmp.Or(rank(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), a.Start.Compare(b.Start), cmp.Compare(a.Period, b.Period))
	})
	return e, true, nil
}

// Detail returns credits and rejections of one standing, by quota in plan
// order, owner, period, date; an empty quota, owner or period does not filter.
func (s *Store) Detail(ctx context.Context, plan, quota, owner, period string) (schedule.Matching, error) {
	var m schedule.Matching
	var quotas []string
	var a args
	where := " WHERE plan = " + a.add(clean(plan))
	for _, f := range []struct{ col, val string }{{"quota", quota}, {"owner", owner}, {"period", period}} {
		if f.val != "" {
			where += " AND " + f.col + " = " + a.add(clean(f.val))
		}
	}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(into(&quotas)) }, "SELECT quotas FROM evaluation WHERE plan = $1", clean(plan))
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			var c schedule.Credit
			err := r.Scan(into(&c))
			c.Reasons = wholeNumbers(c.Reasons)
			m.Credits = append(m.Credits, c)
			return err
		}, "SELECT body FROM credit"+where, a...)
	}
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			var c schedule.Rejection
			err := r.Scan(into(&c))
			c.Reason = wholeNumbers([]schedule.Reason{c.Reason})[0]
			m.Rejections = append(m.Rejections, c)
			return err
		}, "SELECT body FROM rejection"+where, a...)
	}
	if err != nil {
		return m, fmt.Errorf("read the detail of %s %s: %w", plan, quota, err)
	}
	rank := ranks(quotas)
	slices.SortFunc(m.Credits, func(a, b schedule.Credit) int {
		return cmp.Or(rank(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Period, b.Period), byDate(a.Evidence, b.Evidence))
	})
	slices.SortFunc(m.Rejections, func(a, b schedule.Rejection) int {
		return cmp.Or(rank(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Period, b.Period), byDate(a.Evidence, b.Evidence))
	})
	return m, nil
}

// ranks compares quotas by their place in a list; those that are not in it
// come last, by id.
func ranks(quotas []string) func(a, b string) int {
	place := make(map[string]int, len(quotas))
	for i, q := range quotas {
		place[q] = i + 1
	}
	of := func(q string) int {
		if n := place[q]; n > 0 {
			return n
		}
		return len(quotas) + 1
	}
	return func(a, b string) int {
		return cmp.Or(cmp.Compare(of(a), of(b)), cmp.Compare(a, b))
	}
}

// byDate puts pieces in the order in which schedule.Match takes them: by date,
// undated ones by their first sight.
func byDate(a, b media.Evidence) int {
	when := func(e media.Evidence) time.Time {
		if e.Precision == media.NoDate {
			return e.Seen
		}
		return e.At
	}
	return cmp.Or(when(a).Compare(when(b)), cmp.Compare(a.ID, b.ID))
}

// proposalsInOrder sorts by quota in plan order, owner, period; nil stays nil.
func proposalsInOrder(ps []schedule.Proposal, quotas []string) []schedule.Proposal {
	out, rank := slices.Clone(ps), ranks(quotas)
	slices.SortStableFunc(out, func(a, b schedule.Proposal) int {
		return cmp.Or(rank(a.Quota, b.Quota), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Closing, b.Closing))
	})
	return out
}

func wholeProposal(p *schedule.Proposal) {
	p.Was.Reasons, p.Now.Reasons = wholeNumbers(p.Was.Reasons), wholeNumbers(p.Now.Reasons)
	for _, cs := range [][]schedule.Credit{p.Added, p.Removed} {
		for i := range cs {
			cs[i].Reasons = wholeNumbers(cs[i].Reasons)
		}
	}
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
