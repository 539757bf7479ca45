package writer

import (
	"context"
	"net/http"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/reporting"
)

// roomy has the requests of routes leave room for the spans of others.
func roomy(routes []httpapi.Route) []httpapi.Route {
	for i, route := range routes {
		routes[i].Handler = func(w http.ResponseWriter, r *http.Request) error {
			leaveRoom(r.Context())
			return route.Handler(w, r)
		}
	}
	return routes
}

// leaveRoom gives the spans of ctx no room in the reporter's queue, if they are
// asked to do without.
func leaveRoom(ctx context.Context) {
	if _, ok := faults.Here(ctx, "dropped-spans"); ok {
		defer faults.Measure(ctx, "dropped-spans")()
		reporting.SetTerms(ctx, reporting.Terms{QueueFull: true})
	}
}
