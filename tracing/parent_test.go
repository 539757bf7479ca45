package tracing_test

import (
	"context"
	"fmt"
	"testing"

	"go.opencensus.io/trace"
	"go.opencensus.io/trace/propagation"
	"go.opencensus.io/trace/tracestate"

	ours "example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/tracetest"
)

// TestASampledParentIsKept begins spans below parents that OpenCensus's own ways
// to carry a span context give, which know one bit.
func TestASampledParentIsKept(t *testing.T) {
	remote := trace.SpanContext{TraceID: trace.TraceID{0: 1, 15: 1}, SpanID: trace.SpanID{7: 2}}
	binary := func(sc trace.SpanContext) trace.SpanContext {
		read, ok := propagation.FromBinary(propagation.Binary(sc))
		if !ok {
			t.Fatalf("%v does not come back", sc)
		}
		return read
	}
	for _, sampler := range []string{"always", "never", "0.5", "server=never; always", "server=always; never"} {
		for _, sampled := range []trace.TraceOptions{0, 1} {
			for name, parent := range map[string]trace.SpanContext{"as it is": remote, "in binary": binary(remote), "without ids": {}} {
				parent.TraceOptions = sampled
				t.Run(fmt.Sprintf("%s, %d %s", sampler, sampled, name), func(t *testing.T) {
					spans := tracetest.Start(t, sampler)
					ctx, s := trace.StartSpanWithRemoteParent(t.Context(), "server", parent)
					_, child := trace.StartSpan(ctx, "child")
					child.End()
					s.End()
					recorded := len(spans.Spans())
					if sampled == 1 && recorded != 2 || sampled == 0 && sampler == "never" && recorded != 0 || sampled == 0 && sampler == "always" && recorded != 2 {
						t.Errorf("%d spans recorded", recorded)
					}
					if got := s.SpanContext(); got.TraceOptions != child.SpanContext().TraceOptions || int(got.TraceOptions)*2 != recorded {
						t.Errorf("options %b with %d spans recorded", got.TraceOptions, recorded)
					}
				})
			}
		}
	}
}

// TestAParentInNoTraceIsNone begins a trace: zero is the id of none.
func TestAParentInNoTraceIsNone(t *testing.T) {
	spans := tracetest.Start(t, "always")
	state, err := tracestate.New(nil, tracestate.Entry{Key: "vendor", Value: "x"})
	if err != nil {
		t.Fatal(err)
	}
	_, s := trace.StartSpanWithRemoteParent(t.Context(), "s", trace.SpanContext{SpanID: trace.SpanID{7: 2}, Tracestate: state})
	s.End()
	got, sc := only(t, spans), s.SpanContext()
	if got.ParentID != nil || got.TraceID.Empty() || sc.TraceID == (trace.TraceID{}) || sc.Tracestate != nil {
		t.Errorf("a span of %v below %v, with the state %v", sc.TraceID, got.ParentID, sc.Tracestate)
	}
	_, s = trace.StartSpanWithRemoteParent(t.Context(), "s", trace.SpanContext{TraceID: trace.TraceID{15: 1}, Tracestate: state})
	s.End()
	if got := only(t, spans); got.ParentID != nil || got.TraceID.Low != 1 || s.SpanContext().Tracestate != state {
		t.Errorf("a span of %v below %v; want the trace, and no parent", got.TraceID, got.ParentID)
	}
}

// TestASpansOwnSamplerHasTheLastWord also over B3's debug flag, which must not
// go on from a span that is not recorded.
func TestASpansOwnSamplerHasTheLastWord(t *testing.T) {
	spans := tracetest.Start(t, "always")
	for _, b3 := range []string{"0", "1", "d"} {
		parent := fromB3(t, callersTrace+"-"+callersSpan+"-"+b3)
		for name, own := range map[string]trace.Sampler{"always": trace.AlwaysSample(), "never": trace.NeverSample()} {
			var asked trace.SamplingParameters
			listening := func(p trace.SamplingParameters) trace.SamplingDecision { asked = p; return own(p) }
			ctx, s := trace.StartSpanWithRemoteParent(context.Background(), "s", parent, trace.WithSampler(listening), trace.WithSampler(nil), trace.WithSampler(listening))
			sc := s.SpanContext()
			if !asked.HasRemoteParent || asked.ParentContext != parent || asked.Name != "s" || asked.TraceID != sc.TraceID || asked.SpanID != sc.SpanID {
				t.Errorf("the sampler was asked %+v", asked)
			}
			_, child := trace.StartSpan(ctx, "child", trace.WithSampler(nil))
			child.End()
			s.End()
			recorded := spans.Take()
			if want := map[string]int{"always": 2}[name]; len(recorded) != want || b3Of(sc) != map[string]string{"always": map[string]string{"0": "1", "1": "1", "d": "d"}[b3], "never": "0"}[name] {
				t.Errorf("%s below %s: %d spans, and %q goes on", name, b3, len(recorded), b3Of(sc))
			}
		}
	}
}

func fromB3(t *testing.T, text string) trace.SpanContext {
	t.Helper()
	sc, ok := ours.ParseB3(text)
	if !ok {
		t.Fatalf("%q is no B3", text)
	}
	return sc
}

// b3Of is the decision that goes on.
func b3Of(sc trace.SpanContext) string {
	text := ours.FormatB3(sc)
	return text[len(text)-1:]
}
