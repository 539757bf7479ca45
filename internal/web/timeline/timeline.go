// Package timeline is the page that shows an execution trace over time: a lane for each
// processor, goroutine or thread, counters above them, and the data that its script draws.
package timeline

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

//go:embed templates static
var files embed.FS

// Source has the execution traces: an executions.Library.
type Source interface {
	Open(ctx context.Context, id string) (*executions.Execution, error)
}

// Config is what New needs. Source is required.
type Config struct {
	Source Source
	// SpanPath is the page of a span in its distributed trace. Nil: there is none here.
	SpanPath func(zipkin.TraceID, zipkin.SpanID) string
	// Trust says who may see the execution traces. Nil: whoever reaches the pages.
	Trust *shell.Trust
}

// Pages is the page of the timeline. It is safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config
}

// New adds the page to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	if cfg.Trust == nil {
		cfg.Trust = s.NewTrust(nil, "/exec")
	}
	return &Pages{s, cfg}
}

// Routes adds the paths of the page and of its data to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	for path, h := range map[string]http.HandlerFunc{
		"timeline": p.show, "tile": p.data(p.tile), "lanes": p.data(p.lanes), "at": p.data(p.at), "selected": p.data(p.selected),
	} {
		p.shell.Handle(mux, "GET /exec/{id}/"+path, p.cfg.Trust.Page(h))
	}
}

// Path is that of the timeline of an execution trace.
func Path(id string) string { return "/exec/" + url.PathEscape(id) + "/timeline" }

// data is the handler of data of an execution trace. An error is a sentence, which the
// page shows.
func (p *Pages) data(answer func(http.ResponseWriter, *http.Request, *executions.Execution) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x, err := p.cfg.Source.Open(r.Context(), r.PathValue("id"))
		if err == nil {
			err = answer(w, r, x)
		}
		if err != nil {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, err.Error(), statusOf(err))
		}
	}
}

// statusOf is the status for an error of an execution trace or of a parameter.
func statusOf(err error) int {
	var unreadable *executions.Unreadable
	switch {
	case errors.Is(err, executions.ErrUnknown):
		return http.StatusNotFound
	case errors.As(err, &unreadable):
		return http.StatusUnprocessableEntity
	case errors.As(err, new(wrong)):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable // it was not opened in time
}
