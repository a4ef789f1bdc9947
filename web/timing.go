package web

import (
	"net/http"
	"strconv"
	"time"
)

// timed tells in every answer how long it took the server to make it, in
// milliseconds (Server-Timing), so that anybody can see it in a browser.
func (s *site) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&timing{ResponseWriter: w, now: s.Machine, began: s.Machine()}, r)
	})
}

type timing struct {
	http.ResponseWriter
	now   func() time.Time
	began time.Time
	told  bool
}

func (t *timing) WriteHeader(status int) {
	if !t.told {
		t.told = true
		t.Header().Add("Server-Timing", "app;dur="+strconv.FormatFloat(float64(t.now().Sub(t.began).Microseconds())/1000, 'f', 1, 64))
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *timing) Write(b []byte) (int, error) {
	if !t.told {
		t.WriteHeader(http.StatusOK)
	}
	return t.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (t *timing) Unwrap() http.ResponseWriter { return t.ResponseWriter }
