package compare_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"example.com/tracelab/internal/zipkin"
)

// A world is a system of services that is simulated: requests fork and join, calls take
// random times, and a change can be made to it whose truth is known.
type world struct {
	name  string
	root  *operation
	all   []*operation
	large float64 // share of requests for more
	load  float64 // utilization of what has a queue
	drift float64 // deviation of a slow change of the whole system's speed
	free  bool    // requests do not say how much they are for
}

// operation is what a span is of. What it calls, it calls in steps: the calls of a step
// run at once.
type operation struct {
	name, service string
	median, sigma float64 // of its own time, µs
	steps         [][]call
	async         []*operation
	remote        bool // a client span is around it
	queue         bool
	caller        *operation
}

type call struct {
	of          *operation
	probability float64 // zero: always
	fan         bool    // as often as the request is large
	largeOnly   bool
}

// fault is a change that is made to an operation.
type fault struct {
	kind        string
	of          *operation
	us          float64
	probability float64
	times       int
}

const (
	delay    = "delay"
	tail     = "tail"
	double   = "double"
	moreOnes = "n+1"
	retry    = "retry"
	pool     = "pool"
	serial   = "serial"
	fails    = "errors"
	aside    = "aside" // what it calls without waiting gets slower
)

// request simulates one.
type request struct {
	*world
	*fault
	r     *rand.Rand
	other *rand.Rand // of the fault, so that the rest is as without
	speed float64
	large bool
	spans []zipkin.Span
	trace zipkin.TraceID
	base  int64
}

// traces simulates n requests, one each ten milliseconds from a time on.
func (w *world) traces(r *rand.Rand, n int, from int64, f *fault) [][]zipkin.Span {
	traces := make([][]zipkin.Span, n)
	drift := 0.0
	own, other := rand.NewPCG(0, 0), rand.NewPCG(0, 0)
	for i := range traces {
		own.Seed(r.Uint64(), 1)
		other.Seed(r.Uint64(), 2)
		drift = 0.9*drift + math.Sqrt(1-0.81)*w.drift*r.NormFloat64()
		q := &request{world: w, fault: f, r: rand.New(own), other: rand.New(other), speed: math.Exp(0.1*r.NormFloat64() + drift), large: r.Float64() < w.large,
			trace: zipkin.TraceID{Low: r.Uint64() | 1}, base: from + int64(i)*10_000}
		q.serve(w.root, 0, 0)
		traces[i] = q.spans
	}
	return traces
}

func (q *request) logNormal(median, sigma float64) float64 {
	return q.speed * median * math.Exp(sigma*q.r.NormFloat64())
}

// open adds a span, and returns its index.
func (q *request) open(parent zipkin.SpanID, kind zipkin.Kind, service, name string) int {
	s := zipkin.Span{TraceID: q.trace, ID: zipkin.SpanID(len(q.spans) + 1), ParentID: parent, Kind: kind, Name: name, Local: zipkin.Endpoint{ServiceName: service}}
	q.spans = append(q.spans, s)
	return len(q.spans) - 1
}

// shut gives a span its times, in whole microseconds.
func (q *request) shut(i int, from, to float64) {
	s := &q.spans[i]
	s.Timestamp = q.base + int64(from)
	s.Duration = q.base + int64(to) - s.Timestamp
}

// call calls an operation at a time, and returns when it is done.
func (q *request) call(o *operation, by string, parent zipkin.SpanID, at float64) float64 {
	if !o.remote {
		return q.serve(o, parent, at)
	}
	client := q.open(parent, zipkin.Client, by, "call "+o.name)
	way := q.logNormal(120, 0.3)
	if o.queue && q.load > 0 {
		way += q.r.ExpFloat64() * o.median * q.load / (1 - q.load)
	}
	if q.hits(o, pool) {
		way += q.other.ExpFloat64() * q.us
	}
	id := q.spans[client].ID
	done := q.serve(o, id, at+way/2)
	if q.hits(o, retry) && q.other.Float64() < q.probability {
		done = q.serve(o, id, done+0.3*q.us)
	}
	q.shut(client, at, done+way/2)
	return done + way/2
}

func (q *request) hits(o *operation, kind string) bool {
	return q.fault != nil && q.of == o && q.kind == kind
}

// serve runs an operation.
func (q *request) serve(o *operation, parent zipkin.SpanID, at float64) float64 {
	i := q.open(parent, zipkin.Server, o.service, o.name)
	id := q.spans[i].ID
	own := q.own(o) / float64(len(o.steps)+1)
	now := at + own
	for _, a := range o.async {
		q.serve(a, id, now)
	}
	for _, step := range o.steps {
		now = q.step(o, step, id, now) + own
	}
	if parent == 0 {
		q.describe(i)
	}
	if q.hits(o, fails) && q.other.Float64() < q.probability {
		q.spans[i].Tags = append(q.spans[i].Tags, zipkin.Tag{Key: "error", Value: "failed"})
	}
	q.shut(i, at, now)
	return now
}

