package store

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"example.com/tracelab/internal/zipkin"
)

// tree makes traces that differ from each other: random trees whose spans have any of
// the services, any of their names, and any of the tags.
type tree struct {
	r        *rand.Rand
	made     int
	all      int // traces, over six hours
	size     int // spans of each
	services int
	names    int // of a service
}

// dataSets are the three that the benchmarks compare: spans of one form, trees in which
// nearly each span has another shape, and as many names as a store may see.
var dataSets = []struct {
	name string
	make func(spans int) func() []zipkin.Span // nth trace of so many spans in all
}{
	{"one form", func(spans int) func() []zipkin.Span { return newLoader(spans / 10).trace }},
	{"trees of 20", func(spans int) func() []zipkin.Span { return newTree(spans, 20, 30, 20).trace }},
	{"trees of 200", func(spans int) func() []zipkin.Span { return newTree(spans, 200, 30, 20).trace }},
	{"100,000 services", func(spans int) func() []zipkin.Span { return newTree(spans, 20, 100_000, 1).trace }},
}

func newTree(spans, size, services, names int) *tree {
	return &tree{r: rand.New(rand.NewPCG(3, 4)), all: spans / size, size: size, services: services, names: names}
}

var treeTags = []string{"http.method", "http.path", "http.status_code", "error", "db.statement", "peer.port", "zone", "version", "user", "retry"}

// trace makes the next one.
func (l *tree) trace() (spans []zipkin.Span) {
	id := traceID(l.r.Uint64()|1, l.r.Uint64())
	at := t0 + int64(l.made)*6*3_600_000_000/int64(l.all)
	for i := range l.size {
		service := l.r.IntN(l.services)
		sp := zipkin.Span{
			TraceID: id, ID: zipkin.SpanID(l.r.Uint64() | 1), Kind: one[zipkin.Kind](l.r, "", zipkin.Client, zipkin.Server, zipkin.Server),
			Name:      fmt.Sprintf("get /%d/%d", service, l.r.IntN(l.names)),
			Timestamp: at + int64(i)*700, Duration: 100 + l.r.Int64N(100_000),
			Local: zipkin.Endpoint{ServiceName: "service-" + strconv.Itoa(service), IPv4: "10.0.0." + strconv.Itoa(service%250)},
		}
		if i > 0 {
			sp.ParentID = spans[l.r.IntN(i)].ID
		}
		if sp.Kind == zipkin.Client {
			sp.Remote = zipkin.Endpoint{ServiceName: "service-" + strconv.Itoa(l.r.IntN(l.services))}
		}
		l.addTags(&sp)
		spans = append(spans, sp)
	}
	l.made++
	return spans
}

// addTags gives a span some of the tags: half of the values are few, the others differ.
func (l *tree) addTags(sp *zipkin.Span) {
	for i, key := range treeTags {
		switch {
		case l.r.IntN(5) > 1 || key == "error" && l.r.IntN(10) > 0:
		case i%2 == 0:
			sp.Tags = append(sp.Tags, tag(key, strconv.Itoa(l.r.IntN(8))))
		default:
			sp.Tags = append(sp.Tags, tag(key, strconv.Itoa(l.r.IntN(1e6))))
		}
	}
	sortByKey(sp.Tags)
}

// endOfTrees is a moment after all spans of trees.
var endOfTrees = at(7 * 3_600_000)
