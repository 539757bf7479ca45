// Package execution is the pages of Go execution traces: what one has in it, where the time of
// its goroutines went, its tasks and regions, what the garbage collector left of the
// processors, and where goroutines were delayed.
package execution

import (
	"embed"
	"net/http"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
	"example.com/tracelab/internal/zipkin"
)

//go:embed templates static
var files embed.FS

// Path is that of the list of execution traces.
const Path = "/exec"

// Config is what New needs. Library is required.
type Config struct {
	// Library has the execution traces.
	Library executions.Library
	// Recorder has processes record more of them. Nil: none can be asked.
	Recorder executions.Recorder
	// Keeper keeps those that people give. Nil: none can be given.
	Keeper executions.Keeper
	// Timeline says that there is a page that draws them over time, at
	// Path + "/{id}/timeline".
	Timeline bool
	// Spans says that there is a page of the goroutines of a span, at Path + "/{id}/span".
	Spans bool
	// SpanPath is the page of a span in its distributed trace. Nil: there is none here.
	SpanPath func(zipkin.TraceID, zipkin.SpanID) string
	// Trust says who may see the execution traces. Nil: whoever reaches the pages.
	Trust *shell.Trust
	// Sources has pprof show source code: it reads files of this machine, by names that
	// stand in the execution trace. That is for servers that only who started them reaches.
	Sources bool
}

// Pages are the pages of execution traces. They are safe for concurrent use.
type Pages struct {
	Config
	Shell *shell.Shell
}

// New adds the pages to a shell, and what draws states on these and on others that are added
// later.
func New(s *shell.Shell, cfg Config) *Pages {
	states.Add(s)
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	if cfg.Trust == nil {
		cfg.Trust = s.NewTrust(nil, Path)
	}
	return &Pages{cfg, s}
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.Shell.Handle(mux, "POST "+Path+"/token", httpapi.FromOwnPages(http.HandlerFunc(p.Trust.Take)).ServeHTTP)
	p.Shell.Handle(mux, "GET "+Path, p.Trust.Page(p.list))
	if p.Recorder != nil {
		p.post(mux, "/record", p.record)
		p.post(mux, "/cancel", p.cancel)
		p.Shell.Handle(mux, "GET "+recordingPath, p.Trust.Page(p.recording))
	}
	if p.Keeper != nil {
		p.post(mux, "/file", p.openFile)
	}
	for path, show := range map[string]func(*visit){
		"":             p.overview,
		"/compare":     p.compare,
		"/goroutines":  p.goroutines,
		"/goroutine":   p.goroutine,
		"/tasks":       p.tasks,
		"/task":        p.task,
		"/regions":     p.regions,
		"/mmu":         p.mmu,
		"/mmu.svg":     p.mmuPicture,
		"/profile":     p.profiles,
		"/profile/{k}": p.profile,

		"/profile/{k}/{page...}": p.profilePage,
	} {
		p.Shell.Handle(mux, "GET "+Path+"/{id}"+path, p.opened(show))
	}
}

// post adds a form below Path, for own pages and who may see the execution traces.
func (p *Pages) post(mux *http.ServeMux, path string, take http.HandlerFunc) {
	p.Shell.Handle(mux, "POST "+Path+path, httpapi.FromOwnPages(p.Trust.Page(take)).ServeHTTP)
}
