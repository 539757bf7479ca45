package tracing

import (
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

// A RootObserver is called for local roots: the spans whose parent, if they have
// one, is in another process, such as a server's, a consumer's and the first of a
// trace. Calls come from the goroutines that start and end the spans, many at
// once, and delay those.
type RootObserver interface {
	// RootStarted is called before the span starts.
	RootStarted(Root)
	// RootEnded is called once for each root, after the span has ended and was
	// handed to the reporter.
	RootEnded(Root)
}

// Root is a local root, whether it is sampled or not.
type Root struct {
	TraceID  trace.TraceID
	SpanID   trace.SpanID
	Name     string        // that the span began with; of a server's span the route, or the bare method where there is none
	Start    time.Time     // a moment before that of the span: RootStarted is not in the span
	Duration time.Duration // until the span's end; zero before
	Sampled  bool
	Debug    bool // B3's debug flag: sampled, whatever any sampler decides
}

// startRoot calls the RootObserver for s, with the time of the call.
func (s *span) startRoot(name string) {
	s.root = &Root{TraceID: s.sc.TraceID, SpanID: s.sc.SpanID, Name: name, Start: time.Now(),
		Sampled: s.sc.IsSampled(), Debug: s.sc.TraceOptions&propagation.Debug != 0}
	s.tracer.roots.RootStarted(*s.root)
}
