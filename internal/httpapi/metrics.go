package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"example.com/tracelab/tracing/responsewriter"
)

// measure takes the duration of the requests of one route, by status; it is 0 where
// the handler aborted the response before there was one.
func measure(set *metrics.Set, route string, next http.Handler) http.Handler {
	if set == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, answer := time.Now(), responsewriter.Writer{}
		defer func() {
			name := fmt.Sprintf("http_server_request_duration_seconds{route=%q,status=\"%d\"}", route, answer.Status())
			set.GetOrCreateSummary(name).UpdateDuration(start)
		}()
		next.ServeHTTP(answer.Wrap(w, r, nil), r)
		answer.Returned()
	})
}
