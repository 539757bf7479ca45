package request

import (
	"errors"
	"net/http"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/why"
)

// span shows what goroutines of one process did for a span of a distributed trace, ?trace=
// and ?span=, and for those below it.
func (p *Pages) span(w http.ResponseWriter, r *http.Request, x *executions.Execution) {
	words := p.Shell.Words(r)
	a, err := readAsked(r)
	if err == nil && a.span.ID == 0 {
		err = errors.New("span is missing: give the id of a span")
	}
	if err != nil {
		p.Shell.Problem(w, r, http.StatusBadRequest, shell.Problem{Heading: words.T("Which span?"),
			Text: words.T("Give its trace and its id as trace and span."), Error: display.Text(err.Error(), longestText)})
		return
	}
	d := newDrawing(p, words, a, []process{{Process: why.Process{ID: x.ID, Trace: x.Trace}, execution: x}})
	work, err := why.Lay(why.Input{TraceID: a.trace, Span: a.span, Processes: d.processes()}, true)
	if err != nil {
		p.Shell.Problem(w, r, http.StatusNotFound, shell.Problem{Heading: words.T("The execution trace has no span %s", a.span.ID),
			Text: words.T("It is of another process, or began before the recorder did.")})
		return
	}
	page := d.page(r, work)
	page.Tabs, page.Called = p.Tabs(r, x.ID), display.Text(x.Name, 100)
	if p.cfg.Explainer != nil {
		page.Request = PathOf(a.trace, a.span)
	}
	page.Title = page.Called + ": " + display.SpanName(display.Text(work.Spans[work.Asked].Name, 100))
	p.Shell.Show(w, r, http.StatusOK, "request", page)
}
