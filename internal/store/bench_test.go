//go:build unix

package store

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/zipkin"
)

// measure runs op b.N times and reports the CPU time of one.
func measure(b *testing.B, op func()) {
	b.Helper()
	b.ReportAllocs()
	runtime.GC()
	start := testbed.CPUTime()
	for b.Loop() {
		op()
	}
	b.ReportMetric(float64((testbed.CPUTime()-start).Microseconds())/float64(b.N), "cpu-µs/op")
}

func BenchmarkAdd(b *testing.B) {
	traces := load(50_000)
	s := New(Config{MaxSpans: 100_000})
	next := 0
	measure(b, func() { // a batch of ten traces, a hundred spans
		for range 10 {
			s.Add(traces[next])
			next = (next + 1) % len(traces)
		}
	})
}

func BenchmarkTraces(b *testing.B) {
	s := filled(b, 10_000)
	for name, q := range map[string]zipkin.Query{
		"service":  {ServiceName: "orders", Limit: 10},
		"any":      {Limit: 10},
		"limit100": {ServiceName: "orders", Limit: 100},
		"error":    {ServiceName: "users", AnnotationQuery: "error", Limit: 10},
		"nothing":  {ServiceName: "orders", AnnotationQuery: "none=such", Limit: 10},
	} {
		q.EndTs, q.Lookback = endOfLoad, 24*time.Hour
		b.Run(name, func(b *testing.B) { measure(b, func() { s.Traces(q) }) })
	}
}

func BenchmarkTrace(b *testing.B) {
	s := filled(b, 10_000)
	id := load(1)[0][0].TraceID
	measure(b, func() { s.Trace(id) })
}

func BenchmarkDependencies(b *testing.B) {
	s := filled(b, 10_000)
	measure(b, func() { s.Dependencies(endOfLoad, 24*time.Hour) })
}

// BenchmarkHeap reports what 100,000 spans take on the heap, and the store's
// own estimate of it.
func BenchmarkHeap(b *testing.B) {
	for b.Loop() {
		traces := load(10_000)
		before := heap()
		s := New(Config{})
		for _, spans := range traces {
			s.Add(spans)
		}
		after := heap()
		b.ReportMetric(float64(after-before)/1e5, "B/span")
		b.ReportMetric(float64(s.Stats().Bytes)/1e5, "estimated-B/span")
		runtime.KeepAlive(s)
		runtime.KeepAlive(traces)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkLinks builds the tree of every trace, as Dependencies does of each
// whose form is new.
func BenchmarkLinks(b *testing.B) {
	s := filled(b, 10_000)
	var traces [][]record
	w := s.walk(windowOf(endOfLoad, 24*time.Hour), "", math.MaxInt)
	for chunk := w.next(); chunk != nil; chunk = w.next() {
		for _, c := range chunk {
			traces = append(traces, c.recs)
		}
	}
	l := linker{calls: new(zipkin.Edges)}
	measure(b, func() {
		for _, recs := range traces {
			l.addTree(recs)
		}
	})
}

// BenchmarkSummaries summarizes 100,000 traces: of spans that no summary was made of
// yet, and again.
func BenchmarkSummaries(b *testing.B) {
	s := New(Config{MaxSpans: 1_000_000, MaxBytes: math.MaxInt64})
	for _, spans := range load(100_000) {
		s.Add(spans)
	}
	q := zipkin.Query{EndTs: endOfLoad, Lookback: 24 * time.Hour}
	all := func() {
		n := 0
		for range s.Summaries(q) {
			n++
		}
		if n != 100_000 {
			b.Fatalf("%d summaries", n)
		}
	}
	b.Run("first", func(b *testing.B) {
		measure(b, func() {
			for _, t := range s.ages {
				t.t.digest.Store(nil)
			}
			all()
		})
	})
	b.Run("again", func(b *testing.B) { measure(b, all) })
	q.ServiceName, q.AnnotationQuery = "users", "error"
	b.Run("error", func(b *testing.B) { measure(b, func() { _ = slices.Collect(s.Summaries(q)) }) })
}
