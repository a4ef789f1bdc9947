package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// tracing is where a server sends what it does, step by step (docs/OPERATIONS.md).
type tracing struct {
	Traces string `env:"LOA_TRACES" placeholder:"URL" help:"Gửi dấu vết từng việc (OpenTelemetry, OTLP/HTTP) tới máy thu này, ví dụ http://127.0.0.1:4318; các biến OTEL_… chuẩn đều có hiệu lực."`
}

// endOfTraces is how long the last of them may take to be sent.
const endOfTraces = 2 * time.Second

// begin sends traces from now on; stop sends what is left. Without an address nothing is made.
func (t tracing) begin(ctx context.Context, a *app, node string) (stop func(), err error) {
	if t.Traces == "" {
		return func() {}, nil
	}
	u, err := url.Parse(t.Traces)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usagef("--traces: cần địa chỉ http:// hoặc https://, ví dụ http://127.0.0.1:4318")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces" // OTLP specification, «OTLP/HTTP Request»
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()))
	if err != nil {
		return nil, fmt.Errorf("gửi dấu vết: %w", err)
	}
	about, err := resource.Merge(resource.Environment(), resource.NewSchemaless(
		attribute.String("service.name", "loa"), attribute.String("service.version", version), attribute.String("service.instance.id", node)))
	if err != nil {
		return nil, fmt.Errorf("gửi dấu vết: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { // no collector is no reason to stop, nor to fill the log
		a.log.Debug("send traces", "error", err)
	}))
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endOfTraces)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			a.log.Debug("send the last traces", "error", err)
		}
	}, nil
}
