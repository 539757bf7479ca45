package zipkinapi_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

func TestMetricsCountWhatHappened(t *testing.T) {
	srv := newServer(t)
	const span = `[{"traceId":"1","id":"1"},{"traceId":"1","id":"1"},{"traceId":"1","id":"2"}]`
	do(t, "POST", srv.URL+"/api/v2/spans", span)
	do(t, "POST", srv.URL+"/api/v2/spans", "[]")
	do(t, "POST", srv.URL+"/api/v2/spans", "{}")
	do(t, "POST", srv.URL+"/api/v2/spans", "[{}]")
	do(t, "POST", srv.URL+"/api/v2/spans", "x", "Content-Encoding", "gzip")
	do(t, "POST", srv.URL+"/api/v2/spans", "\x0c\x00", "Content-Type", "application/x-thrift")
	do(t, "POST", srv.URL+"/api/v2/spans", strings.Repeat(" ", 10<<20+1))

	resp, text := do(t, "GET", srv.URL+"/prometheus", "")
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("%s %q", resp.Status, got)
	}
	for _, line := range []string{
		"# TYPE tracelab_store_spans gauge",
		"tracelab_store_spans 2",
		"tracelab_store_traces 1",
		"tracelab_store_spans_accepted_total 2",
		"tracelab_store_spans_duplicate_total 1",
		`tracelab_store_spans_evicted_total{reason="spans"} 0`,
		`tracelab_store_spans_evicted_total{reason="bytes"} 0`,
		`tracelab_store_spans_evicted_total{reason="trace_too_large"} 0`,
		"tracelab_store_traces_evicted_total 0",
		"tracelab_collector_requests_total 7",
		`tracelab_collector_rejected_total{reason="too_large"} 1`,
		`tracelab_collector_rejected_total{reason="unreadable"} 0`,
		`tracelab_collector_rejected_total{reason="not_gzip"} 1`,
		`tracelab_collector_rejected_total{reason="wrong_type"} 1`,
		`tracelab_collector_rejected_total{reason="malformed"} 2`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

// TestMetricsInZipkinsWords holds /metrics and /prometheus to what the released
// server said after the same requests. Its messages_dropped alone was 2 there:
// it counts a list that it cannot read twice.
func TestMetricsInZipkinsWords(t *testing.T) {
	srv := newServer(t)
	do(t, "POST", srv.URL+"/api/v2/spans", `[{"traceId":"1","id":"1"},{"traceId":"1","id":"2"}]`)
	do(t, "POST", srv.URL+"/api/v2/spans", "[{}]")
	resp, body := do(t, "GET", srv.URL+"/metrics", "")
	want := map[string]float64{}
	for _, figure := range []string{"counter.messages", "counter.messages_dropped", "counter.bytes", "counter.spans", "counter.spans_dropped", "gauge.message_bytes", "gauge.message_spans"} {
		kind, name, _ := strings.Cut(figure, ".")
		for _, transport := range []string{"http", "grpc"} {
			want[kind+".zipkin_collector."+name+"."+transport] = 0
		}
	}
	for name, n := range map[string]float64{
		"counter.zipkin_collector.messages.http": 2, "counter.zipkin_collector.messages_dropped.http": 1,
		"counter.zipkin_collector.bytes.http": 55, "counter.zipkin_collector.spans.http": 2,
		"gauge.zipkin_collector.message_bytes.http": 4, "gauge.zipkin_collector.message_spans.http": 2,
	} {
		want[name] = n
	}
	var got map[string]float64
	if err := json.Unmarshal([]byte(body), &got); err != nil || !maps.Equal(got, want) {
		t.Errorf("%v\n got %v\nwant %v", err, got, want)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content-type %q", got)
	}
	for _, line := range []string{"{\n", "\n  \"counter.zipkin_collector.spans.http\" : 2.0,\n", "\n}"} {
		if !strings.Contains(body, line) {
			t.Errorf("it is laid out in another way than Zipkin's: no %q in %s", line, body)
		}
	}

	_, text := do(t, "GET", srv.URL+"/actuator/prometheus", "")
	for _, line := range []string{
		"# TYPE zipkin_collector_spans_total counter",
		`zipkin_collector_spans_total{transport="http",} 2.0`,
		`zipkin_collector_spans_total{transport="grpc",} 0.0`,
		`zipkin_collector_spans_dropped_total{transport="http",} 0.0`,
		`zipkin_collector_messages_total{transport="http",} 2.0`,
		`zipkin_collector_messages_dropped_total{transport="http",} 1.0`,
		`zipkin_collector_bytes_total{transport="http",} 55.0`,
		"# TYPE zipkin_collector_message_bytes gauge",
		`zipkin_collector_message_bytes{transport="http",} 4.0`,
		`zipkin_collector_message_spans{transport="http",} 2.0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

func TestPrometheusIsServedAtItsDefaultPath(t *testing.T) {
	srv := newServer(t)
	const openMetrics = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
	for accept, want := range map[string]string{
		"":    "application/json",
		"*/*": "application/json",
		"text/html,application/xhtml+xml,*/*;q=0.8": "application/json",
		"text/plain":                      "application/json",
		"text/plain; version=0.0.4;q=0.5": "text/plain; version=0.0.4; charset=utf-8",
		openMetrics:                       "text/plain; version=0.0.4; charset=utf-8",
	} {
		resp, _ := do(t, "GET", srv.URL+"/metrics", "", "Accept", accept)
		if got := resp.Header.Get("Content-Type"); got != want || resp.Header.Get("Vary") != "accept" {
			t.Errorf("Accept %q: %q, vary %q; want %q", accept, got, resp.Header.Get("Vary"), want)
		}
	}
}

// TestRequestsAreCounted states the labels as Zipkin's own tests do.
func TestRequestsAreCounted(t *testing.T) {
	srv := newServer(t)
	for _, path := range []string{"/api/v2/trace/1", "/api/v2/trace/zzz", "/api/v2/trace/2", "/zipkin/api/v2/services",
		"/api/v2/nosuch", "/api/v1/services", "/health", "/info", "/metrics", "/prometheus", "/zipkin/config.json"} {
		do(t, "GET", srv.URL+path, "")
	}
	do(t, "POST", srv.URL+"/api/v2/spans", "[]")
	do(t, "BREW", srv.URL+"/api/v2/spans", "")
	do(t, "TEA", srv.URL+"/api/v2/spans", "")
	do(t, "TRACE", srv.URL+"/api/v2/services", "")
	_, text := do(t, "GET", srv.URL+"/prometheus", "")
	for _, line := range []string{
		"# TYPE http_server_requests_seconds histogram",
		`http_server_requests_seconds_count{method="GET",status="400",uri="/api/v2/trace/{traceId}",} 1.0`,
		`http_server_requests_seconds_bucket{method="GET",status="400",uri="/api/v2/trace/{traceId}",le="10.0",} 1.0`,
		`http_server_requests_seconds_bucket{method="GET",status="400",uri="/api/v2/trace/{traceId}",le="+Inf",} 1.0`,
		`http_server_requests_seconds_count{method="GET",status="200",uri="/api/v2/services",} 1.0`,
		`http_server_requests_seconds_count{method="GET",status="404",uri="NOT_FOUND",} 4.0`, // also the traces that are not there
		`http_server_requests_seconds_count{method="TRACE",status="405",uri="/api/v2/services",} 1.0`,
		`http_server_requests_seconds_count{method="POST",status="202",uri="/api/v2/spans",} 1.0`,
		`http_server_requests_seconds_count{method="UNKNOWN",status="404",uri="NOT_FOUND",} 2.0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	for _, not := range []string{"zzz", `uri="/zipkin`, `uri="/metrics`, `uri="/prometheus`, `uri="/health`} {
		if strings.Contains(text, not) {
			t.Errorf("%q is counted:\n%s", not, text)
		}
	}
}

func TestTheProgramAddsItsMetrics(t *testing.T) {
	srv := serve(t, store.Config{}, zipkinapi.Options{ProcessMetrics: func(p *metrics.Page) { p.Gauge("process_own", "Mine.", 1) }})
	if _, text := do(t, "GET", srv.URL+"/prometheus", ""); !strings.HasSuffix(text, "\nprocess_own 1\n") {
		t.Errorf("it is not the end of\n%s", text)
	}
}
