package service

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/VictoriaMetrics/metrics"

	"example.com/tracelab/internal/flight"
	"example.com/tracelab/tracing"
)

// serveMetrics answers with Prometheus's text format.
func serveMetrics(set *metrics.Set, t *tracing.Provider, f *flight.Recorder) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		set.WritePrometheus(w)
		writeSpanMetrics(w, t.Stats())
		writeFlightMetrics(w, f.Stats())
		metrics.WriteProcessMetrics(w)
		metrics.WriteFDMetrics(w)
	}
}

// writeSpanMetrics shows where every span is; the numbers add up.
func writeSpanMetrics(w io.Writer, c tracing.Stats) {
	for _, m := range []struct {
		name  string
		value uint64
	}{
		{"tracelab_spans_started_total", c.Started},
		{"tracelab_spans_sampled_total", c.Sampled},
		{"tracelab_spans_not_sampled_total", c.NotSampled},
		{"tracelab_spans_open", c.Open},
		{"tracelab_spans_queued", c.Queued},
		{"tracelab_spans_delivered_total", c.Delivered},
		{"tracelab_trace_headers_rejected_total", c.BadHeaders},
	} {
		fmt.Fprintf(w, "%s %d\n", m.name, m.value)
	}
	writeByReason(w, "tracelab_spans_dropped_total", c.Dropped)
}

// writeFlightMetrics shows what became of every request for a snapshot.
func writeFlightMetrics(w io.Writer, c flight.Stats) {
	recording := 0
	if c.Recording {
		recording = 1
	}
	fmt.Fprintf(w, "tracelab_flight_recording %d\n", recording)
	writeByReason(w, "tracelab_flight_snapshots_total", c.Taken)
	fmt.Fprintf(w, "tracelab_flight_snapshot_bytes_total %d\n", c.Bytes)
	fmt.Fprintf(w, "tracelab_flight_snapshot_seconds_total %g\n", c.Seconds)
	fmt.Fprintf(w, "tracelab_flight_samples_total %d\n", c.Samples)
	fmt.Fprintf(w, "tracelab_flight_sample_seconds_total %g\n", c.Sampling)
	fmt.Fprintf(w, "tracelab_flight_waiting %d\n", c.Waiting)
	fmt.Fprintf(w, "tracelab_flight_sent_total %d\n", c.Sent)
	writeByReason(w, "tracelab_flight_dropped_total", c.Dropped)
	writeByReason(w, "tracelab_flight_refused_total", c.Rejected)
	fmt.Fprintf(w, "tracelab_flight_unanswered_total %d\n", c.Unanswered)
}

func writeByReason(w io.Writer, name string, counts map[string]uint64) {
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%s{reason=%q} %d\n", name, reason, counts[reason])
	}
}
