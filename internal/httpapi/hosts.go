package httpapi

import (
	"fmt"
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
				Refuse(w, r, refusal)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// FromOwnPages is a middleware that answers 403 to requests other than to read which a
// browser says a page of another site makes.
func FromOwnPages(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Refuse(w, r, fmt.Sprintf("a cross-origin request: a browser says that a page of another site makes it (Origin %.100q, and the host is %.100q): make it from a page of this server, or by curl", r.Header.Get("Origin"), r.Host))
	}))
	return protection.Handler(next)
}

// Refuse answers 403 and says why, as text where WantsText says so: for middlewares.
func Refuse(w http.ResponseWriter, r *http.Request, why string) {
	refuse := ForTerminals(func(http.ResponseWriter, *http.Request) error { return &Error{Code: Forbidden, Detail: why} })
	if err := refuse(w, r); err != nil {
		WriteError(w, r, err)
	}
}
