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
	l := linker{indexes: map[linkKey]int{}}
	w := s.walk(windowOf(endTs, lookback), "", math.MaxInt)
	for chunk := w.next(); chunk != nil; chunk = w.next() {
		for _, c := range chunk {
			l.addTrace(c.recs)
		}
	}
	return l.links
}

type linkKey struct{ parent, child string }

// linker sums the links of many traces. It reuses its memory for each.
type linker struct {
	links   []zipkin.Link
	indexes map[linkKey]int
	tree    spanTree
	forms   forms
	trail   []formLink // of the current trace
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
	l.tree.build(recs)
	for _, i := range l.tree.Order {
		l.tree.findAncestor(i)
		l.addNode(i)
	}
}

// addNode adds what one span says of a call between two services.
func (l *linker) addNode(i int32) {
	n, c := &l.tree.Nodes[i], &l.tree.calls[i]
	kind, service := n.Kind, n.Local.ServiceName
	switch {
	case kind == zipkin.Client && n.FirstChild != zipkin.None:
		return // the server's span says more
	case kind == "" && service != "" && c.remote != "":
		kind = zipkin.Client // it knows both sides
	}
	switch kind {
	case zipkin.Producer:
		l.addMessage(service, c.remote, c.hasError)
	case zipkin.Consumer:
		l.addMessage(c.remote, service, c.hasError)
	case zipkin.Client:
		l.addCall(n, c, service, c.remote, kind)
	case zipkin.Server:
		if i != l.tree.Root || c.remote != "" {
			l.addCall(n, c, c.remote, service, kind)
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

// addCall links the two sides of a call. The caller's name is that of the nearest
// span above that left or entered a process.
func (l *linker) addCall(n *zipkin.Node, c *call, parent, child string, kind zipkin.Kind) {
	isError := c.hasError
	if c.ancestor != zipkin.None && l.tree.Nodes[c.ancestor].Local.ServiceName != "" {
		up := &l.tree.Nodes[c.ancestor]
		caller := up.Local.ServiceName
		if kind == zipkin.Client && parent != "" && parent != caller {
			// A client that has the name of another service: the hop to it
			// is missing. Whether that failed is not known.
			l.add(caller, parent, false)
		}
		if kind == zipkin.Server || parent == "" {
			parent = caller
		}
		// With split ids the client side was skipped; its error counts.
		if !isError && up.Kind == zipkin.Client && n.ParentID != 0 && n.ParentID == up.ID {
			isError = l.tree.calls[c.ancestor].hasError
		}
	}
	if parent != "" && child != "" {
		l.add(parent, child, isError)
	}
}

func (l *linker) add(parent, child string, isError bool) {
	key := linkKey{parent, child}
	i, ok := l.indexes[key]
	if !ok {
		i = len(l.links)
		l.indexes[key] = i
		l.links = append(l.links, zipkin.Link{Parent: parent, Child: child})
	}
	l.trail = append(l.trail, formLink{i, isError})
	l.count(formLink{i, isError})
}

// count adds one call to a link.
func (l *linker) count(k formLink) {
	l.links[k.index].CallCount++
	if k.isError {
		l.links[k.index].ErrorCount++
	}
}
