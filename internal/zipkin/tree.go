package zipkin

// Tree says whose child each span of a trace is. Spans come from many processes,
// some of them wrong: parents may be missing, ids used twice, and parents in a
// cycle. The memory of a Tree is used again when it is built again.
//
// A client and the servers that answer it may share an id: the servers are then
// its children, and a child of that id belongs to the one at its own endpoint.
// This is the rule of Zipkin's SpanNode.Builder, by which two methods build: Build
// for showing a trace, where no span may be lost, and BuildForLinks as Zipkin does
// for its DependencyLinker, which leaves out what contradicts itself. Both take
// time that grows with n log n, and neither recurses: a trace may be a chain of
// 10,000 spans, or of more.
type Tree struct {
	Nodes []Node // of spans after Merge

	// What BuildForLinks found.
	Root  int32   // the first span without a parent, or None
	Order []int32 // breadth-first, siblings by time; what it lacks is left out

	treeIndex
	places []place
	tops   []int32 // what has no parent
}

// Node is what decides where a span stands, and where that is.
type Node struct {
	Half
	ID        SpanID
	Timestamp int64
	Duration  int64     // BuildForLinks does without
	Local     *Endpoint // never nil

	// Indexes of Tree.Nodes, or None.
	Parent, FirstChild, NextSibling int32
	Notes                           Note

	lastChild int32
	plain     int32 // of the first node with this id: see Tree.plainNode
}

// None is the index of no node.
const None = -1

// Note is what is odd about the place of a span in its tree.
type Note uint8

// The notes that Build makes.
const (
	Orphan     Note = 1 << iota // its parent is not among the spans
	SelfParent                  // it names itself as its parent
	InCycle                     // its ancestors lead back to it: the cycle is cut here
	Repeated                    // an earlier span has its id, and is no other half of the call
)

// NewTree builds the tree of the spans of a trace, after Merge: Nodes[i] is that
// of spans[i]. Siblings come in the order of spans, which is that of ByStart.
func NewTree(spans []*Span) *Tree {
	t := &Tree{Nodes: make([]Node, len(spans))}
	for i, s := range spans {
		t.Nodes[i] = Node{Half: s.half(), ID: s.ID, Timestamp: s.Timestamp, Duration: s.Duration, Local: &s.Local}
	}
	t.Build()
	return t
}

// Build gives each node its Parent, its children in the order of Nodes, and its
// Notes. Every node has one place, and none is above itself.
func (t *Tree) Build() {
	t.index(t.Nodes)
	t.shareWithClients()
	t.indexShared()
	t.noteRepeated()
	for i := range t.Nodes {
		n := &t.Nodes[i]
		var odd Note
		n.Parent, odd = t.parentOf(int32(i))
		n.Notes |= odd
	}
	t.cutCycles()
	for i := range t.Nodes {
		if p := t.Nodes[i].Parent; p != None {
			t.hang(int32(i), p)
		}
	}
}

// cutCycles makes the first span of each cycle a root. Each span is walked over
// once, so that a cycle of any size costs no more than a chain.
func (t *Tree) cutCycles() {
	walkOf := make([]int, len(t.Nodes)) // which walk met the span first; 0: none yet
	for start := range t.Nodes {
		walk := start + 1
		i := int32(start)
		for i != None && walkOf[i] == 0 {
			walkOf[i] = walk
			i = t.Nodes[i].Parent
		}
		if i != None && walkOf[i] == walk {
			t.cut(i)
		}
	}
}

func (t *Tree) cut(cycle int32) {
	first := cycle
	for i := t.Nodes[cycle].Parent; i != cycle; i = t.Nodes[i].Parent {
		first = min(first, i)
	}
	t.Nodes[first].Parent = None
	t.Nodes[first].Notes |= InCycle
}

// hang adds a child after those that parent has.
func (t *Tree) hang(child, parent int32) {
	p := &t.Nodes[parent]
	if p.FirstChild == None {
		p.FirstChild = child
	} else {
		t.Nodes[p.lastChild].NextSibling = child
	}
	p.lastChild = child
	t.Nodes[child].Parent = parent
}

// Below yields a node and all that are below it: each before its children, and
// those in order.
func (t *Tree) Below(top int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		i := int32(top)
		for yield(int(i)) {
			if child := t.Nodes[i].FirstChild; child != None {
				i = child
				continue
			}
			for i != int32(top) && t.Nodes[i].NextSibling == None {
				i = t.Nodes[i].Parent
			}
			if i == int32(top) {
				return
			}
			i = t.Nodes[i].NextSibling
		}
	}
}
