package zipkinapi

import (
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/store"
)

// Options are the settings of a Server. The zero value is good.
type Options struct {
	Version string           // told by /info; default "unknown"
	Commit  string           // told by /info; default "unknown"
	Now     func() time.Time // the clock behind a missing endTs; default time.Now
}

// Server answers as the released Zipkin server does, to reporters and to
// readers: status, body and headers. On purpose it differs where that server
// is plainly at fault:
//
//   - a POST is stored before it is answered;
//   - a body too large is 413, not 500, and so is one that is too large once
//     unpacked, which Zipkin does not bound;
//   - what is said to be gzip and is not is 400, not 500;
//   - HEAD is answered wherever GET is;
//   - protobuf and Thrift are 415 with a sentence, not misread as JSON.
type Server struct {
	store    *store.Store
	options  Options
	routes   map[string]route
	ingest   ingest
	services lastCount
}

// route is what one path answers to a method. A GET route answers HEAD too.
type route struct {
	method string
	handle http.HandlerFunc
}

// NewServer returns a server over st, which may have other users.
func NewServer(st *store.Store, o Options) *Server {
	if o.Version == "" {
		o.Version = "unknown"
	}
	if o.Commit == "" {
		o.Commit = "unknown"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{store: st, options: o}
	s.ingest.init(st)
	s.routes = map[string]route{
		"/health":                    {http.MethodGet, s.health},
		"/info":                      {http.MethodGet, s.info},
		"/api/v2/services":           {http.MethodGet, s.serviceNames},
		"/api/v2/spans":              {http.MethodGet, s.spanNames},
		"/api/v2/remoteServices":     {http.MethodGet, s.remoteServiceNames},
		"/api/v2/autocompleteKeys":   {http.MethodGet, s.autocompleteKeys},
		"/api/v2/autocompleteValues": {http.MethodGet, s.autocompleteValues},
		"/api/v2/traces":             {http.MethodGet, s.traces},
		"/api/v2/traceMany":          {http.MethodGet, s.traceMany},
		"/api/v2/dependencies":       {http.MethodGet, s.dependencies},
	}
	return s
}

// Register mounts the paths that Zipkin's API owns: /api/, /zipkin/api/,
// /health and /info.
func (s *Server) Register(mux *http.ServeMux) {
	for _, path := range []string{"/api/", "/zipkin/api/", "/health", "/info"} {
		mux.Handle(path, s)
	}
}

// ServeHTTP answers the paths of Zipkin's API, and 404 to all others.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if preflight(w, r) {
		return
	}
	if r.Method == http.MethodTrace {
		plain(w, http.StatusMethodNotAllowed, "405 Method Not Allowed")
		return
	}
	if handle := s.find(r); handle != nil {
		handle(w, r)
		return
	}
	plain(w, http.StatusNotFound, "404 Not Found")
}

// find looks a request up in the table. The read side is there twice.
func (s *Server) find(r *http.Request) http.HandlerFunc {
	path, forUI := strings.CutPrefix(r.URL.Path, "/zipkin/api/")
	if forUI {
		path = "/api/" + path
	} else {
		path = r.URL.Path
	}
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch id, isTrace := strings.CutPrefix(path, "/api/v2/trace/"); {
	case r.Method == http.MethodPost && r.URL.Path == "/api/v2/spans":
		return s.ingest.ServeHTTP
	case isTrace && isRead && id != "" && !strings.Contains(id, "/"):
		return func(w http.ResponseWriter, r *http.Request) { s.trace(w, r, id) }
	case forUI && !strings.HasPrefix(path, "/api/v2/"):
		return nil
	}
	if rt, ok := s.routes[path]; ok && isRead {
		return rt.handle
	}
	return nil
}

// preflight adds the headers for scripts of other origins, and answers the
// request that asks for them.
func preflight(w http.ResponseWriter, r *http.Request) bool {
	if r.Header.Get("Origin") == "" {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Headers", "content-type,x-grpc-web")
	h.Set("Access-Control-Expose-Headers", "grpc-status,grpc-message,armeria.grpc.throwableproto-bin")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET,POST")
	w.WriteHeader(http.StatusOK)
	return true
}
