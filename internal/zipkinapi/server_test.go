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

// newServer serves the API before a UI.
func newServer(t *testing.T) *httptest.Server {
	t.Helper()
	return serve(t, store.Config{}, zipkinapi.Options{Version: "1.2.3", Commit: "abc"})
}

func serve(t *testing.T, c store.Config, o zipkinapi.Options) *httptest.Server {
	t.Helper()
	o.Now = func() time.Time { return clock }
	ui := http.NewServeMux()
	ui.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "UI") })
	srv := httptest.NewServer(zipkinapi.NewServer(store.New(c), o).Before(ui))
	t.Cleanup(srv.Close)
	return srv
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
	srv := newServer(t)
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

func TestRouting(t *testing.T) {
	srv := newServer(t)
	const notFound, notAllowed = "404 Not Found", "405 Method Not Allowed"
	for _, c := range []struct {
		method, path string
		status       int
		want         string
	}{
		{"GET", "/", 200, "UI"},
		{"GET", "/zipkin/", 200, "UI"},
		{"GET", "/zipkin/traces/c", 200, "UI"},
		{"GET", "/tracelab/v1/stack", 200, "UI"},
		{"GET", "/API/v2/services", 200, "UI"}, // paths are case-sensitive
		{"PUT", "/api/v2/spans", 404, notFound},
		{"DELETE", "/api/v2/trace/c", 404, notFound},
		{"POST", "/api/v2/services", 404, notFound},
		{"POST", "/api/v2/traces", 404, notFound},
		{"POST", "/health", 404, notFound},
		{"PATCH", "/api/v2/spans", 404, notFound},
		{"OPTIONS", "/api/v2/spans", 404, notFound},
		{"TRACE", "/api/v2/services", 405, notAllowed},
		{"POST", "/zipkin/api/v2/spans", 405, notAllowed},
		{"GET", "/api/v2/nosuch", 404, notFound},
		{"GET", "/api/v2/services/", 404, notFound},
		{"GET", "/api/v2/trace/", 404, notFound},
		{"GET", "/api/v2/trace/a/b", 404, notFound},
		{"GET", "/api/v2/trace/c/", 404, notFound},
		{"GET", "/api/v1/services", 404, notFound},
		{"GET", "/api/v1/spans", 404, notFound},
		{"POST", "/api/v1/services", 404, notFound},
		{"POST", "/zipkin/api/v1/spans", 405, notAllowed},
		{"GET", "/zipkin/api/v1/services", 404, notFound},
		{"GET", "/health/", 200, "UI"}, // which knows no such page either
		{"GET", "/metrics/", 200, "UI"},
		{"GET", "/zipkin/api", 200, "UI"},
		{"GET", "/config.json", 200, "UI"},
		{"GET", "/actuator/env", 200, "UI"},
		{"POST", "/metrics", 404, notFound},
		{"POST", "/info", 405, notAllowed},
		{"POST", "/actuator/info", 405, notAllowed},
		{"POST", "/actuator/health", 404, notFound},
		{"DELETE", "/prometheus", 405, notAllowed},
		{"POST", "/zipkin/config.json", 405, notAllowed},
		{"HEAD", "/api/v2/services", 200, ""}, // better than Zipkin's 404
		{"HEAD", "/health", 200, ""},
	} {
		resp, body := do(t, c.method, srv.URL+c.path, "")
		if resp.StatusCode != c.status || body != c.want {
			t.Errorf("%s %s: %d %q, want %d %q", c.method, c.path, resp.StatusCode, body, c.status, c.want)
		}
		if c.status >= 400 && resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s %s: content-type %q", c.method, c.path, resp.Header.Get("Content-Type"))
		}
	}
}

func TestOtherOrigins(t *testing.T) {
	srv := newServer(t)
	const expose = "grpc-status,grpc-message,armeria.grpc.throwableproto-bin"
	for _, c := range []struct {
		method, path string
		header       []string
		status       int
		want         map[string]string
	}{
		{"GET", "/api/v2/services", []string{"Origin", "http://x"}, 200, map[string]string{"Allow-Origin": "*", "Allow-Headers": "content-type,x-grpc-web", "Expose-Headers": expose, "Allow-Methods": ""}},
		{"GET", "/api/v2/traces?limit=0", []string{"Origin", "http://x"}, 400, map[string]string{"Allow-Origin": "*"}},
		{"GET", "/api/v2/nosuch", []string{"Origin", "http://x"}, 404, map[string]string{"Allow-Origin": "*"}},
		{"POST", "/api/v2/spans", []string{"Origin", "http://x"}, 202, map[string]string{"Allow-Origin": "*"}},
		{"OPTIONS", "/api/v2/spans", []string{"Origin", "http://x"}, 404, map[string]string{"Allow-Origin": "*"}},
		{"OPTIONS", "/api/v2/spans", []string{"Origin", "http://x", "Access-Control-Request-Method", "PUT"}, 200, map[string]string{"Allow-Origin": "*", "Allow-Headers": "content-type,x-grpc-web", "Allow-Methods": "GET,POST", "Expose-Headers": ""}},
		{"OPTIONS", "/api/v2/spans", []string{"Access-Control-Request-Method", "PUT"}, 404, map[string]string{"Allow-Origin": ""}},
		{"GET", "/api/v2/services", nil, 200, map[string]string{"Allow-Origin": ""}},
	} {
		resp, _ := do(t, c.method, srv.URL+c.path, "", c.header...)
		if resp.StatusCode != c.status {
			t.Errorf("%s %s %q: %d, want %d", c.method, c.path, c.header, resp.StatusCode, c.status)
		}
		for name, want := range c.want {
			if got := resp.Header.Get("Access-Control-" + name); got != want {
				t.Errorf("%s %s %q: %s %q, want %q", c.method, c.path, c.header, name, got, want)
			}
		}
	}
}
