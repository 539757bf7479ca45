package store

import "sync"

// searchIndex keeps what the slots of the time index do not have. It is made of slots
// which a search has to look at after it has looked at many traces in vain.
type searchIndex struct {
	s     *Store
	bytes int64  // of all that is kept; guarded by Store.mu
	most  int64  // bytes; beyond it no more are kept
	rest  uint64 // changes of others since its own, after which a block is at rest

	mu       sync.Mutex // guards the rest
	features []uint64   // reused
}

func (x *searchIndex) init(s *Store) { x.s, x.most, x.rest = s, s.maxBytes/8, 1000 }

// hasNone reports whether no trace of n, whose window is given, answers the query of w. A
// node that changed since the walk began may have lost a trace to one that was walked
// before. The store is locked.
func (w *walker) hasNone(n *node, of window) bool {
	return w.wanted != nil && n.isSummed() && n.changed <= w.changes && w.window.decides(n, of) && !w.wanted.mayMatch(n.sum)
}

// isSummed reports whether n has a sum that is up to date.
func (n *node) isSummed() bool { return n.sum != nil && n.sum.version == n.changed }

// prepare makes the sums of what comes next in a search that has looked at many traces: of
// as many traces as it has looked at, so that it takes about twice the time at most.
func (w *walker) prepare() {
	const many = 256
	if w.wanted == nil || w.done || w.looked < max(2*w.prepared, many) {
		return
	}
	x := &w.s.searches
	if !x.mu.TryLock() {
		return // another search makes them
	}
	defer x.mu.Unlock()
	w.prepared = w.looked
	for budget := w.looked; budget > 0; {
		n, version, traces := x.next(w)
		if n == nil {
			return
		}
		x.sumUp(n, version, traces)
		budget -= len(traces) + 1
	}
}

// next is the latest slot or block that w has yet to walk and that should have a sum, and
// its traces; nil when there is none, or no room.
func (x *searchIndex) next(w *walker) (n *node, version uint64, traces []candidate) {
	x.s.mu.RLock()
	defer x.s.mu.RUnlock()
	if x.bytes >= x.most {
		return nil, 0, nil
	}
	sl, key := x.s.times.at(min(w.at.key, w.preparedTo))
	for sl != nil && key >= slotOf(w.window.begin) {
		b := sl.block
		if sl == b.slots[len(b.slots)-1] {
			if w.hasNone(&b.node, b.window()) {
				w.preparedTo = b.slots[0].key - 1
				sl, key = x.s.times.before(b.slots[0])
				continue
			}
			if traces, ok := x.should(w, b); ok {
				return &b.node, b.changed, traces
			}
		}
		w.preparedTo = key - 1
		if !sl.isSummed() && w.window.decides(&sl.node, sl.window()) {
			return &sl.node, sl.changed, sl.home()
		}
		sl, key = x.s.times.before(sl)
	}
	return nil, 0, nil
}

// should reports whether a block should have a sum, and lists its traces: one that is at
// rest, and has not so many traces that the sums of its slots do as well.
func (x *searchIndex) should(w *walker, b *block) (traces []candidate, ok bool) {
	const most = 4096
	if b.isSummed() || x.s.times.changes-b.changed < x.rest || !w.window.decides(&b.node, b.window()) {
		return nil, false
	}
	n := 0
	for _, sl := range b.slots {
		n += len(sl.all)
	}
	if n > most {
		return nil, false
	}
	for _, sl := range b.slots {
		traces = append(traces, sl.home()...)
	}
	return traces, true
}

// sumUp makes the sum of a node. Traces are evicted for it, since it counts as they do.
func (x *searchIndex) sumUp(n *node, version uint64, traces []candidate) {
	const unusual = 1 << 18 // is not kept
	x.features = x.features[:0]
	longest := int64(0)
	for i := range traces {
		for j := range traces[i].recs {
			r := &traces[i].recs[j]
			longest = max(longest, r.duration)
			x.features = r.appendFeatures(x.s.seed, x.features)
		}
	}
	sum := newNodeSum(version, longest, uint64(n.key), x.features)
	if cap(x.features) > unusual {
		x.features = nil
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if !n.closed && n.changed == version {
		x.bytes += sum.size() - n.sum.size()
		n.sum = sum
		x.s.evict()
	}
}
