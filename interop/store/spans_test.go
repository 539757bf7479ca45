package store

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/openzipkin/zipkin-go/reporter"
)

// What is posted at once, as Zipkin's reporters do.
const (
	spansOfTrace = 10
	spansOfPost  = 100
)

// source makes the traces of a program of six services that call each other in
// a row, one trace after the other.
type source struct {
	random *rand.Rand
	next   time.Time     // start of the next trace
	step   time.Duration // to the one after it
}

func newSource(next time.Time, step time.Duration) source {
	return source{random: rand.New(rand.NewPCG(1, 2)), next: next, step: step}
}

// post is a request as it goes over the wire, and the traces in it.
type post struct {
	request []byte
	ids     []string
	size    int // spans of each
}

var serializers = map[string]reporter.SpanSerializer{
	"JSON":   reporter.JSONSerializer{},
	"proto3": zipkin_proto3.SpanSerializer{},
}

// posts makes so many spans ready to be sent, as zipkin-go encodes them.
func (s *source) posts(t testing.TB, format string, spans int) (all []post) {
	t.Helper()
	for range spans / spansOfPost {
		var batch [][]*model.SpanModel
		for range spansOfPost / spansOfTrace {
			batch = append(batch, s.trace())
		}
		all = append(all, newPost(t, format, batch))
	}
	return all
}

// newPost makes a request of traces that have as many spans each.
func newPost(t testing.TB, format string, traces [][]*model.SpanModel) post {
	t.Helper()
	serializer := serializers[format]
	p := post{size: len(traces[0])}
	for _, trace := range traces {
		p.ids = append(p.ids, trace[0].TraceID.String())
	}
	body, err := serializer.Serialize(slices.Concat(traces...))
	if err != nil {
		t.Fatal(err)
	}
	p.request = fmt.Appendf(nil, "POST /api/v2/spans HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: %d\r\nB3: 0\r\nContent-Type: %s\r\nAccept-Encoding: gzip\r\n\r\n",
		len(body), serializer.ContentType())
	p.request = append(p.request, body...)
	return p
}

var services = []string{"gateway", "orders", "stock", "prices", "users"}

func (s *source) trace() (spans []*model.SpanModel) {
	id := model.TraceID{High: s.random.Uint64() | 1<<63, Low: s.random.Uint64()}
	var parent *model.ID
	for depth := range spansOfTrace {
		service := services[depth/2]
		span := &model.SpanModel{
			SpanContext:   model.SpanContext{TraceID: id, ID: model.ID(s.random.Uint64() | 1), ParentID: parent},
			Name:          "get /" + service,
			Kind:          model.Server,
			Timestamp:     s.next.Add(time.Duration(depth) * 1500 * time.Microsecond),
			Duration:      time.Duration(40-3*depth) * time.Millisecond,
			LocalEndpoint: &model.Endpoint{ServiceName: service, IPv4: net.IPv4(10, 0, 0, byte(depth/2)).To4()},
			Tags: map[string]string{"http.method": "GET", "http.path": fmt.Sprintf("/%s/%06d", service, s.random.IntN(1e6)),
				"http.status_code": "200", "instance": service + "-7f9c4"},
		}
		if depth%2 == 1 {
			span.Kind = model.Client
			span.RemoteEndpoint = &model.Endpoint{ServiceName: append(services, "redis")[depth/2+1]}
		}
		if depth == spansOfTrace-1 && s.random.IntN(20) == 0 {
			span.Tags["error"] = "timeout"
		}
		parent = &span.ID
		spans = append(spans, span)
	}
	s.next = s.next.Add(s.step)
	return spans
}
