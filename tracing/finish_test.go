package tracing_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// twoWays is a reporter that notes by which method a span came.
type twoWays struct{ at, later []string }

func (r *twoWays) Send(s model.SpanModel) { r.at = append(r.at, s.Name) }
func (r *twoWays) Close() error           { return nil }

func (r *twoWays) SendEnded(e reporter.Ended) {
	sent := len(r.at)
	e.SendTo(r)
	r.later = append(r.later, r.at[sent:]...)
	r.at = r.at[:sent]
}

// TestLargeSpansAreSentAtOnce since those that wait are bounded by their number.
func TestLargeSpansAreSentAtOnce(t *testing.T) {
	r := &twoWays{}
	provider, err := tracing.Start(tracing.Config{Service: "test", Sampler: "always", Reporter: r})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(t.Context())
	long := strings.Repeat("x", 2000)
	for name, fill := range map[string]func(*trace.Span){
		"usual": func(s *trace.Span) { s.AddAttributes(trace.StringAttribute("k", long)); s.Annotate(nil, "noted") },
		"large tags": func(s *trace.Span) {
			s.AddAttributes(trace.StringAttribute("k", long), trace.StringAttribute("l", long+"x"+long))
		},
		"large status":    func(s *trace.Span) { s.SetStatus(trace.Status{Code: 2, Message: long + long + long}) },
		"large notes":     func(s *trace.Span) { s.Annotate(nil, long); s.Annotate(nil, long); s.Annotate(nil, long) },
		"with attributes": func(s *trace.Span) { s.Annotate([]trace.Attribute{trace.StringAttribute("k", "v")}, "noted") },
	} {
		_, s := trace.StartSpan(t.Context(), name)
		fill(s)
		s.End()
	}
	slices.Sort(r.at)
	if want := []string{"large notes", "large status", "large tags", "with attributes"}; !slices.Equal(r.at, want) || !slices.Equal(r.later, []string{"usual"}) {
		t.Errorf("at once came %q, later %q", r.at, r.later)
	}
}
