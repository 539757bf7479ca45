package server_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
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
