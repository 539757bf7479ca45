package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/httpapi"
)

// TestWhoGetsText has the Accept of programs that people and programs use.
func TestWhoGetsText(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                                   false, // package net/http
		"*/*":                                true,  // curl
		"text/plain":                         true,
		"text/*":                             true,
		"application/json":                   false,
		"application/json, text/plain, */*":  false,
		"text/plain, application/json":       false,
		"text/plain, application/json;q=0.9": true,
		"application/json;q=0.2, */*":        true,
		"text/html,application/xhtml+xml,*/*;q=0.8": true, // a browser
		"text/plain;q=0, */*":                       false,
		"application/*":                             false,
		"image/png":                                 false,
		"nonsense;;":                                false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if got := httpapi.WantsText(r); got != want {
			t.Errorf("Accept %q: text %t, want %t", accept, got, want)
		}
	}
}

// TestWhoGetsHTML: browsers, which alone name it.
func TestWhoGetsHTML(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "text/*": false, "application/json": false, "text/html;q=0": false, "application/json, text/html;q=0.9": false,
		"text/html": true, "text/html,application/xhtml+xml,*/*;q=0.8": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		if got := httpapi.WantsHTML(r); got != want {
			t.Errorf("Accept %q: HTML %t, want %t", accept, got, want)
		}
	}
}

// TestForTerminals answers the same twice, to a terminal and to a program.
func TestForTerminals(t *testing.T) {
	refused := &httpapi.Error{Code: httpapi.Forbidden, Detail: strings.Repeat("the reason of it ", 10)}
	m := httpapi.NewRouter([]httpapi.Route{
		{Pattern: "GET /good", Handler: httpapi.ForTerminals(func(w http.ResponseWriter, r *http.Request) error {
			httpapi.Answer(w, r, map[string]int{"n": 1}, "one\n")
			return nil
		})},
		{Pattern: "GET /red", Handler: httpapi.ForTerminals(func(http.ResponseWriter, *http.Request) error {
			return &httpapi.Error{Code: httpapi.NotFound, Detail: "no \x1b[31mred\nthing"}
		})},
		{Pattern: "GET /bad", Handler: httpapi.ForTerminals(func(http.ResponseWriter, *http.Request) error { return refused })},
	}, httpapi.Options{})
	for _, test := range []struct {
		path, accept string
		status       int
		kind, begins string
	}{
		{"/good", "*/*", 200, "text/plain; charset=utf-8", "one\n"},
		{"/good", "application/json", 200, "application/json", "{\n  \"n\": 1"},
		{"/red", "*/*", 404, "text/plain; charset=utf-8", "404 Not Found: no \ufffd[31mred thing\n"},
		{"/bad", "*/*", 403, "text/plain; charset=utf-8", "403 Forbidden: the reason of it"},
		{"/bad", "application/json", 403, httpapi.ProblemType, `{`},
	} {
		r := httptest.NewRequest(http.MethodGet, test.path, nil)
		r.Header.Set("Accept", test.accept)
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != test.status || w.Header().Get("Content-Type") != test.kind || !strings.HasPrefix(body, test.begins) || w.Header().Get("Vary") != "Accept" {
			t.Errorf("%s, %s: %d %v %s", test.path, test.accept, w.Code, w.Header(), body)
		}
		for line := range strings.Lines(body) {
			if test.accept == "*/*" && len(line) > 81 {
				t.Errorf("%s: a line of %d columns: %s", test.path, len(line), line)
			}
		}
	}
}
