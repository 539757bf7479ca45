package store

import (
	"cmp"

	"example.com/tracelab/internal/zipkin"
)

// node is a span as the linker sees it: the pieces of one span merged, in its
// place in the tree.
type node struct {
	zipkin.Half
	id        zipkin.SpanID
	timestamp int64
	local     *zipkin.Endpoint // never nil
	remote    string
	hasError  bool

	// The tree: places in spanTree.nodes, -1 for none.
	child, lastChild, next int32
	ancestor               int32 // nearest above with a kind
	plain                  int32 // of the first node with this id: see spanTree.plainNode
}

// mergePieces makes a node of each span of a trace, sorted by id, as zipkin.Merge
// does of spans.
func (t *spanTree) mergePieces(recs []record) {
	if unique := t.sortPieces(recs); !unique {
		recs = inStoredOrder(recs)
		t.sortPieces(recs)
	}
	t.nodes, t.ids = t.nodes[:0], t.ids[:0]
	for rest := t.pieces; len(rest) > 0; {
		n := zipkin.CountSame(rest)
		t.addNode(recs, rest[:n])
		rest = rest[n:]
	}
}

func (t *spanTree) sortPieces(recs []record) (unique bool) {
	t.pieces = t.pieces[:0]
	for i := range recs {
		r := &recs[i]
		t.pieces = append(t.pieces, zipkin.NewPartial(r.id, r.half(), &r.shape.local, i))
	}
	return zipkin.SortPartials(t.pieces)
}

// addNode makes a node of the pieces of one span.
func (t *spanTree) addNode(recs []record, pieces []zipkin.Partial) {
	t.nodes = append(t.nodes, node{})
	at := len(t.nodes) - 1
	n, first := &t.nodes[at], &recs[pieces[0].At]
	t.ids = append(t.ids, first.id)
	n.init(first)
	for _, p := range pieces[1:] {
		n.merge(&recs[p.At])
	}
	if at > 0 && t.nodes[at-1].id == n.id {
		n.Follow(t.nodes[at-1].Half, first.half())
	}
}

func (r *record) half() zipkin.Half {
	return zipkin.Half{Kind: r.shape.kind, ParentID: r.parent, Shared: r.shape.shared}
}

func (n *node) init(r *record) {
	s := r.shape
	n.Half, n.id, n.timestamp = r.half(), r.id, r.timestamp
	n.local, n.remote, n.hasError = &s.local, s.remote, s.hasError
	n.child, n.lastChild, n.next, n.ancestor, n.plain = -1, -1, -1, -1, -1
}

// merge adds what another piece of the span knows and n does not.
func (n *node) merge(r *record) {
	s := r.shape
	n.ParentID = cmp.Or(n.ParentID, r.parent)
	n.timestamp = cmp.Or(n.timestamp, r.timestamp)
	n.Kind = cmp.Or(n.Kind, s.kind)
	n.remote = cmp.Or(n.remote, s.remote)
	n.hasError = n.hasError || s.hasError
	if merged := n.local.Or(s.local); merged != *n.local {
		n.local = &merged
	}
}
