package zipkinapi

import (
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"example.com/tracelab/internal/store"
)

// lastCount remembers how many services there were when somebody last asked:
// Zipkin lets a client keep lists of names once there are more than three.
type lastCount struct{ atomic.Int64 }

func (c *lastCount) mayCache() bool { return c.Load() > 3 }

func answerNames(w http.ResponseWriter, r *http.Request, names []string, cache bool) {
	if cache {
		w.Header().Set("Cache-Control", "max-age=300, must-revalidate")
	}
	answer(w, r, func(b []byte) []byte { return appendStrings(b, names) })
}

func (s *Server) serviceNames(w http.ResponseWriter, r *http.Request) {
	names := s.store.Services()
	s.services.Store(int64(len(names)))
	answerNames(w, r, names, s.services.mayCache())
}

func (s *Server) spanNames(w http.ResponseWriter, r *http.Request) {
	s.namesOf(w, r, s.store.SpanNames)
}

func (s *Server) remoteServiceNames(w http.ResponseWriter, r *http.Request) {
	s.namesOf(w, r, s.store.RemoteServices)
}

func (s *Server) namesOf(w http.ResponseWriter, r *http.Request, list func(string) []string) {
	p := params(r)
	service := p.required("serviceName")
	if p.err != nil {
		fail(w, http.StatusBadRequest, p.err.Error())
		return
	}
	answerNames(w, r, list(lower(service)), s.services.mayCache())
}

// autocompleteKeys answers as a Zipkin that has none configured.
func (s *Server) autocompleteKeys(w http.ResponseWriter, r *http.Request) {
	answerNames(w, r, nil, true)
}

func (s *Server) autocompleteValues(w http.ResponseWriter, r *http.Request) {
	p := params(r)
	key := p.required("key")
	switch {
	case p.err != nil:
		fail(w, http.StatusBadRequest, p.err.Error())
	case key == "":
		fail(w, http.StatusBadRequest, "key was empty")
	default:
		answerNames(w, r, nil, false)
	}
}

func (s *Server) traces(w http.ResponseWriter, r *http.Request) {
	q, err := params(r).query(s.options.Now())
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	traces := s.store.Traces(q)
	answer(w, r, func(b []byte) []byte { return appendTraces(b, traces) })
}

// trace answers for the id at the end of the path, which is still escaped.
func (s *Server) trace(w http.ResponseWriter, r *http.Request, escaped string) {
	text, err := url.PathUnescape(escaped)
	var id store.TraceID
	if err == nil {
		id, err = store.ParseTraceID(trim(text))
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	spans, ok := s.store.Trace(id)
	if !ok {
		fail(w, http.StatusNotFound, id.String()+" not found")
		return
	}
	answer(w, r, func(b []byte) []byte { return AppendSpans(b, spans) })
}

func (s *Server) traceMany(w http.ResponseWriter, r *http.Request) {
	ids, err := params(r).traceIDs()
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	traces := s.store.TraceMany(ids)
	answer(w, r, func(b []byte) []byte { return appendTraces(b, traces) })
}

func (s *Server) dependencies(w http.ResponseWriter, r *http.Request) {
	endTs, lookback, err := params(r).window()
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	links := s.store.Dependencies(endTs, lookback)
	answer(w, r, func(b []byte) []byte { return appendLinks(b, links) })
}

// healthy is Zipkin's answer, laid out as it lays it out.
const healthy = `{
  "status" : "UP",
  "zipkin" : {
    "status" : "UP",
    "details" : {
      "InMemoryStorage{}" : {
        "status" : "UP"
      }
    }
  }
}`

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	write(w, http.StatusOK, healthy)
}

func (s *Server) info(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	write(w, http.StatusOK, fmt.Sprintf("{\"zipkin\":{\"version\":%s,\"commit\":%s}}\n",
		appendString(nil, s.options.Version), appendString(nil, s.options.Commit)))
}
