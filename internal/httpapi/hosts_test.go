package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
)

// TestAnswersTo names that are allowed, and says to others what would be, as a program or
// a person wants it.
func TestAnswersTo(t *testing.T) {
	h := httpapi.AnswersTo(hosts.Names{"demo.example.com"})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, c := range []struct {
		host, accept, agent string
		status              int
		kind                string
	}{
		{"localhost:9411", "", "", 200, ""},
		{"demo.example.com", "", "", 200, ""},
		{"other.example.com", "application/json", "curl/8", 403, httpapi.ProblemType},
		{"other.example.com", "*/*", "curl/8", 403, "text/plain; charset=utf-8"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		r.Header.Set("Accept", c.accept)
		r.Header.Set("User-Agent", c.agent)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.kind || c.status == 403 && !strings.Contains(w.Body.String(), "--allow-hosts=other.example.com") {
			t.Errorf("%+v: %d %s %s", c, w.Code, w.Header(), w.Body)
		}
	}
}
