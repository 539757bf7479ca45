package store

import (
	"reflect"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// ids lists the span ids of a trace.
func ids(spans []zipkin.Span) []zipkin.SpanID {
	var list []zipkin.SpanID
	for _, sp := range spans {
		list = append(list, sp.ID)
	}
	return list
}

func TestTraceListsMillisecondsByFirstArrival(t *testing.T) {
	s := New(Config{})
	id := traceID(0, 7)
	for _, sp := range []zipkin.Span{
		{TraceID: id, ID: 3, Timestamp: t0 + 3000},
		{TraceID: id, ID: 1, Timestamp: t0},
		{TraceID: id, ID: 4, Timestamp: t0 + 3999},
		{TraceID: id, ID: 2, Timestamp: t0 + 1},
	} {
		s.Add([]zipkin.Span{sp})
	}
	got, _ := s.Trace(id)
	if want := []zipkin.SpanID{3, 4, 1, 2}; !reflect.DeepEqual(ids(got), want) {
		t.Errorf("order %v, want %v", ids(got), want)
	}
	s.Add([]zipkin.Span{{TraceID: id, ID: 5, Timestamp: t0 + 3500}, {TraceID: id, ID: 6}})
	got, _ = s.Trace(id)
	if want := []zipkin.SpanID{3, 4, 5, 1, 2, 6}; !reflect.DeepEqual(ids(got), want) {
		t.Errorf("order %v, want %v", ids(got), want)
	}
}

func TestTraceIDsAreStrict(t *testing.T) {
	s := New(Config{})
	s.Add([]zipkin.Span{
		{TraceID: traceID(0, 7), ID: 1},
		{TraceID: traceID(9, 7), ID: 2},
		{TraceID: traceID(8, 7), ID: 3},
		{TraceID: traceID(9, 7), ID: 4},
		{TraceID: traceID(0, 6), ID: 5},
	})
	for id, want := range map[zipkin.TraceID][]zipkin.SpanID{
		traceID(0, 7): {1}, traceID(9, 7): {2, 4}, traceID(8, 7): {3}, traceID(1, 7): nil, traceID(0, 1): nil, traceID(0, 6): {5}, traceID(9, 6): nil,
	} {
		got, ok := s.Trace(id)
		if !reflect.DeepEqual(ids(got), want) || ok != (want != nil) {
			t.Errorf("Trace(%v) = %v, %v; want %v", id, ids(got), ok, want)
		}
	}
	var many [][]zipkin.SpanID
	for _, spans := range s.TraceMany([]zipkin.TraceID{traceID(8, 7), traceID(0, 6), traceID(5, 5), traceID(0, 7)}) {
		many = append(many, ids(spans))
	}
	// Those of one low half together, in stored order.
	if want := [][]zipkin.SpanID{{1}, {3}, {5}}; !reflect.DeepEqual(many, want) {
		t.Errorf("TraceMany = %v, want %v", many, want)
	}
}

func TestWhatIsReadBelongsToTheCaller(t *testing.T) {
	s := New(Config{})
	s.Add([]zipkin.Span{full(), full()})
	first, _ := s.Trace(full().TraceID)
	first[0].Tags[0].Value = "changed"
	first[0].Tags = append(first[0].Tags[:1], tag("x", "y"))
	first[0].Annotations[0].Value = "changed"
	again, _ := s.Trace(full().TraceID)
	if !reflect.DeepEqual(again, []zipkin.Span{full()}) {
		t.Errorf("a reader changed the store: %+v", again)
	}
}
