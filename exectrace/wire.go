package exectrace

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
)

// WireEvent is an event as it is written.
type WireEvent struct {
	Type       WireType
	Offset     int64 // of its first byte in the file
	Size       int64 // in bytes
	Generation uint64
	Thread     ThreadID // whose batch it is in; -1 if it is none's
	// Time is when it happened. What does not say so has its batch's.
	Time Time
	// Args are named by Type.Args. Those of a Stack go on with four numbers for
	// each frame: PC, the strings that name function and file, and the line.
	Args []uint64
	Data []byte // of a String and of an ExperimentalBatch

	reader *wireReader
}

// Wire returns the events of the trace as they are written, in the order of the
// file. They are neither put in order nor validated. An event is there until the
// next one is asked for.
//
// Where the file is damaged, the error is a Loss and the event nil. Reading goes
// on with the next batch that can be found.
func (f *File) Wire() iter.Seq2[*WireEvent, error] {
	return func(yield func(*WireEvent, error) bool) {
		if f.minor < generations {
			yield(nil, fmt.Errorf("its format is that of Go 1.%d: events as they are written can be read of Go 1.%d and later", f.minor, generations))
			return
		}
		r := wireReader{f: f, yield: yield}
		r.found, _ = f.generations()
		r.read()
	}
}

// wireReader goes from event to event.
type wireReader struct {
	f      *File
	yield  func(*WireEvent, error) bool
	found  []Generation
	at     int        // in found
	tables wireTables // of found[at], once they are asked for
	space  [maxBatch]byte
	ev     WireEvent
	batch  batch
	ticks  uint64
}

func (r *wireReader) read() {
	s := scanner{f: r.f, at: r.f.lo}
	told := 0
	for {
		b, ok := s.next()
		for ; told < len(s.broken); told++ {
			if !r.yield(nil, s.broken[told]) {
				return
			}
		}
		if !ok || !r.readBatch(b) {
			return
		}
	}
}

// generation is the one that the batch is in.
func (r *wireReader) generation() *Generation {
	for r.at+1 < len(r.found) && r.found[r.at+1].Offset <= r.batch.offset {
		r.at++
		r.tables = wireTables{}
	}
	return &r.found[r.at]
}

// readBatch yields the batch as an event, and the events in it.
func (r *wireReader) readBatch(b batch) bool {
	r.batch, r.ticks = b, b.ticks
	generation := r.generation()
	r.ev = WireEvent{Type: WireType(b.kind), Offset: b.offset, Generation: generation.Number, Thread: ThreadID(b.thread), Args: r.ev.Args[:0], reader: r}
	data := r.space[:b.size]
	if n, err := r.f.r.ReadAt(data, b.data); n < len(data) {
		return r.yield(nil, Loss{Offset: b.offset, Size: b.end() - b.offset, Err: cmp.Or(err, io.ErrUnexpectedEOF)})
	}
	switch b.kind {
	case eventBatch:
		r.ev.Args = append(r.ev.Args, b.generation, b.thread, b.ticks, uint64(b.size))
	case experimentalBatch:
		r.ev.Args = append(r.ev.Args, uint64(b.experiment), b.generation, b.thread, b.ticks)
		r.ev.Data, data = data, nil
	default:
		r.ticks = generation.last
	}
	r.ev.Time = generation.time(r.ticks)
	r.ev.Size = b.end() - int64(len(data)) - b.offset
	if !r.yield(&r.ev, nil) {
		return false
	}
	for len(data) > 0 {
		n, err := r.decode(data)
		if err != nil {
			lost := Loss{Offset: b.end() - int64(len(data)), Size: int64(len(data))}
			lost.Err = fmt.Errorf("at byte %d: %w", lost.Offset, err)
			return r.yield(nil, lost)
		}
		r.ev.Offset, r.ev.Size = b.end()-int64(len(data)), int64(n)
		r.ev.Time = generation.time(r.ticks)
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
func (r *wireReader) decode(data []byte) (n int, err error) {
	typ := WireType(data[0])
	switch {
	case !r.f.has(typ):
		return 0, fmt.Errorf("there is no type of events %d in Go 1.%d", typ, r.f.minor)
	case typ == eventBatch || typ == experimentalBatch || typ == endOfGeneration:
		return 0, fmt.Errorf("%s stands within a batch", typ)
	}
	r.ev.Type, r.ev.Data = typ, nil
	r.ev.Args, n = appendUvarints(r.ev.Args[:0], data, 1, len(typ.Args()))
	if n < 0 {
		return 0, errCutEvent
	}
	switch {
	case wireTypes[typ].timed:
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
