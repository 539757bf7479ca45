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
func (c *Client) All(ctx context.Context) iter.Seq2[[]zipkin.Span, error] {
	end := time.Now().Add(24 * time.Hour) // a clock that is ahead by a day still counts
	return Search(ctx, c, zipkin.Query{EndTs: end, Lookback: time.Duration(end.UnixMilli()) * time.Millisecond})
}

// Search yields every trace that answers q, whatever its limit is, the spans of one
// at a time and roughly the newest first; an error ends it.
//
// Zipkin's API has no such query, so this is a series of searches, each over a
// window of time that is short enough for its answer to be complete.
func Search(ctx context.Context, reader Reader, q zipkin.Query) iter.Seq2[[]zipkin.Span, error] {
	return func(yield func([]zipkin.Span, error) bool) {
		end := q.EndTs.UnixMilli()
		all := walk{query: q, limit: 500, seen: map[zipkin.TraceID]bool{}}
		all.windows = []window{{max(0, end-q.Lookback.Milliseconds()), end}}
		for len(all.windows) > 0 {
			traces, err := all.next(ctx, reader)
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
	query   zipkin.Query // but for its window and its limit
	windows []window     // yet to be searched, the latest last
	limit   int          // traces to ask for at once
	seen    map[zipkin.TraceID]bool
}

// next searches the latest window, or splits it: an answer of limit traces may
// lack some.
func (w *walk) next(ctx context.Context, reader Reader) ([][]zipkin.Span, error) {
	s := w.windows[len(w.windows)-1]
	limit := w.limit
	shortest := s.end-s.begin <= 1
	if shortest {
		limit = math.MaxInt32
	}
	q := w.query
	q.EndTs, q.Lookback, q.Limit = time.UnixMilli(s.end), time.Duration(s.end-s.begin)*time.Millisecond, limit
	traces, err := reader.Traces(ctx, q)
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
