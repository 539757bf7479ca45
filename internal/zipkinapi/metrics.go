package zipkinapi

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// promText is the media type of the text that Prometheus reads.
const promText = "text/plain; version=0.0.4; charset=utf-8"

// prometheus answers with all figures: first those that Zipkin has, by its
// names and in its spelling, then those of the store and of the program. Every
// span that was sent and is not stored is counted in one of them, and every
// request that was refused.
func (s *Server) prometheus(w http.ResponseWriter, r *http.Request) error {
	var m metrics
	s.writeCollector(&m)
	s.requests.write(&m)
	s.writeStore(&m)
	s.ingest.writeRejected(&m)
	if s.options.ProcessMetrics != nil {
		s.options.ProcessMetrics(&m)
	}
	w.Header().Set("Content-Type", promText)
	return write(w, http.StatusOK, m.String())
}

func (s *Server) writeStore(m *metrics) {
	st := s.store.Stats()
	m.one("tracelab_store_spans", "gauge", "Spans kept.", int64(st.Spans))
	m.one("tracelab_store_bytes", "gauge", "Memory that the kept spans take, estimated.", st.Bytes)
	m.one("tracelab_store_traces", "gauge", "Traces kept.", int64(st.Traces))
	m.one("tracelab_store_spans_accepted_total", "counter", "Spans stored.", st.Accepted)
	m.one("tracelab_store_spans_duplicate_total", "counter", "Spans equal to a stored one.", st.Duplicates)
	m.head("tracelab_store_spans_evicted_total", "counter", "Spans forgotten to stay within a bound.")
	m.value("tracelab_store_spans_evicted_total", "reason", "spans", st.EvictedForSpans)
	m.value("tracelab_store_spans_evicted_total", "reason", "bytes", st.EvictedForBytes)
	m.value("tracelab_store_spans_evicted_total", "reason", "trace_too_large", st.EvictedByTruncation)
	m.one("tracelab_store_traces_evicted_total", "counter", "Traces forgotten whole.", st.EvictedTraces)
}

func (in *ingest) writeRejected(m *metrics) {
	m.one("tracelab_collector_requests_total", "counter", "Requests to store spans.", in.requests())
	m.head("tracelab_collector_rejected_total", "counter", "Requests of which nothing was stored.")
	for i, name := range reasons {
		m.value("tracelab_collector_rejected_total", "reason", name, in.rejected[i].Load())
	}
}

// acceptsPromText reports whether a client names the text of Prometheus or its
// successor among what it takes. A browser and curl do not.
func acceptsPromText(r *http.Request) bool {
	accept := strings.ReplaceAll(strings.Join(r.Header.Values("Accept"), ","), " ", "")
	return strings.Contains(accept, "text/plain;version=0.0.4") || strings.Contains(accept, "application/openmetrics-text")
}

// metrics collects text for Prometheus.
type metrics struct{ bytes.Buffer }

func (m *metrics) one(name, kind, help string, v int64) {
	m.head(name, kind, help)
	m.printf("%s %d\n", name, v)
}

func (m *metrics) head(name, kind, help string) {
	m.printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (m *metrics) value(name, label, text string, v int64) {
	m.printf("%s{%s=%q} %d\n", name, label, text, v)
}

func (m *metrics) printf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

// float formats a number as Zipkin does: always with a point.
func float(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if strings.Contains(text, ".") {
		return text
	}
	return text + ".0"
}
