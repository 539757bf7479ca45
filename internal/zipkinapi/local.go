package zipkinapi

import (
	"context"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
)

// Local reads from a store in this process.
func Local(st *store.Store) Reader { return local{st} }

type local struct{ st *store.Store }

func (l local) Services(ctx context.Context) ([]string, error) {
	return l.st.Services(), ctx.Err()
}

func (l local) SpanNames(ctx context.Context, service string) ([]string, error) {
	return l.st.SpanNames(zipkin.LowerName(service)), ctx.Err()
}

func (l local) Traces(ctx context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	return l.st.Traces(q), ctx.Err()
}

func (l local) Trace(ctx context.Context, id zipkin.TraceID) ([]zipkin.Span, error) {
	spans, ok := l.st.Trace(id)
	if !ok {
		return nil, ErrNotFound
	}
	return spans, ctx.Err()
}

func (l local) Dependencies(ctx context.Context, endTs time.Time, lookback time.Duration) ([]zipkin.Link, error) {
	return l.st.Dependencies(endTs, lookback), ctx.Err()
}
