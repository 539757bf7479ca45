package exectrace

import "encoding/binary"

// cursor reads the steps of a chain.
type cursor struct {
	s     *steps
	block []byte // what is left of it
	next  blockID
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
		c.block, c.next = nil, 0
		return
	}
	b := c.s.block(id)
	c.next = c.s.after(id)
	at := 1
	if b[0]&mayGoOn != 0 {
		at += 4
	}
	since, n := binary.Varint(b[at:])
	c.at = c.s.zero + Time(since)
	c.block = b[at+n:][:b[0]&^mayGoOn]
}

// step returns the next one, or false after the last.
func (c *cursor) step() (step, bool) {
	if len(c.block) == 0 {
		c.enter(c.next)
		if len(c.block) == 0 {
			return step{}, false
		}
	}
	kind := c.block[0]
	c.block = c.block[1:]
	x := kinds[kind&15]
	since := c.varint()
	if kind&inTicks != 0 {
		since <<= tickBits
	}
	c.at += Time(since)
	x.at = c.at
	if x.state.hasStack() {
		x.stack = stackID(c.varint())
	}
	if kind&hasReason != 0 {
		x.reason = c.block[0]
		c.block = c.block[1:]
	}
	if kind&hasWho != 0 {
		x.who = int32(c.varint())
	}
	return x, true
}

// skim is step for who needs only when it is, which is then c.at, the state and the reason.
func (c *cursor) skim() (state State, reason uint8, ok bool) {
	b := c.block
	if len(b) == 0 {
		c.enter(c.next)
		if b = c.block; len(b) == 0 {
			return 0, 0, false
		}
	}
	kind := b[0]
	c.block = b[1:]
	since := c.short()
	if kind&inTicks != 0 {
		since <<= tickBits
	}
	c.at += Time(since)
	state = kinds[kind&15].state
	if state.hasStack() {
		c.pass()
	}
	if kind&hasReason != 0 {
		reason = c.block[0]
		c.block = c.block[1:]
	}
	if kind&hasWho != 0 {
		c.pass()
	}
	return state, reason, true
}

// short is varint, quicker for what takes two bytes at most.
func (c *cursor) short() uint64 {
	b := c.block
	switch {
	case len(b) > 0 && b[0] < 0x80:
		c.block = b[1:]
		return uint64(b[0])
	case len(b) > 1 && b[1] < 0x80:
		c.block = b[2:]
		return uint64(b[0]&0x7f) | uint64(b[1])<<7
	}
	return c.varint()
}

// pass passes over a varint.
func (c *cursor) pass() {
	for i, b := range c.block {
		if b < 0x80 {
			c.block = c.block[i+1:]
			return
		}
	}
	c.block = nil
}

func (c *cursor) varint() uint64 {
	v, n := binary.Uvarint(c.block)
	c.block = c.block[n:]
	return v
}

// end is when the last step of a chain is, of which a block is the last.
func (s *steps) end(last blockID) Time {
	c := s.read(last)
	for _, ok := c.step(); ok; _, ok = c.step() {
	}
	return c.at
}

// since is the time that the first step of a block counts from: the time of that step,
// in the first block of a chain.
func (s *steps) since(id blockID) Time {
	c := s.read(id)
	return c.at
}

// after is the block that follows in the chain; zero: none does.
func (s *steps) after(id blockID) blockID {
	b := s.block(id)
	if b[0]&mayGoOn == 0 {
		return 0
	}
	return blockID(binary.LittleEndian.Uint32(b[1:]))
}

// skipTo moves on to the last block of which a step is not later than at.
func (c *cursor) skipTo(at Time) {
	for c.next != 0 {
		next := cursor{s: c.s}
		next.enter(c.next)
		if x, ok := next.step(); !ok || x.at > at {
			return
		}
		c.enter(c.next)
	}
}
