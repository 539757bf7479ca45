package explain

import (
	"context"
	"net/http"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// liveFor is how long a request for the next slow trace is held.
const liveFor = 30 * time.Second

// Explain explains a span: ?span= of the trace that {trace} names, or its root.
func (x *Explainer) Explain(w http.ResponseWriter, r *http.Request) error {
	of, err := readSubject(r)
	if err != nil {
		return err
	}
	return x.answer(w, r, of)
}

// readSubject reads which span is asked for.
func readSubject(r *http.Request) (of subject, err error) {
	if of.trace, err = labapi.ParseTraceID(r.PathValue("trace")); err != nil {
		return of, httpapi.InvalidField("trace", "%v", err)
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

// ExplainChosen explains the trace that the server chooses: ?slowest= of the latest, or
// ?live= the next one that is slow; 204 where none came in time.
func (x *Explainer) ExplainChosen(w http.ResponseWriter, r *http.Request) error {
	switch q := r.URL.Query(); {
	case q.Has("live"):
		ctx, cancel := context.WithTimeout(r.Context(), liveFor)
		defer cancel()
		id, ok := x.cfg.Queue.next(ctx)
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return x.answer(w, r, subject{trace: id})
	case q.Has("slowest"):
		id, err := x.slowest(r.Context())
		if err != nil {
			return err
		}
		return x.answer(w, r, subject{trace: id})
	}
	return httpapi.InvalidField("trace", "want %s/TRACE, ?slowest=1 or ?live=1", labapi.WhyPath)
}

func (x *Explainer) answer(w http.ResponseWriter, r *http.Request, of subject) error {
	explanation, err := x.explain(r.Context(), of)
	if err != nil {
		if r.Context().Err() != nil {
			return &httpapi.Error{Code: httpapi.Canceled, Detail: "the caller has gone", Err: err}
		}
		return err
	}
	httpapi.WriteJSON(w, explanation)
	return nil
}
