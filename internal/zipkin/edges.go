package zipkin

// Edge is an edge of the service graph with the durations of its calls.
type Edge struct {
	Link
	Names
	Durations []int64 // µs, of the calls whose duration is known, in no order
}

// Edges sums up the calls of traces.
type Edges struct {
	list  []Edge
	index map[edgeKey]int
	tree  CallTree
}

type edgeKey struct{ parent, child string }

// List has an edge for each two services of which one called the other, in the order of
// the first calls. It shares memory with e.
func (e *Edges) List() []Edge { return e.list }

// Of is the edge from parent to child; if there is none, it has no calls.
func (e *Edges) Of(parent, child string) Edge {
	if i, ok := e.index[edgeKey{parent, child}]; ok {
		return e.list[i]
	}
	return Edge{Link: Link{Parent: parent, Child: child}}
}

// Add adds the calls of a trace, whose spans may be partial and come in the order of
// their reports.
func (e *Edges) Add(spans []Span) {
	e.tree.Reset()
	for i := range spans {
		s := &spans[i]
		e.tree.Add(Node{Half: s.half(), ID: s.ID, Timestamp: s.Timestamp, Duration: s.Duration, Local: &s.Local}, s.Remote.ServiceName, s.Failed())
	}
	e.tree.Join()
	e.tree.Calls(func(c Call) {
		at := e.At(c.Parent, c.Child)
		e.Count(at, c.HasError, c.Names)
		e.Time(at, e.tree.Duration(c))
	})
}

// At is the index of an edge, which may be new.
func (e *Edges) At(parent, child string) int {
	key := edgeKey{parent, child}
	i, ok := e.index[key]
	if !ok {
		i = len(e.list)
		if e.index == nil {
			e.index = map[edgeKey]int{}
		}
		e.index[key] = i
		e.list = append(e.list, Edge{Link: Link{Parent: parent, Child: child}})
	}
	return i
}

// Count adds a call to the edge at an index.
func (e *Edges) Count(at int, hasError bool, names Names) {
	edge := &e.list[at]
	edge.CallCount++
	if hasError {
		edge.ErrorCount++
	}
	edge.Names = edge.Names.Or(names)
}

// Time adds the duration of a call, in µs, to the edge at an index. Zero is not known.
func (e *Edges) Time(at int, us int64) {
	if us > 0 {
		e.list[at].Durations = append(e.list[at].Durations, us)
	}
}
