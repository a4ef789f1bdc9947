package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"

	"loa/media"
)

// ratioFrom is how many bytes, unpacked, are read before the ratio is looked
// at: lists of very even rows reach 30, a bomb is at 1,000.
const ratioFrom = 256 << 10

// wireSlack is by how much what comes packed may exceed what it may unpack to.
// Without this bound a stream of empty gzip members has no end and no size.
const wireSlack = 64 << 10

// counter counts what came over the wire, and remembers how it ended.
type counter struct {
	r     io.Reader
	n     atomic.Int64
	limit int64 // 0: none
	err   error // of the connection, io.EOF not counted
	total *stopwatch
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if total := c.n.Add(int64(n)); c.limit > 0 && total > c.limit {
		return n, fmt.Errorf("%w: more than %d bytes packed", errTooBig, c.limit)
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// watch ends a request whose body comes too slowly; a silent one too. What it
// returns ends the watch.
func (c *Client) watch(wire *counter, tooSlow context.CancelCauseFunc) (stop func() bool) {
	if c.opt.MinRate < 0 {
		return func() bool { return true }
	}
	start := wire.total.took()
	after := c.opt.MinRateAfter
	step := min(time.Second, after/4)
	var t *time.Timer
	var ready atomic.Bool
	t = time.AfterFunc(after+step, func() {
		took := wire.total.took() - start
		if n := wire.n.Load(); float64(n) < float64(c.opt.MinRate)*(took-after).Seconds() {
			tooSlow(fmt.Errorf("%w: %d bytes in %s", errSlow, n, took.Round(time.Millisecond)))
		} else if ready.Load() {
			t.Reset(step)
		}
	})
	ready.Store(true)
	return t.Stop
}

// unpack gives the reader of a body as it was before it was packed.
func (c *Client) unpack(enc string, wire io.Reader) (r io.Reader, done func(), err error) {
	switch enc {
	case "gzip", "x-gzip":
		z, ok := c.gzips.Get().(*gzip.Reader)
		if ok {
			err = z.Reset(wire)
		} else {
			z, err = gzip.NewReader(wire)
		}
		if err != nil {
			return nil, nil, err
		}
		return z, func() { c.gzips.Put(z) }, nil
	}
	return nil, nil, fmt.Errorf("%w: content encoding %q", errEncoding, enc)
}

// read takes the body, unpacked, within all bounds. A body that is itself gzip
// (sitemap.xml.gz) is unpacked once, whatever its header says.
func (c *Client) read(ctx context.Context, res *http.Response, wire *counter, limit int64, cut bool, hold *Hold) ([]byte, error) {
	bad := func(err error) error {
		return &Error{Reason: media.ParseError, Status: res.StatusCode, Err: err}
	}
	var r io.Reader = wire
	packed, enc := false, strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding")))
	if enc == "br" {
		body, err := c.brotli(ctx, wire, res.ContentLength, limit, cut, hold)
		if err != nil {
			return nil, bodyError(ctx, res.StatusCode, wire, err)
		}
		return body, nil
	}
	if enc != "" && enc != "identity" {
		wire.limit = limit + wireSlack
		z, done, err := c.unpack(enc, wire)
		switch {
		case errors.Is(err, io.EOF) && wire.n.Load() == 0:
			return []byte{}, nil
		case err != nil:
			return nil, bodyError(ctx, res.StatusCode, wire, err)
		}
		defer done()
		r, packed = z, true
	} else if !cut && res.ContentLength > limit {
		return nil, bad(fmt.Errorf("%w: %d bytes announced, at most %d read", errTooBig, res.ContentLength, limit))
	}
	body, err := c.take(ctx, r, wire, packed, res.ContentLength, limit, cut, hold)
	if err == nil && bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) {
		inner, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, bad(fmt.Errorf("unpack: %w", err))
		}
		hold.besides = int64(len(body))
		if body, err = c.take(ctx, inner, wire, true, -1, limit, cut, hold); err != nil {
			return nil, bodyError(ctx, res.StatusCode, wire, err)
		}
		return body, nil
	}
	if err != nil {
		return nil, bodyError(ctx, res.StatusCode, wire, err)
	}
	return body, nil
}

