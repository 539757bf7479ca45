package httpapi

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"example.com/tracelab/internal/display"
)

// Options of a Router. The zero value is ready.
type Options struct {
	// Durations takes those of all requests, also of the ones without a route. Nil: none
	// does.
	Durations *Durations
	// TraceURL, if set, is what problem documents link to.
	TraceURL TraceURL
	// Admit, if set, returns the request that its handler gets, or why it is
	// rejected. It comes behind the routes, so that the rejected are traced and
	// counted under their route like all others.
	Admit func(*http.Request) (*http.Request, error)
}

// Router serves routes, and answers what matches none of them with a problem
// document.
type Router struct {
	mux     *http.ServeMux
	options Options
}

// NewRouter serves routes. It panics where http.ServeMux does: for a pattern
// that is wrong or in conflict with another.
func NewRouter(routes []Route, o Options) *Router {
	m := &Router{http.NewServeMux(), o}
	for _, route := range routes {
		h := measure(o.Durations, route.Pattern, m.answering(route.Handler))
		for _, around := range slices.Backward(route.Use) {
			h = around(h)
		}
		m.mux.Handle(route.Pattern, h)
	}
	return m
}

// Handler returns the handler and the pattern for a request, as that of
// http.ServeMux: for middlewares that name a request by its route.
func (m *Router) Handler(r *http.Request) (http.Handler, string) { return m.mux.Handler(r) }

func (m *Router) answering(handler HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer m.recover(w, r)
		if err := m.handle(w, r, handler); err != nil {
			writeError(w, r, err, m.options.TraceURL)
		}
	})
}

func (m *Router) handle(w http.ResponseWriter, r *http.Request, handler HandlerFunc) (err error) {
	if m.options.Admit != nil {
		if r, err = m.options.Admit(r); err != nil {
			return err
		}
	}
	return handler(w, r)
}

func (m *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, pattern := m.mux.Handler(r); pattern == "" {
		measure(m.options.Durations, "", m.unmatched(h)).ServeHTTP(w, r)
		return
	}
	m.mux.ServeHTTP(w, r)
}

// unmatched replaces ServeMux's plain 404 and 405 by problem documents. Its
// redirects to a cleaned path pass.
func (m *Router) unmatched(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer answerHead
		h.ServeHTTP(&answer, r)
		switch answer.status {
		case http.StatusNotFound:
			writeError(w, r, &Error{Code: NotFound, Detail: "there is nothing at " + display.Cut(r.URL.Path, 60)}, m.options.TraceURL)
		case http.StatusMethodNotAllowed:
			allow := answer.Header().Get("Allow")
			w.Header().Set("Allow", allow)
			writeError(w, r, &Error{Code: NotAllowed, Field: "method",
				Detail: r.Method + " is not possible at " + r.URL.Path + ": use " + strings.ReplaceAll(allow, ", ", " or ")}, m.options.TraceURL)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// answerHead keeps the status and header of an answer.
type answerHead struct {
	header http.Header
	status int
}

func (a *answerHead) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}
func (a *answerHead) Write(b []byte) (int, error) { return len(b), nil }
func (a *answerHead) WriteHeader(status int)      { a.status = status }

// recover answers 500 for a handler that panicked. One that meant to drop
// the connection still does.
func (m *Router) recover(w http.ResponseWriter, r *http.Request) {
	v := recover()
	switch v {
	case nil:
		return
	case http.ErrAbortHandler:
		panic(v)
	}
	slog.ErrorContext(r.Context(), "a handler panicked", "route", route(r), "panic", v, "stack", string(debug.Stack()))
	writeError(w, r, &Error{Code: Internal, Detail: "an internal error; the log has it under this trace id"}, m.options.TraceURL)
}
