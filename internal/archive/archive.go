// Package archive keeps spans in files and streams: one list of Zipkin's JSON
// v2, which any Zipkin takes with POST /api/v2/spans and the Lens UI opens.
package archive

import (
	"iter"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
)

// Spans yields spans, some at a time, or the error that ends them. Each slice
// belongs to whoever gets it.
type Spans = iter.Seq2[[]zipkin.Span, error]

// Of yields all that st holds, a trace at a time.
func Of(st *store.Store) Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		for spans := range st.All() {
			if !yield(spans, nil) {
				return
			}
		}
	}
}
