package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// TestEdgesOfSpansAreThoseOfTheStore: whoever has the spans of all traces of a window
// alone, as of another Zipkin, finds what the store does, and what Dependencies counts.
func TestEdgesOfSpansAreThoseOfTheStore(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	kinds := []zipkin.Kind{zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer, ""}
	timed := 0
	for round := range 2000 {
		s := New(Config{})
		var all [][]zipkin.Span
		for n := range 5 {
			trace := traceLike(r, kinds, all)
			for i := range trace {
				trace[i].TraceID, trace[i].Duration = traceID(0, uint64(n+1)), int64(r.IntN(3))
			}
			all = append(all, trace)
			s.Add(trace)
		}
		var ofSpans zipkin.Edges
		for n := range all {
			if spans, ok := s.Trace(traceID(0, uint64(n+1))); ok {
				ofSpans.Add(spans)
			}
		}
		got, want := edgeTexts(ofSpans.List()), edgeTexts(s.Edges(at(9000), math.MaxInt64))
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: of spans %+v, of the store %+v\n%+v", round, got, want, all)
		}
		links := text(s.Dependencies(at(9000), time.Hour))
		var counted []zipkin.Link
		for _, e := range s.Edges(at(9000), time.Hour) {
			counted = append(counted, e.Link)
			timed += len(e.Durations)
		}
		if !slices.Equal(text(counted), links) {
			t.Fatalf("round %d: %q with durations, %q without", round, text(counted), links)
		}
	}
	if timed < 2000 {
		t.Errorf("%d calls have a duration: too few to learn from", timed)
	}
}

// edgeTexts writes edges with their durations sorted, which have no order.
func edgeTexts(edges []zipkin.Edge) (list []string) {
	for _, e := range edges {
		e.Durations = slices.Sorted(slices.Values(e.Durations))
		list = append(list, fmt.Sprintf("%+v", e))
	}
	return list
}

// BenchmarkEdges is BenchmarkDependencies with durations.
func BenchmarkEdges(b *testing.B) {
	s := filled(b, 10_000)
	measure(b, func() { s.Edges(endOfLoad, 24*time.Hour) })
}
