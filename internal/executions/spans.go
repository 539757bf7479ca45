package executions

import (
	"iter"

	"example.com/tracelab/exectrace"
)

// SpansBegunBy returns an iterator over the spans of distributed traces that a goroutine
// began, each with its task.
func (e *Execution) SpansBegunBy(id exectrace.GoID) iter.Seq2[exectrace.Span, exectrace.Task] {
	return func(yield func(exectrace.Span, exectrace.Task) bool) {
		for s := range e.Trace.Spans() {
			if k, ok := e.Trace.Task(s.Task); ok && id != 0 && k.BegunBy == id && !yield(s, k) {
				return
			}
		}
	}
}
