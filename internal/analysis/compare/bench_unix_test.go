//go:build unix

package compare_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/zipkin"
)

// BenchmarkSets compares sets of traces of some 20 spans, which are made while they are
// read. What making them takes is measured before, and subtracted.
func BenchmarkSets(b *testing.B) {
	w := workshop()
	slower := &fault{kind: double, of: w.operation("get")}
	for name, n := range map[string]int{"500+500": 500, "20000+20000": 20_000} {
		b.Run(name, func(b *testing.B) {
			before := cpu(b)
			for range w.streamed(1, n, nil) {
			}
			for range w.streamed(2, n, slower) {
			}
			made := cpu(b) - before
			before = cpu(b)
			for b.Loop() {
				x := compare.Set{Label: "A", Traces: w.streamed(1, n, nil)}
				y := compare.Set{Label: "B", Traces: w.streamed(2, n, slower)}
				if _, err := compare.Sets(b.Context(), x, y, compare.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric((cpu(b)-before).Seconds()/float64(b.N)-made.Seconds(), "cpu-s/op")
			b.ReportMetric(float64(m.HeapSys)/1e6, "heap-MB")
		})
	}
}

// streamed makes traces one at a time.
func (w *world) streamed(seed uint64, n int, f *fault) func(func([]zipkin.Span) bool) {
	return func(yield func([]zipkin.Span) bool) {
		r := rand.New(rand.NewPCG(seed, 3))
		for i := range n {
			if !yield(w.traces(r, 1, epoch+int64(i)*10_000, f)[0]) {
				return
			}
		}
	}
}
