package workshop

import (
	"net/http"

	"example.com/tracelab/internal/web/webtest"
)

// serveUI returns the routes of the pages.
func serveUI(cfg Config) http.Handler {
	s := webtest.Shell("the embedded store")
	return webtest.Serve(s, New(s, cfg))
}
