package costs

import (
	"strings"
	"testing"
	"time"

	"go.opencensus.io/trace"
)

// TestWhatAFaultCostsIsLogged measures in the context of a span, which has the
// trace id.
func TestWhatAFaultCostsIsLogged(t *testing.T) {
	var log Log
	m := &Meter{Fault: "lock-contention", Log: &log}
	ctx, span := trace.StartSpan(t.Context(), "redisWrite")
	began := time.Now()
	end := m.Measure(ctx)
	for working := time.Now(); time.Since(working) < time.Millisecond; {
	}
	end()
	m.Record(ctx, time.UnixMicro(5), 7*time.Microsecond)
	m.Record(t.Context(), time.UnixMicro(6), 0)
	id := span.SpanContext().TraceID.String()
	all := log.Of(id)
	if log.Total() != 3 || len(all) != 2 || len(log.Of("")) != 1 {
		t.Fatalf("%d costs, of the trace %+v", log.Total(), all)
	}
	if first := all[0]; first.Fault != "lock-contention" || first.Took < 1000 || first.Took > time.Since(began).Microseconds() || first.Began < began.UnixMicro() {
		t.Errorf("measured: %+v", first)
	}
	if want := (Cost{id, "lock-contention", 5, 7}); all[1] != want {
		t.Errorf("recorded: %+v, want %+v", all[1], want)
	}
	for _, other := range []string{"other", id[:16], id + "00", strings.Repeat("f", 32)} {
		if all := log.Of(other); all != nil {
			t.Errorf("of the trace %q: %+v", other, all)
		}
	}
}

func TestTheLogIsBounded(t *testing.T) {
	var log Log
	m := &Meter{Log: &log}
	for i := range maxCosts + 10 {
		m.Record(t.Context(), time.Now(), time.Duration(i)*time.Microsecond)
	}
	all := log.Of("")
	if len(all) != maxCosts || all[0].Took != 10 || all[maxCosts-1].Took != maxCosts+9 || log.Total() != maxCosts+10 {
		t.Errorf("%d costs from %d, %d in all", len(all), all[0].Took, log.Total())
	}
}
