package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMetricsApart: /metrics at an address of its own is not among the desk's pages,
// and with a token for those alone who know it.
func TestMetricsApart(t *testing.T) {
	t.Parallel()
	e := testEngine(t, "--plans", samplePlans(t), "--data", t.TempDir())
	ask := func(h http.Handler, path string, login func(*http.Request)) int {
		r := httptest.NewRequest("GET", path, nil)
		login(r)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Code
	}
	nobody := func(*http.Request) {}
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	basic := func(r *http.Request) { r.SetBasicAuth("prometheus", "bi-mat") }
	desk, apart := e.handlers("bi-mat", true)
	within, _ := e.handlers("bi-mat", false)
	open, _ := e.handlers("", false)
	for name, c := range map[string]struct {
		h     http.Handler
		path  string
		login func(*http.Request)
		want  int
	}{
		"among the desk's":            {open, "/metrics", nobody, 200},
		"among them, without a token": {within, "/metrics", nobody, 401},
		"among them, with it":         {within, "/metrics", bearer("bi-mat"), 200},
		"the desk asks for none":      {within, "/healthz", nobody, 200},
		"not at the desk":             {desk, "/metrics", bearer("bi-mat"), 404},
		"apart, without a token":      {apart, "/metrics", nobody, 401},
		"apart, another":              {apart, "/metrics", bearer("bi-mat2"), 401},
		"apart, none":                 {apart, "/metrics", bearer(""), 401},
		"apart, with it":              {apart, "/metrics", bearer("bi-mat"), 200},
		"apart, as a password":        {apart, "/metrics", basic, 200},
		"apart, nothing else":         {apart, "/", bearer("bi-mat"), 404},
	} {
		if got := ask(c.h, c.path, c.login); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestMetricsFlags(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]string{
		"--metrics-listen 0.0.0.0:0":                          "phải đặt --metrics-token",
		"--metrics-listen 9464":                               "cần dạng 127.0.0.1:9464",
		"--metrics-token-file " + empty:                       "tệp trống",
		"--metrics-token x --metrics-token-file " + empty:     "chỉ dùng một",
		"--metrics-token x --metrics-listen 127.0.0.1:999999": "mở cổng",
	} {
		_, errOut, code := loa(t, "", append([]string{"serve", "--plans", samplePlans(t), "--data", t.TempDir(), "--at", "2023-03-01", "--allow-loopback"}, strings.Fields(flags)...)...)
		if code == 0 || !strings.Contains(errOut, want) {
			t.Errorf("%s: exit %d, %q, want «%s»", flags, code, errOut, want)
		}
	}
}

// TestWarm: a desk that was made ready is the one that answers.
func TestWarm(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	e := testEngine(t, "--plans", samplePlans(t), "--data", t.TempDir())
	e.app.log = slog.New(slog.NewTextHandler(&told, &slog.HandlerOptions{Level: slog.LevelDebug}))
	desk, _ := e.handlers("", false)
	first := desk.(inForce)()
	e.warm(t.Context(), desk)
	if _, ok := first.(interface{ Warm(context.Context) error }); !ok || !strings.Contains(told.String(), "the desk is ready") || strings.Contains(told.String(), "WARN") {
		t.Errorf("made ready: %t, %s", ok, told.String())
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	told.Reset()
	if e.warm(stopped, desk); strings.Contains(told.String(), "WARN") {
		t.Errorf("a stop is told as a failure: %s", told.String())
	}
}
