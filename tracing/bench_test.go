package tracing_test

import (
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
)

// discard is a reporter that costs nothing.
type discard struct{}

func (discard) Send(model.SpanModel) {}
func (discard) Close() error         { return nil }

// BenchmarkSpan is one span in a span, with a tag and an annotation: recorded,
// and not.
func BenchmarkSpan(b *testing.B) {
	for _, sampler := range []string{"always", "never"} {
		b.Run(sampler, func(b *testing.B) {
			provider, err := tracing.Start(tracing.Config{Service: "bench", Sampler: sampler, Reporter: discard{}})
			if err != nil {
				b.Fatal(err)
			}
			defer provider.Shutdown(b.Context())
			ctx, parent := trace.StartSpan(b.Context(), "parent")
			defer parent.End()
			b.ReportAllocs()
			for b.Loop() {
				_, s := trace.StartSpan(ctx, "child")
				s.AddAttributes(trace.StringAttribute("key", "value"))
				s.Annotate(nil, "noted")
				s.End()
			}
		})
	}
}
