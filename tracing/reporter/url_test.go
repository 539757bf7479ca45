package reporter

import (
	"strings"
	"testing"
)

func TestCollectorURL(t *testing.T) {
	for in, want := range map[string]string{
		"http://localhost:9411":                    "http://localhost:9411/api/v2/spans",
		"http://localhost:9411/":                   "http://localhost:9411/api/v2/spans",
		"https://zipkin.example/behind/a/proxy":    "https://zipkin.example/behind/a/proxy/api/v2/spans",
		"http://localhost:9411/api/v2/spans":       "http://localhost:9411/api/v2/spans",
		"http://localhost:9411/api/v2/spans?key=v": "http://localhost:9411/api/v2/spans?key=v",
	} {
		if got, err := collectorURL(in); err != nil || got.String() != want {
			t.Errorf("collectorURL(%q) = %s, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "localhost:9411", "ftp://localhost", "http://", "http://%zz", "http://ann:S3CRET@localhost:port", "ftp://ann:S3CRET@localhost"} {
		_, err := collectorURL(in)
		if err == nil || !strings.Contains(err.Error(), "want one like http://localhost:9411") || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("collectorURL(%q): %v", in, err)
		}
		if r, err := New(Config{URL: in}); err == nil {
			t.Errorf("New with %q: %v", in, r)
		}
	}
}
