package zipkinapi

import (
	"net/http"
	"strings"
)

// route is what a path answers. A method that it has no answer to is 404, as in
// Zipkin, or 405 for what is a file there.
type route struct {
	get  http.HandlerFunc // also for HEAD
	post http.HandlerFunc
	file bool
}

// traceRoute stands for the paths of all traces.
const traceRoute = "/api/v2/trace/{traceId}"

// mount fills the table of routes as the options ask for.
func (s *Server) mount() {
	s.routes = map[string]*route{
		"/health":              {get: health("application/json")},
		"/info":                {get: s.info("application/json"), file: true},
		"/metrics":             {get: s.metrics},
		"/prometheus":          {get: s.prometheus, file: true},
		"/actuator/health":     {get: health(actuator)},
		"/actuator/info":       {get: s.info(actuator), file: true},
		"/actuator/prometheus": {get: s.prometheus, file: true},
		"/api/v2/spans":        {},
		"/zipkin/config.json":  {},
		grpcReport:             {post: s.ingest.report, file: true},
	}
	if !s.options.CollectorDisabled {
		s.routes["/api/v2/spans"].post = s.ingest.v2
		s.routes["/api/v1/spans"] = &route{post: s.ingest.v1}
	}
	if s.options.QueryDisabled {
		return
	}
	s.routes["/api/v2/spans"].get = s.spanNames
	s.routes["/api/v2/services"] = &route{get: s.serviceNames}
	s.routes["/api/v2/remoteServices"] = &route{get: s.remoteServiceNames}
	s.routes["/api/v2/autocompleteKeys"] = &route{get: s.autocompleteKeys}
	s.routes["/api/v2/autocompleteValues"] = &route{get: s.autocompleteValues}
	s.routes["/api/v2/traces"] = &route{get: s.traces}
	s.routes[traceRoute] = &route{get: s.trace}
	s.routes["/api/v2/traceMany"] = &route{get: s.traceMany}
	s.routes["/api/v2/dependencies"] = &route{get: s.dependencies}
	s.routes["/zipkin/config.json"] = &route{get: s.uiConfig(), file: true}
}

// owns reports whether a path is one of Zipkin's API.
func (s *Server) owns(path string) bool {
	return s.routes[path] != nil || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/zipkin/api/")
}

// notFoundURI is where Zipkin counts the requests that it has no route for, and
// whatever else it answers with 404.
const notFoundURI = "NOT_FOUND"

// find looks a request up, and returns the name under which it is counted: none
// for those that Zipkin does not count. The API is there twice, also under
// /zipkin, where no method may write.
func (s *Server) find(method, path string) (h http.HandlerFunc, uri string) {
	api, forUI := strings.CutPrefix(path, "/zipkin/api/")
	if forUI {
		path = "/api/" + api
	}
	if traceIn(path) != "" {
		path = traceRoute
	}
	rt := s.routes[path]
	switch isAPI := strings.HasPrefix(path, "/api/"); {
	case isAPI && rt != nil:
		uri = path
	case isAPI:
		uri = notFoundURI
	}
	if rt == nil {
		rt = &route{}
	}
	isRead := method == http.MethodGet || method == http.MethodHead
	switch {
	case method == http.MethodTrace:
		return methodNotAllowed, uri
	case forUI && !isRead && s.options.QueryDisabled:
		return notFound, uri
	case forUI && !isRead:
		return methodNotAllowed, uri
	case isRead && rt.get != nil:
		return rt.get, uri
	case method == http.MethodPost && rt.post != nil:
		return rt.post, uri
	case rt.file:
		return methodNotAllowed, uri
	}
	return notFound, uri
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

func notFound(w http.ResponseWriter, r *http.Request) {
	plain(w, http.StatusNotFound, "404 Not Found")
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	plain(w, http.StatusMethodNotAllowed, "405 Method Not Allowed")
}
