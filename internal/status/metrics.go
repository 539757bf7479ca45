package status

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
)

// samples are the values of a page of metrics, by name and labels as the page spells
// them.
type samples map[string]float64

func samplesOf(page []byte) samples {
	all := samples{}
	lines := bufio.NewScanner(bytes.NewReader(page))
	for lines.Scan() {
		line := lines.Text()
		at := strings.LastIndexByte(line, ' ') // a label may have spaces
		if at < 0 || line[0] == '#' {
			continue
		}
		if v, err := strconv.ParseFloat(line[at+1:], 64); err == nil {
			all[line[:at]] = v
		}
	}
	return all
}

// count is a sample that is a whole number.
func (all samples) count(name string) uint64 { return uint64(max(0, all[name])) }

// by are the samples of a family that are not zero, by the one label that it has.
func (all samples) by(family, label string) map[string]uint64 {
	counts := map[string]uint64{}
	before := family + "{" + label + `="`
	for name, v := range all {
		if reason, ok := strings.CutPrefix(name, before); ok && v > 0 {
			counts[strings.TrimSuffix(reason, `"}`)] = uint64(v)
		}
	}
	return counts
}

// read takes what a process says of itself from its metrics.
func read(all samples, s *labapi.ProcessStatus) {
	s.GOMAXPROCS, s.Goroutines = int(all["go_gomaxprocs"]), int(all["go_goroutines"])
	s.ResidentBytes, s.CPUSeconds = int64(all["process_resident_memory_bytes"]), all["process_cpu_seconds_total"]
	s.Spans = labapi.SpanStatus{
		Sampled: all.count("tracelab_spans_sampled_total"), NotSampled: all.count("tracelab_spans_not_sampled_total"),
		Open: all.count("tracelab_spans_open"), Queued: all.count("tracelab_spans_queued"),
		Delivered: all.count("tracelab_spans_delivered_total"), Dropped: all.by("tracelab_spans_dropped_total", "reason"),
	}
	if all["tracelab_flight_recorder_enabled"] > 0 {
		s.Recorder = &labapi.RecorderStatus{
			WindowSeconds: all["tracelab_flight_recorder_window_seconds"], MaxBytes: int64(all["tracelab_flight_recorder_max_bytes"]),
			Delivered: all.count("tracelab_flight_recorder_snapshots_delivered_total"), Queued: all.count("tracelab_flight_recorder_snapshots_queued"),
			Dropped: all.by("tracelab_flight_recorder_snapshots_dropped_total", "reason"), Bytes: all.count("tracelab_flight_recorder_snapshot_bytes_total"),
		}
	}
	if waiting, known := all["tracelab_queue_waiting"]; known {
		s.Queue = &labapi.QueueStatus{Waiting: int64(waiting), Most: int64(all["tracelab_queue_limit"])}
	}
}
