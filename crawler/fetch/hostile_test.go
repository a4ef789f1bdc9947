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
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/dns/dnsmessage"

	"loa/bench/hostile"
	"loa/media"
)

func brotlied(b []byte) []byte {
	var out bytes.Buffer
	z := brotli.NewWriter(&out)
	_, _ = z.Write(b) // into memory
	_ = z.Close()
	return out.Bytes()
}

// Bodies packed in either way, and gzip files served as such, come unpacked.
func TestUnpacked(t *testing.T) {
	var text strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&text, "cải cách hành chính %d ", i*i)
	}
	want := []byte(text.String())
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/br":
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write(brotlied(want))
		case "/gzip":
			w.Header().Set("Content-Encoding", "GZIP")
			_, _ = w.Write(zipped(want))
		case "/sitemap.xml.gz":
			w.Header().Set("Content-Type", "application/x-gzip")
			_, _ = w.Write(zipped(want))
		case "/plain":
			_, _ = w.Write(want)
		}
	}, Options{})
	for range 2 { // readers are used again
		for _, p := range []string{"/br", "/gzip", "/sitemap.xml.gz", "/plain"} {
			r, err := c.Get(context.Background(), Request{URL: "http://bao.example" + p})
			if err != nil || !bytes.Equal(r.Body, want) {
				t.Errorf("%s: %v", p, err)
			}
		}
	}
}

// The hostile origin's attacks on whoever fetches: each ends in the outcome it
// should, and none takes longer than the limits allow.
func TestHostileOrigin(t *testing.T) {
	origin := hostile.New()
	srv := httptest.NewServer(origin)
	t.Cleanup(srv.Close)
	addr := srv.Listener.Addr().String()
	opt := Options{AllowLoopback: true, Resolve: map[string]string{}, HeaderTimeout: 2 * time.Second, TotalTimeout: 4 * time.Second, MinRate: 20_000, MinRateAfter: 500 * time.Millisecond}
	for _, a := range hostile.Wire() {
		opt.Resolve[a.Host()] = addr
	}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range hostile.Wire() { // bombs are made when they are asked for first, which takes the origin long
		if strings.HasPrefix(a.Name, "gzip-") || strings.HasPrefix(a.Name, "brotli-") {
			res := httptest.NewRecorder()
			if a.Name != "gzip-empty-members" { // endless
				origin.ServeHTTP(res, httptest.NewRequest(http.MethodGet, a.URL(), nil))
			}
		}
	}
	for _, a := range hostile.Wire() {
		if strings.HasPrefix(a.Name, "robots-") {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			r, err := c.Get(context.Background(), Request{URL: a.URL()})
			got := "ok"
			var away *RedirectError
			switch {
			case errors.As(err, &away):
				got = media.Unreachable
			case err != nil:
				got = reason(err)
			case len(r.Header.Values("Set-Cookie")) > 0:
				t.Error("cookies are handed on")
			case bytes.HasPrefix(r.Body, []byte("\x1f\x8b")):
				got = media.ParseError // so reading will find
			}
			if !slices.Contains(strings.Fields(a.Wants), got) {
				t.Errorf("%.200v, want %s", err, a.Wants)
			}
		})
	}
}

// A redirect to each spelling of an address that is not public ends the request:
// nothing is dialled but the host that was asked.
func TestRedirectsToPrivateAddresses(t *testing.T) {
	for _, to := range hostile.Spellings() {
		for _, form := range []string{"http://%s/", "https://%s:8080/", "//%s/"} {
			where := fmt.Sprintf(form, to)
			c := site(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Location"] = []string{where}
				w.WriteHeader(http.StatusFound)
			}, Options{})
			var dialled []string
			transport := c.http.Transport.(*http.Transport)
			transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				dialled = append(dialled, addr)
				return c.dial(ctx, network, addr)
			}
			_, err := c.Get(context.Background(), Request{URL: "http://bao.example/"})
			var away *RedirectError
			if !errors.As(err, &away) && reason(err) != media.Unreachable {
				t.Errorf("%s: %v", where, err)
			}
			if want := []string{"bao.example:80"}; !slices.Equal(dialled, want) {
				t.Errorf("%s: dialled %v", where, dialled)
			}
		}
	}
}

