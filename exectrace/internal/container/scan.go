package container

import (
	"errors"
	"fmt"
	"math"
)

// Scanner goes from batch to batch.
type Scanner struct {
	Broken   []Damage // what was passed over so far
	f        *File
	at       int64
	found    []Generation
	open     bool  // the last one found goes on
	resumed  bool  // what is at s.at was found after damage
	ahead    Batch // what was read last
	aheadErr error
	ticks    uint64 // the earliest of the open generation
	freq     uint64 // ticks a second
	mends    bool   // see Mending
}

// Batches returns a scanner of the batches of the trace.
func (f *File) Batches() *Scanner { return &Scanner{f: f, at: f.Lo} }

// Next returns the next batch, or the mark at the end of a generation. What is
// neither is passed over. At the end of the trace ok is false.
func (s *Scanner) Next() (b Batch, ok bool) {
	for s.at < s.f.Hi {
		b, err := s.header(s.at)
		if err == nil {
			err = s.fits(b)
		}
		if mended, ok := s.mend(b, err); ok {
			s.take(mended)
			return mended, true
		}
		if err != nil {
			s.skip(err, s.resume(s.at+1))
		} else if at, over := s.swallows(b); over {
			s.skip(fmt.Errorf("a batch of %d bytes covers others", b.Size), at)
		} else {
			s.take(b)
			return b, true
		}
	}
	// Before Go 1.26 nothing says that a generation ends but the next one.
	at, cut := s.at, s.f.Minor >= 26
	if n := len(s.Broken); n > 0 && s.Broken[n-1].End() == at {
		at, cut = s.Broken[n-1].Offset, true
	}
	s.end(at, cut)
	return Batch{}, false
}

// header reads the batch at offset at, which is asked for twice.
func (s *Scanner) header(at int64) (Batch, error) {
	if s.ahead.Offset != at || at == 0 {
		s.ahead, s.aheadErr = s.f.batchAt(at)
		s.ahead.Offset = at
	}
	return s.ahead, s.aheadErr
}

// fits reports whether b may stand after what was before.
func (s *Scanner) fits(b Batch) error {
	switch {
	case s.resumed:
		return nil
	case b.Kind == EndOfGeneration && !s.open:
		return errors.New("a generation ends that has not begun")
	case b.Kind == EndOfGeneration || !s.open:
		return nil
	}
	number := s.found[len(s.found)-1].Number
	switch {
	case b.Generation == number || b.Generation == number+1 && s.f.Minor < 26:
		return nil
	case s.f.Minor >= 26:
		return fmt.Errorf("generation %d begins before %d has ended", b.Generation, number)
	}
	if b.Generation > number && s.f.chain(b, 2) { // those between were taken out
		return nil
	}
	return fmt.Errorf("generation %d follows %d", b.Generation, number)
}

// swallows reports whether what is said to be b's data has batches in it, since
// its size is wrong, and where they begin. What follows b shows it.
func (s *Scanner) swallows(b Batch) (at int64, over bool) {
	if b.Size == 0 || b.End() >= s.f.Hi {
		return 0, false
	}
	if s.leads(b) {
		return 0, false
	}
	at = s.resume(b.Data)
	return at, at < b.End()
}

// resume is the place at from or later where batches can be read again: the end
// of a generation, if it is just before them.
func (s *Scanner) resume(from int64) int64 {
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
	at := s.f.resume(from, least, max(open, least))
	if at <= from || s.f.Minor < 26 {
		return at
	}
	mark, err := s.f.batchAt(at - 1)
	if next, err2 := s.f.batchAt(at); err == nil && err2 == nil && mark.Kind == EndOfGeneration && next.Generation != open {
		at--
	}
	return at
}

// skip goes on at offset to, since what is here cannot be read.
func (s *Scanner) skip(err error, to int64) {
	s.Broken = append(s.Broken, Damage{Offset: s.at, Size: to - s.at, Err: fmt.Errorf("at byte %d of %d: %w", s.at, s.f.Hi, err)})
	s.at, s.resumed = to, true
}

// take makes b a part of its generation.
func (s *Scanner) take(b Batch) {
	s.at = b.End()
	var g *Generation // the open one
	if s.open {
		g = &s.found[len(s.found)-1]
		g.Holed = g.Holed || s.resumed
	}
	if b.Kind == EndOfGeneration {
		s.resumed = false
		s.end(s.at, false)
		return
	}
	if s.open && g.Number != b.Generation {
		at := b.Offset
		if s.resumed {
			at = s.Broken[len(s.Broken)-1].Offset
		}
		s.end(at, false)
	}
	if !s.open {
		s.found = append(s.found, Generation{Number: b.Generation, Offset: b.Offset, Holed: s.resumed})
		s.open, s.ticks = true, math.MaxUint64
		g = &s.found[len(s.found)-1]
	}
	g.Batches++
	s.ticks, g.Last = min(s.ticks, b.Ticks), max(g.Last, b.Ticks)
	s.resumed = false
}

func (s *Scanner) end(at int64, cut bool) {
	if !s.open {
		return
	}
	g := &s.found[len(s.found)-1]
	g.Size, g.Cut, g.freq = at-g.Offset, cut || g.Holed, s.freq
	g.Start = g.Time(s.ticks)
	s.open = false
}
