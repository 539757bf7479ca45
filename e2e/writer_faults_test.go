package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/costs"
)

// costs is what the log of a service says of a trace.
func (s *stack) costs(service, id string) []costs.Cost {
	s.t.Helper()
	_, _, body := do(s.t, "GET", "http://"+s.process(service, 0).DebugAddr+"/debug/faults?trace="+id)
	var costLog struct{ Costs []costs.Cost }
	if err := json.Unmarshal(body, &costLog); err != nil {
		s.t.Fatalf("%v: %s", err, body)
	}
	return costLog.Costs
}

// TestTheWritersFaults asks for each through the front door, and looks for its
// mark in the trace.
func TestTheWritersFaults(t *testing.T) {
	t.Parallel()
	s := up(t)
	s.ask("GET", "/visit")
	for _, test := range []struct {
		fault, operation string
		status, spans    int
		adds             time.Duration
	}{
		{"lock-contention;ms=80", "rediswrite", 200, 10, 80 * time.Millisecond},
		{"slow-disk;ms=80", "rediswrite", 200, 10, 80 * time.Millisecond},
		{"pool-exhaustion;ms=80", "set", 200, 10, 80 * time.Millisecond},
		{"n-plus-one;n=20", "rediswrite", 200, 30, 0},
		{"failing-dependency", "set", 503, 10, 0},
	} {
		var a answer
		var spans []span
		var sp span
		var err error
		for range 3 { // what waits for a fault that has begun waits less, and a busy machine lets it come late
			var status int
			if status, a = s.ask("GET", "/visit", "Fault", "writer="+test.fault); status != test.status {
				t.Errorf("%s: %d %+v; want %d", test.fault, status, a, test.status)
			}
			spans = s.trace(s.ui, a.TraceID, test.spans)
			if sp, err = find(spans, test.operation); time.Duration(sp.Duration)*time.Microsecond >= test.adds*9/10 {
				break
			}
		}
		if err != nil || len(spans) != test.spans || time.Duration(sp.Duration)*time.Microsecond < test.adds*9/10 {
			t.Errorf("%s: %d spans, %v of %d µs (%v)", test.fault, len(spans), sp, sp.Duration, err)
		}
		if failed := sp.Tags["error"] != ""; failed != (test.status != 200) {
			t.Errorf("%s: %v", test.fault, sp)
		}
		name, _, _ := strings.Cut(test.fault, ";")
		costs := s.costs("writer", a.TraceID)
		if len(costs) != 1 || costs[0].Fault != name || time.Duration(costs[0].Took)*time.Microsecond < test.adds {
			t.Errorf("%s: the log says %+v", test.fault, costs)
		}
		if told := fmt.Sprint(spans); strings.Contains(told, name) {
			t.Errorf("%s: the trace tells: %s", test.fault, told)
		}
	}
}

// TestDroppedSpansAreMissing has the writer's spans of one visit missing, and
// counted.
func TestDroppedSpansAreMissing(t *testing.T) {
	t.Parallel()
	s := up(t)
	_, lost := s.ask("GET", "/visit", "Fault", "writer=dropped-spans")
	_, whole := s.ask("GET", "/visit")
	s.trace(s.ui, whole.TraceID, 10) // the spans of the visit before came earlier
	spans := s.trace(s.ui, lost.TraceID, 7)
	if len(spans) != 7 || slices.ContainsFunc(spans, func(sp span) bool { return sp.LocalEndpoint.ServiceName == "writer" }) {
		t.Errorf("%d spans: %v", len(spans), spans)
	}
	_, _, metrics := do(t, "GET", s.process("writer", 0).URL+"/metrics")
	if want := `tracelab_spans_dropped_total{reason="queue_full"} 3`; !strings.Contains(string(metrics), want) {
		t.Errorf("no %s in\n%s", want, metrics)
	}
}

// TestASlowQueue sees the time between PRODUCER and CONSUMER, and what the
// baggage of a queued visit asks of its later steps.
func TestASlowQueue(t *testing.T) {
	t.Parallel()
	s := up(t)
	_, a := s.ask("POST", "/visits", "Fault", "writer=slow-queue;ms=600,writer=lock-contention;ms=50")
	spans := s.trace(s.ui, a.TraceID, 14)
	consumer, err := find(spans, "process visits")
	if err != nil {
		t.Fatal(err)
	}
	producer, err := find(spans, "publish visits")
	if err != nil {
		t.Fatal(err)
	}
	waited, _ := strconv.Atoi(consumer.Tags["messaging.queue_ms"])
	between := time.Duration(consumer.Timestamp-producer.Timestamp) * time.Microsecond
	least := 600*time.Millisecond - time.Microsecond // both are rounded: by half of one at most
	if waited < 600 || waited > 5000 || between < least || consumer.ParentID != producer.ID {
		t.Errorf("queue_ms is %d, and %s pass between them", waited, between)
	}
	costs := s.costs("writer", a.TraceID)
	if len(costs) != 2 || costs[0].Fault != "slow-queue" || costs[0].Took < 600_000 || costs[1].Fault != "lock-contention" {
		t.Errorf("the log says %+v", costs)
	}
}
