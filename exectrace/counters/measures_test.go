package counters

import (
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/eventstest"
)

// measure asks a trace for all that is computed of its events in one pass.
func measure(t testing.TB, f *exectrace.File) {
	t.Helper()
	s, _, err := NewSeries(f, 10)
	if err == nil && (len(s.Points) == 0 || len(s.Points) > 10) {
		t.Errorf("%d points", len(s.Points))
	}
	Summarize(f)
}

// TestMeasuresOfDamage cuts a trace, and changes bits of it.
func TestMeasuresOfDamage(t *testing.T) {
	for damaged := range eventstest.Damaged(record(t, "tasks", 1)) {
		if f, err := exectrace.FromBytes(damaged); err == nil {
			measure(t, f)
		}
	}
}

func FuzzMeasures(f *testing.F) {
	f.Add(record(f, "gc", 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := exectrace.FromBytes(b); err == nil {
			measure(t, file)
		}
	})
}
