package container

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The types of what is between generations and batches, from
// internal/trace/tracev2/events.go of Go 1.26, where they are named Ev….
const (
	EventBatch        = 1
	Frequency         = 8
	ExperimentalBatch = 49
	Sync              = 50
	ClockSnapshot     = 51
	EndOfGeneration   = 52
)

// MaxBatch is tracev2.MaxBatchSize: what the runtime's buffers hold.
const MaxBatch = 64 << 10

// maxHeader is the most that precedes a batch's data: two bytes and four
// varints.
const maxHeader = 2 + 4*binary.MaxVarintLen64

// allocFree is the only experiment there is. Of one that it does not know, the
// decoder cannot name the batches.
const allocFree = 1

// Batch is a batch's header and where its data is, or the end of a generation.
type Batch struct {
	Kind       byte
	Experiment byte
	Generation uint64
	Thread     uint64
	Ticks      uint64
	Offset     int64 // of the header
	Data, Size int64 // offset and length of what follows the header
}

// End is the offset of what follows the batch.
func (b Batch) End() int64 { return b.Data + b.Size }

// batchAt reads the header at offset at.
func (f *File) batchAt(at int64) (Batch, error) {
	var space [maxHeader]byte
	h, err := f.Peek(space[:], at)
	if err != nil {
		return Batch{}, err
	}
	b, err := f.ParseBatch(h, at)
	if err == nil && b.End() > f.Hi {
		err = cutBatch{b.Size, f.Hi - b.Data}
	}
	return b, err
}

// cutBatch is a batch that the file ends within.
type cutBatch struct{ size, left int64 }

func (c cutBatch) Error() string {
	return fmt.Sprintf("a batch of %d bytes is cut after %d", c.size, c.left)
}

var errCutHeader = errors.New("the header of a batch is cut")

// ParseBatch reads the header at the beginning of h, which is at offset at.
func (f *File) ParseBatch(h []byte, at int64) (Batch, error) {
	if len(h) == 0 {
		return Batch{}, io.ErrUnexpectedEOF
	}
	b := Batch{Kind: h[0], Offset: at}
	rest := h[1:]
	switch {
	case b.Kind == EndOfGeneration && f.Minor >= 26:
		b.Data = at + 1
		return b, nil
	case b.Kind == EventBatch:
	case b.Kind == ExperimentalBatch && f.Minor >= 23 && len(rest) > 0:
		b.Experiment, rest = rest[0], rest[1:]
		if b.Experiment != allocFree {
			return b, fmt.Errorf("a batch is of experiment %d, which is not known", b.Experiment)
		}
	default:
		return b, fmt.Errorf("there is no batch: its type would be %d", b.Kind)
	}
	var size uint64
	for _, to := range []*uint64{&b.Generation, &b.Thread, &b.Ticks, &size} {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			return b, errCutHeader
		}
		*to, rest = v, rest[n:]
	}
	switch {
	case size > MaxBatch:
		return b, fmt.Errorf("a batch has %d bytes, and %d are the most", size, MaxBatch)
	case b.Generation == 0:
		return b, errors.New("a batch is of generation 0, and they count from 1")
	}
	b.Data, b.Size = at+int64(len(h)-len(rest)), int64(size)
	return b, nil
}

// resume returns where batches follow each other again after damage, at from or
// later, or the end. Bytes look like a batch by chance, but hardly like three in
// a row of generations that fit.
func (f *File) resume(from int64, least, open uint64) int64 {
	window := make([]byte, MaxBatch)
	for from < f.Hi {
		b, err := f.Peek(window, from)
		if err != nil {
			return f.Hi
		}
		end := len(b)
		if from+int64(end) < f.Hi {
			end -= maxHeader // a header there may be cut
		}
		for i := range end {
			if b[i] != EventBatch {
				continue
			}
			first, err := f.ParseBatch(b[i:min(i+maxHeader, len(b))], from+int64(i))
			if err != nil || first.Generation < least {
				continue
			}
			if f.chain(first, links(first.Generation, open)) {
				return first.Offset
			}
		}
		from += int64(end)
	}
	return f.Hi
}

// links is how many more batches have to follow one: more, if its generation is another
// than is expected.
func links(generation, open uint64) int {
	if open != 0 && generation > open+1 {
		return 6
	}
	return 2
}

// chain reports whether n more batches follow b, or the end of the file.
func (f *File) chain(b Batch, n int) bool {
	for range n {
		if b.End() == f.Hi {
			return true
		}
		next, err := f.batchAt(b.End())
		if err != nil || !f.follows(next, b) {
			return false
		}
		b = next
	}
	return true
}

// follows reports whether next may stand right after b.
func (f *File) follows(next, b Batch) bool {
	return b.Kind == EndOfGeneration || next.Kind == EndOfGeneration ||
		next.Generation == b.Generation || next.Generation == b.Generation+1 && f.Minor < 26
}
