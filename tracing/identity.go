package tracing

import (
	"runtime/trace"
	"unsafe"

	octrace "go.opencensus.io/trace"
)

// identityCategory is the category of the log message, in the execution trace,
// that says which span a task is.
const identityCategory = "span"

// identify opens a task for the span in Go's execution trace, as OpenCensus
// does, and logs its identity under it: the 16 bytes of the trace id, the 8 of
// the span id and, if its parent is in another process, the 8 of the parent's;
// raw, because hexadecimal digits were a third of a whole snapshot. A parent in
// this process is told by the task's own parent. While no execution trace is
// taken it costs one load.
func (s *span) identify(name string, remoteParent octrace.SpanID) {
	if !trace.IsEnabled() {
		return
	}
	s.Context, s.task = trace.NewTask(s.Context, name)
	var id [32]byte
	copy(id[:16], s.sc.TraceID[:])
	copy(id[16:24], s.sc.SpanID[:])
	n := 24
	if remoteParent != (octrace.SpanID{}) {
		n += copy(id[24:], remoteParent[:])
	}
	// Log copies the text before it returns.
	trace.Log(s.Context, identityCategory, unsafe.String(&id[0], n))
}
