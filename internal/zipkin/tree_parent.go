package zipkin

import (
	"math"
	"sort"
)

// This file decides whose child a span is, for Build. Several spans may have its
// parent's id: the halves of a call, replicas that answered it, a call that was
// tried again, or what got the same id by mistake.

// shareWithClients marks the servers that have the id of a client. Zipkin marks
// the first of them that does not say so itself; where several servers answered,
// the others are no less its servers.
func (t *Tree) shareWithClients() {
	t.eachRepeated(func(from, to int) {
		client := false
		for at := from; at < to && !client; at++ {
			n := &t.Nodes[t.node(at)]
			client = n.Kind == Client && !n.Shared
		}
		for at := from; at < to && client; at++ {
			n := &t.Nodes[t.node(at)]
			n.Shared = n.Shared || n.Kind == Server
		}
	})
}

// noteRepeated notes the spans that no rule distinguishes from an earlier one: of
// those with an id that are not shared, and of the servers at one endpoint that
// share it with a client, all but the first.
func (t *Tree) noteRepeated() {
	t.eachRepeated(func(from, to int) {
		seen := false
		for at := from; at < to; at++ {
			n := &t.Nodes[t.node(at)]
			if !n.Shared && seen {
				n.Notes |= Repeated
			}
			seen = seen || !n.Shared
		}
	})
	for i := 1; i < len(t.shared); i++ {
		if compareKeys(t.shared[i-1], t.shared[i]) == 0 {
			t.Nodes[t.shared[i].node].Notes |= Repeated
		}
	}
}

// eachRepeated visits the places of each id that several nodes have.
func (x *treeIndex) eachRepeated(visit func(from, to int)) {
	for from, to := 0, 0; from < len(x.ids); from = to {
		for to = from + 1; to < len(x.ids) && x.ids[to] == x.ids[from]; to++ {
		}
		if to > from+1 {
			visit(from, to)
		}
	}
}

// parentOf looks for the parent of a node.
func (t *Tree) parentOf(i int32) (parent int32, odd Note) {
	n := &t.Nodes[i]
	if n.Shared {
		if client := t.closest(n.ID, n, n.asClient); client != None {
			return client, 0
		}
	}
	switch n.ParentID {
	case 0:
		return None, 0
	case n.ID:
		return None, SelfParent
	}
	if parent = t.closest(n.ParentID, n, n.asParent); parent == None {
		return None, Orphan
	}
	return parent, 0
}

// unfit is the rank of what cannot be the parent.
const unfit = -1

// asClient ranks what has the id of a shared server: the client is its parent, or
// whatever else does not share the id.
func (n *Node) asClient(p *Node) int {
	switch {
	case p.Shared:
		return unfit
	case p.Kind == Client, p.Kind == Producer:
		return 1
	}
	return 0
}

// asParent ranks what has the id of a node's parent. The server at the node's own
// endpoint comes first, as in Zipkin, in whose process the node ran. Zipkin has
// the client otherwise; but an endpoint may be known in part, and a server need
// not say that it shares the id, so that here the more of the endpoints is the
// same, the better.
func (n *Node) asParent(p *Node) int {
	same, differ := p.Local.compare(n.Local)
	rank := 0
	switch {
	case *p.Local == *n.Local && p.Shared:
		return math.MaxInt
	case same > 0 && !differ:
		rank = 4 + 2*same
	case p.Local.ServiceName != "" && p.Local.ServiceName == n.Local.ServiceName:
		rank = 2
	}
	if !p.Shared {
		rank++
	}
	return rank
}

// compare counts what is known of both endpoints and is the same, and reports
// whether anything differs.
func (e *Endpoint) compare(o *Endpoint) (same int, differ bool) {
	for _, pair := range [...][2]string{{e.ServiceName, o.ServiceName}, {e.IPv4, o.IPv4}, {e.IPv6, o.IPv6}} {
		if pair[0] != "" && pair[0] == pair[1] {
			same++
		}
	}
	return same, !e.agrees(o)
}

// closest returns the node with an id that ranks highest as what is above n, or
// None. Of several it is the one in whose time n began, as in a call that was
// tried again, and else the first. No more than a few are compared, those that
// began next to n: how many spans have one id has no bound.
func (t *Tree) closest(id SpanID, n *Node, rank func(p *Node) int) int32 {
	const few = 64
	from, to := t.sameID(id)
	if to-from > few {
		later := t.firstAfter(n, from, to)
		from, to = max(from, later-few), min(to, later+few)
	}
	best, highest, holds := int32(None), unfit, false
	for at := from; at < to; at++ {
		i := t.node(at)
		p := &t.Nodes[i]
		if r := rank(p); r > highest || r == highest && r != unfit && !holds && p.holds(n) {
			best, highest, holds = i, r, p.holds(n)
		}
	}
	return best
}

// holds reports whether n began in the time of p.
func (p *Node) holds(n *Node) bool {
	return p.Timestamp > 0 && p.Timestamp <= n.Timestamp && n.Timestamp-p.Timestamp < p.Duration
}

// firstAfter returns the first of the places from..to whose node began after n:
// nodes of one id are in the order of Nodes, which is by start.
func (t *Tree) firstAfter(n *Node, from, to int) int {
	return from + sort.Search(to-from, func(k int) bool { return startOrLast(t.Nodes[t.node(from+k)].Timestamp) > n.Timestamp })
}
