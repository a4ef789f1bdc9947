package store

import (
	"context"
	"database/sql"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// engine is everything in which SQLite and PostgreSQL differ. All other SQL is
// one text for both.
type engine struct {
	name       string
	dialect    goose.Dialect
	locker     func() (lock.SessionLocker, error)   // nil: none
	clock      string                               // the database's clock, microseconds UTC; for leases alone
	forUpdate  string                               // suffix that locks the rows read
	skipLocked string                               // suffix that locks them and passes over those locked
	serial     string                               // a counting primary key
	snapshot   sql.IsolationLevel                   // for reads of several statements; 0 where a transaction is one snapshot anyway
	wake       string                               // statement that tells other nodes of a kind of change when the transaction commits; "" if there are none
	hasTable   string                               // query that gives a row if the table $1 is there
	appendOnly string                               // statements that make the database refuse to change or delete an event
	lockPapers string                               // statement that lets one transaction at a time attest by a paper; "" if all do anyway
	lockEvents string                               // statement that lets one transaction at a time append events; "" if all do anyway
	matches    string                               // query for t.item and t.at of what an item_text t matches, with %s for the query
	has        func(words []string, a *args) string // condition on item_text t: has all the words; for one row at a time
	durable    [2]string                            // statements before and after a transaction that must outlive a power cut
	query      func(words []string) string          // search argument for "all these words"
	retry      func(error) bool                     // the transaction may be run again

	maxRows func(cols int) int                               // how many rows go into one statement
	with    func(v values, rows [][]any, a *args) (q string) // "WITH v(…) AS (…) " of these rows
}

// keyword matches a key=value PostgreSQL address.
var keyword = regexp.MustCompile(`(^|\s)(host|dbname|service)\s*=`)

// isPostgres tells a PostgreSQL address from a SQLite path.
func isPostgres(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://") ||
		!strings.HasPrefix(db, "file:") && keyword.MatchString(db)
}

// pools are the opened connections of one database.
type pools struct {
	write, read *sql.DB
	listen      func(ctx context.Context, heard func(kind string)) error // until ctx ends or the line is cut; nil: nobody tells
	close       func() error
}

func openPools(ctx context.Context, db string, opt Options) (engine, pools, error) {
	if isPostgres(db) {
		p, err := openPostgres(ctx, db, opt)
		return postgres(), p, err
	}
	p, err := openSQLite(ctx, db)
	return sqliteEngine(), p, err
}
