//go:build unix

package find

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkinapi"

	"example.com/tracelab/internal/zipkin"
)

// BenchmarkPage makes the page of an hour with 100,000 traces of ten spans.
func BenchmarkPage(b *testing.B) {
	st := store.New(store.Config{MaxSpans: 2_000_000, MaxBytes: 1 << 40})
	for i := range 100_000 {
		st.Add(chain(uint64(i+1), time.Duration(i)*35*time.Millisecond, int64(1000+i*7919%90_000)))
	}
	h := serveUI(Config{Reader: zipkinapi.Local(st)})
	for _, query := range []string{"", "sort=longest", "sort=errors&serviceName=service-3", "annotationQuery=error", "minTrace=80ms"} {
		b.Run(query, func(b *testing.B) {
			start := testbed.CPUTime()
			size := 0
			for b.Loop() {
				w := webtest.Ask(h, httptest.NewRequest("GET", "http://localhost/?"+query, nil))
				size = w.Body.Len()
			}
			b.ReportMetric(float64((testbed.CPUTime()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

// chain is a trace of ten spans, each below the one before.
func chain(id uint64, before time.Duration, duration int64) []zipkin.Span {
	spans := make([]zipkin.Span, 10)
	at := webtest.Noon.Add(-before).UnixMicro()
	for i := range spans {
		spans[i] = zipkin.Span{TraceID: zipkin.TraceID{Low: id}, ID: zipkin.SpanID(id*100 + uint64(i)), Name: "get /visit", Timestamp: at + int64(i)*10, Duration: duration - int64(i)*20,
			Kind: zipkin.Server, Local: zipkin.Endpoint{ServiceName: fmt.Sprint("service-", i/2)}, Tags: []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "http.path", Value: "/visit"}}}
		if i > 0 {
			spans[i].ParentID = spans[i-1].ID
		}
	}
	if id%50 == 0 {
		spans[9].Tags = append([]zipkin.Tag{{Key: "error", Value: "x"}}, spans[9].Tags...)
	}
	return spans
}
