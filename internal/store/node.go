package store

import (
	"cmp"

	"example.com/tracelab/internal/zipkin"
)

// spanTree is the tree of one trace, as the linker needs it. It may be built
// again and again: it reuses the memory.
type spanTree struct {
	zipkin.Tree
	calls []call // of Nodes, one for each
	parts []zipkin.Partial
}

// call is what a node contributes to a call between services.
type call struct {
	remote   string // service name
	hasError bool
	ancestor int32 // nearest node above that has a kind, or zipkin.None
}

func (t *spanTree) build(recs []record) {
	t.merge(recs)
	t.BuildForLinks()
}

// findAncestor finds what is above a node. It is called for parents before their
// children, as Order lists them.
func (t *spanTree) findAncestor(i int32) {
	switch up := t.Nodes[i].Parent; {
	case up == zipkin.None:
	case t.Nodes[up].Kind != "":
		t.calls[i].ancestor = up
	default:
		t.calls[i].ancestor = t.calls[up].ancestor
	}
}

// merge makes a node of each span of a trace, sorted by id, as zipkin.Merge
// makes spans.
func (t *spanTree) merge(recs []record) {
	if unique := t.sortPartials(recs); !unique {
		recs = inStoredOrder(recs)
		t.sortPartials(recs)
	}
	t.Nodes, t.calls = t.Nodes[:0], t.calls[:0]
	for rest := t.parts; len(rest) > 0; {
		n := zipkin.CountSame(rest)
		t.addNode(recs, rest[:n])
		rest = rest[n:]
	}
}

func (t *spanTree) sortPartials(recs []record) (unique bool) {
	t.parts = t.parts[:0]
	for i := range recs {
		r := &recs[i]
		t.parts = append(t.parts, zipkin.NewPartial(r.id, r.half(), &r.template.local, i))
	}
	return zipkin.SortPartials(t.parts)
}

// addNode makes a node of the partial spans of one span.
func (t *spanTree) addNode(recs []record, parts []zipkin.Partial) {
	first := &recs[parts[0].At]
	t.Nodes = append(t.Nodes, first.node())
	t.calls = append(t.calls, call{first.template.remote, first.template.hasError, zipkin.None})
	at := len(t.Nodes) - 1
	n := &t.Nodes[at]
	for _, p := range parts[1:] {
		recs[p.At].fill(n, &t.calls[at])
	}
	if at > 0 && t.Nodes[at-1].ID == n.ID {
		n.Follow(t.Nodes[at-1].Half, first.half())
	}
}

func (r *record) half() zipkin.Half {
	return zipkin.Half{Kind: r.template.kind, ParentID: r.parent, Shared: r.template.shared}
}

func (r *record) node() zipkin.Node {
	return zipkin.Node{Half: r.half(), ID: r.id, Timestamp: r.timestamp, Local: &r.template.local}
}

// fill adds what another partial span of the same span knows.
func (r *record) fill(n *zipkin.Node, c *call) {
	s := r.template
	n.ParentID = cmp.Or(n.ParentID, r.parent)
	n.Timestamp = cmp.Or(n.Timestamp, r.timestamp)
	n.Kind = cmp.Or(n.Kind, s.kind)
	if merged := n.Local.Or(s.local); merged != *n.Local {
		n.Local = &merged
	}
	c.remote = cmp.Or(c.remote, s.remote)
	c.hasError = c.hasError || s.hasError
}
