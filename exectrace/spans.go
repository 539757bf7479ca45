package exectrace

import (
	"iter"

	"example.com/tracelab/exectrace/userlog"
)

// Span is a task that package tracing made of a span of a distributed trace.
type Span struct {
	TraceID [16]byte
	ID      [8]byte
	Parent  [8]byte // of a span whose parent is in another process; zero: it has none, or one in this process
	Task    TaskID
}

// spans are the spans of a trace, by task and by trace id.
type spans struct {
	all     []Span
	byTask  map[TaskID]int
	byTrace map[[16]byte][]Span
}

// Spans yields all spans in the order of their logs.
func (t *Trace) Spans() iter.Seq[Span] {
	all := t.spans().all
	return func(yield func(Span) bool) {
		for _, s := range all {
			if !yield(s) {
				return
			}
		}
	}
}

// SpansOf returns the spans of a distributed trace in the same order.
func (t *Trace) SpansOf(trace [16]byte) []Span {
	return append([]Span(nil), t.spans().byTrace[trace]...)
}

// SpanOf returns the span that a task is, if it is one.
func (t *Trace) SpanOf(task TaskID) (Span, bool) {
	all := t.spans()
	i, ok := all.byTask[task]
	if !ok {
		return Span{}, false
	}
	return all.all[i], true
}

// findSpans takes the first span of each task.
func (t *Trace) findSpans() spans {
	found := spans{byTask: map[TaskID]int{}, byTrace: map[[16]byte][]Span{}}
	category, ok := t.text.ids[userlog.SpanCategory]
	if !ok {
		return found
	}
	for _, l := range t.logs.All() {
		if l.category != category {
			continue
		}
		id, ok := userlog.ParseSpan(l.message)
		s := Span{id.TraceID, id.ID, id.Parent, t.tasks.At(int(l.task)).id}
		if _, told := found.byTask[s.Task]; !ok || told || s.Task == 0 {
			continue
		}
		found.byTask[s.Task] = len(found.all)
		found.all = append(found.all, s)
		found.byTrace[s.TraceID] = append(found.byTrace[s.TraceID], s)
	}
	return found
}
