package zipkin

import (
	"cmp"
	"slices"
)

// BuildForLinks gives nodes their places as Zipkin's SpanNode.Builder does, whose
// tree decides which services are linked. Nodes are in the order of Merge: sorted
// by id, and with one id as SortPartials sorts.
//
// It differs from Build in what contradicts itself. There is one Root, and what
// has no parent here is its child. Of nodes with one id the last stands for it,
// and the others have no place, nor has what is in a cycle.
func (t *Tree) BuildForLinks() {
	t.index(t.Nodes)
	t.indexShared()
	t.placeAll()
	t.hangAll()
	t.walk()
}

// place says whose child a node is.
type place struct {
	node       int32
	parentNode int32  // when it is already known, else None
	parent     SpanID // zero: none
}

// placeAll decides whose child each node is, one id after the other.
func (t *Tree) placeAll() {
	t.Root = None
	t.places = t.places[:0]
	for from, to := 0, 0; from < len(t.Nodes); from = to {
		for to = from + 1; to < len(t.Nodes) && t.ids[to] == t.ids[from]; to++ {
		}
		t.placeSame(from, to)
	}
}

// placeSame places the nodes from..to, which have one id. The plain ones, not
// shared, cannot be distinguished: the last of them stands for the id.
func (t *Tree) placeSame(from, to int) {
	plain := place{node: None, parentNode: None}
	at := len(t.places)
	for i := from; i < to; i++ {
		n := &t.Nodes[i]
		switch {
		case n.Shared:
			t.placeShared(int32(i))
		case n.ParentID == 0 && t.Root == None:
			t.Root = int32(i)
			plain.parentNode = None
		default:
			t.placePlain(&plain, int32(i))
		}
	}
	t.Nodes[from].plain = plain.node
	if t.Root >= int32(from) && t.Root < int32(to) && plain.parentNode == None {
		return // Zipkin takes the id away with the root
	}
	switch {
	case plain.node == None:
	case at == len(t.places):
		t.places = append(t.places, plain)
	default:
		t.places = slices.Insert(t.places, at, plain)
	}
}

// placeShared makes a shared span the child of the client with its id.
func (t *Tree) placeShared(i int32) {
	n := &t.Nodes[i]
	if t.shared.last(n.ID, n.Local) == i {
		t.places = append(t.places, place{i, None, n.ID})
	}
}

// placePlain prefers as parent a shared span at the same endpoint, such as the
// server in whose process a local span ran.
func (t *Tree) placePlain(p *place, i int32) {
	n := &t.Nodes[i]
	p.node, p.parent = i, n.ParentID
	if n.ParentID != 0 {
		if shared := t.shared.last(n.ParentID, n.Local); shared != None {
			p.parentNode = shared
		}
	}
}

// plainNode returns the node that stands for an id and is not shared, or None.
func (t *Tree) plainNode(id SpanID) int32 {
	if id == 0 {
		return None
	}
	if at, ok := find(t.ids, id); ok {
		return t.nodes[t.node(at)].plain
	}
	return None
}

// hangAll builds the lists of children. What has no parent here hangs on the
// root: something in between was lost.
func (t *Tree) hangAll() {
	t.tops = t.tops[:0]
	if t.Root != None {
		t.tops = append(t.tops, t.Root)
	}
	for _, p := range t.places {
		parent := p.parentNode
		if parent == None {
			parent = t.plainNode(p.parent)
		}
		if parent == None {
			parent = t.Root
		}
		if parent == None {
			t.tops = append(t.tops, p.node)
			continue
		}
		t.hang(p.node, parent)
	}
}

// walk lists the tree breadth-first, siblings by time. Spans in a cycle hang on
// nothing and are left out.
func (t *Tree) walk() {
	t.Order = append(t.Order[:0], t.tops...)
	t.sortByTime(t.Order)
	for i := 0; i < len(t.Order); i++ {
		from := len(t.Order)
		for c := t.Nodes[t.Order[i]].FirstChild; c != None; c = t.Nodes[c].NextSibling {
			t.Order = append(t.Order, c)
		}
		t.sortByTime(t.Order[from:])
	}
}

func (t *Tree) sortByTime(siblings []int32) {
	if len(siblings) > 1 {
		slices.SortStableFunc(siblings, func(a, b int32) int {
			return cmp.Compare(t.Nodes[a].Timestamp, t.Nodes[b].Timestamp)
		})
	}
}
