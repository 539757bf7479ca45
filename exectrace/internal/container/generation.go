package container

import (
	"encoding/binary"
	"time"
)

// Generation is a part of a trace that can be read by itself.
type Generation struct {
	Number  uint64
	Offset  int64 // of its first byte in the file
	Size    int64 // in bytes
	Batches int
	Start   int64  // of its first batch
	Clock   *Clock // nil before Go 1.25
	Cut     bool   // the file ends within it, or some of its bytes are no batches
	Holed   bool   // something is missing before its end
	Last    uint64 // the latest that a batch begins, in ticks

	freq uint64 // ticks a second; 0 if it is not known
}

// End is the offset of what follows the generation.
func (g Generation) End() int64 { return g.Offset + g.Size }

// Time is a moment by the clock that batches are written by, with the rounding of Go's
// decoder.
func (g *Generation) Time(ticks uint64) int64 {
	if g.freq == 0 {
		return 0
	}
	return int64(float64(ticks) * (1.0 / (float64(g.freq) / 1e9)))
}

// Damage is a stretch of bytes that are no batches.
type Damage struct {
	Offset, Size int64
	Err          error
}

// End is the offset of what follows the damage.
func (d Damage) End() int64 { return d.Offset + d.Size }

// Generations finds the generations of the trace by the headers of its batches,
// and the damage between and within them. A trace of before Go 1.22 has none.
func (f *File) Generations() ([]Generation, []Damage) {
	if f.Minor < Generational {
		return nil, nil
	}
	s := f.Batches()
	for {
		b, ok := s.Next()
		if !ok {
			return s.found, s.Broken
		}
		s.sync(b)
	}
}

// sync reads b if it is the batch that says how fast the clock is and what time
// it was. If it is damaged, the clock is as fast as it was before.
func (s *Scanner) sync(b Batch) {
	if b.Size == 0 || b.Kind != EventBatch {
		return
	}
	var space [1 + 1 + 5*binary.MaxVarintLen64 + 1]byte
	data, err := s.f.Peek(space[:min(b.Size, int64(len(space)))], b.Data)
	if err != nil || len(data) == 0 {
		return
	}
	switch {
	case s.f.Minor >= 25 && data[0] == Sync:
		data = data[1:]
	case s.f.Minor < 25 && data[0] == Frequency:
	default:
		return
	}
	if v, rest, ok := uvarints(data, Frequency, 1); ok && v[0] != 0 {
		s.freq, data = v[0], rest
	}
	g := &s.found[len(s.found)-1]
	g.freq = s.freq
	// Time since the batch's, monotonic clock, seconds, nanoseconds.
	if v, _, ok := uvarints(data, ClockSnapshot, 4); ok && g.freq != 0 {
		g.Clock = &Clock{g.Time(b.Ticks + v[0]), time.Unix(int64(v[2]), int64(v[3]))}
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
