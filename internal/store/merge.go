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
	t.nodes, t.ids = t.nodes[:0], t.ids[:0]
	for rest := t.pieces; len(rest) > 0; {
		t.nodes = append(t.nodes, node{})
		at := len(t.nodes) - 1
		n, first := &t.nodes[at], rest[0].rec
		t.ids = append(t.ids, first.id)
		n.init(first)
		rest = n.mergeAll(first, rest[1:])
		if at > 0 {
			n.follow(&t.nodes[at-1], first)
		}
	}
}

// mergeAll takes the pieces that belong to n, whose first is given, off the
// rest.
func (n *node) mergeAll(first *record, rest []piece) []piece {
	if len(rest) == 0 || rest[0].id != first.id {
		return rest
	}
	for endpoint := *n.local; len(rest) > 0 && joins(&endpoint, first, rest[0].rec); rest = rest[1:] {
		n.merge(rest[0].rec)
	}
	return rest
}

// sortPieces sorts the records by id, and those of one id as comparePieces
// says. It reports whether the order of recs did not matter.
func (t *spanTree) sortPieces(recs []record) (unique bool) {
	t.pieces = t.pieces[:0]
	for i := range recs {
		t.pieces = append(t.pieces, piece{recs[i].id, &recs[i]})
	}
	sortByID(t.pieces)
	unique = true
	for rest := t.pieces; len(rest) > 1; {
		same := 1
		for same < len(rest) && rest[same].id == rest[0].id {
			same++
		}
		if same > 1 {
			slices.SortStableFunc(rest[:same], comparePieces)
			unique = unique && !hasEqual(rest[:same])
		}
		rest = rest[same:]
	}
	return unique
}

// sortByID is a stable sort. Nearly all traces are small, and then the calls
// of a general sort would cost more than the sorting.
func sortByID(ps []piece) {
	const few = 24
	if len(ps) > few {
		slices.SortStableFunc(ps, func(a, b piece) int { return cmp.Compare(a.id, b.id) })
		return
	}
	for i := 1; i < len(ps); i++ {
		p, at := ps[i], i
		for ; at > 0 && ps[at-1].id > p.id; at-- {
			ps[at] = ps[at-1]
		}
		ps[at] = p
	}
}

func hasEqual(sorted []piece) bool {
	for i := 1; i < len(sorted); i++ {
		if comparePieces(sorted[i-1], sorted[i]) == 0 {
			return true
		}
	}
	return false
}

func (n *node) init(r *record) {
	s := r.shape
	n.id, n.parent, n.timestamp = r.id, r.parent, r.timestamp
	n.kind, n.local, n.remote = s.kind, &s.local, s.remote
	n.shared, n.hasError = s.shared, s.hasError
	n.child, n.lastChild, n.next, n.ancestor, n.plain = -1, -1, -1, -1, -1
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
		n.local = &merged
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

// comparePieces sorts the pieces with one id: clients before others before
// shared spans, then by endpoint with the unknown first.
func comparePieces(a, b piece) int {
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
