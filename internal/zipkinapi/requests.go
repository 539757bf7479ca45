package zipkinapi

import (
	"fmt"
	"net/http"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/tracing/responsewriter"
)

// requestBounds are the upper ends of the buckets of a histogram, in seconds. Most
// requests take less than the smallest of OpenTelemetry's.
var requestBounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// count has h answer r, and counts it under uri. There are as many series as
// routes, methods and statuses allow, whatever clients send.
func (s *Server) count(uri string, h http.HandlerFunc, w http.ResponseWriter, r *http.Request) {
	began, answer := time.Now(), responsewriter.Writer{}
	h(answer.Wrap(w, r, nil), r)
	answer.Returned()
	if answer.Status() == http.StatusNotFound {
		uri = notFoundURI
	}
	s.requests.Observe(httpapi.Series{Method: knownMethod(r.Method), Route: uri, Status: answer.Status()}, time.Since(began))
}

// knownMethod keeps the number of series in bounds.
func knownMethod(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE":
		return method
	}
	return "UNKNOWN"
}

// writeRequests adds the requests as Zipkin spells them.
func (s *Server) writeRequests(p *metrics.Page) {
	const name = "http_server_requests_seconds"
	p.Family(name, "histogram", "Duration of requests to Zipkin's API, by method, status and route.")
	for of, h := range s.requests.All() {
		total := uint64(0)
		labels := fmt.Sprintf(`method="%s",status="%d",uri="%s",`, of.Method, of.Status, of.Route)
		for i, n := range h.Counts {
			total += n
			le := "+Inf"
			if i < len(h.Bounds) {
				le = float(h.Bounds[i])
			}
			p.Printf("%s_bucket{%sle=\"%s\",} %d.0\n", name, labels, le, total)
		}
		p.Printf("%s_count{%s} %d.0\n", name, labels, total)
		p.Printf("%s_sum{%s} %s\n", name, labels, float(h.Sum))
	}
}
