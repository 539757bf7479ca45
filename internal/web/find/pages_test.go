package find

import (
	"net/http"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/webtest"
)

// serveUI returns the routes of the pages.
func serveUI(cfg Config) http.Handler { return serveUIOf("the embedded store", cfg) }

// serveUIOf is serveUI with traces from elsewhere.
func serveUIOf(source string, cfg Config, names ...hosts.Name) http.Handler {
	if cfg.Reader == nil {
		cfg.Reader = &webtest.Reader{}
	}
	cfg.Now = webtest.Now
	s := webtest.Shell(source, names...)
	return webtest.Serve(s, New(s, cfg))
}
