package zipkinapi

import (
	"net/http"
	"slices"
	"strings"
)

// origins are those whose scripts may read the answers; nil: all.
type origins []string

func newOrigins(allowed []string) origins {
	if slices.Contains(allowed, "*") {
		return nil
	}
	return allowed
}

// preflight adds the headers for scripts of other origins, and answers the
// request that asks for them. An origin that is not allowed is answered like
// any other client, without the headers: its browser keeps the answer from it.
func (o origins) preflight(w http.ResponseWriter, r *http.Request) (answered bool) {
	// An empty Origin counts, too.
	if len(r.Header["Origin"]) == 0 {
		return false
	}
	origin := r.Header.Get("Origin")
	asks := r.Method == http.MethodOptions && len(r.Header["Access-Control-Request-Method"]) > 0
	if h := w.Header(); o.allow(h, origin) {
		h.Set("Access-Control-Allow-Headers", "content-type,x-grpc-web")
		if asks {
			h.Set("Access-Control-Allow-Methods", "GET,POST")
			h.Set("Access-Control-Max-Age", "0")
		} else {
			h.Set("Access-Control-Expose-Headers", "grpc-status,grpc-message,armeria.grpc.throwableproto-bin")
		}
	}
	if asks {
		w.WriteHeader(http.StatusOK)
	}
	return asks
}

// allow says in h who may read the answer, and reports whether origin may.
func (o origins) allow(h http.Header, origin string) bool {
	switch {
	case o != nil && !slices.ContainsFunc(o, func(allowed string) bool { return strings.EqualFold(allowed, origin) }):
		return false
	case o != nil:
		h.Add("Vary", "origin")
	case origin != "null": // which a browser sends for a file, and must read back
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	return true
}
