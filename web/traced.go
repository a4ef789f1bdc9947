package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

type requestKey struct{}

// RequestID is what a request is called in the log and on a page that tells of a fault; "" outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// traced names every request, tells the name in X-Request-Id, and notes how it was answered. Only the path is noted: what was searched
// for, and the secrets of links, stand behind it. A name that comes from outside is not taken over: anybody could forge the log with it.
func traced(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := strings.ToLower(rand.Text()[:12])
		w.Header().Set("X-Request-Id", id)
		ctx := context.WithValue(r.Context(), requestKey{}, id)
		ctx, span := otel.Tracer("loa/web").Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		began, out := time.Now(), &answered{ResponseWriter: w}
		asked := r.WithContext(ctx)
		next.ServeHTTP(out, asked)
		if span.IsRecording() {
			if asked.Pattern != "" {
				span.SetName(asked.Pattern)
			}
			span.SetAttributes(attribute.String("http.request.method", r.Method), attribute.String("url.path", pathOf(r)),
				attribute.Int("http.response.status_code", out.status()), attribute.String("loa.request", id))
			if out.status() >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
		}
		log.DebugContext(ctx, "request", "method", r.Method, "path", pathOf(r), "status", out.status(), "bytes", out.n, "took", time.Since(began))
	})
}

// pathOf is the path without what only the receiver of a link may know.
func pathOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/p/") {
		return "/p/…"
	}
	return r.URL.Path
}

// answered remembers how a request was answered.
type answered struct {
	http.ResponseWriter
	code int
	n    int64
}

func (a *answered) status() int {
	if a.code == 0 {
		return http.StatusOK
	}
	return a.code
}

// WriteHeader implements http.ResponseWriter.
func (a *answered) WriteHeader(code int) {
	if a.code == 0 && code >= 200 {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (a *answered) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	a.n += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what lies beneath.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }
