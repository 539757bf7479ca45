package service_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
)

// collector is a Zipkin that takes everything, and what it was sent.
func collector(t *testing.T) (url string, sent <-chan string) {
	bodies := make(chan string, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(body)
			if err != nil {
				t.Error(err)
				return
			}
			body = unpacked
		}
		text, _ := io.ReadAll(body)
		bodies <- string(text)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, bodies
}

// TestTheCallerBehindAProxy is in a service's spans where a setting trusts the proxy.
func TestTheCallerBehindAProxy(t *testing.T) {
	for proxies, want := range map[int]string{0: `"remoteEndpoint":{"ipv4":"127.0.0.1","port":`, 1: `"remoteEndpoint":{"ipv4":"203.0.113.1"}`} {
		zipkin, sent := collector(t)
		url, stop := run(t, service.Config{ZipkinURL: zipkin, TrustedProxies: proxies}, service.Definition{Routes: []httpapi.Route{
			{Pattern: "GET /a", Handler: func(http.ResponseWriter, *http.Request) error { return nil }},
		}})
		req, err := http.NewRequest("GET", url+"/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", "198.51.100.9, 203.0.113.1")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		var spans string
		for len(sent) > 0 { // all is delivered
			spans += <-sent
		}
		if !strings.Contains(spans, want) {
			t.Errorf("with %d proxies %s was reported; want %s", proxies, spans, want)
		}
	}
	if err := (service.Config{Sampler: "always", Slow: "never", TrustedProxies: -1}).Validate(); err == nil || !strings.Contains(err.Error(), "--trusted-proxies") {
		t.Errorf("-1 proxies: %v", err)
	}
}
