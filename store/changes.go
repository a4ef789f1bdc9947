package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Change says that something was written: which kind of thing, by its key
// ("item" and its id, "visit" and its source, "register" and its agency,
// "standing", "closing", "plan" and the plan …).
type Change struct {
	Seq       int64
	Kind, Key string
}

func (t *tx) putChanges(ctx context.Context) error {
	if len(t.changes) == 0 {
		return nil
	}
	v := values{cols: []string{"at BIGINT", "kind TEXT", "key TEXT"}}
	at := micros(t.s.now())
	seen := make(map[Change]bool, len(t.changes))
	for _, c := range t.changes {
		if !seen[c] {
			seen[c] = true
			v.rows = append(v.rows, []any{at, c.Kind, c.Key})
		}
	}
	if _, err := t.insert(ctx, "change", v, ""); err != nil || t.s.eng.wake == "" {
		return err
	}
	for _, kind := range wakes {
		if slices.ContainsFunc(t.changes, func(c Change) bool { return c.Kind == kind }) {
			if _, err := t.exec(ctx, t.s.eng.wake, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// wakes are the kinds of change that other nodes are told of at once: what a person did that they answer or crawl by. Of what is crawled
// nobody is told: it is looked for every few seconds, and telling queues all commits behind one lock of the server.
var wakes = [...]string{"plan", "sources"}

// Listen calls heard with the kind of what other nodes changed ("plan", "sources"; "": any of them may have been), as soon as it is
// committed, until ctx ends. A line that is cut is laid again. On SQLite, which has one node, it calls nothing.
func (s *Store) Listen(ctx context.Context, heard func(kind string)) {
	if s.pools.listen == nil {
		return
	}
	for ctx.Err() == nil {
		_ = s.pools.listen(ctx, heard) // what is not heard is found by looking
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// Watch follows the changes of every process. Numbers are given before a
// commit, so a lower one can appear after a higher: the watch reads its window
// again from the first number still missing, and gives a number up for rolled
// back after patience. Not safe for concurrent use.
type Watch struct {
	s        *Store
	low      int64          // every number up to here is settled
	seen     map[int64]bool // numbers above low already handed out
	missing  time.Time      // since when low+1 is missing although higher ones are there
	patience time.Duration
}

// patience is far longer than any transaction here takes.
const patience = 2 * time.Minute

// Watch follows changes from now on.
func (s *Store) Watch(ctx context.Context) (*Watch, error) {
	w := &Watch{s: s, seen: map[int64]bool{}, patience: patience}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&w.low) }, "SELECT COALESCE(MAX(seq), 0) FROM change")
	if err != nil {
		return nil, fmt.Errorf("read the last change: %w", err)
	}
	// A transaction under way now may hold a lower number: begin a little earlier
	// and count what is there as known.
	from := max(0, w.low-1024)
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var n int64
		err := r.Scan(&n)
		w.seen[n] = true
		return err
	}, "SELECT seq FROM change WHERE seq > $1", from)
	if err != nil {
		return nil, fmt.Errorf("read the last changes: %w", err)
	}
	w.low = from
	w.settle()
	return w, nil
}

// Next returns at most limit changes not returned before, lowest number first.
func (w *Watch) Next(ctx context.Context, limit int) ([]Change, error) {
	var out []Change
	err := each(ctx, w.s.pools.read, func(r *sql.Rows) error {
		var c Change
		if err := r.Scan(&c.Seq, &c.Kind, &c.Key); err != nil {
			return err
		}
		if !w.seen[c.Seq] && len(out) < limit {
			w.seen[c.Seq] = true
			out = append(out, c)
		}
		return nil
	}, "SELECT seq, kind, key FROM change WHERE seq > $1 ORDER BY seq LIMIT $2", w.low, limit+len(w.seen))
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	w.settle()
	return out, nil
}

// lateChange is how far behind the last number one may still be given by a transaction that is under way.
const lateChange = 4096

// Version names what was written so far and the last evaluation of a plan: while it stays the same, whatever is derived from the
// store comes out the same, but for the clock. Visits that brought nothing are told by the evaluation after them.
func (s *Store) Version(ctx context.Context, plan string) (string, error) {
	var last, late, ran, edition int64
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&last) }, "SELECT seq FROM change WHERE kind <> 'visit' ORDER BY seq DESC LIMIT 1")
	if err == nil { // a number below the last can still come
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&late) }, "SELECT COUNT(*) FROM change WHERE kind <> 'visit' AND seq > $1 AND seq <= $2", last-lateChange, last)
	}
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&ran, &edition) }, "SELECT ran_at, edition FROM evaluation WHERE plan = $1", clean(plan))
	}
	if err != nil {
		return "", fmt.Errorf("read the version of %s: %w", plan, err)
	}
	return fmt.Sprintf("%d.%d.%d.%d", last, late, ran, edition), nil
}

// settle moves low over numbers that were handed out or will not come.
func (w *Watch) settle() {
	for {
		for w.seen[w.low+1] {
			w.low++
			delete(w.seen, w.low)
			w.missing = time.Time{}
		}
		now := w.s.now()
		switch {
		case len(w.seen) == 0: // nothing above: not missing, just not given yet
			w.missing = time.Time{}
			return
		case w.missing.IsZero():
			w.missing = now
			return
		case now.Sub(w.missing) < w.patience:
			return
		}
		// Rolled back: on to the next number that is there.
		next := int64(0)
		for n := range w.seen {
			if next == 0 || n < next {
				next = n
			}
		}
		w.low, w.missing = next-1, time.Time{}
	}
}
