package zipkin

import (
	"math"
	"slices"
)

// Outline finds how long traces are. It is for one goroutine, and uses its memory again
// for the next trace.
type Outline struct {
	Tree
	sorted []SpanID
	marks  []mark
	walk   []int32
}

// mark is what is known of a node's clock.
type mark uint8

const (
	unmarked mark = iota
	walked        // it is being walked over
	sure
	doubtful // it starts outside its parent, or is below one that does
)

// Summarize is the function of this name for the nodes of a trace, in any order, of
// which it is given the errors; it adds no ID. span returns the span of a node with
// its place in the tree, its times and its names.
//
// It reports false, and no more, where it takes the spans to tell: where an id is there
// twice, so that they may have to be merged, or where parents are in a cycle.
func (o *Outline) Summarize(errors int, span func(i int) *Span) (s Summary, root *Span, ok bool) {
	if !o.differ() {
		return s, nil, false
	}
	o.findParents()
	if !o.judge() {
		return s, nil, false
	}
	s.Spans, s.Errors = len(o.Nodes), errors
	root = o.measure(&s, span)
	return s, root, true
}

// few is the number of nodes up to which looking at all is faster than sorting.
const few = 24

// differ reports whether all ids do.
func (o *Outline) differ() bool {
	o.sorted = o.sorted[:0]
	if len(o.Nodes) <= few {
		for i := range o.Nodes {
			if slices.Contains(o.sorted, o.Nodes[i].ID) {
				return false
			}
			o.sorted = append(o.sorted, o.Nodes[i].ID)
		}
		return true
	}
	for i := range o.Nodes {
		o.sorted = append(o.sorted, o.Nodes[i].ID)
	}
	slices.Sort(o.sorted)
	for i := 1; i < len(o.sorted); i++ {
		if o.sorted[i-1] == o.sorted[i] {
			return false
		}
	}
	return true
}

// findParents is what Tree.Build comes to where all ids differ.
func (o *Outline) findParents() {
	if len(o.Nodes) > few {
		o.Build()
		return
	}
	for i := range o.Nodes {
		n := &o.Nodes[i]
		n.Parent, n.Notes = None, 0
		switch at := slices.Index(o.sorted, n.ParentID); {
		case n.ParentID == 0 || n.ParentID == n.ID:
		case at < 0:
			n.Notes = Orphan
		default:
			n.Parent = int32(at)
		}
	}
}

// judge finds the nodes whose clock is in doubt. It reports whether there is no cycle,
// nor was one.
func (o *Outline) judge() bool {
	o.marks = append(o.marks[:0], make([]mark, len(o.Nodes))...)
	whole := true
	for i := range o.Nodes {
		whole = whole && o.Nodes[i].Notes&InCycle == 0
		if o.marks[i] == unmarked && !o.judgeFrom(int32(i)) {
			return false
		}
	}
	return whole
}

// judgeFrom judges a node and those above it.
func (o *Outline) judgeFrom(i int32) bool {
	o.walk = o.walk[:0]
	for i != None && o.marks[i] == unmarked {
		o.marks[i] = walked
		o.walk = append(o.walk, i)
		i = o.Nodes[i].Parent
	}
	above := sure
	if i != None {
		above = o.marks[i]
	}
	if above == walked {
		return false
	}
	for _, at := range slices.Backward(o.walk) {
		n := &o.Nodes[at]
		if above == sure && n.Parent != None && o.Nodes[n.Parent].SkewOf(n) != 0 {
			above = doubtful
		}
		o.marks[at] = above
	}
	return true
}

// extent is the time from the first start to the last end of the nodes whose clock is
// not in doubt, or of all where it always is.
func (o *Outline) extent() (from, to int64) {
	if from, to = o.extentOf(sure); from == 0 {
		from, to = o.extentOf(unmarked)
	}
	return from, to
}

// extentOf is that of the nodes with a mark; unmarked means all.
func (o *Outline) extentOf(m mark) (from, to int64) {
	for i := range o.Nodes {
		n := &o.Nodes[i]
		if n.Timestamp <= 0 || m != unmarked && o.marks[i] != m {
			continue
		}
		if from == 0 || n.Timestamp < from {
			from = n.Timestamp
		}
		to = max(to, n.end())
	}
	return from, to
}

func (n *Node) end() int64 {
	if n.Duration > math.MaxInt64-n.Timestamp {
		return math.MaxInt64
	}
	return n.Timestamp + max(0, n.Duration)
}

// skewTolerance allows for clocks that are truncated to the µs.
const skewTolerance = 2

// SkewOf measures how far a child starts outside n, its parent, in µs; negative: before
// it. Work may outlive the span that began it, but nothing starts before its cause, and
// a server that starts after its client has given up is more likely a wrong clock.
func (n *Node) SkewOf(child *Node) int64 {
	if n.Timestamp <= 0 || child.Timestamp <= 0 {
		return 0
	}
	if d := child.Timestamp - n.Timestamp; d < -skewTolerance {
		return d
	}
	call := n.Kind == Client && child.Kind == Server && n.Duration > 0
	if d := child.Timestamp - n.end(); call && d > skewTolerance {
		return d
	}
	return 0
}
