package tracing

import (
	"context"
	"fmt"
	"net/http"
	"runtime/trace"
	"sync"
	"time"

	octrace "go.opencensus.io/trace"
)

// span is one span of this process. It is its own context, which saves an
// allocation: context.Context is the one that it was started in.
type span struct {
	context.Context
	public octrace.Span // what callers hold
	tracer *tracer
	sc     octrace.SpanContext
	task   *trace.Task // in the execution trace, while one is taken
	logged [32]byte    // room for what is logged there

	header http.Header // of the request that a Handler gave the span to, nil otherwise

	mu   sync.Mutex
	rec  *recording // nil when the span is not recorded, or has ended
	root *Root      // nil without an observer, for spans that are no local roots, and after the end
}

// Value finds the span, and what its parent context holds.
func (s *span) Value(key any) any {
	switch key.(type) {
	case contextKey:
		return &s.public
	case requestKey:
		if s.header != nil {
			return s
		}
	}
	return s.Context.Value(key)
}

// SpanContext is what identifies the span, here and elsewhere.
func (s *span) SpanContext() octrace.SpanContext { return s.sc }

// IsRecordingEvents reports whether tags and annotations are recorded.
func (s *span) IsRecordingEvents() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rec != nil
}

// record runs do on the recording, if there is one.
func (s *span) record(do func(*recording)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rec != nil {
		do(s.rec)
	}
}

// SetName renames the span.
func (s *span) SetName(name string) { s.record(func(r *recording) { r.name = name }) }

// SetStatus sets how the span ended.
func (s *span) SetStatus(status octrace.Status) { s.record(func(r *recording) { r.status = status }) }

// AddAttributes sets tags; the last value of a key stays.
func (s *span) AddAttributes(attributes ...octrace.Attribute) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rec != nil {
		for i := range attributes {
			s.rec.attribute(&attributes[i])
		}
	}
}

// Annotate notes something that happens now.
func (s *span) Annotate(attributes []octrace.Attribute, text string) {
	now := time.Now()
	s.record(func(r *recording) { r.annotate(now, text, attributes) })
}

// Annotatef is Annotate with a format.
func (s *span) Annotatef(attributes []octrace.Attribute, format string, a ...any) {
	if s.IsRecordingEvents() {
		s.Annotate(attributes, fmt.Sprintf(format, a...))
	}
}

// AddMessageSendEvent notes a message that is sent now.
func (s *span) AddMessageSendEvent(_, size, _ int64) {
	s.Annotatef(nil, "Sent %d bytes", size)
}

// AddMessageReceiveEvent notes a message that is received now.
func (s *span) AddMessageReceiveEvent(_, size, _ int64) {
	s.Annotatef(nil, "Received %d bytes", size)
}

// AddLink notes another span. Zipkin has no links, so it is an annotation.
func (s *span) AddLink(l octrace.Link) {
	if s.IsRecordingEvents() {
		s.Annotate(linkAttributes(l.Attributes), "link "+linkTypes[l.Type]+l.TraceID.String()+"-"+l.SpanID.String())
	}
}

// linkTypes are what the other span of a link is to this one.
var linkTypes = map[octrace.LinkType]string{octrace.LinkTypeParent: "to parent ", octrace.LinkTypeChild: "to child "}

// String returns the ids of the span, for debugging.
func (s *span) String() string {
	return "span " + s.sc.SpanID.String() + " of trace " + s.sc.TraceID.String()
}

// End ends the span, once, and hands it to the reporter.
func (s *span) End() {
	s.mu.Lock()
	rec, task, root := s.rec, s.task, s.root
	s.rec, s.task, s.root = nil, nil, nil
	s.mu.Unlock()
	if rec == nil && task == nil && root == nil {
		return
	}
	end := time.Now() // before the task's, which covers the span
	if task != nil {
		task.End()
	}
	if rec != nil {
		s.tracer.finish(s.sc, rec, end)
	}
	if root != nil {
		root.Duration = end.Sub(root.Start)
		s.tracer.roots.RootEnded(*root)
	}
}
