package compare

import (
	"fmt"
	"math"
	"math/rand/v2"

	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/zipkin"
)

// world is a system that is not ours, as its traces show it: who calls whom, what
// side by side, and how long each takes by itself.
type world struct {
	name string
	root *op
	ops  []*op
	// A request that is large makes more calls, and its root has another route.
	large float64 // share of the requests
	// shared has both halves of a call share an id, as Brave's do.
	shared bool
	// skew is by how much the clock of a service is off, in µs.
	skew map[string]int64
	// busy is the utilization of what has a queue.
	busy float64
}

// op is an operation. One that is remote has a span of its caller's and one of its own.
type op struct {
	service, name string
	self          float64 // median of what it takes by itself, in µs
	spread        float64 // of its logarithm
	remote, queue bool
	stages        [][]call // one after the other; the calls of each are side by side
	aside         []call   // that nobody waits for

	caller *op
}

// call is how an operation is called.
type call struct {
	*op
	share float64 // of the requests that make it; zero: all
	large bool    // only large ones do
	items bool    // once for each item of the request
}

// newWorld notes who calls whom.
func newWorld(name string, root *op) *world {
	w := &world{name: name, root: root, large: 0.3, skew: map[string]int64{}}
	var visit func(o *op)
	visit = func(o *op) {
		w.ops = append(w.ops, o)
		for _, c := range o.calls() {
			c.op.caller = o
			visit(c.op)
		}
	}
	visit(root)
	return w
}

func (o *op) calls() (all []call) {
	for _, stage := range o.stages {
		all = append(all, stage...)
	}
	return append(all, o.aside...)
}

// kind is what a change does to an operation.
type kind string

const (
	delay  kind = "delay"    // each takes longer by an amount
	tail   kind = "tail"     // a tenth does, by ten times as much
	factor kind = "twice"    // each takes several times as long by itself
	more   kind = "n+1"      // it is called several times more, one after the other
	retry  kind = "retry"    // three in ten calls are made again
	pool   kind = "pool"     // its caller waits before it calls
	serial kind = "in turn"  // what was called side by side is called in turn
	spare  kind = "off path" // it takes longer, and nobody waits for it
)

// change is what is different on one side.
type change struct {
	kind kind
	op   *op
	size float64 // µs; or a factor, or a number of calls
}

// right are the operations that are to blame: of changes in how calls are made the one
// that makes them, or a call that it makes.
func (c change) right() []culprit.Operation {
	o, caller := c.op, c.op.caller
	switch c.kind {
	case pool: // the caller's span of the call
		return []culprit.Operation{{Service: caller.service, Name: o.name}}
	case more, retry:
		return []culprit.Operation{{Service: caller.service, Name: caller.name}, {Service: caller.service, Name: o.name}, {Service: o.service, Name: o.name}}
	case serial:
		all := []culprit.Operation{{Service: caller.service, Name: caller.name}}
		for _, call := range caller.calls() {
			all = append(all, culprit.Operation{Service: caller.service, Name: call.name})
		}
		return all
	}
	return []culprit.Operation{{Service: o.service, Name: o.name}}
}

// run is a request under way.
type run struct {
	*world
	rng    *rand.Rand
	change *change
	pace   float64 // of the whole request
	big    bool
	id     zipkin.TraceID
	spans  []zipkin.Span
}

// trace is the spans of one request that begins at a time, in µs since the epoch.
func (w *world) trace(rng *rand.Rand, at int64, c *change) []zipkin.Span {
	r := &run{world: w, rng: rng, change: c, pace: math.Exp(0.1 * rng.NormFloat64()), big: rng.Float64() < w.large,
		id: zipkin.TraceID{High: rng.Uint64() | 1, Low: rng.Uint64()}}
	r.serve(w.root, 0, false, float64(at))
	route := "/small"
	if r.big {
		route = "/large"
	}
	r.spans[0].Tags = []zipkin.Tag{{Key: "http.method", Value: "POST"}, {Key: "http.route", Value: route}}
	return r.spans
}

func (r *run) took(median, spread float64) float64 {
	return median * math.Exp(spread*r.rng.NormFloat64()) * r.pace
}

// begin adds a span, and returns its place.
func (r *run) begin(service, name string, k zipkin.Kind, parent zipkin.SpanID) int {
	host := uint32(2166136261)
	for _, b := range []byte(service) {
		host = (host ^ uint32(b)) * 16777619
	}
	r.spans = append(r.spans, zipkin.Span{TraceID: r.id, ID: zipkin.SpanID(r.rng.Uint64() | 1), ParentID: parent, Kind: k, Name: name,
		Local: zipkin.Endpoint{ServiceName: service, IPv4: fmt.Sprintf("10.%d.%d.%d", host>>16&0xff, host>>8&0xff, host&0xff)}})
	return len(r.spans) - 1
}

