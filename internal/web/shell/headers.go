package shell

import (
	"net/http"

	"example.com/tracelab/internal/display"
)

// checkHost answers 403 to requests for a name that is not ours and hands the
// others on. A page elsewhere can point its own name at this address, and would
// then read every trace (DNS rebinding), but cannot make the browser send another
// Host.
func (s *Shell) checkHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := s.cfg.AllowHosts.Refusal(r.Host); refusal != "" {
			http.Error(w, display.Wrap(refusal, 0, ""), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ContentPolicy lets pages use this server's own files and nothing inline,
// so that a span's name can never become a script or a style.
const ContentPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; " +
	"frame-ancestors 'none'; object-src 'none'"

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ContentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
