package calltree

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
)

// MaxNodes bounds the nodes of a Tree.
const MaxNodes = 200_000

// Tree has the calls of a measure as a tree, from what goroutines were started with to what
// they were in.
type Tree struct {
	// Nodes are the calls, each after its caller. The first is all of them together, and
	// has no name.
	Nodes []Node
	// Left is what the filter leaves out: nanoseconds or samples.
	Left int64
	// Cut is how much is in calls for which there is no node, since there would be more than
	// MaxNodes: it is in their callers.
	Cut int64

	parts int
	paths []path
}

// Node is a function, called by those above it.
type Node struct {
	Func     string // empty: not known
	Parent   int32  // index of the caller; -1: it is the first node
	Depth    int32  // 0: it is the first node
	Children []int32
	Total    int64  // nanoseconds or samples, with those of all calls below
	Self     int64  // without them
	Count    int64  // how many times goroutines were in it or below, for however long
	ID       uint64 // names the calls from the first on, in any Tree of the program
}

// path is a line of the profile in the tree.
type path struct {
	line *line
	leaf int32
}

// Filter says which calls a tree has. The zero value has all.
type Filter struct {
	// Under is the ID of a node: only what is in it and below. Zero: all.
	Under uint64
	// Find is a part of the name of a function, in any case: only calls with such a function
	// among them. Empty: all.
	Find string
}

// Tree returns the calls of a measure. The children of a node are in the order of their
// names, so that trees of two times can be compared.
func (p *Profile) Tree(m Measure, f Filter) *Tree {
	b := building{t: &Tree{Nodes: []Node{{Parent: -1, ID: fnv.New64a().Sum64()}}, parts: max(p.Parts, 1)}, children: map[child]int32{}, matches: matcher(f.Find)}
	for i := range p.lines {
		l := &p.lines[i]
		if !m.has(l.key) {
			continue
		}
		names := []string{}
		for _, f := range slices.Backward(p.calls(l)) {
			names = append(names, f.Func)
		}
		if len(names) == 0 {
			names = []string{""}
		}
		if b.keeps(names, f) {
			b.add(l, names)
		} else {
			b.t.Left += l.sum
		}
	}
	for i := range b.t.Nodes {
		slices.SortFunc(b.t.Nodes[i].Children, func(x, y int32) int { return cmp.Compare(b.t.Nodes[x].Func, b.t.Nodes[y].Func) })
	}
	return b.t
}

// building makes a Tree.
type building struct {
	t        *Tree
	children map[child]int32
	matches  func(string) bool
}

// child is a function that a node calls.
type child struct {
	of   int32
	name string
}

// matcher reports whether a name has a text in it.
func matcher(text string) func(string) bool {
	lower, known := strings.ToLower(text), map[string]bool{}
	return func(name string) bool {
		found, ok := known[name]
		if !ok {
			found = strings.Contains(strings.ToLower(name), lower)
			known[name] = found
		}
		return found
	}
}

func (b *building) keeps(names []string, f Filter) bool {
	if f.Find != "" && !slices.ContainsFunc(names, b.matches) {
		return false
	}
	id := b.t.Nodes[0].ID
	if f.Under == 0 || f.Under == id {
		return true
	}
	for _, name := range names {
		if id = idOf(id, name); id == f.Under {
			return true
		}
	}
	return false
}

// idOf is the ID of a function that the node of an ID calls.
func idOf(caller uint64, name string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(caller >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte(name))
	return h.Sum64()
}

// add adds a line, whose calls have names, the outermost first.
func (b *building) add(l *line, names []string) {
	at := int32(0)
	b.count(at, l)
	for _, name := range names {
		next := b.child(at, name)
		if next < 0 {
			b.t.Cut += l.sum
			break
		}
		at = next
		b.count(at, l)
	}
	b.t.Nodes[at].Self += l.sum
	b.t.paths = append(b.t.paths, path{l, at})
}

func (b *building) count(at int32, l *line) {
	n := &b.t.Nodes[at]
	n.Total, n.Count = n.Total+l.sum, n.Count+l.count
}

// child is the node of a function that a node calls; -1: there is none, and no room for it.
func (b *building) child(of int32, name string) int32 {
	at, known := b.children[child{of, name}]
	if known {
		return at
	}
	if len(b.t.Nodes) == MaxNodes {
		return -1
	}
	at = int32(len(b.t.Nodes))
	b.children[child{of, name}] = at
	parent := &b.t.Nodes[of]
	parent.Children = append(parent.Children, at)
	b.t.Nodes = append(b.t.Nodes, Node{Func: name, Parent: of, Depth: parent.Depth + 1, ID: idOf(parent.ID, name)})
	return at
}

// Find returns the index of the node with an ID; -1: there is none.
func (t *Tree) Find(id uint64) int {
	return slices.IndexFunc(t.Nodes, func(n Node) bool { return n.ID == id })
}
