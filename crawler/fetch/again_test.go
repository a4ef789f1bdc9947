package fetch

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
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
