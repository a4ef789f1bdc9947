package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/crawler"
	"loa/media"
)

const (
	rereadAfter  = 3 * 24 * time.Hour  // after the first reading a page is read once more
	rereadRecent = 14 * 24 * time.Hour // if it was published no longer ago than this: of an archive nothing is read twice
	rereadMost   = 4                   // times that a page is read again, however often its listing changes
	rereadBatch  = 200                 // pages that are queued in one go
)

// rereadLater notes that a page was read, and when it will be again. Of an
// item that was read before it counts the reading.
func (t *tx) rereadLater(ctx context.Context, l crawler.Lease, id string, p crawler.PageVisit) error {
	var source, url string
	var when time.Time
	known := false
	err := each(ctx, t, func(r *sql.Rows) error {
		known = true
		return r.Scan(&source, &url, at(&when))
	}, "SELECT a.source, a.url, i.at FROM await a JOIN item i ON i.id = a.item WHERE a.item = $1", id)
	if err != nil || !known {
		return err
	}
	due := int64(never)
	if p.Outcome == media.OK && p.At.Sub(when) < rereadRecent {
		due = micros(t.s.now().Add(rereadAfter))
	}
	_, err = t.exec(ctx, `INSERT INTO reread (item, source, host, url, due, said, n) VALUES ($1, $2, $3, $4, $5, '', 0)
		ON CONFLICT (item) DO UPDATE SET n = reread.n + 1, due = $6`, id, source, l.Host, url, due, int64(never))
	return err
}

// saidAnew finds pages that were read, of which their listing says now other
// words than before: they are awaited again.
func (t *tx) saidAnew(ctx context.Context, l crawler.Lease, said map[string]mention) error {
	if len(said) == 0 {
		return nil
	}
	waits := values{cols: []string{"item TEXT", "source TEXT", "host TEXT", "url TEXT", "tries BIGINT", "due BIGINT", "at BIGINT"}}
	hosts := map[string]bool{}
	say := values{cols: []string{"item TEXT", "said TEXT"}}
	err := chunk(sortedKeys(said), maxIn, func(ids []string) error {
		var a args
		return each(ctx, t, func(r *sql.Rows) error {
			var id, source, host, url, before string
			var n int
			if err := r.Scan(&id, &source, &host, &url, &before, &n); err != nil {
				return err
			}
			m := said[id]
			now := crawler.TextHash(nfc(m.Item.Title), nfc(m.Item.Lead), "")
			if source != clean(m.by.Source) || now == before {
				return nil // another source may say it otherwise
			}
			say.rows = append(say.rows, []any{id, now})
			if before != "" && n < rereadMost {
				waits.rows = append(waits.rows, []any{id, source, host, url, int64(0), t.dueNow(), micros(m.by.At)})
				hosts[host] = true
			}
			return nil
		}, "SELECT item, source, host, url, said, n FROM reread WHERE item IN "+a.in(ids)+" ORDER BY item", a...)
	})
	if err != nil {
		return fmt.Errorf("look for changed listings: %w", err)
	}
	if err := t.update(ctx, say, "UPDATE reread AS x SET said = v.said FROM v WHERE x.item = v.item"); err != nil {
		return err
	}
	return t.await(ctx, l, waits, hosts)
}

// Reread queues the pages that are due to be read once more: of articles about
// reform, or that wait for a person. It returns how many.
func (s *Store) Reread(ctx context.Context) (int, error) {
	total := 0
	for {
		seen := 0
		err := s.write(ctx, "queue pages to be read again", func(t *tx) error {
			seen = 0
			waits := values{cols: []string{"item TEXT", "source TEXT", "host TEXT", "url TEXT", "tries BIGINT", "due BIGINT", "at BIGINT"}}
			hosts := map[string]bool{}
			var ids []string
			err := each(ctx, t, func(r *sql.Rows) error {
				var id, source, host, url, outcome string
				if err := r.Scan(&id, &source, &host, &url, &outcome); err != nil {
					return err
				}
				ids = append(ids, id)
				if outcome == "reform" || outcome == "review" {
					waits.rows = append(waits.rows, []any{id, source, host, url, int64(0), t.dueNow(), micros(s.now())})
					hosts[host] = true
				}
				return nil
			}, `SELECT x.item, x.source, x.host, x.url, i.outcome FROM reread x JOIN item i ON i.id = x.item
				WHERE x.due <= $1 ORDER BY x.due, x.item LIMIT $2`, micros(s.now()), rereadBatch)
			if err != nil || len(ids) == 0 {
				return err
			}
			seen = len(ids)
			total += len(waits.rows)
			err = chunk(ids, maxIn, func(ids []string) error {
				var a args
				_, err := t.exec(ctx, "UPDATE reread SET due = "+a.add(int64(never))+" WHERE item IN "+a.in(ids), a...)
				return err
			})
			if err != nil {
				return err
			}
			return t.await(ctx, crawler.Lease{}, waits, hosts)
		})
		if err != nil || seen < rereadBatch {
			return total, err
		}
	}
}
