package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// steps lists the migrations in order. A name without an engine is one text
// for both; search alone needs two.
func (e engine) steps() []string {
	steps := []string{
		"00001_first.sql",
		"00002_search." + e.name + ".sql",
		"00003_whole_plan.sql",
		"00004_walk.sql",
		"00005_listed.sql",
		"00006_copies.sql",
		"00007_evidence.sql",
		"00008_reading.sql",
		"00009_health.sql",
	}
	if e.name == "postgres" {
		steps = append(steps, "00011_words.postgres.sql")
	}
	return append(steps, "00012_await_kept.sql", "00013_copy_rules.sql", "00014_facets.sql", "00015_review.sql", "00016_drift.sql", "00017_segments.sql", "00018_handed_in.sql",
		"00019_draft.sql", "00021_cases.sql", "00022_edition.sql", "00023_notice.sql", "00024_account.sql", "00025_undo.sql", "00026_note.sql", "00027_handed.sql", "00028_handin.sql", "00029_declared.sql", "00030_entry.sql", "00031_audit.sql", "00033_found."+e.name+".sql", "00034_map_owner.sql", "00035_paper.sql", "00036_session.sql", "00040_floor.sql", "00041_quarantine.sql")
}

// floor is the least schema version that a program must know to work with what this one writes. A step that only adds
// (tables, columns with a default, indexes) leaves it alone; one after which an older program would fail or write what is
// wrong raises it to that step's number, and then that program refuses the database (docs/decisions/0050).
const floor = 40

// floorStep is the step since which a database says what it asks of programs.
const floorStep = 40

// migrate brings the schema up to this program's version. Nodes may start
// together: on PostgreSQL a session lock lets one work, on SQLite the loser of
// the race is refused by the winner's tables and looks again.
func (s *Store) migrate(ctx context.Context) error {
	for i := 1; ; i++ {
		err := s.migrateOnce(ctx, s.eng.steps())
		if err == nil || i == 5 || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *Store) migrateOnce(ctx context.Context, names []string) error {
	p, last, err := s.provider(names)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if last < floorStep {
		return nil
	}
	least, err := s.raiseFloor(ctx)
	if err != nil {
		return err
	}
	if have > last && least > last {
		return fmt.Errorf("the database has schema version %d and asks for a program that knows %d, this one knows %d: use a newer program", have, least, last)
	}
	return nil
}

// raiseFloor writes what this program asks of others and gives what the database asks of it. It writes only where it
// has to: many open the database.
func (s *Store) raiseFloor(ctx context.Context) (least int64, err error) {
	if least, err = s.readFloor(ctx); err != nil || least >= floor {
		return least, err
	}
	if _, err := s.pools.write.ExecContext(ctx, "UPDATE schema_floor SET floor = $1 WHERE floor < $1", floor); err != nil {
		return 0, fmt.Errorf("write the least version: %w", err)
	}
	return floor, nil
}

func (s *Store) readFloor(ctx context.Context) (least int64, err error) {
	err = each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&least) }, "SELECT floor FROM schema_floor")
	if err != nil {
		return 0, fmt.Errorf("read the least version: %w", err)
	}
	return least, nil
}

// provider knows all steps; last is the number of the last.
func (s *Store) provider(names []string) (p *goose.Provider, last int64, err error) {
	var steps []*goose.Migration
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, 0, fmt.Errorf("number of migration %s: %w", name, err)
		}
		last = max(last, n)
		text, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			return nil, 0, fmt.Errorf("read migration %s: %w", name, err)
		}
		stmts := strings.NewReplacer("«serial»", s.eng.serial, "«event is append-only»", s.eng.appendOnly).Replace(string(text))
		steps = append(steps, goose.NewGoMigration(n, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, stmts)
			return err
		}}, nil))
	}
	opts := []goose.ProviderOption{
		goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_version"),
		goose.WithAllowOutofOrder(true), // numbers are given out before the texts are done
	}
	if s.eng.locker != nil {
		l, err := s.eng.locker()
		if err != nil {
			return nil, 0, fmt.Errorf("make the migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err = goose.NewProvider(s.eng.dialect, s.pools.write, nil, opts...)
	if err != nil {
		return nil, 0, fmt.Errorf("prepare migrations: %w", err)
	}
	return p, last, nil
}
