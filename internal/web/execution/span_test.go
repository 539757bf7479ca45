package execution_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime/trace"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/webtest"
)

// served records a goroutine that serves a span.
func served(t *testing.T, span userlog.Span) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, task := trace.NewTask(context.Background(), "get /visit")
		trace.Log(ctx, userlog.SpanCategory, string(span.Append(nil)))
		task.End()
	}()
	<-done
	trace.Stop()
	return b.Bytes()
}

// TestASpanLeadsToItsGoroutine from a span's ids to the goroutine that worked for it, or to
// its lane in the timeline where there is one.
func TestASpanLeadsToItsGoroutine(t *testing.T) {
	b := served(t, userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 7}})
	const asked = "/exec/t/span?trace=000000000000002a&span=0000000000000007"
	w := webtest.Get(t, serve(t, b, execution.Config{}), asked)
	to := w.Header().Get("Location")
	if w.Code != http.StatusFound || !strings.HasPrefix(to, "/exec/t/goroutine?id=") {
		t.Fatalf("status %d, to %q", w.Code, to)
	}
	plain := serve(t, b, execution.Config{})
	if page := plain.page(to, http.StatusOK); !strings.Contains(page, "served.func1") {
		t.Errorf("%s is of another goroutine: %.2000s", to, page)
	}
	var goroutine int
	fmt.Sscanf(to, "/exec/t/goroutine?id=%d", &goroutine)
	lane := webtest.Get(t, serve(t, b, execution.Config{Timeline: true}), asked).Header().Get("Location")
	if !strings.HasPrefix(lane, "/exec/t/timeline?") || !strings.Contains(lane, fmt.Sprintf("lane=g%d", goroutine)) || !strings.Contains(lane, "from=") {
		t.Errorf("in the timeline it is %q", lane)
	}
	for path, want := range map[string]int{
		"/exec/t/span":                        http.StatusBadRequest,
		"/exec/t/span?trace=2a":               http.StatusBadRequest,
		"/exec/t/span?trace=xyz&span=7":       http.StatusBadRequest,
		"/exec/t/span?trace=2a&span=7&more=1": http.StatusBadRequest,
		"/exec/t/span?trace=2a&span=8":        http.StatusNotFound,
		"/exec/t/span?trace=2b&span=7":        http.StatusNotFound,
		"/exec/other/span?trace=2a&span=7":    http.StatusNotFound,
	} {
		plain.page(path, want)
	}
}

func TestOnlyTheTrustedSee(t *testing.T) {
	trusted := false
	s := serve(t, record(t, "tasks"), execution.Config{Trusted: func(*http.Request) bool { return trusted }})
	for _, path := range []string{"/exec", "/exec/t", "/exec/t/goroutines", "/exec/t/mmu.svg", "/exec/t/profile/sync/flamegraph", "/exec/t/span?trace=2a&span=7", "/exec/other"} {
		if page := s.page(path, http.StatusForbidden); strings.Contains(page, "t.trace") {
			t.Errorf("%s names what there is", path)
		}
	}
	trusted = true
	s.page("/exec/t", http.StatusOK)
}
