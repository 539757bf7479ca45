package shell

import "net/http"

// ForTrusted keeps a page of execution traces from those of whom trusted says no. Nil:
// whoever reaches the pages may see it.
func (s *Shell) ForTrusted(trusted func(*http.Request) bool, show http.HandlerFunc) http.HandlerFunc {
	if trusted == nil {
		return show
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if trusted(r) {
			show(w, r)
			return
		}
		words := s.Words(r)
		s.Problem(w, r, http.StatusForbidden, Problem{
			Heading: words.T("Execution traces are shown on the server's own machine only"),
			Text:    words.T("They have names of functions and files, and what goroutines of all requests did. tracelab why explains a request from anywhere.")})
	}
}
