package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// TableSum is what a table holds, however its rows are ordered: of equal tables it is equal on both engines.
type TableSum struct {
	Table string
	Rows  int64
	Sum   string // hex; the sum modulo 2^256 of the SHA-256 of every row
}

var (
	// ErrNotEmpty says that a database that was to be filled holds something.
	ErrNotEmpty = errors.New("the database to fill is not empty")
	// ErrAtWork says that a database that was to be copied is being worked with: what it is told meanwhile would be lost.
	ErrAtWork = errors.New("the database is being worked with")
	// ErrWrongEngines says that databases are not a SQLite file to read and a PostgreSQL server to fill.
	ErrWrongEngines = errors.New("a SQLite file is copied into PostgreSQL")
)

// Transfer copies all that a SQLite database holds into an empty PostgreSQL one, whose schema it makes, in one transaction: all of
// it is there or nothing. Every row is then read back, and the sums of both sides of every table must be equal; the copy is
// noted in the trail of the new one by actor. Leases stay behind. progress is told of each table before it is copied.
func Transfer(ctx context.Context, from *Store, to, actor string, progress func(table string, rows int64)) ([]TableSum, error) {
	if from.eng.name != "sqlite" || !isPostgres(to) {
		return nil, ErrWrongEngines
	}
	busy := 0
	err := each(ctx, from.pools.read, func(r *sql.Rows) error { return r.Scan(&busy) },
		"SELECT (SELECT COUNT(*) FROM chore WHERE until > "+from.eng.clock+") + (SELECT COUNT(*) FROM host WHERE until > "+from.eng.clock+")")
	if err != nil {
		return nil, fmt.Errorf("look whether somebody works with the database: %w", err)
	}
	if busy > 0 {
		return nil, ErrAtWork
	}
	into, err := Open(ctx, to, Options{MaxConns: 2, Now: from.now})
	if err != nil {
		return nil, err
	}
	defer into.Close()
	sums, err := fill(ctx, from, to, progress)
	if err != nil {
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	if n, err := into.VerifyEvents(ctx); err != nil {
		return sums, fmt.Errorf("after %d events: %w", n, err)
	}
	return sums, into.writeDurable(ctx, "note a transfer", func(t *tx) error {
		at := into.now()
		t.happened(Event{At: at, ActorKind: "person", Actor: actor, Kind: "database.copied", Subject: "postgres", Before: pack("sqlite"), After: pack(map[string]any{"tables": len(sums), "rows": rowsOf(sums)})}, fmt.Sprint(micros(at)))
		return nil
	})
}

func rowsOf(sums []TableSum) (n int64) {
	for _, s := range sums {
		n += s.Rows
	}
	return n
}

// column is one column of a table as PostgreSQL has it.
type column struct {
	name, kind string // kind as information_schema names types
	serial     bool   // counts by itself
}

// ofEngine are columns that one engine alone has: SQLite's search asks for a number beside a text.
func ofEngine(table, column string) bool { return table == "item_text" && column == "n" }

// bornFull names the one table in which a new database has a row.
func bornFull(table string) bool { return table == "copy_turn" }

// notCopied tells tables that say of a database, not of what it is about.
func notCopied(table string) bool {
	return table == "schema_version" || table == "schema_floor" || table == "chore"
}

// fill copies table by table and compares the sums before it commits.
func fill(ctx context.Context, from *Store, to string, progress func(string, int64)) ([]TableSum, error) {
	conn, err := pgx.Connect(ctx, to)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tables, err := catalogue(ctx, conn)
	if err != nil {
		return nil, err
	}
	src, err := from.pools.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer src.Rollback() // a read
	order, err := inOrderOfReference(ctx, src, tables)
	if err != nil {
		return nil, err
	}
	dst, err := conn.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return nil, err
	}
	defer dst.Rollback(context.WithoutCancel(ctx)) // nothing once it is committed
	var sums []TableSum
	for _, table := range order {
		sum, err := fillTable(ctx, src, dst, table, tables[table], progress)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", table, err)
		}
		sums = append(sums, sum)
	}
	if _, err := dst.Exec(ctx, "UPDATE host SET owner = '', until = 0"); err != nil {
		return nil, err
	}
	if err := dst.Commit(ctx); err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, "ANALYZE") // of what came at once nothing is known yet
	return sums, err
}

