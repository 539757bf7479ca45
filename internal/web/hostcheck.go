package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// CheckHost answers 403 to requests for a name that is not ours and hands the
// others on. The UI's own paths are checked; it is exported for what is served
// beside them. A page elsewhere can point its own name at this address, and would
// then read every trace (DNS rebinding), but cannot make the browser send another
// Host.
func (u *UI) CheckHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowedHost(r.Host, u.cfg.AllowHosts) {
			http.Error(w, fmt.Sprintf("The host %q is not one that this server answers to: "+
				"open it as localhost or by its IP address, or allow the name with --allow-hosts.", r.Host),
				http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// allowedHost reports whether a Host header is allowed: localhost and names below it,
// which browsers keep on this machine, IP addresses, which need no DNS, and
// the names that were allowed.
func allowedHost(hostport string, allowed []string) bool {
	host := strings.ToLower(strings.TrimSuffix(hostname(hostport), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return slices.ContainsFunc(allowed, func(name string) bool {
		return host != "" && strings.EqualFold(host, name)
	})
}

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

// contentPolicy lets pages use this server's own files and nothing inline,
// so that a span's name can never become a script or a style.
const contentPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; " +
	"frame-ancestors 'none'; object-src 'none'"

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
