//go:build unix

package zipkinapi_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// cpuTime is what the process has used of all cores, collector included.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bodies encodes traces of ten spans, ten traces to a body, as six services
// report them: 33 kB each. Their starts are spread over the hour before clock.
func bodies(n int) [][]byte {
	r := rand.New(rand.NewPCG(3, 4))
	services := []string{"gateway", "orders", "stock", "prices", "users", "mail"}
	all := make([][]byte, n)
	for i := range all {
		var b bytes.Buffer
		for trace := range 10 {
			at := clock.UnixMicro() - 3_600_000_000 + int64(i*10+trace)*3_600_000_000/int64(10*n)
			id := fmt.Sprintf("%016x%016x", r.Uint64()|1<<63, r.Uint64())
			parent := uint64(0)
			for depth := range 10 {
				span := r.Uint64()
				fmt.Fprintf(&b, `,{"timestamp":%d,"duration":%d,"traceId":"%s","id":"%016x",`, at+int64(depth)*1500, 40_000-depth*3000, id, span)
				if parent != 0 {
					fmt.Fprintf(&b, `"parentId":"%016x",`, parent)
				}
				fmt.Fprintf(&b, `"name":"get /%[1]s","kind":"%[2]s","localEndpoint":{"serviceName":"%[1]s","ipv4":"10.0.0.7"},`,
					services[depth/2], []string{"SERVER", "CLIENT"}[depth%2])
				fmt.Fprintf(&b, `"tags":{"http.method":"GET","http.path":"/%s/%d","http.status_code":"200","instance":"a-7f9c4","region":"eu-1"}}`,
					services[depth/2], r.IntN(1e6))
				parent = span
			}
		}
		b.WriteByte(']')
		all[i] = b.Bytes()
		all[i][0] = '['
	}
	return all
}

// BenchmarkIngest measures a POST of a hundred spans through the handler,
// without a network.
func BenchmarkIngest(b *testing.B) {
	all := bodies(2000)
	s := zipkinapi.NewServer(store.New(store.Config{MaxSpans: 100_000}), zipkinapi.Options{})
	next := 0
	b.ReportAllocs()
	runtime.GC()
	start := cpuTime()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/api/v2/spans", bytes.NewReader(all[next])))
		if w.Code != http.StatusAccepted {
			b.Fatal(w.Code, w.Body)
		}
		next = (next + 1) % len(all)
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(b.N)/100, "cpu-ns/span")
	b.ReportMetric(float64(len(all[0]))/100, "B/span")
}

// BenchmarkDecode measures the JSON alone.
func BenchmarkDecode(b *testing.B) {
	benchmarkDecode(b, string(bodies(1)[0]), zipkinapi.DecodeSpans)
}

// BenchmarkDecodeProto3 measures the same spans as protobuf.
func BenchmarkDecodeProto3(b *testing.B) {
	spans, err := zipkinapi.DecodeSpans(string(bodies(1)[0]))
	if err != nil {
		b.Fatal(err)
	}
	benchmarkDecode(b, proto3(spans), zipkinapi.DecodeProto3)
}

func benchmarkDecode(b *testing.B, body string, decode func(string) ([]zipkin.Span, error)) {
	spans := 0
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		list, err := decode(body)
		if err != nil {
			b.Fatal(err)
		}
		spans += len(list)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
}

// BenchmarkServe measures queries of 100,000 spans over real HTTP, client and
// server in one process.
func BenchmarkServe(b *testing.B) {
	st := store.New(store.Config{})
	s := zipkinapi.NewServer(st, zipkinapi.Options{Now: func() time.Time { return clock }})
	for _, body := range bodies(1000) {
		spans, err := zipkinapi.DecodeSpans(string(body))
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
			start := cpuTime()
			for b.Loop() {
				resp, err := client.Get(srv.URL + path)
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			b.ReportMetric(float64((cpuTime()-start).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}
