// Package workshop has the pages of the workshop itself: what runs, what can be
// switched, and mysteries.
package workshop

import (
	"embed"
	"net/http"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
)

//go:embed templates static
var files embed.FS

// Config is what New needs.
type Config struct {
	// Faults are those that can be switched on by the API beside the pages, for the page
	// of mysteries. Empty: there is no such page.
	Faults []labapi.Fault
}

// Pages are the pages of the workshop. They are safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config
}

// New adds the pages to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	if len(cfg.Faults) > 0 {
		s.Navigate(shell.Link{Label: "Mystery", Path: "/mystery"})
	}
	return &Pages{s, cfg}
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	if len(p.cfg.Faults) > 0 {
		p.shell.Handle(mux, "GET /mystery", p.mystery)
	}
}
