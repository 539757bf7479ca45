package store

import (
	"cmp"
	"slices"
)

// slotShift makes a slot of the time index 1024 ms wide: narrow enough to sort
// one in no time at a thousand traces a second, wide enough that a trace is in
// one or two.
const slotShift = 10

func slotOf(ms int64) int64 { return ms >> slotShift }

// slot holds the traces with a span in one stretch of time.
type slot struct {
	traces []*trace // the dead ones too
	dead   int
	sorted bool // oldest last, as eviction takes them
}

// timeIndex finds traces by time, newest or oldest first.
type timeIndex struct {
	slots   map[int64]*slot
	keys    []int64 // ascending; may name slots that are gone
	pending []int64 // keys not yet among keys
	gone    int     // keys without a slot
}

// add files t under ms, before t has the span of that time. settle must follow
// before anything is looked up.
func (x *timeIndex) add(t *trace, ms int64) {
	key := slotOf(ms)
	if len(t.recs) > 0 && ms >= t.minMs && t.slots.has(key) {
		return
	}
	sl := x.slots[key]
	if t.slots.add(key) {
		if sl == nil {
			sl = x.open(key)
		}
		sl.traces = append(sl.traces, t)
	}
	sl.sorted = false
}

func (x *timeIndex) open(key int64) *slot {
	sl := &slot{}
	x.slots[key] = sl
	if _, stale := slices.BinarySearch(x.keys, key); stale {
		x.gone--
	} else {
		x.pending = append(x.pending, key)
	}
	return sl
}

// settle merges new keys into the sorted ones: once a batch, since clients
// report spans in any order of time.
func (x *timeIndex) settle() {
	if len(x.pending) == 0 {
		return
	}
	slices.Sort(x.pending)
	n := len(x.keys)
	x.keys = append(x.keys, x.pending...)
	if n > 0 && x.pending[0] < x.keys[n-1] {
		mergeTail(x.keys, x.pending)
	}
	x.pending = x.pending[:0]
}

// mergeTail merges tail, which is sorted, into the sorted front of keys, whose
// length is that of both.
func mergeTail(keys, tail []int64) {
	i, j := len(keys)-len(tail)-1, len(tail)-1
	for at := len(keys) - 1; j >= 0; at-- {
		if i >= 0 && keys[i] > tail[j] {
			keys[at] = keys[i]
			i--
		} else {
			keys[at] = tail[j]
			j--
		}
	}
}

// remove notes that t died.
func (x *timeIndex) remove(t *trace) {
	for _, key := range t.slots.list {
		sl := x.slots[key]
		sl.dead++
		if sl.dead == len(sl.traces) {
			delete(x.slots, key)
			x.gone++
		} else if sl.dead*2 > len(sl.traces) {
			sl.traces = slices.DeleteFunc(sl.traces, func(t *trace) bool { return t.dead })
			sl.dead = 0
		}
	}
	if x.gone*2 > len(x.keys) {
		x.keys = slices.DeleteFunc(x.keys, func(key int64) bool { return x.slots[key] == nil })
		x.gone = 0
	}
}

// oldestFirst yields the live traces by their earliest span, the smaller id
// first among equals. A trace comes once for each of its slots. Nothing may be
// added or removed meanwhile.
func (x *timeIndex) oldestFirst(yield func(*trace) bool) {
	for len(x.keys) > 0 && x.slots[x.keys[0]] == nil {
		x.keys = x.keys[1:]
		x.gone--
	}
	for _, key := range x.keys {
		sl := x.slots[key]
		if sl == nil {
			continue
		}
		sl.sort()
		for i := len(sl.traces) - 1; i >= 0; i-- {
			if t := sl.traces[i]; !t.dead && !yield(t) {
				return
			}
		}
	}
}

// sort puts the oldest trace last and lets go of the dead ones there.
func (sl *slot) sort() {
	for n := len(sl.traces); n > 0 && sl.traces[n-1].dead; n-- {
		sl.traces[n-1] = nil
		sl.traces = sl.traces[:n-1]
		sl.dead--
	}
	if sl.sorted {
		return
	}
	slices.SortFunc(sl.traces, func(a, b *trace) int {
		return cmp.Or(-cmp.Compare(a.minMs, b.minMs), -cmp.Compare(a.low, b.low))
	})
	sl.sorted = true
}
