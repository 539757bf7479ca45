package service

import (
	"maps"

	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// writeMetrics adds the metrics of this process.
func (s *instance) writeMetrics(p *metrics.Page, requests *httpapi.Durations) {
	requests.Write(p)
	writeSpans(p, s.tracing.Stats())
	writeFlight(p, s.flight.Stats())
	if s.definition.Metrics != nil {
		s.definition.Metrics(p)
	}
	p.Process()
}

// writeSpans shows where every span is; the numbers add up.
func writeSpans(p *metrics.Page, c tracing.Stats) {
	p.Counter("tracelab_spans_started_total", "Spans that were started: sampled and not sampled.", float64(c.Started))
	p.Counter("tracelab_spans_sampled_total", "Spans that are reported: open, queued, delivered or dropped.", float64(c.Sampled))
	p.Counter("tracelab_spans_not_sampled_total", "Spans that are not reported, because of the sampling decision.", float64(c.NotSampled))
	p.Gauge("tracelab_spans_open", "Sampled spans that have not ended.", float64(c.Open))
	p.Gauge("tracelab_spans_queued", "Spans that wait for the collector.", float64(c.Queued))
	p.Counter("tracelab_spans_delivered_total", "Spans that the collector took.", float64(c.Delivered))
	p.CounterBy("tracelab_spans_dropped_total", "Spans that the collector will not get, by reason.", "reason", withAllReasons(c.Dropped))
	p.Counter("tracelab_trace_headers_rejected_total", "Requests whose trace headers could not be read, or were too large.", float64(c.BadHeaders))
}

// withAllReasons adds those that did not occur: what reads a rate from a counter
// that begins with its first event misses that event.
func withAllReasons(dropped map[string]uint64) map[string]uint64 {
	all := map[string]uint64{reporter.DroppedQueueFull: 0, reporter.DroppedUndelivered: 0, reporter.DroppedRejected: 0,
		reporter.DroppedInvalid: 0, reporter.DroppedShutdown: 0, tracing.DroppedNoCollector: 0}
	maps.Copy(all, dropped)
	return all
}

// writeFlight shows what became of every request for a snapshot.
func writeFlight(p *metrics.Page, c flight.Stats) {
	recording := 0.0
	if c.Recording {
		recording = 1
	}
	p.Gauge("tracelab_flight_recorder_enabled", "1 while the flight recorder records the execution of this process.", recording)
	window, most := flight.Bounds()
	p.Gauge("tracelab_flight_recorder_window_seconds", "Time that the flight recorder keeps at least, if its bytes allow.", window.Seconds())
	p.Gauge("tracelab_flight_recorder_max_bytes", "Bytes that the flight recorder keeps at most.", float64(most))
	p.CounterBy("tracelab_flight_recorder_snapshots_total", "Snapshots that were taken, by reason.", "reason", c.Taken)
	p.Counter("tracelab_flight_recorder_snapshot_bytes_total", "Bytes of the snapshots that were taken.", float64(c.Bytes))
	p.Counter("tracelab_flight_recorder_snapshot_seconds_total", "Time in which snapshots were taken.", c.Seconds)
	p.Counter("tracelab_flight_recorder_thread_samples_total", "How often the system's times of all threads were logged.", float64(c.Samples))
	p.Counter("tracelab_flight_recorder_thread_sample_seconds_total", "Time that this took.", c.Sampling)
	p.Gauge("tracelab_flight_recorder_snapshots_queued", "Snapshots that wait for the server.", float64(c.Waiting))
	p.Counter("tracelab_flight_recorder_snapshots_delivered_total", "Snapshots that the server took.", float64(c.Sent))
	p.CounterBy("tracelab_flight_recorder_snapshots_dropped_total", "Snapshots that the server will not get, by reason.", "reason", c.Dropped)
	p.CounterBy("tracelab_flight_recorder_requests_rejected_total", "Requests without a snapshot, by reason.", "reason", c.Rejected)
	p.Counter("tracelab_flight_recorder_rejections_dropped_total", "Of these, those whose rejection the server will not get.", float64(c.Unanswered))
}
