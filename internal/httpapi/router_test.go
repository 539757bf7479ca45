package httpapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/metrics"
)

func failing(err error) httpapi.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func saying(text string) httpapi.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// ask has h answer a request.
func ask(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func problem(t *testing.T, w *httptest.ResponseRecorder) (p httpapi.Problem) {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != httpapi.ProblemType {
		t.Errorf("Content-Type %q", got)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Errorf("%v: %s", err, w.Body)
	}
	return p
}

func TestAnswers(t *testing.T) {
	router := httpapi.NewRouter([]httpapi.Route{
		{Pattern: "GET /thing/{id}", Handler: func(w http.ResponseWriter, r *http.Request) error {
			httpapi.WriteJSON(w, map[string]string{"id": r.PathValue("id")})
			return nil
		}},
		{Pattern: "GET /invalid", Handler: failing(httpapi.InvalidField("n", "n=%d: want less", 7))},
		{Pattern: "GET /secret", Handler: failing(errors.New("password is hunter2"))},
		{Pattern: "GET /panics", Handler: func(http.ResponseWriter, *http.Request) error { panic("hunter2") }},
		{Pattern: "GET /plain", Handler: httpapi.FromHTTP(http.NotFoundHandler())},
	}, httpapi.Options{})
	for _, test := range []struct {
		method, path string
		want         httpapi.Problem
	}{
		{"GET", "/invalid", httpapi.Problem{Status: 400, Title: "Bad Request", Code: httpapi.Invalid, Field: "n", Detail: "n=7: want less"}},
		{"GET", "/secret", httpapi.Problem{Status: 500, Title: "Internal Server Error", Code: httpapi.Internal}},
		{"GET", "/panics", httpapi.Problem{Status: 500, Title: "Internal Server Error", Code: httpapi.Internal}},
		{"GET", "/nowhere", httpapi.Problem{Status: 404, Title: "Not Found", Code: httpapi.NotFound, Detail: "there is nothing at /nowhere"}},
		{"POST", "/invalid", httpapi.Problem{Status: 405, Title: "Method Not Allowed", Code: httpapi.NotAllowed, Field: "method",
			Detail: "POST is not possible at /invalid: use GET or HEAD"}},
	} {
		w := ask(router, test.method, test.path)
		p := problem(t, w)
		if w.Code != p.Status || p.Type != "about:blank" || p.Status != test.want.Status || p.Title != test.want.Title || p.Code != test.want.Code ||
			p.Field != test.want.Field || test.want.Detail != "" && p.Detail != test.want.Detail {
			t.Errorf("%s %s: %d %+v; want %+v", test.method, test.path, w.Code, p, test.want)
		}
		if strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%s shows what is internal: %s", test.path, w.Body)
		}
	}
	if got := ask(router, "POST", "/invalid").Header().Get("Allow"); got != "GET, HEAD" {
		t.Errorf("Allow: %q", got)
	}
	if w := ask(router, "GET", "/thing/7"); w.Code != 200 || w.Body.String() != "{\n  \"id\": \"7\"\n}\n" {
		t.Errorf("/thing/7: %d %q", w.Code, w.Body)
	}
	if w := ask(router, "GET", "/plain"); w.Body.String() != "404 page not found\n" {
		t.Errorf("a handler that answers by itself: %d %q", w.Code, w.Body)
	}
	if w := ask(router, "GET", "//invalid"); w.Code/100 != 3 || w.Header().Get("Location") != "/invalid" {
		t.Errorf("a path that is not clean: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestAHandlerMayDropTheConnection(t *testing.T) {
	router := httpapi.NewRouter([]httpapi.Route{{Pattern: "/", Handler: func(http.ResponseWriter, *http.Request) error {
		panic(http.ErrAbortHandler)
	}}}, httpapi.Options{})
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the panic that drops a connection does not reach net/http")
		}
	}()
	ask(router, "GET", "/")
}

func TestMiddlewaresAreAroundInOrder(t *testing.T) {
	named := func(name string) httpapi.Middleware {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, name+"(")
				next.ServeHTTP(w, r)
				io.WriteString(w, ")")
			})
		}
	}
	routes := []httpapi.Route{{Pattern: "/one", Handler: saying("one"), Use: []httpapi.Middleware{named("c")}}, {Pattern: "/two", Handler: saying("two")}}
	all := httpapi.NewRouter(httpapi.Use(routes, named("a"), named("b")), httpapi.Options{})
	own := httpapi.NewRouter(routes, httpapi.Options{}) // as they were before
	for _, test := range []struct {
		h          http.Handler
		path, want string
	}{{all, "/one", "a(b(c(one)))"}, {all, "/two", "a(b(two))"}, {own, "/one", "c(one)"}, {own, "/two", "two"}} {
		if got := ask(test.h, "GET", test.path).Body.String(); got != test.want {
			t.Errorf("%s: %q; want %q", test.path, got, test.want)
		}
	}
}

