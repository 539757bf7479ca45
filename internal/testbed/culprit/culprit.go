// Package culprit measures how well ways to compare two sets of traces find the
// operation that changed, where it is known which did. The simple ways that people use
// are here too: what a comparison of ours is worth shows beside them.
package culprit

import (
	"slices"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// Operation is where a change may be.
type Operation struct{ Service, Name string }

// Is reports whether both are the same, however they are spelled: Zipkin has names in
// lower case.
func (o Operation) Is(other Operation) bool {
	return strings.EqualFold(o.Service, other.Service) && strings.EqualFold(o.Name, other.Name)
}

// IsOf reports whether o is one of some.
func (o Operation) IsOf(some []Operation) bool { return slices.ContainsFunc(some, o.Is) }

// Answer is what a way to compare says.
type Answer struct {
	Operation      // the one that changed; none: it names nothing
	Claimed   bool // it says so, rather than guess
}

// Way is one way to compare the traces of two sets.
type Way struct {
	Name    string
	Compare func(a, b [][]zipkin.Span) Answer
}

// Near are the operations that call o, and those that it calls, in any of the traces: to
// name one of these is nearly right.
func Near(o Operation, traces ...[][]zipkin.Span) map[Operation]bool {
	near := map[Operation]bool{}
	for _, set := range traces {
		for _, tr := range set {
			addNear(near, o, tr)
		}
	}
	return near
}

func addNear(near map[Operation]bool, o Operation, spans []zipkin.Span) {
	all := zipkin.ByStart(zipkin.Merge(spans))
	for i, n := range zipkin.NewTree(all).Nodes {
		if n.Parent == zipkin.None {
			continue
		}
		child, parent := of(all[i]), of(all[n.Parent])
		if child.Is(o) {
			near[parent] = true
		}
		if parent.Is(o) {
			near[child] = true
		}
	}
}

func of(sp *zipkin.Span) Operation { return Operation{sp.Local.ServiceName, sp.Name} }
