package httpapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/tracelab/internal/httpapi"
)

// TestFormAsQuery hands over what curl -d sends as if it stood in the query, and refuses
// what nobody would read.
func TestFormAsQuery(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for name, test := range map[string]struct{ method, query, kind, body, want string }{
		"nothing":           {"POST", "", "", "", ""},
		"a query":           {"GET", "url=a&url=b", "", "", "url=a&url=b"},
		"a form":            {"POST", "", form, "url=a&url=b", "url=a&url=b"},
		"both":              {"POST", "mode=serial", form, "url=a", "mode=serial&url=a"},
		"a charset":         {"POST", "", form + "; charset=utf-8", "url=a", "url=a"},
		"an empty form":     {"POST", "mode=serial", form, "", "mode=serial"},
		"JSON":              {"POST", "", "application/json", `{"url":"a"}`, "body: the body is no form: /visits takes its parameters in the query, or as a form as curl -d sends it"},
		"JSON of curl -d":   {"POST", "", form, ` {"url":"a"}`, "body: the body is no form: /visits takes its parameters in the query, or as a form as curl -d sends it"},
		"of no kind":        {"POST", "", "", "url=a", "body: the body is no form: /visits takes its parameters in the query, or as a form as curl -d sends it"},
		"more than is read": {"POST", "", form, strings.Repeat("x", 70_000), "body: the body: it has more than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, "/visits?"+test.query, strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.kind)
			before := r.URL.RawQuery
			got := formAsQuery(r)
			if got != test.want || r.URL.RawQuery != before {
				t.Errorf("%s\nwant %s; the caller's query is %q", got, test.want, r.URL.RawQuery)
			}
		})
	}
	r := httptest.NewRequest("POST", "/visits", iotest.ErrReader(errors.New("it is cut")))
	if got, want := formAsQuery(r), "body: the body could not be read: it is cut"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// formAsQuery is the query that the handler sees, and nothing of the body, or the error.
func formAsQuery(r *http.Request) (seen string) {
	err := httpapi.FormAsQuery(func(_ http.ResponseWriter, r *http.Request) error {
		left := make([]byte, 1)
		n, _ := r.Body.Read(left)
		seen = r.URL.RawQuery + string(left[:n])
		return nil
	})(httptest.NewRecorder(), r)
	if err != nil {
		return fmt.Sprintf("%s: %v", httpapi.AsError(err).Field, err)
	}
	return seen
}

// TestFromOwnPages refuses what a page of another site has a browser do, but to read, and
// says why as whoever asks wants it.
func TestFromOwnPages(t *testing.T) {
	h := httpapi.FromOwnPages(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, c := range []struct {
		method, header, value string
		refused               bool
	}{
		{"POST", "", "", false}, // curl
		{"POST", "Sec-Fetch-Site", "same-origin", false},
		{"POST", "Sec-Fetch-Site", "none", false}, // an address that was typed
		{"POST", "Sec-Fetch-Site", "cross-site", true},
		{"DELETE", "Sec-Fetch-Site", "same-site", true},
		{"POST", "Origin", "http://lab.example.com", false},
		{"POST", "Origin", "http://evil.example.com", true},
		{"PUT", "Origin", "null", true},
		{"GET", "Sec-Fetch-Site", "cross-site", false},
		{"HEAD", "Origin", "http://evil.example.com", false},
		{"OPTIONS", "Origin", "http://evil.example.com", false},
	} {
		for accept, kind := range map[string]string{"*/*": "text/plain; charset=utf-8", "application/json": httpapi.ProblemType} {
			r := httptest.NewRequest(c.method, "http://lab.example.com/", nil)
			r.Header.Set("Accept", accept)
			r.Header.Set("User-Agent", "curl/8")
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			switch {
			case !c.refused && w.Code != 200:
				t.Errorf("%+v: %d %s", c, w.Code, w.Body)
			case c.refused && (w.Code != 403 || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Body.String(), "a cross-origin request")):
				t.Errorf("%+v for %s: %d %v %s", c, accept, w.Code, w.Header(), w.Body)
			}
		}
	}
}
