package exectrace

import (
	"iter"
	"sort"
	"strings"
)

// GoID is the runtime's number of a goroutine. No goroutine has number 0. Several may
// have a number, one after the other: in a program with cgo each call of a C thread into
// Go is a goroutine, and the number belongs to what the runtime keeps for such calls.
type GoID int64

// Goroutine is a goroutine of the trace.
type Goroutine struct {
	ID GoID
	// Name is the function that it was started with; empty if no event has a stack of it.
	Name string
	// Creator is the goroutine that started it; zero if it is older than the trace, or
	// if the runtime started it.
	Creator GoID
	// Created is when it was created, or the start of the trace if it is Older.
	Created Time
	Older   bool // whether it was created before the trace began
	// Ended is when it ended, or began to wait forever; zero if neither happened in the
	// trace.
	Ended Time

	index     int32
	createdAt stackID
}

// goroutine is a Goroutine in the index. The rest is in its steps.
type goroutine struct {
	number      [2]uint32 // its id, in halves: an int64 would make it larger
	first, last blockID
	name        uint32
	pending     int32 // an index of what is pending of it, plus one; 0: nothing is; or one of these
}

func newGoroutine(id int64) goroutine {
	return goroutine{number: [2]uint32{uint32(id), uint32(id >> 32)}}
}

func (g *goroutine) id() GoID { return GoID(uint64(g.number[1])<<32 | uint64(g.number[0])) }

// What is in the place of what is pending of a goroutine that has ended at its last step,
// and no step follows any more; and of one that waits forever.
const (
	isGone = -1 - iota
	waitsForever
)

// ended is when a goroutine ended, or began to wait forever; zero if it did not.
func (t *Trace) ended(g *goroutine) Time {
	if g.pending >= 0 {
		return 0
	}
	return t.steps.end(g.last)
}

// Goroutines returns an iterator over the goroutines, in the order of their first events.
func (t *Trace) Goroutines() iter.Seq[Goroutine] {
	return func(yield func(Goroutine) bool) {
		for i, g := range t.goroutines.All() {
			if g.first != 0 && !yield(t.described(int32(i))) {
				return
			}
		}
	}
}

// Goroutine returns the goroutine with the given id: the last one, of several. It reports
// false if the trace has none.
func (t *Trace) Goroutine(id GoID) (Goroutine, bool) {
	i, ok := t.goroutineIDs.Lookup(uint64(id))
	if !ok || t.goroutine(i).first == 0 {
		return Goroutine{}, false
	}
	return t.described(i), true
}

// GoroutinesOf returns the goroutines with the given id, in the order of their beginnings.
// There are several only in programs with cgo.
func (t *Trace) GoroutinesOf(id GoID) (all []Goroutine) {
	for _, i := range t.withID(id) {
		all = append(all, t.described(i))
	}
	return all
}

// Numbers returns an iterator over the goroutines of which none with the same id is earlier,
// in the order of their first events, with when the last one with that id ended: the end of
// the trace if one did not.
func (t *Trace) Numbers() iter.Seq2[Goroutine, Time] {
	return func(yield func(Goroutine, Time) bool) {
		for g := range t.Goroutines() {
			until, same := t.until(g), t.sameID[g.ID]
			if same != nil && same[0] != g.index {
				continue
			}
			for _, i := range same {
				until = max(until, t.until(t.described(i)))
			}
			if !yield(g, until) {
				return
			}
		}
	}
}

// withID returns the indices of the goroutines with a number, in the order of their
// beginnings.
func (t *Trace) withID(id GoID) (indices []int32) {
	all := t.sameID[id]
	if i, ok := t.goroutineIDs.Lookup(uint64(id)); ok && id != 0 && all == nil {
		all = []int32{i}
	}
	for _, i := range all {
		if t.goroutine(i).first != 0 {
			indices = append(indices, i)
		}
	}
	return indices
}

// indexAt is the index of the goroutine that had an id at a moment, or none.
func (t *Trace) indexAt(id GoID, at Time) int32 {
	i, ok := t.goroutineIDs.Lookup(uint64(id))
	if !ok || id == 0 {
		return none
	}
	if all := t.sameID[id]; all != nil {
		later := sort.Search(len(all), func(n int) bool { return t.described(all[n]).Created > at })
		return all[max(later-1, 0)]
	}
	return i
}

func (t *Trace) goroutine(i int32) *goroutine { return t.goroutines.At(int(i)) }

func (t *Trace) described(i int32) Goroutine {
	g := t.goroutine(i)
	c := t.steps.read(g.first)
	first, _ := c.step()
	d := Goroutine{ID: g.id(), Name: t.text.text(g.name), Created: first.at, Older: first.cause != CauseCreated, index: i}
	if !d.Older {
		d.Creator = t.idOf(first.who)
		d.createdAt = first.stack
	}
	d.Ended = t.ended(g)
	return d
}

// CreatedAt returns the stack of the go statement that started g, the innermost frame
// first, or nil if g is older than the trace.
func (t *Trace) CreatedAt(g Goroutine) []Frame {
	return t.stacks.stack(g.createdAt)
}

// System reports whether g is a goroutine of the runtime, by its name. A goroutine
// without a name counts as one.
func (g Goroutine) System() bool {
	// As runtime.isSystemGoroutine, seen from outside.
	return g.Name == "" || g.Name != "runtime.main" && strings.HasPrefix(g.Name, "runtime.")
}

// until is when g ended, or the end of the trace.
func (t *Trace) until(g Goroutine) Time {
	if g.Ended != 0 {
		return g.Ended
	}
	return t.End
}
