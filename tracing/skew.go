package tracing

import (
	"context"
	"time"

	"go.opencensus.io/trace"
)

// Skew makes the span of ctx tell times that are off by d, as a host whose clock
// is wrong does: its start, its end and its annotations alike, whenever they
// were or will be. Spans that begin under it while it lasts are off as much;
// other spans are not. It is for tests and experiments with what reads traces.
//
// Only what is reported changes: durations stay, and so do the ids and decisions
// that travel on, and what the execution trace says.
func Skew(ctx context.Context, d time.Duration) {
	s, ok := recorded(trace.FromContext(ctx))
	if !ok {
		return
	}
	s.tracer.skewed.Store(true)
	s.record(func(r *recording) { r.skew = d })
}

// skewIn is what spans that begin in ctx are off by.
func (t *tracer) skewIn(ctx context.Context) (d time.Duration) {
	if s, ok := recorded(t.FromContext(ctx)); ok {
		s.record(func(r *recording) { d = r.skew })
	}
	return d
}

// recorded returns the span of this package that callers hold as p, if it is one.
func recorded(p *trace.Span) (*span, bool) {
	if p == nil {
		return nil, false
	}
	s, ok := p.Internal().(*span)
	return s, ok
}
