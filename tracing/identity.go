package tracing

import (
	"runtime/trace"
	"unsafe"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/exectrace/userlog"
)

// identify opens a task for the span in Go's execution trace, as OpenCensus
// does, and logs its identity under it. A parent in this process is known by the
// task's own parent. While no execution trace is taken it costs one load.
func (s *span) identify(name string, remoteParent octrace.SpanID) {
	if !trace.IsEnabled() {
		return
	}
	s.Context, s.task = trace.NewTask(s.Context, name)
	id := userlog.Span{TraceID: s.sc.TraceID, ID: s.sc.SpanID, Parent: remoteParent}.Append(s.logged[:0])
	// Log copies the text before it returns.
	trace.Log(s.Context, userlog.SpanCategory, unsafe.String(&id[0], len(id)))
}
