package explain

import (
	"context"
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/whytext"
	"example.com/tracelab/internal/zipkin"
)

// liveFor is how long a request for the next slow trace is held.
const liveFor = 30 * time.Second

// Explain explains a span: ?span= of the trace that {trace} names, the one that began at
// ?start_us= where several have that id, or its longest request. With ?wait= it waits
// longer for what may come yet.
func (x *Explainer) Explain(w http.ResponseWriter, r *http.Request) error {
	of, err := readSubject(r)
	if err != nil {
		return err
	}
	wait, err := readWait(r)
	if err != nil {
		return err
	}
	return x.answer(w, r, of, wait)
}

// Explanation explains a span of a trace once; with the zero id, its longest request.
func (x *Explainer) Explanation(ctx context.Context, trace zipkin.TraceID, span zipkin.SpanAt) (*labapi.Explanation, error) {
	return x.explain(ctx, subject{trace, span})
}

// maxWait bounds ?wait=.
const maxWait = 30 * time.Second

func readWait(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > maxWait {
		return 0, httpapi.InvalidField("wait", "wait=%.40s: want how long to wait for what may come yet, from 0s to %s", text, maxWait)
	}
	return d, nil
}

// readSubject reads which span is asked for.
func readSubject(r *http.Request) (of subject, err error) {
	if of.trace, err = labapi.ParseTraceID(strings.ToLower(r.PathValue("trace"))); err != nil {
		return of, httpapi.InvalidField("trace", "%v", err)
	}
	span, start := r.URL.Query().Get("span"), r.URL.Query().Get("start_us")
	switch {
	case span == "" && start == "":
		return of, nil
	case span == "":
		return of, httpapi.InvalidField("start_us", "start_us=%.40s: want span=ID, too, of which several spans have the id", start)
	}
	if of.span.ID, err = labapi.ParseSpanID(span); err != nil {
		return of, httpapi.InvalidField("span", "%v", err)
	}
	if start == "" {
		return of, nil
	}
	if of.span.Timestamp, err = labapi.ParseStartUS(start); err != nil {
		return of, httpapi.InvalidField("start_us", "%v", err)
	}
	return of, nil
}

// ExplainChosen explains the trace that the server chooses: ?slowest= of the latest, or
// ?live= the next one that is slow; 204 where none came in time.
func (x *Explainer) ExplainChosen(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	for _, name := range []string{"live", "slowest"} {
		if value := q.Get(name); q.Has(name) && value != "1" {
			return httpapi.InvalidField(name, "%s=%.40q: want %s=1", name, value, name)
		}
	}
	switch {
	case q.Has("live") && q.Has("slowest"):
		return httpapi.InvalidField("live", "live and slowest: want one of them")
	case q.Has("live"):
		ctx, cancel := context.WithTimeout(r.Context(), liveFor)
		defer cancel()
		id, ok := x.cfg.Queue.next(ctx)
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return x.answer(w, r, x.latest(r.Context(), id), 0)
	case q.Has("slowest"):
		id, err := x.slowest(r.Context())
		if err != nil {
			return err
		}
		return x.answer(w, r, subject{trace: id}, 0)
	}
	return httpapi.InvalidField("trace", "want %s/TRACE, ?slowest=1 or ?live=1", labapi.WhyPath)
}

// answer answers with the explanation: 200 where all is known that can be, 202 while
// something may come yet, and 410 where nothing will.
func (x *Explainer) answer(w http.ResponseWriter, r *http.Request, of subject, wait time.Duration) error {
	explanation, err := x.explainWithin(r.Context(), of, wait)
	if err != nil {
		if r.Context().Err() != nil {
			return &httpapi.Error{Code: httpapi.Canceled, Detail: "the caller has gone", Err: err}
		}
		return err
	}
	status := http.StatusOK
	switch e := explanation.Execution; {
	case e.Gone():
		status = http.StatusGone
	case !e.Final():
		status = http.StatusAccepted
		w.Header().Set("Retry-After", "1")
	}
	next := whytext.Next{Page: labapi.TraceURL(hosts.Own(r).String(), explanation.TraceID),
		Explain: func(other *labapi.Request) string {
			return whytext.Curl(hosts.ForCurl(r), explanation.TraceID, other.SpanID, whytext.StartOf(other))
		}}
	httpapi.AnswerStatus(w, r, status, explanation, whytext.Text(explanation, next, display.Plain()))
	return nil
}

// again is how long after an explanation that lacks something it is made anew.
const again = 500 * time.Millisecond

// explainWithin explains once, or until nothing is missing that may come or the time
// is over.
func (x *Explainer) explainWithin(ctx context.Context, of subject, wait time.Duration) (*labapi.Explanation, error) {
	over := time.Now().Add(wait)
	for {
		explanation, err := x.explain(ctx, of)
		if err != nil || explanation.Execution.Final() || !time.Now().Add(again).Before(over) {
			return explanation, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(again):
		}
	}
}
