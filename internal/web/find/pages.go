// Package find is the page that searches for traces and lists them.
package find

import (
	"context"
	"embed"
	"net/http"
	"time"

	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkinapi"
)

//go:embed templates static
var files embed.FS

// Config is what New needs. Reader and Now are required.
type Config struct {
	// Reader has the traces.
	Reader zipkinapi.Reader
	// GatewayURL is what an attendee curls to make a trace, such as
	// http://localhost:8080. Empty: the pages do not suggest it.
	GatewayURL string
	// Compares says that there is a page of comparisons, to lead to.
	Compares bool
	// Ended is closed when answers that do not end by themselves should end. Nil: they
	// end with their clients.
	Ended <-chan struct{}
	// Losses says why traces may not have come: that processes sample none, or dropped
	// spans. Nil: nobody knows.
	Losses func(context.Context) []string
	// Now is the clock of "ago" and of lookback.
	Now func() time.Time
}

// Pages are the pages that find traces. They are safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config

	listeners listeners
}

// New adds the pages to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{shell: s, cfg: cfg}
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.shell.Handle(mux, "GET /{$}", p.list)
	p.shell.HandleStream(mux, "GET /live", p.live)
}

// readTimeout bounds how long a page waits for its Reader, which may be a
// Zipkin that hangs.
const readTimeout = 10 * time.Second
