package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"loa/media"
)

// ErrRefused is in the chain of an Error when we would not go there: the
// address is not public, not http, or not an address at all.
var ErrRefused = errors.New("address refused")

var (
	errTotal  = errors.New("took too long")
	errTooBig = errors.New("body too big")
	errSlow   = errors.New("body too slow")
	errBusy   = errors.New("waited too long for other large bodies")

	errEncoding = errors.New("not asked for")
)

// Error says why no page came. Reason is a blind reason of media:
//
//	unreachable  DNS, TCP, TLS, time-out, 404, 410, other 4xx, 5xx, a body cut
//	             short, an address we refuse
//	blocked      401, 403, 429, 451
//	challenge    a gate that names itself in the header
//	parse_error  a page came but is not readable within bounds: larger than
//	             allowed, a decompression bomb, an encoding not asked for
type Error struct {
	Reason     string
	Status     int           // HTTP status, 0 if none came
	RetryAfter time.Duration // asked for by the server; 0 if not
	Temporary  bool          // likely to pass by itself: 5xx, 429, time-outs, connections
	Down       bool          // the host itself: no name, no connection
	Err        error
}

func (e *Error) Error() string { return e.Reason + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// RedirectError says that the page is at another host, which the caller has
// no right to visit now.
type RedirectError struct{ To string }

func (e *RedirectError) Error() string { return "redirect to " + e.To }

func unreachable(status int, err error) *Error {
	return &Error{Reason: media.Unreachable, Status: status, Err: err}
}

// transportError makes an Error of what net/http returned.
func transportError(ctx context.Context, err error) *Error {
	var ue *url.Error // repeats the method and the whole address
	if errors.As(err, &ue) {
		err = ue.Err
	}
	if cause := context.Cause(ctx); (errors.Is(cause, errTotal) || errors.Is(cause, errSlow)) && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	e := &Error{Reason: media.Unreachable, Err: err, Temporary: true}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var host x509.HostnameError
	var op *net.OpError
	switch {
	case errors.Is(err, ErrRefused):
		e.Temporary = false
	case errors.As(err, &op) && op.Op == "proxyconnect": // the proxy is not there: of the host nothing is known
	case errors.As(err, &dns):
		e.Temporary, e.Down = !dns.IsNotFound, true
	case errors.As(err, &op) && op.Op == "dial":
		e.Down = true
	case errors.As(err, &cert), errors.As(err, &host):
		e.Temporary = false
	}
	return e
}