// take reads to the end in pieces, so that nothing is copied more than once and
// nothing is set aside on the word of a header.
func (c *Client) take(ctx context.Context, r io.Reader, wire *counter, packed bool, announced, limit int64, cut bool, hold *Hold) ([]byte, error) {
	first := int64(32 << 10)
	if !packed && announced >= 0 && announced < 512<<10 {
		first = announced + 1 // the end is seen without another piece
	}
	piece := make([]byte, 0, first)
	var full [][]byte
	size, most := int64(0), limit
	if !packed && announced > 0 {
		most = min(limit, announced)
	}
	for {
		if err := hold.reach(ctx, c, wire.total, size, most); err != nil {
			return nil, err
		}
		if len(piece) == cap(piece) {
			full = append(full, piece)
			piece = make([]byte, 0, 64<<10)
		}
		n, err := r.Read(piece[len(piece):cap(piece)])
		piece = piece[:len(piece)+n]
		size += int64(n)
		if size > limit {
			if !cut {
				return nil, fmt.Errorf("%w: more than %d bytes", errTooBig, limit)
			}
			return join(full, piece)[:limit], nil
		}
		if came := wire.n.Load(); packed && size > ratioFrom && size > c.opt.MaxRatio*came {
			return nil, fmt.Errorf("%w: %d bytes made of %d", errTooBig, size, came)
		}
		if err == io.EOF {
			hold.keep(size)
			return join(full, piece), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// brotli takes a body that is packed so: whole, and then unpacks it, one body at
// a time of all hosts. While it is unpacked a window as large as its sender likes
// is held, up to 16 MiB. How large it becomes is seen before room is made for it.
func (c *Client) brotli(ctx context.Context, wire *counter, announced, limit int64, cut bool, hold *Hold) ([]byte, error) {
	packed, err := c.take(ctx, wire, wire, false, announced, limit+wireSlack, false, hold)
	if err != nil || len(packed) == 0 {
		return packed, err
	}
	size, err := c.swells(packed, limit, cut)
	if err != nil {
		return nil, err
	}
	hold.besides = int64(len(packed))
	if err := hold.reach(ctx, c, wire.total, size, size); err != nil {
		return nil, err
	}
	c.brotlis.Lock()
	defer c.brotlis.Unlock()
	body := make([]byte, size)
	if _, err := io.ReadFull(brotli.NewReader(bytes.NewReader(packed)), body); err != nil {
		return nil, err
	}
	hold.keep(size)
	return body, nil
}

// swells is how large a body is once it is unpacked.
func (c *Client) swells(packed []byte, limit int64, cut bool) (size int64, err error) {
	c.brotlis.Lock()
	defer c.brotlis.Unlock()
	r, some := brotli.NewReader(bytes.NewReader(packed)), make([]byte, 32<<10)
	for {
		n, err := r.Read(some)
		size += int64(n)
		switch came := int64(len(packed)); {
		case size > ratioFrom && size > c.opt.MaxRatio*came:
			return 0, fmt.Errorf("%w: %d bytes made of %d", errTooBig, size, came)
		case size > limit && cut:
			return limit, nil
		case size > limit:
			return 0, fmt.Errorf("%w: more than %d bytes", errTooBig, limit)
		case err == io.EOF:
			return size, nil
		case err != nil:
			return 0, err
		}
	}
}

func join(full [][]byte, last []byte) []byte {
	if len(full) == 0 {
		return last
	}
	return bytes.Join(append(full, last), nil)
}

// bodyError tells a body that is broken from one that did not arrive whole.
func bodyError(ctx context.Context, status int, wire *counter, err error) *Error {
	switch {
	case errors.Is(err, errTooBig), errors.Is(err, errEncoding):
		return &Error{Reason: media.ParseError, Status: status, Err: err}
	case wire.err == nil && ctx.Err() == nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errBusy):
		return &Error{Reason: media.ParseError, Status: status, Err: fmt.Errorf("unpack: %w", err)}
	}
	e := transportError(ctx, err)
	e.Status = status
	e.Err = fmt.Errorf("body cut short: %w", e.Err)
	return e
}

// drain reads a little of a body nobody wants, so that the connection can
// serve again.
func drain(r io.Reader) { _, _ = io.CopyN(io.Discard, r, 16<<10) }
