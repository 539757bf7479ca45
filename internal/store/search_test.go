package store

import (
	"math"
	"reflect"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// at is a moment some ms after t0.
func at(ms int64) time.Time { return time.UnixMilli(t0/1000 + ms) }

// searchable are traces of two services around t0: see the ids in the tests.
func searchable() *Store {
	a, b := zipkin.Endpoint{ServiceName: "a"}, zipkin.Endpoint{ServiceName: "b"}
	s := New(Config{})
	s.Add([]zipkin.Span{
		// 1: a root in a, a child in b
		{TraceID: traceID(0, 1), ID: 1, Timestamp: t0, Duration: 10, Name: "get", Local: a, Remote: b, Tags: []zipkin.Tag{tag("http.method", "GET"), tag("note", "a=b")}},
		{TraceID: traceID(0, 1), ID: 2, ParentID: 1, Timestamp: t0 + 5000, Duration: 900, Name: "work", Local: b, Tags: []zipkin.Tag{tag("", "empty"), tag("error", "")}, Annotations: []zipkin.Annotation{note(t0, "retry")}},
		// 2: the same service twice, names and durations on different spans
		{TraceID: traceID(0, 2), ID: 1, Timestamp: t0 + 20_000, Duration: 10, Name: "get", Local: a},
		{TraceID: traceID(0, 2), ID: 2, ParentID: 1, Timestamp: t0 + 21_000, Duration: 900, Name: "put", Local: a},
		// 3: half a ms after 40
		{TraceID: traceID(0, 3), ID: 1, Timestamp: t0 + 40_500, Local: b},
		// 4: no time at all
		{TraceID: traceID(0, 4), ID: 1, Local: a, Name: "timeless"},
	})
	return s
}

// found lists the low halves of the trace ids.
func found(traces [][]zipkin.Span) []uint64 {
	list := []uint64{}
	for _, spans := range traces {
		list = append(list, spans[0].TraceID.Low)
	}
	return list
}

func TestTraces(t *testing.T) {
	s := searchable()
	for _, c := range []struct {
		name string
		q    zipkin.Query
		want []uint64
	}{
		{"all, the latest first", zipkin.Query{}, []uint64{3, 2, 1}},
		{"service", zipkin.Query{ServiceName: "a"}, []uint64{2, 1}},
		{"unknown service", zipkin.Query{ServiceName: "c"}, []uint64{}},
		{"limit", zipkin.Query{Limit: 1}, []uint64{3}},
		{"span name", zipkin.Query{SpanName: "get"}, []uint64{2, 1}},
		{"span name of another service", zipkin.Query{ServiceName: "b", SpanName: "get"}, []uint64{}},
		{"remote name", zipkin.Query{RemoteServiceName: "b"}, []uint64{1}},
		{"remote name of another service", zipkin.Query{ServiceName: "b", RemoteServiceName: "b"}, []uint64{}},
		{"min duration is inclusive", zipkin.Query{MinDuration: 900 * time.Microsecond}, []uint64{2, 1}},
		{"min duration", zipkin.Query{MinDuration: 901 * time.Microsecond}, []uint64{}},
		{"duration of the service", zipkin.Query{ServiceName: "a", MinDuration: 900 * time.Microsecond}, []uint64{2}},
		{"between durations", zipkin.Query{ServiceName: "a", MinDuration: 5 * time.Microsecond, MaxDuration: 10 * time.Microsecond}, []uint64{2, 1}},
		{"between and around no duration", zipkin.Query{MinDuration: 11 * time.Microsecond, MaxDuration: 899 * time.Microsecond}, []uint64{}},
		{"conditions may be met by different spans", zipkin.Query{ServiceName: "a", SpanName: "get", MinDuration: 800 * time.Microsecond}, []uint64{2}},
		{"tag key", zipkin.Query{AnnotationQuery: "error"}, []uint64{1}},
		{"empty tag key", zipkin.Query{AnnotationQuery: "=empty"}, []uint64{1}},
		{"tag value", zipkin.Query{AnnotationQuery: "http.method=GET"}, []uint64{1}},
		{"tag value with =", zipkin.Query{AnnotationQuery: "note=a=b"}, []uint64{1}},
		{"other tag value", zipkin.Query{AnnotationQuery: "http.method=get"}, []uint64{}},
		{"annotation", zipkin.Query{AnnotationQuery: "retry"}, []uint64{1}},
		{"annotations have no values", zipkin.Query{AnnotationQuery: "retry=retry"}, []uint64{}},
		{"all terms", zipkin.Query{AnnotationQuery: "retry and error and http.method=GET"}, []uint64{1}},
		{"terms of one service", zipkin.Query{ServiceName: "a", AnnotationQuery: "retry"}, []uint64{}},
		{"one term missing", zipkin.Query{AnnotationQuery: "retry and none"}, []uint64{}},
		{"ends after the root, before the child", zipkin.Query{EndTs: at(4)}, []uint64{1}},
		{"begins after the root", zipkin.Query{EndTs: at(10), Lookback: 9 * time.Millisecond}, []uint64{}},
		{"begins with the root", zipkin.Query{EndTs: at(10), Lookback: 10 * time.Millisecond}, []uint64{1}},
		{"ends with the root", zipkin.Query{EndTs: at(0)}, []uint64{1}},
		{"ends in the ms of the root but before it", zipkin.Query{EndTs: at(40), Lookback: 5 * time.Millisecond}, []uint64{}},
		{"ends one ms later", zipkin.Query{EndTs: at(41), Lookback: 5 * time.Millisecond}, []uint64{3}},
		{"ends where µs overflow", zipkin.Query{EndTs: time.UnixMilli(math.MaxInt64)}, []uint64{}},
		{"looks back for ever", zipkin.Query{Lookback: math.MaxInt64}, []uint64{3, 2, 1}},
	} {
		if c.q.EndTs.IsZero() {
			c.q.EndTs = at(1000)
		}
		if c.q.Lookback == 0 {
			c.q.Lookback = time.Hour
		}
		if c.q.Limit == 0 {
			c.q.Limit = 10
		}
		if got := found(s.Traces(c.q)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTracesAreRankedByTheLatestSpanInTheWindow(t *testing.T) {
	s := New(Config{})
	s.Add([]zipkin.Span{
		{TraceID: traceID(0, 5), ID: 1, Timestamp: t0 + 2e6},
		{TraceID: traceID(0, 9), ID: 1, Timestamp: t0},
		{TraceID: traceID(0, 9), ID: 2, ParentID: 1, Timestamp: t0 + 3e6},
		{TraceID: traceID(0, 6), ID: 1, Timestamp: t0 + 2e6},
		{TraceID: traceID(0, 1<<63), ID: 1, Timestamp: t0 + 2e6},
	})
	q := zipkin.Query{EndTs: at(10_000), Lookback: time.Hour, Limit: 10}
	if got, want := found(s.Traces(q)), []uint64{9, 1 << 63, 6, 5}; !reflect.DeepEqual(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
	q.EndTs = at(2500) // the late child of 9 is out
	if got, want := found(s.Traces(q)), []uint64{1 << 63, 6, 5, 9}; !reflect.DeepEqual(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

func TestTheRootIsTheFirstStoredWithoutAParent(t *testing.T) {
	s := New(Config{})
	id := traceID(0, 1)
	s.Add([]zipkin.Span{
		{TraceID: id, ID: 1, ParentID: 9, Timestamp: t0 + 60_000},
		{TraceID: id, ID: 2, Timestamp: t0 + 80_000},
		{TraceID: id, ID: 3, Timestamp: t0 + 60_500}, // stored with the first
	})
	for ms, want := range map[int64]int{59: 0, 61: 1, 79: 1, 80: 1, 81: 1} {
		if got := s.Traces(zipkin.Query{EndTs: at(ms), Lookback: 25 * time.Millisecond, Limit: 10}); len(got) != want {
			t.Errorf("up to %d ms: %d traces, want %d", ms, len(got), want)
		}
	}
	if got := s.Traces(zipkin.Query{EndTs: at(90), Lookback: 12 * time.Millisecond, Limit: 10}); len(got) != 0 {
		t.Errorf("a window with the second root only found %d traces", len(got))
	}
}

func TestLimitCountsLowHalves(t *testing.T) {
	s := New(Config{})
	a := zipkin.Endpoint{ServiceName: "a"}
	s.Add([]zipkin.Span{
		{TraceID: traceID(1, 7), ID: 1, Timestamp: t0, Local: a, Tags: []zipkin.Tag{tag("k", "v")}},
		{TraceID: traceID(0, 7), ID: 2, Timestamp: t0, Local: a},
		{TraceID: traceID(2, 7), ID: 3, Timestamp: t0, Local: a},
		{TraceID: traceID(0, 3), ID: 4, Timestamp: t0 - 1e6, Local: a},
	})
	q := zipkin.Query{ServiceName: "a", EndTs: at(1000), Lookback: time.Hour, Limit: 1}
	if got, want := found(s.Traces(q)), []uint64{7, 7, 7}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	q.AnnotationQuery = "k=v" // the other ids do not have it
	if got := s.Traces(q); len(got) != 1 || got[0][0].ID != 1 {
		t.Errorf("%+v, want the one trace with the tag", got)
	}
}
