// Package timeline is the page that shows an execution trace over time: a lane for each
// processor, goroutine, thread or task, counters above them, and the data that its script draws.
package timeline

import (
	"embed"
	"errors"
	"net/http"
	"net/url"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
)

//go:embed templates static
var files embed.FS

// Pages is the page of the timeline. It is safe for concurrent use.
type Pages struct{ *execution.Pages }

// New adds the page to the shell of the other pages of execution traces, whose traces it
// shows to those who may see them.
func New(of *execution.Pages) *Pages {
	of.Shell.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{of}
}

// Routes adds the paths of the page and of its data to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	for path, h := range map[string]http.HandlerFunc{
		"timeline": p.Opened(p.show), "tile": p.data(p.tile), "lanes": p.data(p.lanes), "at": p.data(p.at), "selected": p.data(p.selected),
		"flame": p.Opened(p.flame),
	} {
		p.Shell.Handle(mux, "GET "+execution.Path+"/{id}/"+path, h)
	}
}

// Path is that of the timeline of an execution trace.
func Path(id string) string { return execution.Path + "/" + url.PathEscape(id) + "/timeline" }

// data is the handler of data of an execution trace. An error is a sentence, which the
// page shows.
func (p *Pages) data(answer func(http.ResponseWriter, *http.Request, *executions.Execution) error) http.HandlerFunc {
	return p.Trust.Page(func(w http.ResponseWriter, r *http.Request) {
		x, err := p.Library.Open(r.Context(), r.PathValue("id"))
		if err == nil {
			err = answer(w, r, x)
		}
		if err != nil {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, err.Error(), statusOf(err))
		}
	})
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
