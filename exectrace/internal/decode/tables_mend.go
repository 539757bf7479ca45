package decode

import (
	"fmt"
	"math/bits"
)

// entryOf returns the number of the entry of a table at an offset, where what it is begins,
// and the offset behind it; 0 if there is none.
type entryOf func(s *segment, at, end uint32) (id uint64, place, next uint32)

func stringEntry(s *segment, at, end uint32) (id uint64, place, next uint32) {
	if Type(s[at&segmentMask]) != stringType {
		return 0, 0, 0
	}
	id, place = s.number(at + 1)
	n, q := s.number(place)
	if id == 0 || q > end || n > uint64(end-q) || n > maxString {
		return 0, 0, 0
	}
	return id, place, q + uint32(n)
}

func stackEntry(s *segment, at, end uint32) (id uint64, place, next uint32) {
	if Type(s[at&segmentMask]) != stackType {
		return 0, 0, 0
	}
	id, place = s.number(at + 1)
	n, q := s.number(place)
	if id == 0 || q > end || n > maxFrames {
		return 0, 0, 0
	}
	if next = s.skip(4*int(n), q, end); next > end {
		return 0, 0, 0
	}
	return id, place, next
}

// enoughEntries have to follow each other for what is there to be no chance.
const enoughEntries = 6

// entries returns the offset behind entries that follow each other from an offset on, or
// behind the last one of the batch; 0 if there are none such.
func entries(s *segment, at, end uint32, entry entryOf) uint32 {
	for range enoughEntries {
		if at == end {
			break
		}
		if _, _, at = entry(s, at, end); at == 0 {
			break
		}
	}
	return at
}

// goOn reads a table on from where it cannot be read, or from the entry before: with a bit
// that is another, or else where entries follow each other again.
func (g *generation) goOn(b *batch, p *places, entry entryOf, last, at uint32) {
	s := g.segments[b.segment]
	for at < b.end {
		to := resumes(s, last, at, b.end, entry)
		offset := b.offset + int64(at-b.at)
		g.faults = append(g.faults, fault{offset, int64(max(to, at) - at), 0, fmt.Errorf("at byte %d: an entry of a table is damaged", offset)})
		for at = to; at < b.end; {
			id, place, next := entry(s, at, b.end)
			if next == 0 {
				break
			}
			p.set(id, placeAt(int(b.segment), place))
			last, at = at, next
		}
	}
}

// resumes is the offset from which on a table can be read again.
func resumes(s *segment, last, at, end uint32, entry entryOf) uint32 {
	for _, from := range [...]uint32{last, at} {
		for i := range uint32(8 * 16) {
			of, mask := (from+i/8)&segmentMask, byte(1)<<(i%8)
			if from+i/8 >= end {
				break
			}
			s[of] ^= mask
			if entries(s, from, end, entry) > at {
				return from
			}
			s[of] ^= mask
		}
	}
	for at = last + 1; at < end && entries(s, at, end, entry) == 0; at++ {
	}
	return at
}

// typeOf is what a batch holds, by its first byte. A table's that is damaged is known by its
// entries.
func (g *generation) typeOf(b *batch) Type {
	s := g.segments[b.segment]
	typ := Type(s[b.at&segmentMask])
	if b.thread != None || b.size() < 2 || typ == stringsType || typ == stacksType || typ == samplesType {
		return typ
	}
	for _, table := range [...]struct {
		typ   Type
		entry entryOf
	}{{stringsType, stringEntry}, {stacksType, stackEntry}, {samplesType, sampleEntry}} {
		if bits.OnesCount8(uint8(typ^table.typ)) == 1 && entries(s, b.at+1, b.end, table.entry) != 0 {
			g.faults = append(g.faults, fault{b.offset, 0, 0, fmt.Errorf("at byte %d: what begins a table is damaged", b.offset)})
			return table.typ
		}
	}
	return typ
}
