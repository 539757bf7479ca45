package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/tracelab/internal/httpapi"
)

func TestExtensionsAreMembersOfTheDocument(t *testing.T) {
	w := httptest.NewRecorder()
	httpapi.WriteError(w, httptest.NewRequest("GET", "/", nil), fmt.Errorf("in the end: %w", &httpapi.Error{Code: httpapi.Timeout, Service: "fetcher",
		Detail: "a < b & c", Extensions: map[string]any{"visits": []string{"http://h/?a=1&b=2"}, "count": 1}}))
	const want = `{
  "type": "about:blank",
  "title": "Gateway Timeout",
  "status": 504,
  "detail": "a < b & c",
  "code": "timeout",
  "service": "fetcher",
  "count": 1,
  "visits": [
    "http://h/?a=1&b=2"
  ]
}
`
	if got := w.Body.String(); got != want {
		t.Errorf("the document is\n%s\nwant\n%s", got, want)
	}
}

func TestAnExtensionThatIsNoJSONIsAnError(t *testing.T) {
	if _, err := json.Marshal(httpapi.Problem{Extensions: map[string]any{"f": func() {}}}); err == nil {
		t.Error("a function was written")
	}
}

// TestOnlyADefectIsLoggedAsAnError has every code answered once, and a handler
// that panics.
func TestOnlyADefectIsLoggedAsAnError(t *testing.T) {
	var logged bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)
	says := func(name, want string) {
		t.Helper()
		level, _, _ := strings.Cut(logged.String(), " msg=")
		if level = level[strings.LastIndexByte(level, '=')+1:]; level != want {
			t.Errorf("%s is logged at level %q, want %q: %s", name, level, want, logged.String())
		}
		logged.Reset()
	}
	for code, want := range map[httpapi.Code]string{httpapi.Invalid: "DEBUG", httpapi.Unauthorized: "DEBUG", httpapi.Forbidden: "DEBUG",
		httpapi.NotFound: "DEBUG", httpapi.NotAllowed: "DEBUG", httpapi.TooLarge: "DEBUG", httpapi.Unavailable: "WARN", httpapi.Unreachable: "WARN",
		httpapi.Timeout: "WARN", httpapi.Busy: "WARN", httpapi.Internal: "ERROR", httpapi.Canceled: ""} {
		httpapi.WriteError(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), &httpapi.Error{Code: code, Detail: "x"})
		says(string(code), want)
	}
	panics := func(http.ResponseWriter, *http.Request) error { panic("x") }
	httpapi.NewRouter([]httpapi.Route{{Pattern: "GET /", Handler: panics}}, httpapi.Options{}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	says("a panic", "ERROR")
}

func TestFailed(t *testing.T) {
	for _, test := range []struct {
		otherwise httpapi.Code
		err       error
		want      httpapi.Code
		detail    string
	}{
		{httpapi.Unreachable, errors.New("refused"), httpapi.Unreachable, "redis does not answer"},
		{httpapi.Unavailable, errors.New("refused"), httpapi.Unavailable, "redis does not answer"},
		{httpapi.Unreachable, fmt.Errorf("dial: %w", context.Canceled), httpapi.Canceled, "the caller has gone"},
		{httpapi.Unreachable, fmt.Errorf("dial: %w", context.DeadlineExceeded), httpapi.Timeout, "redis did not answer in time"},
		{httpapi.Unreachable, os.ErrDeadlineExceeded, httpapi.Timeout, "redis did not answer in time"},
		{httpapi.Unavailable, os.ErrDeadlineExceeded, httpapi.Unavailable, "redis did not answer in time"},
	} {
		e := httpapi.Failed("redis", test.otherwise, test.err)
		if e.Code != test.want || e.Detail != test.detail || e.Service != "redis" || !errors.Is(e, test.err) {
			t.Errorf("%v, otherwise %s: %+v; want %s", test.err, test.otherwise, e, test.want)
		}
	}
}

func TestAsErrorHidesWhatIsInternal(t *testing.T) {
	known := httpapi.InvalidField("n", "no")
	if got := httpapi.AsError(fmt.Errorf("in the end: %w", known)); got != known {
		t.Errorf("%+v", got)
	}
	if got := httpapi.AsError(os.ErrNotExist); got.Code != httpapi.Internal || got.Detail == "" || !errors.Is(got, os.ErrNotExist) {
		t.Errorf("%+v", got)
	}
}

func TestCodesHaveAStatus(t *testing.T) {
	for code, want := range map[httpapi.Code]int{httpapi.Invalid: 400, httpapi.Unauthorized: 401, httpapi.Forbidden: 403, httpapi.NotFound: 404,
		httpapi.NotAllowed: 405, httpapi.TooLarge: 413, httpapi.Canceled: 499, httpapi.Internal: 500, httpapi.Unreachable: 502,
		httpapi.Unavailable: 503, httpapi.Busy: 503, httpapi.Timeout: 504, "another": 0} {
		if got := code.HTTPStatus(); got != want {
			t.Errorf("%s: %d; want %d", code, got, want)
		}
	}
}
