package store

import (
	"reflect"
	"testing"
	"time"
)

// TestLenientTraceIDs states what Zipkin answers with STRICT_TRACE_ID=false.
func TestLenientTraceIDs(t *testing.T) {
	s := New(Config{LenientTraceIDs: true})
	s.Add([]Span{
		{TraceID: TraceID{0xaa, 1}, ID: 1, Timestamp: t0, Local: Endpoint{ServiceName: "front"}},
		{TraceID: TraceID{0, 1}, ID: 2, Timestamp: t0, Tags: []Tag{{"k", "v"}}},
		{TraceID: TraceID{0, 2}, ID: 3, Timestamp: t0 + 1e6},
		{TraceID: TraceID{0xbb, 1}, ID: 4},
	})
	all := []SpanID{1, 2, 4}
	for _, high := range []uint64{0, 0xaa, 0xbb, 0xcc} {
		if got, ok := s.Trace(TraceID{high, 1}); !ok || !reflect.DeepEqual(ids(got), all) {
			t.Errorf("Trace of high half %x: %v, %v; want %v", high, ids(got), ok, all)
		}
	}
	if got, ok := s.Trace(TraceID{0xaa, 3}); ok {
		t.Errorf("a trace that is not there: %v", got)
	}
	for _, c := range []struct {
		name string
		got  [][]Span
		want [][]SpanID
	}{
		{"a missing trace is empty", s.TraceMany([]TraceID{{0, 3}, {0, 1}}), [][]SpanID{nil, all}},
		{"ids of one trace", s.TraceMany([]TraceID{{0, 1}, {0xcc, 1}, {0, 2}}), [][]SpanID{all, {3}}},
		{"a search", s.Traces(Query{EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), [][]SpanID{{3}, all}},
		{"the tag of another id", s.Traces(Query{AnnotationQuery: "k=v", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), [][]SpanID{all}},
		{"a trace that answers by parts", s.Traces(Query{ServiceName: "front", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), [][]SpanID{all}},
		{"the tag of another service", s.Traces(Query{ServiceName: "front", AnnotationQuery: "k", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), nil},
		{"one by limit", s.Traces(Query{EndTs: at(0), Lookback: time.Hour, Limit: 1}), [][]SpanID{all}},
	} {
		var got [][]SpanID
		for _, spans := range c.got {
			if spans == nil {
				t.Errorf("%s: a trace is nil, want it empty", c.name)
			}
			got = append(got, ids(spans))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
