//go:build unix

package store

import (
	"flag"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

var benchSpans = flag.Int("spans", 100_000, "spans in the stores of BenchmarkDataSets")

// sortByKey brings tags into the order that zipkin.Span describes.
func sortByKey(tags []zipkin.Tag) {
	slices.SortFunc(tags, func(a, b zipkin.Tag) int { return strings.Compare(a.Key, b.Key) })
}

// BenchmarkDataSets asks the questions that are hard: of each data set, of which all is
// stored.
func BenchmarkDataSets(b *testing.B) {
	for _, set := range dataSets {
		b.Run(set.name, func(b *testing.B) {
			before := heap()
			s := New(Config{MaxSpans: *benchSpans, MaxBytes: math.MaxInt64})
			next := set.make(*benchSpans)
			var some []zipkin.Span
			for s.Stats().Spans+len(some) < *benchSpans {
				some = next()
				s.Add(some)
			}
			after := heap()
			b.Run("heap", func(b *testing.B) {
				b.ReportMetric(float64(after-before)/float64(s.Stats().Spans), "B/span")
				b.ReportMetric(float64(s.Stats().Bytes)/float64(s.Stats().Spans), "estimated-B/span")
				b.ReportMetric(0, "ns/op")
			})
			askAll(b, s, some)
			runtime.KeepAlive(s)
			b.Run("heap after", func(b *testing.B) {
				b.ReportMetric(float64(heap()-before)/float64(s.Stats().Spans), "B/span")
				b.ReportMetric(float64(s.Stats().Bytes)/float64(s.Stats().Spans), "estimated-B/span")
				b.ReportMetric(0, "ns/op")
			})
			runtime.KeepAlive(s)
		})
	}
}

func askAll(b *testing.B, s *Store, some []zipkin.Span) {
	service := some[0].Local.ServiceName
	for _, c := range []struct {
		name string
		q    zipkin.Query
	}{
		{"limit 10", zipkin.Query{Limit: 10}},
		{"service, limit 10", zipkin.Query{ServiceName: service, Limit: 10}},
		{"limit 1000", zipkin.Query{Limit: 1000}},
		{"no such tag", zipkin.Query{AnnotationQuery: "none=such", Limit: 10}},
		{"no such value", zipkin.Query{AnnotationQuery: some[1].Tags[0].Key + "=such", Limit: 10}},
		{"no such annotation", zipkin.Query{AnnotationQuery: "such", Limit: 10}},
		{"no such name", zipkin.Query{ServiceName: service, SpanName: "such", Limit: 10}},
		{"too long", zipkin.Query{MinDuration: time.Hour, Limit: 10}},
	} {
		c.q.EndTs, c.q.Lookback = endOfTrees, 24*time.Hour
		b.Run(c.name, func(b *testing.B) { s.Traces(c.q); measure(b, func() { s.Traces(c.q) }) })
	}
	b.Run("dependencies", func(b *testing.B) {
		s.Dependencies(endOfTrees, 24*time.Hour)
		measure(b, func() { s.Dependencies(endOfTrees, 24*time.Hour) })
	})
	b.Run("trace", func(b *testing.B) { measure(b, func() { s.Trace(some[0].TraceID) }) })
}
