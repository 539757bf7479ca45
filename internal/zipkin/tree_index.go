package zipkin

import (
	"cmp"
	"slices"
	"strings"
)

// treeIndex finds the nodes of a Tree by id.
type treeIndex struct {
	nodes  []Node
	ids    []SpanID // sorted
	byID   []int32  // indexes of the nodes with these; empty: they are sorted too
	shared sharedNodes
}

func (x *treeIndex) index(nodes []Node) {
	x.nodes, x.byID, x.ids = nodes, x.byID[:0], x.ids[:0]
	sorted := true
	for i := range nodes {
		n := &nodes[i]
		n.Parent, n.FirstChild, n.NextSibling, n.lastChild, n.plain, n.Notes = None, None, None, None, None, 0
		sorted = sorted && (i == 0 || nodes[i-1].ID <= n.ID)
		x.ids = append(x.ids, n.ID)
	}
	if !sorted {
		x.sortByID()
	}
}

func (x *treeIndex) indexShared() {
	x.shared = x.shared[:0]
	for i := range x.nodes {
		if n := &x.nodes[i]; n.Shared {
			x.shared = append(x.shared, sharedKey{n.ID, n.Local, int32(i)})
		}
	}
	if len(x.shared) > 1 {
		slices.SortFunc(x.shared, func(a, b sharedKey) int { return cmp.Or(compareKeys(a, b), cmp.Compare(a.node, b.node)) })
	}
}

func (x *treeIndex) sortByID() {
	for i := range x.nodes {
		x.byID = append(x.byID, int32(i))
	}
	slices.SortFunc(x.byID, func(a, b int32) int { return cmp.Or(cmp.Compare(x.nodes[a].ID, x.nodes[b].ID), cmp.Compare(a, b)) })
	slices.Sort(x.ids)
}

// node returns the node whose id is at a place of ids.
func (x *treeIndex) node(at int) int32 {
	if len(x.byID) == 0 {
		return int32(at)
	}
	return x.byID[at]
}

// sameID returns the places from..to of ids that have an id; none: from == to.
func (x *treeIndex) sameID(id SpanID) (from, to int) {
	from, ok := find(x.ids, id)
	if !ok {
		return 0, 0
	}
	to = from + 1
	if to == len(x.ids) || x.ids[to] != id {
		return from, to
	}
	more, _ := slices.BinarySearchFunc(x.ids[to:], id, func(have, want SpanID) int { return cmp.Or(cmp.Compare(have, want), -1) })
	return from, to + more
}

// find returns the first place of id in ids, which are sorted. Most traces are
// so small that to look at all is faster than to search.
func find(ids []SpanID, id SpanID) (int, bool) {
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

// sharedNodes are the nodes that share an id with a client, sorted by id and
// endpoint: several servers may answer one client, and only the endpoint
// distinguishes them.
type sharedNodes []sharedKey

type sharedKey struct {
	id       SpanID
	endpoint *Endpoint
	node     int32
}

func compareKeys(a, b sharedKey) int {
	if c := cmp.Compare(a.id, b.id); c != 0 || a.endpoint == b.endpoint {
		return c
	}
	x, y := a.endpoint, b.endpoint
	return cmp.Or(strings.Compare(x.ServiceName, y.ServiceName), strings.Compare(x.IPv4, y.IPv4),
		strings.Compare(x.IPv6, y.IPv6), cmp.Compare(x.Port, y.Port))
}

// last returns the last node with an id at an endpoint, or None.
func (s sharedNodes) last(id SpanID, endpoint *Endpoint) int32 {
	if len(s) == 0 {
		return None
	}
	key := sharedKey{id: id, endpoint: endpoint}
	after, _ := slices.BinarySearchFunc(s, key, func(have, want sharedKey) int { return cmp.Or(compareKeys(have, want), -1) })
	if after == 0 || compareKeys(s[after-1], key) != 0 {
		return None
	}
	return s[after-1].node
}
