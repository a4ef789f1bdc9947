package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loa/bench/hostile"
	"loa/media"
)

// site starts an origin on loopback and a client that finds it under the given names.
func site(t *testing.T, h http.HandlerFunc, opt Options, names ...string) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	if len(names) == 0 {
		names = []string{"bao.example"}
	}
	opt.AllowLoopback = true
	opt.Resolve = map[string]string{}
	for _, n := range names {
		opt.Resolve[n] = srv.Listener.Addr().String()
	}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return fmt.Sprintf("%T", err)
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func TestGet(t *testing.T) {
	var got http.Header
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		if r.Host != "bao.example" {
			t.Errorf("host %q", r.Host)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped([]byte("chào")))
	}, Options{UserAgent: "loa/0.1 (mailto:a@b.example)"})
	ctx := context.Background()
	r, err := c.Get(ctx, Request{URL: "HTTP://Bao.Example:80/tin#x"})
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Body) != "chào" || r.Status != 200 || r.FinalURL != "http://bao.example/tin" || r.ContentType != "text/html; charset=utf-8" || r.NotModified {
		t.Errorf("%+v", r)
	}
	if got.Get("User-Agent") != "loa/0.1 (mailto:a@b.example)" || got.Get("Accept-Encoding") != "gzip, br" || got.Get("Cookie") != "" {
		t.Errorf("sent %v", got)
	}
	r, err = c.Get(ctx, Request{URL: "http://bao.example/tin", ETag: `"1"`, LastModified: "Wed, 01 Mar 2023 00:00:00 GMT"})
	if err != nil || !r.NotModified || r.Body != nil {
		t.Errorf("%+v, %v", r, err)
	}
	if got.Get("If-Modified-Since") == "" {
		t.Error("no If-Modified-Since")
	}
}

// What is told to have been sent is what arrived.
func TestSent(t *testing.T) {
	var got http.Header
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		got.Set("Host", r.Host)
		if r.URL.Path == "/cu" {
			http.Redirect(w, r, "/moi", http.StatusFound)
		}
	}, Options{UserAgent: "loa/0.1 (mailto:a@b.example)"})
	for _, req := range []Request{
		{URL: "http://bao.example/tin"},
		{URL: "http://bao.example/tin", ETag: `W/"a"`, LastModified: "Wed, 01 Mar 2023 00:00:00 GMT"}, // on a connection used before
		{URL: "http://bao.example/cu", ETag: `"b"`},
	} {
		r, err := c.Get(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(r.Sent) != fmt.Sprint(got) || r.Sent.Get("User-Agent") == "" || r.Sent.Get("If-None-Match") != req.ETag {
			t.Errorf("told %v, arrived %v", r.Sent, got)
		}
	}
}

// Secrets never reach the evidence, and every hop counts anew.
func TestSentHasNoSecrets(t *testing.T) {
	var s sent
	hooks := httptrace.ContextClientTrace(s.trace(context.Background()))
	hooks.WroteHeaderField("User-Agent", []string{"before any connection"})
	if h := s.header(); len(h) != 0 {
		t.Errorf("%v without a connection", h)
	}
	hooks.GotConn(httptrace.GotConnInfo{})
	hooks.WroteHeaderField("If-None-Match", []string{"of a connection that was closed"})
	hooks.GotConn(httptrace.GotConnInfo{})
	for _, name := range []string{":authority", ":path", ":method", "user-agent", "Authorization", "cookie", "Proxy-Authorization", "X-Api-Key"} {
		hooks.WroteHeaderField(name, []string{"x"})
	}
	if got := fmt.Sprint(s.header()); got != "map[Host:[x] User-Agent:[x]]" {
		t.Errorf("told %s", got)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/404" {
			http.Error(w, strings.Repeat("x", 4096), 404)
			return
		}
		fmt.Fprint(w, "ok")
	}))
	var conns atomic.Int32
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	c, err := New(Options{AllowLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"/a", "/404", "/b", "/404", "/c"} {
		_, _ = c.Get(context.Background(), Request{URL: srv.URL + p})
	}
	if n := conns.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestStatuses(t *testing.T) {
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		var s int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &s)
		switch r.URL.RawQuery {
		case "":
		case "cf":
			w.Header().Set("Cf-Mitigated", "challenge")
		default:
			w.Header().Set("Retry-After", r.URL.RawQuery)
		}
		w.WriteHeader(s)
	}, Options{})
	for _, x := range []struct {
		path   string
		reason string
		temp   bool
		after  time.Duration
	}{
		{"/401", media.Blocked, false, 0},
		{"/403", media.Blocked, false, 0},
		{"/403?cf", media.Challenge, false, 0},
		{"/404", media.Unreachable, false, 0},
		{"/410", media.Unreachable, false, 0},
		{"/429?120", media.Blocked, true, 2 * time.Minute},
		{"/451", media.Blocked, false, 0},
		{"/500", media.Unreachable, true, 0},
		{"/503?7", media.Unreachable, true, 7 * time.Second},
		{"/503?-7", media.Unreachable, true, 0},
		{"/503?x", media.Unreachable, true, 0},
		{"/202", media.Unreachable, false, 0},
		{"/304", media.Unreachable, false, 0}, // not asked for
		{"/301", media.Unreachable, false, 0}, // without Location
	} {
		_, err := c.Get(context.Background(), Request{URL: "http://bao.example" + x.path})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", x.path, err)
			continue
		}
		if e.Reason != x.reason || e.Temporary != x.temp || e.RetryAfter != x.after {
			t.Errorf("%s: %+v", x.path, e)
		}
	}
}

