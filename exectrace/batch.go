package exectrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

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

// allocFree is the only experiment there is. Of one that it does not know, the
// decoder cannot name the batches.
const allocFree = 1

// batch is a batch's header and where its data is, or the end of a generation.
type batch struct {
	kind       byte
	experiment byte
	generation uint64
	thread     uint64
	ticks      uint64
	offset     int64 // of the header
	data, size int64 // offset and length
}

func (b batch) end() int64 { return b.data + b.size }

// batchAt reads the header at offset at.
func (f *File) batchAt(at int64) (batch, error) {
	var space [maxHeader]byte
	h, err := f.peek(space[:], at)
	if err != nil {
		return batch{}, err
	}
	b, err := f.parseBatch(h, at)
	if err == nil && b.end() > f.hi {
		err = fmt.Errorf("a batch of %d bytes is cut after %d", b.size, f.hi-b.data)
	}
	return b, err
}

// parseBatch reads the header at the beginning of h, which is at offset at.
func (f *File) parseBatch(h []byte, at int64) (batch, error) {
	if len(h) == 0 {
		return batch{}, io.ErrUnexpectedEOF
	}
	b := batch{kind: h[0], offset: at}
	rest := h[1:]
	switch {
	case b.kind == endOfGeneration && f.minor >= 26:
		b.data = at + 1
		return b, nil
	case b.kind == eventBatch:
	case b.kind == experimentalBatch && f.minor >= 23 && len(rest) > 0:
		b.experiment, rest = rest[0], rest[1:]
		if b.experiment != allocFree {
			return b, fmt.Errorf("a batch is of experiment %d, which is not known", b.experiment)
		}
	default:
		return b, fmt.Errorf("there is no batch: its type would be %d", b.kind)
	}
	var size uint64
	for _, to := range []*uint64{&b.generation, &b.thread, &b.ticks, &size} {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			return b, errors.New("the header of a batch is cut")
		}
		*to, rest = v, rest[n:]
	}
	switch {
	case size > maxBatch:
		return b, fmt.Errorf("a batch has %d bytes, and %d are the most", size, maxBatch)
	case b.generation == 0:
		return b, errors.New("a batch is of generation 0, and they count from 1")
	}
	b.data, b.size = at+int64(len(h)-len(rest)), int64(size)
	return b, nil
}

// resume returns where batches follow each other again after damage, at from or
// later, or the end. Bytes look like a batch by chance, but hardly like three in
// a row of generations that fit.
func (f *File) resume(from int64, least uint64) int64 {
	window := make([]byte, maxBatch)
	for from < f.hi {
		b, err := f.peek(window, from)
		if err != nil {
			return f.hi
		}
		end := len(b)
		if from+int64(end) < f.hi {
			end -= maxHeader // a header there may be cut
		}
		for i := range end {
			if b[i] != eventBatch {
				continue
			}
			first, err := f.parseBatch(b[i:min(i+maxHeader, len(b))], from+int64(i))
			if err == nil && first.generation >= least && f.chain(first) {
				return first.offset
			}
		}
		from += int64(end)
	}
	return f.hi
}

// chain tells whether two more batches follow b, or the end of the file.
func (f *File) chain(b batch) bool {
	for range 2 {
		if b.end() == f.hi {
			return true
		}
		next, err := f.batchAt(b.end())
		if err != nil || !f.follows(next, b) {
			return false
		}
		b = next
	}
	return true
}

// follows tells whether next may stand right after b.
func (f *File) follows(next, b batch) bool {
	return b.kind == endOfGeneration || next.kind == endOfGeneration ||
		next.generation == b.generation || next.generation == b.generation+1 && f.minor < 26
}

// peek reads what there is at offset at, as far as b reaches.
func (f *File) peek(b []byte, at int64) ([]byte, error) {
	b = b[:max(0, min(int64(len(b)), f.hi-at))]
	n, err := f.r.ReadAt(b, at)
	if n == len(b) || err == io.EOF {
		err = nil
	}
	if err == nil && n == 0 && len(b) > 0 {
		err = io.ErrUnexpectedEOF
	}
	return b[:n], err
}
