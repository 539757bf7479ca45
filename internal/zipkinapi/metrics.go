package zipkinapi

import (
	"net/http"
	"strconv"
	"strings"

	"example.com/tracelab/internal/metrics"
)

// prometheus is GET /prometheus: all metrics.
func (s *Server) prometheus(w http.ResponseWriter, r *http.Request) error {
	metrics.Handler(s.writeMetrics)(w, r)
	return nil
}

// writeMetrics adds all metrics: first those that Zipkin has, by its names and
// in its spelling, then those of the store and of the program. Every span that
// was sent and is not stored is counted in one of them, and every request that
// was refused.
func (s *Server) writeMetrics(p *metrics.Page) {
	s.writeCollector(p)
	s.writeRequests(p)
	s.writeStore(p)
	s.ingest.writeRejected(p)
	if s.options.ProcessMetrics != nil {
		s.options.ProcessMetrics(p)
	}
}

func (s *Server) writeStore(p *metrics.Page) {
	st := s.store.Stats()
	p.Gauge("tracelab_store_spans", "Spans that are stored.", float64(st.Spans))
	p.Gauge("tracelab_store_bytes", "Memory that the stored spans take, estimated.", float64(st.Bytes))
	p.Gauge("tracelab_store_traces", "Traces that are stored.", float64(st.Traces))
	p.Counter("tracelab_store_spans_accepted_total", "Spans that were stored.", float64(st.Accepted))
	p.Counter("tracelab_store_spans_duplicate_total", "Spans that were equal to a stored one.", float64(st.Duplicates))
	p.CounterBy("tracelab_store_spans_evicted_total", "Spans that were evicted to stay within a bound.", "reason", map[string]uint64{
		"spans": uint64(st.EvictedForSpans), "bytes": uint64(st.EvictedForBytes), "trace_too_large": uint64(st.EvictedByTruncation)})
	p.Counter("tracelab_store_traces_evicted_total", "Traces that were evicted with all their spans.", float64(st.EvictedTraces))
}

func (in *ingest) writeRejected(p *metrics.Page) {
	p.Counter("tracelab_collector_requests_total", "Requests to store spans.", float64(in.requests()))
	rejected := map[string]uint64{}
	for i, name := range reasons {
		rejected[name] = uint64(in.rejected[i].Load())
	}
	p.CounterBy("tracelab_collector_rejected_total", "Requests of which nothing was stored, by reason.", "reason", rejected)
}

// acceptsPromText reports whether a client names the text of Prometheus or its
// successor among what it takes. A browser and curl do not.
func acceptsPromText(r *http.Request) bool {
	accept := strings.ReplaceAll(strings.Join(r.Header.Values("Accept"), ","), " ", "")
	return strings.Contains(accept, "text/plain;version=0.0.4") || strings.Contains(accept, "application/openmetrics-text")
}

// float formats a number as Zipkin does: always with a point.
func float(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if strings.Contains(text, ".") {
		return text
	}
	return text + ".0"
}
