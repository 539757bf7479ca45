package exectrace

import (
	"encoding/binary"
	"iter"

	"example.com/tracelab/exectrace/internal/table"
)

// regions holds regions in the order of their ends. They are only read one after the
// other, so that a region is how much later it ends than the one before, how far its task
// and its goroutine are from those of that one, and other small numbers: a quarter of what it
// takes otherwise. Times are in ticks where they can be.
type regions struct {
	packed table.Packed
	last   region
}

const maxRegion = 3*binary.MaxVarintLen64 + 4*binary.MaxVarintLen32

func (l *regions) add(r *region) {
	kind := uint64(r.name) << 3
	if r.begun {
		kind |= 1
	}
	if r.ended {
		kind |= 2
	}
	later, lasted := r.end-l.last.end, r.end-r.start
	if (later|lasted)&(1<<tickBits-1) == 0 {
		kind |= 4
		later, lasted = later>>tickBits, lasted>>tickBits
	}
	to := l.packed.Room(maxRegion)
	b := binary.AppendUvarint(*to, kind)
	b = binary.AppendVarint(b, int64(later))
	b = binary.AppendVarint(b, int64(lasted))
	b = binary.AppendVarint(b, int64(r.task)-int64(l.last.task))
	b = binary.AppendVarint(b, int64(r.goroutine)-int64(l.last.goroutine))
	*to = binary.AppendUvarint(b, uint64(r.stack))
	l.last = *r
}

func (l *regions) all() iter.Seq[region] {
	return func(yield func(region) bool) {
		var r region
		for from := l.packed.Reader(); from.More(); {
			kind := from.Uint()
			later, lasted := Time(from.Int()), Time(from.Int())
			if kind&4 != 0 {
				later, lasted = later<<tickBits, lasted<<tickBits
			}
			r.end += later
			r.start, r.name, r.begun, r.ended = r.end-lasted, uint32(kind>>3), kind&1 != 0, kind&2 != 0
			r.task += int32(from.Int())
			r.goroutine += int32(from.Int())
			r.stack = stackID(from.Uint())
			if !yield(r) {
				return
			}
		}
	}
}

// logs holds messages in the order of their times, as regions holds regions.
type logs struct {
	packed table.Packed
	last   log
}

const maxLog = binary.MaxVarintLen64 + 4*binary.MaxVarintLen32

func (l *logs) add(m *log) {
	to := l.packed.Room(maxLog + len(m.message))
	b := binary.AppendVarint(*to, int64(m.at-l.last.at))
	b = binary.AppendVarint(b, int64(m.task)-int64(l.last.task))
	b = binary.AppendVarint(b, int64(m.goroutine)-int64(l.last.goroutine))
	b = binary.AppendUvarint(b, uint64(m.category))
	b = binary.AppendUvarint(b, uint64(len(m.message)))
	*to = append(b, m.message...)
	l.last = log{at: m.at, task: m.task, goroutine: m.goroutine}
}

func (l *logs) all() iter.Seq[log] {
	return func(yield func(log) bool) {
		var m log
		for from := l.packed.Reader(); from.More(); {
			m.at += Time(from.Int())
			m.task += int32(from.Int())
			m.goroutine += int32(from.Int())
			m.category = uint32(from.Uint())
			m.message = from.Bytes(int(from.Uint()))
			if !yield(m) {
				return
			}
		}
	}
}
