package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
		lockEvents: "SELECT pg_advisory_xact_lock(285202301)",
		search:     "i.id IN (SELECT t.item FROM item_text t WHERE t.tsv @@ to_tsquery('simple', %s))",
		query: func(words []string) string {
			return "'" + strings.Join(words, "' & '") + "'"
		},
		retry: func(err error) bool {
			// Serialization failure and deadlock: the whole transaction is run again.
			var e *pgconn.PgError
			return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
		},
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
		_, err := conn.Exec(ctx, "SET plan_cache_mode = force_custom_plan")
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
	return pools{write: conn, read: conn, close: func() error {
		err := conn.Close()
		pool.Close()
		return err
	}}, nil
}
