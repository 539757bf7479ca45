package tracing_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// where is an endpoint as text: name, IPv4, IPv6 and port, as far as it has them.
func where(e *model.Endpoint) string {
	if e == nil {
		return "nobody"
	}
	text := e.ServiceName
	if len(e.IPv4) > 0 {
		text += fmt.Sprintf(" ipv4=%s(%d bytes)", e.IPv4, len(e.IPv4))
	}
	if len(e.IPv6) > 0 {
		text += fmt.Sprintf(" ipv6=%s(%d bytes)", e.IPv6, len(e.IPv6))
	}
	if e.Port > 0 {
		text += fmt.Sprintf(" port=%d", e.Port)
	}
	return strings.TrimSpace(text)
}

// TestWhoCalled has a SERVER span say where its request came from.
func TestWhoCalled(t *testing.T) {
	const peer = "192.0.2.7:4711"
	for _, test := range []struct {
		proxies   int
		from      string
		forwarded []string // X-Forwarded-For
		want      string
	}{
		{0, peer, nil, "ipv4=192.0.2.7(4 bytes) port=4711"},
		{0, "[2001:db8::1]:80", nil, "ipv6=2001:db8::1(16 bytes) port=80"},
		{0, "[::ffff:192.0.2.7]:80", nil, "ipv4=192.0.2.7(4 bytes) port=80"},
		{0, "[fe80::1%eth0]:443", nil, "ipv6=fe80::1(16 bytes) port=443"},
		{0, "@", nil, "nobody"}, // a Unix socket
		{0, "", nil, "nobody"},
		{0, "host:80", nil, "nobody"},
		{0, peer, []string{"203.0.113.1"}, "ipv4=192.0.2.7(4 bytes) port=4711"}, // nobody said to trust it
		{1, peer, nil, "ipv4=192.0.2.7(4 bytes) port=4711"},
		{1, peer, []string{"203.0.113.1"}, "ipv4=203.0.113.1(4 bytes)"},
		{1, peer, []string{"198.51.100.9, 203.0.113.1"}, "ipv4=203.0.113.1(4 bytes)"}, // the first is the caller's own word
		{1, peer, []string{"198.51.100.9", "203.0.113.1"}, "ipv4=203.0.113.1(4 bytes)"},
		{2, peer, []string{"198.51.100.9, 203.0.113.1,10.0.0.1"}, "ipv4=203.0.113.1(4 bytes)"},
		{2, peer, []string{"198.51.100.9, 203.0.113.1", "10.0.0.1"}, "ipv4=203.0.113.1(4 bytes)"},
		{2, peer, []string{"203.0.113.1"}, "ipv4=203.0.113.1(4 bytes)"}, // a way with one of them only
		{1, peer, []string{"2001:db8::1"}, "ipv6=2001:db8::1(16 bytes)"},
		{1, peer, []string{"[2001:db8::1]"}, "ipv6=2001:db8::1(16 bytes)"},
		{1, peer, []string{"[2001:db8::1]:81"}, "ipv6=2001:db8::1(16 bytes) port=81"},
		{1, peer, []string{"203.0.113.1:81"}, "ipv4=203.0.113.1(4 bytes) port=81"},
		{1, peer, []string{"::ffff:203.0.113.1"}, "ipv4=203.0.113.1(4 bytes)"},
		{1, peer, []string{"unknown"}, "ipv4=192.0.2.7(4 bytes) port=4711"},
		{1, peer, []string{""}, "ipv4=192.0.2.7(4 bytes) port=4711"},
		{1, peer, []string{"203.0.113.1,"}, "ipv4=192.0.2.7(4 bytes) port=4711"},
	} {
		t.Run(fmt.Sprintf("%d proxies, %s, %q", test.proxies, test.from, test.forwarded), func(t *testing.T) {
			spans := &tracetest.Recorder{}
			provider, err := tracing.Start(tracing.Config{Service: "test", Reporter: spans, TrustedProxies: test.proxies})
			if err != nil {
				t.Fatal(err)
			}
			defer provider.Shutdown(context.Background())
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = test.from
			for _, line := range test.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			serve(tracing.Handler(parts()), r)
			if got := where(only(t, spans).RemoteEndpoint); got != test.want {
				t.Errorf("called by %s; want %s", got, test.want)
			}
		})
	}
}

// TestWhoIsCalled has a CLIENT span name a service, or an address that has no name.
func TestWhoIsCalled(t *testing.T) {
	named := func(service string) func(*http.Request) string { return func(*http.Request) string { return service } }
	for _, test := range []struct {
		url  string
		peer func(*http.Request) string
		want string
	}{
		{"http://127.0.0.1:8080/x", nil, "ipv4=127.0.0.1(4 bytes) port=8080"},
		{"http://127.0.0.1/x", nil, "ipv4=127.0.0.1(4 bytes) port=80"},
		{"https://[2001:db8::1]/x", nil, "ipv6=2001:db8::1(16 bytes) port=443"},
		{"http://[::ffff:192.0.2.7]:81/x", nil, "ipv4=192.0.2.7(4 bytes) port=81"},
		{"http://[fe80::1%25eth0]:81/x", nil, "ipv6=fe80::1(16 bytes) port=81"},
		{"http://127.0.0.1:8080/x", named("shop"), "shop ipv4=127.0.0.1(4 bytes) port=8080"},
		{"http://127.0.0.1:8080/x", named("127.0.0.1"), "ipv4=127.0.0.1(4 bytes) port=8080"},
		{"http://127.0.0.1:8080/x", named(""), "ipv4=127.0.0.1(4 bytes) port=8080"},
		{"http://shop:8080/x", nil, "shop"},
		{"http://shop2/x", nil, "shop2"},
		{"http://1.2.3.4.5/x", nil, "1.2.3.4.5"},
		{"http://shop/x", named("books"), "books"},
	} {
		t.Run(test.url, func(t *testing.T) {
			spans := tracetest.Start(t, "always")
			resp, err := (&tracing.Transport{Base: answering(""), Peer: test.peer}).RoundTrip(newRequest(t, test.url))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := where(only(t, spans).RemoteEndpoint); got != test.want {
				t.Errorf("calls %s; want %s", got, test.want)
			}
		})
	}
}

// TestAnEmptyPathIsTheRoot, as it is in a request.
func TestAnEmptyPathIsTheRoot(t *testing.T) {
	for text, want := range map[string]string{
		"http://shop":              "http://shop/",
		"http://bob:secret@shop?q": "http://shop/",
		"http://shop/a%2Fb?q#f":    "http://shop/a%2Fb",
		"urn:isbn:0451450523":      "urn:isbn:0451450523",
		"":                         "",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := tracing.SafeURL(u); got != want {
			t.Errorf("SafeURL(%q) = %q; want %q", text, got, want)
		}
	}
	spans := tracetest.Start(t, "always")
	r := httptest.NewRequest("GET", "http://shop", nil) // as a proxy is asked
	serve(tracing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), r)
	if s := only(t, spans); s.Tags["http.path"] != "/" {
		t.Errorf("tags %v", s.Tags)
	}
}
