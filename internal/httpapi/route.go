package httpapi

import "net/http"

// HandlerFunc answers a request, or returns the error that the router answers
// with; see WriteError.
type HandlerFunc func(http.ResponseWriter, *http.Request) error

// Middleware is the usual wrapper of a handler.
type Middleware = func(http.Handler) http.Handler

// Route is one line of the table of what a server does.
type Route struct {
	Pattern string // as http.ServeMux reads it: "GET /visit"
	Handler HandlerFunc
	Use     []Middleware // around the handler and its metrics, the first outermost
}

// FromHTTP makes a route's handler of one that answers errors itself.
func FromHTTP(h http.Handler) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// Use returns the routes with middlewares around each, outside its own.
func Use(routes []Route, around ...Middleware) []Route {
	with := make([]Route, len(routes))
	for i, r := range routes {
		r.Use = append(append([]Middleware{}, around...), r.Use...)
		with[i] = r
	}
	return with
}