func TestAdmission(t *testing.T) {
	router := httpapi.NewRouter([]httpapi.Route{{Pattern: "/{name}", Handler: func(w http.ResponseWriter, r *http.Request) error {
		return saying(r.Header.Get("admitted"))(w, r)
	}}}, httpapi.Options{Admit: func(r *http.Request) (*http.Request, error) {
		if r.PathValue("name") == "stranger" {
			return nil, &httpapi.Error{Code: httpapi.Forbidden, Detail: "no"}
		}
		r = r.Clone(r.Context())
		r.Header.Set("admitted", "yes")
		return r, nil
	}})
	if got := ask(router, "GET", "/friend").Body.String(); got != "yes" {
		t.Errorf("the handler sees %q", got)
	}
	if p := problem(t, ask(router, "GET", "/stranger")); p.Code != httpapi.Forbidden {
		t.Errorf("a rejected request: %+v", p)
	}
}

func TestRequestsAreMeasuredByRouteAndStatus(t *testing.T) {
	durations := httpapi.NewRequestDurations()
	router := httpapi.NewRouter([]httpapi.Route{
		{Pattern: "GET /thing/{id}", Handler: saying("x")},
		{Pattern: "GET /busy", Handler: failing(&httpapi.Error{Code: httpapi.Busy})},
	}, httpapi.Options{Durations: durations})
	for _, path := range []string{"/thing/1", "/thing/2", "/busy", "/nowhere"} {
		ask(router, "GET", path)
	}
	ask(router, "BREW", "/nowhere")
	var page metrics.Page
	durations.Write(&page)
	for _, want := range []string{
		`http_server_request_duration_seconds_bucket{http_request_method="GET",http_response_status_code="200",http_route="/thing/{id}",le="10"} 2`,
		`http_server_request_duration_seconds_bucket{http_request_method="GET",http_response_status_code="200",http_route="/thing/{id}",le="+Inf"} 2`,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/thing/{id}"} 2`,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="503",http_route="/busy"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="_OTHER",http_response_status_code="404"} 1`,
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %s in\n%s", want, &page)
		}
	}
}

// TestClientsMakeNoSeries sends methods and paths that nobody else sends.
func TestClientsMakeNoSeries(t *testing.T) {
	durations := httpapi.NewRequestDurations()
	router := httpapi.NewRouter([]httpapi.Route{{Pattern: "/thing/{id}", Handler: saying("x")}}, httpapi.Options{Durations: durations})
	for i := range 100 {
		ask(router, fmt.Sprint("METHOD", i), fmt.Sprint("/thing/", i))
		ask(router, fmt.Sprint("METHOD", i), fmt.Sprint("/nosuch/", i))
	}
	counted := uint64(0)
	for of, h := range durations.All() {
		if of.Method != "_OTHER" || of.Route != "/thing/{id}" && of.Route != "" {
			t.Errorf("there is a series %+v", of)
		}
		for _, n := range h.Counts {
			counted += n
		}
	}
	if counted != 200 {
		t.Errorf("%d requests are counted; want 200", counted)
	}
}

func TestTheRouterReturnsTheRoute(t *testing.T) {
	router := httpapi.NewRouter([]httpapi.Route{{Pattern: "GET /thing/{id}", Handler: saying("x")}}, httpapi.Options{})
	if _, pattern := router.Handler(httptest.NewRequest("GET", "/thing/7", nil)); pattern != "GET /thing/{id}" {
		t.Errorf("the route is %q", pattern)
	}
}

func TestProblemsLinkToTheTrace(t *testing.T) {
	router := httpapi.NewRouter([]httpapi.Route{{Pattern: "/", Handler: failing(httpapi.InvalidField("n", "no"))}},
		httpapi.Options{TraceURL: func(_ *http.Request, span trace.SpanContext) string { return "http://ui/" + span.TraceID.String() }})
	ctx, span := trace.StartSpan(t.Context(), "request")
	defer span.End()
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if p := problem(t, w); p.TraceID != span.SpanContext().TraceID.String() || p.TraceURL != "http://ui/"+p.TraceID {
		t.Errorf("%+v", p)
	}
	if p := problem(t, ask(router, "GET", "/")); p.TraceID != "" || p.TraceURL != "" {
		t.Errorf("without a span: %+v", p)
	}
}
