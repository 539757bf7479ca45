// Package dependencies is the page that shows which services call which, how often, with
// how many errors, and how long that takes.
package dependencies

import (
	"embed"
	"net/http"
	"time"

	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkinapi"
)

//go:embed templates static
var files embed.FS

// Path is that of the page.
const Path = "/dependencies"

// Config is what New needs. Reader and Now are required.
type Config struct {
	// Reader has the traces.
	Reader zipkinapi.Reader
	// GatewayURL is what an attendee curls to make a trace. Empty: the page does not
	// suggest it.
	GatewayURL string
	// Now is the clock of lookback.
	Now func() time.Time
}

// Pages is the page of dependencies. It is safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config
}

// New adds the page to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	return &Pages{s, cfg}
}

// Routes adds the paths of the page to mux, among them Zipkin's own.
func (p *Pages) Routes(mux *http.ServeMux) {
	p.shell.Handle(mux, "GET "+Path, p.show)
	p.shell.Handle(mux, "GET /zipkin/dependency", redirect)
}

// redirect leads from the address of Zipkin's page, which has had two names for each end of
// the time.
func redirect(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	for old, name := range map[string]string{"startTime": "startTs", "endTime": "endTs"} {
		if value := v.Get(old); value != "" {
			v.Set(name, value)
		}
		v.Del(old)
	}
	to := Path
	if len(v) > 0 {
		to += "?" + v.Encode()
	}
	http.Redirect(w, r, to, http.StatusFound)
}
