package store

import (
	"cmp"
	"slices"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// spanTree is the tree of one trace, as Zipkin's SpanNode builds it. build may
// be called again and again; it reuses the memory.
type spanTree struct {
	nodes []node          // by id
	ids   []zipkin.SpanID // of the nodes
	root  int32           // the first span without a parent; -1: none
	order []int32         // what hangs on the root, and the root, breadth-first

	pieces []zipkin.Partial
	shared []sharedKey
	places []place
	tops   []int32 // what has no root to hang on
}

// sharedKey finds a span that shares its id with its client: several servers
// may answer one client, so that only the endpoint tells them apart.
type sharedKey struct {
	id       zipkin.SpanID
	endpoint *zipkin.Endpoint
	node     int32
}

// place says whose child a node is.
type place struct {
	node       int32
	parentNode int32         // when it is already known, else -1
	parent     zipkin.SpanID // zero: none
}

func (t *spanTree) build(recs []record) {
	t.mergePieces(recs)
	t.indexShared()
	t.placeAll()
	t.hangAll()
	t.walk()
}

func (t *spanTree) indexShared() {
	t.shared = t.shared[:0]
	for i := range t.nodes {
		if n := &t.nodes[i]; n.Shared {
			t.shared = append(t.shared, sharedKey{n.id, n.local, int32(i)})
		}
	}
	slices.SortFunc(t.shared, func(a, b sharedKey) int {
		return cmp.Or(compareKeys(a, b), cmp.Compare(a.node, b.node))
	})
}

func compareKeys(a, b sharedKey) int {
	if c := cmp.Compare(a.id, b.id); c != 0 || a.endpoint == b.endpoint {
		return c
	}
	x, y := a.endpoint, b.endpoint
	return cmp.Or(strings.Compare(x.ServiceName, y.ServiceName), strings.Compare(x.IPv4, y.IPv4),
		strings.Compare(x.IPv6, y.IPv6), cmp.Compare(x.Port, y.Port))
}

// sharedNode finds the shared span with an id at an endpoint, -1 when there is
// none. Of several that could not be merged the last counts.
func (t *spanTree) sharedNode(id zipkin.SpanID, endpoint *zipkin.Endpoint) int32 {
	if len(t.shared) == 0 {
		return -1
	}
	key := sharedKey{id: id, endpoint: endpoint}
	after, _ := slices.BinarySearchFunc(t.shared, key, func(have, want sharedKey) int {
		return cmp.Or(compareKeys(have, want), -1)
	})
	if after == 0 || compareKeys(t.shared[after-1], key) != 0 {
		return -1
	}
	return t.shared[after-1].node
}

// placeAll decides whose child each node is, one id after the other.
func (t *spanTree) placeAll() {
	t.root = -1
	t.places = t.places[:0]
	for from, to := 0, 0; from < len(t.nodes); from = to {
		for to = from + 1; to < len(t.nodes) && t.nodes[to].id == t.nodes[from].id; to++ {
		}
		t.placeSame(from, to)
	}
}

// placeSame places the nodes from..to, which have one id. The plain ones, not
// shared, can be told apart by nothing: the last of them stands for the id.
func (t *spanTree) placeSame(from, to int) {
	plain := place{node: -1, parentNode: -1}
	at := len(t.places)
	for i := from; i < to; i++ {
		n := &t.nodes[i]
		switch {
		case n.Shared:
			t.placeShared(int32(i))
		case n.ParentID == 0 && t.root < 0:
			t.root = int32(i)
			plain.parentNode = -1
		default:
			t.placePlain(&plain, int32(i))
		}
	}
	t.nodes[from].plain = plain.node
	if t.root >= int32(from) && t.root < int32(to) && plain.parentNode < 0 {
		return // Zipkin takes the id away with the root
	}
	switch {
	case plain.node < 0:
	case at == len(t.places):
		t.places = append(t.places, plain)
	default:
		t.places = slices.Insert(t.places, at, plain)
	}
}

// placeShared makes a shared span the child of the client with its id.
func (t *spanTree) placeShared(i int32) {
	n := &t.nodes[i]
	if t.sharedNode(n.id, n.local) == i {
		t.places = append(t.places, place{i, -1, n.id})
	}
}

// placePlain prefers as parent a shared span at the same endpoint, such as the
// server in whose process a local span ran.
func (t *spanTree) placePlain(p *place, i int32) {
	n := &t.nodes[i]
	p.node, p.parent = i, n.ParentID
	if n.ParentID != 0 {
		if shared := t.sharedNode(n.ParentID, n.local); shared >= 0 {
			p.parentNode = shared
		}
	}
}

// plainNode finds the span with an id that is not shared and not the root, -1
// when there is none.
func (t *spanTree) plainNode(id zipkin.SpanID) int32 {
	if id == 0 {
		return -1
	}
	if at, ok := find(t.ids, id); ok {
		return t.nodes[at].plain
	}
	return -1
}

// find returns the first place of id in ids, which are sorted. Most traces are
// so small that to look at all is faster than to search.
func find(ids []zipkin.SpanID, id zipkin.SpanID) (int, bool) {
	const few = 32
	if len(ids) > few {
		return slices.BinarySearch(ids, id)
	}
	for i := range ids {
		if ids[i] == id {
			return i, true
		}
	}
	return 0, false
}

// hangAll builds the lists of children. What has no parent here hangs on the
// root: something in between was lost.
func (t *spanTree) hangAll() {
	t.tops = t.tops[:0]
	if t.root >= 0 {
		t.tops = append(t.tops, t.root)
	}
	for _, p := range t.places {
		parent := p.parentNode
		if parent < 0 {
			parent = t.plainNode(p.parent)
		}
		if parent < 0 {
			parent = t.root
		}
		if parent < 0 {
			t.tops = append(t.tops, p.node)
			continue
		}
		t.hang(p.node, parent)
	}
}

func (t *spanTree) hang(child, parent int32) {
	p := &t.nodes[parent]
	if p.child < 0 {
		p.child = child
	} else {
		t.nodes[p.lastChild].next = child
	}
	p.lastChild = child
}

// walk lists the tree breadth-first, siblings by time. Spans in a cycle hang on
// nothing and are left out.
func (t *spanTree) walk() {
	t.order = append(t.order[:0], t.tops...)
	t.sortByTime(t.order)
	for i := 0; i < len(t.order); i++ {
		at, from := t.order[i], len(t.order)
		n := &t.nodes[at]
		ancestor := n.ancestor
		if n.Kind != "" {
			ancestor = at
		}
		for c := n.child; c >= 0; c = t.nodes[c].next {
			t.nodes[c].ancestor = ancestor
			t.order = append(t.order, c)
		}
		t.sortByTime(t.order[from:])
	}
}

func (t *spanTree) sortByTime(siblings []int32) {
	if len(siblings) > 1 {
		slices.SortStableFunc(siblings, func(a, b int32) int {
			return cmp.Compare(t.nodes[a].timestamp, t.nodes[b].timestamp)
		})
	}
}

// remoteAncestor is the nearest span above n that has a kind, or nil.
func (t *spanTree) remoteAncestor(n *node) *node {
	if n.ancestor < 0 {
		return nil
	}
	return &t.nodes[n.ancestor]
}
