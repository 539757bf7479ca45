package zipkinapi

import (
	"fmt"
	"io"
)

// WriteMetrics writes the figures of the store and of the collector as
// Prometheus text. Every span that was sent and is not kept is counted in one
// of them, and every request that was refused.
func (s *Server) WriteMetrics(w io.Writer) error {
	st := s.store.Stats()
	m := metrics{w: w}
	m.one("tracelab_store_spans", "gauge", "Spans kept.", int64(st.Spans))
	m.one("tracelab_store_bytes", "gauge", "Memory that the kept spans take, estimated.", st.Bytes)
	m.one("tracelab_store_traces", "gauge", "Traces kept.", int64(st.Traces))
	m.one("tracelab_store_spans_accepted_total", "counter", "Spans stored.", st.Accepted)
	m.one("tracelab_store_spans_duplicate_total", "counter", "Spans equal to a stored one.", st.Duplicates)
	m.head("tracelab_store_spans_evicted_total", "counter", "Spans forgotten to stay within a bound.")
	m.value("tracelab_store_spans_evicted_total", "reason", "spans", st.EvictedForSpans)
	m.value("tracelab_store_spans_evicted_total", "reason", "bytes", st.EvictedForBytes)
	m.value("tracelab_store_spans_evicted_total", "reason", "trace_too_large", st.EvictedByCut)
	m.one("tracelab_store_traces_evicted_total", "counter", "Traces forgotten whole.", st.EvictedTraces)
	m.one("tracelab_collector_requests_total", "counter", "Requests to store spans.", s.ingest.requests())
	m.head("tracelab_collector_rejected_total", "counter", "Requests of which nothing was stored.")
	for why, name := range rejections {
		m.value("tracelab_collector_rejected_total", "reason", name, s.ingest.rejected[why].Load())
	}
	return m.err
}

// metrics writes until the first error.
type metrics struct {
	w   io.Writer
	err error
}

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

func (m *metrics) printf(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format, args...)
	}
}
