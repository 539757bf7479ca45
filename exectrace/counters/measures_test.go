package counters

import (
	"math/rand/v2"
	"testing"

	"example.com/tracelab/exectrace"
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
	const headerSize = 16
	b := record(t, "tasks", 1)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		cut := append([]byte(nil), b[:len(b)*i/20]...)
		flipped := append([]byte(nil), b...)
		for range 1 + i/5 {
			flipped[headerSize+r.IntN(len(b)-headerSize)] ^= 1 << r.IntN(8)
		}
		for _, damaged := range [][]byte{cut, flipped} {
			if f, err := exectrace.FromBytes(damaged); err == nil {
				measure(t, f)
			}
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
