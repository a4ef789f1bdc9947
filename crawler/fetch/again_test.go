package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// A kept connection that closes without an answer makes net/http send the
// request once more, unasked: the caller is told before, and may refuse.
func TestAgain(t *testing.T) {
	var asked, close atomic.Int32
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if close.CompareAndSwap(1, 0) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			conn.Close()
		}
	}, Options{})
	calls := 0
	req := Request{URL: "http://bao.example/", Again: func(context.Context) error { calls++; return nil }}
	get := func() error {
		_, err := c.Get(t.Context(), req)
		return err
	}
	if err := get(); err != nil || calls != 0 {
		t.Fatalf("%v, %d calls", err, calls)
	}
	close.Store(1)
	if err := get(); err != nil || calls != 1 || asked.Load() != 3 {
		t.Errorf("%v after %d requests, told %d times of the second attempt", err, asked.Load(), calls)
	}
	refused := errors.New("not now")
	req.Again = func(context.Context) error { return refused }
	close.Store(1)
	if err := get(); err == nil || asked.Load() != 4 {
		t.Errorf("%v after %d requests: the second attempt was refused", err, asked.Load())
	}
}

// With a redirect Retry-After is the least time before the redirected request;
// a long one ends the request, and the host is left alone for so long.
func TestRedirectAsksForPatience(t *testing.T) {
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		if after := r.URL.Query().Get("after"); after != "" {
			w.Header().Set("Retry-After", after)
			http.Redirect(w, r, "/toi", http.StatusFound)
		}
	}, Options{})
	var waited time.Duration
	c.wait = func(_ context.Context, d time.Duration) error { waited += d; return nil }
	for after, want := range map[string]time.Duration{"": 0, "0": 0, "7": 7 * time.Second, "x": 0, "60": time.Minute} {
		waited = 0
		u := "http://bao.example/?after=" + after
		r, err := c.Get(context.Background(), Request{URL: u, Hop: func(context.Context, *url.URL) error {
			if waited != want {
				t.Errorf("%q: followed after %s, want %s", after, waited, want)
			}
			return nil
		}})
		if err != nil || waited != want || after != "" && r.FinalURL != "http://bao.example/toi" {
			t.Errorf("%q: waited %s, want %s; %v", after, waited, want, err)
		}
	}
	waited = 0
	var e *Error
	_, err := c.Get(context.Background(), Request{URL: "http://bao.example/?after=3600"})
	if !errors.As(err, &e) || e.RetryAfter != time.Hour || e.Status != 302 || !e.Temporary || waited != 0 {
		t.Errorf("%v, waited %s", err, waited)
	}
}
