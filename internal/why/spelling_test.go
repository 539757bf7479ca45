package why_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// TestOneOperationHasOneName: of a request that took longer than the recorders keep,
// the first calls are known from their reports alone, which have names in lower case.
func TestOneOperationHasOneName(t *testing.T) {
	var root *octrace.Span
	tr := record(t, func(ctx context.Context) {
		ctx, root = octrace.StartSpan(ctx, "GET /visit")
		for range 5 {
			_, call := octrace.StartSpan(ctx, "GET /fetch", octrace.WithSpanKind(octrace.SpanKindClient))
			call.End()
		}
		root.End()
	})
	var spans []zipkin.Span
	for i := range 9 {
		sp := spantext.Span(t, fmt.Sprintf("%x CLIENT gateway | get @0+1000", 100+i))
		sp.TraceID, sp.ParentID, sp.Name = traceID(root), zipkin.SpanID(spanID(root.SpanContext())), "get /fetch"
		sp.Timestamp = tr.Wall(tr.Start).UnixMicro() - int64(20-i)*2000
		spans = append(spans, sp)
	}
	x, err := why.Explain(why.Input{TraceID: traceID(root), Spans: spans, Processes: []why.Process{{Service: "Gateway", Instance: "1", Trace: tr}}})
	if err != nil {
		t.Fatal(err)
	}
	if x.Pattern == nil || !strings.HasPrefix(x.Pattern.Text, "14 calls GET /fetch of the Gateway, one after the other, took ") || x.Pattern.Ms < 9 {
		t.Errorf("of 14 calls, of 9 ms and more, it says %+v", x.Pattern)
	}
}
