package analysisapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Path answers with the critical path of the trace that {trace} names: of its longest
// request, or of the one that has the span ?span=.
func (h *Handlers) Path(w http.ResponseWriter, r *http.Request) error {
	trace, err := labapi.ParseTraceID(strings.ToLower(r.PathValue("trace")))
	if err != nil {
		return httpapi.InvalidField("trace", "%v", err)
	}
	var span zipkin.SpanID
	if given := r.URL.Query().Get("span"); given != "" {
		if span, err = labapi.ParseSpanID(strings.ToLower(given)); err != nil {
			return httpapi.InvalidField("span", "%v", err)
		}
	}
	spans, growing, err := h.whole(r.Context(), trace)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		return &httpapi.Error{Code: httpapi.NotFound,
			Detail: fmt.Sprintf("no span of trace %s is stored: they may not have come yet, it was not sampled, or it made room for newer ones", trace)}
	}
	return h.answerPath(w, r, found{spans, growing}, span, err)
}

// found is a trace, of which spans may come yet.
type found struct {
	spans   []zipkin.Span
	growing bool
}

func (h *Handlers) whole(ctx context.Context, trace zipkin.TraceID) ([]zipkin.Span, bool, error) {
	return collect.Whole(ctx, func(ctx context.Context) ([]zipkin.Span, error) { return h.cfg.Reader.Trace(ctx, trace) })
}

// chosenWithin is how long ago a request began at most that is chosen.
const chosenWithin = 10 * time.Minute

// PathChosen answers with the path of a request that the server chooses: ?slowest= of the
// latest, or the ?last= one.
func (h *Handlers) PathChosen(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	for name := range q {
		if q.Get(name) != "1" {
			return httpapi.InvalidField(name, "%s=%.40q: want %s=1", name, q.Get(name), name)
		}
	}
	choose := zipkinapi.Latest
	switch {
	case q.Has("slowest") == q.Has("last"):
		return httpapi.InvalidField("trace", "want %s/TRACE, ?slowest=1 or ?last=1", labapi.PathPath)
	case q.Has("slowest"):
		choose = zipkinapi.Slowest
	}
	spans, err := choose(r.Context(), h.cfg.Reader, chosenWithin)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		return &httpapi.Error{Code: httpapi.NotFound,
			Detail: fmt.Sprintf("no request of the last %.0f minutes is stored: make one, or name a trace", chosenWithin.Minutes())}
	}
	var growing bool
	if err == nil {
		spans, growing, err = h.whole(r.Context(), spans[0].TraceID)
	}
	return h.answerPath(w, r, found{spans, growing}, 0, err)
}

// answerPath answers with the path of a trace that was read, or not.
func (h *Handlers) answerPath(w http.ResponseWriter, r *http.Request, trace found, span zipkin.SpanID, err error) error {
	spans := trace.spans
	switch {
	case err != nil:
		return httpapi.Failed("zipkin", httpapi.Unreachable, err)
	case len(spans) > maxSpans:
		return httpapi.InvalidField("trace", "trace %s has %d spans: the server takes %d at most, 'tracelab path' all", spans[0].TraceID, len(spans), maxSpans)
	}
	path, err := report.Path(critical.Of(spans, critical.Options{}), span)
	if err != nil {
		return &httpapi.Error{Code: httpapi.NotFound, Detail: err.Error()}
	}
	if trace.growing {
		path.Warnings = append(path.Warnings, collect.GrowingWarning)
	}
	httpapi.Answer(w, r, path, text.Path(path, nextOfPath(r, path.TraceID), display.Plain()))
	return nil
}

func nextOfPath(r *http.Request, trace string) text.NextOfPath {
	return text.NextOfPath{
		Page: labapi.TraceURL(hosts.Own(r).String(), trace),
		Path: func(other *labapi.PathRequest) string {
			return "curl " + display.ShellWord(hosts.ForCurl(r)+labapi.PathPath+"/"+trace+"?span="+other.SpanID)
		},
	}
}
