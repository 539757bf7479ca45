package compare

import (
	"cmp"
	"slices"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// observation is what is compared of a trace: of its longest request.
type observation struct {
	trace  zipkin.TraceID
	start  int64 // µs since the epoch
	root   int64 // µs
	input  int32 // number of its inputs: the stratum
	coarse int32 // the same without the sizes of inputs
	cells  []cell
	failed []int32 // paths of the deepest spans with an error
}

// cell is what a call path had in a request. The times on the critical path of all cells
// add up to the duration of the root.
type cell struct {
	path     int32
	calls    int32
	onPath   int64 // µs on the critical path
	self     int64 // µs in which no call was under way
	duration int64 // µs, of all calls
}

// longestRequest is what a request may take. The sums of a million of them are still exact.
const longestRequest = int64(31*24*3600) * 1e6

// observer makes observations.
type observer struct {
	*paths
	spans []int32 // paths of the spans of a trace
	at    []int32 // index of the cell of a path, and one
}

// observe makes an observation of the longest request of a trace, whose time is split at
// the sections of its critical path. It reports whether there is one of known duration.
func (o *observer) observe(t *critical.Trace) (obs observation, root int, ok bool) {
	if len(t.Paths) == 0 {
		return obs, 0, false
	}
	p := &t.Paths[0]
	obs.root = p.End - p.Start
	if obs.root <= 0 || obs.root > longestRequest {
		return obs, 0, false
	}
	obs.trace, obs.start = t.Spans[p.Root].TraceID, p.Start
	o.call(t, p.Root, &obs)
	for _, s := range p.Sections {
		obs.cells[o.at[o.spans[s.Span]]-1].onPath += s.End - s.Start
	}
	obs.failed = o.failed(t, p.Root)
	for i := range obs.cells {
		o.at[obs.cells[i].path] = 0
	}
	slices.SortFunc(obs.cells, func(a, b cell) int { return cmp.Compare(a.path, b.path) })
	obs.cells = slices.Clip(obs.cells)
	return obs, p.Root, true
}

// call counts the calls of a request.
func (o *observer) call(t *critical.Trace, root int, obs *observation) {
	o.spans = slices.Grow(o.spans[:0], len(t.Spans))[:len(t.Spans)]
	for i := range t.Tree.Below(root) {
		caller := int32(noPath)
		if i != root {
			caller = o.spans[t.Tree.Nodes[i].Parent]
		}
		s := t.Spans[i]
		path := o.of(caller, s.Local.ServiceName, s.Name)
		o.spans[i] = path
		if n := len(o.all); len(o.at) < n {
			o.at = append(o.at, make([]int32, n-len(o.at))...)
		}
		if o.at[path] == 0 {
			obs.cells = append(obs.cells, cell{path: path})
			o.at[path] = int32(len(obs.cells))
		}
		c := &obs.cells[o.at[path]-1]
		c.calls++
		c.self += min(max(t.Nodes[i].Self, 0), longestRequest)
		c.duration += min(max(s.Duration, 0), longestRequest)
	}
}

// failed are the paths of spans with an error below which no span has one.
func (o *observer) failed(t *critical.Trace, root int) (paths []int32) {
	above := map[int32]bool{} // spans that have an error below
	for i := range t.Tree.Below(root) {
		if !t.Spans[i].Failed() {
			continue
		}
		for up := t.Tree.Nodes[i].Parent; i != root && up != zipkin.None && !above[up]; up = t.Tree.Nodes[up].Parent {
			above[up] = true
		}
	}
	for i := range t.Tree.Below(root) {
		if t.Spans[i].Failed() && !above[int32(i)] {
			paths = append(paths, o.spans[i])
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