// describe says what a request is for.
func (q *request) describe(root int) {
	size := 1
	if q.large {
		size = 4
	}
	q.spans[root].Tags = []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "request", Value: q.trace.String()}}
	if !q.free {
		q.spans[root].Tags = append(q.spans[root].Tags, zipkin.Tag{Key: "visit.urls", Value: strconv.Itoa(size)})
	}
}

// own is the time of an operation itself.
func (q *request) own(o *operation) float64 {
	us := q.logNormal(o.median, o.sigma)
	if q.r.Float64() < 0.01 {
		us += 2000 * q.r.ExpFloat64() // something else in the process
	}
	switch {
	case q.hits(o, delay), q.hits(o, aside), q.hits(o, tail) && q.other.Float64() < q.probability:
		us += q.us * (0.8 + 0.4*q.other.Float64())
	case q.hits(o, double):
		us *= 2
	}
	return us
}

// step makes calls at once, and returns when the last is done.
func (q *request) step(by *operation, step []call, id zipkin.SpanID, at float64) float64 {
	end, turn := at, at
	for _, c := range step {
		if c.largeOnly && !q.large || c.probability > 0 && q.r.Float64() > c.probability {
			continue
		}
		times := q.times(c)
		inTurn := q.hits(c.of, serial) || q.hits(c.of, moreOnes)
		for i := range times {
			if inTurn {
				turn = q.call(c.of, by.service, id, turn+2)
				end = max(end, turn)
			} else {
				end = max(end, q.call(c.of, by.service, id, at+2*float64(i)))
			}
		}
	}
	return end
}

func (q *request) times(c call) int {
	times := 1
	if c.fan {
		times += q.r.IntN(2)
		if q.large {
			times += 2
		}
	}
	if q.hits(c.of, moreOnes) {
		times += q.fault.times
	}
	return times
}

// finished lists the operations of a world.
func finished(w *world) *world {
	var list func(o *operation)
	list = func(o *operation) {
		w.all = append(w.all, o)
		for _, step := range o.steps {
			for _, c := range step {
				c.of.caller = o
				list(c.of)
			}
		}
	}
	list(w.root)
	return w
}

// workshop has the shape of our stack.
func workshop() *world {
	local := func(service, name string, median, sigma float64, steps ...[]call) *operation {
		return &operation{name: name, service: service, median: median, sigma: sigma, steps: steps}
	}
	at := func(o ...*operation) (step []call) {
		for _, of := range o {
			step = append(step, call{of: of})
		}
		return step
	}
	save := local("writer", "save", 200, 0.3, at(local("writer", "pool", 60, 0.5)),
		at(local("writer", "set", 350, 0.4), local("writer", "incr", 200, 0.4)), at(local("writer", "expire", 180, 0.4)))
	save.remote, save.queue = true, true
	fetch := local("fetcher", "fetch", 250, 0.3, []call{{of: local("fetcher", "dns", 500, 0.6), probability: 0.4}},
		at(local("fetcher", "get", 8000, 0.5)), at(local("fetcher", "parse", 700, 0.3)))
	fetch.remote, fetch.queue = true, true
	root := local("gateway", "get /", 400, 0.3, at(local("gateway", "auth", 200, 0.4)),
		[]call{{of: fetch, fan: true}, {of: local("gateway", "cache", 1200, 0.4)}},
		[]call{{of: local("gateway", "resize", 4000, 0.3), largeOnly: true}}, at(save))
	root.async = []*operation{local("gateway", "audit", 30_000, 0.5)}
	return finished(&world{name: "workshop", root: root, large: 0.3})
}

// randomWorld has so many operations, in a tree that a seed makes.
func randomWorld(seed uint64, operations int) *world {
	r := rand.New(rand.NewPCG(seed, 17))
	w := &world{name: fmt.Sprintf("random %d", seed), large: 0.3}
	n := 0
	var grow func(depth int) *operation
	grow = func(depth int) *operation {
		n++
		o := &operation{name: fmt.Sprintf("op%d", n), service: fmt.Sprintf("s%d", 1+r.IntN(8)), median: 100 * math.Pow(40, r.Float64()), sigma: 0.3 + 0.4*r.Float64()}
		o.remote = depth > 0 && r.Float64() < 0.4
		o.queue = o.remote && r.Float64() < 0.3
		for steps := 1 + r.IntN(3); depth < 5 && steps > 0 && n < operations; steps-- {
			var step []call
			for calls := 1 + r.IntN(3); calls > 0 && n < operations; calls-- {
				c := call{of: grow(depth + 1), fan: r.Float64() < 0.15, largeOnly: r.Float64() < 0.1}
				if r.Float64() < 0.3 {
					c.probability = 0.3 + 0.5*r.Float64()
				}
				step = append(step, c)
			}
			o.steps = append(o.steps, step)
		}
		return o
	}
	w.root = grow(0)
	return finished(w)
}

// operation finds an operation by its name.
func (w *world) operation(name string) *operation {
	i := slices.IndexFunc(w.all, func(o *operation) bool { return o.name == name })
	return w.all[i]
}

// meanRoot is the mean duration of the requests of traces.
func meanRoot(traces [][]zipkin.Span) float64 {
	var sum float64
	for _, spans := range traces {
		sum += float64(spans[0].Duration)
	}
	return sum / float64(len(traces))
}