// end gives a span its times, by the clock of its service.
func (r *run) end(i int, from, to float64) {
	sp := &r.spans[i]
	sp.Timestamp = int64(from) + r.skew[sp.Local.ServiceName]
	sp.Duration = max(1, int64(to)-int64(from))
}

// call has one operation call another, and returns when it has been answered.
func (r *run) call(caller *op, o *op, parent int, at float64) float64 {
	again := r.hits(o, retry) && r.rng.Float64() < 0.3
	if !o.remote {
		at = r.serve(o, r.spans[parent].ID, false, at)
		if again {
			at = r.serve(o, r.spans[parent].ID, false, at+3)
		}
		return at
	}
	at = r.remote(caller, o, parent, at)
	if again {
		at = r.remote(caller, o, parent, at+3)
	}
	return at
}

func (r *run) remote(caller, o *op, parent int, at float64) float64 {
	i := r.begin(caller.service, o.name, zipkin.Client, r.spans[parent].ID)
	way := r.took(120, 0.3)
	if o.queue && r.busy > 0 {
		way += r.rng.ExpFloat64() * o.self * r.busy / (1 - r.busy)
	}
	if r.hits(o, pool) {
		way += r.rng.ExpFloat64() * r.change.size
	}
	of := r.spans[i].ID
	if r.shared {
		of = r.spans[parent].ID
	}
	first := len(r.spans)
	end := r.serve(o, of, true, at+way/2) + way/2
	if r.shared {
		r.share(first, i)
	}
	r.end(i, at, end)
	return end
}

// share gives the server's span at i the id of the client's, and its children the same
// parent.
func (r *run) share(server, client int) {
	was := r.spans[server].ID
	r.spans[server].ID, r.spans[server].Shared = r.spans[client].ID, true
	for k := server + 1; k < len(r.spans); k++ {
		if r.spans[k].ParentID == was {
			r.spans[k].ParentID = r.spans[client].ID
		}
	}
}

func (r *run) hits(o *op, k kind) bool {
	return r.change != nil && r.change.op == o && r.change.kind == k
}

// serve does an operation, and returns when it has ended.
func (r *run) serve(o *op, parent zipkin.SpanID, remote bool, at float64) float64 {
	k := zipkin.Kind("")
	if remote || o == r.root {
		k = zipkin.Server
	}
	i := r.begin(o.service, o.name, k, parent)
	part := r.own(o) / float64(len(o.stages)+1)
	t := at + part
	for _, c := range o.aside {
		r.call(o, c.op, i, t)
	}
	for _, stage := range o.stages {
		t = r.stage(o, stage, i, t) + part
	}
	r.end(i, at, t)
	return t
}

// own is what an operation takes by itself.
func (r *run) own(o *op) float64 {
	own := r.took(o.self, o.spread)
	if r.rng.Float64() < 0.01 {
		own += r.rng.ExpFloat64() * 2000 // a collection of garbage, a neighbour
	}
	switch {
	case r.hits(o, delay):
		own += r.change.size * (0.8 + 0.4*r.rng.Float64())
	case r.hits(o, tail) && r.rng.Float64() < 0.1:
		own += 10 * r.change.size * (0.8 + 0.4*r.rng.Float64())
	case r.hits(o, factor):
		own *= r.change.size
	}
	return own
}

// stage makes calls side by side, and returns when all are answered.
func (r *run) stage(o *op, calls []call, i int, at float64) float64 {
	end, turn := at, at
	for _, c := range calls {
		for n := range r.times(c) {
			from := at + 2*float64(n)
			inTurn := n > 0 && r.hits(c.op, more) || r.hits(c.op, serial) || r.change != nil && r.change.kind == serial && r.change.op.caller == o
			if inTurn {
				from = turn
			}
			turn = r.call(o, c.op, i, from) + 2
			end = max(end, turn-2)
		}
	}
	return end
}

// times is how often a request makes a call.
func (r *run) times(c call) int {
	if c.large && !r.big || c.share > 0 && r.rng.Float64() > c.share {
		return 0
	}
	n := 1
	if c.items {
		n += r.rng.IntN(2)
		if r.big {
			n += 2
		}
	}
	if r.hits(c.op, more) {
		n += int(r.change.size)
	}
	return n
}
