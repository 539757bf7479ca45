package exectrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// Generation is a part of a trace that can be read by itself. The runtime ends
// one about every second, and with each snapshot of a flight recorder.
type Generation struct {
	Number  uint64
	Offset  int64 // of its first byte in the file
	Size    int64 // in bytes
	Batches int
	Start   Time   // of its first batch
	Clock   *Clock // nil before Go 1.25
	// Cut is set if a part of it is missing: the file ends within it, or some of
	// its bytes are no batches.
	Cut bool

	freq  uint64 // ticks a second; 0 if it is not known
	last  uint64 // the latest that a batch begins, in ticks
	holed bool   // something is missing before its end
}

// Generations finds the generations of the trace by the headers of its batches,
// without decoding an event. A trace of before Go 1.22 has none.
//
// An error says at which offset bytes begin that are no batches. What is found
// before and after them is returned with it.
func (f *File) Generations() ([]Generation, error) {
	found, broken := f.generations()
	if len(broken) > 0 {
		return found, broken[0].Err
	}
	return found, nil
}

// generations returns with the generations each stretch of bytes that are no
// batches.
func (f *File) generations() ([]Generation, []Loss) {
	if f.minor < generations {
		return nil, nil
	}
	s := scanner{f: f, at: f.lo}
	for {
		b, ok := s.next()
		if !ok {
			return s.found, s.broken
		}
		s.sync(b)
	}
}

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

// time is a moment on the clock that batches are written by.
func (g *Generation) time(ticks uint64) Time {
	if g.freq == 0 {
		return 0
	}
	return Time(float64(ticks) * (1e9 / float64(g.freq)))
}

// sync reads b if it is the batch that says how fast the clock is and what time
// it was. If it is damaged, the clock is as fast as it was before.
func (s *scanner) sync(b batch) {
	if b.size == 0 || b.kind != eventBatch {
		return
	}
	var space [1 + 1 + 5*binary.MaxVarintLen64 + 1]byte
	data, err := s.f.peek(space[:min(b.size, int64(len(space)))], b.data)
	if err != nil || len(data) == 0 {
		return
	}
	switch {
	case s.f.minor >= 25 && data[0] == syncBatch:
		data = data[1:]
	case s.f.minor < 25 && data[0] == frequencyEvent:
	default:
		return
	}
	if v, rest, ok := uvarints(data, frequencyEvent, 1); ok && v[0] != 0 {
		s.freq, data = v[0], rest
	}
	g := &s.found[len(s.found)-1]
	g.freq = s.freq
	// Time since the batch's, monotonic clock, seconds, nanoseconds.
	if v, _, ok := uvarints(data, clockSnapshot, 4); ok && g.freq != 0 {
		g.Clock = &Clock{g.time(b.ticks + v[0]), time.Unix(int64(v[2]), int64(v[3]))}
	}
}

// uvarints reads the n arguments of an event of the type typ.
func uvarints(b []byte, typ byte, n int) (v [4]uint64, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != typ {
		return v, b, false
	}
	b = b[1:]
	for i := range n {
		x, size := binary.Uvarint(b)
		if size <= 0 {
			return v, b, false
		}
		v[i], b = x, b[size:]
	}
	return v, b, true
}
