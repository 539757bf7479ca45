package store

import "slices"

// slotShift makes a slot of the time index 1024 ms wide: narrow enough to sort
// one in no time at a thousand traces a second, wide enough that a trace is in
// one or two.
const slotShift = 10

func slotOf(ms int64) int64 { return ms >> slotShift }

// slot holds the traces with a span in one period of 1024 ms. The traces whose last
// span is in it have their home there: each trace has one.
type slot struct {
	traceList
	node
	block *block
}

// timeIndex finds traces by time, newest first.
type timeIndex struct {
	blocks  map[int64]*block
	keys    []int64 // of blocks, ascending; may name blocks that are gone
	pending []int64 // keys not yet among keys
	gone    int     // keys without a block
	slots   int     // number of them
	changes uint64  // numbers the changes of nodes
}

// add files t under ms. mergePending must follow before anything is looked up.
func (x *timeIndex) add(t *trace, ms int64) {
	key := slotOf(ms)
	if !t.slots.add(key) {
		return
	}
	sl := x.slot(key)
	if sl == nil {
		sl = x.open(key)
	}
	sl.add(t)
}

// slot is the slot with the given key, nil when there is none.
func (x *timeIndex) slot(key int64) *slot {
	if b := x.blocks[blockOf(key)]; b != nil {
		return b.slot(key)
	}
	return nil
}

func (x *timeIndex) open(key int64) *slot {
	b := x.blocks[blockOf(key)]
	if b == nil {
		b = x.openBlock(blockOf(key))
	}
	sl := &slot{block: b, node: node{key: key}}
	b.insert(sl)
	x.slots++
	return sl
}

func (x *timeIndex) openBlock(key int64) *block {
	b := &block{node: node{key: key}}
	x.blocks[key] = b
	if _, stale := slices.BinarySearch(x.keys, key); stale {
		x.gone--
	} else {
		x.pending = append(x.pending, key)
	}
	return b
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

// remove counts t, which is dead, out of its slots, and returns those that it was
// the last of.
func (x *timeIndex) remove(t *trace) (closed []*slot) {
	for _, key := range t.slots.list {
		sl := x.slot(key)
		sl.forget()
		if len(sl.all) == 0 {
			closed = x.close(sl, closed)
		}
	}
	x.touch(slotOf(t.maxMs))
	if x.gone*2 > len(x.keys) {
		x.keys = slices.DeleteFunc(x.keys, func(key int64) bool { return x.blocks[key] == nil })
		x.gone = 0
	}
	return closed
}

// close removes a slot, and its block with the last one.
func (x *timeIndex) close(sl *slot, closed []*slot) []*slot {
	b := sl.block
	x.changes++
	sl.closed, b.changed = true, x.changes
	b.remove(sl)
	x.slots--
	closed = append(closed, sl)
	if len(b.slots) == 0 {
		b.closed = true
		delete(x.blocks, b.key)
		x.gone++
	}
	return closed
}

// size estimates the memory in use.
func (x *timeIndex) size() int64 {
	const slotSize = 112 + 16       // the struct, and a pointer to it
	const blockSize = 112 + 40 + 16 // the struct, its map entry, its key
	return int64(x.slots)*slotSize + int64(len(x.blocks))*blockSize
}

// at finds the slot with the given key, or the one before it in time; nil when
// there is none.
func (x *timeIndex) at(key int64) (*slot, int64) {
	i, found := slices.BinarySearch(x.keys, blockOf(key))
	if !found {
		i--
	}
	for ; i >= 0; i-- {
		if b := x.blocks[x.keys[i]]; b != nil {
			if sl := b.at(key); sl != nil {
				return sl, sl.key
			}
		}
	}
	return nil, 0
}

// before finds the slot before one that is in the index; nil when there is none.
func (x *timeIndex) before(sl *slot) (*slot, int64) {
	if i, _ := sl.block.index(sl.key); i > 0 {
		before := sl.block.slots[i-1]
		return before, before.key
	}
	return x.at(sl.block.key<<blockShift - 1)
}

// newestFirst yields the blocks from a key back to another, both included.
func (x *timeIndex) newestFirst(from, to int64, yield func(*block) bool) {
	i, found := slices.BinarySearch(x.keys, from)
	if !found {
		i--
	}
	for ; i >= 0 && x.keys[i] >= to; i-- {
		if b := x.blocks[x.keys[i]]; b != nil && !yield(b) {
			return
		}
	}
}

// moved notes that t has changed, whose home was the slot
// with the key before, or none with noHome.
func (x *timeIndex) moved(t *trace, before int64, slotsBefore int) {
	home := slotOf(t.maxMs)
	if before != noHome && before != home {
		x.touch(before)
	}
	x.touch(home)
	from := slotsBefore
	if before != home {
		from = 0
	}
	for _, key := range t.slots.list[from:] {
		x.slot(key).extend(home)
	}
}

// noHome is the home of a trace that is new.
const noHome = -1 << 62

// touch notes that a trace with its home in a slot has changed, come or gone.
func (x *timeIndex) touch(key int64) {
	if sl := x.slot(key); sl != nil {
		x.changes++
		sl.changed, sl.block.changed = x.changes, x.changes
	}
}
