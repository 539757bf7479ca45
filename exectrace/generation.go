package exectrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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
	// Cut is set if its end is missing: the file ends within it.
	Cut bool
}

// Generations finds the generations of the trace by the headers of its batches,
// without decoding an event. A trace of before Go 1.22 has none.
//
// An error says at which offset bytes begin that are no batches; the
// generations before are returned with it.
func (f *File) Generations() ([]Generation, error) {
	if f.minor < generations {
		return nil, nil
	}
	s := scanner{f: f, at: f.lo}
	for s.at < f.hi {
		at := s.at
		if err := s.batch(); err != nil {
			s.end(at, true)
			return s.found, fmt.Errorf("at byte %d of %d: %w", at, f.hi, err)
		}
	}
	// Before Go 1.26 nothing says that a generation ends but the next one.
	s.end(s.at, f.minor >= 26)
	return s.found, nil
}

// The types of what is between generations and batches, from
// internal/trace/tracev2/events.go of Go 1.26, where they are named Ev….
const (
	eventBatch        = 1
	frequencyEvent    = 8
	experimentalBatch = 49
	syncBatch         = 50
	clockSnapshot     = 51
	endOfGeneration   = 52
)

// maxBatch is tracev2.MaxBatchSize: what the runtime's buffers hold.
const maxBatch = 64 << 10

// maxHeader is the most that precedes a batch's data: two bytes and four
// varints.
const maxHeader = 2 + 4*binary.MaxVarintLen64

// scanner goes from batch to batch.
type scanner struct {
	f     *File
	at    int64
	found []Generation
	open  bool // the last one found goes on
	ticks uint64
	freq  uint64 // ticks a second
}

// batch reads the header of the batch at s.at and skips its data.
func (s *scanner) batch() error {
	var space [maxHeader]byte
	b, err := s.peek(space[:], s.at)
	if err != nil {
		return err
	}
	switch {
	case b[0] == endOfGeneration && s.f.minor >= 26:
		s.at++
		s.end(s.at, false)
		return nil
	case b[0] == eventBatch:
		b = b[1:]
	case b[0] == experimentalBatch && s.f.minor >= 23 && len(b) > 1:
		b = b[2:]
	default:
		return fmt.Errorf("there is no batch: its type would be %d", b[0])
	}
	start := len(b)
	var h [4]uint64 // generation, thread, time, size
	for i := range h {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return errors.New("the header of a batch is cut")
		}
		h[i], b = v, b[n:]
	}
	number, ticks, size := h[0], h[2], int64(h[3])
	header := int64(start - len(b))
	if s.f.minor >= 23 && space[0] == experimentalBatch {
		header++
	}
	data := s.at + 1 + header
	switch {
	case h[3] > maxBatch:
		return fmt.Errorf("a batch has %d bytes, and %d are the most", h[3], maxBatch)
	case data+size > s.f.hi:
		return fmt.Errorf("a batch of %d bytes is cut after %d", size, s.f.hi-data)
	}
	if s.open && s.found[len(s.found)-1].Number != number {
		if s.f.minor >= 26 {
			return fmt.Errorf("generation %d begins before %d has ended", number, s.found[len(s.found)-1].Number)
		}
		s.end(s.at, false)
	}
	if !s.open {
		s.found = append(s.found, Generation{Number: number, Offset: s.at})
		s.open, s.ticks, s.freq = true, math.MaxUint64, 0
	}
	g := &s.found[len(s.found)-1]
	g.Batches++
	s.ticks = min(s.ticks, ticks)
	s.at = data + size
	return s.sync(g, ticks, data, size)
}

// sync reads the batch if it is the one that says how fast the clock is and
// what time it was.
func (s *scanner) sync(g *Generation, ticks uint64, data, size int64) error {
	var space [1 + 1 + 5*binary.MaxVarintLen64 + 1]byte
	b, err := s.peek(space[:min(size, int64(len(space)))], data)
	if err != nil || size == 0 {
		return err
	}
	switch {
	case s.f.minor >= 25 && b[0] == syncBatch:
		b = b[1:]
	case s.f.minor < 25 && b[0] == frequencyEvent:
	default:
		return nil
	}
	if len(b) > 0 && b[0] == frequencyEvent {
		v, n := binary.Uvarint(b[1:])
		if n <= 0 || v == 0 {
			return errors.New("the frequency of the clock cannot be read")
		}
		s.freq, b = v, b[1+n:]
	}
	if len(b) == 0 || b[0] != clockSnapshot || s.freq == 0 {
		return nil
	}
	b = b[1:]
	var v [4]uint64 // time since the batch's, monotonic clock, seconds, nanoseconds
	for i := range v {
		x, n := binary.Uvarint(b)
		if n <= 0 {
			return errors.New("the clock snapshot is cut")
		}
		v[i], b = x, b[n:]
	}
	g.Clock = &Clock{s.time(ticks + v[0]), time.Unix(int64(v[2]), int64(v[3]))}
	return nil
}

func (s *scanner) time(ticks uint64) Time {
	return Time(float64(ticks) * (1e9 / float64(s.freq)))
}

func (s *scanner) end(at int64, cut bool) {
	if !s.open {
		return
	}
	g := &s.found[len(s.found)-1]
	g.Size, g.Cut = at-g.Offset, cut
	if s.freq != 0 {
		g.Start = s.time(s.ticks)
	}
	s.open = false
}

// peek reads what there is at offset at, as far as b reaches.
func (s *scanner) peek(b []byte, at int64) ([]byte, error) {
	b = b[:min(int64(len(b)), s.f.hi-at)]
	n, err := s.f.r.ReadAt(b, at)
	if n == len(b) || err == io.EOF {
		err = nil
	}
	if err == nil && n == 0 && len(b) > 0 {
		err = io.ErrUnexpectedEOF
	}
	return b[:n], err
}
