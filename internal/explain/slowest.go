package explain

import (
	"context"
	"fmt"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/zipkin"
)

// The slowest request is looked for among all of slowestWithin. A Zipkin lists the
// newest of those that are asked for: so longer ones are asked for until there are none.
const (
	slowestWithin = 10 * time.Minute // since they began
	slowestRead   = 200              // traces at a time
	slowestTries  = 16
)

// slowest is the trace whose longest request took longest, whether it began here or
// joined the trace of a caller, and whether its execution is known or not.
func (x *Explainer) slowest(ctx context.Context) (zipkin.TraceID, error) {
	longest := &zipkin.Span{}
	q := zipkin.Query{Limit: slowestRead, EndTs: time.Now().Add(time.Second), Lookback: slowestWithin + time.Second}
	for range slowestTries {
		traces, err := x.cfg.Reader.Traces(ctx, q)
		if err != nil {
			return zipkin.TraceID{}, httpapi.Failed("zipkin", httpapi.Unreachable, err)
		}
		before := longest
		for _, spans := range traces {
			if root := zipkin.LongestRoot(spans); root != nil && root.Duration > longest.Duration {
				longest = root
			}
		}
		if len(traces) < q.Limit || longest == before {
			break
		}
		q.MinDuration = time.Duration(longest.Duration+1) * time.Microsecond
	}
	if longest.Duration == 0 {
		return zipkin.TraceID{}, &httpapi.Error{Code: httpapi.NotFound,
			Detail: fmt.Sprintf("no request of the last %.0f minutes is stored: make one, or name a trace", slowestWithin.Minutes())}
	}
	return longest.TraceID, nil
}
