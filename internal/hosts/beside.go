package hosts

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Beside is the URL by which the caller of a request reaches base. Where base is on
// this machine and the caller reached this machine by another name, it goes by that
// name: "localhost" would be the caller's own machine. What is no URL stays as it is.
func Beside(base string, r *http.Request) string {
	name, port := split(called(r))
	u, err := url.Parse(base)
	if err != nil || name == "" || !isLocal(u.Hostname()) || isLocal(name) {
		return base
	}
	if forwarded := withPort(name, u.Port()); port == "" && u.Port() != "" && withPort(name, listensOn(r)) == name && forwarded != name {
		u.Scheme, u.Host = "https", forwarded
	} else {
		u.Host = strings.TrimSuffix(net.JoinHostPort(name, u.Port()), ":")
	}
	return u.String()
}

// Own is the URL by which the caller of a request reached this server.
func Own(r *http.Request) *url.URL {
	u := &url.URL{Scheme: "http", Host: called(r)}
	name, port := split(u.Host)
	if r.TLS != nil || firstOf(r, "X-Forwarded-Proto") == "https" || port == "" && withoutPort(name) != name {
		u.Scheme = "https"
	}
	return u
}

// ForCurl is Own without what curl takes for granted, which is http://.
func ForCurl(r *http.Request) string { return strings.TrimPrefix(Own(r).String(), "http://") }

var isHost = regexp.MustCompile(`^[A-Za-z0-9._-]+(:[0-9]+)?$`)

// called is the host by which the caller reached this server. Some who forward ports
// ask for localhost, and say in a header of their own what the caller asked for.
func called(r *http.Request) string {
	if by := firstOf(r, "X-Forwarded-Host"); isHost.MatchString(by) && isLocal(hostname(r.Host)) {
		return by
	}
	return r.Host
}

// Forwarded reports whether a request comes through a proxy or a forwarded port, by
// what these add to it, or by its host: from elsewhere, although its connection may be
// from this machine.
func Forwarded(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return !Names(nil).Allow(r.Host)
}

// firstOf is the first value of a header to which each proxy adds one.
func firstOf(r *http.Request, name string) string {
	first, _, _ := strings.Cut(r.Header.Get(name), ",")
	return strings.TrimSpace(first)
}

// listensOn is the port that a request came to, or empty where that is not known.
func listensOn(r *http.Request) string {
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		_, port, _ := net.SplitHostPort(addr.String())
		return port
	}
	return ""
}
