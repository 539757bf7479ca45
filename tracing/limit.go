package tracing

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/reporter"
	"go.opencensus.io/trace"
)

// LimitQueue is for traffic whose spans must leave room for those of others:
// the span of ctx, and all that begin inside of it in this process from now on,
// find the Reporter's queue full once it holds that many spans, instead of
// ReporterConfig.MaxSpans. Those that find it full are dropped and counted as
// queue_full, as ever. Zero drops them all. A reporter of the caller's own has
// no queue that this package knows of, and takes every span.
func LimitQueue(ctx context.Context, spans int) {
	if s := within(trace.FromContext(ctx)); s != nil {
		s.limit.plusOne.Store(int32(min(max(spans, 0), math.MaxInt32-1)) + 1)
	}
}

// within is the span behind OpenCensus's, if it is one of ours.
func within(public *trace.Span) *span {
	if public == nil {
		return nil
	}
	s, _ := public.Internal().(*span)
	return s
}

// queueLimit is how full the queue may be for a span, plus one: the zero value
// has no limit.
type queueLimit struct{ plusOne atomic.Int32 }

// inherit takes the limit of the span's parent.
func (l *queueLimit) inherit(parent *trace.Span) {
	if p := within(parent); p != nil {
		if limit := p.limit.plusOne.Load(); limit != 0 {
			l.plusOne.Store(limit)
		}
	}
}

func (l *queueLimit) send(to reporter.Reporter, s model.SpanModel) {
	limit := int(l.plusOne.Load())
	if r, ok := to.(*Reporter); ok && limit != 0 {
		r.send(s, min(limit-1, r.cfg.MaxSpans))
		return
	}
	to.Send(s)
}
