// Package store keeps everything loa knows in one schema on two engines:
// SQLite, embedded, and PostgreSQL. Ids are text made from canonical keys, so
// every insert is idempotent; every write is one transaction that also adds
// rows to the change table; the event table is append-only and chained.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loa/crawler"
	"loa/monitor"
	"loa/web"
)

var (
	_ crawler.Hosts        = (*Store)(nil)
	_ crawler.Records      = (*Store)(nil)
	_ crawler.Known        = (*Store)(nil)
	_ monitor.Verdicts     = (*Store)(nil)
	_ monitor.Copies       = (*Store)(nil)
	_ monitor.Book         = (*Store)(nil)
	_ monitor.OwnerAccount = (*Store)(nil)
	_ monitor.Chores       = (*Store)(nil)
	_ web.Standings        = (*Store)(nil)
	_ web.Items            = (*Store)(nil)
)

// Options are the ordinary settings of a store. The zero value is good.
type Options struct {
	Now      func() time.Time // machine clock; nil means time.Now
	Program  string           // the program's version, noted of what is quarantined
	MaxConns int              // PostgreSQL connections at most; 0 means the address's pool_max_conns, else at least 8
}

// Store is an opened database. It is safe for concurrent use.
type Store struct {
	eng   engine
	pools pools
	now   func() time.Time

	program string // Options.Program

	briefs briefs
}

// Open opens the database and brings its schema up to date. db is a SQLite
// path (its folder is made) or file: URI, or a PostgreSQL address (postgres://,
// postgresql://, or key=value with host= or dbname=).
func Open(ctx context.Context, db string, opt Options) (*Store, error) {
	eng, p, err := openPools(ctx, db, opt)
	if err != nil {
		return nil, err
	}
	s := &Store{eng: eng, pools: p, now: opt.Now, program: clean(opt.Program)}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.migrate(ctx); err != nil {
		_ = p.close()
		return nil, err
	}
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.pools.close() }

// Engine names the engine: "sqlite" or "postgres".
func (s *Store) Engine() string { return s.eng.name }

// tx is one write: its statements, and the changes and events it leaves.
type tx struct {
	*sql.Tx
	s       *Store
	changes []Change
	events  []Event
	teasers map[int64][]teased // by the id of the text, see putTeasers
}

// changed notes that key of kind was written.
func (t *tx) changed(kind, key string) {
	t.changes = append(t.changes, Change{Kind: kind, Key: key})
}

// tries bounds how often a transaction is run again after a deadlock.
const tries = 6

// write runs fn in one transaction, then adds its changes and, last of all
// because they queue behind one lock, its events. fn may run more than once.
func (s *Store) write(ctx context.Context, what string, fn func(*tx) error) (err error) {
	ctx, end := step(ctx, "write", what)
	defer func() { end(err) }()
	for i := 1; ; i++ {
		err := s.once(ctx, s.pools.write, fn)
		if err == nil {
			return nil
		}
		if i == tries || !s.eng.retry(err) {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

// writeDurable is write for what cannot be fetched again: it is on disk when
// it returns, on either engine.
func (s *Store) writeDurable(ctx context.Context, what string, fn func(*tx) error) (err error) {
	if s.eng.durable[0] == "" {
		return s.write(ctx, what, fn)
	}
	ctx, end := step(ctx, "write", what)
	defer func() { end(err) }()
	conn, err := s.pools.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, s.eng.durable[0]); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer func() {
		// Failing to go back to the faster setting loses nothing.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), s.eng.durable[1])
	}()
	if err := s.once(ctx, conn, fn); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

type beginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

func (s *Store) once(ctx context.Context, db beginner, fn func(*tx) error) error {
	inner, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer inner.Rollback() // no-op after Commit
	t := &tx{Tx: inner, s: s}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.putTeasers(ctx); err != nil {
		return err
	}
	if err := t.putChanges(ctx); err != nil {
		return err
	}
	if err := t.putEvents(ctx); err != nil {
		return err
	}
	return inner.Commit()
}
