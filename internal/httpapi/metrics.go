package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// measure takes the duration of the requests of one route, by status.
func measure(set *metrics.Set, route string, next http.Handler) http.Handler {
	if set == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, status := time.Now(), NewStatusWriter(w)
		defer func() {
			name := fmt.Sprintf("http_server_request_duration_seconds{route=%q,status=\"%d\"}", route, status.Status())
			set.GetOrCreateSummary(name).UpdateDuration(start)
		}()
		next.ServeHTTP(status, r)
	})
}