// catalogue lists the tables of PostgreSQL's schema with the columns that are written to.
func catalogue(ctx context.Context, conn *pgx.Conn) (map[string][]column, error) {
	rows, err := conn.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type, c.is_identity = 'YES' FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
		WHERE c.table_schema = current_schema() AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position`)
	if err != nil {
		return nil, err
	}
	out := map[string][]column{}
	var table string
	var c column
	_, err = pgx.ForEachRow(rows, []any{&table, &c.name, &c.kind, &c.serial}, func() error {
		if !notCopied(table) {
			out[table] = append(out[table], c)
		}
		return nil
	})
	return out, err
}

// inOrderOfReference puts tables after those that they refer to, and refuses a schema that is not the same on both sides.
func inOrderOfReference(ctx context.Context, src *sql.Tx, tables map[string][]column) ([]string, error) {
	refers := map[string][]string{}
	err := each(ctx, src, func(r *sql.Rows) error {
		var table string
		err := r.Scan(&table)
		if _, ok := tables[table]; err == nil && !ok && !notCopied(table) {
			err = fmt.Errorf("table %s is on one side only", table)
		}
		refers[table] = nil
		return err
	}, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'item_fts%'")
	if err != nil {
		return nil, err
	}
	for table, cols := range tables {
		if _, ok := refers[table]; !ok {
			return nil, fmt.Errorf("table %s is on one side only", table)
		}
		if err := sameColumns(ctx, src, table, cols); err != nil {
			return nil, err
		}
		err := each(ctx, src, func(r *sql.Rows) error {
			var other string
			err := r.Scan(&other)
			if other != table {
				refers[table] = append(refers[table], other)
			}
			return err
		}, `SELECT "table" FROM pragma_foreign_key_list($1)`, table)
		if err != nil {
			return nil, err
		}
	}
	var out []string
	done := map[string]bool{}
	names := make([]string, 0, len(tables))
	for t := range tables {
		names = append(names, t)
	}
	slices.Sort(names)
	for len(out) < len(names) {
		before := len(out)
		for _, t := range names {
			if !done[t] && !slices.ContainsFunc(refers[t], func(o string) bool { return !done[o] }) {
				done[t] = true
				out = append(out, t)
			}
		}
		if len(out) == before {
			return nil, errors.New("tables refer to one another in a circle")
		}
	}
	return out, nil
}

func sameColumns(ctx context.Context, src *sql.Tx, table string, cols []column) error {
	var have []string
	err := each(ctx, src, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		if !ofEngine(table, name) {
			have = append(have, name)
		}
		return err
	}, "SELECT name FROM pragma_table_info($1)", table)
	if err != nil {
		return err
	}
	var want []string
	for _, c := range cols {
		want = append(want, c.name)
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		return fmt.Errorf("table %s has columns %v on one side, %v on the other", table, have, want)
	}
	return nil
}

// fillTable copies one table, reads it back and compares.
func fillTable(ctx context.Context, src *sql.Tx, dst pgx.Tx, table string, cols []column, progress func(string, int64)) (TableSum, error) {
	out := TableSum{Table: table}
	var there, rows int64
	if err := dst.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+table+" LIMIT 1) t").Scan(&there); err != nil {
		return out, err
	}
	if there > 0 && !bornFull(table) {
		return out, ErrNotEmpty
	}
	if there > 0 {
		if _, err := dst.Exec(ctx, "DELETE FROM "+table); err != nil {
			return out, err
		}
	}
	if err := src.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&rows); err != nil {
		return out, err
	}
	progress(table, rows)
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.name
	}
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + table
	if table == "item_text" {
		query += " ORDER BY at, item" // neighbours in the list are neighbours on disk
	}
	read, err := src.QueryContext(ctx, query)
	if err != nil {
		return out, err
	}
	defer read.Close()
	ours, theirs := &summer{cols: cols}, &summer{cols: cols}
	n, err := dst.CopyFrom(ctx, pgx.Identifier{table}, names, &copied{rows: read, cols: cols, sum: ours})
	if err != nil {
		return out, err
	}
	back, err := dst.Query(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+table)
	if err != nil {
		return out, err
	}
	defer back.Close()
	for back.Next() {
		vals, err := back.Values()
		if err != nil {
			return out, err
		}
		theirs.add(vals)
	}
	if err := back.Err(); err != nil {
		return out, err
	}
	out.Rows, out.Sum = ours.n, ours.hex()
	if n != ours.n || theirs.n != ours.n || theirs.hex() != out.Sum {
		return out, fmt.Errorf("%d rows with the sum %s came back as %d with %s", ours.n, out.Sum, theirs.n, theirs.hex())
	}
	for _, c := range cols {
		if c.serial { // the next number follows the last
			if _, err := dst.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, $2), GREATEST((SELECT MAX("+c.name+") FROM "+table+"), 1), EXISTS (SELECT 1 FROM "+table+"))", table, c.name); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// copied gives rows of SQLite as PostgreSQL takes them.
type copied struct {
	rows *sql.Rows
	cols []column
	sum  *summer
	err  error
}

func (c *copied) Next() bool { return c.err == nil && c.rows.Next() }
func (c *copied) Err() error { return cmp.Or(c.err, c.rows.Err()) }

func (c *copied) Values() ([]any, error) {
	vals, into := make([]any, len(c.cols)), make([]any, len(c.cols))
	for i := range vals {
		into[i] = &vals[i]
	}
	if c.err = c.rows.Scan(into...); c.err != nil {
		return nil, c.err
	}
	for i, v := range vals {
		if vals[i], c.err = typed(v, c.cols[i].kind); c.err != nil {
			c.err = fmt.Errorf("column %s: %w", c.cols[i].name, c.err)
			return nil, c.err
		}
	}
	c.sum.add(vals)
	return vals, nil
}

// typed gives a value of SQLite, which knows fewer types, the type of a column.
func typed(v any, kind string) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case int64:
		switch kind {
		case "bigint", "integer":
			return x, nil
		case "boolean":
			return x != 0, nil
		case "double precision":
			return float64(x), nil
		}
	case bool:
		if kind == "boolean" {
			return x, nil
		}
	case float64:
		if kind == "double precision" {
			return x, nil
		}
	case string:
		switch kind {
		case "text":
			return x, nil
		case "bytea":
			return []byte(x), nil
		}
	case []byte:
		switch kind {
		case "bytea":
			return x, nil
		case "text":
			return string(x), nil
		}
	case time.Time: // goose's column alone, which is not copied
	}
	return nil, fmt.Errorf("a %T where a %s is wanted", v, kind)
}

// summer adds up rows in any order.
type summer struct {
	cols []column
	n    int64
	sum  [4]uint64
	buf  []byte
}

func (s *summer) add(vals []any) {
	b := s.buf[:0]
	for _, v := range vals {
		var text string
		switch x := v.(type) {
		case nil:
			b = append(b, 0)
			continue
		case int64:
			text = strconv.FormatInt(x, 10)
		case int32:
			text = strconv.FormatInt(int64(x), 10)
		case bool:
			text = strconv.FormatBool(x)
		case float64:
			text = strconv.FormatFloat(x, 'g', -1, 64)
		case string:
			text = x
		case []byte:
			text = string(x)
		default:
			text = fmt.Sprintf("%T %v", v, v)
		}
		b = append(b, 1)
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	s.buf = b
	h := sha256.Sum256(b)
	carry := uint64(0)
	for i := range s.sum {
		x := binary.LittleEndian.Uint64(h[i*8:])
		t := s.sum[i] + x
		over := t < x
		t += carry
		over = over || t < carry
		s.sum[i], carry = t, 0
		if over {
			carry = 1
		}
	}
	s.n++
}

func (s *summer) hex() string {
	var b [32]byte
	for i, x := range s.sum {
		binary.LittleEndian.PutUint64(b[i*8:], x)
	}
	return hex.EncodeToString(b[:])
}
