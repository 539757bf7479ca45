package zipkinapi

import (
	"context"
	"iter"

	"example.com/tracelab/internal/zipkin"
)

// Summarizer is a Reader that need not read the spans of traces to summarize them.
type Summarizer interface {
	// Summaries is the function of this name.
	Summaries(ctx context.Context, q zipkin.Query) iter.Seq2[zipkin.Summary, error]
}

// Summaries yields the summary of every trace that answers q, whatever its limit is,
// roughly the newest first; an error ends it.
//
// A Reader that is no Summarizer is asked for all spans of all these traces, as by
// Search: the caller should bound how long this takes.
func Summaries(ctx context.Context, reader Reader, q zipkin.Query) iter.Seq2[zipkin.Summary, error] {
	if s, ok := reader.(Summarizer); ok {
		return s.Summaries(ctx, q)
	}
	return func(yield func(zipkin.Summary, error) bool) {
		for spans, err := range Search(ctx, reader, q) {
			if !yield(zipkin.Summarize(spans), err) {
				return
			}
		}
	}
}

// Summaries implements Summarizer.
func (l local) Summaries(ctx context.Context, q zipkin.Query) iter.Seq2[zipkin.Summary, error] {
	return func(yield func(zipkin.Summary, error) bool) {
		n := 0
		for s := range l.st.Summaries(q) {
			if n++; n%1024 == 0 && ctx.Err() != nil {
				yield(zipkin.Summary{}, ctx.Err())
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}
