package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"loa/web"
)

// ErrElsewhere says that the database's own server makes its copies.
var ErrElsewhere = errors.New("the database's server makes its copies")

// Snapshot is a copy of the whole database at one moment, found whole.
type Snapshot struct {
	Rows map[string]int64 // by table
	Kept []string         // hashes of the kept bytes it refers to, in order
}

// Snapshot copies the whole database into a new or empty file while others read
// and write, and checks the copy: its pages, its references, its chain of events.
// Of PostgreSQL it is ErrElsewhere.
func (s *Store) Snapshot(ctx context.Context, file string) (Snapshot, error) {
	if s.eng.name != "sqlite" {
		return Snapshot{}, ErrElsewhere
	}
	var own string
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&own) }, "SELECT file FROM pragma_database_list WHERE name = 'main'")
	if err != nil {
		return Snapshot{}, fmt.Errorf("find the database's file: %w", err)
	}
	db, err := pool(fileURI(own) + "?_pragma=busy_timeout(15000)&_pragma=cache_size(-4000)")
	if err != nil {
		return Snapshot{}, fmt.Errorf("open the database for a copy: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return Snapshot{}, fmt.Errorf("copy the database: %w", err)
	}
	return CheckSnapshot(ctx, file)
}

func fileURI(file string) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(file)}).String()
}

// CheckSnapshot reads a copy through: every page, every reference, and the chain of
// its events; it tells what is in it. The copy is not written to.
func CheckSnapshot(ctx context.Context, file string) (Snapshot, error) {
	out := Snapshot{Rows: map[string]int64{}}
	abs, err := filepath.Abs(file)
	if err != nil {
		return out, err
	}
	db, err := pool(fileURI(abs) + "?mode=ro&immutable=1&_pragma=query_only(1)&_pragma=cache_size(-4000)")
	if err != nil {
		return out, fmt.Errorf("open the copy: %w", err)
	}
	defer db.Close()
	var wrong []string
	if err := each(ctx, db, func(r *sql.Rows) error {
		var line string
		err := r.Scan(&line)
		if line != "ok" {
			wrong = append(wrong, line)
		}
		return err
	}, "PRAGMA integrity_check(10)"); err != nil {
		return out, fmt.Errorf("check the copy: %w", err)
	}
	if err := each(ctx, db, func(r *sql.Rows) error {
		var table string
		err := r.Scan(&table)
		wrong = append(wrong, "a reference of "+table)
		return err
	}, `SELECT "table" FROM pragma_foreign_key_check LIMIT 10`); err != nil {
		return out, fmt.Errorf("check the copy: %w", err)
	}
	if len(wrong) > 0 {
		return out, fmt.Errorf("the copy is damaged: %s", strings.Join(wrong, "; "))
	}
	var tables []string
	if err := each(ctx, db, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		tables = append(tables, name)
		return err
	}, "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"); err != nil {
		return out, fmt.Errorf("list the copy's tables: %w", err)
	}
	if len(tables) == 0 {
		return out, fmt.Errorf("the copy is damaged: %w", fs.ErrNotExist)
	}
	for _, t := range tables {
		var n int64
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM "`+strings.ReplaceAll(t, `"`, `""`)+`"`).Scan(&n); err != nil {
			return out, fmt.Errorf("count %s of the copy: %w", t, err)
		}
		out.Rows[t] = n
	}
	if _, err := (&Store{eng: sqliteEngine(), pools: pools{read: db}}).VerifyEvents(ctx); err != nil {
		return out, err
	}
	err = each(ctx, db, func(r *sql.Rows) error {
		var sha string
		err := r.Scan(&sha)
		out.Kept = append(out.Kept, sha)
		return err
	}, "SELECT sha256 FROM kept WHERE gone = 0 ORDER BY sha256")
	if err != nil {
		return out, fmt.Errorf("list what the copy refers to: %w", err)
	}
	return out, nil
}

// NoteBackup records that a copy was made and found whole.
func (s *Store) NoteBackup(ctx context.Context, b web.Backup) error {
	return s.writeDurable(ctx, "note a backup", func(t *tx) error {
		t.happened(Event{At: b.At, ActorKind: "person", Actor: b.By, Kind: "backup.made", Subject: b.Name, After: pack(backupText{b.Size, b.Rows, b.Kept})}, fmt.Sprint(micros(b.At)))
		return nil
	})
}

type backupText struct {
	Size int64 `json:"size"`
	Rows int64 `json:"rows"`
	Kept int   `json:"kept"`
}

// LastBackup is the newest copy that was noted; zero if there is none.
func (s *Store) LastBackup(ctx context.Context) (web.Backup, error) {
	var b web.Backup
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var text string
		var body backupText
		if err := r.Scan(&b.Name, &b.By, at(&b.At), &text); err != nil {
			return err
		}
		_ = json.Unmarshal([]byte(text), &body) // the figures are only shown
		b.Size, b.Rows, b.Kept = body.Size, body.Rows, body.Kept
		return nil
	}, "SELECT subject, actor, at, state_after FROM event WHERE kind = 'backup.made' ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return b, fmt.Errorf("read the last backup: %w", err)
	}
	return b, nil
}

// KeptList tells of every kept object in the order of hashes.
func (s *Store) KeptList(ctx context.Context, row func(url string, at time.Time, size int64, hash string) error) error {
	const batch = 1000
	after := ""
	for {
		rows, err := s.KeptAfter(ctx, after, batch)
		if err != nil {
			return err
		}
		for _, k := range rows {
			after = k.SHA256
			if !k.Gone.IsZero() {
				continue
			}
			if err := row(k.URL, k.At, int64(k.Size), k.SHA256); err != nil {
				return err
			}
		}
		if len(rows) < batch {
			return nil
		}
	}
}
