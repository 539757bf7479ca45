package mmu

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/workload"
)

// TestNoMarkingIsMissed compares what mark workers and assists took by the
// trace, but for the stops of the world that they make, with what the runtime
// says of itself. It counts marking only; in the trace there is also the time in
// which the end of a cycle waits for the other processors, and that can be as
// long again. The rules of go tool trace find a tenth of it.
func TestNoMarkingIsMissed(t *testing.T) {
	runtime.GC()
	before := markTime()
	f, err := exectrace.FromBytes(record(t, "gc", 4))
	if err != nil {
		t.Fatal(err)
	}
	want := markTime() - before // the workload ends with a collection, which brings them up to date
	ours := collecting(t, f, GCStopTheWorld|GCBackground|GCAssist) - collecting(t, f, GCStopTheWorld)
	if ours < want*8/10 {
		t.Errorf("%v by the trace, %v by the runtime", ours, want)
	}
	t.Logf("%v by the trace, %v by the runtime", ours, want)
}

// collecting is the time of processors that the work took.
func collecting(t *testing.T, f *exectrace.File, work GCWork) time.Duration {
	t.Helper()
	u, _, err := Of(f, Options{Work: work})
	if err != nil {
		t.Fatal(err)
	}
	from, to := u.Span()
	all := to.Sub(from)
	return time.Duration((1 - u.MMU(all)) * float64(all) * float64(runtime.GOMAXPROCS(0)))
}

func markTime() time.Duration {
	samples := []metrics.Sample{
		{Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"}, // with fractional
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
	}
	metrics.Read(samples)
	seconds := 0.0
	for _, s := range samples {
		seconds += s.Value.Float64()
	}
	return time.Duration(seconds * float64(time.Second))
}

func record(t testing.TB, kind string, size int) []byte {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
