package exectrace

import (
	"encoding/binary"
	"iter"

	"example.com/tracelab/exectrace/internal/table"
)

// regions holds regions in the order of their ends. They are only read one after the
// other, so that a region is how much later it ends than the one before, and other small
// numbers: a third of what it takes otherwise.
type regions struct {
	packed table.Packed
	end    Time // of the last one
}

const maxRegion = 3*binary.MaxVarintLen64 + 4*binary.MaxVarintLen32

func (l *regions) add(r *region) {
	kind := uint64(r.name) << 2
	if r.begun {
		kind |= 1
	}
	if r.ended {
		kind |= 2
	}
	to := l.packed.Room(maxRegion)
	b := binary.AppendUvarint(*to, kind)
	b = binary.AppendVarint(b, int64(r.end-l.end))
	b = binary.AppendVarint(b, int64(r.end-r.start))
	b = binary.AppendUvarint(b, uint64(r.task))
	b = binary.AppendUvarint(b, uint64(r.goroutine))
	*to = binary.AppendUvarint(b, uint64(r.stack))
	l.end = r.end
}

func (l *regions) all() iter.Seq[region] {
	return func(yield func(region) bool) {
		end := Time(0)
		for from := l.packed.Reader(); from.More(); {
			kind := from.Uint()
			end += Time(from.Int())
			r := region{end: end, start: end - Time(from.Int()), name: uint32(kind >> 2), begun: kind&1 != 0, ended: kind&2 != 0}
			r.task, r.goroutine, r.stack = int32(from.Uint()), int32(from.Uint()), stackID(from.Uint())
			if !yield(r) {
				return
			}
		}
	}
}

// logs holds messages in the order of their times, as regions holds regions.
type logs struct {
	packed table.Packed
	at     Time // of the last one
}

const maxLog = binary.MaxVarintLen64 + 4*binary.MaxVarintLen32

func (l *logs) add(m *log) {
	to := l.packed.Room(maxLog + len(m.message))
	b := binary.AppendVarint(*to, int64(m.at-l.at))
	b = binary.AppendUvarint(b, uint64(m.task))
	b = binary.AppendUvarint(b, uint64(m.goroutine+1)) // or none
	b = binary.AppendUvarint(b, uint64(m.category))
	b = binary.AppendUvarint(b, uint64(len(m.message)))
	*to = append(b, m.message...)
	l.at = m.at
}

func (l *logs) all() iter.Seq[log] {
	return func(yield func(log) bool) {
		at := Time(0)
		for from := l.packed.Reader(); from.More(); {
			at += Time(from.Int())
			m := log{at: at, task: int32(from.Uint()), goroutine: int32(from.Uint()) - 1, category: uint32(from.Uint())}
			m.message = from.Bytes(int(from.Uint()))
			if !yield(m) {
				return
			}
		}
	}
}
