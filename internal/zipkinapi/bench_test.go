//go:build unix

package zipkinapi_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/zipkin/codec"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkinapi"
)

// BenchmarkIngest measures a POST of a hundred spans through the handler,
// without a network.
func BenchmarkIngest(b *testing.B) {
	all := spantext.Bodies(2000, clock)
	s := zipkinapi.NewServer(store.New(store.Config{MaxSpans: 100_000}), zipkinapi.Options{})
	next := 0
	b.ReportAllocs()
	runtime.GC()
	start := testbed.CPUTime()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/api/v2/spans", bytes.NewReader(all[next])))
		if w.Code != http.StatusAccepted {
			b.Fatal(w.Code, w.Body)
		}
		next = (next + 1) % len(all)
	}
	b.ReportMetric(float64((testbed.CPUTime()-start).Nanoseconds())/float64(b.N)/100, "cpu-ns/span")
	b.ReportMetric(float64(len(all[0]))/100, "B/span")
}

// BenchmarkServe measures queries of 100,000 spans over real HTTP, client and
// server in one process.
func BenchmarkServe(b *testing.B) {
	st := store.New(store.Config{})
	s := zipkinapi.NewServer(st, zipkinapi.Options{Now: func() time.Time { return clock }})
	for _, body := range spantext.Bodies(1000, clock) {
		spans, err := codec.DecodeSpans(string(body))
		if err != nil {
			b.Fatal(err)
		}
		st.Add(spans)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for _, path := range []string{
		"/api/v2/traces?serviceName=orders&limit=10",
		"/api/v2/traces?limit=10",
		"/api/v2/traces?serviceName=orders&limit=100",
		"/api/v2/services",
		fmt.Sprintf("/api/v2/dependencies?endTs=%d", clock.UnixMilli()),
	} {
		b.Run(strings.ReplaceAll(path[len("/api/v2/"):], "/", "_"), func(b *testing.B) {
			start := testbed.CPUTime()
			for b.Loop() {
				resp, err := client.Get(srv.URL + path)
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			b.ReportMetric(float64((testbed.CPUTime()-start).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}
