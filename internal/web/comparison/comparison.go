// Package comparison is the page that says how requests differ: two sets of traces, two
// traces, the slow ones of a set and the rest, or those with a value of a tag. The answer
// is that of GET /tracelab/v1/compare: the page asks, draws, and computes nothing of its
// own.
package comparison

import (
	"context"
	"embed"
	"net/http"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkinapi"
)

//go:embed templates static
var files embed.FS

// Comparer compares.
type Comparer interface {
	// Comparison compares what is asked for. Its error is an *httpapi.Error, whose Field
	// is the parameter that is wrong.
	Comparison(context.Context, labapi.ComparisonQuery) (*labapi.Comparison, error)
}

// Config is what New needs.
type Config struct {
	Reader   zipkinapi.Reader // has the names that the form offers
	Comparer Comparer
	// Explains says that the page of a trace can explain it.
	Explains bool
	// Now is the clock of windows that end now; nil means time.Now.
	Now func() time.Time
	// Patience is how long a browser waits for a page before it gets one that says that
	// the comparison is under way. Zero: as long as people take for no time.
	Patience time.Duration
}

// Pages serves the page. It is safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config
	jobs  *jobs
}

// patience is Config.Patience where that is zero.
const patience = 700 * time.Millisecond

// New adds the page's templates and static files to the shell.
func New(s *shell.Shell, cfg Config) *Pages {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Patience == 0 {
		cfg.Patience = patience
	}
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{shell: s, cfg: cfg, jobs: newJobs(cfg.Comparer)}
}

// Path is where the page is.
const Path = "/compare"

// Routes adds the page to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.shell.Handle(mux, "GET "+Path, p.compare)
	p.shell.Handle(mux, "GET "+Path+"/names", p.names)
}
