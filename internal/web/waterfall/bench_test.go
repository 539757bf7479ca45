package waterfall

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// BenchmarkAnswers prints the processor's time, with compression, of what a page of a
// large trace asks for, and how long the answers are.
func BenchmarkAnswers(b *testing.B) {
	for _, n := range []int{4002, 10_000, 50_000} {
		h, change := served(n)
		for _, of := range []string{"?", "/rows?", "page+rows", "/details?span=7", "/find?q=redis", "?view=statistics", "?view=flame", "?view=spans"} {
			b.Run(fmt.Sprintf("%d %s", n, strings.Trim(of, "/")), func(b *testing.B) {
				size := 0
				began := testbed.CPUTime()
				for b.Loop() {
					change()
					size = 0
					if of == "page+rows" {
						size += answerSize(b, h, "/rows?")
						size += answerSize(b, h, "?")
					} else {
						size += answerSize(b, h, of)
					}
				}
				b.ReportMetric(float64((testbed.CPUTime()-began)/time.Microsecond)/float64(b.N)/1000, "cpu-ms/op")
				b.ReportMetric(float64(size)/1000, "kB")
			})
		}
	}
}

// served are the pages over a store that has a trace of n spans, and change has what was
// laid out forgotten.
func served(n int) (h http.Handler, change func()) {
	st := store.New(store.Config{})
	st.Add(realistic(n))
	now := webtest.Noon
	s := webtest.Shell("the embedded store")
	p := New(s, Config{Reader: zipkinapi.Local(st), Now: func() time.Time { return now }})
	return webtest.Serve(s, p), func() { now = now.Add(2 * recentTime) }
}

func answerSize(b *testing.B, h http.Handler, of string) int {
	r := httptest.NewRequest("GET", "http://localhost/traces/1"+of, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK && w.Code != http.StatusNotFound {
		b.Fatalf("status %d", w.Code)
	}
	return w.Body.Len()
}

// realistic is a trace of n spans as services make them: each calls up to four others,
// one after the other, with tags, by random ids.
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
			Local: zipkin.Endpoint{ServiceName: services[i%3], IPv4: "127.0.0.1"}, Timestamp: start, Duration: int64(n) * 7000,
			Tags: []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "http.route", Value: "/fetch"}, {Key: "http.status_code", Value: "200"}},
		}
		if i == 0 {
			continue
		}
		parent := &spans[(i-1)/4]
		s.ParentID = parent.ID
		slot := parent.Duration / 4
		s.Duration = 1 + slot*3/4 + r.Int64N(slot/5+1)
		s.Timestamp = parent.Timestamp + int64((i-1)%4)*slot + r.Int64N(slot/20+1)
		if i%2 == 1 {
			s.Kind, s.Local = zipkin.Client, parent.Local
			s.Remote = zipkin.Endpoint{ServiceName: "redis"}
		}
	}
	return spans
}
