package zipkinapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// mayCache reports whether a client may cache a list of that many names: Zipkin
// assumes that the names of a larger system change seldom.
func mayCache(names int) bool { return names > 3 }

// answerNames sends names, which are distinct, in the order of Java's strings.
func answerNames(w http.ResponseWriter, r *http.Request, names []string, cache bool) error {
	slices.SortFunc(names, zipkin.CompareNames)
	if cache {
		w.Header().Set("Cache-Control", "max-age=300, must-revalidate")
	}
	return answer(w, r, func(b []byte) []byte { return codec.AppendNames(b, names) })
}

func (s *Server) serviceNames(w http.ResponseWriter, r *http.Request) error {
	var names []string
	if !s.options.SearchDisabled {
		names = s.store.Services()
	}
	s.services.Store(int64(len(names)))
	return answerNames(w, r, names, mayCache(len(names)))
}

func (s *Server) spanNames(w http.ResponseWriter, r *http.Request) error {
	return s.namesOf(w, r, s.store.SpanNames)
}

func (s *Server) remoteServiceNames(w http.ResponseWriter, r *http.Request) error {
	return s.namesOf(w, r, s.store.RemoteServices)
}

func (s *Server) namesOf(w http.ResponseWriter, r *http.Request, list func(string) []string) error {
	p := params(r)
	service := p.required("serviceName")
	if p.err != nil {
		return invalid(p.err)
	}
	var names []string
	if !s.options.SearchDisabled {
		names = list(zipkin.LowerName(service))
	}
	return answerNames(w, r, names, mayCache(int(s.services.Load())))
}

func (s *Server) autocompleteKeys(w http.ResponseWriter, r *http.Request) error {
	return answerNames(w, r, s.store.AutocompleteKeys(), true)
}

func (s *Server) autocompleteValues(w http.ResponseWriter, r *http.Request) error {
	p := params(r)
	key := p.required("key")
	p.check(key != "", "key was empty")
	if p.err != nil {
		return invalid(p.err)
	}
	var values []string
	if !s.options.SearchDisabled {
		values = s.store.AutocompleteValues(key)
	}
	return answerNames(w, r, values, mayCache(len(values)))
}

func (s *Server) traces(w http.ResponseWriter, r *http.Request) error {
	q, err := params(r).query(s.options.Now(), s.options.Lookback)
	if err != nil {
		return invalid(err)
	}
	var traces []store.Found
	if !s.options.SearchDisabled {
		traces = s.store.FindTraces(q)
	}
	return answerTraces(w, r, traces)
}

func (s *Server) trace(w http.ResponseWriter, r *http.Request) error {
	text, err := url.PathUnescape(traceIn(strings.TrimPrefix(plainPath(r.URL), "/zipkin")))
	var id zipkin.TraceID
	if err == nil {
		id, err = zipkin.ParseTraceID(zipkin.TrimName(text))
	}
	if err != nil {
		return invalid(err)
	}
	found, ok := s.store.FindTrace(id)
	if !ok {
		return &answerError{http.StatusNotFound, id.String() + " not found", anyText}
	}
	o := newOutput(w, r)
	o.trace(found)
	o.end()
	return nil
}

// answerTraces sends a list of traces.
func answerTraces(w http.ResponseWriter, r *http.Request, traces []store.Found) error {
	o := newOutput(w, r)
	o.b = append(o.b, '[')
	for i := range traces {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		if !o.trace(traces[i]) {
			break
		}
	}
	o.b = append(o.b, ']')
	o.end()
	return nil
}

// trace adds the list of the spans of a trace. It reports false when the client has gone.
func (o *output) trace(found store.Found) bool {
	o.b = append(o.b, '[')
	first := true
	for sp := range found.Spans() {
		if !first {
			o.b = append(o.b, ',')
		}
		first = false
		o.b = codec.AppendSpan(o.b, sp)
		if !o.more() {
			return false
		}
	}
	o.b = append(o.b, ']')
	return true
}

func (s *Server) traceMany(w http.ResponseWriter, r *http.Request) error {
	ids, err := params(r).traceIDs()
	if err != nil {
		return invalid(err)
	}
	return answerTraces(w, r, s.store.FindMany(ids))
}

func (s *Server) dependencies(w http.ResponseWriter, r *http.Request) error {
	endTs, lookback, err := params(r).window(s.options.Lookback)
	if err != nil {
		return invalid(err)
	}
	links := s.store.Dependencies(endTs, lookback)
	return answer(w, r, func(b []byte) []byte { return codec.AppendLinks(b, links) })
}
