package critical

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// level is what is known of the children of one span. Its memory is used again.
type level struct {
	kids  []kid   // the awaited ones, in the order in which the path is walked
	chain []link  // those that their parent waited for in the end, the last first
	aside []aside // the others, the last to end first
	scratch
}

// kid is an awaited child, in the time of its parent.
type kid struct {
	start, end int64
	node       int32
}

// link is a child on the chain.
type link struct {
	start, end int64 // end: at the latest when the next one starts
	limit      int64 // of what its parent would save, if this took no time
	node       int32
}

// visit divides the time of a span among its children and itself.
func (f *finder) visit(i int) {
	f.kids, f.chain, f.aside = f.kids[:0], f.chain[:0], f.aside[:0]
	for c := f.Tree.Nodes[i].FirstChild; c != zipkin.None; c = f.Tree.Nodes[c].NextSibling {
		f.place(int32(i), c)
	}
	n, p := &f.Nodes[i], &f.places[i]
	f.sortKids()
	n.Self = p.end - p.lo - f.covered()
	if n.Left != "" {
		return
	}
	tolerated := tolerance(p.hi - p.lo)
	f.walk(n, p, tolerated)
	if len(f.aside) > 0 {
		f.spares(tolerated)
		f.slacks(n.Slack, tolerated)
		f.limits()
	}
	if p.on {
		f.follow(n, p)
	}
}

// sortKids sorts by end, the last first. Of those that end at the same time the longest
// is the one that was waited for.
func (f *finder) sortKids() {
	if len(f.kids) < 2 {
		return
	}
	slices.Reverse(f.kids) // they are by start, and so nearly sorted
	slices.SortFunc(f.kids, func(a, b kid) int {
		if a.end != b.end {
			return cmp.Compare(b.end, a.end)
		}
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(f.Tree.Nodes[a.node].ID, f.Tree.Nodes[b.node].ID), cmp.Compare(a.node, b.node))
	})
}

// covered is for how long any of the kids ran.
func (f *finder) covered() (us int64) {
	from := int64(math.MaxInt64) // the start of what is counted already
	for _, k := range f.kids {
		us += max(0, min(k.end, from)-k.start)
		from = min(from, k.start)
	}
	return us
}

// walk walks back from the end: the last child that had ended by then was waited for,
// and then the last that had ended when that one started. Each of the others ended
// while the one taken before it ran.
func (f *finder) walk(n *Node, p *place, tolerated int64) {
	at := p.hi
	for _, k := range f.kids {
		if k.start >= at || min(k.end, p.hi) > at+tolerated {
			f.aside = append(f.aside, aside{kid: k, from: int32(len(f.chain)) - 1})
			continue
		}
		f.chain = append(f.chain, link{k.start, min(k.end, at), math.MaxInt64, k.node})
		f.Nodes[k.node].Slack = n.Slack
		at = k.start
	}
}

// follow puts the chain of a span that is on the path there.
func (f *finder) follow(n *Node, p *place) {
	n.Total = p.hi - p.lo
	n.OnPath = n.Total
	n.Drag = min(n.Total, p.limit)
	p.from = int32(len(f.chains))
	for _, l := range slices.Backward(f.chain) {
		c := &f.places[l.node]
		c.hi, c.limit, c.on = l.end, min(l.limit, p.limit), true
		n.OnPath -= l.end - l.start
		f.chains = append(f.chains, l.node)
	}
	p.to = int32(len(f.chains))
}
