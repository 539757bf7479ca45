package analysisapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/profile"
	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// Bounds of what the server compares: a command that reads the traces itself takes more.
const (
	maxTraces     = 5_000            // of a set
	maxSpans      = 100_000          // of a set
	maxComparing  = 2                // at a time
	compareWithin = 45 * time.Second // the server gives an answer a minute
)

func (h *Handlers) reader() collect.Reader {
	return collect.Reader{Reader: h.cfg.Reader, Max: collect.Bounds{Traces: maxTraces, Spans: maxSpans}}
}

// Compare compares two sets of traces, two traces, or what is in one set.
func (h *Handlers) Compare(w http.ResponseWriter, r *http.Request) error {
	asked := labapi.ReadComparisonQuery(r.URL.Query())
	q, err := question.Read(asked, nil)
	if err != nil {
		return failed(r.Context(), err)
	}
	ctx, done, err := h.begin(w, r)
	if err != nil {
		return err
	}
	defer done()
	answer, err := question.World{Finder: h.reader(), Explainer: h.cfg.Explainer}.Answer(ctx, q)
	if err != nil {
		return failed(ctx, err)
	}
	httpapi.Answer(w, r, answer, text.Comparison(answer, nextOf(r), display.Plain()))
	return nil
}

// nextOf is what to open, and to ask by curl.
func nextOf(r *http.Request) text.NextOfComparison {
	return text.NextOfComparison{
		Page: func(id string) string { return labapi.TraceURL(hosts.Own(r).String(), id) },
	}
}

// Pprof answers with a profile of a set of traces.
func (h *Handlers) Pprof(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query().Get("q")
	if asked == "" {
		asked = question.Latest
	}
	if _, err := labapi.ParseTraceID(asked); err != nil {
		if err := question.CheckQuery("q", asked); err != nil {
			return failed(r.Context(), err)
		}
	}
	ctx, done, err := h.begin(w, r)
	if err != nil {
		return err
	}
	defer done()
	found, err := h.reader().Find(ctx, asked)
	if err != nil {
		return failed(ctx, err)
	}
	var body bytes.Buffer // an answer that has begun cannot fail any more
	if err := profile.Write(&body, found.Label, found.Traces, func() []string { return found.Warnings("The set") }); err != nil {
		return failed(ctx, err)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="traces.pb.gz"`)
	_, err = body.WriteTo(httpapi.Stream(w, compareWithin))
	return nil
}

// begin takes one of the places for what takes a processor, for as long as ctx lasts at most.
// done gives it back.
func (h *Handlers) begin(w http.ResponseWriter, r *http.Request) (ctx context.Context, done func(), err error) {
	select {
	case h.slots <- struct{}{}:
		ctx, cancel := context.WithTimeout(r.Context(), compareWithin)
		return ctx, func() { cancel(); <-h.slots }, nil
	default:
		w.Header().Set("Retry-After", "2")
		return nil, nil, &httpapi.Error{Code: httpapi.Busy, Detail: fmt.Sprintf("%d comparisons are under way, and no more are made at a time: try again in a moment", maxComparing)}
	}
}

// failed says what is wrong with what was asked for, with the traces, or with where they
// are read.
func failed(ctx context.Context, err error) error {
	var meant *question.Error
	var incomparable *question.Incomparable
	switch {
	case errors.As(err, &meant):
		return httpapi.InvalidField(meant.Parameter, "%s: %v", meant.Parameter, err)
	case errors.As(err, &incomparable):
		return &httpapi.Error{Code: httpapi.NotFound, Detail: err.Error()}
	case errors.Is(err, collect.ErrNothing):
		return &httpapi.Error{Code: httpapi.NotFound, Detail: err.Error()}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &httpapi.Error{Code: httpapi.Timeout, Detail: fmt.Sprintf("it takes more than %s: ask for fewer traces, such as with limit=1000 in the query", compareWithin)}
	}
	return httpapi.Failed("zipkin", httpapi.Unreachable, err)
}
