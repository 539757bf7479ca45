package timeline_test

import (
	"context"
	"fmt"
	"net/http"
	rt "runtime/trace"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestALaneLeadsToItsSpan: the panel has the span that a goroutine worked for, and what the
// program has logged for people, but not the bytes that say which span it is.
func TestALaneLeadsToItsSpan(t *testing.T) {
	recorded() // in which no test may record
	b := executiontest.RecordSpan(t, "get /visit", userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 7}}, func(ctx context.Context) { rt.Log(ctx, "order", "of two") })
	x := executiontest.Open(t, "own", b)
	var task exectrace.Task
	for k := range x.Trace.Tasks() {
		task = k
	}
	path := fmt.Sprintf("/exec/own/at?lane=g%d&t=%d", task.BegunBy, task.Start-x.Trace.Began)
	for name, c := range map[string]struct {
		path func(zipkin.TraceID, zipkin.SpanID) string
		want string
	}{
		"its traces are here": {func(t zipkin.TraceID, s zipkin.SpanID) string { return "/traces/" + t.String() + "?span=" + s.String() },
			`<a href="/traces/000000000000002a?span=0000000000000007">get /visit</a>`},
		"its traces are elsewhere": {nil, "<li>get /visit <small>"},
	} {
		t.Run(name, func(t *testing.T) {
			w := webtest.Get(t, serveFrom(execution.Config{Library: source{"own": x}, SpanPath: c.path}), path)
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, c.want) || !strings.Contains(body, "trace 000000000000002a") || !strings.Contains(body, "order: of two") || strings.Contains(body, "span: ") {
				t.Errorf("%d: %s", w.Code, body)
			}
		})
	}
}
