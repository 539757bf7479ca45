package zipkin

import (
	"cmp"
	"math"
	"slices"
)

// ByStart orders spans for showing, whatever order they came in: by start, those
// without one last, and a client before the server that it calls.
func ByStart(spans []Span) []*Span {
	sorted := make([]*Span, len(spans))
	for i := range spans {
		sorted[i] = &spans[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Span) int {
		return cmp.Or(
			cmp.Compare(startOrLast(a.Timestamp), startOrLast(b.Timestamp)),
			cmp.Compare(serverLast(a), serverLast(b)),
			cmp.Compare(b.Duration, a.Duration),
			cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Local.ServiceName, b.Local.ServiceName),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return sorted
}

func startOrLast(timestamp int64) int64 {
	if timestamp <= 0 {
		return math.MaxInt64
	}
	return timestamp
}

func serverLast(s *Span) int {
	if s.Shared || s.Kind == Server {
		return 1
	}
	return 0
}
