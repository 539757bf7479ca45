package store

import (
	"cmp"
	"slices"
	"strings"
)

// node is a span as the linker sees it: the pieces of one span merged, in its
// place in the tree.
type node struct {
	id, parent SpanID
	timestamp  int64
	kind       Kind
	service    string    // local
	local      *Endpoint // never nil
	remote     string
	shared     bool
	hasError   bool

	// The tree: places in spanTree.nodes, -1 for none.
	child, lastChild, next int32
	ancestor               int32 // nearest above with a kind
	plain                  int32 // of the first node with this id: see spanTree.plainNode
}

// piece is a record with what it is sorted by first, close at hand.
type piece struct {
	id  SpanID
	rec *record
}

// mergePieces makes a node of each span of a trace, sorted by id, as Zipkin's
// Trace.merge does: reports of one span by one endpoint become one, the client
// side comes before the server side of a shared id, and a server that repeats
// its client's id without saying so is marked shared.
func (t *spanTree) mergePieces(recs []record) {
	if unique := t.sortPieces(recs); !unique {
		t.sortPieces(inStoredOrder(recs))
	}
	t.nodes = t.nodes[:0]
	for rest := t.pieces; len(rest) > 0; {
		first := rest[0].rec
		n := newNode(first)
		same := 1
		for endpoint := *n.local; same < len(rest) && joins(&endpoint, first, rest[same].rec); same++ {
			n.merge(rest[same].rec)
		}
		rest = rest[same:]
		if len(t.nodes) > 0 {
			n.follow(&t.nodes[len(t.nodes)-1], first)
		}
		t.nodes = append(t.nodes, n)
	}
}

// sortPieces reports whether the order of recs does not matter.
func (t *spanTree) sortPieces(recs []record) (unique bool) {
	t.pieces = t.pieces[:0]
	for i := range recs {
		t.pieces = append(t.pieces, piece{recs[i].id, &recs[i]})
	}
	slices.SortStableFunc(t.pieces, comparePieces)
	for i := 1; i < len(t.pieces); i++ {
		if comparePieces(t.pieces[i-1], t.pieces[i]) == 0 {
			return false
		}
	}
	return true
}

func newNode(r *record) node {
	s := r.shape
	return node{
		id: r.id, parent: r.parent, timestamp: r.timestamp,
		kind: s.kind, service: s.local.ServiceName, local: &s.local, remote: s.remote,
		shared: s.shared, hasError: s.hasError,
		child: -1, lastChild: -1, next: -1, ancestor: -1, plain: -1,
	}
}

// joins reports whether next is another piece of the span that began with
// first, reported by endpoint, and if so adds to endpoint what next knows.
func joins(endpoint *Endpoint, first, next *record) bool {
	if next.id != first.id || next.shape.shared != first.shape.shared {
		return false
	}
	e := &next.shape.local
	if !agree(endpoint.ServiceName, e.ServiceName) || !agree(endpoint.IPv4, e.IPv4) ||
		!agree(endpoint.IPv6, e.IPv6) || endpoint.Port != 0 && e.Port != 0 && endpoint.Port != e.Port {
		return false
	}
	*endpoint = mergeEndpoints(*endpoint, *e)
	return true
}

func agree(a, b string) bool { return a == "" || b == "" || a == b }

func mergeEndpoints(a, b Endpoint) Endpoint {
	return Endpoint{
		ServiceName: cmp.Or(a.ServiceName, b.ServiceName),
		IPv4:        cmp.Or(a.IPv4, b.IPv4),
		IPv6:        cmp.Or(a.IPv6, b.IPv6),
		Port:        cmp.Or(a.Port, b.Port),
	}
}

// merge adds what another piece of the span knows and n does not.
func (n *node) merge(r *record) {
	s := r.shape
	n.parent = cmp.Or(n.parent, r.parent)
	n.timestamp = cmp.Or(n.timestamp, r.timestamp)
	n.kind = cmp.Or(n.kind, s.kind)
	n.remote = cmp.Or(n.remote, s.remote)
	n.hasError = n.hasError || s.hasError
	if mergeEndpoints(*n.local, s.local) != *n.local {
		merged := mergeEndpoints(*n.local, s.local)
		n.local, n.service = &merged, merged.ServiceName
	}
}

// follow corrects n, whose first piece is first, by the node sorted before it.
func (n *node) follow(last *node, first *record) {
	if last.id != n.id {
		return
	}
	if last.kind == Client && first.shape.kind == Server && !first.shape.shared {
		n.shared = true
	}
	if n.shared && first.parent == 0 && last.parent != 0 {
		n.parent = last.parent
	}
}

// comparePieces sorts by id, then clients before others before shared spans,
// then by endpoint with the unknown first.
func comparePieces(a, b piece) int {
	if c := cmp.Compare(a.id, b.id); c != 0 {
		return c
	}
	x, y := a.rec.shape, b.rec.shape
	if c := cmp.Compare(side(x), side(y)); c != 0 {
		return c
	}
	return compareEndpoints(&x.local, &y.local)
}

func side(s *shape) int {
	switch {
	case s.shared:
		return 2
	case s.kind == Client:
		return 0
	}
	return 1
}

func compareEndpoints(a, b *Endpoint) int {
	switch none := (Endpoint{}); {
	case *a == *b:
		return 0
	case *a == none:
		return -1
	case *b == none:
		return 1
	}
	return cmp.Or(unknownLast(a.ServiceName, b.ServiceName), unknownLast(a.IPv4, b.IPv4), unknownLast(a.IPv6, b.IPv6))
}

func unknownLast(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return strings.Compare(a, b)
}
