package gateway

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/services/gateway/visitapi"
)

// answer begins an answer with the request's trace.
func (g *gateway) answer(r *http.Request) visitapi.Answer {
	sc := trace.FromContext(r.Context()).SpanContext()
	return visitapi.Answer{TraceID: sc.TraceID.String(), TraceURL: g.traceURL(r, sc), Sampled: sc.IsSampled()}
}

// traceURL is empty for a trace that is not recorded: it is shown nowhere.
func (g *gateway) traceURL(r *http.Request, sc trace.SpanContext) string {
	if !sc.IsSampled() {
		return ""
	}
	return traceURL(g.ui, r.Host, sc.TraceID.String())
}

// traceURL is the page of a trace. Where the UI is configured as this
// machine's and the caller reached this machine by another name, the link goes
// by that name: "localhost" would be the caller's own machine.
func traceURL(ui *url.URL, host, id string) string {
	u := ui.JoinPath(labapi.TracePath(id))
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
