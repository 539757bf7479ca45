package zipkinapi_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// TestPathsAreReadLeniently holds the answers that the released server gives.
func TestPathsAreReadLeniently(t *testing.T) {
	srv := newServer(t)
	const notFound = "404 Not Found"
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"//api/v2/services", 200, "[]"},
		{"/api/v2//services", 200, "[]"},
		{"/api/v2/services;x", 200, "[]"},
		{"/api;a=b/v2;c/services;d;e", 200, "[]"},
		{"/api/v2/service%73", 200, "[]"},
		{"/zipkin//api/v2/services", 200, "[]"},
		{"//zipkin/api/v2/services", 200, "[]"},
		{"/api/v2/trace//1", 404, "0000000000000001 not found"},
		{"/api/v2/trace/1;x", 404, "0000000000000001 not found"},
		{"/api/v2/trace/%2F1", 400, "/1 should be lower-hex encoded with no prefix"},
		{"/api/v2/trace/%252F1", 400, "%2F1 should be lower-hex encoded with no prefix"},
		{"/api/v2/trace/1%3Bx", 400, "1;x should be lower-hex encoded with no prefix"},
		{"/api/v2/trace/1;x/2", 404, notFound},
		{"/api/v2/services/", 404, notFound},
		{"/api/v2/services//", 404, notFound},
		{"/api/v2/services%20", 404, notFound},
		{"/api/v2/services%3Bx", 404, notFound},
		{"/api/v2/./services", 404, notFound},
	} {
		for _, suffix := range []string{"", "?;x&y=%41"} {
			if resp, body := do(t, "GET", srv.URL+c.path+suffix, ""); resp.StatusCode != c.status || body != c.want {
				t.Errorf("GET %s: %d %q, want %d %q", c.path+suffix, resp.StatusCode, body, c.status, c.want)
			}
		}
	}
	for _, path := range []string{"/api/v2/services?%", "/api/v2/traces?annotationQuery=%zz", "/health?a=%4"} {
		if resp, body := do(t, "GET", srv.URL+path, ""); resp.StatusCode != 400 || body != "Status: 400\nDescription: Invalid request path\n" {
			t.Errorf("GET %s: %d %q", path, resp.StatusCode, body)
		}
	}
	for _, path := range []string{"//health", "/health;x", "//metrics", "/actuator//health", "///zipkin///config.json", "/zipkin/config.json;x"} {
		if resp, body := do(t, "GET", srv.URL+path, ""); resp.StatusCode != 200 || !strings.HasPrefix(body, "{\n") {
			t.Errorf("GET %s: %d %q", path, resp.StatusCode, body)
		}
	}
	for _, path := range []string{"/api%2Fv2%2Fservices", "/;/api/v2/services", "/API/v2/services"} {
		if _, body := do(t, "GET", srv.URL+path, ""); body != "UI" {
			t.Errorf("GET %s: %q, want it left to the UI", path, body)
		}
	}
}

// FuzzPath has every path answered, and none be taken for a bad server.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"/", "//api/v2/trace/%2F", "/api;/v2/trace/;%", "*", "/%zz", "/zipkin/api/v2/trace/%25"} {
		f.Add(path)
	}
	s := zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{})
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "/", nil)
		if u, err := r.URL.Parse(path); err == nil {
			r.URL = u
		} else {
			r.URL.Path = path
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q: %d", path, w.Code)
		}
	})
}
