package why

import (
	"slices"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// While a service is awaited, the span of a request may be to come yet, and what is
// known of the trace is a part of that request. Nothing is measured then.

// underWay reports whether a span has not ended, as far as is known, and may yet.
func (tr *trace) underWay(s *span) bool { return len(tr.awaited) > 0 && !s.hasEnded() }

// unreported is the request of an awaited service whose own span is not known, by
// what is known of it; nil: there is none.
func (tr *trace) unreported() *span {
	for _, s := range tr.roots {
		if s.parent != 0 && !s.takenIn() && tr.awaits(s.service) {
			return &span{id: s.parent, service: s.service, start: s.start, end: s.start}
		}
	}
	for _, s := range tr.roots {
		if caller := tr.unseen(); s.parent != 0 && s.hasEnded() && caller != "" {
			return &span{id: s.parent, service: caller, start: s.start, end: s.start}
		}
	}
	return nil
}

// partOf reports whether a local root is a part of a request that is not known: it
// names a parent that is not known either, and began later. Another that the same
// service took in is a request of its own.
func (s *span) partOf(request *span) bool {
	return request != nil && s.parent != 0 && s.start >= request.start && (s.service != request.service || !s.takenIn())
}

// takenIn reports whether a span is the first of its process.
func (s *span) takenIn() bool { return s.kind == zipkin.Server || s.kind == zipkin.Consumer }

func (tr *trace) awaits(service string) bool {
	return slices.ContainsFunc(tr.awaited, func(a string) bool { return strings.EqualFold(a, service) })
}

// unseen is an awaited service that has no span yet, and that nobody has called: so
// it may be the caller. Empty: there is none.
func (tr *trace) unseen() string {
	for _, a := range tr.awaited {
		seen := slices.ContainsFunc(tr.order, func(s *span) bool {
			return strings.EqualFold(s.service, a) || s.reported != nil && strings.EqualFold(s.reported.Remote.ServiceName, a)
		})
		if !seen {
			return a
		}
	}
	return ""
}
