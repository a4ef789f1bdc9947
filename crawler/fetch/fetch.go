// Package fetch makes one polite, bounded, safe GET: never to an address that
// is not public, never more than was asked for, never to another host than the
// one asked, and always under an honest name. It also reads robots.txt.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"loa/media"
)

// DefaultUserAgent names the program. The address in it says plainly that
// nobody has set one: whoever runs the program puts their own.
const DefaultUserAgent = "loa/0.1 (+https://contact-not-set.invalid; mailto:contact-not-set@example.invalid)"

// maxURL is the longest address asked for, in bytes; what is longer is a trap
// (a calendar without end) more often than a page.
const maxURL = 2048

// maxHeader bounds the response's header, in bytes.
const maxHeader = 256 << 10

// Options bound a client. Zero values mean the defaults told beside them.
type Options struct {
	UserAgent     string        // DefaultUserAgent; should carry a contact address
	MaxBody       int64         // bytes after decompression; 8 MiB
	HeaderTimeout time.Duration // from sending the request to the end of the header; 10 s
	TotalTimeout  time.Duration // of one request, connection to last byte; each redirect is a request; 30 s
	MaxRedirects  int           // 5; negative follows none
	MinRate       int64         // bytes a second of body once 5 s have passed; 0: no minimum beyond TotalTimeout
	Ports         []uint16      // allowed besides 80 and 443
	AllowLoopback bool          // for the demo and tests: loopback addresses, any port

	// Resolve dials another address for a URL's host ("bao.example" →
	// "127.0.0.1:8081"). The address is guarded like any other.
	Resolve map[string]string

	// Now is the machine clock; time.Now.
	Now func() time.Time
}

// Client makes GETs. It is safe for concurrent use; keeping to one request at
// a time per host is the caller's.
type Client struct {
	opt  Options
	http *http.Client
}

// Request is one page to get.
type Request struct {
	URL          string
	ETag         string // sent as If-None-Match if not ""
	LastModified string // sent as If-Modified-Since if not ""
	MaxBody      int64  // bytes after decompression, instead of Options.MaxBody; 0 keeps that
	Cut          bool   // cut a longer body off instead of failing (robots.txt)

	// Hop, if set, is called before each redirect is followed: the caller keeps
	// its distance there and may refuse. Its error ends the request.
	Hop func(ctx context.Context, to *url.URL) error

	// Again, if set, is called before a request is sent once more because a kept
	// connection closed without an answer: the host may have seen the first. The
	// caller keeps its distance there too.
	Again func(ctx context.Context) error
}

// Response is a page that came, or the news that it has not changed.
type Response struct {
	Status      int
	Header      http.Header
	Sent        http.Header // request header as it went over the wire, but for secrets; of the last hop
	Body        []byte      // decompressed; nil when NotModified
	FinalURL    string      // after redirects
	NotModified bool
	ContentType string
	At          time.Time // machine clock when it was asked for
	Took        time.Duration
}

