package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"example.com/tracelab/exectrace/internal/container"
)

// Event is an event as it is written. It is valid until the iterator that yields it goes
// on, and so are Args and Data.
type Event struct {
	Type       Type
	Offset     int64 // of the first byte in the file
	Size       int64 // in bytes
	Generation uint64
	Thread     int64 // the thread whose batch it is in; -1: none
	// Time is the time of the event, in nanoseconds on the clock of the trace. An event
	// without one has the time of its batch.
	Time int64
	// Args are the arguments of the event, which Type.Args names. A Stack has four more
	// for each frame: the program counter, the ids of the strings that are the names of
	// the function and the file, and the line.
	Args []uint64
	Data []byte // the bytes of a String or of an ExperimentalBatch

	reader *reader
}

// Events returns an iterator over the events of the trace, in the order of the file.
//
// Where the file is damaged, the iterator yields a Loss as the error, with a nil Event,
// and goes on with the next batch that can be found. For a trace of before Go 1.22 it
// yields one error that is not a Loss.
func (f *File) Events() iter.Seq2[*Event, error] {
	return events(f.c)
}

func events(f *container.File) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		if f.Minor < container.Generational {
			yield(nil, fmt.Errorf("its format is that of Go 1.%d: events as they are written can be read of Go 1.%d and later", f.Minor, container.Generational))
			return
		}
		r := reader{f: f, yield: yield}
		r.found, _ = f.Generations()
		r.read()
	}
}

// reader goes from event to event.
type reader struct {
	f      *container.File
	yield  func(*Event, error) bool
	found  []container.Generation
	at     int     // in found
	tables *tables // of found[at], once they are asked for
	space  [container.MaxBatch]byte
	ev     Event
	batch  container.Batch
	ticks  uint64
}

func (r *reader) read() {
	s := r.f.Batches()
	reported := 0
	for {
		b, ok := s.Next()
		for ; reported < len(s.Broken); reported++ {
			if !r.yield(nil, Loss(s.Broken[reported])) {
				return
			}
		}
		if !ok || !r.readBatch(b) {
			return
		}
	}
}

// generation is the one that the batch is in.
func (r *reader) generation() *container.Generation {
	for r.at+1 < len(r.found) && r.found[r.at+1].Offset <= r.batch.Offset {
		r.at++
		r.tables = nil
	}
	return &r.found[r.at]
}

// readBatch yields the batch as an event, and the events in it.
func (r *reader) readBatch(b container.Batch) bool {
	r.batch, r.ticks = b, b.Ticks
	generation := r.generation()
	r.ev = Event{Type: Type(b.Kind), Offset: b.Offset, Generation: generation.Number, Thread: int64(b.Thread), Args: r.ev.Args[:0], reader: r}
	data := r.space[:b.Size]
	if err := r.f.Bytes(data, b.Data); err != nil {
		return r.yield(nil, Loss{Offset: b.Offset, Size: b.End() - b.Offset, Err: err})
	}
	switch b.Kind {
	case container.EventBatch:
		r.ev.Args = append(r.ev.Args, b.Generation, b.Thread, b.Ticks, uint64(b.Size))
	case container.ExperimentalBatch:
		r.ev.Args = append(r.ev.Args, uint64(b.Experiment), b.Generation, b.Thread, b.Ticks)
		r.ev.Data, data = data, nil
	default:
		r.ticks = generation.Last
	}
	r.ev.Time = generation.Time(r.ticks)
	r.ev.Size = b.End() - int64(len(data)) - b.Offset
	if !r.yield(&r.ev, nil) {
		return false
	}
	for len(data) > 0 {
		n, err := r.decode(data)
		if err != nil {
			lost := Loss{Offset: b.End() - int64(len(data)), Size: int64(len(data))}
			lost.Err = fmt.Errorf("at byte %d: %w", lost.Offset, err)
			return r.yield(nil, lost)
		}
		r.ev.Offset, r.ev.Size = b.End()-int64(len(data)), int64(n)
		r.ev.Time = generation.Time(r.ticks)
		if !r.yield(&r.ev, nil) {
			return false
		}
		data = data[n:]
	}
	return true
}

// maxFrames is tracev2.MaxFramesPerStack.
const maxFrames = 128

var errCutEvent = errors.New("an event is cut")

// decode reads the event at the beginning of data into r.ev.
func (r *reader) decode(data []byte) (n int, err error) {
	typ := Type(data[0])
	switch {
	case !has(r.f.Minor, typ):
		return 0, fmt.Errorf("there is no type of events %d in Go 1.%d", typ, r.f.Minor)
	case typ == container.EventBatch || typ == container.ExperimentalBatch || typ == container.EndOfGeneration:
		return 0, fmt.Errorf("%s stands within a batch", typ)
	}
	r.ev.Type, r.ev.Data = typ, nil
	r.ev.Args, n = appendUvarints(r.ev.Args[:0], data, 1, len(typ.Args()))
	if n < 0 {
		return 0, errCutEvent
	}
	switch {
	case types[typ].timed:
		r.ticks += r.ev.Args[0]
	case typ == cpuSampleType:
		r.ticks = r.ev.Args[0]
	case typ == stackType:
		frames := r.ev.Args[1]
		if frames > maxFrames {
			return 0, fmt.Errorf("a stack has %d frames, and %d are the most", frames, maxFrames)
		}
		r.ev.Args, n = appendUvarints(r.ev.Args, data, n, int(4*frames))
	case typ == stringType:
		size, width := binary.Uvarint(data[n:])
		if width <= 0 || size > uint64(len(data)-n-width) {
			return 0, errCutEvent
		}
		n += width
		r.ev.Data = data[n : n+int(size)]
		n += int(size)
	}
	if n < 0 {
		return 0, errCutEvent
	}
	return n, nil
}

// appendUvarints reads count numbers from data[at:] and returns what follows
// them, or -1.
func appendUvarints(to []uint64, data []byte, at, count int) ([]uint64, int) {
	for range count {
		v, n := binary.Uvarint(data[at:])
		if n <= 0 {
			return to, -1
		}
		to, at = append(to, v), at+n
	}
	return to, at
}
