package zipkinapi

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/tracelab/internal/metrics"
)

// collectorFigures are Zipkin's own, one for each transport.
var collectorFigures = []struct {
	name, kind, help string
	of               func(*traffic) int64
}{
	{"messages", "counter", "Messages that came in.", func(t *traffic) int64 { return t.messages.Load() }},
	{"messages_dropped", "counter", "Messages of which nothing was stored.", func(t *traffic) int64 { return t.messagesDropped.Load() }},
	{"bytes", "counter", "Bytes of all messages, unpacked.", func(t *traffic) int64 { return t.bytes.Load() }},
	{"spans", "counter", "Spans that came in.", func(t *traffic) int64 { return t.spans.Load() }},
	{"spans_dropped", "counter", "Spans that came in and were not stored.", func(*traffic) int64 { return 0 }},
	{"message_bytes", "gauge", "Bytes of the last message, unpacked.", func(t *traffic) int64 { return t.messageBytes.Load() }},
	{"message_spans", "gauge", "Spans of the last message that had any.", func(t *traffic) int64 { return t.messageSpans.Load() }},
}

// transport is a protocol by which spans are received.
type transport struct {
	name string
	*traffic
}

// transports lists those that are open.
func (s *Server) transports() []transport {
	open := []transport{{"http", &s.ingest.http}, {"grpc", &s.ingest.grpc}}
	if s.options.CollectorDisabled {
		return open[1:]
	}
	return open
}

// metrics is GET /metrics: Zipkin's figures as JSON, formatted as Zipkin formats
// it; or all that /prometheus has, for a Prometheus server that scrapes it.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "accept")
	if acceptsPromText(r) {
		return s.prometheus(w, r)
	}
	var lines []string
	for _, t := range s.transports() {
		for _, f := range collectorFigures {
			lines = append(lines, fmt.Sprintf("  \"%s.zipkin_collector.%s.%s\" : %d.0", f.kind, f.name, t.name, f.of(t.traffic)))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	return write(w, http.StatusOK, "{\n"+strings.Join(lines, ",\n")+"\n}")
}

// writeCollector writes Zipkin's figures as it spells them.
func (s *Server) writeCollector(p *metrics.Page) {
	for _, f := range collectorFigures {
		name := "zipkin_collector_" + f.name
		if f.kind == "counter" {
			name += "_total"
		}
		p.Family(name, f.kind, f.help)
		for _, t := range s.transports() {
			p.Printf("%s{transport=\"%s\",} %d.0\n", name, t.name, f.of(t.traffic))
		}
	}
}
