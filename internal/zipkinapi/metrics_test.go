package zipkinapi_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

func TestMetricsCountWhatHappened(t *testing.T) {
	srv, s := newServer(t)
	const span = `[{"traceId":"1","id":"1"},{"traceId":"1","id":"1"},{"traceId":"1","id":"2"}]`
	do(t, "POST", srv.URL+"/api/v2/spans", span)
	do(t, "POST", srv.URL+"/api/v2/spans", "[]")
	do(t, "POST", srv.URL+"/api/v2/spans", "{}")
	do(t, "POST", srv.URL+"/api/v2/spans", "[{}]")
	do(t, "POST", srv.URL+"/api/v2/spans", "x", "Content-Encoding", "gzip")
	do(t, "POST", srv.URL+"/api/v2/spans", "\x0a\x01", "Content-Type", "application/x-protobuf")
	do(t, "POST", srv.URL+"/api/v2/spans", strings.Repeat(" ", 10<<20+1))

	var b strings.Builder
	if err := s.WriteMetrics(&b); err != nil {
		t.Fatal(err)
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
		if !strings.Contains(b.String(), line+"\n") {
			t.Errorf("no line %q in\n%s", line, b.String())
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestMetricsReportTheWriter(t *testing.T) {
	s := zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{})
	if err := s.WriteMetrics(full{}); err == nil || err.Error() != "disk full" {
		t.Errorf("error %v", err)
	}
}
