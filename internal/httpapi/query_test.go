package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/tracelab/internal/httpapi"
)

// TestUnknownParametersAreNamed, with what was meant.
func TestUnknownParametersAreNamed(t *testing.T) {
	visit := httpapi.Query(func(w http.ResponseWriter, _ *http.Request) error { return nil }, "url...", "rounds", "mode")
	none := httpapi.Query(func(w http.ResponseWriter, _ *http.Request) error { return nil })
	router := httpapi.NewRouter([]httpapi.Route{{Pattern: "GET /visit", Handler: visit}, {Pattern: "GET /none", Handler: none}}, httpapi.Options{})
	for target, want := range map[string]struct{ field, detail string }{
		"/visit":                            {},
		"/visit?url=a&url=b&rounds=&mode=x": {},
		"/visit?rounds=1&rounds=3":          {"rounds", "rounds is given twice: give it once"},
		"/visit?roundz=3":                   {"roundz", `"roundz" is no parameter of /visit: did you mean rounds? It takes url, rounds, mode`},
		"/visit?URL=a":                      {"URL", `"URL" is no parameter of /visit: did you mean url? It takes url, rounds, mode`},
		"/visit?zebra=1&apple=2":            {"apple", `"apple" is no parameter of /visit, which takes url, rounds, mode`},
		"/visit?url=http://a/?b=c&d=e":      {"d", `"d" is no parameter of /visit, which takes url, rounds, mode; if it is part of the URL, write its & as %26`},
		"/visit?=1":                         {"", `"" is no parameter of /visit, which takes url, rounds, mode`},
		"/visit?%zz":                        {"query", `the query cannot be read: invalid URL escape "%zz"`},
		"/none?a":                           {"a", `"a" is no parameter of /none, which takes none`},
	} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		var p httpapi.Problem
		json.Unmarshal(w.Body.Bytes(), &p)
		status := http.StatusBadRequest
		if want.detail == "" {
			status = http.StatusOK
		}
		if w.Code != status || p.Detail != want.detail || p.Field != want.field {
			t.Errorf("%s: status %d, field %q: %q; want %d, %q: %q", target, w.Code, p.Field, p.Detail, status, want.field, want.detail)
		}
	}
}
