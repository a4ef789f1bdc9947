package store

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// mostQuery is how much of a statement a trace shows, in bytes. Values are never in it: they are parameters.
const mostQuery = 2000

// step is a part of what is being traced, if anything is: a transaction, by what it is for, or a statement.
func step(ctx context.Context, kind, what string) (context.Context, func(error)) {
	above := trace.SpanFromContext(ctx)
	if !above.IsRecording() {
		return ctx, func(error) {}
	}
	name, text := kind+": "+what, attribute.String("loa.what", what)
	if kind == "query" {
		what = strings.Join(strings.Fields(what), " ")
		verb, _, _ := strings.Cut(what, " ")
		name, text = verb, attribute.String("db.query.text", strings.ToValidUTF8(what[:min(len(what), mostQuery)], ""))
	}
	ctx, span := above.TracerProvider().Tracer("loa/store").Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(text))
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "") // its words may hold values
		}
		span.End()
	}
}
