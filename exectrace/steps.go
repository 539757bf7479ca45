package exectrace

import (
	"encoding/binary"
	"time"
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
// bytes, each with the time that its first step counts from.
//
// A block is:
//
//	4 bytes   the next block; zero: none
//	1 byte    its size, as a power of two
//	1 byte    how many bytes of it are written
//	2 bytes   not used
//	8 bytes   the time before its first step
//	          steps
//
// and a step is a byte of State, How and what else it has, then varints: the time
// since the step before, the stack unless its state has none, reason and who.
type steps struct {
	slabs [][]byte
	used  int // of the last one
}

// blockID names a block: its place, in units of 16 bytes. Zero is none.
type blockID uint32

const (
	slab        = 1 << 20
	blockUnit   = 16
	blockHeader = 16
	minBlock    = 5 // powers of two
	maxBlock    = 7
	maxStep     = 1 + binary.MaxVarintLen64 + 1 + 2*binary.MaxVarintLen32
)

// chain is what a goroutine knows of its steps.
type chain struct {
	first, last blockID
	at          Time // of the last step
}

const (
	hasReason = 1 << 6
	hasWho    = 1 << 7
)

func (s *steps) block(id blockID) []byte {
	at := int(id) * blockUnit
	b := s.slabs[at/slab][at%slab:]
	return b[:1<<b[4]]
}

// room returns a block that can take n more bytes.
func (s *steps) room(c *chain, n int) []byte {
	if c.last == 0 {
		return s.grow(c, minBlock)
	}
	b := s.block(c.last)
	if len(b)-int(b[5]) >= n {
		return b
	}
	return s.grow(c, min(int(b[4])+1, maxBlock))
}

func (s *steps) grow(c *chain, size int) []byte {
	if len(s.slabs) == 0 || s.used+1<<size > slab {
		s.used = 0
		if len(s.slabs) == 0 {
			s.used = blockUnit // zero is none
		}
		s.slabs = append(s.slabs, make([]byte, slab))
	}
	id := blockID(((len(s.slabs)-1)*slab + s.used) / blockUnit)
	b := s.slabs[len(s.slabs)-1][s.used:][:1<<size]
	s.used += 1 << size
	b[4], b[5] = byte(size), blockHeader
	binary.LittleEndian.PutUint64(b[8:], uint64(c.at))
	if c.last == 0 {
		c.first = id
	} else {
		binary.LittleEndian.PutUint32(s.block(c.last), uint32(id))
	}
	c.last = id
	return b
}

// add adds a step to a chain. Time does not go back: what says so is taken to be
// at the time of the step before.
func (s *steps) add(c *chain, x step) {
	if c.last == 0 {
		c.at = x.at
	}
	x.at = max(x.at, c.at)
	if c.last != 0 {
		if b := s.block(c.last); len(b)-int(b[5]) >= maxStep { // there is room for any
			b[5] = byte(len(x.append(b[:b[5]], x.at.Sub(c.at))))
			c.at = x.at
			return
		}
	}
	var space [maxStep]byte
	text := x.append(space[:0], x.at.Sub(c.at))
	b := s.room(c, len(text))
	b[5] += byte(copy(b[b[5]:], text))
	c.at = x.at
}

func (x step) append(b []byte, since time.Duration) []byte {
	kind := byte(x.state) | byte(x.cause)<<3
	if x.reason != 0 {
		kind |= hasReason
	}
	if x.who != none {
		kind |= hasWho
	}
	b = append(b, kind)
	b = binary.AppendUvarint(b, uint64(since))
	if x.state.hasStack() {
		b = binary.AppendUvarint(b, uint64(x.stack))
	}
	if x.reason != 0 {
		b = append(b, x.reason)
	}
	if x.who != none {
		b = binary.AppendUvarint(b, uint64(x.who))
	}
	return b
}

// hasStack reports whether it is of interest where a goroutine was.
func (s State) hasStack() bool { return s == StateWaiting || s == StateRunnable || s == StateSyscall }

// cursor reads the steps of a chain.
type cursor struct {
	s     *steps
	block []byte
	next  int // of the block
	at    Time
}

// read begins at a block.
func (s *steps) read(id blockID) cursor {
	c := cursor{s: s}
	c.enter(id)
	return c
}

func (c *cursor) enter(id blockID) {
	if id == 0 {
		c.block = nil
		return
	}
	c.block = c.s.block(id)
	c.next = blockHeader
	c.at = Time(binary.LittleEndian.Uint64(c.block[8:]))
}

// step returns the next one, or false after the last.
func (c *cursor) step() (step, bool) {
	for c.block != nil && c.next == int(c.block[5]) {
		c.enter(blockID(binary.LittleEndian.Uint32(c.block)))
	}
	if c.block == nil {
		return step{}, false
	}
	kind := c.block[c.next]
	c.next++
	x := step{state: State(kind & 7), cause: Cause(kind >> 3 & 7), who: none}
	c.at += Time(c.varint())
	x.at = c.at
	if x.state.hasStack() {
		x.stack = stackID(c.varint())
	}
	if kind&hasReason != 0 {
		x.reason = c.block[c.next]
		c.next++
	}
	if kind&hasWho != 0 {
		x.who = int32(c.varint())
	}
	return x, true
}

func (c *cursor) varint() uint64 {
	v, n := binary.Uvarint(c.block[c.next:])
	c.next += n
	return v
}

// after is the block that follows in the chain; zero: none does.
func (s *steps) after(id blockID) blockID {
	return blockID(binary.LittleEndian.Uint32(s.block(id)))
}

// skipTo moves on to the last block of which a step is not later than at.
func (c *cursor) skipTo(at Time) {
	for c.block != nil {
		id := blockID(binary.LittleEndian.Uint32(c.block))
		next := cursor{s: c.s}
		next.enter(id)
		if x, ok := next.step(); !ok || x.at > at {
			return
		}
		c.enter(id)
	}
}
