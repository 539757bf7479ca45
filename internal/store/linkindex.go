package store

import (
	"slices"
	"strings"
	"sync"

	"example.com/tracelab/internal/zipkin"
)

// linkIndex answers Dependencies from the links that it keeps for each slot and each
// block of the time index: of traces whose home is there. They are made when they are
// first needed, and again when one of these traces has changed, come or gone.
type linkIndex struct {
	s     *Store
	bytes int64 // of all that is kept; guarded by Store.mu
	most  int64 // bytes; beyond it no more sums are kept

	mu     sync.Mutex // guards the rest
	linker linker
	sum    linkCounter
	own    int64 // what bytes has of forms and names
}

// linkSum is the links of the traces that have their home in a node.
type linkSum struct {
	version uint64     // node.changed
	names   *edgeNames // of the edges
	edges   []sumEdge  // in the order of Dependencies
}

type sumEdge struct{ edge, calls, errors uint32 }

func (l *linkSum) size() int64 {
	if l == nil {
		return 0
	}
	return 48 + roundUp(12*len(l.edges))
}

func (x *linkIndex) init(s *Store) {
	x.s = s
	x.most = s.maxBytes / 8
	x.reset()
}

// reset forgets the names of edges, and so all sums.
func (x *linkIndex) reset() {
	x.sum = linkCounter{names: &edgeNames{index: map[edgeName]uint32{}, most: int(min(x.s.maxBytes/8192, 1<<20))}}
	x.linker = linker{calls: &x.sum, forms: forms{most: x.s.maxBytes / 64}}
}

// dependencies returns the links of traces with a span in w, as of one moment.
func (x *linkIndex) dependencies(w window) []zipkin.Link {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.begin()
	x.refresh(w)
	for _, p := range x.parts(w) {
		if p.sum != nil {
			x.sum.addSum(p.sum)
			continue
		}
		slices.SortFunc(p.traces, compareCandidates)
		for i := range p.traces {
			x.linker.addTrace(p.traces[i].recs)
		}
	}
	links := x.sum.links()
	if x.sum.names.forgetMore() {
		x.linker.forms.forget() // which may have their numbers
	}
	x.account()
	return links
}

// begin forgets forms and names that are too many to be kept, which may be of spans that
// are gone: names not before all spans may be other ones.
func (x *linkIndex) begin() {
	x.s.mu.RLock()
	accepted, stored := x.s.stats.Accepted, int64(x.s.stats.Spans)
	x.s.mu.RUnlock()
	names := x.sum.names
	switch {
	case names.full() && accepted-names.since > stored:
		x.reset()
		x.sum.names.since = accepted
	case x.linker.forms.full():
		x.linker.forms.forget()
	}
}

// account counts the forms and the names.
func (x *linkIndex) account() {
	own := x.linker.forms.bytes + x.sum.names.bytes
	if own == x.own {
		return
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.bytes += own - x.own
	x.own = own
	x.s.evict()
}

// isGood reports whether what n keeps is up to date. The store is locked.
func (x *linkIndex) isGood(n *node) bool {
	kept := n.links
	return kept != nil && kept.version == n.changed && kept.names == x.sum.names
}

// keep keeps a sum, unless there are too many, or n has changed. Traces are evicted for
// it, since it counts as they do.
func (x *linkIndex) keep(n *node, version uint64) (full bool) {
	sum := x.sum.take(version)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if sum == nil || x.bytes+sum.size() > x.most {
		return true
	}
	if !n.closed && n.changed == version {
		x.bytes += sum.size() - n.links.size()
		n.links = sum
		x.s.evict()
	}
	return false
}

// edgeNames numbers edges.
type edgeNames struct {
	index map[edgeName]uint32
	list  []edgeName
	more  map[edgeName]uint32 // those of the current call that are too many; after list
	most  int
	bytes int64
	since int64 // Stats.Accepted when the first was numbered
}

type edgeName struct{ parent, child string }

func (e *edgeNames) full() bool { return len(e.index) >= e.most }

func (e *edgeNames) number(name edgeName) uint32 {
	if n, ok := e.index[name]; ok {
		return n
	}
	if n, ok := e.more[name]; ok {
		return n
	}
	n := uint32(len(e.list))
	if e.full() {
		if e.more == nil {
			e.more = map[edgeName]uint32{}
		}
		e.more[name] = n
		e.list = append(e.list, name)
		return n
	}
	// Clones, since the names are parts of larger texts.
	name = edgeName{strings.Clone(name.parent), strings.Clone(name.child)}
	e.index[name] = n
	e.list = append(e.list, name)
	e.bytes += 32 + 64 + 2*32 + roundUp(len(name.parent)) + roundUp(len(name.child))
	return n
}

// forgetMore forgets the names that are too many to be kept, and reports whether there
// were any.
func (e *edgeNames) forgetMore() bool {
	if e.more == nil {
		return false
	}
	e.more, e.list = nil, slices.Clone(e.list[:len(e.index)])
	return true
}
