package store

import (
	"reflect"
	"testing"
)

// ids lists the span ids of a trace.
func ids(spans []Span) []SpanID {
	var list []SpanID
	for _, sp := range spans {
		list = append(list, sp.ID)
	}
	return list
}

func TestTraceListsMillisecondsByFirstArrival(t *testing.T) {
	s := New(Config{})
	id := TraceID{0, 7}
	for _, sp := range []Span{
		{TraceID: id, ID: 3, Timestamp: t0 + 3000},
		{TraceID: id, ID: 1, Timestamp: t0},
		{TraceID: id, ID: 4, Timestamp: t0 + 3999},
		{TraceID: id, ID: 2, Timestamp: t0 + 1},
	} {
		s.Add([]Span{sp})
	}
	got, _ := s.Trace(id)
	if want := []SpanID{3, 4, 1, 2}; !reflect.DeepEqual(ids(got), want) {
		t.Errorf("order %v, want %v", ids(got), want)
	}
	s.Add([]Span{{TraceID: id, ID: 5, Timestamp: t0 + 3500}, {TraceID: id, ID: 6}})
	got, _ = s.Trace(id)
	if want := []SpanID{3, 4, 5, 1, 2, 6}; !reflect.DeepEqual(ids(got), want) {
		t.Errorf("order %v, want %v", ids(got), want)
	}
}

func TestTraceIDsAreStrict(t *testing.T) {
	s := New(Config{})
	s.Add([]Span{
		{TraceID: TraceID{0, 7}, ID: 1},
		{TraceID: TraceID{9, 7}, ID: 2},
		{TraceID: TraceID{8, 7}, ID: 3},
		{TraceID: TraceID{9, 7}, ID: 4},
		{TraceID: TraceID{0, 6}, ID: 5},
	})
	for id, want := range map[TraceID][]SpanID{
		{0, 7}: {1}, {9, 7}: {2, 4}, {8, 7}: {3}, {1, 7}: nil, {0, 1}: nil, {0, 6}: {5}, {9, 6}: nil,
	} {
		got, ok := s.Trace(id)
		if !reflect.DeepEqual(ids(got), want) || ok != (want != nil) {
			t.Errorf("Trace(%v) = %v, %v; want %v", id, ids(got), ok, want)
		}
	}
	var many [][]SpanID
	for _, spans := range s.TraceMany([]TraceID{{8, 7}, {0, 6}, {5, 5}, {0, 7}}) {
		many = append(many, ids(spans))
	}
	// Those of one low half together, in stored order.
	if want := [][]SpanID{{1}, {3}, {5}}; !reflect.DeepEqual(many, want) {
		t.Errorf("TraceMany = %v, want %v", many, want)
	}
}

func TestWhatIsReadBelongsToTheCaller(t *testing.T) {
	s := New(Config{})
	s.Add([]Span{full(), full()})
	first, _ := s.Trace(full().TraceID)
	first[0].Tags[0].Value = "changed"
	first[0].Tags = append(first[0].Tags[:1], Tag{"x", "y"})
	first[0].Annotations[0].Value = "changed"
	again, _ := s.Trace(full().TraceID)
	if !reflect.DeepEqual(again, []Span{full()}) {
		t.Errorf("a reader changed the store: %+v", again)
	}
}
