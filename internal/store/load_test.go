package store

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// endOfLoad is a moment after all spans of load.
var endOfLoad = time.UnixMicro(t0).Add(time.Hour + time.Minute)

// loadServices are those of load, in the order of a request's way.
var loadServices = []string{"gateway", "orders", "stock", "prices", "users", "mail"}

// loader makes traces of ten spans as a program of six services reports them:
// a chain of calls between the services, with work of their own in between and
// a database at the end, their starts spread over an hour.
type loader struct {
	r    *rand.Rand
	made int
	all  int // traces in the hour
}

func newLoader(traces int) *loader {
	return &loader{r: rand.New(rand.NewPCG(1, 2)), all: traces}
}

// trace makes the next one.
func (l *loader) trace() (spans []zipkin.Span) {
	id := traceID(l.r.Uint64()|1, l.r.Uint64())
	at := t0 + int64(l.made)*3_600_000_000/int64(l.all)
	var parent zipkin.SpanID
	for depth := range 10 {
		hop := depth / 2
		service := loadServices[hop]
		sp := zipkin.Span{
			TraceID: id, ParentID: parent, ID: zipkin.SpanID(l.r.Uint64()), Kind: zipkin.Server,
			Name:      "get /" + service + "/{id}",
			Timestamp: at + int64(depth)*1500, Duration: 40_000 - int64(depth)*3000,
			Local: zipkin.Endpoint{ServiceName: service, IPv4: "10.0.0." + strconv.Itoa(hop)},
			Tags: []zipkin.Tag{
				tag("http.method", "GET"),
				tag("http.path", fmt.Sprintf("/%s/%d", service, l.r.IntN(1e6))),
				tag("http.status_code", "200"),
				tag("instance", service+"-7f9c4"),
				tag("region", "eu-1"),
			},
		}
		if depth%2 == 1 {
			sp.Kind = zipkin.Client
			sp.Remote = zipkin.Endpoint{ServiceName: loadServices[hop+1], IPv4: "10.0.0." + strconv.Itoa(hop+1), Port: 8080}
		}
		if depth == 9 && l.made%20 == 0 {
			sp.Tags = append([]zipkin.Tag{tag("error", "timeout")}, sp.Tags...)
		}
		parent = sp.ID
		spans = append(spans, sp)
	}
	l.made++
	return spans
}

// load makes all traces of a loader.
func load(traces int) [][]zipkin.Span {
	l, all := newLoader(traces), make([][]zipkin.Span, traces)
	for i := range all {
		all[i] = l.trace()
	}
	return all
}

func filled(tb testing.TB, traces int) *Store {
	tb.Helper()
	s := New(Config{})
	for _, spans := range load(traces) {
		s.Add(spans)
	}
	return s
}
