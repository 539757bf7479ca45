package status_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/status"
)

const page = `# HELP go_gomaxprocs GOMAXPROCS
# TYPE go_gomaxprocs gauge
go_gomaxprocs 4
go_goroutines 31
process_resident_memory_bytes 20971520
process_cpu_seconds_total 1.5
tracelab_spans_sampled_total 12
tracelab_spans_not_sampled_total 3
tracelab_spans_open 1
tracelab_spans_queued 2
tracelab_spans_delivered_total 4
tracelab_spans_dropped_total{reason="queue_full"} 5
tracelab_spans_dropped_total{reason="invalid"} 0
tracelab_flight_recorder_enabled 1
tracelab_flight_recorder_window_seconds 10
tracelab_flight_recorder_max_bytes 16777216
tracelab_flight_recorder_snapshots_delivered_total 6
tracelab_flight_recorder_snapshots_queued 1
tracelab_flight_recorder_snapshots_dropped_total{reason="undelivered"} 7
tracelab_flight_recorder_snapshot_bytes_total 99
tracelab_queue_limit 10000
tracelab_queue_waiting 8
`

var told = labapi.ProcessStatus{
	Instance: "A", GOMAXPROCS: 4, Goroutines: 31, ResidentBytes: 20 << 20, CPUSeconds: 1.5,
	Spans:    labapi.SpanStatus{Sampled: 12, NotSampled: 3, Open: 1, Queued: 2, Delivered: 4, Dropped: map[string]uint64{"queue_full": 5}},
	Recorder: &labapi.RecorderStatus{WindowSeconds: 10, MaxBytes: 16 << 20, Delivered: 6, Queued: 1, Dropped: map[string]uint64{"undelivered": 7}, Bytes: 99},
	Queue:    &labapi.QueueStatus{Waiting: 8, Most: 10000},
}

// process answers with a page of metrics and a readiness, and counts the questions.
func process(t *testing.T, metrics, ready string) (control.Process, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if metrics == "" {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, metrics)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if ready != "" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		io.WriteString(w, ready)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return control.Process{Registration: control.Registration{Service: "writer", Instance: "A"}, URL: srv.URL}, &asked
}

func TestAProcessSaysHowItIs(t *testing.T) {
	for name, c := range map[string]struct {
		metrics, ready string
		want           labapi.ProcessStatus
	}{
		"ready":           {page, "", told},
		"not ready":       {page, `{"status":"not ready","checks":{"redis":"no answer","queue":"ok"}}`, func() labapi.ProcessStatus { s := told; s.Problem = "not ready; redis: no answer"; return s }()},
		"another program": {"", "", labapi.ProcessStatus{Instance: "A", Problem: "its /metrics answered 404"}},
		"no recorder and no queue": {"tracelab_flight_recorder_enabled 0\ntracelab_queue_limit 5\n", "",
			labapi.ProcessStatus{Instance: "A", Spans: labapi.SpanStatus{Dropped: map[string]uint64{}}}},
		"nonsense": {"x\n \ngo_goroutines many\ngo_gomaxprocs -1\ntracelab_spans_open -3\n", "",
			labapi.ProcessStatus{Instance: "A", GOMAXPROCS: -1, Spans: labapi.SpanStatus{Dropped: map[string]uint64{}}}},
	} {
		p, _ := process(t, c.metrics, c.ready)
		_, all := status.New(func() []control.Process { return []control.Process{p} }).All(t.Context())
		if !reflect.DeepEqual(all, []labapi.ProcessStatus{c.want}) {
			t.Errorf("%s: %+v, want %+v", name, all, c.want)
		}
	}
}

func TestAProcessThatIsGone(t *testing.T) {
	p := control.Process{Registration: control.Registration{Instance: "A"}, URL: "http://127.0.0.1:1"}
	_, all := status.New(func() []control.Process { return []control.Process{p} }).All(t.Context())
	if len(all) != 1 || !strings.HasPrefix(all[0].Problem, "it is connected to the server, but cannot be reached") {
		t.Errorf("%+v", all)
	}
}

// TestManyWhoLook cost a process what one does, and one that comes is asked at once.
func TestManyWhoLook(t *testing.T) {
	p, asked := process(t, page, "")
	late, askedLate := process(t, page, "")
	late.Instance = "B"
	processes := []control.Process{p}
	a := status.New(func() []control.Process { return processes })
	gone, cancel := context.WithCancel(t.Context())
	cancel() // one who has left is no reason to tell the others nothing
	if _, all := a.All(gone); all[0].Problem != "" {
		t.Errorf("asked by one who has left: %+v", all)
	}
	for range 30 {
		a.All(t.Context())
	}
	before := asked.Load()
	processes = append(processes, late)
	_, all := a.All(t.Context())
	if before > 2 || askedLate.Load() != 1 || len(all) != 2 || all[1].Instance != "B" {
		t.Errorf("asked %d times by 31 in a row, the late one %d times: %+v", before, askedLate.Load(), all)
	}
}
