package store

import "slices"

// linkPart is what Dependencies sums up: links that are kept, or traces.
type linkPart struct {
	sum    *linkSum
	traces []candidate
}

// refresh makes the links of all blocks that the window w has all of, where they are not
// up to date, and of the slots of the blocks at its ends. It holds the store's lock for
// one of them at a time, so that others may change meanwhile.
func (x *linkIndex) refresh(w window) {
	var blocks []*block
	x.s.mu.RLock()
	x.s.times.newestFirst(blockOf(slotOf(w.end)), blockOf(slotOf(w.begin)), func(b *block) bool {
		if !x.isGood(&b.node) {
			blocks = append(blocks, b)
		}
		return true
	})
	x.s.mu.RUnlock()
	for _, b := range blocks {
		if full := x.refreshBlock(w, b); full {
			return
		}
	}
}

func (x *linkIndex) refreshBlock(w window, b *block) (full bool) {
	var slots []*slot
	x.s.mu.RLock()
	for i := len(b.slots) - 1; i >= 0; i-- {
		if sl := b.slots[i]; !x.isGood(&sl.node) && w.decides(&sl.node, sl.window()) {
			slots = append(slots, sl)
		}
	}
	x.s.mu.RUnlock()
	for _, sl := range slots {
		if full := x.refreshSlot(sl); full {
			return true
		}
	}
	x.s.mu.RLock()
	version, good := b.changed, w.decides(&b.node, b.window())
	var sums []*linkSum
	for i := len(b.slots) - 1; i >= 0 && good; i-- {
		good = x.isGood(&b.slots[i].node)
		sums = append(sums, b.slots[i].links)
	}
	x.s.mu.RUnlock()
	if !good {
		return false
	}
	for _, sum := range sums {
		x.sum.addSum(sum)
	}
	return x.keep(&b.node, version)
}

func (x *linkIndex) refreshSlot(sl *slot) (full bool) {
	x.s.mu.RLock()
	version, traces := sl.changed, sl.home()
	x.s.mu.RUnlock()
	slices.SortFunc(traces, compareCandidates)
	for i := range traces {
		x.linker.addTrace(traces[i].recs)
	}
	return x.keep(&sl.node, version)
}

// parts collects, under one hold of the store's lock, what the links of w are the sum of:
// of most of the time it is what refresh has made. The newest part comes first.
func (x *linkIndex) parts(w window) (parts []linkPart) {
	x.s.mu.RLock()
	defer x.s.mu.RUnlock()
	x.s.times.newestFirst(blockOf(slotOf(w.end)), blockOf(slotOf(w.begin)), func(b *block) bool {
		if x.isGood(&b.node) && w.decides(&b.node, b.window()) {
			parts = append(parts, linkPart{sum: b.links})
			return true
		}
		for i := len(b.slots) - 1; i >= 0; i-- {
			sl := b.slots[i]
			switch {
			case sl.window().begin > w.end || sl.window().end < w.begin:
			case x.isGood(&sl.node) && w.decides(&sl.node, sl.window()):
				parts = append(parts, linkPart{sum: sl.links})
			default:
				parts = append(parts, linkPart{traces: sl.latest(w)})
			}
		}
		return true
	})
	return parts
}
