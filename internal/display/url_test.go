package display_test

import (
	"testing"

	"example.com/tracelab/internal/display"
)

func TestURL(t *testing.T) {
	for base, want := range map[string]string{
		"http://127.0.0.1:9411":                        "http://localhost:9411",
		"http://127.0.0.1:9411/zipkin/":                "http://localhost:9411/zipkin/",
		"http://[::1]:9411":                            "http://localhost:9411",
		"http://[::]:9411":                             "http://localhost:9411",
		"http://0.0.0.0":                               "http://localhost",
		"http://localhost:9411":                        "http://localhost:9411",
		"http://ann:S3CRET@10.0.0.5:9411/x?y=S3CRET#z": "http://10.0.0.5:9411/x",
		"http://ann:S3CRET@localhost:port":             "http://localhost:xxxxx",
		"https://zipkin.example.com":                   "https://zipkin.example.com",
		"zipkin:9411":                                  "zipkin:9411",
		"not a\x1b URL":                                "not a� URL",
		"":                                             "",
	} {
		if got := display.URL(base); got != want {
			t.Errorf("%q: %q, want %q", base, got, want)
		}
	}
}
