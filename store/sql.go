package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"loa/viet"
)

// micros is a time as the database holds it: microseconds UTC, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// stamp scans a BIGINT of microseconds UTC into a time; every time goes through it.
type stamp struct{ t *time.Time }

// at is where a time is scanned to.
func at(t *time.Time) stamp { return stamp{t} }

// Scan implements sql.Scanner.
func (s stamp) Scan(v any) error {
	switch n := v.(type) {
	case int64:
		*s.t = fromMicros(n)
	case nil:
		*s.t = time.Time{}
	default:
		return fmt.Errorf("a time is stored as %T, want an integer", v)
	}
	return nil
}

// pack is a list or map as text that SQL never looks into.
func pack(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // plain data always marshals, but for infinite numbers
		panic(fmt.Sprintf("store: marshal %T: %v", v, err))
	}
	return string(b)
}

// packed scans such a text; empty and NULL leave the value alone.
type packed struct{ v any }

// into is where packed text is scanned to.
func into(v any) packed { return packed{v} }

// Scan implements sql.Scanner.
func (p packed) Scan(v any) error {
	var b []byte
	switch s := v.(type) {
	case string:
		if unpack(s, p.v) {
			return nil
		}
		b = []byte(s)
	case []byte:
		b = s
	case nil:
	default:
		return fmt.Errorf("a list is stored as %T, want text", v)
	}
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, p.v)
}

// clean is for addresses, validators and keys: NUL and invalid UTF-8 dropped,
// which PostgreSQL refuses and SQLite takes. Prose goes through viet.NFC.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

func nfc(s string) string { return viet.NFC(s) }

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// oneColumn reads a query of one column of text.
func oneColumn(ctx context.Context, q querier, query string, args ...any) (out []string, err error) {
	err = each(ctx, q, func(r *sql.Rows) error {
		var v string
		err := r.Scan(&v)
		out = append(out, v)
		return err
	}, query, args...)
	return out, err
}

// each calls scan for every row of a query.
func each(ctx context.Context, q querier, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	ctx, end := step(ctx, "query", query)
	defer func() { end(err) }()
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maxArgs bounds the parameters of one statement: SQLite looks each of them up
// among all, so that twice as many take four times as long.
const maxArgs = 1024

// maxIn bounds a list of keys.
const maxIn = maxArgs / 2

// maxRows is how many rows of so many columns fill one statement by values: a
// power of two.
func maxRows(cols int) int { return pow2(maxArgs/cols+1) / 2 }

// pow2 is the least power of two that is not below n.
func pow2(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}

// args collects parameters and names their places.
type args []any

// add appends v and returns its placeholder.
func (a *args) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// in appends values, padded to a power of two by repeating the last so that few
// distinct statements exist, and returns "($1,$2)". values must not be empty.
func (a *args) in(values []string) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range pow2(len(values)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(a.add(values[min(i, len(values)-1)]))
	}
	b.WriteByte(')')
	return b.String()
}

// chunk calls fn with pieces of values no longer than n.
func chunk[T any](values []T, n int, fn func([]T) error) error {
	for len(values) > 0 {
		k := min(n, len(values))
		if err := fn(values[:k]); err != nil {
			return err
		}
		values = values[k:]
	}
	return nil
}

// values is a table of rows for one statement: columns are "name TYPE", the
// first of which is never NULL in a true row.
type values struct {
	cols []string
	rows [][]any
}

// names lists the column names.
func (v values) names() string {
	out := make([]string, len(v.cols))
	for i, c := range v.cols {
		out[i], _, _ = strings.Cut(c, " ")
	}
	return strings.Join(out, ", ")
}

// with writes "WITH v(…) AS (VALUES …)" for rows, padded to a power of two with
// NULL rows, which the statement's «first IS NOT NULL» passes over.
func (v values) with(rows [][]any, a *args) string {
	var b strings.Builder
	b.WriteString("WITH v(" + v.names() + ") AS (VALUES ")
	for i := range pow2(len(rows)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j, c := range v.cols {
			if j > 0 {
				b.WriteByte(',')
			}
			var arg any
			if i < len(rows) {
				arg = rows[i][j]
			}
			ph := a.add(arg)
			if i == 0 { // types of the whole table come from its first row
				_, typ, _ := strings.Cut(c, " ")
				ph = "CAST(" + ph + " AS " + typ + ")"
			}
			b.WriteString(ph)
		}
		b.WriteByte(')')
	}
	b.WriteString(") ")
	return b.String()
}

// insert writes all rows into a table with few statements; tail is the ON
// CONFLICT clause. Keys must not repeat among the rows.
func (t *tx) insert(ctx context.Context, table string, v values, tail string) (n int64, err error) {
	err = chunk(v.rows, t.s.eng.maxRows(len(v.cols)), func(rows [][]any) error {
		var a args
		first, _, _ := strings.Cut(v.cols[0], " ")
		q := t.s.eng.with(v, rows, &a) + "INSERT INTO " + table + " (" + v.names() + ") SELECT " + v.names() +
			" FROM v WHERE " + first + " IS NOT NULL " + tail
		res, err := t.ExecContext(ctx, q, a...)
		if err != nil {
			return fmt.Errorf("write %s: %w", table, err)
		}
		k, err := res.RowsAffected()
		n += k
		return err
	})
	return n, err
}

// insertNew is insert with ON CONFLICT DO NOTHING; it returns the keys (first
// column) that were not there before.
func (t *tx) insertNew(ctx context.Context, table string, v values) (map[string]bool, error) {
	fresh := map[string]bool{}
	err := chunk(v.rows, t.s.eng.maxRows(len(v.cols)), func(rows [][]any) error {
		var a args
		first, _, _ := strings.Cut(v.cols[0], " ")
		q := t.s.eng.with(v, rows, &a) + "INSERT INTO " + table + " (" + v.names() + ") SELECT " + v.names() +
			" FROM v WHERE " + first + " IS NOT NULL ON CONFLICT DO NOTHING RETURNING " + first
		err := each(ctx, t, func(r *sql.Rows) error {
			var key string
			err := r.Scan(&key)
			fresh[key] = true
			return err
		}, q, a...)
		if err != nil {
			return fmt.Errorf("write %s: %w", table, err)
		}
		return nil
	})
	return fresh, err
}

// exec runs a statement and returns how many rows it touched.
func (t *tx) exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	ctx, end := step(ctx, "query", query)
	defer func() { end(err) }()
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// update runs a statement over rows that stand as the table v before it.
func (t *tx) update(ctx context.Context, v values, stmt string) error {
	return chunk(v.rows, t.s.eng.maxRows(len(v.cols)), func(rows [][]any) error {
		var a args
		_, err := t.exec(ctx, t.s.eng.with(v, rows, &a)+stmt, a...)
		return err
	})
}
