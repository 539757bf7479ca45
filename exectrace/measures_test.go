package exectrace

import (
	"math/rand/v2"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
)

// measure asks a trace for all that is computed of its events in one pass.
func measure(t testing.TB, f *File) {
	t.Helper()
	s, _, err := f.CounterSeries(10)
	if err == nil && (len(s.Points) == 0 || len(s.Points) > 10) {
		t.Errorf("%d points", len(s.Points))
	}
	f.Summary()
}

// TestMeasuresOfDamage cuts a trace, and changes bits of it.
func TestMeasuresOfDamage(t *testing.T) {
	b := record(t, "tasks", 1)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		cut := append([]byte(nil), b[:len(b)*i/20]...)
		flipped := append([]byte(nil), b...)
		for range 1 + i/5 {
			flipped[container.HeaderSize+r.IntN(len(b)-container.HeaderSize)] ^= 1 << r.IntN(8)
		}
		for _, damaged := range [][]byte{cut, flipped} {
			if f, err := FromBytes(damaged); err == nil {
				measure(t, f)
			}
		}
	}
}

func FuzzMeasures(f *testing.F) {
	addTraces(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := FromBytes(b); err == nil {
			measure(t, file)
		}
	})
}
