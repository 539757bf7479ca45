package service

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/VictoriaMetrics/metrics"
)

// Route is one line of a service's table of contents.
type Route struct {
	Pattern string // as http.ServeMux reads it: "GET /visit"
	Handler func(http.ResponseWriter, *http.Request) error
}

// router serves routes, and answers what matches none of them with a problem
// document. It is a ServeMux to those who ask for a request's pattern.
type router struct {
	*http.ServeMux
	metrics *metrics.Set
	page    traceURL
	admit   admission
}

// admission returns a request as its handler shall see it, or why it is
// refused. It comes behind the routes, so that the refused are traced and
// counted under their route like all others.
type admission func(*http.Request) (*http.Request, error)

// newRouter serves routes. page and admit may be nil.
func newRouter(routes []Route, set *metrics.Set, page traceURL, admit admission) router {
	m := router{http.NewServeMux(), set, page, admit}
	for _, route := range routes {
		m.Handle(route.Pattern, timed(set, route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			defer m.recover(w, r)
			if err := m.handle(w, r, route); err != nil {
				writeError(w, r, err, m.page)
			}
		}))
	}
	return m
}

func (m router) handle(w http.ResponseWriter, r *http.Request, route Route) (err error) {
	if m.admit != nil {
		if r, err = m.admit(r); err != nil {
			return err
		}
	}
	return route.Handler(w, r)
}

func (m router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, pattern := m.Handler(r); pattern == "" {
		timed(m.metrics, "none", func(w http.ResponseWriter, r *http.Request) { m.unmatched(w, r, h) }).ServeHTTP(w, r)
		return
	}
	m.ServeMux.ServeHTTP(w, r)
}

// unmatched turns ServeMux's plain 404 and 405 into problem documents. Its
// redirects to a cleaned path pass.
func (m router) unmatched(w http.ResponseWriter, r *http.Request, h http.Handler) {
	var answer answerHead
	h.ServeHTTP(&answer, r)
	switch answer.status {
	case http.StatusNotFound:
		writeError(w, r, &Error{Code: NotFound, Detail: "there is nothing at " + r.URL.Path}, m.page)
	case http.StatusMethodNotAllowed:
		allow := answer.Header().Get("Allow")
		w.Header().Set("Allow", allow)
		writeError(w, r, &Error{Code: NotAllowed, Field: "method",
			Detail: r.Method + " is not possible at " + r.URL.Path + ": use " + strings.ReplaceAll(allow, ", ", " or ")}, m.page)
	default:
		h.ServeHTTP(w, r)
	}
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
func (m router) recover(w http.ResponseWriter, r *http.Request) {
	v := recover()
	switch v {
	case nil:
		return
	case http.ErrAbortHandler:
		panic(v)
	}
	slog.ErrorContext(r.Context(), "a handler panicked", "route", route(r), "panic", v, "stack", string(debug.Stack()))
	writeError(w, r, &Error{Code: Internal, Detail: "an internal error; the log has it under this trace id"}, m.page)
}
