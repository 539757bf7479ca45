package zipkinapi

import (
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// All yields every trace that a search can find, the spans of one at a time
// and roughly the newest first; an error ends it. Traces none of whose spans has
// a timestamp are left out: no query of Zipkin's API finds them.
//
// Zipkin's API has no such query, so this is a series of searches, each over a
// window of time that is short enough for its answer to be complete.
func (c *Client) All(ctx context.Context) iter.Seq2[[]zipkin.Span, error] {
	return func(yield func([]zipkin.Span, error) bool) {
		all := walk{limit: 500, seen: map[zipkin.TraceID]bool{}}
		// A clock that is ahead by a day still counts.
		all.windows = []window{{0, time.Now().Add(24 * time.Hour).UnixMilli()}}
		for len(all.windows) > 0 {
			traces, err := all.next(ctx, c)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, spans := range traces {
				if all.isNew(spans) && !yield(spans, nil) {
					return
				}
			}
		}
	}
}

// window is a period of time in ms, both ends included. Neighbours share their
// ends: a trace may start at any of the thousand µs between two ms.
type window struct{ begin, end int64 }

type walk struct {
	windows []window // yet to be searched, the latest last
	limit   int      // traces to ask for at once
	seen    map[zipkin.TraceID]bool
}

// next searches the latest window, or splits it: an answer of limit traces may
// lack some.
func (w *walk) next(ctx context.Context, c *Client) ([][]zipkin.Span, error) {
	s := w.windows[len(w.windows)-1]
	limit := w.limit
	shortest := s.end-s.begin <= 1
	if shortest {
		limit = math.MaxInt32
	}
	traces, err := c.Traces(ctx, zipkin.Query{
		EndTs: time.UnixMilli(s.end), Lookback: time.Duration(s.end-s.begin) * time.Millisecond, Limit: limit,
	})
	if errors.Is(err, errTooLong) && limit > 1 && !shortest {
		w.limit = max(1, limit/4)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w.windows = w.windows[:len(w.windows)-1]
	if len(traces) < limit {
		return traces, nil
	}
	// Half of these may make a complete answer.
	middle := min(max(middleStart(traces), s.begin+1), s.end-1)
	w.windows = append(w.windows, window{s.begin, middle}, window{middle, s.end})
	return nil, nil
}

// middleStart is the ms before which half of the traces start, by the time that
// Zipkin compares with a query: that of the first span without a parent, or else
// the earliest.
func middleStart(traces [][]zipkin.Span) int64 {
	starts := make([]int64, len(traces))
	for i, spans := range traces {
		for _, sp := range spans {
			if sp.Timestamp != 0 && sp.ParentID == 0 {
				starts[i] = sp.Timestamp
				break
			}
			if starts[i] == 0 || sp.Timestamp != 0 && sp.Timestamp < starts[i] {
				starts[i] = sp.Timestamp
			}
		}
	}
	slices.Sort(starts)
	return starts[len(starts)/2] / 1000
}

// isNew reports whether the trace was not yielded yet.
func (w *walk) isNew(spans []zipkin.Span) bool {
	if len(spans) == 0 || w.seen[spans[0].TraceID] {
		return false
	}
	w.seen[spans[0].TraceID] = true
	return true
}
