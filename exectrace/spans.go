package exectrace

import (
	"iter"

	"example.com/tracelab/exectrace/userlog"
)

// Span is a span of a distributed trace that is a task of the execution trace. A
// program identifies such tasks with a userlog.Span, as package tracing does.
type Span struct {
	TraceID [16]byte
	ID      [8]byte
	Parent  [8]byte // the parent span, if it is in another process; zero: there is none, or it is in this process
	Task    TaskID
}

// spans holds the spans of a trace, by task and by trace id.
type spans struct {
	all     []Span
	byTask  map[TaskID]int
	byTrace map[[16]byte][]Span
}

// Spans returns an iterator over the spans, in the order in which they were logged.
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

// SpansOf returns the spans of one distributed trace, in the order of Spans.
func (t *Trace) SpansOf(trace [16]byte) []Span {
	return append([]Span(nil), t.spans().byTrace[trace]...)
}

// SpanOf returns the span that a task is. It reports false if the task is not a span.
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
	for l := range t.logs.all() {
		if l.category != category {
			continue
		}
		id, ok := userlog.ParseSpan(string(l.message))
		s := Span{id.TraceID, id.ID, id.Parent, t.tasks.At(int(l.task)).id}
		if _, known := found.byTask[s.Task]; !ok || known || s.Task == 0 {
			continue
		}
		found.byTask[s.Task] = len(found.all)
		found.all = append(found.all, s)
		found.byTrace[s.TraceID] = append(found.byTrace[s.TraceID], s)
	}
	return found
}
