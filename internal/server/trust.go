package server

import (
	"net"
	"net/http"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
)

// trusted is a middleware that hands on what comes from this machine, or shows
// the token: where many share a network, one must not switch for all, or read
// what execution traces say of a program.
func (s *Server) trusted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.isTrusted(r) {
			httpapi.WriteError(w, r, &httpapi.Error{Code: httpapi.Forbidden,
				Detail: "only from the server's own machine or container, or with its token"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) isTrusted(r *http.Request) bool {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return control.ShowsToken(r, s.cfg.Token) || net.ParseIP(host).IsLoopback()
}
