package shell

import (
	"net/http"
	"runtime/debug"

	"example.com/tracelab/tracing/responsewriter"
)

// recovered answers 500 for a page that panicked, and logs it. Where a part of the page
// was sent already, the connection is dropped, so that nobody takes it for a whole one.
func (s *Shell) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer responsewriter.Writer
		defer func() {
			v := recover()
			switch v {
			case nil:
				return
			case http.ErrAbortHandler:
				panic(v)
			}
			s.cfg.Logger.Error("a page panicked", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
			if answer.Status() != 0 {
				panic(http.ErrAbortHandler)
			}
			words := s.Words(r)
			s.Problem(w, r, http.StatusInternalServerError, Problem{Heading: words.T("This page has a fault"), Text: words.T("The server's log has what happened.")})
		}()
		next.ServeHTTP(answer.Wrap(w, r, nil), r)
	})
}
