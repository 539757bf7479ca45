package waterfall

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// BenchmarkAnswers prints the processor's time, with compression, of what a page of a
// large trace asks for, and how long the answers are.
func BenchmarkAnswers(b *testing.B) {
	for _, n := range []int{4002, 10_000, 50_000} {
		h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{realistic(n)}}})
		for _, of := range []string{"", "/rows", "/details?span=7", "/find?q=redis", "?view=statistics", "?view=flame", "?view=spans"} {
			b.Run(fmt.Sprintf("%d %s", n, strings.Trim(of, "/")), func(b *testing.B) {
				r := httptest.NewRequest("GET", "http://localhost/traces/1"+of, nil)
				r.Header.Set("Accept-Encoding", "gzip")
				size := 0
				began := testbed.CPUTime()
				for b.Loop() {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, r)
					if w.Code != http.StatusOK {
						b.Fatalf("status %d", w.Code)
					}
					size = w.Body.Len()
				}
				b.ReportMetric(float64((testbed.CPUTime()-began)/time.Microsecond)/float64(b.N)/1000, "cpu-ms/op")
				b.ReportMetric(float64(size)/1000, "kB")
			})
		}
	}
}

// realistic is a trace of n spans as our services make them: calls of services which
// call others, with tags, by random ids.
func realistic(n int) []zipkin.Span {
	r := rand.New(rand.NewPCG(5, 6))
	services := []string{"gateway", "fetcher", "writer"}
	names := []string{"get /visit", "get /fetch", "put /values/{key}", "httprequest", "rediswrite", "set"}
	spans := make([]zipkin.Span, n)
	start := time.Date(2026, 11, 20, 11, 59, 0, 0, time.UTC).UnixMicro()
	for i := range spans {
		s := &spans[i]
		*s = zipkin.Span{
			TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(r.Uint64() | 1), Name: names[i%len(names)], Kind: zipkin.Server,
			Local: zipkin.Endpoint{ServiceName: services[i%3], IPv4: "127.0.0.1"}, Timestamp: start, Duration: int64(n) * 700,
			Tags: []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "http.route", Value: "/fetch"}, {Key: "http.status_code", Value: "200"}},
		}
		if i == 0 {
			continue
		}
		parent := &spans[max(0, i-1-r.IntN(min(i, 40)))]
		s.ParentID = parent.ID
		s.Timestamp = parent.Timestamp + r.Int64N(max(parent.Duration/2, 1))
		s.Duration = 1 + r.Int64N(max(parent.Duration/2, 1))
		if i%2 == 1 {
			s.Kind, s.Local = zipkin.Client, parent.Local
			s.Remote = zipkin.Endpoint{ServiceName: "redis"}
		}
	}
	return spans
}
