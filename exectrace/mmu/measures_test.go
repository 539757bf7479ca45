package mmu

import (
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/eventstest"
	"example.com/tracelab/internal/testbed/workload"
)

func measure(t testing.TB, f *exectrace.File) {
	t.Helper()
	for _, o := range []Options{{Work: all}, {Work: all, PerProc: true}, {Work: all, AsGoTool: true}, {Work: all, PerProc: true, AsGoTool: true}} {
		u, _, err := Of(f, o)
		if err != nil {
			continue
		}
		for _, window := range []time.Duration{1, time.Millisecond, 1 << 62} {
			if util := u.MMU(window); !(0 <= util && util <= 1) {
				t.Errorf("%+v: in %v there is %v", o, window, util)
			}
			u.Worst(window, 3)
			u.Quantiles(window, 0.01)
		}
	}
}

// TestMeasuresOfDamage cuts a trace, and changes bits of it.
func TestMeasuresOfDamage(t *testing.T) {
	for damaged := range eventstest.Damaged(record(t, "tasks", 1)) {
		if f, err := exectrace.FromBytes(damaged); err == nil {
			measure(t, f)
		}
	}
}

func FuzzUtilization(f *testing.F) {
	b, err := workload.Record("gc", 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := exectrace.FromBytes(b); err == nil {
			measure(t, file)
		}
	})
}
