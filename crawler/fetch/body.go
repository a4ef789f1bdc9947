package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"loa/media"
)

// A body may swell to maxRatio times what came over the wire. Lists of very
// even rows reach 30; a bomb is at 1,000.
const (
	maxRatio  = 100
	ratioFrom = 256 << 10 // bytes after decompression before the ratio is looked at
)

// slowFrom is how long a body may take before MinRate is looked at.
const slowFrom = 5 * time.Second

// counter counts what came over the wire.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// read takes the body, decompressed, within all bounds.
func (c *Client) read(ctx context.Context, res *http.Response, limit int64, cut bool) ([]byte, error) {
	wire := &counter{r: res.Body}
	var r io.Reader = wire
	packed := false
	switch enc := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
		if !cut && res.ContentLength > limit {
			return nil, &Error{Reason: media.ParseError, Status: res.StatusCode, Err: fmt.Errorf("%w: %d bytes announced, at most %d read", errTooBig, res.ContentLength, limit)}
		}
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(wire)
		if errors.Is(err, io.EOF) && wire.n == 0 {
			return []byte{}, nil
		}
		if err != nil {
			return nil, bodyError(ctx, res.StatusCode, err)
		}
		r, packed = z, true
	default:
		return nil, &Error{Reason: media.ParseError, Status: res.StatusCode, Err: fmt.Errorf("content encoding %q was not asked for", enc)}
	}

	var out bytes.Buffer
	if n := res.ContentLength; n > 0 && !packed {
		out.Grow(int(min(n, limit)) + bytes.MinRead)
	}
	buf := make([]byte, 32<<10)
	start := c.opt.Now()
	for {
		n, err := r.Read(buf)
		out.Write(buf[:n])
		size := int64(out.Len())
		if size > limit {
			if cut {
				out.Truncate(int(limit))
				return out.Bytes(), nil
			}
			return nil, &Error{Reason: media.ParseError, Status: res.StatusCode, Err: fmt.Errorf("%w: more than %d bytes", errTooBig, limit)}
		}
		if packed && size > ratioFrom && size > maxRatio*wire.n {
			return nil, &Error{Reason: media.ParseError, Status: res.StatusCode, Err: fmt.Errorf("%w: %d bytes made of %d", errTooBig, size, wire.n)}
		}
		if err == io.EOF {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, bodyError(ctx, res.StatusCode, err)
		}
		if took := c.opt.Now().Sub(start); c.opt.MinRate > 0 && took > slowFrom && float64(wire.n) < float64(c.opt.MinRate)*took.Seconds() {
			return nil, &Error{Reason: media.Unreachable, Status: res.StatusCode, Temporary: true, Err: fmt.Errorf("%w: %d bytes in %s", errSlow, wire.n, took.Round(time.Millisecond))}
		}
	}
}

// bodyError tells a body that is broken from one that did not arrive whole.
func bodyError(ctx context.Context, status int, err error) *Error {
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || isCorrupt(err) {
		return &Error{Reason: media.ParseError, Status: status, Err: fmt.Errorf("decompress: %w", err)}
	}
	e := transportError(ctx, err)
	e.Status = status
	e.Err = fmt.Errorf("body cut short: %w", e.Err)
	return e
}

// drain reads a little of a body nobody wants, so that the connection can
// serve again.
func drain(r io.Reader) { _, _ = io.CopyN(io.Discard, r, 16<<10) }

func isCorrupt(err error) bool {
	var c flate.CorruptInputError
	return errors.As(err, &c)
}
