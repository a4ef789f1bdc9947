package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"loa/monitor"
)

// Checkup asks a database about itself and changes nothing, not even the schema of an older program. With deep every page of a
// SQLite file is checked too. Where there is no file, or nothing in it, the answer says so; an error means that the database cannot be opened.
func Checkup(ctx context.Context, db string, deep bool) (d monitor.Database, err error) {
	if !isPostgres(db) {
		if _, err := os.Stat(db); os.IsNotExist(err) {
			return monitor.Database{Engine: "sqlite", Missing: true}, nil
		}
	}
	eng, p, err := openPools(ctx, db, Options{MaxConns: 2})
	if err != nil {
		return d, err
	}
	s := &Store{eng: eng, pools: p, now: time.Now}
	defer s.Close()
	d.Engine = eng.name
	goose, known, err := s.provider(eng.steps())
	if err != nil {
		return d, err
	}
	d.Known = known
	if eng.name == "postgres" {
		err = s.askServer(ctx, &d)
	} else {
		err = s.askFile(ctx, &d, db, deep)
	}
	if err != nil {
		return d, fmt.Errorf("ask the database about itself: %w", err)
	}
	if has, err := s.hasTable(ctx, "schema_version"); err != nil || !has {
		d.Missing = true // a database in which nothing is yet
		return d, err
	}
	if d.Schema, err = goose.GetDBVersion(ctx); err != nil {
		return d, fmt.Errorf("read the database's version: %w", err)
	}
	if has, err := s.hasTable(ctx, "schema_floor"); err != nil || !has {
		return d, err
	}
	d.Floor, err = s.readFloor(ctx)
	return d, err
}

func (s *Store) hasTable(ctx context.Context, name string) (has bool, err error) {
	err = each(ctx, s.pools.read, func(*sql.Rows) error { has = true; return nil }, s.eng.hasTable, name)
	return has, err
}

// askFile asks SQLite.
func (s *Store) askFile(ctx context.Context, d *monitor.Database, file string, deep bool) error {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(file + suffix); err == nil {
			d.Bytes += info.Size()
		}
	}
	if err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&d.Version) }, "SELECT sqlite_version()"); err != nil || !deep {
		return err
	}
	return each(ctx, s.pools.read, func(r *sql.Rows) error {
		var what string
		err := r.Scan(&what)
		if what != "ok" && what != "" {
			d.Damage = append(d.Damage, what)
		}
		return err
	}, "PRAGMA quick_check(20)")
}

// askServer asks PostgreSQL: also for what would lose what was committed (its manual, «Non-Durable Settings»).
func (s *Store) askServer(ctx context.Context, d *monitor.Database) error {
	var clock time.Time
	before := time.Now()
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		return r.Scan(&d.Version, &d.Bytes, at(&clock), &d.Super, &d.Encoding, &d.Conns, &d.MaxConn)
	}, `SELECT current_setting('server_version'), pg_database_size(current_database()), `+s.eng.clock+`, rolsuper,
		pg_encoding_to_char((SELECT encoding FROM pg_database WHERE datname = current_database())),
		(SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), CAST(current_setting('max_connections') AS INTEGER)
		FROM pg_roles WHERE rolname = current_user`)
	if err != nil {
		return err
	}
	d.Skew = clock.Sub(before.Add(time.Since(before) / 2))
	return each(ctx, s.pools.read, func(r *sql.Rows) error {
		var name, value string
		err := r.Scan(&name, &value)
		d.Unsafe = append(d.Unsafe, name+" = "+value)
		return err
	}, "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name")
}

// Latest tells when a source was last visited and when the plan was last evaluated, on the machine's clock as far as it was
// running then; zero for never.
func (s *Store) Latest(ctx context.Context, plan string) (visit, ran time.Time, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(at(&visit)) }, "SELECT MAX(last_visit) FROM source_state")
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(at(&ran)) }, "SELECT ran_at FROM evaluation WHERE plan = $1", clean(plan))
	}
	if err != nil {
		err = fmt.Errorf("read when loa last worked: %w", err)
	}
	return visit, ran, err
}
