package store

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// t0 is a whole millisecond that all spans of these tests are near to, in µs.
const t0 int64 = 1_700_000_000_000_000

func full() zipkin.Span {
	return zipkin.Span{
		TraceID: traceID(1, 2), ParentID: 3, ID: 4, Kind: zipkin.Client, Name: "get /",
		Timestamp: t0, Duration: 207,
		Local:       zipkin.Endpoint{ServiceName: "frontend", IPv4: "127.0.0.1", IPv6: "2001:db8::1", Port: 80},
		Remote:      zipkin.Endpoint{ServiceName: "backend", IPv4: "10.0.0.1", IPv6: "::2", Port: 8080},
		Annotations: []zipkin.Annotation{note(-1, "minus"), note(0, ""), note(t0-5, "before"), note(t0+5, "after")},
		Tags:        []zipkin.Tag{tag("", "empty key"), tag("error", ""), tag("http.path", "/é")},
		Debug:       true, Shared: true,
	}
}

func TestWhatIsAddedIsRead(t *testing.T) {
	long := make([]byte, 300)
	for name, sp := range map[string]zipkin.Span{
		"full":         full(),
		"ids only":     {TraceID: traceID(0, 1), ID: 1},
		"other kind":   {TraceID: traceID(0, 1), ID: 1, Kind: "OTHER"},
		"remote port":  {TraceID: traceID(0, 1), ID: 1, Remote: zipkin.Endpoint{Port: 65535}},
		"long values":  {TraceID: traceID(0, 1), ID: 1, Name: string(long), Tags: []zipkin.Tag{tag(string(long), string(long))}},
		"largest time": {TraceID: traceID(0, 1), ID: 1, Timestamp: 1<<63 - 1, Duration: 1<<63 - 1, Annotations: []zipkin.Annotation{note(-1<<63, "a")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(Config{})
			if n := s.Add([]zipkin.Span{sp}); n != 1 {
				t.Fatalf("Add stored %d spans, want 1", n)
			}
			got, ok := s.Trace(sp.TraceID)
			if !ok || !reflect.DeepEqual(got, []zipkin.Span{sp}) {
				t.Errorf("Trace = %+v, %v\nwant %+v", got, ok, sp)
			}
		})
	}
}

func TestAddKeepsNothingOfItsArgument(t *testing.T) {
	s := New(Config{})
	sp := full()
	s.Add([]zipkin.Span{sp})
	sp.Tags[0].Value, sp.Annotations[0].Value = "changed", "changed"
	got, _ := s.Trace(sp.TraceID)
	if !reflect.DeepEqual(got, []zipkin.Span{full()}) {
		t.Errorf("the store changed with its caller's slice: %+v", got)
	}
}

func TestAnEmptyStoreAnswers(t *testing.T) {
	s := New(Config{})
	if n := s.Add(nil); n != 0 {
		t.Errorf("Add(nil) = %d", n)
	}
	q := zipkin.Query{EndTs: at(0), Lookback: time.Hour, Limit: 10}
	if traces, links := s.Traces(q), s.Dependencies(at(0), time.Hour); len(traces)+len(links)+len(s.Services()) != 0 {
		t.Errorf("%v %v %v", traces, links, s.Services())
	}
	if st := s.Stats(); st != (Stats{}) {
		t.Errorf("Stats = %+v", st)
	}
}

// TestDuplicatesAreNotKeptAlive adds new spans again and again, each beside one
// that is stored and large.
func TestDuplicatesAreNotKeptAlive(t *testing.T) {
	const size, times = 1 << 20, 50
	large := zipkin.Span{TraceID: traceID(0, 1), ID: 1, Timestamp: t0, Tags: []zipkin.Tag{tag("text", strings.Repeat("x", size))}}
	s := New(Config{})
	for i := range times {
		s.Add([]zipkin.Span{{TraceID: traceID(0, 1), ID: zipkin.SpanID(i + 2), Timestamp: t0, Tags: []zipkin.Tag{tag("text", "small")}}, large})
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > times/2*size {
		t.Errorf("%d bytes on the heap, one span of %d among the %d spans", m.HeapAlloc, size, s.Stats().Spans)
	}
	runtime.KeepAlive(s)
}
