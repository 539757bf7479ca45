package decode

import (
	"encoding/binary"
	"math/bits"
)

// Numbers are read without a look at where the bytes end. Behind the last byte of a
// segment there is room for the longest event, and that an event has not reached beyond
// its batch is seen afterwards, once. One byte and two are told apart by branches: what a
// goroutine does it does again, and a processor foresees that. Computing without branches
// is slower.

const (
	segmentBits = 17
	segmentSize = 1 << segmentBits
	segmentMask = segmentSize - 1
	// slack is more than the longest event: a type, a time and four arguments.
	slack = 1 + 5*binary.MaxVarintLen64 + 13
)

// segment is a piece of the file in which no batch is cut. Whatever an offset is, a read
// is within it.
type segment [segmentSize + slack]byte

// word is the eight bytes at an offset.
func (s *segment) word(at uint32) uint64 {
	at &= segmentMask
	return binary.LittleEndian.Uint64(s[at : at+8])
}

// number reads a number, and returns the offset behind it.
func (s *segment) number(at uint32) (uint64, uint32) {
	w := s.word(at)
	if w&0x80 == 0 {
		return w & 0x7f, at + 1
	}
	return s.long(w, at)
}

// numbers reads n of them into to.
func (s *segment) numbers(to *[4]uint64, n uint8, at uint32) uint32 {
	for i := range n {
		w := s.word(at)
		switch {
		case w&0x80 == 0:
			to[i&3] = w & 0x7f
			at++
		case w&0x8000 == 0:
			to[i&3] = w&0x7f | w>>1&0x3f80
			at += 2
		case w&0x800000 == 0:
			to[i&3] = w&0x7f | w>>1&0x3f80 | w>>2&0x1fc000
			at += 3
		default:
			to[i&3], at = s.long(w, at)
		}
	}
	return at
}

// two reads two of them.
func (s *segment) two(to *[4]uint64, at uint32) uint32 {
	w := s.word(at)
	switch {
	case w&0x80 == 0:
		to[0] = w & 0x7f
		at++
	case w&0x8000 == 0:
		to[0] = w&0x7f | w>>1&0x3f80
		at += 2
	case w&0x800000 == 0:
		to[0] = w&0x7f | w>>1&0x3f80 | w>>2&0x1fc000
		at += 3
	default:
		to[0], at = s.long(w, at)
	}
	w = s.word(at)
	switch {
	case w&0x80 == 0:
		to[1] = w & 0x7f
		return at + 1
	case w&0x8000 == 0:
		to[1] = w&0x7f | w>>1&0x3f80
		return at + 2
	}
	to[1], at = s.long(w, at)
	return at
}

// three reads three of them.
func (s *segment) three(to *[4]uint64, at uint32) uint32 {
	at = s.two(to, at)
	w := s.word(at)
	switch {
	case w&0x80 == 0:
		to[2] = w & 0x7f
		return at + 1
	case w&0x8000 == 0:
		to[2] = w&0x7f | w>>1&0x3f80
		return at + 2
	}
	to[2], at = s.long(w, at)
	return at
}

// next reads the type of an event and its time since the one before, in ticks.
func (s *segment) next(at uint32) (Type, uint64, uint32) {
	w := s.word(at)
	switch {
	case w&0x8000 == 0:
		return Type(w), w >> 8 & 0x7f, at + 2
	case w&0x800000 == 0:
		return Type(w), w>>8&0x7f | w>>9&0x3f80, at + 3
	}
	ticks, end := s.long(s.word(at+1), at+1)
	return Type(w), ticks, end
}

// long reads a number of any length, of which the first eight bytes are w.
func (s *segment) long(w uint64, at uint32) (uint64, uint32) {
	stop := ^w & 0x8080808080808080
	if stop == 0 {
		return s.longest(at)
	}
	n := uint32(bits.TrailingZeros64(stop)) + 1 // bits, a multiple of 8
	w &= 1<<n - 1                               // 1<<64 is 0
	w = w&0x007f007f007f007f | w&0x7f007f007f007f00>>1
	w = w&0x00003fff00003fff | w&0x3fff00003fff0000>>2
	w = w&0x0fffffff | w&0x0fffffff00000000>>4
	return w, at + n>>3
}

// longest reads a number of more than eight bytes. Behind what is none, no batch goes on.
func (s *segment) longest(at uint32) (uint64, uint32) {
	from := at & segmentMask
	v, n := binary.Uvarint(s[from : from+binary.MaxVarintLen64])
	if n <= 0 {
		return 0, beyond
	}
	return v, at + uint32(n)
}

// beyond is an offset that is in no batch.
const beyond = segmentSize + slack

// skip passes over n numbers, of which the first is at an offset, or up to end.
func (s *segment) skip(n int, at, end uint32) uint32 {
	for n > 0 && at < end {
		stops := ^s.word(at) & 0x8080808080808080
		k := bits.OnesCount64(stops)
		if k < n {
			n -= k
			at += 8
			continue
		}
		for ; n > 1; n-- {
			stops &= stops - 1
		}
		return at + uint32(bits.TrailingZeros64(stops))>>3 + 1
	}
	if n > 0 {
		return beyond
	}
	return at
}
