package timeline_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/executions"
)

// BenchmarkStep is what a step of zooming costs that needs all anew: 40 lanes over 1,024
// columns, which are four tiles, and the counters.
func BenchmarkStep(b *testing.B) {
	for _, kind := range []string{"http", "sync"} {
		x := record(b, kind, 300)
		h := serve(x)
		for by, lanes := range map[string][]string{"goroutine": busiest(x, 40), "processor": nil} {
			for p := range x.Lanes.Processors() {
				if by == "processor" {
					lanes = append(lanes, fmt.Sprint("p", p))
				}
			}
			lanes = append(lanes, "goroutines", "heap", "threads", "gc", "stw")
			b.Run(kind+"/"+by, func(b *testing.B) {
				var plain, sent int
				for b.Loop() {
					plain, sent = 0, 0
					for n := range 4 {
						path := fmt.Sprintf("http://localhost/exec/%s/tile?lanes=%s&level=%d&tile=%d", kind, strings.Join(lanes, ","), max(highest(x)-2, 0), n)
						w := httptest.NewRecorder()
						h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
						plain, sent = plain+w.Body.Len(), sent+zipped(b, w.Body.Bytes())
					}
				}
				b.ReportMetric(float64(plain), "B/step")
				b.ReportMetric(float64(sent), "B-gzip/step")
			})
		}
	}
}

func zipped(b *testing.B, body []byte) int {
	b.StopTimer()
	defer b.StartTimer()
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	z.Write(body)
	z.Close()
	return out.Len()
}

// busiest are goroutines with many segments.
func busiest(x *executions.Execution, most int) (ids []string) {
	for least := 4096; least > 0 && len(ids) < most; least /= 4 {
		ids = nil
		for g := range x.Lanes.Trace.Goroutines() {
			n := 0
			for range x.Lanes.Trace.Intervals(g) {
				n++
			}
			if n >= least && len(ids) < most {
				ids = append(ids, fmt.Sprint("g", int64(g.ID)))
			}
		}
	}
	return ids
}
