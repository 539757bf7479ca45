package compare

import (
	"context"
	"strings"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// remote explains by a server.
type remote struct {
	client *labapi.Client
	kept   map[zipkin.TraceID]bool // traces of which an execution trace is kept
}

// newRemote asks a server of which traces it keeps execution traces. One that does not say
// keeps none.
func newRemote(ctx context.Context, client *labapi.Client) remote {
	r := remote{client, map[zipkin.TraceID]bool{}}
	all, err := client.Snapshots(ctx, zipkin.TraceID{})
	if err != nil {
		return r
	}
	for _, s := range all {
		for _, part := range s.Traces {
			// It is padded with zeros there.
			if id, err := zipkin.ParseTraceID(strings.ToLower(part.TraceID)); err == nil && s.Refused == "" {
				r.kept[id] = true
			}
		}
	}
	return r
}

// Execution implements states.Explainer.
func (r remote) Execution(trace zipkin.TraceID, _ []zipkin.Span) labapi.Execution {
	if r.kept[trace] {
		return labapi.Execution{State: labapi.ExecutionStored}
	}
	return labapi.Execution{State: labapi.ExecutionGone}
}

// Explanation implements states.Explainer.
func (r remote) Explanation(ctx context.Context, trace zipkin.TraceID, span zipkin.SpanAt) (*labapi.Explanation, error) {
	return r.client.Why(ctx, trace, span)
}
