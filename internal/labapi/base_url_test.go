package labapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
)

func TestBaseURL(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1:9411":                       "http://127.0.0.1:9411",
		"localhost:9411/":                      "http://localhost:9411",
		"[::1]:9411":                           "http://[::1]:9411",
		":9412":                                "http://:9412",
		"lab:9411/behind/":                     "http://lab:9411/behind",
		"http://localhost:9411":                "http://localhost:9411",
		"https://lab.example/behind/":          "https://lab.example/behind",
		"http://localhost:9411/?lookback=1d#x": "http://localhost:9411",
	} {
		if got, err := labapi.BaseURL(text); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "localhost", "http//localhost:9411", "ftp://localhost:9411", "http://", "http://a b", "localhost:x"} {
		if got, err := labapi.BaseURL(text); !errors.Is(err, labapi.ErrURL) {
			t.Errorf("%q is %q, %v; want it refused", text, got, err)
		}
	}
}

// TestFindTakesHostAndPort, and sends no request where the URL is invalid.
func TestFindTakesHostAndPort(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }))
	defer srv.Close()
	client, err := labapi.Find(t.Context(), strings.TrimPrefix(srv.URL, "http://"))
	if err != nil || client.URL() != srv.URL {
		t.Errorf("found %+v, %v; want %s", client, err, srv.URL)
	}
	if _, err := labapi.Find(t.Context(), "localhost"); !errors.Is(err, labapi.ErrURL) || strings.Contains(err.Error(), "start one") {
		t.Errorf("%v, want that the URL is none", err)
	}
}
