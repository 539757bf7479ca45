package tracing

import (
	"context"

	"go.opencensus.io/trace"
)

// installed is what trace.DefaultTracer holds from the first Start on: the tracer of the
// Provider that runs, and without one the tracer that was there before. It stays after
// Shutdown, because the variable is read without a lock, and code that does not know of
// Shutdown may read it at any time: a pool of connections that dials in the background.
type installed struct{ before trace.Tracer }

// install writes the variable, once for the process.
func install() {
	if _, is := trace.DefaultTracer.(installed); !is {
		trace.DefaultTracer = installed{trace.DefaultTracer}
	}
}

func (i installed) now() trace.Tracer {
	if t := active.Load(); t != nil {
		return t
	}
	return i.before
}

// FromContext is trace.FromContext.
func (i installed) FromContext(ctx context.Context) *trace.Span { return i.now().FromContext(ctx) }

// NewContext is trace.NewContext.
func (i installed) NewContext(parent context.Context, s *trace.Span) context.Context {
	return i.now().NewContext(parent, s)
}

// StartSpan is trace.StartSpan.
func (i installed) StartSpan(ctx context.Context, name string, o ...trace.StartOption) (context.Context, *trace.Span) {
	return i.now().StartSpan(ctx, name, o...)
}

// StartSpanWithRemoteParent is trace.StartSpanWithRemoteParent.
func (i installed) StartSpanWithRemoteParent(ctx context.Context, name string, parent trace.SpanContext, o ...trace.StartOption) (context.Context, *trace.Span) {
	return i.now().StartSpanWithRemoteParent(ctx, name, parent, o...)
}
