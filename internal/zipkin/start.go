package zipkin

import (
	"cmp"
	"math"
	"slices"
)

// ByStart orders spans for showing, whatever order they came in: by start, those
// without one last, and a client before the server that it calls.
func ByStart(spans []Span) []*Span {
	order := make([]started, len(spans))
	for i := range spans {
		order[i] = started{startOrLast(spans[i].Timestamp), i}
	}
	slices.SortFunc(order, func(a, b started) int {
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return cmp.Or(startedTogether(&spans[a.at], &spans[b.at]), cmp.Compare(a.at, b.at))
	})
	sorted := make([]*Span, len(spans))
	for i, s := range order {
		sorted[i] = &spans[s.at]
	}
	return sorted
}

// started is the start of the span at an index: most differ by that.
type started struct {
	start int64
	at    int
}

// startedTogether orders two spans that started at the same time.
func startedTogether(a, b *Span) int {
	return cmp.Or(
		cmp.Compare(serverLast(a), serverLast(b)),
		cmp.Compare(b.Duration, a.Duration),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Local.ServiceName, b.Local.ServiceName),
		cmp.Compare(a.Name, b.Name),
	)
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

// sortByStart is ByStart in place.
func sortByStart(spans []*Span) {
	slices.SortStableFunc(spans, func(a, b *Span) int {
		return cmp.Or(cmp.Compare(startOrLast(a.Timestamp), startOrLast(b.Timestamp)), startedTogether(a, b))
	})
}
