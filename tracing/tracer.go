package tracing

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	rt "runtime/trace"
	"sync/atomic"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	zipkin "github.com/openzipkin/zipkin-go/reporter"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

// tracer takes the place of OpenCensus's own, through the variable that
// OpenCensus has for it: trace.StartSpan and its like come here. Spans mean
// the same, at about a third of the cost, with the caller's decision kept and
// the identity of each span in the execution trace.
type tracer struct {
	sampler  atomic.Pointer[Sampler]
	reporter zipkin.Reporter // nil: spans carry their ids and are not recorded
	roots    RootObserver    // may be nil
	local    *model.Endpoint
	proxies  int // Config.TrustedProxies

	sampled    atomic.Uint64 // spans
	notSampled atomic.Uint64
	unreported atomic.Uint64 // sampled, and there is no reporter
	badHeaders atomic.Uint64
}

// active is the tracer between Start and Shutdown. OpenCensus has one for the
// process, and so have we.
var active atomic.Pointer[tracer]

type contextKey struct{}

// FromContext is trace.FromContext.
func (t *tracer) FromContext(ctx context.Context) *trace.Span {
	if s, ok := ctx.(*span); ok {
		return &s.public
	}
	s, _ := ctx.Value(contextKey{}).(*trace.Span)
	return s
}

// NewContext is trace.NewContext.
func (t *tracer) NewContext(parent context.Context, s *trace.Span) context.Context {
	return context.WithValue(parent, contextKey{}, s)
}

// StartSpan is trace.StartSpan.
func (t *tracer) StartSpan(ctx context.Context, name string, o ...trace.StartOption) (context.Context, *trace.Span) {
	s, opts := &span{}, startOptions(o)
	var parent trace.SpanContext
	if p := t.FromContext(ctx); p != nil {
		parent = p.SpanContext()
	}
	t.start(s, ctx, name, parent, false, opts)
	return s, &s.public
}

// StartSpanWithRemoteParent is trace.StartSpanWithRemoteParent.
func (t *tracer) StartSpanWithRemoteParent(ctx context.Context, name string, parent trace.SpanContext, o ...trace.StartOption) (context.Context, *trace.Span) {
	s := &span{}
	t.start(s, ctx, name, parent, true, startOptions(o))
	return s, &s.public
}

// startOptions allocates only where there are any.
func startOptions(o []trace.StartOption) trace.StartOptions {
	if len(o) == 0 {
		return trace.StartOptions{}
	}
	opts := &trace.StartOptions{}
	for _, set := range o {
		set(opts)
	}
	return *opts
}

// start begins s, which the caller made, as part of something larger or not.
func (t *tracer) start(s *span, ctx context.Context, name string, parent trace.SpanContext, remote bool, opts trace.StartOptions) {
	root := parent.TraceID == trace.TraceID{}
	if root { // all that can come from a parent in no trace is a decision
		parent = trace.SpanContext{TraceOptions: parent.TraceOptions}
	}
	s.Context, s.tracer, s.sc = ctx, t, parent
	s.public = *trace.NewSpan(s)
	if root {
		s.sc.TraceID = newTraceID()
	}
	s.sc.SpanID = newSpanID()
	if root || remote || opts.Sampler != nil {
		t.decide(s, name, parent, remote, opts.Sampler)
	}
	if t.roots != nil && (root || remote) {
		s.startRoot(name)
	}
	var remoteParent trace.SpanID
	if remote {
		remoteParent = parent.SpanID
	}
	s.identify(name, remoteParent) // before the span's start is taken: its task covers the span
	switch {
	case !s.sc.IsSampled():
		t.notSampled.Add(1)
	case t.reporter == nil:
		t.sampled.Add(1)
		t.unreported.Add(1)
	default:
		t.sampled.Add(1)
		s.rec = newRecording(name, opts.SpanKind, parent.SpanID, time.Now())
	}
}

// decide asks the sampler, as OpenCensus does: for roots, for parents
// elsewhere, and where the code brings a sampler of its own.
func (t *tracer) decide(s *span, name string, parent trace.SpanContext, remote bool, own trace.Sampler) {
	p := trace.SamplingParameters{ParentContext: parent, TraceID: s.sc.TraceID, SpanID: s.sc.SpanID, Name: name, HasRemoteParent: remote}
	var sample bool
	if own != nil {
		sample = own(p).Sample
	} else {
		sample = t.sampler.Load().decide(p).Sample
	}
	if sample {
		s.sc.TraceOptions |= propagation.Sampled
	} else {
		s.sc.TraceOptions &^= propagation.Sampled | propagation.Debug
	}
}

// Ids are random; zero names nothing.

func newTraceID() (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[:8], rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], nonZero())
	return id
}

func newSpanID() (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], nonZero())
	return id
}

func nonZero() uint64 {
	for {
		if n := rand.Uint64(); n != 0 {
			return n
		}
	}
}

// needsRoute reports whether a server span's route must be known when it starts.
func (t *tracer) needsRoute() bool {
	return t.roots != nil || t.sampler.Load().byRoute() || rt.IsEnabled()
}
