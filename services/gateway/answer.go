package gateway

import (
	"net/http"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/services/gateway/visitapi"
)

// answer begins an answer with the request's trace.
func (g *gateway) answer(r *http.Request) visitapi.Answer {
	sc := trace.FromContext(r.Context()).SpanContext()
	return visitapi.Answer{TraceID: sc.TraceID.String(), TraceURL: g.traceURL(r, sc), Sampled: sc.IsSampled()}
}

// traceURL is the page of a request's trace, as its caller reaches it. It is empty for
// a trace that is not recorded: it is shown nowhere.
func (g *gateway) traceURL(r *http.Request, sc trace.SpanContext) string {
	if !sc.IsSampled() {
		return ""
	}
	return hosts.Beside(g.ui.JoinPath(labapi.TracePath(sc.TraceID.String())).String(), r)
}
