package overhead

import "testing"

// BenchmarkHandler is the handler's part alone: a recorder instead of a
// connection. A closed loop outruns what sends the spans, most of which are
// dropped; what a request costs with all of them delivered is TestCost's.
func BenchmarkHandler(b *testing.B) {
	m := newMachine(b)
	for _, variant := range []string{"none", "ours", "ours, never", openCensus, openTelemetry, zipkinsLibrary} {
		p := start(b, m.program, variant, "http://"+m.collector.addr+"/api/v2/spans")
		b.Run(variant, func(b *testing.B) {
			b.ReportAllocs()
			before := p.do(command{Do: "begin"})
			after := p.do(command{Do: "serve", Times: b.N})
			n := float64(b.N)
			b.ReportMetric(float64((after.Wall-before.Wall).Nanoseconds())/n, "ns/op")
			b.ReportMetric(float64((after.CPU-before.CPU).Nanoseconds())/n, "cpu-ns/op")
			b.ReportMetric(float64(after.Allocs-before.Allocs)/n, "allocs/op")
			b.ReportMetric(float64(after.Bytes-before.Bytes)/n, "B/op")
		})
		p.stop()
	}
}
