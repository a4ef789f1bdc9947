package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// mostPrepared bounds the statements one connection keeps prepared.
const mostPrepared = 64

// preparing opens SQLite connections that keep the statements they have run
// prepared, by text. pgx does the same for PostgreSQL by itself. Preparing costs
// SQLite more than running, in proportion to the text; and named parameters
// ($1) are looked up among all others whenever one is bound, so that they are
// told by their places here (?).
type preparing struct{ driver.Connector }

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(fullConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of type %T lacks a method", conn), conn.Close())
	}
	return &preparedConn{fullConn: inner, idle: map[string]*prepared{}}, nil
}

// fullConn is what the driver's connections can do, all of which has to be
// handed on.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedConn is used by one goroutine at a time, as database/sql promises.
type preparedConn struct {
	fullConn
	idle map[string]*prepared // by text as it is written; those at work are not among them
	uses uint64
}

// prepared is a statement that can be run again.
type prepared struct {
	text   string
	places []int // the number of the argument at each place
	stmt   interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	used uint64
}

// Unwrap tells the driver what its connection is.
func (c *preparedConn) Unwrap() driver.Conn { return c.fullConn }

// ExecContext implements driver.ExecerContext.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !keepable(query) {
		return c.fullConn.ExecContext(ctx, query, args)
	}
	p, args, err := c.take(ctx, query, args)
	if err != nil {
		return nil, err
	}
	res, err := p.stmt.ExecContext(ctx, args)
	return res, c.give(p, err)
}

// QueryContext implements driver.QueryerContext.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !keepable(query) {
		return c.fullConn.QueryContext(ctx, query, args)
	}
	p, args, err := c.take(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := p.stmt.QueryContext(ctx, args)
	if err != nil {
		return nil, c.give(p, err)
	}
	return &preparedRows{Rows: rows, conn: c, of: p}, nil
}

// preparedRows gives its statement back when it is closed.
type preparedRows struct {
	driver.Rows
	conn *preparedConn
	of   *prepared
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	err := r.Rows.Close()
	if p := r.of; p != nil {
		r.of = nil
		return r.conn.give(p, err)
	}
	return err
}

// keepable reports whether a statement does the same however often it is run
// once prepared: a PRAGMA may act when it is prepared, and what changes the
// schema is not run twice. Those that say ? themselves are not of this package.
func keepable(query string) bool {
	if strings.Contains(query, "?") {
		return false
	}
	for _, verb := range []string{"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"} {
		if strings.HasPrefix(query, verb) {
			return true
		}
	}
	return false
}

// take finds a prepared statement that is not at work, or prepares it, and
// puts the arguments in their places.
func (c *preparedConn) take(ctx context.Context, query string, args []driver.NamedValue) (*prepared, []driver.NamedValue, error) {
	p := c.idle[query]
	delete(c.idle, query)
	if p == nil {
		text, places := byPlace(query)
		stmt, err := c.fullConn.PrepareContext(ctx, text)
		if err != nil {
			return nil, nil, err
		}
		p = &prepared{text: query, places: places}
		var ok bool
		if p.stmt, ok = stmt.(interface {
			driver.Stmt
			driver.StmtExecContext
			driver.StmtQueryContext
		}); !ok {
			return nil, nil, errors.Join(fmt.Errorf("a statement of type %T lacks a method", stmt), stmt.Close())
		}
	}
	placed := make([]driver.NamedValue, len(p.places))
	for i, n := range p.places {
		if n < 1 || n > len(args) {
			return nil, nil, c.give(p, fmt.Errorf("parameter $%d of %d", n, len(args)))
		}
		placed[i] = driver.NamedValue{Ordinal: i + 1, Value: args[n-1].Value}
	}
	return p, placed, nil
}

// give keeps a statement for the next time, unless it failed.
func (c *preparedConn) give(p *prepared, err error) error {
	if err != nil || c.idle[p.text] != nil {
		if closed := p.stmt.Close(); err == nil {
			return closed
		}
		return err // the first; closing a failed statement tells it again
	}
	if len(c.idle) >= mostPrepared {
		var oldest *prepared
		for _, q := range c.idle {
			if oldest == nil || q.used < oldest.used {
				oldest = q
			}
		}
		delete(c.idle, oldest.text)
		if err := oldest.stmt.Close(); err != nil {
			return errors.Join(err, p.stmt.Close())
		}
	}
	c.uses++
	p.used = c.uses
	c.idle[p.text] = p
	return nil
}

// Close implements driver.Conn.
func (c *preparedConn) Close() error {
	var errs []error
	for _, p := range c.idle {
		errs = append(errs, p.stmt.Close())
	}
	clear(c.idle)
	return errors.Join(append(errs, c.fullConn.Close())...)
}

// byPlace writes ? for every $N of a query outside of quotes, and lists the Ns.
func byPlace(query string) (text string, places []int) {
	var b strings.Builder
	b.Grow(len(query))
	quoted := false
	for i := 0; i < len(query); i++ {
		ch := query[i]
		if ch == '\'' {
			quoted = !quoted
		}
		end := i + 1
		for ch == '$' && !quoted && end < len(query) && query[end] >= '0' && query[end] <= '9' {
			end++
		}
		if end == i+1 {
			b.WriteByte(ch)
			continue
		}
		n, err := strconv.Atoi(query[i+1 : end])
		if err != nil {
			n = 0 // out of range: take refuses it
		}
		b.WriteByte('?')
		places = append(places, n)
		i = end - 1
	}
	return b.String(), places
}
