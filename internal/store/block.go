package store

import (
	"math"
	"math/bits"
	"slices"
)

// blockShift makes a block of 64 slots, about a minute.
const blockShift = 6

func blockOf(slotKey int64) int64 { return slotKey >> blockShift }

// node is what slots and blocks have in common: what is known of all traces that have
// their home in them. Readers make it when they first need it, and it is good for as
// long as changed is what it was. All but the pointers is guarded by Store.mu.
type node struct {
	key     int64
	changed uint64 // number of the last change of a trace at home here
	reach   int64  // key of the latest slot that a trace which is listed here has its home in, or had
	closed  bool   // no longer in the index
	links   *linkSum
	sum     *nodeSum
}

// block holds the slots of one period.
type block struct {
	node
	have  uint64  // a bit for each slot that there is
	slots []*slot // ascending
}

// index is where in slots the slot with a key is or would be.
func (b *block) index(key int64) (i int, found bool) {
	bit := uint64(1) << (key & (1<<blockShift - 1))
	return bits.OnesCount64(b.have & (bit - 1)), b.have&bit != 0
}

func (b *block) slot(key int64) *slot {
	if i, found := b.index(key); found {
		return b.slots[i]
	}
	return nil
}

// at finds the slot with a key, or the one of the block before it; nil when there is none.
func (b *block) at(key int64) *slot {
	i := len(b.slots) - 1
	if blockOf(key) == b.key {
		at, found := b.index(key)
		if i = at; !found {
			i--
		}
	}
	if i < 0 {
		return nil
	}
	return b.slots[i]
}

func (b *block) insert(sl *slot) {
	i, _ := b.index(sl.key)
	b.slots = slices.Insert(b.slots, i, sl)
	b.have |= 1 << (sl.key & (1<<blockShift - 1))
}

func (b *block) remove(sl *slot) {
	i, _ := b.index(sl.key)
	b.slots = slices.Delete(b.slots, i, i+1)
	b.have &^= 1 << (sl.key & (1<<blockShift - 1))
}

// extend notes that a trace in the slot has its home in the slot with a key.
func (sl *slot) extend(home int64) {
	sl.reach = max(sl.reach, home)
	sl.block.reach = max(sl.block.reach, home)
}

// slotWindow is the time of the slots from one key to another.
func slotWindow(first, last int64) window {
	return window{first << slotShift, last<<slotShift + 1<<slotShift - 1}
}

func (sl *slot) window() window { return slotWindow(sl.key, sl.key) }

func (b *block) window() window {
	return slotWindow(b.key<<blockShift, b.key<<blockShift+1<<blockShift-1)
}

// decides reports whether what is known of n, whose window is given, decides all that a
// query with the window w needs of it: it has all of it, and nothing of traces that go on
// after the end of w, which a query finds at another time than that of their last span.
func (w window) decides(n *node, of window) bool {
	return of.begin >= w.begin && of.end <= w.end && slotWindow(n.reach, n.reach).end <= w.end
}

// home lists the traces that have their home in the slot, with the time of their last span, in no order.
func (sl *slot) home() []candidate { return sl.latest(window{math.MinInt64, math.MaxInt64}) }

// latest lists the traces whose last span in w is in the slot, in no order. The
// store is locked.
func (sl *slot) latest(w window) (found []candidate) {
	for _, t := range sl.all {
		if t.dead {
			continue
		}
		if rank, ok := t.latestIn(w); ok && slotOf(rank) == sl.key {
			found = append(found, candidate{t.low, rank, t.recs, t.digest})
		}
	}
	return found
}
