// Package collect finds sets of traces in a Zipkin: by a query as its API has it, or by the
// id of one. What it reads is bounded, and what it leaves out it says.
package collect

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Bounds are the most that is read of one set.
type Bounds struct{ Traces, Spans int }

// Traces yields traces, the spans of one at a time, partial ones and all, or the error that
// ends them. There is one at least, or the error is of ErrNothing.
type Traces = iter.Seq2[[]zipkin.Span, error]

// Found is a set of traces, which is read once, and not kept: it may be large.
type Found struct {
	Label  string // what it was found by
	Traces Traces
	// Cut says why there are more traces than were read. Empty: there are not, or reading
	// has not ended.
	Cut string
	// Live says that spans of its traces may come yet, as to a server.
	Live bool
	// N counts the traces that were read and, where it is Live, Growing those of them that
	// ended so lately that spans of them may come yet.
	N, Growing int
}

// ErrNothing says that there is no such trace, or that a query finds none.
var ErrNothing = errors.New("nothing is found")

// Reader finds traces in a Zipkin. What it finds has bounds.
type Reader struct {
	zipkinapi.Reader
	Max Bounds
}

// IsQuery reports whether text can only be meant as a query: it gives a parameter a
// value.
func IsQuery(text string) bool { return strings.Contains(text, "=") }

// Find returns the trace that has the id text or, where it is a query, those that answer it,
// the newest first. Of a query that has no limit that is all, whatever the limit of one
// answer of a Zipkin is. The error is of what can be neither; all others end Traces.
func (r Reader) Find(ctx context.Context, text string) (*Found, error) {
	if IsQuery(text) {
		q, err := zipkinapi.ParseSearch(text, time.Now())
		if err != nil {
			return nil, err
		}
		return r.search(ctx, text, q), nil
	}
	id, err := labapi.ParseTraceID(text)
	if err != nil {
		return nil, err
	}
	f := New(text, func(yield func([]zipkin.Span, error) bool) {
		spans, err := r.Trace(ctx, id)
		if errors.Is(err, zipkinapi.ErrNotFound) {
			err = fmt.Errorf("no trace has the id %s: %w", id, ErrNothing)
		}
		yield(spans, err)
	}, "")
	f.Live = true
	return f, nil
}

func (r Reader) search(ctx context.Context, text string, q zipkin.Query) *Found {
	var f *Found
	f = New(text, func(yield func([]zipkin.Span, error) bool) {
		spans := 0
		for trace, err := range zipkinapi.Search(ctx, r.Reader, q) {
			if err == nil {
				spans += len(trace)
				f.Cut = r.cut(q, f.N, spans)
			}
			if f.Cut != "" || !yield(trace, err) || err != nil {
				return
			}
		}
	}, fmt.Sprintf("no trace of the %s before %s answers the query %q", display.Duration(q.Lookback), q.EndTs.Format(time.DateTime), text))
	f.Live = true
	return f
}

// cut says why no more is read once there are so many traces, and with the next one so many
// spans.
func (r Reader) cut(q zipkin.Query, traces, spans int) string {
	switch {
	case q.Limit > 0 && traces == q.Limit:
		return fmt.Sprintf("its limit is %d", q.Limit)
	case traces == r.Max.Traces:
		return fmt.Sprintf("more than %d are not read", r.Max.Traces)
	case spans > r.Max.Spans && traces > 0:
		return fmt.Sprintf("more than %d spans are not read", r.Max.Spans)
	}
	return ""
}

// New is a set that is called label, of which nothing says that it is empty: it becomes an
// error of ErrNothing.
func New(label string, traces Traces, nothing string) *Found {
	f := &Found{Label: label}
	f.Traces = func(yield func([]zipkin.Span, error) bool) {
		for spans, err := range traces {
			if err == nil {
				f.N++
				if f.Live && endedLately(spans) {
					f.Growing++
				}
			}
			if !yield(spans, err) || err != nil {
				return
			}
		}
		if f.N == 0 {
			yield(nil, fmt.Errorf("%s: %w", nothing, ErrNothing))
		}
	}
	return f
}

// Settled is how long after its end the spans of a trace have been reported.
const Settled = 2 * time.Second

func endedLately(spans []zipkin.Span) bool {
	lately := time.Now().Add(-Settled).UnixMicro()
	for i := range spans {
		if spans[i].End() > lately {
			return true
		}
	}
	return false
}

// Warnings say for people what was left out, and what may change: side is what the set is
// called.
func (f *Found) Warnings(side string) (all []string) {
	if f.Cut != "" {
		all = append(all, fmt.Sprintf("%s is not all that the search finds: %s. It is the newest %s.", side, f.Cut, traces(f.N)))
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
