package httpapi

import (
	"net/http"

	"example.com/tracelab/internal/hosts"
)

// AnswersTo is a middleware that answers 403 to requests for a host that is none of
// the names, nor localhost, nor an IP address: a page elsewhere can point its own name
// at this address (DNS rebinding), but cannot make the browser send another Host.
func AnswersTo(names hosts.Names) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refusal := names.Refusal(r.Host); refusal != "" {
				WriteError(w, r, &Error{Code: Forbidden, Detail: refusal})
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