func TestRetryAfterDate(t *testing.T) {
	now := time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)
	if d := retryAfter(now.Add(90*time.Second).Format(http.TimeFormat), now); d != 90*time.Second {
		t.Error(d)
	}
	if d := retryAfter(now.Add(-time.Hour).Format(http.TimeFormat), now); d != 0 {
		t.Error(d)
	}
}

func TestRedirects(t *testing.T) {
	hops := 0
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.Query().Get("to")
		if to == "loop" {
			hops++
			to = r.URL.String()
		}
		if to == "" {
			fmt.Fprint(w, r.Host+r.URL.Path)
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}, Options{}, "bao.example", "www.bao.example", "khac.example")
	ctx := context.Background()
	get := func(to string) (*Response, error) {
		return c.Get(ctx, Request{URL: "http://bao.example/?to=" + url.QueryEscape(to)})
	}
	if r, err := get("/moi"); err != nil || r.FinalURL != "http://bao.example/moi" || string(r.Body) != "bao.example/moi" {
		t.Errorf("same host: %+v, %v", r, err)
	}
	if r, err := get("http://www.bao.example/moi"); err != nil || r.FinalURL != "http://www.bao.example/moi" {
		t.Errorf("www twin: %+v, %v", r, err)
	}
	if _, err := get("loop"); reason(err) != media.Unreachable || hops != 6 {
		t.Errorf("loop: %v after %d requests, want 6", err, hops)
	}
	for _, to := range []string{
		"http://khac.example/", "http://bao.example:81/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
		"http://127.0.0.1:22/", "http://[::1]/", "//khac.example/x", "http://bao.example.khac.example/", "http://xn--bo-jia.example/",
	} {
		_, err := get(to)
		var re *RedirectError
		if !errors.As(err, &re) {
			t.Errorf("%s: %v, want a RedirectError", to, err)
		}
	}
	for _, to := range []string{"file:///etc/passwd", "gopher://bao.example/", "javascript:alert(1)", "http://a@bao.example/", "http://2852039166/", "http://bao.example/" + strings.Repeat("a", maxURL)} {
		if _, err := get(to); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want refused", to[:min(len(to), 40)], err)
		}
	}
	// The caller sees every hop, and may end it.
	stop := errors.New("stop")
	_, err := c.Get(ctx, Request{URL: "http://bao.example/?to=/cam", Hop: func(_ context.Context, u *url.URL) error {
		if u.Path == "/cam" {
			return stop
		}
		return nil
	}})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestDowngradeRefused(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.Host+"/x", http.StatusMovedPermanently)
	}))
	defer srv.Close()
	c, err := New(Options{AllowLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(context.Background(), Request{URL: srv.URL})
	if e := (*Error)(nil); !errors.As(err, &e) || e.Temporary {
		t.Errorf("an unknown certificate must not pass: %v", err)
	}
	c.http.Transport.(*http.Transport).TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig
	_, err = c.Get(context.Background(), Request{URL: srv.URL})
	if reason(err) != media.Unreachable || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

func TestHostileBodies(t *testing.T) {
	bomb := zipped(make([]byte, 20<<20))
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		case "/endless":
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		case "/announced":
			w.Header().Set("Content-Length", "99999999")
			_, _ = w.Write([]byte("x"))
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("x"))
		case "/notgzip":
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "plain text, not packed")
		case "/badgzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := zipped(bytes.Repeat([]byte("abc"), 1000))
			z[15] ^= 0xff
			_, _ = w.Write(z)
		case "/cutgzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := zipped(bytes.Repeat([]byte("abc"), 1000))
			_, _ = w.Write(z[:len(z)/2])
		case "/br":
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "plain text, not packed at all, and longer than any header")
		case "/emptygzip":
			w.Header().Set("Content-Encoding", "gzip")
		case "/header":
			w.Header().Set("X", strings.Repeat("x", 70<<10))
		}
	}, Options{MaxBody: 1 << 20})
	for path, want := range map[string]string{
		"/bomb": media.ParseError, "/endless": media.ParseError, "/announced": media.ParseError, "/notgzip": media.ParseError,
		"/badgzip": media.ParseError, "/br": media.ParseError, "/cut": media.Unreachable, "/cutgzip": media.Unreachable, "/header": media.Unreachable,
	} {
		if r, err := c.Get(context.Background(), Request{URL: "http://bao.example" + path}); reason(err) != want {
			t.Errorf("%s: %v, %v; want %s", path, r != nil, err, want)
		}
	}
	if r, err := c.Get(context.Background(), Request{URL: "http://bao.example/emptygzip"}); err != nil || len(r.Body) != 0 {
		t.Errorf("empty gzip: %+v, %v", r, err)
	}
	if r, err := c.Get(context.Background(), Request{URL: "http://bao.example/endless", MaxBody: 1000, Cut: true}); err != nil || len(r.Body) != 1000 {
		t.Errorf("cut: %v", err)
	}
}

