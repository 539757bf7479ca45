package gateway

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"go.opencensus.io/trace"
)

// answer begins an Answer with the request's trace.
func (g *gateway) answer(r *http.Request) Answer {
	sc := trace.FromContext(r.Context()).SpanContext()
	a := Answer{TraceID: sc.TraceID.String(), Sampled: sc.IsSampled()}
	if a.Sampled {
		a.TraceURL = traceURL(g.ui, r.Host, a.TraceID)
	}
	return a
}

// traceURL is the page of a trace. Where the UI is configured as this
// machine's and the caller reached this machine by another name, the link goes
// by that name: "localhost" is somebody else's laptop.
func traceURL(ui *url.URL, host, id string) string {
	u := ui.JoinPath("zipkin/traces", id)
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name != "" && isLoopback(u.Hostname()) && !isLoopback(name) {
		u.Host = strings.TrimSuffix(net.JoinHostPort(name, u.Port()), ":")
	}
	return u.String()
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
