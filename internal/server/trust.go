package server

import (
	"net"
	"net/http"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
)

// trusted is a middleware that hands on what comes from this machine, or shows
// the token: where many share a network, one must not switch for all, or read
// what execution traces say of a program.
func (s *Server) trusted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.isTrusted(r) {
			httpapi.Refuse(w, r, "only from the server's own machine or container, or with its token: set TRACELAB_TOKEN to the one that it printed, or was given, at its start")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) isTrusted(r *http.Request) bool {
	return control.ShowsToken(r, s.cfg.Token) || control.ShowsToken(r, s.cfg.RoomToken) || fromThisMachine(r)
}

// fromThisMachine reports whether a request was made on this machine. What comes through
// a forwarded port or a proxy has an address of this machine, too.
func fromThisMachine(r *http.Request) bool {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	from := net.ParseIP(host)
	own, known := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return (from.IsLoopback() || known && own.IP.Equal(from)) && !hosts.Forwarded(r)
}
