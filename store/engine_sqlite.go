package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

func sqliteEngine() engine {
	return engine{
		name:    "sqlite",
		dialect: goose.DialectSQLite3,
		clock:   "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
		serial:  "INTEGER PRIMARY KEY AUTOINCREMENT",
		// REPLACE deletes without asking the trigger for DELETE: it is refused before it begins.
		appendOnly: `CREATE TRIGGER event_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
			CREATE TRIGGER event_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
			CREATE TRIGGER event_replace BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq)
				BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
			CREATE TRIGGER event_again BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq)
				BEGIN SELECT RAISE(IGNORE); END;`,
		hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
		matches:  "SELECT t.item, t.at FROM item_fts f JOIN item_text t ON t.n = f.rowid WHERE item_fts MATCH %s",
		has: func(words []string, a *args) string {
			all := make([]string, len(words))
			for i, w := range words { // words are kept folded, a space between
				all[i] = "instr(' ' || t.words || ' ', " + a.add(" "+w+" ") + ") > 0"
			}
			return strings.Join(all, " AND ")
		},
		// One fsync of the log at commit makes this and every earlier commit durable.
		durable: [2]string{"PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"},
		query: func(words []string) string {
			return `"` + strings.Join(words, `" "`) + `"`
		},
		retry: func(error) bool { return false },

		maxRows: maxRows,
		with:    values.with,
	}
}

// openSQLite opens a file with one connection for writing and a few for
// reading. WAL with synchronous NORMAL survives a killed process whole; a power
// cut can take the last crawl transactions with it, never consistency, and the
// crawl finds them again. What a person did is written with FULL (see durable).
func openSQLite(ctx context.Context, db string) (pools, error) {
	if db == "" || strings.Contains(db, ":memory:") {
		return pools{}, errors.New("open sqlite: a file is needed, several connections share it")
	}
	uri := db
	if !strings.HasPrefix(db, "file:") {
		abs, err := filepath.Abs(db)
		if err != nil {
			return pools{}, fmt.Errorf("open sqlite %s: %w", db, err)
		}
		if err := os.MkdirAll(filepath.Dir(abs), 0o750); err != nil {
			return pools{}, fmt.Errorf("make the database's folder: %w", err)
		}
		uri = (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs)}).String()
	}
	sep := "?"
	if strings.Contains(uri, "?") {
		sep = "&"
	}
	uri += sep + "_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)" +
		"&_pragma=foreign_keys(1)&_pragma=journal_size_limit(67108864)&_pragma=wal_autocheckpoint(8000)"
	// The log is carried over into the file when it has 32 MB, not every 4: pages
	// written again meanwhile are carried over once, and the disk is waited for less.
	write, err := pool(uri + "&_pragma=cache_size(-2000)&_txlock=immediate")
	if err != nil {
		return pools{}, fmt.Errorf("open sqlite %s: %w", db, err)
	}
	write.SetMaxOpenConns(1)
	// What is read often the file system keeps too, once for all connections.
	read, err := pool(uri + "&_pragma=cache_size(-1000)&_pragma=query_only(1)")
	if err != nil {
		return pools{}, errors.Join(fmt.Errorf("open sqlite %s: %w", db, err), write.Close())
	}
	read.SetMaxOpenConns(4)
	p := pools{write: write, read: read, close: func() error { return errors.Join(read.Close(), write.Close()) }}
	if err := firstConn(ctx, write); err != nil {
		return pools{}, errors.Join(fmt.Errorf("open sqlite %s: %w", db, err), p.close())
	}
	return p, nil
}

func pool(uri string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(uri)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{c}), nil
}

// openWait bounds how long an opening waits for another process's.
const openWait = 15 * time.Second

// firstConn opens the first connection. Switching a new file to WAL needs it
// alone and SQLite refuses at once, whatever busy_timeout says, while another
// process does the same: that is waited for here.
func firstConn(ctx context.Context, db *sql.DB) error {
	deadline := time.Now().Add(openWait)
	for {
		err := db.PingContext(ctx)
		var e *sqlite.Error
		if err == nil || !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
