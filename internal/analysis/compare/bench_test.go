package compare_test

import (
	"math/rand/v2"
	"testing"

	"example.com/tracelab/internal/analysis/compare"
)

// BenchmarkSets compares sets of traces of some 20 spans, in turns. Processor time is in
// cpu-ms/op of make bench's -cpu 1.
func BenchmarkSets(b *testing.B) {
	for name, n := range map[string]int{"500+500": 500, "20000+20000": 20_000} {
		b.Run(name, func(b *testing.B) {
			w := workshop()
			r := rand.New(rand.NewPCG(1, 2))
			x, y := w.traces(r, n, epoch, nil), w.traces(r, n, epoch+5000, &fault{kind: double, of: w.operation("get")})
			spans := 0
			for _, t := range x {
				spans += len(t)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				if _, err := compare.Sets(b.Context(), set("A", x), set("B", y), compare.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(spans)/float64(n), "spans/trace")
		})
	}
}
