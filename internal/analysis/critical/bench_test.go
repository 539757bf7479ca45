package critical_test

import (
	"testing"
	"time"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/zipkin"
)

// BenchmarkOf prints the processor's time, which other programs on the machine do not
// lengthen, of 10,000 spans in any shape and of a usual trace, of which a comparison has
// tens of thousands.
func BenchmarkOf(b *testing.B) {
	for name, spans := range map[string][]zipkin.Span{
		"row": row(10_000), "deep": deep(10_000), "wide": wide(10_000), "random": randomTree(10_000), "20": randomTree(19),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			began := testbed.CPUTime()
			for b.Loop() {
				critical.Of(spans, critical.Options{})
			}
			b.ReportMetric(float64((testbed.CPUTime()-began)/time.Microsecond)/float64(b.N), "cpu-µs/op")
		})
	}
}
