package fetch

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// relay is a proxy on loopback that takes every host for one server; what it was asked for is told by asked.
type relay struct {
	*httptest.Server
	plain, secure string // host:port of the server, for http and for https
	want          string // Proxy-Authorization that it wants; "" none

	mu    sync.Mutex
	asked []string
}

func (p *relay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.RequestURI)
	p.mu.Unlock()
	if got := r.Header.Get("Proxy-Authorization"); p.want != "" && got != p.want {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		out := r.Clone(r.Context())
		out.RequestURI, out.URL.Host = "", p.plain
		out.Header.Del("Proxy-Authorization")
		res, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
		return
	}
	to, err := net.Dial("tcp", p.secure)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	from, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(to, bufio.NewReader(buf))
		to.Close()
	}()
	_, _ = io.Copy(from, to)
	from.Close()
}

func (p *relay) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

func proxied(t *testing.T, want string) (*relay, *httptest.Server) {
	t.Helper()
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "" {
			t.Error("the server is told the proxy's password")
		}
		fmt.Fprintf(w, "trang %s%s", r.Host, r.URL.Path)
	})
	plain, secure := httptest.NewServer(page), httptest.NewTLSServer(page)
	p := &relay{plain: plain.Listener.Addr().String(), secure: secure.Listener.Addr().String(), want: want}
	p.Server = httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); plain.Close(); secure.Close() })
	return p, secure
}

func through(t *testing.T, p *relay, user string) *Client {
	t.Helper()
	proxy, err := ParseProxy("http://" + user + p.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{Proxy: proxy})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Pages come through the proxy, http by its whole address and https by CONNECT; names are the proxy's to resolve; the
// password reaches the proxy alone.
func TestProxy(t *testing.T) {
	p, secure := proxied(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("loa:bí mật")))
	c := through(t, p, "loa:b%C3%AD%20m%E1%BA%ADt@")
	c.http.Transport.(*http.Transport).TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
	for address, want := range map[string]string{"http://bao.tinh.example/tin": "trang bao.tinh.example/tin", "https://example.com/so": "trang example.com/so"} {
		r, err := c.Get(t.Context(), Request{URL: address})
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if string(r.Body) != want {
			t.Errorf("%s: %q", address, r.Body)
		}
		if r.Sent.Get("Proxy-Authorization") != "" {
			t.Error("the evidence of what was sent holds the password")
		}
	}
	seen := p.seen()
	slices.Sort(seen)
	if want := []string{"CONNECT example.com:443", "GET http://bao.tinh.example/tin"}; !slices.Equal(seen, want) {
		t.Errorf("the proxy was asked %q, want %q", seen, want)
	}
}

// What is plainly not public is refused before the proxy is asked, also where a page leads on to it.
func TestProxyGuard(t *testing.T) {
	p, _ := proxied(t, "")
	c := through(t, p, "")
	for _, address := range []string{"http://127.0.0.1/", "https://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://[fd00::1]/",
		"http://[::ffff:127.0.0.1]/", "http://localhost/", "http://may.localhost/", "http://mayphu/", "http://bao.example:25/", "https://bao.example:8443/", "http://8.8.8.8:22/"} {
		if _, err := c.Get(t.Context(), Request{URL: address}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want refused", address, err)
		}
	}
	if seen := p.seen(); len(seen) > 0 {
		t.Errorf("the proxy was asked %q", seen)
	}
	p.plain = away(t, "http://10.0.0.1/")
	if _, err := c.Get(t.Context(), Request{URL: "http://bao.example/di"}); err == nil || len(p.seen()) != 1 {
		t.Errorf("a page that leads to an inner address: %v, asked %q", err, p.seen())
	}
	// nothing but the proxy is dialled
	if _, err := c.http.Transport.(*http.Transport).DialContext(t.Context(), "tcp", p.plain); !errors.Is(err, ErrRefused) {
		t.Errorf("dialling past the proxy: %v", err)
	}
}

// away is a server whose pages lead to another address.
func away(t *testing.T, to string) string {
	t.Helper()
	srv := httptest.NewServer(http.RedirectHandler(to, http.StatusFound))
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// No error tells the password, and a proxy's trouble is no sign of the host's.
func TestProxyErrors(t *testing.T) {
	p, _ := proxied(t, "Basic other")
	c := through(t, p, "loa:matkhau@")
	ask := func(why string) {
		t.Helper()
		for _, address := range []string{"http://bao.example/", "https://bao.example/"} {
			_, err := c.Get(context.Background(), Request{URL: address})
			var e *Error
			if !errors.As(err, &e) || !e.Temporary || e.Down || reason(err) != "unreachable" {
				t.Errorf("%s: %s: %+v", why, address, err)
			}
			if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, "matkhau") {
				t.Errorf("%s: the password is told: %s", why, text)
			}
			if why == "wrong password" && !errors.Is(err, errProxyWants) {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
	ask("wrong password")
	p.want, p.secure = "", "127.0.0.1:1"
	if _, err := c.Get(t.Context(), Request{URL: "https://bao.example/"}); err == nil || !strings.Contains(err.Error(), "status 502") {
		t.Errorf("a proxy that cannot reach the host: %v", err)
	}
	p.Close()
	ask("no proxy")
	for _, raw := range []string{"socks5://loa:matkhau@a.example:1", "http://loa:matkhau@a.example", "http://loa:matkhau@a.example:0", "http://loa:matkhau@a.example:99999", "http://loa:matkhau@:80", "http://loa:matkhau@a.example:80/x", "http://loa:matkhau@a b:80", "://matkhau", ""} {
		if _, err := ParseProxy(raw); err == nil || strings.Contains(err.Error(), "matkhau") {
			t.Errorf("%q: %v", raw, err)
		}
	}
	if _, err := New(Options{Proxy: &url.URL{Scheme: "http", Host: "10.0.0.1:3128"}, Resolve: map[string]string{"a.example": "127.0.0.1:80"}}); err == nil {
		t.Error("names resolved by hand go past the proxy")
	}
}
