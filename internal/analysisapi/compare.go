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
	answer, err := h.Comparison(r.Context(), labapi.ReadComparisonQuery(r.URL.Query()))
	if err != nil {
		return orLater(w, err)
	}
	httpapi.Answer(w, r, answer, text.Comparison(answer, nextOf(r), display.Plain()))
	return nil
}

// Comparison is what Compare answers with: a page asks for it as clients of the API do,
// within the same bounds. Its error is an *httpapi.Error.
func (h *Handlers) Comparison(ctx context.Context, asked labapi.ComparisonQuery) (*labapi.Comparison, error) {
	q, err := question.Read(asked, nil)
	if err != nil {
		return nil, failed(ctx, err)
	}
	ctx, done, err := h.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	answer, err := question.World{Finder: h.reader(), Explainer: h.cfg.Explainer}.Answer(ctx, q)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return answer, nil
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
	ctx, done, err := h.begin(r.Context())
	if err != nil {
		return orLater(w, err)
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

// begin takes one of the places for what takes a processor, for as long as the context
// lasts at most. done gives it back.
func (h *Handlers) begin(parent context.Context) (ctx context.Context, done func(), err error) {
	select {
	case h.slots <- struct{}{}:
		ctx, cancel := context.WithTimeout(parent, compareWithin)
		return ctx, func() { cancel(); <-h.slots }, nil
	default:
		return nil, nil, &httpapi.Error{Code: httpapi.Busy, Detail: fmt.Sprintf("%d comparisons are under way, and no more are made at a time: try again in a moment", maxComparing)}
	}
}

// orLater returns err, and says when to ask again where no place was free.
func orLater(w http.ResponseWriter, err error) error {
	if httpapi.AsError(err).Code == httpapi.Busy {
		w.Header().Set("Retry-After", "2")
	}
	return err
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
