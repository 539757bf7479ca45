package exectrace

import (
	"encoding/binary"
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
