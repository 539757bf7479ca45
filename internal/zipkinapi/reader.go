// Package zipkinapi speaks Zipkin's HTTP API v2: a server of it over a store,
// and a client for any Zipkin.
package zipkinapi

import (
	"context"
	"errors"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// Reader is what the read side of Zipkin's API answers, whether the traces are
// in this process or behind a URL. What it returns belongs to the caller. Spans
// may be partial, as they were reported: see zipkin.Merge.
type Reader interface {
	// Services lists the services that reported spans, sorted.
	Services(ctx context.Context) ([]string, error)
	// SpanNames lists the names of one service's spans, sorted.
	SpanNames(ctx context.Context, service string) ([]string, error)
	// Traces finds traces, those that started last first.
	Traces(ctx context.Context, q zipkin.Query) ([][]zipkin.Span, error)
	// Trace returns the spans of one trace in no useful order, or ErrNotFound.
	Trace(ctx context.Context, id zipkin.TraceID) ([]zipkin.Span, error)
	// Dependencies links the services of the traces in a window.
	Dependencies(ctx context.Context, endTs time.Time, lookback time.Duration) ([]zipkin.Link, error)
}

// ErrNotFound says that there is no span of the trace asked for.
var ErrNotFound = errors.New("trace not found")
