package exectrace

import (
	"errors"
	"fmt"
	"math"
)

// scanner goes from batch to batch.
type scanner struct {
	f        *File
	at       int64
	found    []Generation
	open     bool // the last one found goes on
	resumed  bool // what is at s.at was found after damage
	broken   []Loss
	ahead    batch // what was read last
	aheadErr error
	ticks    uint64 // the earliest of the open generation
	freq     uint64 // ticks a second
}

// next returns the next batch, or the mark at the end of a generation. What is
// neither is passed over. At the end of the trace ok is false.
func (s *scanner) next() (b batch, ok bool) {
	for s.at < s.f.hi {
		b, err := s.header(s.at)
		if err == nil {
			err = s.fits(b)
		}
		if err != nil {
			s.skip(err, s.resume(s.at+1))
		} else if at, over := s.swallows(b); over {
			s.skip(fmt.Errorf("a batch of %d bytes covers others", b.size), at)
		} else {
			s.take(b)
			return b, true
		}
	}
	// Before Go 1.26 nothing says that a generation ends but the next one.
	at, cut := s.at, s.f.minor >= 26
	if n := len(s.broken); n > 0 && s.broken[n-1].end() == at {
		at, cut = s.broken[n-1].Offset, true
	}
	s.end(at, cut)
	return batch{}, false
}

// header reads the batch at offset at, which is asked for twice.
func (s *scanner) header(at int64) (batch, error) {
	if s.ahead.offset != at || at == 0 {
		s.ahead, s.aheadErr = s.f.batchAt(at)
		s.ahead.offset = at
	}
	return s.ahead, s.aheadErr
}

// fits tells whether b may stand after what was before.
func (s *scanner) fits(b batch) error {
	switch {
	case s.resumed:
		return nil
	case b.kind == endOfGeneration && !s.open:
		return errors.New("a generation ends that has not begun")
	case b.kind == endOfGeneration || !s.open:
		return nil
	}
	number := s.found[len(s.found)-1].Number
	switch {
	case b.generation == number || b.generation == number+1 && s.f.minor < 26:
		return nil
	case s.f.minor >= 26:
		return fmt.Errorf("generation %d begins before %d has ended", b.generation, number)
	}
	if b.generation > number && s.f.chain(b) { // those between were taken out
		return nil
	}
	return fmt.Errorf("generation %d follows %d", b.generation, number)
}

// swallows tells whether what is said to be b's data has batches in it, since
// its size is wrong, and where they begin. What follows b shows it.
func (s *scanner) swallows(b batch) (at int64, over bool) {
	if b.size == 0 || b.end() >= s.f.hi {
		return 0, false
	}
	next, err := s.header(b.end())
	if err == nil && s.f.follows(next, b) {
		return 0, false
	}
	at = s.resume(b.data)
	return at, at < b.end()
}

// resume is the place at from or later where batches can be read again: the end
// of a generation, if it is just before them.
func (s *scanner) resume(from int64) int64 {
	least, open := uint64(1), uint64(0)
	for i, g := range s.found {
		if !s.open || i < len(s.found)-1 {
			if !g.Cut {
				least = g.Number
			}
		} else {
			open = g.Number
		}
	}
	at := s.f.resume(from, least)
	if at <= from || s.f.minor < 26 {
		return at
	}
	mark, err := s.f.batchAt(at - 1)
	if next, err2 := s.f.batchAt(at); err == nil && err2 == nil && mark.kind == endOfGeneration && next.generation != open {
		at--
	}
	return at
}

// skip goes on at offset to, since what is here cannot be read.
func (s *scanner) skip(err error, to int64) {
	s.broken = append(s.broken, Loss{Offset: s.at, Size: to - s.at, Err: fmt.Errorf("at byte %d of %d: %w", s.at, s.f.hi, err)})
	s.at, s.resumed = to, true
}

// take makes b a part of its generation.
func (s *scanner) take(b batch) {
	s.at = b.end()
	var g *Generation // the open one
	if s.open {
		g = &s.found[len(s.found)-1]
		g.holed = g.holed || s.resumed
	}
	if b.kind == endOfGeneration {
		s.resumed = false
		s.end(s.at, false)
		return
	}
	if s.open && g.Number != b.generation {
		at := b.offset
		if s.resumed {
			at = s.broken[len(s.broken)-1].Offset
		}
		s.end(at, false)
	}
	if !s.open {
		s.found = append(s.found, Generation{Number: b.generation, Offset: b.offset, holed: s.resumed})
		s.open, s.ticks = true, math.MaxUint64
		g = &s.found[len(s.found)-1]
	}
	g.Batches++
	s.ticks, g.last = min(s.ticks, b.ticks), max(g.last, b.ticks)
	s.resumed = false
}

func (s *scanner) end(at int64, cut bool) {
	if !s.open {
		return
	}
	g := &s.found[len(s.found)-1]
	g.Size, g.Cut, g.freq = at-g.Offset, cut || g.holed, s.freq
	g.Start = g.time(s.ticks)
	s.open = false
}
