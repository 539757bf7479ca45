package zipkinapi

import (
	"cmp"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/store"
)

// Options are the settings of a Server. The zero value is good.
type Options struct {
	Version string           // shown by /info; default "unknown"
	Commit  string           // shown by /info; default "unknown"
	Now     func() time.Time // the clock behind a missing endTs; default time.Now

	// Lookback is how far a question without one looks back; default 24 h.
	// Zipkin's QUERY_LOOKBACK.
	Lookback time.Duration

	// AllowedOrigins are the origins whose scripts may read the answers; nil
	// allows any, and so does "*" among them. Zipkin's property
	// zipkin.query.allowed-origins.
	AllowedOrigins []string

	SearchDisabled    bool // traces can be read by id only: SEARCH_ENABLED=false
	QueryDisabled     bool // spans can be stored but not read: QUERY_ENABLED=false
	CollectorDisabled bool // no spans are accepted over HTTP: COLLECTOR_HTTP_ENABLED=false

	// ProcessMetrics adds metrics of the program around the server: /prometheus ends
	// with them. Nil adds none.
	ProcessMetrics func(*metrics.Page)
}

// Server answers as the released Zipkin server does, to reporters and to
// readers: status, body and headers. It differs on purpose where that server is
// plainly wrong:
//
//   - a POST is stored before it is answered;
//   - a body too large is 413, not 500, and so is one that is too large once
//     unpacked, which Zipkin does not bound;
//   - a body whose Content-Encoding is gzip and that is not gzip is 400, not 500;
//   - HEAD is answered wherever GET is;
//   - /metrics answers a Prometheus server in the format that it accepts, which
//     Zipkin has at /prometheus alone;
//   - a field of protobuf that is not known is skipped, where Zipkin skips the
//     rest of the body with it, and bytes that contradict themselves are 400;
//   - Thrift is 415 with a sentence.
type Server struct {
	store    *store.Store
	options  Options
	origins  origins
	router   *router
	ingest   ingest
	services atomic.Int64 // number of services in the last answer
	requests *httpapi.Durations
}

// NewServer returns a server over st, which may have other users.
func NewServer(st *store.Store, o Options) *Server {
	o.Version = cmp.Or(o.Version, "unknown")
	o.Commit = cmp.Or(o.Commit, "unknown")
	o.Lookback = cmp.Or(o.Lookback, 24*time.Hour)
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{store: st, options: o, origins: newOrigins(o.AllowedOrigins), requests: httpapi.NewDurations(requestBounds)}
	s.ingest.init(st)
	s.router = newRouter(s.api(), o.QueryDisabled)
	return s
}

// ServeHTTP answers the paths of Zipkin's API, and 404 to all others.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.origins.preflight(w, r) {
		return
	}
	if _, err := url.QueryUnescape(r.URL.RawQuery); err != nil {
		answering(invalidPath)(w, r)
		return
	}
	h, uri := s.router.find(r.Method, plainPath(r.URL))
	if uri == "" {
		answering(h)(w, r)
		return
	}
	s.count(uri, answering(h), w, r)
}

// Before answers the paths of Zipkin's API and hands all others to next. It
// stands before a ServeMux and not in one: that would redirect //api, which
// Zipkin takes for /api.
func (s *Server) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.router.owns(plainPath(r.URL)) {
			s.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
