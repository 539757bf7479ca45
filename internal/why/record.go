package why

import (
	"cmp"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/zipkin"
)

// record takes the spans that are in an execution trace.
func (tr *trace) record(p *process) {
	for i, x := range p.Trace.SpansOf(tr.id.Bytes()) {
		task, ok := p.Trace.Task(x.Task)
		if !ok {
			continue
		}
		if i == 0 {
			p.offset = p.Trace.Wall(task.Start).UnixNano() - int64(task.Start)
		}
		s := tr.recorded(p, zipkin.SpanIDOf(x.ID), task)
		if s == nil {
			s = tr.add(newSpan(p.Trace, x, task))
			s.shared = s.kind == zipkin.Server && len(tr.spans[s.id]) > 1
		}
		if s.process != nil && whole(s.task) {
			continue // of two that hold it, one is enough
		}
		s.process, s.task, s.service = p, task, p.Service
		s.name = cmp.Or(task.Name, s.name) // as the program spells it
		s.stretch(p)
	}
}

// newSpan is a span that no report has come of. Its parent may be in another
// process: then it is that of a server, or of a consumer.
func newSpan(t *exectrace.Trace, x exectrace.Span, task exectrace.Task) *span {
	s := &span{id: zipkin.SpanIDOf(x.ID), parent: parentOf(t, x, task)}
	if x.Parent != [8]byte{} {
		s.kind = zipkin.Server
	}
	return s
}

// recorded is the span that a task of a process is, of those with its id, or nil.
// Client and server may share the id, or replicas that answered one client, so that
// the service decides, and then the time.
func (tr *trace) recorded(p *process, id zipkin.SpanID, task exectrace.Task) (found *span) {
	likeliest, longest := 0, int64(-1)
	for _, s := range tr.spans[id] {
		together := max(0, min(s.end, p.wall(task.End))-max(s.start, p.wall(task.Start)))
		if likely := s.likely(p, together); likely > likeliest || likely == likeliest && likely > 0 && together > longest {
			found, likeliest, longest = s, likely, together
		}
	}
	return found
}

// likely ranks a span as that of a task of a process, which ran at the same time for
// so long. Zero: it is not.
func (s *span) likely(p *process, together int64) int {
	same := strings.EqualFold(s.service, p.Service)
	switch {
	case s.process == p:
		return 0 // its other half
	case s.process != nil && same && together > 0:
		return 2 // two have recorded it
	case s.process != nil:
		return 0
	case same:
		return 3
	case s.kind == zipkin.Client || s.kind == zipkin.Producer:
		return 0 // who called it
	}
	return 1 // under another name
}

// stretch sets when the span began and ended: by its task, whose clock is right,
// and, where the execution trace lacks the one or the other, by its report.
func (s *span) stretch(p *process) {
	start, end := p.wall(s.task.Start), p.wall(s.task.End)
	if s.reported != nil && !s.task.Begun && s.start < start {
		start = s.start
	}
	if s.reported != nil && !s.task.Ended && s.end > end {
		end = s.end
	}
	s.start, s.end = start, end
}

func whole(k exectrace.Task) bool { return k.Begun && k.Ended }

// parentOf is the parent that an execution trace knows: one in another process,
// or the nearest task around it that is a span.
func parentOf(t *exectrace.Trace, x exectrace.Span, task exectrace.Task) zipkin.SpanID {
	if x.Parent != [8]byte{} {
		return zipkin.SpanIDOf(x.Parent)
	}
	for range maxDepth {
		if task.Parent == 0 {
			return 0
		}
		if outer, ok := t.SpanOf(task.Parent); ok && outer.TraceID == x.TraceID {
			return zipkin.SpanIDOf(outer.ID)
		}
		next, ok := t.Task(task.Parent)
		if !ok {
			return 0
		}
		task = next
	}
	return 0
}
