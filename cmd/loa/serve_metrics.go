package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

// doors opens where the desk answers, and where /metrics does if that is apart
// (else nil), and tells the word that whoever asks for /metrics has to know.
func (c *serveCmd) doors(peopled bool) (ln, apart net.Listener, token string, err error) {
	if token, err = c.token(); err != nil {
		return nil, nil, "", err
	}
	if c.MetricsListen != "" {
		if apart, err = listenApart(c.MetricsListen, token != ""); err != nil {
			return nil, nil, "", err
		}
	}
	if ln, err = listen(c.Listen, peopled); err != nil && apart != nil {
		apart.Close()
	}
	return ln, apart, token, err
}

func (c *serveCmd) token() (string, error) {
	if c.MetricsTokenFile == "" {
		return c.MetricsToken, nil
	}
	if c.MetricsToken != "" {
		return "", usagef("--metrics-token và --metrics-token-file: chỉ dùng một")
	}
	text, err := os.ReadFile(c.MetricsTokenFile)
	if err != nil {
		return "", fmt.Errorf("đọc --metrics-token-file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", usagef("--metrics-token-file «%s»: tệp trống", c.MetricsTokenFile)
	}
	return token, nil
}

// listenApart binds the address of /metrics. Beyond this machine only who knows the
// token may ask: the figures name bodies of whom nobody has confirmed anything.
func listenApart(addr string, guarded bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usagef("--metrics-listen «%s»: cần dạng 127.0.0.1:9464", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) && !guarded {
		return nil, usagef("--metrics-listen «%s»: phục vụ ra ngoài máy này thì phải đặt --metrics-token", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mở cổng %s: %w", addr, err)
	}
	return ln, nil
}

// guarded asks for the token, as a bearer's or as the password of whatever name;
// with none set it asks for nothing.
func guarded(token string, h http.Handler) http.Handler {
	if token == "" {
		return h
	}
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			_, given, _ = r.BasicAuth()
		}
		if got := sha256.Sum256([]byte(given)); subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="loa metrics"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// onlyMetrics is all that answers at an address of its own.
func onlyMetrics(h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h)
	return mux
}
