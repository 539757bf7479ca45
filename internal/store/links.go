package store

import (
	"math"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// Dependencies links the services of the traces that have any span in the
// window of lookback before endTs, both to the millisecond and inclusive. All
// spans of such a trace count, and ids that share the low 64 bits are one
// trace. Links come in order of their first appearance, in the newest trace
// first. The rules are those of Zipkin's DependencyLinker.
func (s *Store) Dependencies(endTs time.Time, lookback time.Duration) []zipkin.Link {
	l := linker{places: map[linkKey]int{}}
	w := s.walk(windowOf(endTs, lookback), "", math.MaxInt)
	for chunk := w.next(); chunk != nil; chunk = w.next() {
		for _, c := range chunk {
			l.addTrace(c.recs)
		}
	}
	return l.links
}

type linkKey struct{ parent, child string }

// linker sums the links of many traces. Its memory is used again for each.
type linker struct {
	links  []zipkin.Link
	places map[linkKey]int
	tree   spanTree
	forms  forms
	trail  []formLink // of the trace at hand
}

// addTrace adds the links of one trace.
func (l *linker) addTrace(recs []record) {
	hash, plain := l.forms.describe(recs)
	if plain {
		if known := l.forms.find(hash); known != nil {
			for _, k := range known.links {
				l.count(k)
			}
			return
		}
	}
	l.addTree(recs)
	if plain {
		l.forms.keep(hash, l.trail)
	}
}

// addTree adds the links of one trace: the tree, breadth-first.
func (l *linker) addTree(recs []record) {
	l.trail = l.trail[:0]
	t := &l.tree
	t.build(recs)
	for _, n := range t.order {
		l.addNode(&t.nodes[n], n == t.root)
	}
}

// addNode adds what one span tells about a call between two services.
func (l *linker) addNode(n *node, isRoot bool) {
	kind, service := n.Kind, n.local.ServiceName
	switch {
	case kind == zipkin.Client && n.child >= 0:
		return // the other side tells it better
	case kind == "" && service != "" && n.remote != "":
		kind = zipkin.Client // it knows both sides
	}
	switch kind {
	case zipkin.Producer:
		l.addMessage(service, n.remote, n.hasError)
	case zipkin.Consumer:
		l.addMessage(n.remote, service, n.hasError)
	case zipkin.Client:
		l.addCall(n, service, n.remote, kind)
	case zipkin.Server:
		if !isRoot || n.remote != "" {
			l.addCall(n, n.remote, service, kind)
		}
	}
}

// addMessage links a service and its broker. Without a name for the broker
// there is nothing to link: producers and consumers are not linked directly.
func (l *linker) addMessage(parent, child string, isError bool) {
	if parent != "" && child != "" {
		l.add(parent, child, isError)
	}
}

// addCall links the two sides of a call, asking the nearest span above that
// left or entered a process what the caller is called.
func (l *linker) addCall(n *node, parent, child string, kind zipkin.Kind) {
	isError := n.hasError
	if up := l.tree.remoteAncestor(n); up != nil && up.local.ServiceName != "" {
		caller := up.local.ServiceName
		if kind == zipkin.Client && parent != "" && parent != caller {
			// A client that wears the name of another service: the hop to
			// it is missing. Whether that failed is not known.
			l.add(caller, parent, false)
		}
		if kind == zipkin.Server || parent == "" {
			parent = caller
		}
		// With split ids the client side was skipped; its error counts.
		if !isError && up.Kind == zipkin.Client && n.ParentID != 0 && n.ParentID == up.id {
			isError = up.hasError
		}
	}
	if parent != "" && child != "" {
		l.add(parent, child, isError)
	}
}

func (l *linker) add(parent, child string, isError bool) {
	key := linkKey{parent, child}
	i, ok := l.places[key]
	if !ok {
		i = len(l.links)
		l.places[key] = i
		l.links = append(l.links, zipkin.Link{Parent: parent, Child: child})
	}
	l.trail = append(l.trail, formLink{i, isError})
	l.count(formLink{i, isError})
}

// count adds one call to a link that there is.
func (l *linker) count(k formLink) {
	l.links[k.place].CallCount++
	if k.isError {
		l.links[k.place].ErrorCount++
	}
}