// The ratio stops a bomb that stays under the size limit.
func TestRatio(t *testing.T) {
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped(make([]byte, 4<<20)))
	}, Options{MaxBody: 64 << 20})
	if _, err := c.Get(context.Background(), Request{URL: "http://bao.example/"}); !errors.Is(err, errTooBig) {
		t.Error(err)
	}
}

func TestSlowOrigins(t *testing.T) {
	gate := make(chan struct{})
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
		}
		select {
		case <-gate:
		case <-r.Context().Done():
		}
	}, Options{HeaderTimeout: 20 * time.Millisecond, TotalTimeout: 40 * time.Millisecond})
	t.Cleanup(func() { close(gate) })
	for _, p := range []string{"/header", "/body"} {
		_, err := c.Get(context.Background(), Request{URL: "http://bao.example" + p})
		if e := (*Error)(nil); !errors.As(err, &e) || e.Reason != media.Unreachable || !e.Temporary {
			t.Errorf("%s: %v", p, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Get(ctx, Request{URL: "http://bao.example/"}); !errors.Is(err, context.Canceled) || reason(err) == media.Unreachable {
		t.Errorf("cancelled: %v", err)
	}
}

// Spellings of addresses that are not public, and of things that are not
// addresses: none is dialled, none is looked up.
func TestRefusedAddresses(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	hosts := hostile.Spellings()
	if len(hosts) < 40 {
		t.Fatal("too few")
	}
	for _, h := range hosts {
		for _, form := range []string{"http://%s/", "https://%s/", "http://%s:8080/"} {
			u := fmt.Sprintf(form, h)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			_, err := c.Get(ctx, Request{URL: u})
			cancel()
			if !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %v, want refused", u, err)
			}
		}
	}
	for _, u := range []string{
		"", "http://", "http:///x", "//bao.example/", "bao.example", "ftp://bao.example/", "file:///etc/passwd", "http://u:p@bao.example/", "http://bao example/", "http://bao.example:99999/",
		"http://bao.example\\@127.0.0.1/", "http://a|b/", "http://bao.example/" + strings.Repeat("x", maxURL), "http://%31%32%37.0.0.1/", "http://bao.example:22:80/",
	} {
		if _, err := c.Get(context.Background(), Request{URL: u}); !errors.Is(err, ErrRefused) && !strings.Contains(fmt.Sprint(err), "invalid port") {
			t.Errorf("%.60q: %v, want refused", u, err)
		}
	}
}

// What a name resolves to counts, not the name; and a port nobody listed is refused.
func TestGuardSeesTheDialledAddress(t *testing.T) {
	for _, to := range []string{"10.1.2.3:80", "169.254.169.254:80", "127.0.0.1:80", "[::1]:80", "[::ffff:127.0.0.1]:80", "[64:ff9b::a00:1]:443", "93.184.216.34:22", "93.184.216.34:8081"} {
		c, err := New(Options{Resolve: map[string]string{"bao.example": to}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Get(context.Background(), Request{URL: "http://bao.example/"}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want refused", to, err)
		}
	}
	// Loopback allowed opens loopback alone.
	c, err := New(Options{AllowLoopback: true, Resolve: map[string]string{"bao.example": "10.0.0.1:80"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(context.Background(), Request{URL: "http://bao.example/"}); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	if _, err := New(Options{Resolve: map[string]string{"a": "localhost:80"}}); err == nil {
		t.Error("a name in the resolve map was taken")
	}
}

// A proxy in the environment would be dialled instead of the guarded address.
func TestProxyIgnored(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	c := site(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }, Options{})
	if _, err := c.Get(context.Background(), Request{URL: "http://bao.example/"}); err != nil {
		t.Error(err)
	}
}

func TestGroup(t *testing.T) {
	for in, want := range map[string]string{
		"www.Bao.Example": "bao.example", "bao.example:80": "bao.example", "bao.example:443": "bao.example", "bao.example.": "bao.example",
		"bao.example:8080": "bao.example:8080", "www.example": "www.example", "old.bao.example": "old.bao.example", "[::1]:80": "[::1]", "[::1]": "[::1]", "": "",
	} {
		if got := Group(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"http://bao.example/11/1/A.aspx?x=1#y", "https://[::1]:443/", "http://xn--bo-jia.vn", "http://báo.vn/tìm", "http://0x7f.1/", "http://a%2eb/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := Parse(s)
		if err != nil {
			if !errors.Is(err, ErrRefused) {
				t.Fatal(err)
			}
			return
		}
		again, err := Parse(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q → %q → %v, %v", s, u, again, err)
		}
		if u.Hostname() == "" || u.Fragment != "" || u.User != nil {
			t.Fatalf("%q → %+v", s, u)
		}
	})
}