// Neither cookies nor where we come from are told to anybody.
func TestNothingIsCarriedAlong(t *testing.T) {
	var second http.Header
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "phien", Value: "1"})
		if r.URL.Path == "/mot" {
			http.Redirect(w, r, "/hai", http.StatusFound)
			return
		}
		second = r.Header.Clone()
	}, Options{})
	for range 2 {
		r, err := c.Get(context.Background(), Request{URL: "http://bao.example/mot"})
		if err != nil || r.Header.Get("Set-Cookie") != "" {
			t.Fatal(r, err)
		}
		for _, h := range []string{"Cookie", "Referer", "Authorization", "Origin"} {
			if second.Get(h) != "" {
				t.Errorf("%s: %q", h, second.Get(h))
			}
		}
	}
}

// A silent body is ended as a slow one is, long before the time in all.
func TestMinRate(t *testing.T) {
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "x")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, Options{MinRate: 1024, MinRateAfter: 20 * time.Millisecond, TotalTimeout: time.Minute})
	_, err := c.Get(context.Background(), Request{URL: "http://bao.example/"})
	if e := (*Error)(nil); !errors.As(err, &e) || !errors.Is(err, errSlow) || e.Reason != media.Unreachable || !e.Temporary {
		t.Errorf("%v", err)
	}
}

// The time in all is one for a page and the redirects to it; waiting between
// them, which politeness asks for, is not counted.
func TestTotalIsForAllRedirects(t *testing.T) {
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/cham") {
			<-r.Context().Done()
			return
		}
		http.Redirect(w, r, "/cham", http.StatusFound)
	}, Options{TotalTimeout: 300 * time.Millisecond, HeaderTimeout: time.Minute})
	_, err := c.Get(context.Background(), Request{URL: "http://bao.example/"})
	if !errors.Is(err, errTotal) {
		t.Error(err)
	}
}

// One large body waits for another, and says so; a small one and one of middling
// size do not.
func TestLargeBodiesWait(t *testing.T) {
	gate := make(chan struct{})
	begun := make(chan struct{}, 1)
	big := make([]byte, 2<<20)
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/cham":
			_, _ = w.Write(big[:1<<20])
			w.(http.Flusher).Flush()
			begun <- struct{}{}
			select {
			case <-gate:
			case <-r.Context().Done():
			}
		case "/to":
			_, _ = w.Write(big)
		case "/vua":
			_, _ = w.Write(big[:400<<10])
		default:
			_, _ = w.Write(big[:100<<10])
		}
	}, Options{InFlight: 2 << 20, MaxBody: 4 << 20, TotalTimeout: time.Minute})
	ctx, cancel := context.WithCancel(context.Background())
	slow := make(chan error, 1)
	var hold Hold
	go func() {
		_, err := c.Get(ctx, Request{URL: "http://bao.example/cham", Hold: &hold})
		slow <- err
	}()
	<-begun
	for c.held.large.TryAcquire(2 << 20) { // until the slow one has what it needs
		c.held.large.Release(2 << 20)
	}
	waited := false
	other := Hold{Waits: func() { waited = true }}
	for _, path := range []string{"nho", "vua"} {
		if _, err := c.Get(context.Background(), Request{URL: "http://bao.example/" + path, Hold: &other}); err != nil || waited {
			t.Errorf("/%s waited: %v", path, err)
		}
		other.Release()
	}
	short, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	if _, err := c.Get(short, Request{URL: "http://bao.example/to", Hold: &other}); err == nil || !waited {
		t.Errorf("a second large body did not wait, or did not say so: %v", err)
	}
	other.Release()
	cancel()
	<-slow
	hold.Release()
	close(gate)
	if _, err := c.Get(context.Background(), Request{URL: "http://bao.example/to"}); err != nil {
		t.Errorf("a large body alone: %v", err)
	}
	if !c.held.large.TryAcquire(2<<20) || !c.held.middle.TryAcquire(1<<20) {
		t.Error("something was not given back")
	}
}

