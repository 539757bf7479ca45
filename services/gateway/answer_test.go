package gateway

import (
	"net/url"
	"testing"
)

func TestTraceURLGoesByTheNameOfTheCaller(t *testing.T) {
	tests := []struct{ ui, host, want string }{
		{"http://localhost:9411", "localhost:8080", "http://localhost:9411/zipkin/traces/1"},
		{"http://localhost:9411", "127.0.0.1:8080", "http://localhost:9411/zipkin/traces/1"},
		{"http://localhost:9411/", "192.168.1.5:8080", "http://192.168.1.5:9411/zipkin/traces/1"},
		{"http://localhost:9411", "laptop.local", "http://laptop.local:9411/zipkin/traces/1"},
		{"http://localhost", "[fd00::1]:8080", "http://[fd00::1]/zipkin/traces/1"},
		{"http://localhost:9411", "", "http://localhost:9411/zipkin/traces/1"},
		{"https://zipkin.example/base", "192.168.1.5:8080", "https://zipkin.example/base/zipkin/traces/1"},
	}
	for _, test := range tests {
		ui, err := url.Parse(test.ui)
		if err != nil {
			t.Fatal(err)
		}
		if got := traceURL(ui, test.host, "1"); got != test.want {
			t.Errorf("UI %s, called as %q: %s; want %s", test.ui, test.host, got, test.want)
		}
	}
}
