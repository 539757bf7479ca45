package waterfall

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestWhatIsKeptIsNotOld: whatever changes in a trace is in the next answer.
func TestWhatIsKeptIsNotOld(t *testing.T) {
	for name, change := range map[string]func(s *zipkin.Span){
		"a name":            func(s *zipkin.Span) { s.Name = "new" },
		"a tag":             func(s *zipkin.Span) { s.Tags = []zipkin.Tag{{Key: "k", Value: "w"}} },
		"an annotation":     func(s *zipkin.Span) { s.Annotations = []zipkin.Annotation{{Timestamp: 1, Value: "new"}} },
		"a duration":        func(s *zipkin.Span) { s.Duration *= 2 },
		"a service":         func(s *zipkin.Span) { s.Local.ServiceName = "new" },
		"an address":        func(s *zipkin.Span) { s.Remote.Port = 99 },
		"the kind":          func(s *zipkin.Span) { s.Kind = zipkin.Client },
		"that it is shared": func(s *zipkin.Span) { s.Shared = true },
	} {
		trace := webtest.Visit(0xab, 0, 40_000)
		trace[2].Tags = []zipkin.Tag{{Key: "k", Value: "v"}}
		reader := &webtest.Reader{Held: [][]zipkin.Span{trace}}
		h := serveUI(Config{Reader: reader})
		const path = "/traces/ab/details?span=3"
		before := webtest.Get(t, h, path).Body.String()
		change(&trace[2])
		if after := webtest.Get(t, h, path).Body.String(); after == before {
			t.Errorf("%s has changed, and the answer has not", name)
		}
	}
	trace := skewed()
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	for range 2 {
		for query, want := range map[string]string{"": `"adjusted"`, "?clocks=raw": `"raw"`} {
			if body := webtest.Get(t, h, "/traces/1/rows"+query).Body.String(); !strings.Contains(body, want) {
				t.Errorf("%s: not %s", query, want)
			}
		}
	}
}

// TestWhatIsKeptIsBounded in number, spans and time.
func TestWhatIsKeptIsBounded(t *testing.T) {
	now := webtest.Noon
	c := newRecent(func() time.Time { return now })
	first := c.layOut(webtest.Visit(1, 0, 10), false)
	if c.layOut(webtest.Visit(1, 0, 10), false) != first {
		t.Error("the same trace is laid out again")
	}
	for i := range uint64(recentTraces) {
		c.layOut(webtest.Visit(i+2, 0, 10), false)
	}
	if c.layOut(webtest.Visit(1, 0, 10), false) == first {
		t.Error("more traces are kept than the bound")
	}
	c.layOut(random(recentSpans-3), false)
	if len(c.kept) != 2 {
		t.Errorf("%d are kept beside one with nearly all spans of the bound, want it and the one before", len(c.kept)-1)
	}
	now = now.Add(recentTime + 1)
	c.layOut(webtest.Visit(1, 0, 10), false)
	if len(c.kept) != 1 {
		t.Errorf("%d are kept a minute later, want the new one", len(c.kept))
	}
}

// TestReadersAtOnce ask for the same trace in all ways.
func TestReadersAtOnce(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{skewed()}}})
	done := make(chan int)
	paths := []string{"/traces/1", "/traces/1/rows", "/traces/1/rows?root=2", "/traces/1?clocks=raw&root=2", "/traces/1?view=statistics", "/traces/1?view=flame", "/traces/1/find?q=b"}
	for _, path := range paths {
		go func() { done <- webtest.Get(t, h, path).Code }()
	}
	for range paths {
		if code := <-done; code != http.StatusOK {
			t.Errorf("status %d", code)
		}
	}
}
