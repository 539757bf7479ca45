// Package find is the page that searches for traces and lists them.
package find

import (
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
	// Now is the clock of "ago" and of lookback.
	Now func() time.Time
}

// Pages are the pages that find traces. They are safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config
}

// New adds the pages to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{s, cfg}
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.shell.Handle(mux, "GET /{$}", p.list)
}

// readTimeout bounds how long a page waits for its Reader, which may be a
// Zipkin that hangs.
const readTimeout = 10 * time.Second
