package server

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"

	"example.com/tracelab/internal/httpapi"
)

// trusted hands on what comes from this machine, or knows the token: with a
// room on the network, not everybody shall switch for everybody, or read what
// execution traces tell of a program.
func (s *Server) trusted(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		if !s.knowsToken(r) && !net.ParseIP(host).IsLoopback() {
			httpapi.WriteError(w, r, &httpapi.Error{Code: httpapi.Forbidden,
				Detail: "only from the server's own machine or container, or with its token"})
			return
		}
		next(w, r)
	})
}

// knowsToken tells whether a request shows the server's token, if that has one.
func (s *Server) knowsToken(r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return s.cfg.Token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.cfg.Token)) == 1
}
