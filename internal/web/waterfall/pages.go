// Package waterfall is the page of one trace: its spans under their parents, beside a
// time axis.
package waterfall

import (
	"embed"
	"net/http"
	"net/url"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

//go:embed templates static
var files embed.FS

// Config is what New needs. Reader and Now are required.
type Config struct {
	// Reader has the traces.
	Reader zipkinapi.Reader
	// Explainer explains traces. Nil: the pages offer no explanation.
	Explainer Explainer
	// Execution is the page of the execution trace with an id; empty: there is none.
	Execution func(id string) string
	// Goroutines is the page of what goroutines did for the request that has a span. Nil:
	// there is none.
	Goroutines func(zipkin.TraceID, zipkin.SpanAt) string
	// Now is the clock of "ago".
	Now func() time.Time
}

// Pages are the pages of traces. They are safe for concurrent use.
type Pages struct {
	shell  *shell.Shell
	cfg    Config
	opened *opened
	recent *recent
}

// New adds the pages to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{s, cfg, newOpened(), newRecent(cfg.Now)}
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.shell.Handle(mux, "GET /traces/{id}", p.trace)
	p.shell.Handle(mux, "GET /traces/{id}/rows", p.rows)
	p.shell.Handle(mux, "GET /traces/{id}/find", p.found)
	p.shell.Handle(mux, "GET /traces/{id}/details", p.details)
	p.shell.Handle(mux, "GET /traces/{id}/json", p.json)
	p.shell.Handle(mux, "GET /traces/{id}/peers", p.peers)
	p.shell.Handle(mux, "GET /traces", p.openForm)
	p.shell.Handle(mux, "POST /traces", httpapi.FromOwnPages(http.HandlerFunc(p.open)).ServeHTTP)
}

// Path is the path of a trace's page.
func Path(id string) string { return "/traces/" + url.PathEscape(id) }

// readTimeout bounds how long a page waits for its Reader, which may be a
// Zipkin that hangs.
const readTimeout = 10 * time.Second