// New makes a client.
func New(opt Options) (*Client, error) {
	def := func(p *time.Duration, d time.Duration) {
		if *p <= 0 {
			*p = d
		}
	}
	def(&opt.HeaderTimeout, 10*time.Second)
	def(&opt.TotalTimeout, 30*time.Second)
	if opt.UserAgent == "" {
		opt.UserAgent = DefaultUserAgent
	}
	if strings.ContainsAny(opt.UserAgent, "\r\n\x00") {
		return nil, errors.New("user agent holds a line break")
	}
	if opt.MaxBody <= 0 {
		opt.MaxBody = 8 << 20
	}
	if opt.MaxRedirects == 0 {
		opt.MaxRedirects = 5
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	resolve := map[string]string{}
	for host, to := range opt.Resolve {
		if _, err := netip.ParseAddrPort(to); err != nil {
			return nil, fmt.Errorf("resolve %s: want an address and port, such as 127.0.0.1:8080, got %q", host, to)
		}
		resolve[strings.ToLower(host)] = to
	}
	opt.Resolve = resolve

	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: guard(opt)}
	tr := &http.Transport{
		Proxy: nil, // a proxy from the environment would bypass the guard
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if host, _, err := net.SplitHostPort(addr); err == nil {
				if to, ok := opt.Resolve[strings.ToLower(host)]; ok {
					addr = to
				}
			}
			return dialer.DialContext(ctx, network, addr)
		},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // gzip is ours, so that both sides of it are counted
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  opt.HeaderTimeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        90 * time.Second,
	}
	return &Client{opt: opt, http: &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// guard refuses every address that is not public. It sees what is dialled,
// after name resolution, so that a name cannot change its mind in between.
func guard(opt Options) func(network, address string, c syscall.RawConn) error {
	public := ssrf.New(ssrf.WithPorts(append([]uint16{80, 443}, opt.Ports...)...))
	return func(network, address string, c syscall.RawConn) error {
		if opt.AllowLoopback {
			if ap, err := netip.ParseAddrPort(address); err == nil && ap.Addr().IsLoopback() && !ap.Addr().Is4In6() {
				return nil
			}
		}
		if err := public.Safe(network, address, c); err != nil {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return nil
	}
}

// Get fetches one page. Errors are *Error or, when the page has moved to
// another host, *RedirectError; a cancelled ctx comes back as its own error.
func (c *Client) Get(ctx context.Context, req Request) (*Response, error) {
	u, err := Parse(req.URL)
	if err != nil {
		return nil, &Error{Reason: media.Unreachable, Err: err}
	}
	start := c.opt.Now()
	for hops := 0; ; hops++ {
		resp, to, err := c.once(ctx, req, u)
		if err != nil {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("get %s: %w", u, context.Cause(ctx))
			}
			return nil, err
		}
		if to == nil {
			resp.At, resp.Took, resp.FinalURL = start, c.opt.Now().Sub(start), u.String()
			return resp, nil
		}
		switch {
		case u.Scheme == "https" && to.Scheme == "http":
			return nil, unreachable(resp.Status, fmt.Errorf("redirect from https down to %s refused", to))
		case Group(to.Host) != Group(u.Host):
			return nil, &RedirectError{To: to.String()}
		case hops >= c.opt.MaxRedirects:
			return nil, unreachable(resp.Status, fmt.Errorf("more than %d redirects, the last to %s", max(0, c.opt.MaxRedirects), to))
		}
		if req.Hop != nil {
			if err := req.Hop(ctx, to); err != nil {
				return nil, fmt.Errorf("redirect to %s: %w", to, err)
			}
		}
		u = to
	}
}

// once makes one request and returns the response or where it points on.
func (c *Client) once(ctx context.Context, req Request, u *url.URL) (*Response, *url.URL, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.opt.TotalTimeout, errTotal)
	defer cancel()
	if req.Again != nil {
		ctx = again(ctx, req.Again)
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, &Error{Reason: media.Unreachable, Err: err}
	}
	hr.Header.Set("User-Agent", c.opt.UserAgent)
	hr.Header.Set("Accept", "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5")
	hr.Header.Set("Accept-Language", "vi, en;q=0.3")
	hr.Header.Set("Accept-Encoding", "gzip")
	if req.ETag != "" {
		hr.Header.Set("If-None-Match", req.ETag)
	}
	if req.LastModified != "" {
		hr.Header.Set("If-Modified-Since", req.LastModified)
	}
	var wire sent
	res, err := c.http.Do(hr.WithContext(wire.trace(ctx)))
	if err != nil {
		return nil, nil, transportError(ctx, err)
	}
	defer res.Body.Close()
	out := &Response{Status: res.StatusCode, Header: res.Header, Sent: wire.header(), ContentType: res.Header.Get("Content-Type")}
	conditional := req.ETag != "" || req.LastModified != ""
	switch s := res.StatusCode; {
	case s == http.StatusNotModified && conditional:
		out.NotModified = true
		return out, nil, nil
	case s == 301 || s == 302 || s == 303 || s == 307 || s == 308:
		drain(res.Body)
		to, err := res.Location()
		if err == nil {
			to, err = Parse(to.String())
		}
		if err != nil {
			return nil, nil, unreachable(s, fmt.Errorf("redirect without a usable address: %w", err))
		}
		return out, to, nil
	case s != http.StatusOK && s != http.StatusNonAuthoritativeInfo:
		drain(res.Body)
		return nil, nil, statusError(res, c.opt.Now())
	}
	limit := c.opt.MaxBody
	if req.MaxBody > 0 {
		limit = req.MaxBody
	}
	out.Body, err = c.read(ctx, res, limit, req.Cut)
	if err != nil {
		return nil, nil, err
	}
	return out, nil, nil
}

// again calls f before every attempt at a request but the first that was
// written; net/http makes them by itself.
func again(ctx context.Context, f func(context.Context) error) context.Context {
	var written atomic.Bool
	ctx, cancel := context.WithCancelCause(ctx)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { written.Store(true) },
		GetConn: func(string) {
			if !written.Swap(false) {
				return
			}
			if err := f(ctx); err != nil {
				cancel(err)
			}
		},
	})
}

// statusError makes a blind reason of a status that brings no page.
func statusError(res *http.Response, now time.Time) *Error {
	e := &Error{Status: res.StatusCode, Err: fmt.Errorf("answered %d", res.StatusCode), RetryAfter: retryAfter(res.Header.Get("Retry-After"), now)}
	switch s := res.StatusCode; {
	case res.Header.Get("Cf-Mitigated") == "challenge":
		e.Reason = media.Challenge
	case s == 401 || s == 403 || s == 429 || s == 451:
		e.Reason = media.Blocked
		e.Temporary = s == 429
	default:
		e.Reason = media.Unreachable
		e.Temporary = s == 408 || s == 425 || s >= 500
	}
	return e
}

// retryAfter reads seconds or an HTTP date; 0 when absent, past or unreadable.
func retryAfter(v string, now time.Time) time.Duration {
	v = strings.TrimSpace(v)
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), 365*86400)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
