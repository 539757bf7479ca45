package zipkinapi

import (
	"net/http"
	"strings"

	"example.com/tracelab/internal/httpapi"
)

// traceRoute stands for the paths of all traces.
const traceRoute = "/api/v2/trace/{traceId}"

// api is the table of what the server answers, as the options select. Another
// method of such a path is 404, or 405 for the files among them.
func (s *Server) api() []httpapi.Route {
	routes := []httpapi.Route{
		{Pattern: "GET /health", Handler: health("application/json")},
		{Pattern: "GET /info", Handler: s.info("application/json")},
		{Pattern: "GET /metrics", Handler: s.metrics},
		{Pattern: "GET /prometheus", Handler: s.prometheus},
		{Pattern: "GET /actuator/health", Handler: health(actuator)},
		{Pattern: "GET /actuator/info", Handler: s.info(actuator)},
		{Pattern: "GET /actuator/prometheus", Handler: s.prometheus},
		{Pattern: "POST " + grpcReport, Handler: s.ingest.report},
	}
	if !s.options.CollectorDisabled {
		routes = append(routes,
			httpapi.Route{Pattern: "POST /api/v2/spans", Handler: s.ingest.v2},
			httpapi.Route{Pattern: "POST /api/v1/spans", Handler: s.ingest.v1})
	}
	if s.options.QueryDisabled {
		return routes
	}
	return append(routes,
		httpapi.Route{Pattern: "GET /api/v2/services", Handler: s.serviceNames},
		httpapi.Route{Pattern: "GET /api/v2/spans", Handler: s.spanNames},
		httpapi.Route{Pattern: "GET /api/v2/remoteServices", Handler: s.remoteServiceNames},
		httpapi.Route{Pattern: "GET /api/v2/autocompleteKeys", Handler: s.autocompleteKeys},
		httpapi.Route{Pattern: "GET /api/v2/autocompleteValues", Handler: s.autocompleteValues},
		httpapi.Route{Pattern: "GET /api/v2/traces", Handler: s.traces},
		httpapi.Route{Pattern: "GET " + traceRoute, Handler: s.trace},
		httpapi.Route{Pattern: "GET /api/v2/traceMany", Handler: s.traceMany},
		httpapi.Route{Pattern: "GET /api/v2/dependencies", Handler: s.dependencies},
		httpapi.Route{Pattern: "GET /zipkin/config.json", Handler: s.uiConfig()})
}

// files are the paths where Zipkin answers other methods with 405.
var files = map[string]bool{
	"/info": true, "/prometheus": true, "/actuator/info": true, "/actuator/prometheus": true,
	"/zipkin/config.json": true, grpcReport: true,
}

// router finds handlers as Zipkin's server does, which http.ServeMux cannot: it
// would redirect //api, and answer 405 where Zipkin answers 404.
type router struct {
	handlers map[endpoint]httpapi.HandlerFunc
	paths    map[string]bool // those of the table, and those that are Zipkin's even when switched off
	readOnly bool            // nothing below /zipkin/api exists for other methods
}

type endpoint struct{ method, path string }

func newRouter(table []httpapi.Route, queryDisabled bool) *router {
	m := &router{map[endpoint]httpapi.HandlerFunc{}, map[string]bool{"/api/v2/spans": true, "/zipkin/config.json": true}, !queryDisabled}
	for _, route := range table {
		method, path, _ := strings.Cut(route.Pattern, " ")
		m.handlers[endpoint{method, path}] = route.Handler
		m.paths[path] = true
	}
	return m
}

// owns reports whether a path is one of Zipkin's API.
func (m *router) owns(path string) bool {
	return m.paths[path] || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/zipkin/api/")
}

// notFoundURI is where Zipkin counts the requests that it has no route for, and
// whatever else it answers with 404.
const notFoundURI = "NOT_FOUND"

// find looks a request up, and returns the name under which it is counted: none
// for those that Zipkin does not count. The API is there twice, also under
// /zipkin, where no method may write.
func (m *router) find(method, path string) (h httpapi.HandlerFunc, uri string) {
	api, forUI := strings.CutPrefix(path, "/zipkin/api/")
	if forUI {
		path = "/api/" + api
	}
	if traceIn(path) != "" {
		path = traceRoute
	}
	switch isAPI := strings.HasPrefix(path, "/api/"); {
	case isAPI && m.paths[path]:
		uri = path
	case isAPI:
		uri = notFoundURI
	}
	return m.handler(method, path, forUI), uri
}

// handler is never nil. HEAD is answered as GET.
func (m *router) handler(method, path string, forUI bool) httpapi.HandlerFunc {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	h := m.handlers[endpoint{method, path}]
	switch {
	case method == http.MethodTrace:
		return methodNotAllowed
	case forUI && method != http.MethodGet && m.readOnly:
		return methodNotAllowed
	case forUI && method != http.MethodGet:
		return notFound
	case h != nil:
		return h
	case m.isFile(path):
		return methodNotAllowed
	}
	return notFound
}

// isFile reports whether a path is a file that exists.
func (m *router) isFile(path string) bool {
	return files[path] && (m.handlers[endpoint{http.MethodGet, path}] != nil || m.handlers[endpoint{http.MethodPost, path}] != nil)
}

// traceIn returns the trace id in a path, still escaped, or nothing if it is not
// the path of a trace.
func traceIn(path string) string {
	id, ok := strings.CutPrefix(path, "/api/v2/trace/")
	if !ok || strings.Contains(id, "/") {
		return ""
	}
	return id
}

func notFound(http.ResponseWriter, *http.Request) error {
	return &answerError{http.StatusNotFound, "404 Not Found", plainText}
}

func methodNotAllowed(http.ResponseWriter, *http.Request) error {
	return &answerError{http.StatusMethodNotAllowed, "405 Method Not Allowed", plainText}
}

func invalidPath(http.ResponseWriter, *http.Request) error {
	return &answerError{http.StatusBadRequest, "Status: 400\nDescription: Invalid request path\n", plainText}
}
