package execution

import (
	"cmp"
	"net/http"
	"slices"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/zipkin"
)

// span leads from a span of a distributed trace, ?trace= and ?span=, to the goroutine that
// worked for it: to its lane while it did, or to its page.
func (p *Pages) span(v *visit) {
	words := p.Shell.Words(v.r)
	a := readAsked(v.r, "trace", "span")
	id, wrong := zipkin.ParseTraceID(a.Get("trace"))
	spanID, wrongSpan := zipkin.ParseSpanID("span", a.Get("span"))
	if err := cmp.Or(wrong, wrongSpan); err != nil {
		v.refuse(words.T("Which span?"), words.T("Give its trace and its id as trace and span: %s", display.Text(err.Error(), longestText)))
		return
	}
	if !a.Right() {
		v.refuse(words.T("Which span?"), words.T("This page has the parameters %s", "trace, span"))
		return
	}
	task, ok := taskOf(v.Trace, id, spanID)
	if !ok {
		v.missing(words.T("The execution trace has no span %s", spanID), words.T("It is of another process, or began before the recorder did."))
		return
	}
	at := v.TimelineOf(task.BegunBy, task.Start.Sub(v.Trace.Began), task.End.Sub(v.Trace.Began))
	if at == "" {
		at = v.To("/goroutine", "id", number(task.BegunBy))
	}
	http.Redirect(v.w, v.r, at, http.StatusFound)
}

// taskOf returns the task that a span is.
func taskOf(t *exectrace.Trace, trace zipkin.TraceID, span zipkin.SpanID) (exectrace.Task, bool) {
	all := t.SpansOf(trace.Bytes())
	i := slices.IndexFunc(all, func(s exectrace.Span) bool { return zipkin.SpanIDOf(s.ID) == span })
	if i < 0 {
		return exectrace.Task{}, false
	}
	return t.Task(all[i].Task)
}
