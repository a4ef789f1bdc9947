// Package fetch makes one polite, bounded, safe GET (or, to turn the pages of a
// list that knows no other way, the POST of its own form): never to an address that
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
	"sync"
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

// maxPost bounds a form that is sent, encoded, in bytes.
const maxPost = 4 << 20

// Options bound a client. Zero values mean the defaults told beside them;
// docs/LIMITS.md lists them all.
type Options struct {
	UserAgent      string        // DefaultUserAgent; should carry a contact address
	MaxBody        int64         // bytes after decompression where a request names no bound of its own; 8 MiB
	MaxRatio       int64         // how often a body may swell when it is unpacked; 100
	MaxHeader      int64         // bytes of a response's header; 64 KiB
	ConnectTimeout time.Duration // finding the address and connecting, and again for TLS; 10 s
	HeaderTimeout  time.Duration // from sending a request to the end of the header; 10 s
	TotalTimeout   time.Duration // connection to last byte, all redirects together (waiting in Request.Hop is not counted); 30 s
	MaxRedirects   int           // 5; negative follows none
	MinRate        int64         // bytes wanted for each second that a body takes beyond MinRateAfter; 1,024; negative: none
	MinRateAfter   time.Duration // 5 s
	Ports          []uint16      // allowed; 80, 443 and 8080
	AllowLoopback  bool          // for the demo and tests: loopback addresses, any port
	// Resolve dials another address for a URL's host ("bao.example" →
	// "127.0.0.1:8081"). The address is guarded like any other.
	Resolve map[string]string
	// Proxy, if not nil, is the only address that is dialled: every page is asked for through it, and it resolves names
	// (ParseProxy). The environment's HTTP_PROXY never counts: it would bypass the guard unasked.
	Proxy *url.URL
	// InFlight bounds the bodies that are read and held at a time, in bytes, all
	// hosts together; the first 512 KiB of each are free, so that a host that
	// sends what is large or slow holds up only others that do. 8 MiB.
	InFlight int64
	// Now is the machine clock; time.Now.
	Now func() time.Time
}

// Client makes GETs. It is safe for concurrent use; keeping to one request at
// a time per host is the caller's.
type Client struct {
	opt    Options
	http   *http.Client
	dialer *net.Dialer
	held   *held
	gzips  sync.Pool // *gzip.Reader

	brotlis sync.Mutex // held while a body is unpacked

	wait func(context.Context, time.Duration) error // pause
}

// Request is one page to get.
type Request struct {
	URL          string
	ETag         string // sent as If-None-Match if not ""
	LastModified string // sent as If-Modified-Since if not ""
	MaxBody      int64  // bytes after decompression, instead of Options.MaxBody; 0 keeps that
	Cut          bool   // cut a longer body off instead of failing (robots.txt)

	// Hold, if set, keeps what the body takes of Options.InFlight until
	// Hold.Release, so that reading it is counted too; else Get gives it back.
	// Whoever holds one body must release it before asking for the next.
	Hold *Hold

	// Form, if not nil, is posted: the next page of a list by its own form
	// (WebForms), never anything else. A redirect is then followed with a GET,
	// or not at all where the server wants the form again (307, 308).
	Form url.Values

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
	Header      http.Header // without cookies
	Sent        http.Header // request header as it went over the wire, but for secrets; of the last hop
	Body        []byte      // decompressed; nil when NotModified
	FinalURL    string      // after redirects
	NotModified bool
	ContentType string
	At          time.Time // machine clock when it was asked for
	Took        time.Duration
	Until       time.Time // end of the certificate that the server showed; zero without TLS
}

