package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"loa/web"
)

// Looks are the newest visits of a source, at most so many. Visits are kept for 90 days.
func (s *Store) Looks(ctx context.Context, source string, most int) ([]web.Look, error) {
	var out []web.Look
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var l web.Look
		var took int64
		err := r.Scan(at(&l.At), &l.Outcome, &l.Detail, &l.Status, &took, &l.Bytes)
		l.Took = time.Duration(took) * time.Microsecond
		out = append(out, l)
		return err
	}, "SELECT at, outcome, detail, status, took, bytes FROM visit WHERE source = $1 ORDER BY at DESC, id DESC LIMIT $2", clean(source), most)
	if err != nil {
		return nil, fmt.Errorf("read the visits of %s: %w", source, err)
	}
	return out, nil
}

// SourceStates are a source's changes of state, the newest first, at most so many.
func (s *Store) SourceStates(ctx context.Context, source string, most int) ([]web.Look, error) {
	var out []web.Look
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var l web.Look
		var after string
		err := r.Scan(at(&l.At), &after)
		l.Outcome = after
		var told struct{ Outcome, Detail string }
		if json.Unmarshal([]byte(after), &told) == nil && told.Outcome != "" {
			l.Outcome, l.Detail = told.Outcome, told.Detail
		}
		out = append(out, l)
		return err
	}, "SELECT at, state_after FROM event WHERE kind = 'source.state' AND subject = $1 ORDER BY seq DESC LIMIT $2", clean(source), most)
	if err != nil {
		return nil, fmt.Errorf("read the states of %s: %w", source, err)
	}
	return out, nil
}