// names answers DNS queries on loopback; each name has answers that follow
// each other, the last one for good.
func names(t *testing.T, answers map[string][][4]byte) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 1500)
		asked := map[string]int{}
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if list := answers[strings.TrimSuffix(q.Name.String(), ".")]; q.Type == dnsmessage.TypeA && len(list) > 0 {
				i := min(asked[q.Name.String()], len(list)-1)
				asked[q.Name.String()]++
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 0}, Body: &dnsmessage.AResource{A: list[i]}}}
			}
			out, err := m.Pack()
			if err == nil {
				_, _ = pc.WriteTo(out, from) // who asked asks again
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", pc.LocalAddr().String())
	}}
}

// A name that was public when it was looked up first, and private later, is
// refused: what is dialled counts, each time.
func TestNameChangesItsMind(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.dialer.Resolver = names(t, map[string][][4]byte{
		"doi.example.com": {{93, 184, 216, 34}, {127, 0, 0, 1}}, "rieng.example.com": {{10, 0, 0, 1}}, "meta.example.com": {{169, 254, 169, 254}},
	})
	reached := errors.New("would be dialled")
	allow := c.dialer.Control
	c.dialer.Control = func(network, address string, rc syscall.RawConn) error {
		if err := allow(network, address, rc); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s", reached, address)
	}
	get := func(name string) error {
		_, err := c.Get(context.Background(), Request{URL: "http://" + name + "/"})
		return err
	}
	if err := get("doi.example.com"); !errors.Is(err, reached) {
		t.Errorf("public at first: %v", err)
	}
	for _, name := range []string{"doi.example.com", "doi.example.com", "rieng.example.com", "meta.example.com"} {
		if err := get(name); !errors.Is(err, ErrRefused) || errors.Is(err, reached) {
			t.Errorf("%s: %v, want refused", name, err)
		}
	}
}

// FuzzBody reads bytes as each content encoding.
func FuzzBody(f *testing.F) {
	f.Add([]byte("chữ"), uint8(0))
	f.Add(zipped([]byte("cải cách")), uint8(1))
	f.Add(brotlied([]byte("cải cách")), uint8(2))
	f.Add(zipped(zipped([]byte("cải cách"))), uint8(1))
	f.Add(append(zipped(nil), zipped([]byte("x"))...), uint8(0))
	c, err := New(Options{MinRate: -1})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, enc uint8) {
		name := []string{"", "gzip", "br"}[enc%3]
		res := &http.Response{StatusCode: 200, Header: http.Header{"Content-Encoding": {name}}, ContentLength: -1, Body: io.NopCloser(bytes.NewReader(body))}
		const limit = 1 << 20
		var hold Hold
		got, err := c.read(context.Background(), res, &counter{r: res.Body}, limit, false, &hold)
		hold.Release()
		if err != nil {
			if reason(err) != media.ParseError && reason(err) != media.Unreachable {
				t.Fatal(err)
			}
			return
		}
		if len(got) > limit || name == "" && !bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) && !bytes.Equal(got, body) {
			t.Fatalf("%d bytes of %d", len(got), len(body))
		}
		if name == "gzip" && len(body) > 0 {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal("read what is no gzip")
			}
			want, _ := io.ReadAll(z)
			if !bytes.HasPrefix(want, []byte("\x1f\x8b\x08")) && !bytes.Equal(want, got) {
				t.Fatal("read otherwise than it was packed")
			}
		}
	})
}
