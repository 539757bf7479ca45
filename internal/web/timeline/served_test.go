package timeline_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	rt "runtime/trace"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/web/timeline"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestALaneLeadsToItsSpan: the panel has the span that a goroutine worked for, and what the
// program has logged for people, but not the bytes that say which span it is.
func TestALaneLeadsToItsSpan(t *testing.T) {
	recorded() // in which no test may record
	var b bytes.Buffer
	if err := rt.Start(&b); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, task := rt.NewTask(context.Background(), "get /visit")
		id := userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 7}}
		rt.Log(ctx, userlog.SpanCategory, string(id.Append(nil)))
		rt.Log(ctx, "order", "of two")
		task.End()
	}()
	<-done
	rt.Stop()
	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	l, err := lanes.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	var task exectrace.Task
	for k := range l.Trace.Tasks() {
		task = k
	}
	path := fmt.Sprintf("/exec/own/at?lane=g%d&t=%d", task.BegunBy, task.Start-l.Trace.Began)
	source := source{"own": {ID: "own", File: f, Lanes: l}}
	for name, c := range map[string]struct {
		path func(zipkin.TraceID, zipkin.SpanID) string
		want string
	}{
		"its traces are here": {func(t zipkin.TraceID, s zipkin.SpanID) string { return "/traces/" + t.String() + "?span=" + s.String() },
			`<a href="/traces/000000000000002a?span=0000000000000007">get /visit</a>`},
		"its traces are elsewhere": {nil, "<li>get /visit <small>"},
	} {
		t.Run(name, func(t *testing.T) {
			shell := webtest.Shell("files")
			w := webtest.Get(t, webtest.Serve(shell, timeline.New(shell, timeline.Config{Source: source, SpanPath: c.path})), path)
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, c.want) || !strings.Contains(body, "trace 000000000000002a") || !strings.Contains(body, "order: of two") || strings.Contains(body, "span: ") {
				t.Errorf("%d: %s", w.Code, body)
			}
		})
	}
}
