package critical

import "example.com/tracelab/internal/zipkin"

// place gives a child its times and, where its parent waited for it, adds it to those
// of the level. What is left out is the root of a tree of its own, without a path.
func (f *finder) place(parent, child int32) {
	complete := f.setTimes(int(child), f.shiftOf(parent, child))
	n, p := &f.Nodes[child], &f.places[parent]
	left := f.reason(parent, child, complete)
	if above := f.Nodes[parent].Left; above != "" {
		n.Left = above
	} else {
		n.Left = left
	}
	if n.Left != "" {
		n.Slack = Unknown
	}
	at := &f.places[child]
	at.lo, at.end = n.Start, n.End
	if left == "" {
		at.lo, at.end = max(n.Start, p.lo), min(n.End, p.end)
		f.kids = append(f.kids, kid{at.lo, at.end, child})
	}
	at.hi = at.end
}

// reason says why a child is left out by its parent; empty: it is not.
func (f *finder) reason(parent, child int32, complete bool) Reason {
	p, c := &f.Tree.Nodes[parent], &f.Tree.Nodes[child]
	n, in := &f.Nodes[child], &f.places[parent]
	_, differ := compareAddresses(p.Local, c.Local)
	sameProcess := p.Local.ServiceName == c.Local.ServiceName && !differ
	switch {
	case !complete || in.lo == in.end:
		return Incomplete
	case c.Kind == zipkin.Consumer && (p.Kind == zipkin.Producer || !sameProcess):
		return Message
	case n.Start >= in.end || n.End <= in.lo:
		return Outside
	case sameProcess && !f.Clip && !isCall(p, c) && n.End > f.Nodes[parent].End+tolerance(in.end-in.lo):
		return NotAwaited
	}
	return ""
}
