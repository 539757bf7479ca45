package zipkinapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// clock is what the servers of these tests take for now, a whole second.
var clock = time.UnixMilli(1_700_000_000_000)

func newServer(t *testing.T) (*httptest.Server, *zipkinapi.Server) {
	t.Helper()
	s := zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{
		Version: "1.2.3", Commit: "abc", Now: func() time.Time { return clock },
	})
	mux := http.NewServeMux()
	s.Register(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "UI") })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv, s
}

// do sends a request and returns the status and the body.
func do(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestWhatIsPostedIsRead(t *testing.T) {
	srv, _ := newServer(t)
	const span = `{"traceId":"463ac35c9f6413ad48485a3953bb6124","parentId":"0000000000000003","id":"000000000000000a","kind":"CLIENT","name":"get /","timestamp":1699999999000000,"duration":207000,"localEndpoint":{"serviceName":"frontend","ipv4":"127.0.0.1","ipv6":"2001:db8::1","port":80},"remoteEndpoint":{"serviceName":"backend","ipv4":"10.0.0.1","port":8080},"annotations":[{"timestamp":1699999999000005,"value":"foo"}],"tags":{"error":"","http.path":"/é\u2028"},"debug":true}`
	if resp, body := do(t, "POST", srv.URL+"/api/v2/spans", "["+span+"]"); resp.StatusCode != 202 || body != "" {
		t.Fatalf("POST: %d %q, want 202 and no body", resp.StatusCode, body)
	}
	for path, want := range map[string]string{
		"/api/v2/trace/463ac35c9f6413ad48485a3953bb6124":        "[" + span + "]",
		"/zipkin/api/v2/trace/463ac35c9f6413ad48485a3953bb6124": "[" + span + "]",
		"/api/v2/traces":                              "[[" + span + "]]",
		"/api/v2/services":                            `["frontend"]`,
		"/api/v2/spans?serviceName=FRONTEND":          `["get /"]`,
		"/api/v2/remoteServices?serviceName=frontend": `["backend"]`,
		"/api/v2/dependencies?endTs=1700000000000":    `[{"parent":"frontend","child":"backend","callCount":1,"errorCount":1}]`,
	} {
		resp, body := do(t, "GET", srv.URL+path, "")
		if resp.StatusCode != 200 || body != want {
			t.Errorf("GET %s: %d %s\nwant 200 %s", path, resp.StatusCode, body, want)
		}
		if got := resp.Header.Get("Content-Type"); got != "application/json" {
			t.Errorf("GET %s: content-type %q", path, got)
		}
	}
}
