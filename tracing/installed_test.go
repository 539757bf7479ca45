package tracing_test

import (
	"context"
	"sync"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// TestOthersTraceDuringShutdown has goroutines use OpenCensus while Providers come and go, as
// a pool of connections does that dials in the background. The race detector judges.
func TestOthersTraceDuringShutdown(t *testing.T) {
	start := func(r *tracetest.Recorder) *tracing.Provider {
		p, err := tracing.Start(tracing.Config{Service: "test", Sampler: "always", Reporter: r})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var spans tracetest.Recorder
	start(&spans).Shutdown(t.Context()) // the first Start is before the others
	ctx, stop := context.WithCancel(t.Context())
	var others, begun sync.WaitGroup
	for range 2 {
		begun.Add(1)
		others.Go(func() {
			begin := sync.OnceFunc(begun.Done)
			for ctx.Err() == nil {
				ctx, span := trace.StartSpan(ctx, "other")
				trace.FromContext(trace.NewContext(ctx, span)).AddAttributes(trace.BoolAttribute("b", true))
				_, child := trace.StartSpanWithRemoteParent(ctx, "child", span.SpanContext())
				child.End()
				span.End()
				begin()
			}
		})
	}
	begun.Wait()
	for range 20 {
		p := start(&spans)
		_, span := trace.StartSpan(t.Context(), "own")
		span.End()
		p.Shutdown(t.Context())
	}
	stop()
	others.Wait()
	own := 0
	for _, s := range spans.Spans() {
		if s.Name == "own" {
			own++
		}
	}
	if own != 20 {
		t.Errorf("%d of 20 Providers recorded their span", own)
	}
}

// TestAfterShutdownOpenCensussTracerIsBack looks at what stands for spans before and after.
func TestAfterShutdownOpenCensussTracerIsBack(t *testing.T) {
	var spans tracetest.Recorder
	for range 2 {
		p, err := tracing.Start(tracing.Config{Service: "test", Sampler: "always", Reporter: &spans})
		if err != nil {
			t.Fatal(err)
		}
		p.Shutdown(t.Context())
		ctx, span := trace.StartSpan(t.Context(), "late", trace.WithSampler(trace.AlwaysSample()))
		if !span.IsRecordingEvents() || stockTracer.FromContext(ctx) != span {
			t.Error("the span is not one of OpenCensus's own tracer")
		}
		span.End()
	}
	if got := spans.Spans(); len(got) != 0 {
		t.Errorf("spans after Shutdown were recorded: %v", got)
	}
}
