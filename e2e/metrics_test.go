package e2e

import (
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
)

// TestTheServersMetrics reads those of a server that keeps traces, which
// answers as Zipkin does, and of one that shows the traces of another.
func TestTheServersMetrics(t *testing.T) {
	t.Parallel()
	kept := stacktest.StartStore(t, nil).UI
	shown := up(t, "--zipkin", kept).UI
	const (
		json, text = "application/json", "text/plain; version=0.0.4; charset=utf-8"
		prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
	)
	for _, c := range []struct {
		url, accept, media string
		want               []string
	}{
		{kept + "/metrics", "*/*", json, []string{`"counter.zipkin_collector.spans.http" : `}},
		{kept + "/metrics", prometheus, text, []string{`zipkin_collector_spans_total{transport="http",} `, "process_resident_memory_bytes "}},
		{kept + "/prometheus", "*/*", text, []string{"tracelab_store_spans ", "tracelab_processes ", "process_resident_memory_bytes "}},
		{shown + "/metrics", "*/*", text, []string{"tracelab_processes ", "process_resident_memory_bytes "}},
		{shown + "/prometheus", "*/*", text, []string{"tracelab_processes ", "process_resident_memory_bytes "}},
	} {
		status, header, body := do(t, "GET", c.url, "Accept", c.accept)
		if got := header.Get("Content-Type"); status != 200 || got != c.media {
			t.Errorf("GET %s for %s: %d %s", c.url, c.accept, status, got)
		}
		for _, want := range c.want {
			if !strings.Contains(string(body), want) {
				t.Errorf("GET %s for %s: no %q in\n%s", c.url, c.accept, want, body)
			}
		}
	}
}
