package store

import "slices"

// slotWalk is the position of a walk in the time index.
type slotWalk struct {
	key   int64    // of the current slot, or not before the next
	slot  *slot    // the current one; nil between two
	pos   int      // the traces of slot from here on were looked at
	moved int      // slot.moved at that time
	base  int      // index of the first candidate of slot in what was found
	fresh []uint64 // the low halves of those in slot that changed since the walk began

	// A large slot is read twice: first for the few that are needed, then for the
	// others.
	last  *candidate // of the few
	after *candidate // the last of the few, when the others are read
}

func (at *slotWalk) isBetween() bool { return at.slot == nil && at.after == nil }

// collectSlots takes slots, the latest first, until there are enough traces.
func (w *walker) collectSlots(svc *service) {
	resumed := w.at.slot != nil
	for left := maxStretch; left > 0; {
		if w.at.slot == nil && (len(w.found.held) >= w.want || !w.enter()) {
			return
		}
		left -= w.collectSlot(svc, left)
		if w.at.slot == nil && resumed {
			return // what was found must be noted first
		}
	}
}

// enter moves to the next slot, if there is one in the window. It skips only so many under
// one hold of the lock.
func (w *walker) enter() bool {
	at := &w.at
	sl, key := w.s.times.at(at.key)
	for skipped := 0; ; skipped++ {
		if sl == nil || key < slotOf(w.window.begin) {
			w.done = true
			return false
		}
		if key != at.key {
			at.key, at.after = key, nil
		}
		last := w.skip(sl)
		if at.after != nil || last == nil {
			break
		}
		if skipped == maxStretch {
			return false
		}
		at.key = last.key - 1
		sl, key = w.s.times.before(last)
	}
	at.slot, at.base = sl, len(w.found.held)
	w.restart()
	return true
}

// skip returns the last of the slots from sl on, back in time, that have nothing for the
// search: the first of its block, or sl itself, or nil.
func (w *walker) skip(sl *slot) *slot {
	b := sl.block
	switch {
	case sl == b.slots[len(b.slots)-1] && w.hasNone(&b.node, b.window()):
		return b.slots[0]
	case w.hasNone(&sl.node, sl.window()):
		return sl
	}
	return nil
}

// restart moves back to the end of the current slot.
func (w *walker) restart() {
	at := &w.at
	at.pos, at.moved, at.last, at.fresh = at.slot.end(), at.slot.moved, nil, at.fresh[:0]
	w.found.held = w.found.held[:at.base]
}

// collectSlot looks at up to most traces of the current slot and returns how many
// there were. Those that arrived last are first: mostly they are the latest too.
func (w *walker) collectSlot(svc *service, most int) int {
	at, sl := &w.at, w.at.slot
	if at.moved != sl.moved {
		w.restart()
	}
	from := at.pos
	for to := max(sl.first, from-most); at.pos > to; {
		at.pos--
		if t := sl.all[at.pos-sl.first]; !t.dead && (svc == nil || t.services.has(svc)) {
			w.consider(t)
		}
	}
	looked := from - at.pos
	w.looked += looked
	if at.pos <= sl.first {
		w.leave()
	}
	return looked
}

// consider takes t if its latest span in the window is in the current slot.
func (w *walker) consider(t *trace) {
	at := &w.at
	rank, ok := t.latestIn(w.window)
	if !ok || !w.due(t, slotOf(rank) == at.key) {
		return
	}
	c := candidate{t.low, rank, t.recs, t.digest}
	isFresh := t.changed > w.version
	switch {
	case at.last != nil && compareCandidates(c, *at.last) > 0:
		return
	case at.after != nil && !isFresh && compareCandidates(c, *at.after) <= 0:
		return
	}
	w.found.add(c)
	if isFresh {
		at.fresh = append(at.fresh, t.low)
	}
	if at.after == nil && !w.wantAll && len(w.found.held)-at.base >= 8*w.want {
		w.found.keep(at.base, w.want)
		last := w.found.held[len(w.found.held)-1]
		at.last = &last
	}
}

// leave ends the current slot.
func (w *walker) leave() {
	at := &w.at
	kept := w.found.held[at.base:]
	for _, low := range at.fresh { // which may be in another slot too
		if at.last == nil || slices.ContainsFunc(kept, func(c candidate) bool { return c.low == low }) {
			w.visited.add(low)
		}
	}
	at.slot, at.after = nil, at.last
	if at.after == nil {
		at.key--
	}
}
