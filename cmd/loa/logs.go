package main

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"loa/web"
)

// logged writes the program's log; what is said while a request of the desk is answered bears its id, and that of the trace if one is made.
func logged(w io.Writer, format string, level slog.Level) slog.Handler {
	opt := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return ofRequest{slog.NewJSONHandler(w, opt)}
	}
	return ofRequest{slog.NewTextHandler(w, opt)}
}

// ofRequest adds the id of the request.
type ofRequest struct{ slog.Handler }

// Handle implements slog.Handler.
func (h ofRequest) Handle(ctx context.Context, r slog.Record) error {
	if id := web.RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	if of := trace.SpanContextFromContext(ctx); of.IsSampled() {
		r.AddAttrs(slog.String("trace_id", of.TraceID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h ofRequest) WithAttrs(as []slog.Attr) slog.Handler { return ofRequest{h.Handler.WithAttrs(as)} }

// WithGroup implements slog.Handler.
func (h ofRequest) WithGroup(name string) slog.Handler { return ofRequest{h.Handler.WithGroup(name)} }
