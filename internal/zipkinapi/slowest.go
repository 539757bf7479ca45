package zipkinapi

import (
	"context"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// A Zipkin lists the newest of the traces that are asked for, so that the slowest is found
// by asking for longer ones until there are none.
const (
	slowestRead  = 200 // traces at a time
	slowestTries = 16
)

// Slowest returns the spans of the trace whose longest request took longest of those that
// began within the last so long, whether it began here or joined the trace of a caller. It
// returns ErrNotFound where there are none.
func Slowest(ctx context.Context, reader Reader, within time.Duration) (spans []zipkin.Span, err error) {
	longest := &zipkin.Span{}
	q := zipkin.Query{Limit: slowestRead, EndTs: time.Now().Add(time.Second), Lookback: within + time.Second}
	for range slowestTries {
		traces, err := reader.Traces(ctx, q)
		if err != nil {
			return nil, err
		}
		before := longest
		for _, some := range traces {
			if root := zipkin.LongestRoot(some); root != nil && root.Duration > longest.Duration {
				longest, spans = root, some
			}
		}
		if len(traces) < q.Limit || longest == before {
			break
		}
		q.MinDuration = time.Duration(longest.Duration+1) * time.Microsecond
	}
	if longest.Duration == 0 {
		return nil, ErrNotFound
	}
	return spans, nil
}

// Latest returns the spans of the trace whose longest request began last of those that have
// ended, within the last so long, or ErrNotFound.
func Latest(ctx context.Context, reader Reader, within time.Duration) (spans []zipkin.Span, err error) {
	traces, err := reader.Traces(ctx, zipkin.Query{Limit: 10, EndTs: time.Now().Add(time.Second), Lookback: within + time.Second})
	if err != nil {
		return nil, err
	}
	var last *zipkin.Span
	for _, some := range traces {
		if root := zipkin.LongestRoot(some); root != nil && root.Duration > 0 && (last == nil || root.Timestamp > last.Timestamp) {
			last, spans = root, some
		}
	}
	if last == nil {
		return nil, ErrNotFound
	}
	return spans, nil
}
