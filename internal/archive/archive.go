// Package archive keeps spans in files and streams: one list of Zipkin's JSON
// v2, which any Zipkin takes with POST /api/v2/spans and the Lens UI opens.
package archive

import (
	"iter"

	"example.com/tracelab/internal/zipkin"
)

// Spans yields spans, some at a time, or the error that ends them. Each slice
// belongs to the caller.
type Spans = iter.Seq2[[]zipkin.Span, error]

// Of yields the spans of traces that are in memory, such as a store's.
func Of(traces iter.Seq[[]zipkin.Span]) Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		for spans := range traces {
			if !yield(spans, nil) {
				return
			}
		}
	}
}
