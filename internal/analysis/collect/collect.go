// Package collect finds sets of traces in a Zipkin: by a query as its API has it, or by the
// id of one. What it reads is bounded, and what it leaves out it says.
package collect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Bounds are the most that is read of one set.
type Bounds struct{ Traces, Spans int }

// Found is a set of traces. Its spans may be partial.
type Found struct {
	Label  string // what it was found by
	Traces [][]zipkin.Span
	// Cut says why there are more traces than were read. Empty: there are not.
	Cut string
	// Growing counts traces that ended so lately that spans of them may come yet.
	Growing int
}

// ErrNothing says that there is no such trace, or that a query finds none.
var ErrNothing = errors.New("nothing is found")

// Reader finds traces in a Zipkin. What it finds has bounds.
type Reader struct {
	zipkinapi.Reader
	Max      Bounds
	Progress func(traces int) // nil: nobody is told
}

// IsQuery reports whether text can only be meant as a query: it gives a parameter a
// value.
func IsQuery(text string) bool { return strings.Contains(text, "=") }

// Find returns the trace that has the id text or, where it is a query, those that answer it.
// Of a query that has no limit that is all, whatever the limit of one answer of a Zipkin
// is. ErrNothing is in the chain of the error where there are none.
func (r Reader) Find(ctx context.Context, text string) (*Found, error) {
	if IsQuery(text) {
		return r.search(ctx, text)
	}
	id, err := labapi.ParseTraceID(text)
	if err != nil {
		return nil, err
	}
	spans, err := r.Trace(ctx, id)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		return nil, fmt.Errorf("no trace has the id %s: %w", id, ErrNothing)
	}
	if err != nil {
		return nil, err
	}
	return finished(&Found{Label: text, Traces: [][]zipkin.Span{spans}}), nil
}

func (r Reader) search(ctx context.Context, text string) (*Found, error) {
	q, err := zipkinapi.ParseSearch(text, time.Now())
	if err != nil {
		return nil, err
	}
	found, spans := &Found{Label: text}, 0
	for trace, err := range zipkinapi.Search(ctx, r.Reader, q) {
		switch {
		case err != nil:
			return nil, err
		case q.Limit > 0 && len(found.Traces) == q.Limit:
			found.Cut = fmt.Sprintf("its limit is %d", q.Limit)
		case len(found.Traces) == r.Max.Traces:
			found.Cut = fmt.Sprintf("more than %d are not read", r.Max.Traces)
		case spans+len(trace) > r.Max.Spans:
			found.Cut = fmt.Sprintf("more than %d spans are not read", r.Max.Spans)
		}
		if found.Cut != "" {
			break
		}
		found.Traces, spans = append(found.Traces, trace), spans+len(trace)
		if r.Progress != nil {
			r.Progress(len(found.Traces))
		}
	}
	if len(found.Traces) == 0 {
		return nil, fmt.Errorf("no trace of the %s before %s answers the query %q: %w", display.Duration(q.Lookback), q.EndTs.Format(time.DateTime), text, ErrNothing)
	}
	return finished(found), nil
}

// Settled is how long after its end the spans of a trace have been reported.
const Settled = 2 * time.Second

// finished counts what may grow.
func finished(f *Found) *Found {
	lately := time.Now().Add(-Settled).UnixMicro()
	for _, spans := range f.Traces {
		for i := range spans {
			if spans[i].End() > lately {
				f.Growing++
				break
			}
		}
	}
	return f
}

// Warnings say for people what was left out, and what may change: side is what the set is
// called.
func (f *Found) Warnings(side string) (all []string) {
	if f.Cut != "" {
		all = append(all, fmt.Sprintf("%s is not all that the search finds: %s. It is the newest %s.", side, f.Cut, traces(len(f.Traces))))
	}
	if f.Growing > 0 {
		all = append(all, fmt.Sprintf("%s of %s ended less than %.0f s ago: spans of them may come yet. Ask again.", traces(f.Growing), side, Settled.Seconds()))
	}
	return all
}

func traces(n int) string {
	if n == 1 {
		return "1 trace"
	}
	return fmt.Sprintf("%d traces", n)
}
