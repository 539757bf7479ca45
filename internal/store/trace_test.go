package store

import (
	"testing"

	"example.com/tracelab/internal/zipkin"
)

func TestEqualSpansAreStoredOnce(t *testing.T) {
	change := map[string]func(*zipkin.Span){
		"trace id":   func(sp *zipkin.Span) { sp.TraceID.High++ },
		"parent":     func(sp *zipkin.Span) { sp.ParentID++ },
		"id":         func(sp *zipkin.Span) { sp.ID++ },
		"kind":       func(sp *zipkin.Span) { sp.Kind = zipkin.Server },
		"name":       func(sp *zipkin.Span) { sp.Name += "x" },
		"timestamp":  func(sp *zipkin.Span) { sp.Timestamp++ },
		"duration":   func(sp *zipkin.Span) { sp.Duration++ },
		"local":      func(sp *zipkin.Span) { sp.Local.Port++ },
		"remote":     func(sp *zipkin.Span) { sp.Remote.ServiceName = "" },
		"remote ip":  func(sp *zipkin.Span) { sp.Remote.IPv6 = "" },
		"annotation": func(sp *zipkin.Span) { sp.Annotations = sp.Annotations[1:] },
		"tag key":    func(sp *zipkin.Span) { sp.Tags[0].Key = "a" },
		"tag value":  func(sp *zipkin.Span) { sp.Tags[0].Value = "a" },
		"debug":      func(sp *zipkin.Span) { sp.Debug = false },
		"shared":     func(sp *zipkin.Span) { sp.Shared = false },
	}
	for what, f := range change {
		s := New(Config{})
		other := full()
		f(&other)
		if n := s.Add([]zipkin.Span{full(), other, full(), other}); n != 2 {
			t.Errorf("a different %s: %d stored of two spans sent twice, want 2", what, n)
		}
		if n := s.Add([]zipkin.Span{other, full()}); n != 0 {
			t.Errorf("a different %s: %d stored of spans that were there, want 0", what, n)
		}
		if st := s.Stats(); st.Duplicates != 4 || st.Accepted != 2 || st.Spans != 2 {
			t.Errorf("a different %s: %+v", what, st)
		}
	}
}

func TestDuplicatesInABigTrace(t *testing.T) {
	const n = 20_000 // far beyond bigTrace: quadratic time would show
	spans := make([]zipkin.Span, n)
	for i := range spans {
		spans[i] = zipkin.Span{TraceID: traceID(0, 1), ID: 1, Timestamp: t0, Duration: int64(i + 1)}
	}
	s := New(Config{})
	if got := s.Add(spans); got != n {
		t.Fatalf("stored %d, want %d", got, n)
	}
	spans = append(spans, zipkin.Span{TraceID: traceID(0, 1), ID: 2})
	if got := s.Add(spans); got != 1 {
		t.Errorf("stored %d the second time, want 1", got)
	}
}
