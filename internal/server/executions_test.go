package server_test

import (
	"context"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/zipkin"
)

// TestExecutionTracesArePages: what a process has handed in can be opened, by those who may
// download it.
func TestExecutionTracesArePages(t *testing.T) {
	w := begin(t, server.Config{Token: secret, AllowHosts: hosts.Names{"a1.ngrok-free.app"}})
	if status, detail := w.post(requestFor(w.unconnected("writer").snapshot(labapi.ReasonSlow, padded(1))), recorded(t)); status != http.StatusAccepted {
		t.Fatalf("%d: %s", status, detail)
	}
	page := "/exec/" + w.flight(padded(1)).ID
	for path, want := range map[string]string{"/exec": page, page: "goroutines", page + "/goroutines": "runtime", page + "/timeline": "lanes", page + "/lanes?by=processor": "[", page + "/nothing": ""} {
		eventually(t, path, func() bool { // it is read meanwhile
			status, body := call(t, "GET", w.url+path, "", "")
			return status == http.StatusOK && strings.Contains(body, want) || want == "" && status == http.StatusNotFound
		})
		if status, body := call(t, "GET", w.url+path, "a1.ngrok-free.app", ""); want != "" && (status != http.StatusForbidden || strings.Contains(body, "writer")) {
			t.Errorf("%s from elsewhere: %d", path, status)
		}
	}
	if _, body := call(t, "GET", w.url+"/exec", "", ""); !strings.Contains(body, "writer") {
		t.Errorf("the list has no writer: %.2000s", body)
	}
}

// TestARequestLeadsToWhoHeldItsMutex, from its page, by what the process has handed in.
func TestARequestLeadsToWhoHeldItsMutex(t *testing.T) {
	w := begin(t, server.Config{Token: secret, AllowHosts: hosts.Names{"a1.ngrok-free.app"}})
	body := executiontest.Record(t, func(ctx context.Context) {
		executiontest.WhileHeld(func(hold func()) {
			executiontest.Span(ctx, "holds", userlog.Span{TraceID: [16]byte{15: 2}, ID: [8]byte{7: 9}}, func(context.Context) { hold() })
		}, func(lock func()) {
			executiontest.Span(ctx, "waits", userlog.Span{TraceID: [16]byte{15: 1}, ID: [8]byte{7: 3}}, func(context.Context) { lock() })
		})
	})
	if status, detail := w.post(requestFor(w.unconnected("writer").snapshot(labapi.ReasonSlow, padded(1))), body); status != http.StatusAccepted {
		t.Fatalf("%d: %s", status, detail)
	}
	w.report(zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: 3, Name: "waits", Kind: zipkin.Server, Timestamp: time.Now().UnixMicro(), Duration: 1000, Local: zipkin.Endpoint{ServiceName: "writer"}})
	timeline := "/exec/" + w.flight(padded(1)).ID + "/timeline?by=goroutine" // of what is stored then: an upload is cut after its answer
	const page = "/exec/request?trace=0000000000000001"
	status, shown := call(t, "GET", w.url+page, "", "")
	shown = html.UnescapeString(shown)
	for _, want := range []string{"it waited for a mutex", "sync.(*Mutex).Lock", "ended the wait", `for <a href="/traces/0000000000000002?span=0000000000000009">holds</a>`,
		`href="/exec/request?span=0000000000000009&trace=0000000000000002"`, timeline} {
		if !strings.Contains(shown, want) {
			t.Errorf("%d, and the page lacks %s: %.5000s", status, want, shown)
		}
	}
	if status, shown := call(t, "GET", w.url+page, "a1.ngrok-free.app", ""); status != http.StatusForbidden || strings.Contains(shown, "holds") {
		t.Errorf("from elsewhere: %d", status)
	}
}
