package store

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
)

// dataSet is a kind of traces. Of one form are those of a program of six services; the
// trees are random, and have any of the services, names and tags.
type dataSet struct {
	name   string
	size   int // spans of a trace
	random *rand.Rand
	chain  *source // or nil
	all    int     // services; each has twenty names, or one where they are many
	names  int
	next   *time.Time // start of the next trace of any set: both servers evict what is oldest
}

func newDataSets(next time.Time) []*dataSet {
	chain := newSource(next, 0)
	tree := func(name string, size, services, names int) *dataSet {
		return &dataSet{name: name, size: size, random: rand.New(rand.NewPCG(uint64(size), uint64(services))), all: services, names: names, next: &next}
	}
	return []*dataSet{
		{name: "one form", size: spansOfTrace, chain: &chain, next: &next},
		tree("trees of 20 spans", 20, 30, 20),
		tree("trees of 200 spans", 200, 30, 20),
		tree("100,000 service names", 20, 100_000, 1),
	}
}

// trace makes the next one, of so many spans.
func (d *dataSet) trace(size int) (spans []*model.SpanModel) {
	start := *d.next
	*d.next = start.Add(3 * time.Millisecond)
	if d.chain != nil {
		d.chain.next = start
		return d.chain.trace()
	}
	id := model.TraceID{High: d.random.Uint64() | 1<<63, Low: d.random.Uint64()}
	for i := range size {
		span := d.span(id, start.Add(time.Duration(i)*700*time.Microsecond))
		if i > 0 {
			span.ParentID = &spans[d.random.IntN(i)].ID
		}
		spans = append(spans, span)
	}
	return spans
}

var treeTags = []string{"http.method", "http.path", "http.status_code", "error", "db.statement", "peer.port", "zone", "version", "user", "retry"}

func (d *dataSet) span(id model.TraceID, start time.Time) *model.SpanModel {
	r := d.random
	service := r.IntN(d.all)
	span := &model.SpanModel{
		SpanContext:   model.SpanContext{TraceID: id, ID: model.ID(r.Uint64() | 1)},
		Kind:          []model.Kind{model.Undetermined, model.Client, model.Server, model.Server}[r.IntN(4)],
		Name:          fmt.Sprintf("get /%d/%d", service, r.IntN(d.names)),
		Timestamp:     start,
		Duration:      time.Duration(100+r.IntN(100_000)) * time.Microsecond,
		LocalEndpoint: &model.Endpoint{ServiceName: "service-" + strconv.Itoa(service), IPv4: net.IPv4(10, 0, 0, byte(service)).To4()},
		Tags:          map[string]string{},
	}
	if span.Kind == model.Client {
		span.RemoteEndpoint = &model.Endpoint{ServiceName: "service-" + strconv.Itoa(r.IntN(d.all))}
	}
	for i, key := range treeTags {
		if r.IntN(5) > 1 || key == "error" && r.IntN(10) > 0 {
			continue
		}
		values := 8
		if i%2 == 1 {
			values = 1_000_000
		}
		span.Tags[key] = strconv.Itoa(r.IntN(values))
	}
	return span
}

// posts makes about so many spans ready to be sent.
func (d *dataSet) posts(t testing.TB, format string, spans int) (all []post) {
	t.Helper()
	for made := 0; made < spans; {
		var batch [][]*model.SpanModel
		for n := 0; n < spansOfPost; n += d.size {
			batch = append(batch, d.trace(d.size))
		}
		made += d.size * len(batch)
		all = append(all, newPost(t, format, batch))
	}
	return all
}

// large makes one trace of so many spans, a thousand to a post, and returns its id.
func (d *dataSet) large(t testing.TB, spans int) (all []post, id string) {
	t.Helper()
	trace := d.trace(spans)
	for from := 0; from < spans; from += 1000 {
		all = append(all, newPost(t, "JSON", [][]*model.SpanModel{trace[from:min(from+1000, spans)]}))
		all[len(all)-1].size = spans // once the last has arrived
	}
	return all, all[0].ids[0]
}
