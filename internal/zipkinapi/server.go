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

	// Lookback is how far a question without one looks back; default 24 h.
	// Zipkin's QUERY_LOOKBACK.
	Lookback time.Duration

	// AllowedOrigins are the origins whose scripts may read the answers; nil
	// allows any. Zipkin's property zipkin.query.allowed-origins.
	AllowedOrigins []string

	SearchDisabled    bool // only traces whose id is known are told: SEARCH_ENABLED=false
	QueryDisabled     bool // nothing is told, spans are taken: QUERY_ENABLED=false
	CollectorDisabled bool // no spans are taken: COLLECTOR_HTTP_ENABLED=false
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
	reads    map[string]http.HandlerFunc // what a path answers to GET and HEAD
	ingest   ingest
	services lastCount
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
	s.reads = map[string]http.HandlerFunc{
		"/health":                    s.health,
		"/info":                      s.info,
		"/api/v2/services":           s.serviceNames,
		"/api/v2/spans":              s.spanNames,
		"/api/v2/remoteServices":     s.remoteServiceNames,
		"/api/v2/autocompleteKeys":   s.autocompleteKeys,
		"/api/v2/autocompleteValues": s.autocompleteValues,
		"/api/v2/traces":             s.traces,
		"/api/v2/traceMany":          s.traceMany,
		"/api/v2/dependencies":       s.dependencies,
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
		methodNotAllowed(w, r)
		return
	}
	s.find(r)(w, r)
}

// find looks a request up in the table. The read side of the API is there
// twice, also under /zipkin, where no method may write.
func (s *Server) find(r *http.Request) http.HandlerFunc {
	path, forUI := strings.CutPrefix(r.URL.EscapedPath(), "/zipkin")
	isAPI := strings.HasPrefix(path, "/api/v2/")
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch id, isTrace := strings.CutPrefix(path, "/api/v2/trace/"); {
	case forUI && !isRead:
		return methodNotAllowed
	case forUI && !isAPI:
		return notFound
	case path == "/api/v2/spans" && r.Method == http.MethodPost:
		return s.ingest.ServeHTTP
	case !isRead:
		return notFound
	case isTrace && id != "" && !strings.Contains(id, "/"):
		return func(w http.ResponseWriter, r *http.Request) { s.trace(w, r, id) }
	case s.reads[path] != nil:
		return s.reads[path]
	}
	return notFound
}

func notFound(w http.ResponseWriter, r *http.Request) {
	plain(w, http.StatusNotFound, "404 Not Found")
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	plain(w, http.StatusMethodNotAllowed, "405 Method Not Allowed")
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
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Access-Control-Expose-Headers", "grpc-status,grpc-message,armeria.grpc.throwableproto-bin")
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET,POST")
	w.WriteHeader(http.StatusOK)
	return true
}
