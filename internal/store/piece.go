package store

import (
	"cmp"
	"slices"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// A span may be reported in pieces: its end after its start, its tags later
// still. And a client and its server may be two spans of one id. This file
// tells which reports are one span, by the rules of Zipkin's Trace.merge.

// piece is what a report of a span, or of a part of one, is joined by.
type piece struct {
	id    zipkin.SpanID
	local *zipkin.Endpoint
	at    int32 // its place among the reports
	side  side
}

// side is where a piece stands among those of its id.
type side uint8

const (
	clientSide side = iota
	otherSide
	sharedSide
)

func sideOf(kind zipkin.Kind, shared bool) side {
	switch {
	case shared:
		return sharedSide
	case kind == zipkin.Client:
		return clientSide
	}
	return otherSide
}

// sortPieces sorts pieces, which are in the order of the reports, by id, and
// those of one id as comparePieces says. It reports whether their order did not
// matter.
func sortPieces(ps []piece) (unique bool) {
	sortByID(ps)
	unique = true
	for rest := ps; len(rest) > 1; {
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

// sortByID leaves pieces of one id in their order. Nearly all traces are small,
// and then the calls of a general sort would cost more than the sorting.
func sortByID(ps []piece) {
	const few = 24
	if len(ps) > few {
		slices.SortFunc(ps, func(a, b piece) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.at, b.at)) })
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

// comparePieces sorts the pieces with one id: clients before others before
// shared spans, then by endpoint with the unknown first.
func comparePieces(a, b piece) int {
	if a.side != b.side {
		return cmp.Compare(a.side, b.side)
	}
	return compareEndpoints(a.local, b.local)
}

func compareEndpoints(a, b *zipkin.Endpoint) int {
	switch none := (zipkin.Endpoint{}); {
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

// whole is how many of the sorted pieces, from the first on, are one span: they
// have its id, all or none of them are shared, and the endpoints that reported
// them can be one.
func whole(sorted []piece) (n int) {
	n = 1
	if len(sorted) == 1 || sorted[1].id != sorted[0].id {
		return n
	}
	first, endpoint := sorted[0], *sorted[0].local
	for _, p := range sorted[1:] {
		isShared := p.side == sharedSide
		if p.id != first.id || isShared != (first.side == sharedSide) || !canBe(&endpoint, p.local) {
			break
		}
		endpoint = mergeEndpoints(endpoint, *p.local)
		n++
	}
	return n
}

// canBe reports whether nothing that is known of both differs.
func canBe(e, other *zipkin.Endpoint) bool {
	return agree(e.ServiceName, other.ServiceName) && agree(e.IPv4, other.IPv4) && agree(e.IPv6, other.IPv6) && agree(e.Port, other.Port)
}

func agree[T comparable](a, b T) bool {
	var unknown T
	return a == unknown || b == unknown || a == b
}

func mergeEndpoints(a, b zipkin.Endpoint) zipkin.Endpoint {
	return zipkin.Endpoint{
		ServiceName: cmp.Or(a.ServiceName, b.ServiceName),
		IPv4:        cmp.Or(a.IPv4, b.IPv4),
		IPv6:        cmp.Or(a.IPv6, b.IPv6),
		Port:        cmp.Or(a.Port, b.Port),
	}
}

// half is what a span says of its place in the tree: it may be one half of a
// call.
type half struct {
	kind   zipkin.Kind
	parent zipkin.SpanID
	shared bool
}

// follow corrects h by the span sorted before it, which has the same id: a
// server need not say that it shares its client's id, nor know the parent. first
// is what the first piece of h says.
func (h *half) follow(last, first half) {
	if last.kind == zipkin.Client && first.kind == zipkin.Server && !first.shared {
		h.shared = true
	}
	if h.shared && first.parent == 0 && last.parent != 0 {
		h.parent = last.parent
	}
}
