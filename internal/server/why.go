package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// liveFor is how long a request for the next slow trace is held.
const liveFor = 30 * time.Second

// why explains a span: ?span= of the trace in the path, or its root.
func (s *Server) why(w http.ResponseWriter, r *http.Request) {
	of, err := spanAsked(r)
	if err != nil {
		httpapi.WriteError(w, r, err)
		return
	}
	s.answer(w, r, of)
}

// spanAsked reads which span is asked for.
func spanAsked(r *http.Request) (of explained, err error) {
	if of.trace, err = parseTrace(r.PathValue("trace")); err != nil {
		return of, err
	}
	text := r.URL.Query().Get("span")
	if text == "" {
		return of, nil
	}
	if of.span, err = labapi.ParseSpanID(text); err != nil {
		return of, httpapi.InvalidField("span", "%v", err)
	}
	return of, nil
}

// whyOf explains the trace that the server chooses: ?slowest= of late, or ?live=
// the next one that is slow.
func (s *Server) whyOf(w http.ResponseWriter, r *http.Request) {
	var id zipkin.TraceID
	var ok bool
	switch q := r.URL.Query(); {
	case q.Has("live"):
		ctx, cancel := context.WithTimeout(r.Context(), liveFor)
		id, ok = s.slow.next(ctx)
		cancel()
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return
		}
	case q.Has("slowest"):
		var err error
		if id, ok, err = s.slowest(r.Context()); err == nil && !ok {
			err = &httpapi.Error{Code: httpapi.NotFound, Detail: "there is no trace yet"}
		}
		if err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
	default:
		httpapi.WriteError(w, r, httpapi.InvalidField("trace", "want %s/TRACE, ?slowest=1 or ?live=1", labapi.WhyPath))
		return
	}
	s.answer(w, r, explained{trace: id})
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, of explained) {
	answer, err := s.explain(r.Context(), of)
	if err != nil {
		if r.Context().Err() != nil {
			err = &httpapi.Error{Code: httpapi.Canceled, Detail: "the caller has gone", Err: err}
		}
		httpapi.WriteError(w, r, err)
		return
	}
	httpapi.WriteJSON(w, answer)
}

// Which trace is the slowest is looked for among these.
const (
	slowestOf     = 200              // of all that the store has
	slowestRead   = 20               // of those that have a snapshot, the longest by what processes say
	slowestWithin = 10 * time.Minute // since they began
)

// slowest is the trace whose root took longest: of those of late that there is a
// snapshot for, or, where there is none, of the latest.
func (s *Server) slowest(ctx context.Context) (zipkin.TraceID, bool, error) {
	var traces [][]zipkin.Span
	for _, id := range s.longestFlights(time.Now().Add(-slowestWithin)) {
		e := evidence{id: id}
		if err := e.read(ctx, s.reader); err != nil {
			return id, false, httpapi.Failed("zipkin", httpapi.Unreachable, err)
		}
		traces = append(traces, e.spans)
	}
	if id, ok := longestRoot(traces); ok {
		return id, true, nil
	}
	traces, err := s.reader.Traces(ctx, zipkin.Query{Limit: slowestOf, EndTs: time.Now().Add(time.Second), Lookback: 24 * time.Hour})
	if err != nil {
		return zipkin.TraceID{}, false, httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	id, ok := longestRoot(traces)
	return id, ok, nil
}

// longestFlights are the traces that have a snapshot and began after a time, those
// first in which a process took longest.
func (s *Server) longestFlights(after time.Time) []zipkin.TraceID {
	took := map[zipkin.TraceID]time.Duration{}
	for _, k := range s.flights.list() {
		for _, p := range k.parts {
			if k.body != nil && p.start.After(after) {
				took[p.trace] = max(took[p.trace], p.end.Sub(p.start))
			}
		}
	}
	var ids []zipkin.TraceID
	for id := range took {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b zipkin.TraceID) int {
		return cmp.Or(-cmp.Compare(took[a], took[b]), cmp.Compare(a.High, b.High), cmp.Compare(a.Low, b.Low))
	})
	return ids[:min(len(ids), slowestRead)]
}

func longestRoot(traces [][]zipkin.Span) (id zipkin.TraceID, ok bool) {
	var longest int64
	for _, spans := range traces {
		for _, sp := range zipkin.Merge(spans) {
			if isRoot(sp) && sp.Duration > longest {
				id, ok, longest = sp.TraceID, true, sp.Duration
			}
		}
	}
	return id, ok
}
