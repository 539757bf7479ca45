package request

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkinapi"
)

// patience is how long a page waits until its execution traces are read: several at once, of
// which each can make the library let go of another.
const patience = 25 * time.Second

// longestText is how much of a text that comes from elsewhere a page shows, in characters.
const longestText = 500

// request shows all that was done for a request.
func (p *Pages) request(w http.ResponseWriter, r *http.Request) {
	words := p.Shell.Words(r)
	a, err := readAsked(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	explanation, err := p.cfg.Explainer.Explanation(r.Context(), a.trace, a.span)
	if err != nil {
		p.failed(w, r, err)
		return
	}
	spans, err := p.cfg.Reader.Trace(r.Context(), a.trace)
	if err != nil && !errors.Is(err, zipkinapi.ErrNotFound) {
		p.Shell.Unreadable(w, r, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	opened := p.open(ctx, explanation.Snapshots)
	d := newDrawing(p, words, a, opened)
	for _, m := range explanation.Missing {
		d.missing[m.Service] = m.Reason
	}
	work, err := why.Lay(why.Input{TraceID: a.trace, Span: a.span, Spans: spans, Processes: d.processes()}, false)
	if err != nil {
		p.failed(w, r, err)
		return
	}
	page := d.page(r, work)
	page.Sentences, page.Execution = explanation.Sentences, explanation.Execution
	page.Title = words.T("The goroutines of trace %s", a.trace)
	p.Shell.Show(w, r, http.StatusOK, "request", page)
}

// process is one that may have worked for the request, and its execution trace.
type process struct {
	why.Process
	execution *executions.Execution // nil: there is none, for the reason Process.Refused
}

// open opens execution traces, side by side.
func (p *Pages) open(ctx context.Context, sources []labapi.Source) []process {
	all := make([]process, len(sources))
	var group sync.WaitGroup
	for i, s := range sources {
		group.Go(func() {
			all[i].Process = why.Process{ID: s.ID, Service: s.Service, Instance: s.Instance}
			x, err := p.Library.Open(ctx, s.ID)
			switch {
			case err == nil:
				all[i].execution, all[i].Trace = x, x.Trace
			case errors.Is(err, executions.ErrUnknown):
				all[i].Refused = "its execution trace has made room for newer ones"
			case errors.Is(err, context.DeadlineExceeded):
				all[i].Refused = "its execution trace is being read: reload to see it"
			default:
				all[i].Refused = "its execution trace cannot be read: " + err.Error()
			}
		})
	}
	group.Wait()
	return all
}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	words := p.Shell.Words(r)
	p.Shell.Problem(w, r, http.StatusBadRequest, shell.Problem{Heading: words.T("Which request?"),
		Text: words.T("A parameter of the address is wrong. Change it, or leave it out."), Error: display.Text(err.Error(), longestText)})
}

// failed says why there is nothing to draw.
func (p *Pages) failed(w http.ResponseWriter, r *http.Request, err error) {
	words := p.Shell.Words(r)
	problem := shell.Problem{Heading: words.T("The request cannot be shown"), Text: words.T("Reload to try again."), Error: display.Text(err.Error(), longestText)}
	known, ok := errors.AsType[*httpapi.Error](err)
	switch {
	case r.Context().Err() != nil: // the client is gone
	case errors.Is(err, why.ErrNothing), ok && known.Code == httpapi.NotFound:
		problem.Heading, problem.Text = words.T("There is no such request"), words.T("Neither the spans nor the execution traces that are kept know it.")
		p.Shell.Problem(w, r, http.StatusNotFound, problem)
	case ok && known.Code.HTTPStatus() != 0:
		p.Shell.Problem(w, r, known.Code.HTTPStatus(), problem)
	default:
		p.Shell.Problem(w, r, http.StatusServiceUnavailable, problem)
	}
}
