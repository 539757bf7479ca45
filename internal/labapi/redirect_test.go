package labapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// TestWhatIsPostedIsNotRedirected has a log-in page behind each path but one.
func TestWhatIsPostedIsNotRedirected(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+labapi.StackPath, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") })
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/login?token=S3CRET", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was redirected", r.Referer())
		io.WriteString(w, "[]") // as good an answer as any
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	client, err := labapi.Find(t.Context(), strings.Replace(srv.URL, "//", "//ann:S3CRET@", 1))
	if err != nil {
		t.Fatal(err)
	}
	_, doctor := client.Doctor(t.Context())
	for what, err := range map[string]error{
		"doctor": doctor,
		"report": client.Report(t.Context(), []zipkin.Span{{TraceID: zipkin.TraceID{Low: 1}, ID: 1}}),
	} {
		if err == nil || !strings.Contains(err.Error(), srv.URL+"/login") || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("%s: %v; want an error that says where the redirect leads, without secrets", what, err)
		}
	}
}

// TestNoErrorTellsASecret of the server's URL.
func TestNoErrorTellsASecret(t *testing.T) {
	for _, url := range []string{"http://ann:S3CRET@127.0.0.1:1", "http://ann:S3CRET@host:port", "ftp://ann:S3CRET@host", "ann:S3CRET@host", "http://127.0.0.1:1/?key=S3CRET"} {
		if _, err := labapi.Find(t.Context(), url); err == nil || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
