package timeline

import (
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/zipkin"
)

// served is a span of a distributed trace that a goroutine worked for.
type served struct {
	mark
	TraceID string
	Link    string // the span in its trace; empty: the traces are elsewhere
}

// spans adds those that the goroutine of the segment began, and that were open in its time.
func (out *place) spans(x *executions.Execution, path func(zipkin.TraceID, zipkin.SpanID) string) {
	s := out.segment
	for one, k := range x.SpansBegunBy(s.Goroutine) {
		if k.End <= s.From || k.Start >= s.To {
			continue
		}
		if len(out.Spans) == mostMarks {
			return
		}
		trace := zipkin.TraceIDOf(one.TraceID)
		found := served{mark: mark{display.Text(k.Name, 200), spanOf(x, k.Start, k.End)}, TraceID: trace.String()}
		if path != nil {
			found.Link = path(trace, zipkin.SpanIDOf(one.ID))
		}
		out.Spans = append(out.Spans, found)
	}
}
