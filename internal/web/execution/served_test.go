package execution_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/zipkin"
)

// TestAGoroutineLeadsToItsSpans of distributed traces, where there are pages of these.
func TestAGoroutineLeadsToItsSpans(t *testing.T) {
	b := executiontest.RecordSpan(t, "get /visit", userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 7}}, func(context.Context) {})
	x := executiontest.Open(t, "t", b)
	var to string
	for s := range x.Trace.Spans() {
		k, _ := x.Trace.Task(s.Task)
		to = fmt.Sprintf("/exec/t/goroutine?id=%d", k.BegunBy)
	}
	plain := serve(t, b, execution.Config{})
	page := plain.page(to, http.StatusOK)
	if !strings.Contains(page, "RecordSpan.func1") || !strings.Contains(page, "get /visit") || !strings.Contains(page, "000000000000002a") || strings.Contains(page, "/traces/") || strings.Contains(page, "/span?") {
		t.Errorf("%s is of another goroutine, or has not its span: %.2000s", to, page)
	}
	linked := serve(t, b, execution.Config{Spans: true, SpanPath: func(t zipkin.TraceID, s zipkin.SpanID) string { return "/traces/" + t.String() + "?span=" + s.String() }})
	if page := linked.page(to, http.StatusOK); !strings.Contains(page, `<a href="/traces/000000000000002a?span=0000000000000007">get /visit`) || !strings.Contains(page, `href="/exec/t/span?span=0000000000000007&trace=000000000000002a"`) {
		t.Errorf("no way back to the span, or to its goroutines: %.3000s", page)
	}
}
