package tracing

import (
	"runtime/trace"
	"unsafe"
)

// identityCategory is the category of the log message, in the execution trace,
// that says which span a task is.
const identityCategory = "span"

// identify opens a task for the span in Go's execution trace, as OpenCensus
// does, and logs its identity under it: the 16 bytes of the trace id and the 8
// of the span id, raw, because hexadecimal digits were a third of a whole
// snapshot. While no execution trace is taken it costs one load.
func (s *span) identify(name string) {
	if !trace.IsEnabled() {
		return
	}
	s.Context, s.task = trace.NewTask(s.Context, name)
	var id [24]byte
	copy(id[:16], s.sc.TraceID[:])
	copy(id[16:], s.sc.SpanID[:])
	// Log copies the text before it returns.
	trace.Log(s.Context, identityCategory, unsafe.String(&id[0], len(id)))
}
