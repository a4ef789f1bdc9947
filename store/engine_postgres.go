package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

func postgres() engine {
	return engine{
		name:    "postgres",
		dialect: goose.DialectPostgres,
		locker: func() (lock.SessionLocker, error) {
			// The default polls every 5 s: four nodes starting together waited 10 s.
			return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		},
		clock:      "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
		forUpdate:  " FOR UPDATE",
		skipLocked: " FOR UPDATE SKIP LOCKED",
		snapshot:   sql.LevelRepeatableRead,
		serial:     "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		appendOnly: `CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$;
			CREATE TRIGGER event_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_append_only();
			CREATE TRIGGER event_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_append_only();`,
		wake:       "SELECT pg_notify('loa', $1)",
		hasTable:   "SELECT 1 WHERE to_regclass($1) IS NOT NULL",
		lockPapers: "SELECT pg_advisory_xact_lock(285202340)",
		lockEvents: "SELECT pg_advisory_xact_lock(285202301)",
		matches:    "SELECT t.item, t.at FROM item_text t WHERE t.tsv @@ to_tsquery('simple', %s)",
		has: func(words []string, a *args) string {
			return "t.tsv @@ to_tsquery('simple', " + a.add("'"+strings.Join(words, "' & '")+"'") + ")"
		},
		query: func(words []string) string {
			return "'" + strings.Join(words, "' & '") + "'"
		},
		retry: func(err error) bool {
			// Serialization failure and deadlock: the whole transaction is run again.
			var e *pgconn.PgError
			return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
		},

		maxRows: func(int) int { return 1024 },
		with:    unnested,
	}
}

// unnested gives rows as one array for each column: a statement of few
// parameters, the same for any number of rows. As many parameters as there are
// values take the server several times as long to plan.
func unnested(v values, rows [][]any, a *args) string {
	arrays := make([]string, len(v.cols))
	for i, c := range v.cols {
		_, typ, _ := strings.Cut(c, " ")
		arrays[i] = "CAST(" + a.add(array(typ, rows, i)) + " AS " + typ + "[])"
	}
	return "WITH v(" + v.names() + ") AS (SELECT * FROM unnest(" + strings.Join(arrays, ", ") + ")) "
}

// array is one column of rows, none of which is NULL.
func array(typ string, rows [][]any, col int) any {
	switch typ {
	case "BIGINT":
		return columnOf(rows, col, func(v reflect.Value) int64 { return v.Int() })
	case "BOOLEAN":
		return columnOf(rows, col, func(v reflect.Value) bool { return v.Bool() })
	case "DOUBLE PRECISION":
		return columnOf(rows, col, func(v reflect.Value) float64 { return v.Float() })
	}
	return columnOf(rows, col, func(v reflect.Value) string {
		if v.Kind() != reflect.String { // String would name the type instead
			panic(fmt.Sprintf("store: a text is a %s", v.Kind()))
		}
		return v.String()
	})
}

// columnOf takes one column out of rows; of converts named types.
func columnOf[T any](rows [][]any, col int, of func(reflect.Value) T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		var ok bool
		if out[i], ok = r[col].(T); !ok {
			out[i] = of(reflect.ValueOf(r[col]))
		}
	}
	return out
}

// listener hears what other nodes tell, on a line of its own: one of the pool's is given back between statements.
func listener(cfg *pgx.ConnConfig) func(context.Context, func(string)) error {
	return func(ctx context.Context, heard func(kind string)) error {
		conn, err := pgx.ConnectConfig(ctx, cfg.Copy())
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if _, err := conn.Exec(ctx, "LISTEN loa"); err != nil {
			return err
		}
		heard("") // what was told before is not known
		for {
			n, err := conn.WaitForNotification(ctx)
			if err != nil {
				return err
			}
			heard(n.Payload)
		}
	}
}

func openPostgres(ctx context.Context, db string, opt Options) (pools, error) {
	cfg, err := pgxpool.ParseConfig(db)
	if err != nil {
		return pools{}, fmt.Errorf("read the PostgreSQL address: %w", err)
	}
	if opt.MaxConns > 0 {
		cfg.MaxConns = int32(min(opt.MaxConns, 1000))
	} else if !strings.Contains(db, "pool_max_conns") {
		cfg.MaxConns = max(cfg.MaxConns, 8)
	}
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "loa"
	}
	// Statements are kept prepared from the first, nearly empty day on. The plan
	// the server settles on then reads whole tables: a visit took 21 ms instead
	// of 5 after 6,000 items. Planning every time costs 1 ms of them.
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		// What is read is many rows found by their keys. Reading all of a table
		// instead, helpers started for one query, and code compiled for it, each cost
		// more than the query.
		_, err := conn.Exec(ctx, `SET plan_cache_mode = force_custom_plan; SET random_page_cost = 1.1;
			SET max_parallel_workers_per_gather = 0; SET jit = off`)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return pools{}, fmt.Errorf("open PostgreSQL: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return pools{}, fmt.Errorf("open PostgreSQL: %w", err)
	}
	conn := stdlib.OpenDBFromPool(pool)
	return pools{write: conn, read: conn, listen: listener(cfg.ConnConfig), close: func() error {
		err := conn.Close()
		pool.Close()
		return err
	}}, nil
}
