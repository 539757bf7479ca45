package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/tracing/responsewriter"
)

// requestBounds are those that OpenTelemetry's semantic conventions give for
// http.server.request.duration. They are the same for all, so that the
// histograms of several processes can be added up.
var requestBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// NewRequestDurations makes Durations for Options, with the buckets of
// http.server.request.duration.
func NewRequestDurations() *Durations { return NewDurations(requestBounds) }

// Write adds what was counted to a page, as http.server.request.duration of
// OpenTelemetry's semantic conventions is spelled for Prometheus.
func (d *Durations) Write(p *metrics.Page) {
	const name = "http_server_request_duration_seconds"
	p.Family(name, "histogram", "Duration of HTTP server requests, by method, route and status.")
	for of, h := range d.All() {
		status := ""
		if of.Status != 0 {
			status = strconv.Itoa(of.Status)
		}
		p.Histogram(name, metrics.Labels("http_request_method", of.Method, "http_response_status_code", status, "http_route", of.Route), h)
	}
}

// measure takes the duration of the requests of one pattern. Their status is 0 where
// the handler aborted the response before there was one.
func measure(d *Durations, pattern string, next http.Handler) http.Handler {
	if d == nil {
		return next
	}
	route := pattern[strings.IndexByte(pattern, ' ')+1:]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, answer := time.Now(), responsewriter.Writer{}
		defer func() {
			d.Observe(Series{knownMethod(r.Method), route, answer.Status()}, time.Since(start))
		}()
		next.ServeHTTP(answer.Wrap(w, r, nil), r)
		answer.Returned()
	})
}

// knownMethod keeps the number of series in bounds, in the words of the semantic
// conventions.
func knownMethod(method string) string {
	switch method {
	case "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE":
		return method
	}
	return "_OTHER"
}
