// Package request is the pages that draw what goroutines did for a request: all of it, on one
// axis over all processes, or for a span of one execution trace.
package request

import (
	"context"
	"embed"
	"net/http"
	"net/url"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

//go:embed templates static
var files embed.FS

// Path is that of the page of a request, which is named by trace, span and start_us.
const Path = execution.Path + "/request"

// Config is what New needs.
type Config struct {
	Reader zipkinapi.Reader // of the spans
	// Explainer gathers the execution traces of a request, and explains it. Nil: there is no
	// page of requests, and no Reader.
	Explainer Explainer
}

// Explainer explains requests by the execution traces of their processes.
type Explainer interface {
	// Explanation explains a span of a trace; with the zero id, its longest request.
	Explanation(context.Context, zipkin.TraceID, zipkin.SpanAt) (*labapi.Explanation, error)
}

// Pages are the pages. They are safe for concurrent use.
type Pages struct {
	*execution.Pages
	cfg Config
}

// New adds the pages to the shell of the other pages of execution traces, whose traces they
// show to those who may see them.
func New(of *execution.Pages, cfg Config) *Pages {
	of.Shell.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{of, cfg}
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.Shell.Handle(mux, "GET "+execution.Path+"/{id}/span", p.Opened(p.span))
	if p.cfg.Explainer != nil {
		p.Shell.Handle(mux, "GET "+Path, p.Trust.Page(p.request))
	}
}

// PathOf is the address of the page of the request that has a span, which is chosen on it; of
// the zero span it is that of the longest request of the trace.
func PathOf(trace zipkin.TraceID, span zipkin.SpanAt) string {
	return asked{path: Path, trace: trace}.with(span, 0, 0)
}

func executionPath(id string) string { return execution.Path + "/" + url.PathEscape(id) }
