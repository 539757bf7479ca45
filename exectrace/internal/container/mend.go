package container

import (
	"errors"
	"fmt"
)

// Mending returns a scanner of the batches of the trace for who reads what is left of it.
// A header that does not fit what follows is read as if one bit of it were another, if it
// then does; and of a batch that the file ends within it returns what there is. Both are
// in Broken.
func (f *File) Mending() *Scanner {
	s := f.Batches()
	s.mends = true
	return s
}

// mend returns the batch that b was, if err or what follows says that it is damaged.
func (s *Scanner) mend(b Batch, err error) (Batch, bool) {
	if !s.mends || err == nil && s.leads(b) {
		return b, false
	}
	open := uint64(0)
	if s.open && !s.resumed {
		open = s.found[len(s.found)-1].Number
	}
	if err == nil && (open == 0 || open == b.Generation) {
		if _, _, ok := s.flipped(b.End(), b.Generation); ok {
			return b, true // what follows is damaged
		}
	}
	if m, bit, ok := s.flipped(s.at, open); ok && s.fits(m) == nil && !s.resumed {
		s.note(fmt.Errorf("the header of a batch is damaged: bit %d of byte %d is another", bit%8, s.at+int64(bit/8)))
		return m, true
	}
	return s.rest(b, err)
}

// flipped looks for a bit with which there is the header of a batch at an offset, of a
// generation unless that is 0, or the end of one, and behind it another batch. Of several,
// the one whose time is the nearest to that of the batch behind it is right.
func (s *Scanner) flipped(at int64, generation uint64) (best Batch, bestBit int, ok bool) {
	var space [maxHeader]byte
	h, err := s.f.Peek(space[:], at)
	if err != nil {
		return best, 0, false
	}
	var away uint64 // of the best one
	for bit := range 8 * min(len(h), maxMended) {
		h[bit/8] ^= 1 << (bit % 8)
		b, err := s.f.ParseBatch(h, at)
		if b.Kind == EndOfGeneration {
			b.Generation = generation
		}
		if err == nil && b.End() <= s.f.Hi && (b.Size > 0 || b.Kind == EndOfGeneration) && (generation == 0 || b.Generation == generation) && s.links(b, 3) {
			if a := s.away(b); !ok || a < away {
				best, bestBit, away, ok = b, bit, a, true
			}
		}
		h[bit/8] ^= 1 << (bit % 8)
	}
	return best, bestBit, ok
}

// away is how many ticks lie between a batch and what follows it, or else the last one of
// the generation before it: 0, where there is no other.
func (s *Scanner) away(b Batch) uint64 {
	if b.Kind == EndOfGeneration {
		return 0
	}
	if next, err := s.header(b.End()); err == nil && next.Kind != EndOfGeneration {
		return apart(b, next)
	}
	if !s.open {
		return 0
	}
	return apart(b, Batch{Ticks: s.found[len(s.found)-1].Last})
}

// maxMended is how long headers are: the numbers in them have no more bytes in practice.
const maxMended = 24

// rest is what is left of a batch that the file ends within.
func (s *Scanner) rest(b Batch, err error) (Batch, bool) {
	var cut cutBatch
	if !errors.As(err, &cut) || b.Data >= s.f.Hi || s.fits(b) != nil || s.goesOn(b) {
		return b, false
	}
	s.note(cutBatch{b.Size, s.f.Hi - b.Data})
	b.Size = s.f.Hi - b.Data
	return b, true
}

// goesOn reports whether there are batches like b behind its header: its size is wrong then.
func (s *Scanner) goesOn(b Batch) bool {
	next, err := s.f.batchAt(s.resume(s.at + 1))
	return err == nil && next.Generation-b.Generation <= 1 && near(b, next)
}

// near reports whether the times of two batches may be of one generation, or of two that
// follow each other.
func near(a, b Batch) bool {
	return a.Kind == EndOfGeneration || b.Kind == EndOfGeneration || apart(a, b) < 1<<36
}

func apart(a, b Batch) uint64 { return max(a.Ticks, b.Ticks) - min(a.Ticks, b.Ticks) }

// note notes damage that costs no bytes.
func (s *Scanner) note(err error) {
	s.Broken = append(s.Broken, Damage{Offset: s.at, Err: fmt.Errorf("at byte %d of %d: %w", s.at, s.f.Hi, err)})
}

// leads reports whether b ends where another follows, or the file ends.
func (s *Scanner) leads(b Batch) bool { return s.links(b, 1) }

// links is leads for n batches that follow.
func (s *Scanner) links(b Batch, n int) bool {
	for ; n > 0 && b.End() < s.f.Hi; n-- {
		next, err := s.header(b.End())
		if errors.Is(err, errCutHeader) && s.f.Hi-b.End() < maxHeader {
			return true // the file ends within it
		}
		var cut cutBatch
		isCut := errors.As(err, &cut)
		if err != nil && !isCut || !s.f.follows(next, b) {
			return false
		}
		if b.Kind == EndOfGeneration && b.Generation != 0 && next.Generation != b.Generation+1 {
			return false
		}
		if isCut {
			return true
		}
		if n > 1 && !near(b, next) {
			return false
		}
		b = next
	}
	return b.End() <= s.f.Hi
}
