package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/metrics"
)

// BenchmarkRequest shows what counting a request costs.
func BenchmarkRequest(b *testing.B) {
	for name, durations := range map[string]*httpapi.Durations{"not measured": nil, "measured": httpapi.NewRequestDurations()} {
		b.Run(name, func(b *testing.B) {
			router := httpapi.NewRouter([]httpapi.Route{{Pattern: "GET /thing/{id}", Handler: func(http.ResponseWriter, *http.Request) error { return nil }}},
				httpapi.Options{Durations: durations})
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/thing/7", nil)
				for pb.Next() {
					router.ServeHTTP(w, r)
				}
			})
		})
	}
}

// BenchmarkPage writes the metrics of ten routes with five statuses each, and those of
// the process.
func BenchmarkPage(b *testing.B) {
	durations := httpapi.NewRequestDurations()
	for i := range 50 {
		durations.Observe(httpapi.Series{Method: "GET", Route: fmt.Sprint("/", i/5), Status: 200 + i%5}, time.Duration(i)*time.Millisecond)
	}
	for name, write := range map[string]func(*metrics.Page){"requests": durations.Write, "process": (*metrics.Page).Process} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var p metrics.Page
				write(&p)
			}
		})
	}
}