// withDefaults fills what is left zero.
func (opt Options) withDefaults() Options {
	def := func(p *time.Duration, d time.Duration) {
		if *p <= 0 {
			*p = d
		}
	}
	size := func(p *int64, n int64) {
		if *p == 0 {
			*p = n
		}
	}
	def(&opt.ConnectTimeout, 10*time.Second)
	def(&opt.HeaderTimeout, 10*time.Second)
	def(&opt.TotalTimeout, 30*time.Second)
	def(&opt.MinRateAfter, 5*time.Second)
	size(&opt.MaxBody, 8<<20)
	size(&opt.MaxRatio, 100)
	size(&opt.MaxHeader, 64<<10)
	size(&opt.MinRate, 1024)
	size(&opt.InFlight, 8<<20)
	if opt.UserAgent == "" {
		opt.UserAgent = DefaultUserAgent
	}
	if opt.MaxRedirects == 0 {
		opt.MaxRedirects = 5
	}
	if len(opt.Ports) == 0 {
		opt.Ports = []uint16{80, 443, 8080}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return opt
}

// Defaults are the limits that hold where nothing else is set.
func Defaults() Options { return Options{}.withDefaults() }

// New makes a client.
func New(opt Options) (*Client, error) {
	opt = opt.withDefaults()
	if strings.ContainsAny(opt.UserAgent, "\r\n\x00") {
		return nil, errors.New("user agent holds a line break")
	}
	if opt.MaxBody < 0 || opt.MaxRatio < 1 || opt.MaxHeader < 1024 || opt.InFlight < 1<<20 {
		return nil, errors.New("limits: want no negative sizes, a ratio of at least 1, a header of at least 1 KiB, and at least 1 MiB in flight")
	}
	resolve := map[string]string{}
	for host, to := range opt.Resolve {
		if _, err := netip.ParseAddrPort(to); err != nil {
			return nil, fmt.Errorf("resolve %s: want an address and port, such as 127.0.0.1:8080, got %q", host, to)
		}
		resolve[strings.ToLower(host)] = to
	}
	opt.Resolve = resolve
	c := &Client{opt: opt, held: newHeld(opt.InFlight), wait: pause,
		dialer: &net.Dialer{Timeout: opt.ConnectTimeout, KeepAlive: 30 * time.Second, Control: guard(opt)}}
	transport := &http.Transport{
		Proxy:                  nil, // a proxy from the environment would bypass the guard
		DialContext:            c.dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // unpacking is ours, so that both sides of it are counted
		TLSHandshakeTimeout:    opt.ConnectTimeout,
		ResponseHeaderTimeout:  opt.HeaderTimeout,
		MaxResponseHeaderBytes: opt.MaxHeader,
		HTTP2:                  &http.HTTP2Config{MaxReceiveBufferPerStream: 1 << 20, MaxReceiveBufferPerConnection: 2 << 20},
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        90 * time.Second,
	}
	if err := c.through(transport); err != nil {
		return nil, err
	}
	c.http = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		if to, ok := c.opt.Resolve[strings.ToLower(host)]; ok {
			addr = to
		}
	}
	return c.dialer.DialContext(ctx, network, addr)
}

// guard refuses every address that is not public. It sees what is dialled,
// after name resolution, so that a name cannot change its mind in between.
func guard(opt Options) func(network, address string, c syscall.RawConn) error {
	public := ssrf.New(ssrf.WithPorts(opt.Ports...))
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
	start, left := c.opt.Now(), c.opt.TotalTimeout
	hold := req.Hold
	if hold == nil {
		hold = &Hold{}
		defer hold.Release()
	}
	for hops := 0; ; hops++ {
		resp, to, took, err := c.once(ctx, req, u, left, hold)
		left -= took
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
		if req.Form != nil {
			if resp.Status == http.StatusTemporaryRedirect || resp.Status == http.StatusPermanentRedirect {
				return nil, unreachable(resp.Status, fmt.Errorf("redirect of a form to %s refused", to))
			}
			req.Form = nil
		}
		if err := c.patience(ctx, resp, to); err != nil {
			return nil, err
		}
		if req.Hop != nil {
			if err := req.Hop(ctx, to); err != nil {
				return nil, fmt.Errorf("redirect to %s: %w", to, err)
			}
		}
		u = to
	}
}

// maxHopWait is the longest wait before a redirect is followed that a server may
// ask for; one that asks for more is left alone as long as it says.
const maxHopWait = time.Minute

