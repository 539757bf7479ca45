package zipkin

import (
	"cmp"
	"slices"
	"strings"
)

// A span may be reported in parts: its end after its start, its tags later
// still. And the client and the server of a call may be two spans of one id.
// This file decides which reports are one span, by the rules of Zipkin's
// Trace.merge.

// Partial is what decides whether two reports are of one span. It is small,
// because the partial spans of a trace are sorted.
type Partial struct {
	ID    SpanID
	Local *Endpoint // never nil
	At    int32     // index among the reports
	side  side
}

// NewPartial makes the partial span of the report at an index.
func NewPartial(id SpanID, h Half, local *Endpoint, at int) Partial {
	return Partial{id, local, int32(at), h.side()}
}

// side is the order of partial spans with one id.
type side uint8

const (
	clientSide side = iota
	otherSide
	sharedSide
)

func (h Half) side() side {
	switch {
	case h.Shared:
		return sharedSide
	case h.Kind == Client:
		return clientSide
	}
	return otherSide
}

// SortPartials sorts partial spans, which are in the order of the reports, by
// id, and those of one id with clients before others before shared spans, then
// by endpoint. It reports whether the order of the reports did not matter.
func SortPartials(ps []Partial) (unique bool) {
	sortByID(ps)
	unique = true
	for rest := ps; len(rest) > 1; {
		same := 1
		for same < len(rest) && rest[same].ID == rest[0].ID {
			same++
		}
		if same > 1 {
			slices.SortStableFunc(rest[:same], comparePartials)
			unique = unique && !hasEqual(rest[:same])
		}
		rest = rest[same:]
	}
	return unique
}

// sortByID keeps the order of partial spans with one id. Nearly all traces are
// small, and then the calls of a general sort would cost more than the sorting.
func sortByID(ps []Partial) {
	const few = 24
	if len(ps) > few {
		slices.SortFunc(ps, func(a, b Partial) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.At, b.At)) })
		return
	}
	for i := 1; i < len(ps); i++ {
		p, at := ps[i], i
		for ; at > 0 && ps[at-1].ID > p.ID; at-- {
			ps[at] = ps[at-1]
		}
		ps[at] = p
	}
}

func hasEqual(sorted []Partial) bool {
	for i := 1; i < len(sorted); i++ {
		if comparePartials(sorted[i-1], sorted[i]) == 0 {
			return true
		}
	}
	return false
}

// comparePartials sorts what has one id. Without an endpoint comes first.
func comparePartials(a, b Partial) int {
	if a.side != b.side {
		return cmp.Compare(a.side, b.side)
	}
	return compareEndpoints(a.Local, b.Local)
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

// CountSame returns how many of the sorted partial spans, from the first on, are
// one span: they have its id, all or none of them are shared, and their
// endpoints do not contradict each other.
func CountSame(sorted []Partial) (n int) {
	n = 1
	if len(sorted) == 1 || sorted[1].ID != sorted[0].ID {
		return n
	}
	first, endpoint := sorted[0], *sorted[0].Local
	for _, p := range sorted[1:] {
		isShared := p.side == sharedSide
		if p.ID != first.ID || isShared != (first.side == sharedSide) || !endpoint.agrees(p.Local) {
			break
		}
		endpoint = endpoint.Or(*p.Local)
		n++
	}
	return n
}

// agrees reports whether nothing that is known of both endpoints differs.
func (e *Endpoint) agrees(other *Endpoint) bool {
	return agree(e.ServiceName, other.ServiceName) && agree(e.IPv4, other.IPv4) && agree(e.IPv6, other.IPv6) && agree(e.Port, other.Port)
}

func agree[T comparable](a, b T) bool {
	var unknown T
	return a == unknown || b == unknown || a == b
}

// Or fills what is unknown of e from another endpoint.
func (e Endpoint) Or(other Endpoint) Endpoint {
	return Endpoint{
		ServiceName: cmp.Or(e.ServiceName, other.ServiceName),
		IPv4:        cmp.Or(e.IPv4, other.IPv4),
		IPv6:        cmp.Or(e.IPv6, other.IPv6),
		Port:        cmp.Or(e.Port, other.Port),
	}
}

// Half is what a span says of its place in the tree: it may be one half of a
// call, the client's or the server's.
type Half struct {
	Kind     Kind
	ParentID SpanID
	Shared   bool
}

// Follow corrects h by the span sorted before it, which has the same id: a
// server need not say that it shares its client's id, nor know the parent. first
// is what the first partial span of h says.
func (h *Half) Follow(last, first Half) {
	if last.Kind == Client && first.Kind == Server && !first.Shared {
		h.Shared = true
	}
	if h.Shared && first.ParentID == 0 && last.ParentID != 0 {
		h.ParentID = last.ParentID
	}
}
