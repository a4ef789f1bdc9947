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

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

func sqlite() engine {
	return engine{
		name:    "sqlite",
		dialect: goose.DialectSQLite3,
		clock:   "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
		serial:  "INTEGER PRIMARY KEY AUTOINCREMENT",
		search:  "i.id IN (SELECT t.item FROM item_fts f JOIN item_text t ON t.n = f.rowid WHERE item_fts MATCH %s)",
		// One fsync of the log at commit makes this and every earlier commit durable.
		durable: [2]string{"PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"},
		query: func(words []string) string {
			return `"` + strings.Join(words, `" "`) + `"`
		},
		retry: func(error) bool { return false },
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
		"&_pragma=foreign_keys(1)&_pragma=journal_size_limit(67108864)&_pragma=cache_size(-16000)"
	write, err := sql.Open("sqlite", uri+"&_txlock=immediate")
	if err != nil {
		return pools{}, fmt.Errorf("open sqlite %s: %w", db, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", uri+"&_pragma=query_only(1)")
	if err != nil {
		return pools{}, errors.Join(fmt.Errorf("open sqlite %s: %w", db, err), write.Close())
	}
	read.SetMaxOpenConns(4)
	p := pools{write: write, read: read, close: func() error { return errors.Join(read.Close(), write.Close()) }}
	if err := write.PingContext(ctx); err != nil {
		return pools{}, errors.Join(fmt.Errorf("open sqlite %s: %w", db, err), p.close())
	}
	return p, nil
}
