package store

import (
	"iter"
	"math"

	"example.com/tracelab/internal/zipkin"
)

// All yields every trace with the spans in order of their arrival, so that
// adding them to another store makes its answers the same. Ids that share the
// low 64 bits come as one. The newest trace comes first.
//
// The store may change meanwhile: each trace is as it stood at one moment, and
// one that arrives during the walk may be missed.
func (s *Store) All() iter.Seq[[]zipkin.Span] {
	return func(yield func([]zipkin.Span) bool) {
		w := s.walk(window{math.MinInt64, math.MaxInt64}, "", 0)
		for chunk := w.next(); chunk != nil; chunk = w.next() {
			for _, c := range chunk {
				if !yield(unpack(c.low, c.recs)) {
					return
				}
			}
		}
	}
}
