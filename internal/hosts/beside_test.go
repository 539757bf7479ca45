package hosts_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/tracelab/internal/hosts"
)

// called is a request to a server on port 8080, with a Host and pairs of other headers.
func called(host string, headers ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = host
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}))
}

func TestBesideGoesByTheNameOfTheCaller(t *testing.T) {
	for _, test := range []struct {
		base, host string
		headers    []string
		want       string
	}{
		{"http://localhost:9411", "localhost:8080", nil, "http://localhost:9411"},
		{"http://localhost:9411", "127.0.0.1:8080", nil, "http://localhost:9411"},
		{"http://localhost:9411/a?b=c", "192.168.1.5:8080", nil, "http://192.168.1.5:9411/a?b=c"},
		{"http://localhost:9411", "laptop.local", nil, "http://laptop.local:9411"},
		{"http://localhost", "[fd00::1]:8080", nil, "http://[fd00::1]"},
		{"http://127.0.0.1:9411", "[fd00::1]:8080", nil, "http://[fd00::1]:9411"},
		{"http://localhost:9411", "", nil, "http://localhost:9411"},
		{"", "192.168.1.5:8080", nil, ""},
		{"http://loc alhost", "192.168.1.5:8080", nil, "http://loc alhost"},
		{"https://zipkin.example/base", "192.168.1.5:8080", nil, "https://zipkin.example/base"},

		// Forwarded ports, whose names have them, with the caller's Host and without.
		{"http://localhost:9411/x", "demo-8080.app.github.dev", nil, "https://demo-9411.app.github.dev/x"},
		{"http://localhost:9411", "8080-team.ws.gitpod.io", nil, "https://9411-team.ws.gitpod.io"},
		{"http://localhost:9411", "localhost:8080", []string{"X-Forwarded-Host", "demo-8080.app.github.dev, proxy"}, "https://demo-9411.app.github.dev"},
		{"http://localhost:9411", "localhost:8080", []string{"X-Forwarded-Host", "a\"b"}, "http://localhost:9411"},
		{"http://localhost:9411", "192.168.1.5:8080", []string{"X-Forwarded-Host", "other.example"}, "http://192.168.1.5:9411"},
		{"http://localhost:9411", "team-2024.example.com", nil, "http://team-2024.example.com:9411"}, // no port of this server
	} {
		if got := hosts.Beside(test.base, called(test.host, test.headers...)); got != test.want {
			t.Errorf("%s, called as %q %q: %s; want %s", test.base, test.host, test.headers, got, test.want)
		}
	}
}

func TestOwn(t *testing.T) {
	for host, want := range map[string]string{
		"localhost:9411": "http://localhost:9411", "192.168.1.5:9411": "http://192.168.1.5:9411", "demo-9411.app.github.dev": "https://demo-9411.app.github.dev",
	} {
		if got := hosts.Own(called(host)).String(); got != want {
			t.Errorf("%q: %s, want %s", host, got, want)
		}
	}
	if got := hosts.Own(called("a1.ngrok-free.app", "X-Forwarded-Proto", "https")).String(); got != "https://a1.ngrok-free.app" {
		t.Errorf("by https: %s", got)
	}
}

func TestForwarded(t *testing.T) {
	for _, r := range []*http.Request{called("a1.ngrok-free.app"), called(""), called("localhost", "X-Forwarded-For", "192.0.2.1"), called("127.0.0.1", "Forwarded", "for=192.0.2.1"), called("localhost", "X-Forwarded-Host", "x.y.z")} {
		if !hosts.Forwarded(r) {
			t.Errorf("%q %v is taken for direct", r.Host, r.Header)
		}
	}
	for _, r := range []*http.Request{called("localhost:8080"), called("192.168.1.5:8080", "User-Agent", "curl")} {
		if hosts.Forwarded(r) {
			t.Errorf("%q %v is taken for forwarded", r.Host, r.Header)
		}
	}
}