// patience waits before a redirect is followed as long as the answer asks: with
// a redirect Retry-After is the least time before the redirected request (RFC
// 9110 §10.2.3). The time is not counted.
func (c *Client) patience(ctx context.Context, resp *Response, to *url.URL) error {
	after := retryAfter(resp.Header.Get("Retry-After"), c.opt.Now())
	if after > maxHopWait {
		e := unreachable(resp.Status, fmt.Errorf("redirect to %s, to be followed in %s", to, after))
		e.RetryAfter, e.Temporary = after, true
		return e
	}
	if err := c.wait(ctx, after); err != nil {
		return fmt.Errorf("redirect to %s: %w", to, err)
	}
	return nil
}

// pause sleeps unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// once makes one request, within the time left, and returns the response or where
// it points on, and how long that took.
func (c *Client) once(ctx context.Context, req Request, u *url.URL, left time.Duration, hold *Hold) (_ *Response, _ *url.URL, took time.Duration, _ error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := startWatch(left, func() { cancel(errTotal) })
	defer total.stop()
	out, to, err := c.ask(ctx, req, u, total, hold)
	return out, to, total.took(), err
}

func (c *Client) ask(ctx context.Context, req Request, u *url.URL, total *stopwatch, hold *Hold) (*Response, *url.URL, error) {
	if req.Again != nil {
		ctx = again(ctx, req.Again)
	}
	ctx, tooSlow := context.WithCancelCause(ctx)
	defer tooSlow(nil)
	if err := c.mayAskProxy(u); err != nil {
		return nil, nil, &Error{Reason: media.Unreachable, Err: err}
	}
	method, form := http.MethodGet, ""
	if req.Form != nil {
		if method, form = http.MethodPost, req.Form.Encode(); len(form) > maxPost {
			return nil, nil, &Error{Reason: media.ParseError, Err: fmt.Errorf("%w: a form of %d bytes, at most %d are sent", errTooBig, len(form), maxPost)}
		}
	}
	hr, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(form))
	if err != nil {
		return nil, nil, &Error{Reason: media.Unreachable, Err: err}
	}
	if req.Form != nil {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	hr.Header.Set("User-Agent", c.opt.UserAgent)
	hr.Header.Set("Accept", "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5")
	hr.Header.Set("Accept-Language", "vi, en;q=0.3")
	hr.Header.Set("Accept-Encoding", "gzip, br")
	if req.ETag != "" {
		hr.Header.Set("If-None-Match", req.ETag)
	}
	if req.LastModified != "" {
		hr.Header.Set("If-Modified-Since", req.LastModified)
	}
	var asked sent
	res, err := c.http.Do(hr.WithContext(asked.trace(ctx)))
	if err != nil {
		return nil, nil, transportError(ctx, err)
	}
	defer res.Body.Close()
	res.Header.Del("Set-Cookie") // never sent back, never kept
	res.Header.Del("Set-Cookie2")
	wire := &counter{r: res.Body, total: total}
	defer c.watch(wire, tooSlow)()
	out := &Response{Status: res.StatusCode, Header: res.Header, Sent: asked.header(), ContentType: res.Header.Get("Content-Type")}
	if res.TLS != nil && len(res.TLS.PeerCertificates) > 0 {
		out.Until = res.TLS.PeerCertificates[0].NotAfter
	}
	conditional := req.ETag != "" || req.LastModified != ""
	switch s := res.StatusCode; {
	case s == http.StatusNotModified && conditional:
		out.NotModified = true
		return out, nil, nil
	case s == 301 || s == 302 || s == 303 || s == 307 || s == 308:
		drain(wire)
		to, err := res.Location()
		if err == nil {
			to, err = Parse(to.String())
		}
		if err != nil {
			return nil, nil, unreachable(s, fmt.Errorf("redirect without a usable address: %w", err))
		}
		return out, to, nil
	case s != http.StatusOK && s != http.StatusNonAuthoritativeInfo:
		drain(wire)
		return nil, nil, statusError(res, c.opt.Now())
	}
	limit := c.opt.MaxBody
	if req.MaxBody > 0 {
		limit = req.MaxBody
	}
	out.Body, err = c.read(ctx, res, wire, limit, req.Cut, hold)
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
	case s == http.StatusProxyAuthRequired:
		e.Reason, e.Status, e.Temporary, e.Err = media.Unreachable, 0, true, errProxyWants // the host answered nothing
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
