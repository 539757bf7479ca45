package zipkinapi

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/tracing/responsewriter"
)

// requests counts the requests to the API and how long they took. Its zero
// value is ready. There are as many series as routes, methods and statuses
// allow, whatever clients send.
type requests struct {
	mu     sync.Mutex
	series map[series]*histogram
}

// series is named by Zipkin's own labels.
type series struct {
	method string
	status int
	uri    string
}

func (a series) compare(b series) int {
	return cmp.Or(cmp.Compare(a.uri, b.uri), cmp.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
}

// bounds are the upper ends of the buckets of a histogram.
var bounds = [...]time.Duration{
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
}

type histogram struct {
	buckets [len(bounds) + 1]int64 // the last is for what took longer
	sum     time.Duration
}

// count has h answer r, and counts it under uri.
func (q *requests) count(uri string, h http.HandlerFunc, w http.ResponseWriter, r *http.Request) {
	began, answer := time.Now(), responsewriter.Writer{}
	h(answer.Wrap(w, r, nil), r)
	answer.Returned()
	if answer.Status() == http.StatusNotFound {
		uri = notFoundURI
	}
	q.observe(series{knownMethod(r.Method), answer.Status(), uri}, time.Since(began))
}

func (q *requests) observe(of series, took time.Duration) {
	at := 0
	for at < len(bounds) && took > bounds[at] {
		at++
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.series == nil {
		q.series = map[series]*histogram{}
	}
	h := q.series[of]
	if h == nil {
		h = &histogram{}
		q.series[of] = h
	}
	h.buckets[at]++
	h.sum += took
}

// knownMethod keeps the number of series in bounds.
func knownMethod(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE":
		return method
	}
	return "UNKNOWN"
}

func (q *requests) write(m *metrics) {
	const name = "http_server_requests_seconds"
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.series) == 0 {
		return
	}
	m.head(name, "histogram", "How long requests took.")
	for _, of := range slices.SortedFunc(maps.Keys(q.series), series.compare) {
		h, total := q.series[of], int64(0)
		labels := fmt.Sprintf(`method="%s",status="%d",uri="%s",`, of.method, of.status, of.uri)
		for i, n := range h.buckets {
			total += n
			le := "+Inf"
			if i < len(bounds) {
				le = float(bounds[i].Seconds())
			}
			m.printf("%s_bucket{%sle=\"%s\",} %d.0\n", name, labels, le, total)
		}
		m.printf("%s_count{%s} %d.0\n", name, labels, total)
		m.printf("%s_sum{%s} %s\n", name, labels, float(h.sum.Seconds()))
	}
}
