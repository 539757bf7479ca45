package store

import "slices"

// slotWalk is how far a walk is in the time index.
type slotWalk struct {
	key   int64    // of the slot at hand, or not before the next
	slot  *slot    // at hand; nil between two
	place int      // from which on the traces of slot were looked at
	moved int      // slot.moved at that time
	base  int      // in what was found, where that of slot begins
	fresh []uint64 // the low halves of those in slot that changed since the walk began

	// A large slot is gone through twice, first for the few that are wanted.
	cut   *candidate // the last of these; the others are for later
	after *candidate // what cut was the first time: the others come now
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
			return // what was found is to be noted before one goes on
		}
	}
}

// enter goes on to the next slot, if there is one in the window.
func (w *walker) enter() bool {
	at := &w.at
	sl, key := w.s.times.at(at.key)
	if sl == nil || key < slotOf(w.window.begin) {
		w.done = true
		return false
	}
	if key != at.key {
		at.key, at.after = key, nil
	}
	at.slot, at.base = sl, len(w.found.held)
	w.restart()
	return true
}

// restart goes back to the end of the slot at hand.
func (w *walker) restart() {
	at := &w.at
	at.place, at.moved, at.cut, at.fresh = at.slot.end(), at.slot.moved, nil, at.fresh[:0]
	w.found.held = w.found.held[:at.base]
}

// collectSlot looks at up to most traces of the slot at hand and returns how
// many there were. Those that came last are first: for the most part they are
// the latest too.
func (w *walker) collectSlot(svc *service, most int) int {
	at, sl := &w.at, w.at.slot
	if at.moved != sl.moved {
		w.restart()
	}
	from := at.place
	for to := max(sl.first, from-most); at.place > to; {
		at.place--
		if t := sl.all[at.place-sl.first]; !t.dead && (svc == nil || t.services.has(svc)) {
			w.consider(t)
		}
	}
	looked := from - at.place
	w.looked += looked
	if at.place <= sl.first {
		w.leave()
	}
	return looked
}

// consider takes t if its latest span in the window is in the slot at hand.
func (w *walker) consider(t *trace) {
	at := &w.at
	rank, ok := t.latestIn(w.window)
	if !ok || !w.due(t, slotOf(rank) == at.key) {
		return
	}
	c := candidate{t.low, rank, t.recs}
	isFresh := t.changed > w.version
	switch {
	case at.cut != nil && compareCandidates(c, *at.cut) > 0:
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
		at.cut = &last
	}
}

// leave ends the way through the slot at hand.
func (w *walker) leave() {
	at := &w.at
	kept := w.found.held[at.base:]
	for _, low := range at.fresh { // which may be in another slot too
		if at.cut == nil || slices.ContainsFunc(kept, func(c candidate) bool { return c.low == low }) {
			w.visited.add(low)
		}
	}
	at.slot, at.after = nil, at.cut
	if at.after == nil {
		at.key--
	}
}
