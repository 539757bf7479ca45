package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestUnknownParametersAreRejected, before anything is done.
func TestUnknownParametersAreRejected(t *testing.T) {
	s := newStage(t, nil, nil)
	for query, want := range map[string]string{
		"?roundz=3":                        "did you mean rounds?",
		"?url=http://127.0.0.1:9/?a=b&c=d": "write its & as %26",
		"?mode=serial&Url=x":               "did you mean url?",
	} {
		status, a, _ := s.visit(t.Context(), query, "")
		if status != 400 || !strings.Contains(a.Detail, want) {
			t.Errorf("%s: status %d, %q; want 400 and %q", query, status, a.Detail, want)
		}
	}
	if all := named(s.await(t, 3), "main"); len(all) != 0 {
		t.Errorf("%d visits were begun", len(all))
	}
}

// TestParametersOfAForm are read as those of the query, and no other body is.
func TestParametersOfAForm(t *testing.T) {
	var written string
	s := newStage(t, nil, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		written += string(body)
	})
	const form, text = "application/x-www-form-urlencoded", "text/plain"
	for _, test := range []struct {
		request, kind, body string
		status              int
		says                string
	}{
		{"POST /visits", form, "url=http://127.0.0.1:9/a&rounds=2", 202, "http://127.0.0.1:9/a"},
		{"POST /visits?rounds=2", form, "url=http://127.0.0.1:9/b", 202, "http://127.0.0.1:9/b"},
		{"GET /visit", form, "url=http://127.0.0.1:9/c", 200, "http://127.0.0.1:9/c"},
		{"POST /visits", form, "roundz=3", 400, "did you mean rounds?"},
		{"POST /visits?rounds=2", form, "rounds=3", 400, "given twice"},
		{"POST /visits", form, "url=http://10.0.0.1/", 400, "10.0.0.1"},
		{"POST /visits", form, `{"url":"http://127.0.0.1:9/a"}`, 400, "the body is no form"},
		{"POST /visits", text, "url=http://127.0.0.1:9/a", 400, "the body is no form"},
		{"POST /visits", form, strings.Repeat("x", 70_000), 400, "more than 65536 bytes"},
		{"POST /visits", form, "", 202, "http://127.0.0.1:9/get"},
	} {
		method, target, _ := strings.Cut(test.request, " ")
		r := httptest.NewRequest(method, target, strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		w := httptest.NewRecorder()
		written = ""
		s.ServeHTTP(w, r)
		if w.Code != test.status || !strings.Contains(w.Body.String()+written, test.says) {
			t.Errorf("%s of %.40s: %d %s; want %d and %q", test.request, test.body, w.Code, w.Body, test.status, test.says)
		}
	}
}
