package decode

import (
	"fmt"
	"math"

	"example.com/tracelab/exectrace/internal/container"
)

// source reads a file generation by generation.
type source struct {
	f       *container.File
	batches *container.Scanner
	held    container.Batch // the first of the next generation
	holds   bool
	damage  int // how much of batches.Broken is told
	pool    chan *segment
}

func newSource(f *container.File) *source {
	return &source{f: f, batches: f.Mending(), pool: make(chan *segment, 1024)}
}

// generation is what a file says of a stretch of time, as it is in the file.
type generation struct {
	*Tables
	index   uint32 // counted from 1 in what is read
	offset  int64
	size    int64
	batches []batch
	damage  []container.Damage // within it, or before it
	cut     bool               // the file ends within it

	threads []int64   // that have batches of events, in the order of the first
	of      [][]batch // their batches

	first   uint64 // tick of the earliest batch
	newest  uint64 // tick of the latest batch
	latest  int64  // no event is later
	freq    uint64 // ticks a second
	perTick float64
	shift   uint // a tick is 1<<shift nanoseconds, if exact
	exact   bool
	samples []sample
	faults  []fault // of its tables
}

// batch is a batch of a thread in a segment.
type batch struct {
	thread  int64
	time    uint64 // in ticks
	at, end uint32 // of its data
	segment int32
	offset  int64 // of its data, in the file
	extra   bool  // it is one of an experiment
}

func (b *batch) size() uint32 { return b.end - b.at }

// fault is what is wrong with a batch of tables.
type fault struct {
	offset, size int64
	events       int // that are lost
	err          error
}

// next returns the next generation, or nil at the end. The error is one of reading.
func (s *source) next() (*generation, error) {
	var list []container.Batch
	marked := false
	for {
		b, ok := s.take()
		if !ok {
			break
		}
		if b.Kind == container.EndOfGeneration {
			if marked = len(list) > 0; marked {
				break
			}
			continue
		}
		if len(list) > 0 && b.Generation != list[0].Generation {
			s.held, s.holds = b, true
			break
		}
		list = append(list, b)
	}
	if len(list) == 0 {
		return nil, nil
	}
	g := &generation{
		Tables: &Tables{Number: list[0].Generation}, offset: list[0].Offset, size: list[len(list)-1].End() - list[0].Offset,
		damage: s.batches.Broken[s.damage:], cut: !marked && !s.holds && s.f.Minor >= 26, first: math.MaxUint64,
	}
	s.damage = len(s.batches.Broken)
	return g, s.read(g, list)
}

func (s *source) take() (container.Batch, bool) {
	if s.holds {
		s.holds = false
		return s.held, true
	}
	return s.batches.Next()
}

// read reads the batches of a list into segments, as many into one as fit.
func (s *source) read(g *generation, list []container.Batch) error {
	for len(list) > 0 {
		from, n := list[0].Data, 0
		for n < len(list) && list[n].End()-from <= segmentSize {
			n++
		}
		x := s.segment()
		if err := s.f.Bytes(x[:list[n-1].End()-from], from); err != nil {
			return fmt.Errorf("reading %d bytes at offset %d: %w", list[n-1].End()-from, from, err)
		}
		for _, b := range list[:n] {
			g.first, g.newest = min(g.first, b.Ticks), max(g.newest, b.Ticks)
			g.batches = append(g.batches, batch{
				thread: int64(b.Thread), time: b.Ticks, at: uint32(b.Data - from), end: uint32(b.End() - from),
				segment: int32(len(g.segments)), offset: b.Data, extra: b.Kind == container.ExperimentalBatch,
			})
		}
		g.segments = append(g.segments, x)
		list = list[n:]
	}
	return nil
}

func (s *source) segment() *segment {
	select {
	case x := <-s.pool:
		return x
	default:
		return new(segment)
	}
}

// recycle gives back the bytes of Tables of which nothing will be asked.
func (s *source) recycle(t *Tables) {
	for _, x := range t.segments {
		select {
		case s.pool <- x:
		default:
		}
	}
	t.segments = nil
}
