package store

import (
	"reflect"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// TestLenientTraceIDs states what Zipkin answers with STRICT_TRACE_ID=false.
func TestLenientTraceIDs(t *testing.T) {
	s := New(Config{LenientTraceIDs: true})
	s.Add([]zipkin.Span{
		{TraceID: traceID(0xaa, 1), ID: 1, Timestamp: t0, Local: zipkin.Endpoint{ServiceName: "front"}},
		{TraceID: traceID(0, 1), ID: 2, Timestamp: t0, Tags: []zipkin.Tag{tag("k", "v")}},
		{TraceID: traceID(0, 2), ID: 3, Timestamp: t0 + 1e6},
		{TraceID: traceID(0xbb, 1), ID: 4},
	})
	all := []zipkin.SpanID{1, 2, 4}
	for _, high := range []uint64{0, 0xaa, 0xbb, 0xcc} {
		if got, ok := s.Trace(traceID(high, 1)); !ok || !reflect.DeepEqual(ids(got), all) {
			t.Errorf("Trace of high half %x: %v, %v; want %v", high, ids(got), ok, all)
		}
	}
	if got, ok := s.Trace(traceID(0xaa, 3)); ok {
		t.Errorf("a trace that is not there: %v", got)
	}
	for _, c := range []struct {
		name string
		got  [][]zipkin.Span
		want [][]zipkin.SpanID
	}{
		{"a missing trace is empty", s.TraceMany([]zipkin.TraceID{traceID(0, 3), traceID(0, 1)}), [][]zipkin.SpanID{nil, all}},
		{"ids of one trace", s.TraceMany([]zipkin.TraceID{traceID(0, 1), traceID(0xcc, 1), traceID(0, 2)}), [][]zipkin.SpanID{all, {3}}},
		{"a search", s.Traces(zipkin.Query{EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), [][]zipkin.SpanID{{3}, all}},
		{"the tag of another id", s.Traces(zipkin.Query{AnnotationQuery: "k=v", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), [][]zipkin.SpanID{all}},
		{"a trace that answers by parts", s.Traces(zipkin.Query{ServiceName: "front", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), [][]zipkin.SpanID{all}},
		{"the tag of another service", s.Traces(zipkin.Query{ServiceName: "front", AnnotationQuery: "k", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 9}), nil},
		{"one by limit", s.Traces(zipkin.Query{EndTs: at(0), Lookback: time.Hour, Limit: 1}), [][]zipkin.SpanID{all}},
	} {
		var got [][]zipkin.SpanID
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
