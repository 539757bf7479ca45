package flight

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
)

// keepTaking has every service take snapshots all the time, and counts them. It
// ends when stop is called.
func (s *stack) keepTaking(taken *int) (stop func()) {
	done := make(chan struct{})
	var mu sync.Mutex
	var all sync.WaitGroup
	for service := range s.services {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				s.ask(s.debug(service, "/debug/flight"))
				mu.Lock()
				*taken++
				mu.Unlock()
			}
		})
	}
	return func() { close(done); all.Wait() }
}

// window is how long what a recorder recorded is there.
const window = 10 * time.Second

// TestDebugPort asks a service under load for all kinds of traces at once.
func TestDebugPort(t *testing.T) {
	s := up(t)
	gateway := s.services["gateway"]
	if !gateway.Recorder {
		t.Error("the server does not know that the gateway records")
	}
	var all sync.WaitGroup
	began := time.Now()
	all.Go(func() { s.visits(200, 80, 1) })
	for _, path := range []string{"/debug/pprof/trace?seconds=1", "/debug/pprof/profile?seconds=2", "/debug/flight", "/debug/flight"} {
		all.Go(func() {
			status, header, body := s.ask(s.debug("gateway", path))
			if status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, body)
				return
			}
			if strings.Contains(path, "profile") {
				return
			}
			if x := read(t, body); x == nil || x.Duration() <= 0 {
				t.Errorf("%s: nothing is in it", path)
			}
			if want := `attachment; filename=gateway-` + gateway.Instance + `.trace`; strings.HasSuffix(path, "flight") && header.Get("Content-Disposition") != want {
				t.Errorf("%s is %s; want %s", path, header.Get("Content-Disposition"), want)
			}
		})
	}
	all.Wait()
	// The profile, of which there is a second, ended before this one.
	x, samples := read(t, s.get(s.debug("gateway", "/debug/flight"))), 0
	for range x.Samples() {
		samples++
	}
	spans := 0
	for range x.Spans() {
		spans++
	}
	t.Logf("in %s: %d spans, %d samples of the CPU profile", x.Duration(), spans, samples)
	want := 800
	if time.Since(began) > window/2 { // the first may be gone
		want = 1
	}
	if spans < want || samples == 0 || !x.KnowsCPU() {
		t.Errorf("%d spans, %d samples of the CPU profile, the kernel's times %v", spans, samples, x.KnowsCPU())
	}
	metrics := string(s.get(gateway.URL + "/metrics"))
	for _, want := range []string{"tracelab_flight_recorder_enabled 1\n", `tracelab_flight_recorder_snapshots_total{reason="read"} `, "tracelab_flight_recorder_snapshot_seconds_total "} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
	if strings.Contains(metrics, "tracelab_flight_recorder_snapshot_seconds_total 0\n") { // how many they are is the machine's matter
		t.Error("snapshots took no time")
	}
}

// TestWithoutARecorder has the switch off.
func TestWithoutARecorder(t *testing.T) {
	s := up(t, "TRACELAB_FLIGHT=false")
	status, header, body := s.ask(s.debug("writer", "/debug/flight"))
	if status != http.StatusServiceUnavailable || header.Get("Content-Type") != "application/problem+json" || !strings.Contains(string(body), "does not run") {
		t.Errorf("/debug/flight: %d %s", status, body)
	}
	if s.services["writer"].Recorder || !strings.Contains(string(s.get(s.services["writer"].URL+"/metrics")), "tracelab_flight_recorder_enabled 0\n") {
		t.Error("it is said to record")
	}
}

func read(t *testing.T, body []byte) *exectrace.Trace {
	file, err := exectrace.FromBytes(body)
	if err != nil {
		t.Error(err)
		return nil
	}
	x, err := exectrace.Read(file)
	if err != nil {
		t.Error(err)
		return nil
	}
	return x
}
