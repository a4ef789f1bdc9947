package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"loa/store"
)

// The insert stage writes the very rows that loa wrote, into an empty database of
// the same schema: all rows of one host's feeds in one transaction, one statement
// for each table, and nothing else; nothing is looked up, no state is kept.

// table is one that loa wrote, and how its rows are told from those of other
// cases: by the visit (v) that brought them.
type table struct{ name, from string }

func tables() []table {
	const items = "JOIN visit v ON v.id = i.first_visit"
	return []table{
		{"visit", "visit t JOIN visit v ON v.id = t.id"},
		{"kept", "kept t JOIN visit v ON v.kept = t.sha256"},
		{"coverage_log", "coverage_log t JOIN visit v ON v.id = t.visit"},
		{"item", "item t JOIN item i ON i.id = t.id " + items},
		{"listing", "listing t JOIN item i ON i.id = t.item " + items},
		{"revision", "revision t JOIN item i ON i.id = t.item " + items},
		{"verdict", "verdict t JOIN revision r ON r.id = t.revision JOIN item i ON i.id = r.item " + items},
		{"item_text", "item_text t JOIN item i ON i.id = t.item " + items},
		{"copy_text", "copy_text t JOIN item i ON i.words = t.words " + items},
		{"copy_mark", "copy_mark t JOIN item i ON i.words = t.words " + items},
		{"change", "change t JOIN item i ON t.kind = 'item' AND t.key = i.id " + items},
	}
}

// batch is what one transaction of the stage writes.
type batch struct {
	stmts []string
	args  [][]any
}

// putStages inserts the rows of the first read and of one new item each, the
// latter on top of the former.
func (w *world) putStages(ctx context.Context, from string, ends [cases]int64, st *[cases]stages) error {
	to, drop, err := w.database(ctx)
	if err != nil {
		return err
	}
	defer drop()
	s, err := store.Open(ctx, to, store.Options{MaxConns: 1}) // makes the schema
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	source, err := pgx.Connect(ctx, from)
	if err != nil {
		return err
	}
	defer source.Close(ctx)
	pool, err := pgxpool.New(ctx, to+" pool_max_conns="+fmt.Sprint(workers))
	if err != nil {
		return err
	}
	defer pool.Close()
	for _, c := range []int{firstRead, oneNew} {
		after := int64(0)
		if c > 0 {
			after = ends[c-1]
		}
		batches, err := readBatches(ctx, source, after, ends[c])
		if err != nil {
			return fmt.Errorf("read the rows of %s: %w", caseName(c), err)
		}
		var mu sync.Mutex
		st[c].put = timed(len(batches), func(i int) {
			if werr := batches[i].write(ctx, pool); werr != nil {
				mu.Lock()
				err = werr
				mu.Unlock()
			}
		})
		if err != nil {
			return fmt.Errorf("insert the rows of %s: %w", caseName(c), err)
		}
	}
	var same bool
	err = source.QueryRow(ctx, "SELECT COUNT(*) FROM item").Scan(&ends[0])
	if err == nil {
		err = pool.QueryRow(ctx, "SELECT COUNT(*) = $1 FROM item_text", ends[0]).Scan(&same)
	}
	if err == nil && !same {
		err = fmt.Errorf("not every one of %d items was inserted", ends[0])
	}
	return err
}

func (b batch) write(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for i, stmt := range b.stmts {
			if _, err := tx.Exec(ctx, stmt, b.args[i]...); err != nil {
				return err
			}
		}
		return nil
	})
}

// readBatches reads what visits later than after and not later than until wrote,
// by the host visited.
func readBatches(ctx context.Context, conn *pgx.Conn, after, until int64) ([]batch, error) {
	byHost := map[string]*batch{}
	for _, t := range tables() {
		cols, types, err := columns(ctx, conn, t.name)
		if err != nil {
			return nil, err
		}
		rows, err := conn.Query(ctx, "SELECT s.host, t."+strings.Join(cols, ", t.")+" FROM "+t.from+
			" JOIN source_state s ON s.source = v.source WHERE v.at > $1 AND v.at <= $2", after, until)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		hosts := map[string][][]any{}
		for rows.Next() {
			row, err := rows.Values()
			if err != nil {
				return nil, err
			}
			host := row[0].(string)
			hosts[host] = append(hosts[host], row[1:])
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		places := make([]string, len(cols))
		for i, typ := range types {
			places[i] = fmt.Sprintf("$%d::%s[]", i+1, typ)
		}
		stmt := "INSERT INTO " + t.name + " (" + strings.Join(cols, ", ") + ") SELECT * FROM unnest(" + strings.Join(places, ", ") + ") ON CONFLICT DO NOTHING"
		for host, rows := range hosts {
			if byHost[host] == nil {
				byHost[host] = &batch{}
			}
			args := make([]any, len(cols))
			for i := range cols {
				args[i] = column(rows, i)
			}
			byHost[host].stmts = append(byHost[host].stmts, stmt)
			byHost[host].args = append(byHost[host].args, args)
		}
	}
	var out []batch
	for _, b := range byHost {
		out = append(out, *b)
	}
	return out, nil
}

// columns lists those of a table that can be written.
func columns(ctx context.Context, conn *pgx.Conn, table string) (names, types []string, err error) {
	rows, err := conn.Query(ctx, `SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'
		AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position`, table)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			return nil, nil, err
		}
		names, types = append(names, name), append(types, typ)
	}
	return names, types, rows.Err()
}

// column is one column of rows as an array of its type.
func column(rows [][]any, i int) any {
	switch rows[0][i].(type) {
	case int64:
		return typed[int64](rows, i)
	case bool:
		return typed[bool](rows, i)
	case float64:
		return typed[float64](rows, i)
	}
	return typed[string](rows, i)
}

func typed[T any](rows [][]any, i int) []T {
	out := make([]T, len(rows))
	for k, r := range rows {
		out[k] = r[i].(T)
	}
	return slices.Clip(out)
}
