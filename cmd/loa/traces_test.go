package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestTraces: what a server does arrives at a collector step by step: a look at a source with its request and its transaction, a page
// with its queries, a job; and nothing of it is secret.
func TestTraces(t *testing.T) {
	var mu sync.Mutex
	var spans []*traces.Span
	var raw bytes.Buffer
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var got collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &got)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL, err)
		}
		mu.Lock()
		defer mu.Unlock()
		raw.Write(body)
		for _, res := range got.ResourceSpans {
			for _, scope := range res.ScopeSpans {
				spans = append(spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(receiver.Close)
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, serveTime(), 0)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
	s := startServe(t, bin, w, plans, t.TempDir(), "--traces", receiver.URL)
	s.get(t, "/dang-nhap?ma=bi-mat-trong-dia-chi")
	chains := func() (out []string) {
		mu.Lock()
		defer mu.Unlock()
		by := map[string]*traces.Span{}
		for _, x := range spans {
			by[string(x.SpanId)] = x
		}
		for _, x := range spans {
			chain := x.Name
			for up := by[string(x.ParentSpanId)]; up != nil; up = by[string(up.ParentSpanId)] {
				chain = up.Name + " > " + chain
			}
			out = append(out, chain)
		}
		return out
	}
	for _, want := range []string{"turn > visit > GET", "turn > visit > SELECT", "turn > write: put the visits to ", "GET /dang-nhap", "chore evaluate/mau/2023 > "} {
		waitFor(t, "a trace of "+want, func() bool {
			return slices.ContainsFunc(chains(), func(c string) bool { return strings.HasPrefix(c, want) })
		})
	}
	s.stop(t, os.Interrupt)
	mu.Lock()
	defer mu.Unlock()
	if bytes.Contains(raw.Bytes(), []byte("bi-mat")) {
		t.Error("what stands behind an address is told")
	}
	if _, errOut, code := loa(t, "", "serve", "--traces", "thu", "--data", t.TempDir(), "--plans", plans, "--plan", "mau/2023"); code != 2 || !strings.Contains(errOut, "--traces") {
		t.Errorf("an address that is none: %d %s", code, errOut)
	}
}
