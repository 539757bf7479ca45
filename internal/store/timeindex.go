package store

import "slices"

// slotShift makes a slot of the time index 1024 ms wide: narrow enough to sort
// one in no time at a thousand traces a second, wide enough that a trace is in
// one or two.
const slotShift = 10

func slotOf(ms int64) int64 { return ms >> slotShift }

// slot holds the traces with a span in one period of 1024 ms.
type slot struct{ traceList }

// timeIndex finds traces by time, newest first.
type timeIndex struct {
	slots   map[int64]*slot
	keys    []int64 // ascending; may name slots that are gone
	pending []int64 // keys not yet among keys
	gone    int     // keys without a slot
}

// add files t under ms. mergePending must follow before anything is looked up.
func (x *timeIndex) add(t *trace, ms int64) {
	key := slotOf(ms)
	if !t.slots.add(key) {
		return
	}
	sl := x.slots[key]
	if sl == nil {
		sl = x.open(key)
	}
	sl.add(t)
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

// mergePending merges new keys into the sorted ones: once a batch, since clients
// report spans in any order of time.
func (x *timeIndex) mergePending() {
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

// remove counts t as dead.
func (x *timeIndex) remove(t *trace) {
	for _, key := range t.slots.list {
		sl := x.slots[key]
		sl.forget()
		if len(sl.all) == 0 {
			delete(x.slots, key)
			x.gone++
		}
	}
	if x.gone*2 > len(x.keys) {
		x.keys = slices.DeleteFunc(x.keys, func(key int64) bool { return x.slots[key] == nil })
		x.gone = 0
	}
}

// at finds the slot with the given key, or the one before it in time; nil when
// there is none.
func (x *timeIndex) at(key int64) (*slot, int64) {
	i, found := slices.BinarySearch(x.keys, key)
	if !found {
		i--
	}
	for ; i >= 0; i-- {
		if sl := x.slots[x.keys[i]]; sl != nil {
			return sl, x.keys[i]
		}
	}
	return nil, 0
}
