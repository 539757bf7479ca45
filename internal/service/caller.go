package service

import (
	"context"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing/propagation"
)

// callerTags are the members of the baggage that a request's span has as tags, so
// that traces can be searched by them: who sent it, and which of two variants it
// is. No other member becomes visible.
var callerTags = []string{labapi.AttendeeTag, variant}

// variant is the member of the baggage that says which one a request is, where two
// alternate.
const variant = "variant"

// tagCaller is for where requests enter the workshop: one span of a trace is
// enough.
func tagCaller(ctx context.Context) {
	for _, name := range callerTags {
		if value, _ := propagation.Baggage(ctx, name); value != "" {
			trace.FromContext(ctx).AddAttributes(trace.StringAttribute(name, value))
		}
	}
}
