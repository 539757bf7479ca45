package metrics_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/metrics"
)

func TestPage(t *testing.T) {
	for name, test := range map[string]struct {
		write func(*metrics.Page)
		want  string
	}{
		"a counter":         {func(p *metrics.Page) { p.Counter("a_total", "All.", 3) }, "# HELP a_total All.\n# TYPE a_total counter\na_total 3\n"},
		"a large number":    {func(p *metrics.Page) { p.Gauge("a_bytes", "All.", 1<<40) }, "# HELP a_bytes All.\n# TYPE a_bytes gauge\na_bytes 1099511627776\n"},
		"a small number":    {func(p *metrics.Page) { p.Gauge("a_seconds", "All.", 2.5e-7) }, "# HELP a_seconds All.\n# TYPE a_seconds gauge\na_seconds 0.00000025\n"},
		"no bound":          {func(p *metrics.Page) { p.Gauge("a", "All.", math.Inf(1)) }, "# HELP a All.\n# TYPE a gauge\na +Inf\n"},
		"labels, sorted":    {func(p *metrics.Page) { p.CounterBy("a_total", "All.", "reason", map[string]uint64{"y": 2, "x": 0}) }, "# HELP a_total All.\n# TYPE a_total counter\na_total{reason=\"x\"} 0\na_total{reason=\"y\"} 2\n"},
		"an awkward label":  {func(p *metrics.Page) { p.Sample("a", metrics.Labels("b", "\"\\\n\u00e9"), 1) }, "a{b=\"\\\"\\\\\\n\u00e9\"} 1\n"},
		"a label not given": {func(p *metrics.Page) { p.Sample("a", metrics.Labels("b", "", "c", "d"), 1) }, "a{c=\"d\"} 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var p metrics.Page
			test.write(&p)
			if got := p.String(); got != test.want {
				t.Errorf("%q; want %q", got, test.want)
			}
		})
	}
}

func TestHistogram(t *testing.T) {
	h := metrics.NewHistogram([]float64{0.5, 2})
	for _, v := range []float64{0, 0.5, 0.6, 2, 3, 100} {
		h.Observe(v)
	}
	before := h.Clone()
	h.Observe(1)
	var p metrics.Page
	p.Histogram("a_seconds", "", before)
	p.Histogram("a_seconds", `b="c"`, h)
	want := `a_seconds_bucket{le="0.5"} 2
a_seconds_bucket{le="2"} 4
a_seconds_bucket{le="+Inf"} 6
a_seconds_sum 106.1
a_seconds_count 6
a_seconds_bucket{b="c",le="0.5"} 2
a_seconds_bucket{b="c",le="2"} 5
a_seconds_bucket{b="c",le="+Inf"} 7
a_seconds_sum{b="c"} 107.1
a_seconds_count{b="c"} 7
`
	if got := p.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestProcess reads the metrics of the test itself.
func TestProcess(t *testing.T) {
	runtime.GC()
	w := httptest.NewRecorder()
	metrics.Handler((*metrics.Page).Process)(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	if got := w.Header(); w.Code != http.StatusOK || got.Get("Content-Type") != metrics.ContentType || got.Get("Content-Length") != strconv.Itoa(len(text)) {
		t.Errorf("%d %v", w.Code, got)
	}
	least := map[string]float64{"go_goroutines": 1, "go_threads": 1, "go_gomaxprocs": 1, "go_gc_cycles_total": 1, "go_gc_pauses_seconds_count": 1, "go_gc_pauses_seconds_sum": 1e-9,
		"go_sched_latencies_seconds_count": 1, "go_memstats_alloc_bytes": 1 << 10, "process_start_time_seconds": 1.7e9}
	if runtime.GOOS == "linux" {
		least["process_open_fds"], least["process_max_fds"], least["process_resident_memory_bytes"], least["process_virtual_memory_bytes"] = 3, 3, 1<<20, 1<<20
		least["process_cpu_seconds_total"] = 0
	}
	for name, least := range least {
		m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
		if m == nil {
			t.Errorf("there is no %s in\n%s", name, text)
			continue
		}
		if v, err := strconv.ParseFloat(m[1], 64); err != nil || v < least {
			t.Errorf("%s is %s; want at least %g", name, m[1], least)
		}
	}
	if n := strings.Count(text, `go_sched_latencies_seconds_bucket{le="`); n != 15 {
		t.Errorf("go_sched_latencies_seconds has %d buckets; want 15", n)
	}
}
