package exectrace

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
)

// step is the beginning of an Interval, which lasts until the goroutine's next.
type step struct {
	at     Time
	state  State
	cause  Cause
	reason uint8
	stack  stackID
	who    int32 // an executing one's thread, another's By: an index, or none
}

// none is the index of nothing.
const none = -1

// steps holds the steps of all goroutines. There are as many as a trace has
// state transitions, and in the trace they take five bytes each, so that here
// they are written small too: what a goroutine did is a chain of blocks of
// bytes, each with the time that its first step counts from. A block has the size of
// what is in it: most goroutines are short, and have one.
//
// A block is:
//
//	1 byte    how many bytes its steps take, and whether a block may follow
//	4 bytes   the block that follows, if one may; zero: none does
//	varint    the time before its first step, from the beginning of the trace
//	          steps
//
// and a step is a byte of State, Cause and what else it has, then varints: the time
// since the step before, the stack unless its state has none, reason and who. Most clocks
// of traces have ticks of 64 ns: times are in ticks where they can be.
type steps struct {
	slabs [][]byte
	used  int // of the last one
	zero  Time
	full  bool // there are more than can be named
}

// blockID names a block: its place, in units of 2 bytes. Zero is none.
type blockID uint32

const (
	slab      = 1 << 20
	blockUnit = 2
	mayGoOn   = 1 << 7 // in the first byte of a block
	maxHeader = 1 + 4 + binary.MaxVarintLen64
	maxSlabs  = math.MaxUint32 / (slab / blockUnit)
	maxStep   = 1 + binary.MaxVarintLen64 + 1 + 2*binary.MaxVarintLen32
)

// The first byte of a step: four bits of State and Cause, and these.
const (
	inTicks   = 1 << 4
	hasReason = 1 << 5
	hasWho    = 1 << 6

	tickBits = 6 // as a power of two
)

const (
	bornWaiting = 7 // a coroutine begins so
	isRunnable  = 8 // and why
)

func (x *step) kind() byte {
	switch {
	case x.cause == CauseUnknown:
		return byte(x.state)
	case x.state == StateWaiting:
		return bornWaiting
	}
	return isRunnable | byte(x.cause)
}

// kinds are the states and causes by kind.
var kinds = func() (t [16]step) {
	for i := range t {
		switch {
		case i < bornWaiting:
			t[i].state = State(i)
		case i == bornWaiting:
			t[i].state, t[i].cause = StateWaiting, CauseCreated
		default:
			t[i].state, t[i].cause = StateRunnable, Cause(i&^isRunnable)
		}
		t[i].who = none
	}
	return t
}()

func (s *steps) block(id blockID) []byte {
	at := int(id) * blockUnit
	return s.slabs[at/slab][at%slab:]
}

// write writes a block behind the one that is before it in its chain; zero: it is the
// first. Without goesOn it is the last.
func (s *steps) write(before blockID, since Time, text []byte, goesOn bool) blockID {
	if len(s.slabs) == 0 || s.used+maxHeader+len(text) > slab {
		if len(s.slabs) == maxSlabs {
			s.full = true
			return 0
		}
		s.used = 0
		if len(s.slabs) == 0 {
			s.used = blockUnit // zero is none
		}
		s.slabs = append(s.slabs, make([]byte, slab))
	}
	id := blockID(((len(s.slabs)-1)*slab + s.used) / blockUnit)
	b := s.slabs[len(s.slabs)-1][s.used:]
	b[0] = byte(len(text))
	n := 1
	if goesOn {
		b[0] |= mayGoOn
		n += 4
	}
	n += binary.PutVarint(b[n:], int64(since-s.zero))
	n += copy(b[n:], text)
	s.used += (n + blockUnit - 1) &^ (blockUnit - 1)
	if before != 0 {
		binary.LittleEndian.PutUint32(s.block(before)[1:], uint32(id))
	}
	return id
}

// trim gives back the room behind the last block.
func (s *steps) trim() {
	if last := len(s.slabs) - 1; last >= 0 {
		s.slabs[last] = bytes.Clone(s.slabs[last][:s.used])
	}
}

// size is how many bytes put writes.
func (x *step) size(since uint64) int {
	if since&(1<<tickBits-1) == 0 {
		since >>= tickBits
	}
	n := 1 + numberSize(since)
	if x.state.hasStack() {
		n += numberSize(uint64(x.stack))
	}
	if x.reason != 0 {
		n++
	}
	if x.who != none {
		n += numberSize(uint64(x.who))
	}
	return n
}

// numberSize is how many bytes a varint takes.
func numberSize(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// put writes the step, since so long after the one before, and returns its size.
func (x *step) put(b []byte, since uint64) int {
	kind := x.kind()
	if since&(1<<tickBits-1) == 0 {
		kind |= inTicks
		since >>= tickBits
	}
	n := 1 + binary.PutUvarint(b[1:], since)
	if x.state.hasStack() {
		n += binary.PutUvarint(b[n:], uint64(x.stack))
	}
	if x.reason != 0 {
		kind |= hasReason
		b[n] = x.reason
		n++
	}
	if x.who != none {
		kind |= hasWho
		n += binary.PutUvarint(b[n:], uint64(x.who))
	}
	b[0] = kind
	return n
}

// hasStack reports whether it is of interest where a goroutine was.
func (s State) hasStack() bool { return s == StateWaiting || s == StateRunnable || s == StateSyscall }
