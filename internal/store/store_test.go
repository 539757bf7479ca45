package store

import (
	"reflect"
	"sync"
	"testing"
	"time"
)

// t0 is a whole millisecond that all spans of these tests are near to, in µs.
const t0 int64 = 1_700_000_000_000_000

func full() Span {
	return Span{
		TraceID: TraceID{1, 2}, ParentID: 3, ID: 4, Kind: Client, Name: "get /",
		Timestamp: t0, Duration: 207,
		Local:       Endpoint{ServiceName: "frontend", IPv4: "127.0.0.1", IPv6: "2001:db8::1", Port: 80},
		Remote:      Endpoint{ServiceName: "backend", IPv4: "10.0.0.1", IPv6: "::2", Port: 8080},
		Annotations: []Annotation{{-1, "minus"}, {0, ""}, {t0 - 5, "before"}, {t0 + 5, "after"}},
		Tags:        []Tag{{"", "empty key"}, {"error", ""}, {"http.path", "/é"}},
		Debug:       true, Shared: true,
	}
}

func TestWhatIsAddedIsRead(t *testing.T) {
	long := make([]byte, 300)
	for name, sp := range map[string]Span{
		"full":         full(),
		"ids only":     {TraceID: TraceID{0, 1}, ID: 1},
		"other kind":   {TraceID: TraceID{0, 1}, ID: 1, Kind: "OTHER"},
		"remote port":  {TraceID: TraceID{0, 1}, ID: 1, Remote: Endpoint{Port: 65535}},
		"long values":  {TraceID: TraceID{0, 1}, ID: 1, Name: string(long), Tags: []Tag{{string(long), string(long)}}},
		"largest time": {TraceID: TraceID{0, 1}, ID: 1, Timestamp: 1<<63 - 1, Duration: 1<<63 - 1, Annotations: []Annotation{{-1 << 63, "a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(Config{})
			if n := s.Add([]Span{sp}); n != 1 {
				t.Fatalf("Add stored %d spans, want 1", n)
			}
			got, ok := s.Trace(sp.TraceID)
			if !ok || !reflect.DeepEqual(got, []Span{sp}) {
				t.Errorf("Trace = %+v, %v\nwant %+v", got, ok, sp)
			}
		})
	}
}

func TestReadersAndWritersAtOnce(t *testing.T) {
	s := New(Config{MaxSpans: 2000})
	traces := load(600)
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for w := range 3 {
		writers.Go(func() {
			for i := range traces {
				s.Add(traces[(i*7+w*200)%len(traces)])
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					readAll(t, s, traces[i%len(traces)][0].TraceID)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	checkStats(t, s, 3*600*10)
}

// readAll asks everything, and checks that a trace is seen whole: the spans of
// one are always added and evicted together.
func readAll(t *testing.T, s *Store, id TraceID) {
	if spans, ok := s.Trace(id); ok && len(spans) != 10 {
		t.Errorf("Trace(%v): %d spans of 10", id, len(spans))
	}
	for _, spans := range s.Traces(Query{ServiceName: "orders", EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 50}) {
		if len(spans) != 10 {
			t.Errorf("Traces: %d spans of 10", len(spans))
		}
	}
	s.Dependencies(endOfLoad, 2*time.Hour)
	for _, name := range s.Services() {
		s.SpanNames(name)
		s.RemoteServices(name)
	}
	if st := s.Stats(); st.Spans > 2000 {
		t.Errorf("%d spans, bound 2000", st.Spans)
	}
}

func TestAddKeepsNothingOfItsArgument(t *testing.T) {
	s := New(Config{})
	sp := full()
	s.Add([]Span{sp})
	sp.Tags[0].Value, sp.Annotations[0].Value = "changed", "changed"
	got, _ := s.Trace(sp.TraceID)
	if !reflect.DeepEqual(got, []Span{full()}) {
		t.Errorf("the store changed with its caller's slice: %+v", got)
	}
}

func TestAnEmptyStoreAnswers(t *testing.T) {
	s := New(Config{})
	if n := s.Add(nil); n != 0 {
		t.Errorf("Add(nil) = %d", n)
	}
	q := Query{EndTs: at(0), Lookback: time.Hour, Limit: 10}
	if traces, links := s.Traces(q), s.Dependencies(at(0), time.Hour); len(traces)+len(links)+len(s.Services()) != 0 {
		t.Errorf("%v %v %v", traces, links, s.Services())
	}
	if st := s.Stats(); st != (Stats{}) {
		t.Errorf("Stats = %+v", st)
	}
}
